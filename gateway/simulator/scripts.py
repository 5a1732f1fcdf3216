"""What a payer says of a claim under each word of a scenario, round by round, out of what the plan would pay.

Every line balances by construction: what is not paid of its charge is adjusted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

from gateway.money import CENT, ZERO
from gateway.remittance import Adjustment, GroupCode
from gateway.simulator.answered import AnsweredClaim, AnsweredLine, Spoken, Told
from gateway.simulator.garbling import garbled
from gateway.simulator.reasons import Denial
from gateway.simulator.scenario import Answer, Scenario, Steered

_STRANGE_CHARGE: Final = Decimal("120.00")
_STRANGE_PAID: Final = Decimal("75.00")
_EXCESS: Final = "94"
_INTEREST: Final = "225"
_PREDETERMINED: Final = "101"


class Script(NamedTuple):
    """What a script is made from: the claim as the plan pays it, and as it is denied."""

    steered: Steered
    paid: AnsweredClaim
    denied: AnsweredClaim


_Written: TypeAlias = Callable[[Script], Iterator[Spoken]]


def denial_of(text: str) -> Denial:
    """Read group, CARC and remarks, such as "CO 197 M62". Raises ValueError if it is none."""
    group, carc, *remarks = text.split()
    return Denial(GroupCode(group), carc, tuple(remarks))


def script(scenario: Scenario, one: Script) -> tuple[Spoken, ...]:
    """Give all that is said of the claim, in the rounds of the scenario."""

    def written(told: Told) -> Told:
        is_theirs = told.claim.member == one.paid.member  # a stranger's is written as it is
        return garbled(told, one.steered.written, scenario) if is_theirs else told

    said = SCRIPTS[Answer(one.steered.answer)](one)
    return tuple(Spoken(each.round + one.steered.round - 1, written(each.told)) for each in said)


def _paid(one: Script) -> Iterator[Spoken]:
    yield Spoken(1, Told(claim=one.paid))


def _denied(one: Script) -> Iterator[Spoken]:
    yield Spoken(1, Told(claim=one.denied))


def _denied_then_paid(one: Script) -> Iterator[Spoken]:
    yield Spoken(1, Told(claim=one.denied))
    yield Spoken(2, Told(claim=one.paid))


def _corrected(one: Script) -> Iterator[Spoken]:
    yield Spoken(1, Told(claim=one.paid))
    yield Spoken(2, Told(claim=one.paid.taken_back()))
    yield Spoken(2, Told(claim=_anew(one)))


def _corrected_first(one: Script) -> Iterator[Spoken]:
    yield Spoken(1, Told(claim=one.paid))
    yield Spoken(2, Told(claim=_anew(one)))
    yield Spoken(3, Told(claim=one.paid.taken_back()))


def _reversed(one: Script) -> Iterator[Spoken]:
    yield Spoken(1, Told(claim=one.paid))
    yield Spoken(2, Told(claim=one.paid.taken_back()))


def _taken_back(one: Script) -> Iterator[Spoken]:
    yield Spoken(1, Told(claim=one.paid))
    parts = max(1, one.steered.parts)
    yield Spoken(2, Told(claim=one.paid.taken_back(), trace=f"{one.paid.number}TB", parts=parts))


def _paid_twice(one: Script) -> Iterator[Spoken]:
    yield Spoken(1, Told(claim=one.paid))
    yield Spoken(2, Told(claim=one.paid, trace=f"{one.paid.number}P2"))


def _paid_above_charge(one: Script) -> Iterator[Spoken]:
    first, *others = one.paid.lines
    extra = one.steered.extra
    over = replace(first, paid=first.charge + extra, adjustments=(Adjustment(GroupCode.CONTRACTUAL, _EXCESS, -extra),))
    yield Spoken(1, Told(claim=replace(one.paid, lines=(over, *others))))


def _interest(one: Script) -> Iterator[Spoken]:
    first, *others = one.paid.lines
    extra = one.steered.extra
    more = (*first.adjustments, Adjustment(GroupCode.CONTRACTUAL, _INTEREST, -extra))
    # One CAS for each group: those of one group stand together.
    more = tuple(sorted(more, key=lambda each: each.group.value))
    with_interest = replace(first, paid=first.paid + extra, adjustments=more)
    yield Spoken(1, Told(claim=replace(one.paid, lines=(with_interest, *others))))


def _crossed_over(one: Script) -> Iterator[Spoken]:
    yield Spoken(1, Told(claim=replace(one.paid, status="19"), sent_on_to=one.steered.sent_on_to))


def _priced_only(one: Script) -> Iterator[Spoken]:
    priced = replace(one.paid, status="25", lines=tuple(map(_unpaid, one.paid.lines)))
    yield Spoken(1, Told(claim=priced, is_kept=False))
    yield Spoken(2, Told(claim=one.paid))


def _stranger(one: Script) -> Iterator[Spoken]:
    yield Spoken(1, Told(claim=one.paid))
    cut = Adjustment(GroupCode.CONTRACTUAL, "45", _STRANGE_CHARGE - _STRANGE_PAID)
    first = one.paid.lines[0]
    line = replace(
        first, charge=_STRANGE_CHARGE, paid=_STRANGE_PAID, control="", allowed=_STRANGE_PAID, adjustments=(cut,)
    )
    strange = replace(
        one.paid,
        number=f"{one.paid.number}S",
        control=f"ZZ{one.paid.number[-8:]}",
        status="1",
        member="ZZ000000000",
        patient_last="STRANGER",
        patient_first="ANY",
        lines=(line,),
    )
    yield Spoken(1, Told(claim=strange, is_kept=False))


def _unbalanced(one: Script) -> Iterator[Spoken]:
    trace = f"{one.paid.number}UB"
    yield Spoken(1, Told(claim=one.paid, trace=trace, is_off=True, is_kept=False))
    yield Spoken(2, Told(claim=one.paid, trace=trace))


def _silent(one: Script) -> Iterator[Spoken]:
    del one
    yield from ()


SCRIPTS: Final[Mapping[Answer, _Written]] = {
    Answer.PAID: _paid,
    Answer.DENIED: _denied,
    Answer.DENIED_THEN_PAID: _denied_then_paid,
    Answer.CORRECTED: _corrected,
    Answer.CORRECTED_FIRST: _corrected_first,
    Answer.REVERSED: _reversed,
    Answer.TAKEN_BACK: _taken_back,
    Answer.PAID_TWICE: _paid_twice,
    Answer.PAID_ABOVE_CHARGE: _paid_above_charge,
    Answer.INTEREST: _interest,
    Answer.CROSSED_OVER: _crossed_over,
    Answer.PRICED_ONLY: _priced_only,
    Answer.STRANGER: _stranger,
    Answer.UNBALANCED: _unbalanced,
    Answer.SILENT: _silent,
}


def _anew(one: Script) -> AnsweredClaim:
    """The claim paid anew under a number of its own, as payers number corrections: what is not paid now is cut (CO 45)."""
    lines = tuple(_repriced(line, one.steered.percent) for line in one.paid.lines)
    return replace(one.paid, number=f"{one.paid.number}C", replaces=one.paid.number, lines=lines)


def _repriced(line: AnsweredLine, percent: int) -> AnsweredLine:
    paid = (line.paid * percent / 100).quantize(CENT)
    less = line.paid - paid
    cuts = sum((one.amount for one in line.adjustments if _is_cut(one)), ZERO) + less
    others = tuple(one for one in line.adjustments if not _is_cut(one))
    kept = (Adjustment(GroupCode.CONTRACTUAL, "45", cuts),) if cuts else ()
    return replace(line, paid=paid, allowed=line.allowed - less, adjustments=(*kept, *others))


def _is_cut(one: Adjustment) -> bool:
    return (one.group, one.carc) == (GroupCode.CONTRACTUAL, "45")


def _unpaid(line: AnsweredLine) -> AnsweredLine:
    """A line that is only priced: OA 101 takes its whole charge."""
    adjusted = (Adjustment(GroupCode.OTHER, _PREDETERMINED, line.charge),)
    return replace(line, paid=ZERO, adjustments=adjusted)
