"""gateway money"""

from typing import TYPE_CHECKING

import click

from gateway.cli.face import lists, show
from gateway.cli.face.place import Place
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.ledger.desk import DeskItem
    from gateway.remittance import ClaimPayment


@click.group()
def money() -> None:
    """The desk: money that is on no claim, or is too much. List it, place it, pay it back, close it."""


@money.command(
    "list",
    cls=lists.command("gateway.service.views.desk:DESK"),
    epilog="Example: gateway money list 'kind:overpayment age:>30d' --sort due",
)
@click.option("--state", default=None, help="As state: in the filter; '' for all [open].")
@lists.asked
@click.pass_obj
def money_list(place: Place, state: str | None, wanted: lists.Wanted) -> int:
    """List what is on the desk: how much, from whom, for which claim, since when, why, and whose it is."""
    from gateway.desk import ItemState
    from gateway.money import from_cents, shown
    from gateway.service.views.desk import DESK

    shape: lists.Shape[DeskItem] = lists.Shape(
        command="gateway money list",
        key="items",
        columns=(
            lists.Column(name="item", of=lambda i: i.id),
            lists.Column(name="kind", of=lambda i: i.kind),
            lists.Column(name="open", of=lambda i: shown(from_cents(i.left_cents))),
            lists.Column(name="claim", of=lambda i: i.claim, keep=1),
            lists.Column(name="payer", of=lambda i: i.payer_name, keep=4, wraps=True),
            lists.Column(name="trace", of=lambda i: i.trace, keep=5),
            lists.Column(name="since", of=lambda i: i.at.date(), keep=3),
            lists.Column(name="due", of=lambda i: i.due_on or "", keep=6),
            lists.Column(name="owner", of=lambda i: i.owner, keep=7),
            lists.Column(name="state", of=lambda i: i.state, keep=8),
            lists.Column(name="why", of=lambda i: i.why, keep=2, wraps=True),
        ),
        none="nothing is on the desk",
    )
    states = tuple(ItemState) if state == "" else (state or "open",)
    with place.office() as office:
        return lists.tell(office, DESK, shape, wanted.also(state=states))


@money.command("show", epilog="Example: gateway money show 12")
@click.argument("item", type=int)
@show.json_option
@click.pass_obj
def money_show(place: Place, item: int, as_json: bool) -> int:
    """Show an item of the desk: where it came from, what the payer says, and which claims may be meant."""
    from gateway.desk import KIND_EXPLAINED
    from gateway.money import from_cents, shown
    from gateway.service.views.desk import item_shown

    with place.office() as office:
        one = item_shown(office, item)
    if as_json:
        show.as_object(item=one.item, answer=one.answer, candidates=one.candidates)
        return Status.DONE
    i = one.item
    meaning, what_to_do = KIND_EXPLAINED[i.kind]
    say(f"item {i.id}: {shown(from_cents(i.cents))}, {i.kind}, {i.state}; {shown(from_cents(i.left_cents))} open")
    say(f"  {meaning}; what to do: {what_to_do}")
    say(f"  from {i.payer_name} ({i.payer}), trace {i.trace} of {i.paid_on}, remittance {i.remittance_id}")
    say(f"  on the desk since {i.at:%Y-%m-%d}, for the {i.owner}" + (f", due {i.due_on}" if i.due_on else ""))
    if i.investigated_on:
        say(
            f"  looked into since {i.investigated_on}, which suspends its day; once you know: gateway money investigate {i.id} --over"
        )
    if i.claim:
        say(f"  tied to claim {i.claim}; gateway claims show {i.claim}")
    if i.account:
        say(f"  account: {i.account} (PLB {i.code}), the payer refers to {i.reference or 'nothing'}")
    say(f"  why: {i.why}")
    if one.answer is not None:
        _answer(one.answer)
    for each in one.candidates:
        say(f"  perhaps claim {each.pcn} ({each.score} of 100): {', '.join(each.why)}")
    if one.candidates:
        say(f"  to place it: gateway money place {i.id} CLAIM --by NAME --reason TEXT")
    return Status.DONE


def _answer(answer: "ClaimPayment") -> None:
    from gateway.money import shown

    say(
        f"  the payer's answer: our number {answer.patient_control_number}, its number {answer.payer_claim_number}, "
        f"status {answer.status}, charged {shown(answer.charge)}, paid {shown(answer.paid)}"
    )
    show.table(
        ["line", "code", "modifiers", "day", "charge", "paid", "adjusted"],
        [
            (
                number,
                line.procedure,
                " ".join(line.modifiers),
                line.day or "",
                shown(line.charge),
                shown(line.paid),
                ", ".join(f"{one.group} {one.carc} {shown(one.amount)}" for one in line.adjustments),
            )
            for number, line in enumerate(answer.lines, start=1)
        ],
        empty="    it speaks of no lines",
    )


