"""What `gateway reconcile` tells a manager, on one page: where claims and money are, what somebody has to do, the laws."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from gateway.cli.face.say import say
from gateway.cli.face.show import counted
from gateway.delivery import Delivery
from gateway.desk import ItemKind
from gateway.lifecycle import EXPLAINED, ClaimState, VisitState
from gateway.money import ZERO, shown
from gateway.service.money.reconcile import ANSWERED_WITHIN, Reconciled

_MONEY: Final[tuple[tuple[str, str], ...]] = (
    ("not yet answered", "no payer's answer stands: none came yet, or it was taken back"),
    ("paid", "by payers"),
    ("contractual", "written off by contract with the payer"),
    ("patient", "the patient's share"),
    ("other payer", "left to another payer; bill it by hand"),
    ("denied", "denied, and still to be worked on"),
    ("written off", "given up when a person closed the claim"),
)
"""Each bucket in the order in which a claim's charge moves, with what it is."""
_TO_DO: Final[dict[VisitState | ClaimState, tuple[str, str]]] = {
    VisitState.NEW: ("not scrubbed yet", "gateway scrub run"),
    VisitState.HELD: ("held by a finding", "gateway visits list --state held"),
    VisitState.PROPOSED: ("changed after the claim had left", "gateway visits list --state proposed"),
    VisitState.WITHDRAWN: ("withdrawn, to be sent after all or not", "gateway visits list --state withdrawn"),
    ClaimState.READY: ("ready for the next file", "gateway batch seal"),
    ClaimState.SEALED: ("in a file that has not left", "gateway deliver"),
    ClaimState.REJECTED: ("rejected: correct them, or send them again", "gateway claims list --state rejected"),
    ClaimState.REVERSED: ("reversed: a correction should follow", "gateway claims list --state reversed"),
}
"""What of a state somebody has to do. What was denied is told by its lines."""


def page(outcome: Reconciled) -> None:
    """Print it. Every figure stands in the `--json` of it as well."""
    for title, lines in (
        ("WHERE THE CLAIMS ARE", _claims(outcome)),
        ("WHERE THE MONEY IS", _money(outcome)),
        ("WHAT CAME AND IS ON NO CLAIM", _on_no_claim(outcome)),
        ("WHAT SOMEBODY HAS TO DO NEXT", _next(outcome)),
        ("THE LAWS", _laws(outcome)),
    ):
        say(title, bold=True)
        for line in lines:
            say(f"  {line}".rstrip())
        say()


def _claims(outcome: Reconciled) -> Iterator[str]:
    visits = {state: outcome.visits.get(state, 0) for state in VisitState if outcome.visits.get(state)}
    each = ", ".join(f"{number} {state}" for state, number in visits.items())
    yield f"{counted(sum(visits.values()), 'visit')}{': ' if each else ''}{each}"
    # A version that was replaced is charged no more: another claim, or none, stands for it.
    yield f"{counted(sum(outcome.claims.values()), 'claim')}{', charged:' if outcome.claims else ''}"
    yield from _columns(
        (state, str(outcome.claims[state]), _dollars(outcome.claims_charged.get(state)), EXPLAINED[state][0])
        for state in ClaimState
        if outcome.claims.get(state)
    )


def _money(outcome: Reconciled) -> Iterator[str]:
    rows = [
        (name, shown(outcome.buckets[name]), _share(outcome.buckets[name], outcome.charged), says)
        for name, says in _MONEY
        if outcome.buckets.get(name)
    ]
    yield from _columns([*rows, ("= charged", shown(outcome.charged), _share(outcome.charged, outcome.charged), "")])
    if outcome.on_earlier_versions:
        amount = shown(outcome.on_earlier_versions)
        yield f"besides, {amount} are paid on earlier versions of claims; the payer should take that back"


def _on_no_claim(outcome: Reconciled) -> Iterator[str]:
    waits = [
        (one.kind, counted(one.items, "item"), shown(one.amount), f"oldest {counted(one.oldest_days, 'day')}")
        for one in outcome.desk
    ]
    if waits:
        yield "on the desk, undecided:"
        yield from _columns(waits)
    if any(outcome.accounts.values()):
        yield "on accounts, from what payers adjusted for the practice as a whole (PLB):"
        yield from _columns((name, "", shown(amount), "") for name, amount in outcome.accounts.items() if amount)
    ended = (("paid back", outcome.paid_back), ("closed as not ours", outcome.not_ours))
    if any(amount for _, amount in ended):
        yield "decided by a person:"
        yield from _columns((name, "", shown(amount), "") for name, amount in ended if amount)
    if not waits and not any((*outcome.accounts.values(), *(amount for _, amount in ended))):
        yield "nothing"


def _next(outcome: Reconciled) -> Iterator[str]:
    rows = [
        (_counted(outcome, state), what, command)
        for state, (what, command) in _TO_DO.items()
        if _number(outcome, state)
    ]
    if late := outcome.unanswered.claims:
        days = ANSWERED_WITHIN.days
        what = f"with the payer, {shown(outcome.unanswered.amount)}, {days} days after the service not answered: ask it"
        rows.append((counted(late, "claim"), what, f"gateway claims list 'state:sent,received,accepted age:>{days}d'"))
    if held := outcome.files.get(Delivery.HELD):
        rows.append((counted(held, "file"), "held: nothing is sent by itself", "gateway deliveries list --state held"))
    if denied := outcome.denied.lines:
        soon = f"; {outcome.denied.due_soon} due within a week or overdue" if outcome.denied.due_soon else ""
        what = f"denied, {shown(outcome.denied.amount)}{soon}"
        rows.append((counted(denied, "line"), what, "gateway denials list"))
    rows += [
        (counted(one.items, "item"), f"{one.kind}, {shown(one.amount)}", f"gateway money list {_filter(one.kind)}")
        for one in outcome.desk
    ]
    yield from _columns(rows)
    for one in outcome.overdue:
        yield f"overdue: {one}"
    if not rows and not outcome.overdue:
        yield "nothing"


def _laws(outcome: Reconciled) -> Iterator[str]:
    broken = [law for law in outcome.laws if law.broken]
    if not broken:
        yield f"all {len(outcome.laws)} laws hold"
        return
    yield f"{len(broken)} of {len(outcome.laws)} laws broken: stop, keep the home folder as it is, and look at what is named"
    for law in broken:
        yield f"BROKEN {law.law}"
        yield from (f"         {one}" for one in law.broken)


def _number(outcome: Reconciled, state: VisitState | ClaimState) -> int:
    return outcome.visits.get(state, 0) if isinstance(state, VisitState) else outcome.claims.get(state, 0)


def _counted(outcome: Reconciled, state: VisitState | ClaimState) -> str:
    return counted(_number(outcome, state), "visit" if isinstance(state, VisitState) else "claim")


def _filter(kind: ItemKind) -> str:
    return f"kind:{kind.replace(' ', '_')}"


def _dollars(amount: Decimal | None) -> str:
    return "" if amount is None else shown(amount)


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{part * 100 / whole:.1f} %" if whole != ZERO else ""


def _columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Align: dollars, counts and shares at their right ends, words at their left."""
    kept = list(rows)
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)]
    for row in kept:
        cells = (
            cell.rjust(width) if _is_figure(cell) else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        )
        yield "  " + "  ".join(cells)


def _is_figure(cell: str) -> bool:
    return cell[:1] in {"$", "-"} or cell[:1].isdigit()
