"""gateway deliver, collect, post, deliveries, inbox"""

from typing import TYPE_CHECKING

import click

from gateway.cli import show
from gateway.cli.place import Place
from gateway.cli.status import Status, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.errors import GatewayError
    from gateway.service.post import Posted


def worst(problems: "Iterable[GatewayError | None]", *, attention: bool) -> int:
    """Give the status of a round: a partner's refusal first, then what was not reached, then what a person looks at."""
    statuses = [status_of(problem) for problem in problems if problem is not None]
    for status in (Status.PARTNER_REFUSED, Status.NOT_REACHED):
        if status in statuses:
            return status
    return statuses[0] if statuses else Status.NEEDS_A_PERSON if attention else Status.DONE


@click.command(epilog="Example: gateway deliver --partner northgate")
@click.option("--partner", default="", help="Only this trading partner.")
@click.option("--dry-run", is_flag=True, help="Say which files would be taken up; connect to nobody.")
@show.json_option
@click.pass_obj
def deliver(place: Place, partner: str, dry_run: bool, as_json: bool) -> int:
    """Deliver sealed files. Safe to call at any time, also after a crash: it looks before it acts."""
    from gateway.service.deliver import deliver as run
    from gateway.service.deliver import waiting
    from gateway.service.partners import mailbox_of

    with place.office() as office:
        if dry_run:
            files = waiting(office, partner=partner)
            if as_json:
                show.as_object(waiting=files)
            else:
                show.table(
                    ["file", "partner", "state"], [(f.name, f.partner, f.state) for f in files], empty="nothing waits"
                )
            return Status.DONE
        rounds = run(office, mailbox_of, partner=partner)
    held = any(file.state == "held" for one in rounds for file in one.files)
    if as_json:
        show.as_object(partners=rounds)
    else:
        for one in rounds:
            for file in one.files:
                click.echo(f"{file.file} to {file.partner}: {file.state}; {file.why}")
            if one.problem is not None:
                click.echo(f"{one.partner}: {one.problem}", err=True)
        if not rounds:
            click.echo("no file waits to be delivered")
    return worst((one.problem for one in rounds), attention=held)


@click.command(epilog="Example: gateway collect")
@click.option("--partner", default="", help="Only this trading partner.")
@show.json_option
@click.pass_obj
def collect(place: Place, partner: str, as_json: bool) -> int:
    """Fetch what the partners have put into their mailboxes. Each file is stored here before anything is moved there."""
    from gateway.service.collect import collect as run
    from gateway.service.partners import mailbox_of

    with place.office() as office:
        rounds = run(office, mailbox_of, partner=partner)
    if as_json:
        show.as_object(partners=rounds)
    else:
        for one in rounds:
            known = f", {one.known} already known" if one.known else ""
            click.echo(f"{one.partner}: {show.counted(len(one.files), 'new file')}{known}")
            for name, why in one.left:
                click.echo(f"  {name}: {why}")
            if one.problem is not None:
                click.echo(f"{one.partner}: {one.problem}", err=True)
    return worst((one.problem for one in rounds), attention=any(one.left for one in rounds))


@click.command(epilog="Example: gateway post")
@click.option("--partner", default="", help="Only files of this trading partner.")
@show.json_option
@click.pass_obj
def post(place: Place, partner: str, as_json: bool) -> int:
    """Read what was collected: acknowledgments move claims, remittances post money."""
    from gateway.service.instance import require_released
    from gateway.service.post import post as run

    with place.office() as office:
        # After a restore the files that answers are about have to be known first: `reconcile --recover` posts them.
        require_released(office)
        done = run(office, partner=partner)
    if as_json:
        show.as_object(files=done)
    else:
        for one in done:
            _posted(one)
        if not done:
            click.echo("nothing waits to be posted")
    return Status.NEEDS_A_PERSON if any(one.needs_a_person for one in done) else Status.DONE


def _posted(one: "Posted") -> None:
    held = ", ".join(f"{number} {kind}" for kind, number in sorted(one.kinds.items()))
    look = "; look at: gateway tail --needs-a-person" if one.needs_a_person else ""
    click.echo(f"{one.id} {one.name} from {one.partner}: {one.state}" + (f", {held}" if held else "") + look)
    if one.why:
        click.echo(f"  {one.why}")


@click.group()
def deliveries() -> None:
    """Outbound files: list, show, release."""


@deliveries.command("list", epilog="Example: gateway deliveries list --state held")
@click.option("--state", "states", multiple=True, help="sealed, uploading, committing, sent, presumed, held.")
@click.option("--partner", default="", help="Only this trading partner.")
@show.paged
@show.json_option
@click.pass_obj
def deliveries_list(place: Place, states: tuple[str, ...], partner: str, limit: int, after: int, as_json: bool) -> int:
    """List outbound files with their state and what it means."""
    from gateway.delivery import EXPLAINED, Delivery
    from gateway.service import look

    with place.office() as office:
        page = look.deliveries_listed(
            office, states=show.states(Delivery, states), partner=partner, after=after, limit=limit
        )
    if as_json:
        show.as_object(files=page.rows, next_after=page.next_after)
        return Status.DONE
    show.table(
        ["file", "partner", "interchange", "bytes", "state", "meaning", "what to do"],
        [(f.name, f.partner, f"{f.interchange:09d}", f.size, f.state, *EXPLAINED[f.state]) for f in page.rows],
        empty="no file was sealed yet",
    )
    show.more(page.next_after, "gateway deliveries list")
    return Status.DONE


