"""gateway claims, denials, remits"""

from typing import TYPE_CHECKING

import click

from gateway.cli import show
from gateway.cli.place import Place
from gateway.cli.status import Status

if TYPE_CHECKING:
    from gateway.ledger.denials import StoredDenial


@click.group()
def claims() -> None:
    """Claims: list, and show one's timeline."""


@claims.command("list", epilog="Example: gateway claims list --state rejected")
@click.option("--state", "states", multiple=True, help="ready, sealed, sent, received, accepted, rejected, paid, ...")
@click.option("--partner", default="", help="Only claims that go by this trading partner.")
@click.option("--payer", default="", help="Only claims to this payer id.")
@show.paged
@show.json_option
@click.pass_obj
def claims_list(
    place: Place, states: tuple[str, ...], partner: str, payer: str, limit: int, after: int, as_json: bool
) -> int:
    """List claims by where they stand, with what to do next."""
    from gateway.lifecycle import EXPLAINED, ClaimState
    from gateway.money import from_cents, shown
    from gateway.service import look

    with place.office() as office:
        page = look.claims_listed(
            office,
            states=show.states(ClaimState, states),
            partner=partner,
            payer=payer,
            after=after,
            limit=limit,
        )
    if as_json:
        show.as_object(claims=page.rows, next_after=page.next_after)
        return Status.DONE
    show.table(
        ["claim", "visit", "date", "payer", "charge", "state", "what to do"],
        [
            (c.pcn, c.visit_key, c.day, c.payer, shown(from_cents(c.charge_cents)), c.state, EXPLAINED[c.state][1])
            for c in page.rows
        ],
        empty="no claims yet; make some with: gateway scrub run",
    )
    show.more(page.next_after, "gateway claims list")
    return Status.DONE


@claims.command("show", epilog="Example: gateway claims show V-1001 (a visit's id, or a claim's number)")
@click.argument("claim")
@show.json_option
@click.pass_obj
def claims_show(place: Place, claim: str, as_json: bool) -> int:
    """Show a claim's timeline: every state, what caused it and when; its lines, money and denials."""
    from gateway.lifecycle import EXPLAINED
    from gateway.money import from_cents
    from gateway.money import shown as dollars
    from gateway.service import look

    with place.office() as office:
        one = look.claim_shown(office, claim)
    if as_json:
        show.as_object(
            claim=one.claim,
            file=one.file,
            lines=one.lines,
            timeline=one.timeline,
            answers=one.answers,
            payments=one.payments,
            denials=one.denials,
            versions=one.versions,
        )
        return Status.DONE
    meaning, what_to_do = EXPLAINED[one.claim.state]
    click.echo(f"claim {one.claim.pcn} (version {one.claim.version} of visit {one.claim.visit_key}): {one.claim.state}")
    click.echo(f"  {meaning}; what to do: {what_to_do}")
    carried = f", in file {one.file}" if one.file else ""
    number = f", payer's number {one.claim.payer_claim_number}" if one.claim.payer_claim_number else ""
    click.echo(
        f"  date {one.claim.day}, payer {one.claim.payer} by {one.claim.partner}, frequency {one.claim.frequency}, "
        f"charge {dollars(from_cents(one.claim.charge_cents))}{carried}{number}"
    )
    show.table(
        ["line", "code", "modifiers", "units", "charge", "where its money is"],
        [
            (
                place_,
                shown.line.procedure,
                " ".join(shown.line.modifiers),
                shown.line.units,
                dollars(from_cents(shown.line.charge_cents)),
                ", ".join(f"{bucket} {dollars(from_cents(c))}" for bucket, c in sorted(shown.buckets.items()) if c)
                or "not yet answered",
            )
            for place_, shown in enumerate(one.lines, start=1)
        ],
        empty="",
    )
    click.echo("timeline (UTC):")
    for logged in one.timeline:
        caused = f" [{logged.event.artefact}]" if logged.event.artefact else ""
        click.echo(f"  {logged.at:%Y-%m-%d %H:%M:%S} {logged.event.said}{caused}")
    for denial in one.denials:
        _denial(denial)
    return Status.DONE