@money.command(
    "place",
    epilog="Example: gateway money place 12 V-1001 --says '1=80.00 CO45=20.00' --by 'Ana Reyes' --reason 'EOB by fax'",
)
@click.argument("item", type=int)
@click.argument("claim")
@click.option(
    "--says",
    multiple=True,
    metavar="LINE",
    help="What was paid and adjusted of a line of the claim: '1=80.00 CO45=20.00'. Else what the answer says.",
)
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="ANSWER=CLAIM",
    help="Which line of the claim a line of the answer is about: 2=1.",
)
@click.option("--dry-run", is_flag=True, help="Only say whether it comes out.")
@show.decided
@show.json_option
@click.pass_obj
def money_place(
    place: Place,
    item: int,
    claim: str,
    says: tuple[str, ...],
    lines: tuple[str, ...],
    dry_run: bool,
    by: str,
    reason: str,
    as_json: bool,
) -> int:
    """Put money of the desk on a claim's lines; it has to come out to the cent."""
    from gateway.money import shown
    from gateway.service.desk.place import place as place_item
    from gateway.service.desk.typed import read_line, read_places

    typed = [read_line(one) for one in says]
    with place.office(actor=by) as office:
        placed = place_item(
            office, item, claim, says=typed, on_lines=read_places(lines), reason=reason, dry_run=dry_run
        )
    if as_json:
        show.as_object(placed=placed, dry_run=dry_run)
        return Status.DONE
    would = "would be" if dry_run else "are"
    say(
        f"{shown(placed.amount)} of item {placed.item} {would} placed on claim {placed.claim}, which {would} {placed.state}"
    )
    return Status.DONE


@money.command("return", epilog="Example: gateway money return 12 --by 'Ana Reyes' --reason 'check 4711 of 2026-11-20'")
@click.argument("item", type=int)
@show.decided
@click.pass_obj
def money_return(place: Place, item: int, by: str, reason: str) -> int:
    """Keep that you paid it back to the payer: say in the reason how, such as the check's number."""
    from gateway.money import from_cents, shown
    from gateway.service.desk.decide import give_back

    with place.office(actor=by) as office:
        done = give_back(office, item, reason=reason)
    say(f"item {done.id}: {shown(from_cents(done.left_cents))} paid back to {done.payer_name}")
    return Status.DONE


@money.command(
    "investigate",
    epilog="Example: gateway money investigate 12 --by 'Ana Reyes' --reason 'asked the payer which visit'",
)
@click.argument("item", type=int)
@click.option("--over", is_flag=True, help="The investigation is over: its day counts on from here.")
@show.decided
@click.pass_obj
def money_investigate(place: Place, item: int, over: bool, by: str, reason: str) -> int:
    """Keep that an overpayment is looked into in good faith: its 60 days stand still meanwhile, for 180 days at most."""
    from gateway.service.desk.decide import investigate

    with place.office(actor=by) as office:
        done = investigate(office, item, reason=reason, is_over=over)
    say(f"item {done.id} is to be returned by {done.due_on}" + (" at the latest" if not over else ""))
    return Status.DONE


@money.command(
    "close", epilog="Example: gateway money close 12 --by 'Ana Reyes' --reason 'patient of the former owner'"
)
@click.argument("item", type=int)
@show.decided
@click.pass_obj
def money_close(place: Place, item: int, by: str, reason: str) -> int:
    """Decide that an item needs nothing more: it is not ours, or the proof is there; say which in the reason."""
    from gateway.money import from_cents, shown
    from gateway.service.desk.decide import close_item

    with place.office(actor=by) as office:
        done = close_item(office, item, reason=reason)
    say(f"item {done.id}, {done.kind} of {shown(from_cents(done.left_cents))}, is closed")
    return Status.DONE


@money.command(
    "alias", epilog="Example: gateway money alias HLTH1 87726 --by 'Ana Reyes' --reason 'their letter of 2026-11-02'"
)
@click.argument("payer")
@click.argument("other_id")
@show.decided
@click.pass_obj
def money_alias(place: Place, payer: str, other_id: str, by: str, reason: str) -> int:
    """Confirm that PAYER pays under OTHER_ID too, the payer's id in its remittances: nobody is asked again."""
    from gateway.service.desk.decide import same_payer

    with place.office(actor=by) as office:
        is_new = same_payer(office, payer, other_id, reason=reason)
    say(f"payer {payer} pays under {other_id} too" + ("" if is_new else "; that was known"))
    return Status.DONE