@deliveries.command("show", epilog="Example: gateway deliveries show elm_northgate_000000001.837")
@click.argument("file")
@click.option("--partner", default="", help="Whose, where several partners have a file of that name.")
@show.json_option
@click.pass_obj
def deliveries_show(place: Place, file: str, partner: str, as_json: bool) -> int:
    """Show an outbound file: its steps, its claims, and what was answered."""
    from gateway.service import look

    with place.office() as office:
        shown = look.delivery_shown(office, file, partner=partner)
    if as_json:
        show.as_object(file=shown.file, claims=shown.claims, timeline=shown.timeline, answers=shown.answers)
        return Status.DONE
    one = shown.file
    click.echo(f"{one.name} for {one.partner}: {one.state}; {one.why}")
    click.echo(f"  interchange {one.interchange:09d}, {one.size} bytes, sha256 {one.sha256}")
    for logged in shown.timeline:
        click.echo(f"  {logged.at:%Y-%m-%d %H:%M:%S} {logged.event.said}")
    for answer in shown.answers:
        click.echo(f"  {answer.at:%Y-%m-%d %H:%M:%S} {answer.what}")
    show.table(["claim", "visit", "state"], [(c.pcn, c.visit_key, c.state) for c in shown.claims], empty="")
    return Status.DONE


@deliveries.command(
    epilog="Example: gateway deliveries release elm_northgate_000000001.837 --by 'Ana Reyes' --reason 'old file removed by partner'"
)
@click.argument("file")
@click.option(
    "--as-sent", is_flag=True, help="You know that it arrived (from the partner's portal, say); nothing is sent."
)
@click.option("--partner", default="", help="Whose, where several partners have a file of that name.")
@show.decided
@click.pass_obj
def release(place: Place, file: str, as_sent: bool, partner: str, by: str, reason: str) -> int:
    """Let a held file go on. What may have been renamed is only looked at; it is never uploaded again by this."""
    from gateway.service.release import Way
    from gateway.service.release import release as run

    with place.office(actor=by) as office:
        moved = run(office, file, Way.SENT if as_sent else Way.AGAIN, reason=reason, partner=partner)
    click.echo(f"{moved.name} is {moved.state}" + ("" if as_sent else "; now run: gateway deliver"))
    return Status.DONE


@click.group()
def inbox() -> None:
    """Inbound files: list, show, read again."""


@inbox.command("list", epilog="Example: gateway inbox list --state 'set aside'")
@click.option("--state", "states", multiple=True, help="stored, posted, 'set aside'.")
@click.option("--partner", default="", help="Only this trading partner.")
@show.paged
@show.json_option
@click.pass_obj
def inbox_list(place: Place, states: tuple[str, ...], partner: str, limit: int, after: int, as_json: bool) -> int:
    """List inbound files with what became of each."""
    from gateway.ledger.inbound import InboundState
    from gateway.service import look

    with place.office() as office:
        page = look.inbox_listed(
            office, states=show.states(InboundState, states), partner=partner, after=after, limit=limit
        )
    if as_json:
        show.as_object(files=page.rows, next_after=page.next_after)
        return Status.DONE
    show.table(
        ["number", "name", "partner", "bytes", "state", "why"],
        [(f.id, f.name, f.partner, f.size, f.state, f.why) for f in page.rows],
        empty="nothing came in yet",
    )
    show.more(page.next_after, "gateway inbox list")
    return Status.DONE


@inbox.command("show", epilog="Example: gateway inbox show 3")
@click.argument("number", type=int)
@show.json_option
@click.pass_obj
def inbox_show(place: Place, number: int, as_json: bool) -> int:
    """Show an inbound file and what the log says of it."""
    from gateway.service import look

    with place.office() as office:
        shown = look.inbound_shown(office, number)
    if as_json:
        show.as_object(file=shown.file, timeline=shown.timeline)
        return Status.DONE
    one = shown.file
    click.echo(f"{one.id} {one.name} from {one.partner}: {one.state}" + (f"; {one.why}" if one.why else ""))
    click.echo(f"  {one.size} bytes, sha256 {one.sha256}, received {one.received_at:%Y-%m-%d %H:%M:%S}")
    for logged in shown.timeline:
        click.echo(f"  {logged.at:%Y-%m-%d %H:%M:%S} {logged.event.said}")
    return Status.DONE


@inbox.command(epilog="Example: gateway inbox reprocess 3 --by 'Ana Reyes' --reason 'the gateway was updated'")
@click.argument("number", type=int)
@show.decided
@show.json_option
@click.pass_obj
def reprocess(place: Place, number: int, by: str, reason: str, as_json: bool) -> int:
    """Read a file again that was set aside."""
    from gateway.service.post import reprocess as run

    with place.office(actor=by) as office:
        done = run(office, number, reason=reason)
    if as_json:
        show.as_object(file=done)
    else:
        _posted(done)
    return Status.NEEDS_A_PERSON if done.needs_a_person else Status.DONE