@claims.command(epilog="Example: gateway claims close V-1001 --by 'Ana Reyes' --reason 'write-off approved'")
@click.argument("claim")
@show.decided
@click.pass_obj
def close(place: Place, claim: str, by: str, reason: str) -> int:
    """Decide that nothing more is done about a claim that was answered or rejected; its denials are closed with it."""
    from gateway.service.correct import close_claim

    with place.office(actor=by) as office:
        closed = close_claim(office, claim, reason=reason)
    click.echo(f"claim {closed.pcn} of visit {closed.visit_key} is closed")
    return Status.DONE


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
    from gateway.service import look

    with place.office() as office:
        page = look.denials_listed(office, state=state, owner=owner, route=route, carc=carc, after=after, limit=limit)
    if as_json:
        show.as_object(denials=page.rows, next_after=page.next_after)
        return Status.DONE
    # Sentences, not columns: what to do about a denial is the point, and no terminal is wide enough for it in a table.
    for d in page.rows:
        due = f" by {d.due_on}" if d.due_on else ""
        reason = f"{d.group_code} {d.carc} {d.rarcs}".strip()
        click.echo(
            f"{d.visit_key}  {d.procedure}  {shown(from_cents(d.cents))}  {reason}: {d.cause}\n"
            f"    {d.owner}: {d.route.replace('_', ' ')}{due}"
            + (f"; note section: {d.note_section}" if d.note_section != "none" else "")
            + f"\n    {d.fix}"
        )
    if not page.rows:
        click.echo("no denials")
    show.more(page.next_after, "gateway denials list")
    return Status.DONE


@denials.command("show", epilog="Example: gateway denials show V-1001")
@click.argument("claim")
@show.json_option
@click.pass_obj
def denials_show(place: Place, claim: str, as_json: bool) -> int:
    """Show a claim's denials in full: cause, what the documentation lacks, the fix, the route, and what decided it."""
    from gateway.service import look

    with place.office() as office:
        one = look.claim_shown(office, claim)
    if as_json:
        show.as_object(claim=one.claim.pcn, denials=one.denials)
        return Status.DONE
    if not one.denials:
        click.echo(f"claim {one.claim.pcn} has no denials")
    for denial in one.denials:
        _denial(denial)
    return Status.DONE


def _denial(one: "StoredDenial") -> None:
    from gateway.money import from_cents, shown

    click.echo(
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
        click.echo(f"  {name:13} {said}")


@click.group()
def remits() -> None:
    """Remittances: list, and show one's money."""


@remits.command("list", epilog="Example: gateway remits list")
@click.option("--state", "states", multiple=True, help="posted, 'set aside'.")
@show.paged
@show.json_option
@click.pass_obj
def remits_list(place: Place, states: tuple[str, ...], limit: int, after: int, as_json: bool) -> int:
    """List remittances: one for each payment of a payer."""
    from gateway.ledger.remittances import RemittanceState
    from gateway.money import from_cents, shown
    from gateway.service import look

    with place.office() as office:
        page = look.remits_listed(office, states=show.states(RemittanceState, states), after=after, limit=limit)
    if as_json:
        show.as_object(remittances=page.rows, next_after=page.next_after)
        return Status.DONE
    show.table(
        ["number", "payer", "trace", "date", "method", "paid", "state", "why"],
        [
            (r.id, r.payer_name, r.trace, r.paid_on, r.method, shown(from_cents(r.payment_cents)), r.state, r.why)
            for r in page.rows
        ],
        empty="no remittance came yet",
    )
    show.more(page.next_after, "gateway remits list")
    return Status.DONE


@remits.command("show", epilog="Example: gateway remits show 1")
@click.argument("number", type=int)
@show.json_option
@click.pass_obj
def remits_show(place: Place, number: int, as_json: bool) -> int:
    """Show a remittance: what it paid on which claim, and what is parked."""
    from gateway.money import from_cents, shown
    from gateway.service import look

    with place.office() as office:
        one = look.remit_shown(office, number)
    if as_json:
        show.as_object(remittance=one.remittance, payments=one.payments, parked=one.parked)
        return Status.DONE
    r = one.remittance
    click.echo(f"remittance {r.id}: {shown(from_cents(r.payment_cents))} from {r.payer_name}, {r.method} {r.trace}")
    click.echo(f"  {r.state}" + (f": {r.why}" if r.why else "") + f", paid on {r.paid_on}, inbound file {r.inbound_id}")
    show.table(
        ["claim", "status", "charge", "paid", "payer's number"],
        [
            (p.pcn, p.status, shown(from_cents(p.charge_cents)), shown(from_cents(p.paid_cents)), p.payer_claim_number)
            for p in one.payments
        ],
        empty="nothing of it was posted to a claim",
    )
    for parked in one.parked:
        click.echo(f"  parked {shown(from_cents(parked.cents))}: {parked.reason}; {parked.reference}; {parked.said}")
    return Status.DONE
