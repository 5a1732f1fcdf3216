"""gateway remits"""

from typing import TYPE_CHECKING

import click

from gateway.cli.face import lists, show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.ledger.remittances import StoredRemittance


@click.group()
def remits() -> None:
    """Remittances: list, show one's money, and take it off its claims again."""


@remits.command(
    "list",
    cls=lists.command("gateway.service.views.remittances:REMITTANCES"),
    epilog="Example: gateway remits list 'state:set_aside amount:>100'",
)
@click.option("--state", "states", multiple=True, help="As state: in the filter.")
@lists.asked
@click.pass_obj
def remits_list(place: Place, states: tuple[str, ...], wanted: lists.Wanted) -> int:
    """List remittances: one for each payment of a payer."""
    from gateway.money import from_cents, shown
    from gateway.service.views.remittances import REMITTANCES

    shape: lists.Shape[StoredRemittance] = lists.Shape(
        command="gateway remits list",
        key="remittances",
        columns=(
            lists.Column(name="number", of=lambda r: r.id),
            lists.Column(name="payer", of=lambda r: r.payer_name, wraps=True, keep=3),
            lists.Column(name="trace", of=lambda r: r.trace),
            lists.Column(name="date", of=lambda r: r.paid_on, keep=1),
            lists.Column(name="method", of=lambda r: r.method, keep=5),
            lists.Column(name="paid", of=lambda r: shown(from_cents(r.payment_cents))),
            lists.Column(name="state", of=lambda r: r.state),
            lists.Column(name="why", of=lambda r: r.why, wraps=True, keep=2),
        ),
        none="no remittance came yet",
    )
    with place.office() as office:
        return lists.tell(office, REMITTANCES, shape, wanted.also(state=states))


@remits.command("show", epilog="Example: gateway remits show 1")
@click.argument("number", type=int)
@show.json_option
@click.pass_obj
def remits_show(place: Place, number: int, as_json: bool) -> int:
    """Show a remittance: what it paid on which claim, and what of it came to the desk."""
    from gateway.money import from_cents, shown
    from gateway.service.views.remittances import remit_shown

    with place.office() as office:
        one = remit_shown(office, number)
    if as_json:
        show.as_object(remittance=one.remittance, payments=one.payments, items=one.items)
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
    for item in one.items:
        say(
            f"  item {item.id}, {item.state}: {shown(from_cents(item.cents))}, {item.kind}; {item.reference}; {item.why}"
        )
    return Status.DONE


@remits.command(
    "unpost",
    epilog="Example: gateway remits unpost 4 --claim V-1001 --by 'Ana Reyes' --reason 'meant for another clinic'",
)
@click.argument("number", type=int)
@click.option("--claim", default="", help="Only of this claim, or of this visit's [all that it posted].")
@show.decided
@show.json_option
@click.pass_obj
def remits_unpost(place: Place, number: int, claim: str, by: str, reason: str, as_json: bool) -> int:
    """Take what a remittance posted off its claims again: the money is on the desk, and the claims as they were without it."""
    from gateway.money import from_cents, shown
    from gateway.service.desk.unpost import unpost

    with place.office(actor=by) as office:
        done = unpost(office, number, claim=claim, reason=reason)
    if as_json:
        show.as_object(unposted=done)
        return Status.NEEDS_A_PERSON
    for one in done:
        say(f"claim {one.claim}: {shown(from_cents(one.cents))} taken off; it is {one.state}")
    say("the money is on the desk: gateway money list")
    return Status.NEEDS_A_PERSON
