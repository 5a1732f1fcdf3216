"""gateway deliver, deliveries"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.face import lists, show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status, worst

if TYPE_CHECKING:
    from gateway.ledger.outbox import SealedFile
    from gateway.service.outbound.deliver import Round

_partner = click.option("--partner", default="", help="Whose, where several partners have a file of that name.")


@click.command(epilog="Example: gateway deliver --partner northgate")
@click.option("--partner", default="", help="Only this trading partner.")
@click.option("--now", is_flag=True, help="Also call partners that are left alone because calls did not reach them.")
@click.option("--dry-run", is_flag=True, help="Say which files would be taken up; connect to nobody.")
@show.json_option
@click.pass_obj
def deliver(place: Place, partner: str, now: bool, dry_run: bool, as_json: bool) -> int:
    """Deliver sealed files. Safe to call at any time, also after a crash: it looks before it acts."""
    from gateway.service.outbound.deliver import by_hand, waiting
    from gateway.service.outbound.deliver import deliver as run
    from gateway.service.partners.calls import Calls
    from gateway.service.partners.host_keys import mailbox_of

    with place.office() as office:
        exported = by_hand(office, partner=partner)
        if dry_run:
            _would_take(waiting(office, partner=partner), exported, as_json=as_json)
            return Status.DONE
        rounds = run(office, mailbox_of, partner=partner, calls=Calls.NOW if now else Calls.WHEN_DUE)
    if as_json:
        show.as_object(partners=rounds, exported=exported)
    else:
        for one in rounds:
            _round(one)
        if not rounds:
            say("no file waits to be delivered")
        _by_hand(exported)
    held = any(file.state == "held" for one in rounds for file in one.files)
    return worst((one.problem for one in rounds), attention=held)


def _would_take(files: "tuple[SealedFile, ...]", exported: "tuple[SealedFile, ...]", *, as_json: bool) -> None:
    if as_json:
        show.as_object(waiting=files, exported=exported)
        return
    show.table(["file", "partner", "state"], [(f.name, f.partner, f.state) for f in files], empty="nothing waits")
    _by_hand(exported)


def _by_hand(exported: "tuple[SealedFile, ...]") -> None:
    for file in exported:
        say(
            f"{file.name} to {file.partner}: not sent, a person has it to upload it by hand; "
            f"what may be typed: gateway deliveries show {file.name}"
        )


def _round(one: "Round") -> None:
    for file in one.files:
        say(f"{file.file} to {file.partner}: {file.state}; {file.why}")
    if one.problem is not None:
        still = f"; {show.counted(one.waiting, 'file waits', 'files wait')}" if one.waiting else ""
        say(f"{one.partner}: {one.problem}{still}", err=True)


@click.group()
def deliveries() -> None:
    """Outbound files: list and show them, upload one by hand; release, resend, countersign or cancel one in doubt."""


@deliveries.command(
    "list",
    cls=lists.command("gateway.service.views.deliveries:DELIVERIES"),
    epilog="Example: gateway deliveries list 'state:held,presumed partner:northgate'",
)
@click.option("--state", "states", multiple=True, help="As state: in the filter.")
@click.option("--partner", default="", help="As partner: in the filter.")
@lists.asked
@click.pass_obj
def list_(place: Place, states: tuple[str, ...], partner: str, wanted: lists.Wanted) -> int:
    """List outbound files with their state, what it means, who acts, and what to type."""
    from gateway.delivery import EXPLAINED
    from gateway.service.views.deliveries import DELIVERIES

    shape: lists.Shape[SealedFile] = lists.Shape(
        command="gateway deliveries list",
        key="files",
        columns=(
            lists.Column(name="file", of=lambda f: f.name),
            lists.Column(name="partner", of=lambda f: f.partner, keep=2),
            lists.Column(name="interchange", of=lambda f: f"{f.interchange:09d}", keep=5),
            lists.Column(name="bytes", of=lambda f: f.size, keep=6),
            lists.Column(name="state", of=lambda f: f.state),
            lists.Column(name="meaning", of=lambda f: EXPLAINED[f.state].means, wraps=True, keep=4),
            lists.Column(name="who acts", of=lambda f: EXPLAINED[f.state].owner, keep=3),
            lists.Column(name="what to do", of=lambda f: EXPLAINED[f.state].command, wraps=True, keep=1),
        ),
        none="no file was sealed yet",
    )
    with place.office() as office:
        return lists.tell(office, DELIVERIES, shape, wanted.also(state=states, partner=partner))


@deliveries.command("show", epilog="Example: gateway deliveries show elm_northgate_000000001.837")
@click.argument("file")
@_partner
@show.json_option
@click.pass_obj
def show_(place: Place, file: str, partner: str, as_json: bool) -> int:
    """Show an outbound file: where it stands, what may be typed, its steps, its claims, and what was answered."""
    from gateway.delivery import EXPLAINED
    from gateway.service.views.deliveries import delivery_shown

    with place.office() as office:
        shown = delivery_shown(office, file, partner=partner)
    if as_json:
        show.as_object(
            file=shown.file,
            claims=shown.claims,
            timeline=shown.timeline,
            answers=shown.answers,
            resends=shown.resends,
            may_be=shown.may_be,
        )
        return Status.DONE
    one, told = shown.file, EXPLAINED[shown.file.state]
    say(f"{one.name} for {one.partner}: {one.state}; {one.why}")
    say(f"  {told.means}; who acts: {told.owner}; can it wait: {told.waits}")
    say(f"  interchange {one.interchange:09d}, {one.size} bytes, sha256 {one.sha256}")
    if one.answer_due_at is not None and not shown.answers:
        say(f"  answered, or decided, by {one.answer_due_at:%Y-%m-%d %H:%M} UTC")
    for command in shown.may_be:
        say(f"  may be typed: {command}")
    for logged in shown.timeline:
        say(f"  {logged.at:%Y-%m-%d %H:%M:%S} {logged.event.said}{show.decided_by(logged.event)}")
    for answer in shown.answers:
        say(f"  {answer.at:%Y-%m-%d %H:%M:%S} {answer.what}")
    for resend in shown.resends:
        second = f"approved by {resend.approved_by}" if resend.approved_by else "waits for its second person"
        say(f"  resend decided by {resend.decided_by} ({resend.reason}), {second}")
    show.table(["claim", "visit", "state"], [(c.pcn, c.visit_key, c.state) for c in shown.claims], empty="")
    return Status.DONE


@deliveries.command(
    epilog="Example: gateway deliveries release elm_northgate_000000001.837 --by 'Ana Reyes' --reason 'old file removed by partner'"
)
@click.argument("file")
@click.option(
    "--as-sent", is_flag=True, help="You know that it arrived (from the partner's portal, say); nothing is sent."
)
@_partner
@show.decided
@click.pass_obj
def release(place: Place, file: str, as_sent: bool, partner: str, by: str, reason: str) -> int:
    """Let a held file go on. What may have been renamed is only looked at; it is never uploaded again by this."""
    from gateway.service.outbound.release import Way
    from gateway.service.outbound.release import release as run

    with place.office(actor=by) as office:
        moved = run(office, file, Way.SENT if as_sent else Way.AGAIN, reason=reason, partner=partner)
    say(f"{moved.name} is {moved.state}" + ("" if as_sent else "; now run: gateway deliver"))
    return Status.DONE


@deliveries.command(
    epilog="Example: gateway deliveries readdress elm_northgate_000000001.837 --by 'Ana Reyes' --reason 'their new server'"
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_partner
@show.decided
@click.pass_obj
def readdress(place: Place, files: tuple[str, ...], partner: str, by: str, reason: str) -> int:
    """The partner's mailbox has moved: let files that were sealed for the old one go to the one of the profile.

    A file that may have got its name at the old mailbox is held instead: ask the partner, then release or resend it.
    """
    from gateway.delivery import Delivery
    from gateway.service.outbound.mailbox_meant import readdress as run

    held = False
    for file in files:
        with place.office(actor=by) as office:
            moved = run(office, file, reason=reason, partner=partner)
        held = held or moved.state is Delivery.HELD
        said = f"held; {moved.why}" if moved.state is Delivery.HELD else "now run: gateway deliver"
        say(f"{moved.name} goes to {moved.partner} as its profile stands; {said}")
    return Status.NEEDS_A_PERSON if held else Status.DONE


@deliveries.command(
    epilog="Example: gateway deliveries resend elm_northgate_000000001.837 --by 'Ana Reyes' --approved-by 'Bo Lund' --reason 'never arrived'"
)
@click.argument("file")
@click.option(
    "--approved-by",
    default="",
    metavar="NAME",
    help="The second person, who has agreed; it is kept. With accounts: theirs, and their key is asked for.",
)
@_partner
@show.decided
@click.pass_obj
def resend(place: Place, file: str, approved_by: str, partner: str, by: str, reason: str) -> int:
    """Send the same bytes again, under the same name and number. Two people decide; it may double claims.

    Where the partner's profile says that it deduplicates ISA13, one person may decide and a second countersigns later.
    """
    from gateway.cli.face.credentials import second_account
    from gateway.service.outbound.resend import resend as run

    with place.office(actor=by) as office:
        second = second_account(office, approved_by) if approved_by else None
        moved = run(office, file, reason=reason, approved_by=approved_by, second=second, partner=partner)
    say(f"{moved.name} is {moved.state}; now run: gateway deliver")
    if not approved_by:
        say(f"a second person has to countersign: gateway deliveries countersign {moved.name}")
        return Status.NEEDS_A_PERSON
    return Status.DONE


@deliveries.command(
    epilog="Example: gateway deliveries countersign elm_northgate_000000001.837 --by 'Bo Lund' --reason 'read the ticket'"
)
@click.argument("file")
@_partner
@show.decided
@click.pass_obj
def countersign(place: Place, file: str, partner: str, by: str, reason: str) -> int:
    """Put a second person's name under a resend."""
    from gateway.service.outbound.resend import countersign as run

    with place.office(actor=by) as office:
        signed = run(office, file, reason=reason, partner=partner)
    say(f"the resend of {signed.name} is countersigned")
    return Status.DONE


