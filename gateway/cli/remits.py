"""gateway remits"""

import click

from gateway.cli.face import show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status


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
    from gateway.service.views.remittances import remits_listed

    with place.office() as office:
        page = remits_listed(office, states=show.states(RemittanceState, states), after=after, limit=limit)
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
    from gateway.service.views.remittances import remit_shown

    with place.office() as office:
        one = remit_shown(office, number)
    if as_json:
        show.as_object(remittance=one.remittance, payments=one.payments, parked=one.parked)
        return Status.DONE
    r = one.remittance
    say(f"remittance {r.id}: {shown(from_cents(r.payment_cents))} from {r.payer_name}, {r.method} {r.trace}")
    say(f"  {r.state}" + (f": {r.why}" if r.why else "") + f", paid on {r.paid_on}, inbound file {r.inbound_id}")
    show.table(
        ["claim", "status", "charge", "paid", "payer's number"],
        [
            (p.pcn, p.status, shown(from_cents(p.charge_cents)), shown(from_cents(p.paid_cents)), p.payer_claim_number)
            for p in one.payments
        ],
        empty="nothing of it was posted to a claim",
    )
    for parked in one.parked:
        say(f"  parked {shown(from_cents(parked.cents))}: {parked.reason}; {parked.reference}; {parked.said}")
    return Status.DONE
