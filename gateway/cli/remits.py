"""gateway remits"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.face import lists, show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from decimal import Decimal

    from gateway.ledger.remittances import StoredRemittance
    from gateway.service.inbound.enter import Entered


@click.group()
def remits() -> None:
    """Remittances: list, show one's money, type in a paper EOB, take money off its claims again."""


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


@remits.command(
    "enter",
    epilog="Example: gateway remits enter --payer 87726 --trace 4711 --paid-on 2026-11-12 --amount 80.00 "
    "--claim 'V-1001 1=80.00 CO45=20.00' --by 'Ana Reyes' --reason 'EOB by mail' --dry-run",
)
@click.option("--payer", required=True, metavar="ID", help="The payer's id.")
@click.option("--trace", required=True, help="The number of the check or transfer; of the EOB, where nothing was paid.")
@click.option("--paid-on", required=True, type=click.DateTime(formats=["%Y-%m-%d"]), help="Date of the payment.")
@click.option("--amount", required=True, metavar="DOLLARS", help="What was paid in all.")
@click.option(
    "--claim",
    "claims",
    multiple=True,
    metavar="TEXT",
    help="A claim, or its visit; the payer's number of it; then each line with what was paid, adjusted, and the remarks: "
    "'V-1001 ICN=2026312 1=80.00 CO45=20.00 2=0.00 CO16=60.50 N290'.",
)
@click.option(
    "--claims",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A text file with a claim in each line, written as for --claim.",
)
@click.option(
    "--method", type=click.Choice(["CHK", "ACH"]), default="CHK", help="Check or transfer.", show_default=True
)
@click.option("--partner", default="", help="Which partner's answer it is. Else the one its claims went out through.")
@click.option("--dry-run", is_flag=True, help="Only say what would be posted.")
@show.decided
@show.json_option
@click.pass_obj
def enter(
    place: Place,
    payer: str,
    trace: str,
    paid_on: datetime,
    amount: str,
    claims: tuple[str, ...],
    file: Path | None,
    method: str,
    partner: str,
    dry_run: bool,
    by: str,
    reason: str,
    as_json: bool,
) -> int:
    """Type in a paper EOB: every line of every claim. It has to come out to the cent, and is posted as an 835 would be."""
    from gateway.service.inbound.enter import Paper
    from gateway.service.inbound.enter import enter as run
    from gateway.service.inbound.typed_claim import read_claim

    typed = (*claims, *(_lines_of(file) if file is not None else ()))
    paper = Paper(
        payer=payer,
        trace=trace,
        paid_on=paid_on.date(),
        amount=_amount(amount),
        claims=tuple(read_claim(one) for one in typed),
        method=method,
    )
    with place.office(actor=by) as office:
        done = run(office, paper, reason=reason, partner=partner, dry_run=dry_run)
    if as_json:
        show.as_object(entered=done, dry_run=dry_run)
    else:
        _entered(done, dry_run=dry_run)
    return Status.NEEDS_A_PERSON if done.looks else Status.DONE


def _entered(done: "Entered", *, dry_run: bool) -> None:
    from gateway.money import shown

    would = "would be" if dry_run else "is"
    for one in done.claims:
        say(
            f"claim {one.claim}: {shown(one.paid)} paid, {shown(one.patient_share)} the patient's; it {would} {one.state}"
        )
    if done.file is not None:
        say(f"inbound file {done.file.id}, {done.file.name}: {done.file.state}")
    say(f"{shown(done.posted)} {'would be ' if dry_run else ''}posted, {shown(done.parked)} on the desk")
    say(*(f"  {one}" for one in done.at))
    if done.looks:
        say("a person has to look" + ("" if dry_run else "; see: gateway tail --needs-a-person, gateway money list"))


def _amount(text: str) -> "Decimal":
    from gateway.errors import UsageError
    from gateway.money import dollars

    try:
        return dollars(text)
    except ValueError as wrong:
        raise UsageError(f"--amount: {wrong}; nothing was kept") from None


def _lines_of(file: Path) -> list[str]:
    from gateway.errors import IntakeError

    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise IntakeError(f"{file}: want a text file with a claim in each line; nothing was kept") from None
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
