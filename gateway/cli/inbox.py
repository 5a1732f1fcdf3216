"""gateway collect, post, inbox"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.face import lists, show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status, worst

if TYPE_CHECKING:
    from gateway.ledger.inbound import InboundFile
    from gateway.service.inbound.collect import Collected
    from gateway.service.inbound.outcome import Posted


@click.command(epilog="Example: gateway collect --partner northgate --dry-run")
@click.option("--partner", default="", help="Only this trading partner.")
@click.option("--now", is_flag=True, help="Also call partners that are left alone because calls did not reach them.")
@click.option("--dry-run", is_flag=True, help="List what would be fetched; fetch and move nothing.")
@show.json_option
@click.pass_obj
def collect(place: Place, partner: str, now: bool, dry_run: bool, as_json: bool) -> int:
    """Fetch what the partners have put into their mailboxes. Each file is stored here before anything is moved there."""
    from gateway.service.inbound.collect import collect as run
    from gateway.service.inbound.collect import foresee
    from gateway.service.partners.calls import Calls
    from gateway.service.partners.host_keys import mailbox_of

    calls = Calls.NOW if now else Calls.WHEN_DUE
    with place.office() as office:
        if dry_run:
            rounds = foresee(office, mailbox_of, partner=partner)
        else:
            with show.progress("files fetched") as advance:
                rounds = run(office, mailbox_of, partner=partner, calls=calls, tell=advance)
    if as_json:
        show.as_object(partners=rounds)
    else:
        for one in rounds:
            _collected(one, dry_run)
        if not rounds:
            say("no partner is configured; nobody was called")
    return worst((one.problem for one in rounds), attention=any(one.left for one in rounds))


def _collected(one: "Collected", foreseen: bool) -> None:
    if not one.called:
        say(f"{one.partner}: not called: {one.problem}", err=True)
        return
    known = f", {one.known} already known" if one.known else ""
    say(f"{one.partner}: {show.counted(len(one.files), 'new file')}{' to fetch' if foreseen else ''}{known}")
    if foreseen:
        for name in one.files:
            say(f"  {name}")
    for name, why in (*one.left, *one.later):
        say(f"  {name}: {why}")
    if one.problem is not None:
        say(f"{one.partner}: {one.problem}", err=True)


@click.command(epilog="Example: gateway post")
@click.option("--partner", default="", help="Only files of this trading partner.")
@show.json_option
@click.pass_obj
def post(place: Place, partner: str, as_json: bool) -> int:
    """Read what was collected: acknowledgments move claims, remittances post money."""
    from gateway.service.identity.instance import require_released
    from gateway.service.inbound.post import post as run

    with place.office() as office, show.progress("files read") as advance, show.steps() as tell_set:
        # After a restore the files that answers are about have to be known first: `reconcile --recover` posts them.
        require_released(office)
        done = run(office, partner=partner, tell=advance, tell_set=tell_set)
    if as_json:
        show.as_object(files=done)
    else:
        for one in done:
            _posted(one)
        if not done:
            say("nothing waits to be posted")
    return Status.NEEDS_A_PERSON if any(one.needs_a_person for one in done) else Status.DONE


def _posted(one: "Posted") -> None:
    held = ", ".join(show.counted(number, kind) for kind, number in sorted(one.kinds.items()))
    look = f"; look at: gateway inbox show {one.id}, gateway tail --needs-a-person" if one.needs_a_person else ""
    say(f"{one.id} {one.name} from {one.partner}: {one.state}" + (f", {held}" if held else "") + look)
    if one.why:
        say(f"  {one.why}")


@click.group()
def inbox() -> None:
    """Inbound files: list, show, import, read again, ignore, export."""


@inbox.command(
    "list",
    cls=lists.command("gateway.service.views.inbox:INBOX"),
    epilog="Example: gateway inbox list 'state:set_aside partner:northgate'",
)
@click.option("--state", "states", multiple=True, help="As state: in the filter.")
@click.option("--partner", default="", help="As partner: in the filter.")
@click.option("--unmatched", is_flag=True, help="Only files with an answer about nothing that we sent.")
@lists.asked
@click.pass_obj
def inbox_list(place: Place, states: tuple[str, ...], partner: str, unmatched: bool, wanted: lists.Wanted) -> int:
    """List inbound files with what became of each."""
    from gateway.service.views.inbox import INBOX

    shape: lists.Shape[InboundFile] = lists.Shape(
        command="gateway inbox list",
        key="files",
        columns=(
            lists.Column(name="number", of=lambda f: f.id),
            lists.Column(name="name", of=lambda f: f.name),
            lists.Column(name="partner", of=lambda f: f.partner, keep=1),
            lists.Column(name="bytes", of=lambda f: f.size, keep=4),
            lists.Column(name="state", of=lambda f: f.state),
            lists.Column(name="reason", of=lambda f: f.reason, keep=3),
            lists.Column(name="why", of=lambda f: f.why or f.progress, wraps=True, keep=2),
        ),
        none="nothing came in yet",
    )
    asked = wanted.also(state=states, partner=partner, unmatched="yes" if unmatched else "")
    with place.office() as office:
        return lists.tell(office, INBOX, shape, asked)


@inbox.command("show", epilog="Example: gateway inbox show 3")
@click.argument("number", type=int)
@show.json_option
@click.pass_obj
def inbox_show(place: Place, number: int, as_json: bool) -> int:
    """Show an inbound file: what was seen in it, what is wrong with it, what the log says of it, and what to type next."""
    from gateway.ledger.inbound import INBOUND_EXPLAINED
    from gateway.service.inbound.wire_faults import faults_of
    from gateway.service.views.inbox import inbound_shown

    with place.office() as office:
        shown = inbound_shown(office, number)
        faults = faults_of(office, shown.file)
    if as_json:
        show.as_object(
            file=shown.file,
            faults=faults,
            remittances=shown.remittances,
            timeline=shown.timeline,
            next_command=shown.next_command,
        )
        return Status.DONE
    one = shown.file
    say(f"{one.id} {one.name} from {one.partner}: {one.state}, that is: {INBOUND_EXPLAINED[one.state][0]}")
    say(f"  {one.size} bytes, sha256 {one.sha256}, received {one.received_at:%Y-%m-%d %H:%M:%S}")
    if one.why:
        say(f"  {f'[{one.reason}] ' if one.reason else ''}{one.why}")
    if one.progress:
        say(f"  {one.progress}")
    if one.strikes:
        say(f"  reading it came to no end {show.counted(one.strikes, 'time')}")
    if one.unmatched:
        say(f"  {show.counted(one.unmatched, 'answer')} in it about nothing that we sent to {one.partner}")
    if faults.count:
        said = f"{show.counted(faults.count, 'fault')} in how it is written, which kept nothing from being posted"
        say(f"  {said}:", *(f"    {one}" for one in faults.first))
    for each in shown.remittances:
        say(f"  remittance {each.id}: {each.state}" + (f"; {each.why}" if each.why else ""))
    for logged in shown.timeline:
        say(f"  {logged.at:%Y-%m-%d %H:%M:%S} {logged.event.said}")
    if shown.next_command:
        say(f"next: {shown.next_command}")
    return Status.DONE


@inbox.command(
    "import",
    epilog="Example: gateway inbox import era.835 --partner northgate --by 'Ana Reyes' --reason 'from the payer portal'",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--partner", required=True, help="Whose answer it is: whose mailbox it would have come from.")
@show.decided
@show.json_option
@click.pass_obj
def import_(place: Place, file: Path, partner: str, by: str, reason: str, as_json: bool) -> int:
    """Store an answer that you downloaded, such as an 835 from a portal, as if it had been collected. FILE stays as it is."""
    from gateway.service.inbound.by_hand import import_file

    with place.office(actor=by) as office:
        done = import_file(office, file, partner=partner, reason=reason)
    if as_json:
        show.as_object(file=done.file, is_new=done.is_new)
        return Status.DONE
    one = done.file
    if done.is_new:
        say(f"{one.id} {one.name} from {one.partner}: {one.size} bytes are stored; now run: gateway post")
    else:
        say(
            f"these very bytes came before, as {one.id} {one.name} from {one.partner}: {one.state}; nothing was done twice"
        )
    return Status.DONE


@inbox.command(epilog="Example: gateway inbox reprocess 3 --by 'Ana Reyes' --reason 'the gateway was updated'")
@click.argument("number", type=int)
@click.option(
    "--same-number", is_flag=True, help="You know that it counts, although another one of its number came before."
)
@click.option(
    "--same-payment",
    is_flag=True,
    help="You know that both count, although another payment has its trace, day and amount.",
)
@show.decided
@show.json_option
@click.pass_obj
def reprocess(
    place: Place, number: int, same_number: bool, same_payment: bool, by: str, reason: str, as_json: bool
) -> int:
    """Read a file again that was set aside or ignored, or a remittance in it. What was posted is not posted again."""
    from gateway.ledger.inbound import Reason
    from gateway.service.inbound.inbox import reprocess as run

    overruled = Reason.NUMBER_REUSED if same_number else Reason.PAYMENT_REUSED if same_payment else None
    with place.office(actor=by) as office:
        done = run(office, number, reason=reason, although=overruled)
    if as_json:
        show.as_object(file=done)
    else:
        _posted(done)
    return Status.NEEDS_A_PERSON if done.needs_a_person else Status.DONE


@inbox.command(epilog="Example: gateway inbox ignore 3 --by 'Ana Reyes' --reason 'a newsletter'")
@click.argument("number", type=int)
@show.decided
@show.json_option
@click.pass_obj
def ignore(place: Place, number: int, by: str, reason: str, as_json: bool) -> int:
    """Decide that a file which was set aside, or answers nothing of ours, needs nothing more. It can be read again."""
    from gateway.service.inbound.inbox import ignore as run

    with place.office(actor=by) as office:
        file = run(office, number, reason=reason)
    if as_json:
        show.as_object(file=file)
    else:
        say(f"{file.id} {file.name} from {file.partner}: {file.state}; nothing more is asked about it")
    return Status.DONE


@inbox.command(epilog="Example: gateway inbox export 3 --to look-at-this.txt --by 'Ana Reyes'")
@click.argument("number", type=int)
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A file that is not there yet."
)
@click.option(
    "--by", default="", metavar="NAME", help="Who takes it out; it is kept. With accounts it may be left out."
)
@click.pass_obj
def export(place: Place, number: int, to: Path, by: str) -> int:
    """Write a file's bytes, just as they came, into a new file that only you can read. They hold patients' data."""
    from gateway.service.inbound.inbox import export as run

    with place.office(actor=by) as office:
        file = run(office, number, to)
    say(f"{to}: {file.size} bytes of {file.name}; they hold patients' data: delete it when you are done")
    return Status.DONE
