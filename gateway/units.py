"""Minutes to units, under both rules, with the arithmetic as a value that can be shown.

CMS total time: Medicare Claims Processing Manual (Pub. 100-04) ch. 5 sec. 20.2. Minutes of all timed codes of one
patient, day and discipline are added; the total decides how many units there are, whole quarter hours go to their own
code first, and what is left goes to the codes with the largest remainders. Where two remainders are equal and only one
unit is left, the clinician decides: that is a tie, not a guess.

Midpoint: each code by itself; a unit counts once its midpoint (8 of 15 minutes) is reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gateway.payer import UnitRule

QUARTER_HOUR = 15
MIDPOINT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """What the minutes come to.

    total     units of all timed codes together
    by_code   units of each code, in the order given
    tied      codes with equal remainders of which only `open_units` can get one more; empty when nothing is open
    because   the arithmetic in words, without anything of the patient's
    """

    rule: UnitRule
    total: int
    by_code: MappingProxyType[str, int]
    tied: tuple[str, ...]
    open_units: int
    because: str


def count(rule: UnitRule, minutes: Mapping[str, int]) -> Units:
    """Count units from minutes by timed code. Raises ValueError on negative minutes.

    A tied unit is in `total` but in no code's share.
    """
    for code, given in minutes.items():
        if given < 0:
            raise ValueError(f"minutes of {code}: want 0 or more")
    return _cms(minutes) if rule is UnitRule.CMS else _midpoint(minutes)


def units_of_total(minutes: int) -> int:
    """Units that a total of timed minutes comes to under the CMS rule: 8 to 22 is one, each further 15 one more."""
    return 0 if minutes < MIDPOINT else (minutes + QUARTER_HOUR - MIDPOINT) // QUARTER_HOUR


def units_of_spans(minutes: int, span: int, least: int, *, once: bool) -> int:
    """Units of a code with a time base of its own: whole spans, and one that is begun and has `least` minutes.

    once  it is billed once however long it took
    """
    whole, rest = divmod(minutes, span)
    units = whole + (rest >= least)
    return min(units, 1) if once else units


def settled(counted: Units, typed: Mapping[str, int]) -> dict[str, int | None]:
    """Give the units of each code that nobody typed, after those that somebody did: a tie may be settled by them.

    typed  units by code, as a person or the practice's system says
    None is a code of which nobody can say yet whether it gets the open unit.
    """
    given = sum(max(0, units - counted.by_code[code]) for code, units in typed.items() if code in counted.tied)
    is_open, undecided = counted.open_units - given, [code for code in counted.tied if code not in typed]
    units: dict[str, int | None] = {code: share for code, share in counted.by_code.items() if code not in typed}
    for code in undecided:
        share = counted.by_code[code]
        units[code] = share if is_open <= 0 else share + 1 if is_open >= len(undecided) else None
    return units


def _cms(minutes: Mapping[str, int]) -> Units:
    timed = sum(minutes.values())
    total = units_of_total(timed)
    share = {code: given // QUARTER_HOUR for code, given in minutes.items()}
    left = total - sum(share.values())
    ranked = sorted(minutes, key=lambda code: -(minutes[code] % QUARTER_HOUR))
    tied: tuple[str, ...] = ()
    if 0 < left < len(ranked):
        cut = minutes[ranked[left - 1]] % QUARTER_HOUR
        if minutes[ranked[left]] % QUARTER_HOUR == cut:
            tied = tuple(code for code in minutes if minutes[code] % QUARTER_HOUR == cut)
            ranked = [code for code in ranked if minutes[code] % QUARTER_HOUR > cut]
    sure = ranked[:left]
    for code in sure:
        share[code] += 1
    because = (
        f"{timed} timed minutes in all are {total} unit{'' if total == 1 else 's'} (CMS total time): "
        + ", ".join(f"{code} {minutes[code]} min = {share[code]}" for code in minutes)
    )
    open_units = left - len(sure) if tied else 0
    if tied:
        because += f"; {open_units} more belongs to one of {', '.join(tied)}, which have equal remainders"
    return Units(
        rule=UnitRule.CMS,
        total=total,
        by_code=MappingProxyType(share),
        tied=tied,
        open_units=open_units,
        because=because,
    )


def _midpoint(minutes: Mapping[str, int]) -> Units:
    share = {
        code: given // QUARTER_HOUR + (1 if given % QUARTER_HOUR >= MIDPOINT else 0) for code, given in minutes.items()
    }
    because = "each code by itself, 8 of 15 minutes make a unit (midpoint): " + ", ".join(
        f"{code} {minutes[code]} min = {share[code]}" for code in minutes
    )
    return Units(
        rule=UnitRule.MIDPOINT,
        total=sum(share.values()),
        by_code=MappingProxyType(share),
        tied=(),
        open_units=0,
        because=because,
    )
