"""How an answer may be written so that it is hard to match: its money stays the same to the cent."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, TypeAlias

from gateway.money import CENT, ZERO
from gateway.remittance import Adjustment, GroupCode
from gateway.simulator.answered import AnsweredClaim, AnsweredLine, Told
from gateway.simulator.scenario import Scenario, Written

_TWO: Final = 2
_OTHER_CODES: Final = ("97530", "97112")
_Garbling: TypeAlias = Callable[[Told, Scenario], Told]


def garbled(told: Told, words: Iterable[str], scenario: Scenario) -> Told:
    """Write an answer in these ways, always in the same order."""
    wanted = set(words)
    for word, change in GARBLINGS.items():
        if word in wanted:
            told = change(told, scenario)
    return told


def _split(told: Told, _: Scenario) -> Told:
    lines = tuple(part for line in told.claim.lines for part in _halves(line))
    return _with_lines(told, lines)


def _halves(line: AnsweredLine) -> tuple[AnsweredLine, ...]:
    if line.units < _TWO:
        return (line,)
    units = (line.units / 2).to_integral_value()
    firsts = tuple(one._replace(amount=_half(one.amount)) for one in line.adjustments)
    rests = tuple(one._replace(amount=one.amount - _half(one.amount)) for one in line.adjustments)
    first = _priced(line, _half(line.charge), units, firsts, _half(line.allowed))
    rest = _priced(line, line.charge - first.charge, line.units - units, rests, line.allowed - first.allowed)
    return first, replace(rest, control="")  # a line number stands once in a claim payment


def _half(amount: Decimal) -> Decimal:
    return (amount / 2).quantize(CENT)


def _priced(
    line: AnsweredLine, charge: Decimal, units: Decimal, adjustments: tuple[Adjustment, ...], allowed: Decimal
) -> AnsweredLine:
    paid = charge - sum((one.amount for one in adjustments), ZERO)
    kept = tuple(one for one in adjustments if one.amount)
    return replace(line, charge=charge, paid=paid, units=units, allowed=allowed, adjustments=kept)


def _joined(told: Told, _: Scenario) -> Told:
    found: dict[object, AnsweredLine] = {}
    for line in told.claim.lines:
        key = (line.procedure, line.day, line.until)
        found[key] = _both(found[key], line) if key in found else line
    return _with_lines(told, tuple(found.values()))


def _both(one: AnsweredLine, other: AnsweredLine) -> AnsweredLine:
    return replace(
        one,
        charge=one.charge + other.charge,
        paid=one.paid + other.paid,
        units=one.units + other.units,
        allowed=one.allowed + other.allowed,
        adjustments=summed((*one.adjustments, *other.adjustments)),
        remarks=tuple(dict.fromkeys((*one.remarks, *other.remarks))),
    )


def summed(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """Give each group and reason once, those of one group together."""
    sums: dict[tuple[GroupCode, str], Decimal] = {}
    for one in adjustments:
        sums[one.group, one.carc] = sums.get((one.group, one.carc), ZERO) + one.amount
    ordered = sorted(sums.items(), key=lambda pair: pair[0][0].value)
    return tuple(Adjustment(group, carc, amount) for (group, carc), amount in ordered if amount)


def _changed_code(told: Told, _: Scenario) -> Told:
    first, *others = told.claim.lines
    other = next(code for code in _OTHER_CODES if code not in first.procedure)
    changed = replace(first, procedure=(first.procedure[0], other), billed=first.procedure)
    return _with_lines(told, (changed, *others))


def _no_line_numbers(told: Told, _: Scenario) -> Told:
    return _with_lines(told, tuple(replace(line, control="") for line in told.claim.lines))


def _no_lines(told: Told, _: Scenario) -> Told:
    return replace(told, has_lines=False)


def _foreign_number(told: Told, scenario: Scenario) -> Told:
    drawn = scenario.number(f"foreign {told.claim.control}", 10**8)
    return replace(_with_control(told, f"ACCT-{drawn:08}"), number=f"{drawn:08}F")


def _garbled_number(told: Told, scenario: Scenario) -> Told:
    number = told.claim.control
    last = str((int(number[-1]) + 1) % 10) if number[-1].isdecimal() else "0"
    ways = (number.lower(), f"{number[:3]} {number[3:]}", number[:-2], number[:-1] + last)
    return _with_control(told, ways[scenario.number(f"garbled {number}", len(ways))])


def _other_payer(told: Told, _: Scenario) -> Told:
    return replace(told, pays_as=f"OTHER-{told.claim.payer}")


def _with_lines(told: Told, lines: tuple[AnsweredLine, ...]) -> Told:
    return _with_claim(told, replace(told.claim, lines=lines))


def _with_control(told: Told, control: str) -> Told:
    return _with_claim(told, replace(told.claim, control=control))


def _with_claim(told: Told, claim: AnsweredClaim) -> Told:
    return replace(told, claim=claim)


GARBLINGS: Final[Mapping[Written, _Garbling]] = {
    Written.GARBLED_NUMBER: _garbled_number,
    Written.FOREIGN_NUMBER: _foreign_number,
    Written.SPLIT_LINES: _split,
    Written.JOINED_LINES: _joined,
    Written.CHANGED_CODE: _changed_code,
    Written.NO_LINE_NUMBERS: _no_line_numbers,
    Written.NO_LINES: _no_lines,
    Written.OTHER_PAYER: _other_payer,
}