@deliveries.command(
    epilog="Example: gateway deliveries cancel elm_northgate_000000001.837 --by 'Ana Reyes' --reason 'wrong fee schedule'"
)
@click.argument("file")
@_partner
@show.decided
@click.pass_obj
def cancel(place: Place, file: str, partner: str, by: str, reason: str) -> int:
    """Take a file back that has certainly not left; its claims are ready again and go into the next batch."""
    from gateway.service.outbound.cancel import cancel as run

    with place.office(actor=by) as office:
        moved = run(office, file, reason=reason, partner=partner)
    say(f"{moved.name} is {moved.state}; its claims are ready again")
    return Status.DONE


@deliveries.command(
    epilog="Example: gateway deliveries export elm_northgate_000000001.837 --to upload.837 --by 'Ana Reyes' --reason 'their SFTP is down'"
)
@click.argument("file")
@click.option("--to", type=click.Path(path_type=Path), required=True, help="A file that is not there yet.")
@_partner
@show.decided
@click.pass_obj
def export(place: Place, file: str, to: Path, partner: str, by: str, reason: str) -> int:
    """Write a file that has not left into a new file, just as it would leave, for an upload by hand.

    The gateway does not send it any more. Say afterwards: deliveries uploaded, or deliveries not-uploaded.
    """
    from gateway.service.outbound.by_hand import export as run

    with place.office(actor=by) as office:
        moved = run(office, file, to, reason=reason, partner=partner)
    say(
        f"{to}: {moved.wire_size} bytes of {moved.name} for {moved.partner}, which the gateway does not send any more",
        f"upload it, then: gateway deliveries uploaded {moved.name} --evidence TEXT --by NAME --reason TEXT",
        f"if it is not uploaded: gateway deliveries not-uploaded {moved.name} --by NAME --reason TEXT",
        "it holds patients' data: delete it when you are done",
    )
    return Status.DONE


