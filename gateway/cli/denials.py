"""gateway denials"""

from typing import TYPE_CHECKING

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.ledger.denials import StoredDenial


@click.group()
def denials() -> None:
    """Denials with their fix in the documentation."""


@denials.command("list", epilog="Example: gateway denials list --owner clinician")
@click.option("--state", default="open", help="open, closed, or '' for both [open].")
@click.option("--owner", default="", help="clinician, biller, 'front desk', 'practice manager'.")
@click.option("--route", default="", help="appeal, corrected_claim, send_records, ...")
@click.option("--carc", default="", help="Only this reason code.")
@show.paged
@show.json_option
@click.pass_obj
def denials_list(
    place: Place, state: str, owner: str, route: str, carc: str, limit: int, after: int, as_json: bool
) -> int:
    """List denials: whose they are, what is missing in the note, which way to take, and by when."""
    from gateway.money import from_cents, shown
    from gateway.service.views.denials import denials_listed

    with place.office() as office:
        page = denials_listed(office, state=state, owner=owner, route=route, carc=carc, after=after, limit=limit)
    if as_json:
        show.as_object(denials=page.rows, next_after=page.next_after)
        return Status.DONE
    # Sentences, not columns: what to do about a denial is the point, and no terminal is wide enough for it in a table.
    for d in page.rows:
        due = f" by {d.due_on}" if d.due_on else ""
        reason = f"{d.group_code} {d.carc} {d.rarcs}".strip()
        say(
            f"{d.visit_key}  {d.procedure}  {shown(from_cents(d.cents))}  {reason}: {d.cause}",
            f"    {d.owner}: {d.route.replace('_', ' ')}{due}"
            + (f"; note section: {d.note_section}" if d.note_section != "none" else ""),
            f"    {d.fix}",
        )
    if not page.rows:
        say("no denials")
    show.more(page.next_after, "gateway denials list")
    return Status.DONE


@denials.command("show", epilog="Example: gateway denials show V-1001")
@click.argument("claim")
@show.json_option
@click.pass_obj
def denials_show(place: Place, claim: str, as_json: bool) -> int:
    """Show a claim's denials in full: cause, what the documentation lacks, the fix, the route, and what decided it."""
    from gateway.service.views.claims import claim_shown

    with place.office() as office:
        one = claim_shown(office, claim)
    if as_json:
        show.as_object(claim=one.claim.pcn, denials=one.denials)
        return Status.DONE
    if not one.denials:
        say(f"claim {one.claim.pcn} has no denials")
    for denial in one.denials:
        denial_told(denial)
    return Status.DONE


def denial_told(one: "StoredDenial") -> None:
    """Print one denial with its fix."""
    from gateway.money import from_cents, shown

    say(
        f"denial ({one.state}): {shown(from_cents(one.cents))} of {one.procedure} by {one.group_code} {one.carc} {one.rarcs}"
    )
    for name, said in (
        ("cause", one.cause),
        ("category", one.category),
        ("who", one.owner),
        ("note section", one.note_section),
        ("missing", one.missing),
        ("fix", one.fix),
        ("route", one.route),
        ("due", one.due_on or "no deadline known"),
        ("decided by", one.decided_by),
    ):
        say(f"  {name:13} {said}")
