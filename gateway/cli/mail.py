"""gateway collect, post, inbox"""

from typing import TYPE_CHECKING

import click

from gateway.cli import show
from gateway.cli.place import Place
from gateway.cli.status import Status, worst

if TYPE_CHECKING:
    from gateway.service.post import Posted


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