@deliveries.command(
    epilog="Example: gateway deliveries uploaded elm_northgate_000000001.837 --evidence 'receipt 4711' --by 'Ana Reyes' --reason 'portal'"
)
@click.argument("file")
@click.option("--evidence", required=True, help="By what you know: the portal's receipt number, say; it is kept.")
@_partner
@show.decided
@click.pass_obj
def uploaded(place: Place, file: str, evidence: str, partner: str, by: str, reason: str) -> int:
    """Say that an exported file was uploaded: its claims are sent, and its answer is waited for."""
    from gateway.service.outbound.by_hand import uploaded as run

    with place.office(actor=by) as office:
        moved = run(office, file, evidence, reason=reason, partner=partner)
    say(f"{moved.name} is {moved.state}; its answer is due by {moved.answer_due_at:%Y-%m-%d %H:%M} UTC")
    return Status.DONE


@deliveries.command(
    "not-uploaded",
    epilog="Example: gateway deliveries not-uploaded elm_northgate_000000001.837 --by 'Ana Reyes' --reason 'their SFTP is back'",
)
@click.argument("file")
@_partner
@show.decided
@click.pass_obj
def not_uploaded(place: Place, file: str, partner: str, by: str, reason: str) -> int:
    """Say that no copy of an exported file was uploaded, nor will be: the gateway sends it again by itself. Delete the copy."""
    from gateway.service.outbound.by_hand import not_uploaded as run

    with place.office(actor=by) as office:
        moved = run(office, file, reason=reason, partner=partner)
    say(f"{moved.name} is {moved.state}; now run: gateway deliver")
    return Status.DONE
