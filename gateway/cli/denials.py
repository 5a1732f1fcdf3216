"""gateway denials"""

from typing import TYPE_CHECKING

import click

from gateway.cli.face import lists, show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.ledger.denials import StoredDenial


@click.group()
def denials() -> None:
    """Denials with their fix in the documentation."""


@denials.command(
    "list",
    cls=lists.command("gateway.service.views.denials:DENIALS"),
    epilog="Example: gateway denials list 'owner:clinician due:<2026-12-15' --sort due",
)
@click.option("--state", default=None, help="As state: in the filter; '' for open and closed ones [open].")
@click.option("--owner", default="", help="As owner: in the filter.")
@click.option("--route", default="", help="As route: in the filter.")
@click.option("--carc", default="", help="As carc: in the filter.")
@lists.asked
@click.pass_obj
def denials_list(place: Place, state: str | None, owner: str, route: str, carc: str, wanted: lists.Wanted) -> int:
    """List denials: whose they are, what is missing in the note, which way to take, and by when."""
    from gateway.money import from_cents, shown
    from gateway.service.views.denials import DENIALS

    shape: lists.Shape[StoredDenial] = lists.Shape(
        command="gateway denials list",
        key="denials",
        columns=(
            lists.Column(name="visit", of=lambda d: d.visit_key),
            lists.Column(name="claim", of=lambda d: d.pcn, keep=5),
            lists.Column(name="procedure", of=lambda d: d.procedure, keep=6),
            lists.Column(name="amount", of=lambda d: shown(from_cents(d.cents))),
            lists.Column(name="reason", of=lambda d: f"{d.group_code} {d.carc}"),
            lists.Column(name="payer", of=lambda d: d.payer, keep=4),
            lists.Column(name="owner", of=lambda d: d.owner),
            lists.Column(name="route", of=lambda d: d.route, keep=1),
            lists.Column(name="due", of=lambda d: d.due_on or ""),
            lists.Column(name="section", of=lambda d: d.note_section, keep=3, wraps=True),
            lists.Column(name="fix", of=lambda d: d.fix, keep=2, wraps=True),
        ),
        none="no denials",
        # Sentences, not columns: what to do about a denial is the point, and no terminal is wide enough for it in a table.
        whole=_sentences,
    )
    states = ("open", "closed") if state == "" else (state or "",)
    with place.office() as office:
        return lists.tell(office, DENIALS, shape, wanted.also(state=states, owner=owner, route=route, carc=carc))


def _sentences(d: "StoredDenial") -> tuple[str, ...]:
    from gateway.money import from_cents, shown

    due = f" by {d.due_on}" if d.due_on else ""
    reason = f"{d.group_code} {d.carc} {d.rarcs}".strip()
    section = f"; note section: {d.note_section}" if d.note_section != "none" else ""
    return (
        f"{d.visit_key}  {d.procedure}  {shown(from_cents(d.cents))}  {reason}: {d.cause}",
        f"    {d.owner}: {d.route.replace('_', ' ')}{due}{section}",
        f"    {d.fix}",
    )


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
    from gateway.denials.next_step import next_step
    from gateway.denials.route import Route
    from gateway.money import from_cents, shown

    step = next_step(Route(one.route), visit=one.visit_key, claim=one.pcn)

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
        *((("by hand", step.by_hand),) if one.state == "open" and step.by_hand else ()),
        *((("to end it" if step.by_hand else "next", step.command),) if one.state == "open" else ()),
    ):
        say(f"  {name:13} {said}")


@denials.command(
    "bill-patient",
    epilog="Example: gateway denials bill-patient V-1001 --by 'Ana Reyes' --reason 'signed notice on file'",
)
@click.argument("claim")
@show.decided
@click.pass_obj
def bill_patient(place: Place, claim: str, by: str, reason: str) -> int:
    """Decide that the patient is asked for what the payer refused and left to them (PR); its denials are settled."""
    from gateway.money import from_cents, shown
    from gateway.service.desk.to_patient import bill_patient as run

    with place.office(actor=by) as office:
        was, cents = run(office, claim, reason=reason)
    say(f"claim {was.pcn}: {shown(from_cents(cents))} are the patient's now; send them a statement")
    return Status.DONE
