"""Invented claims as a practice knows them, with near twins, from a seed: what garbled answers are made of.

Whoever matches answers has to tell these apart: the same patient with the same codes on other days, twice on one day, spouses
under one member id, two people of one name, a claim and the version that replaced it, and claims of the system used before.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple

PAYERS: Final = ("P1", "P2", "P3", "P4")
_FIRST_DAY: Final = date(2026, 9, 1)
_LAST: Final = ("TULL", "GARRICK", "O'BRAN", "VANE-HOLT", "MARLOW", "SEDGE", "PIKE", "LARKIN", "DUNMORE", "ASHBY")
_FIRST: Final = ("EDITH", "SAM", "JOHANNA", "KATHRYN", "WILLIAM", "ROBERT", "NORA", "MICHAEL", "ELIZABETH", "TOMAS")
_PRICES: Final = {
    "97110": Decimal("62.00"),
    "97112": Decimal("65.50"),
    "97116": Decimal("54.25"),
    "97140": Decimal("60.00"),
    "97530": Decimal("71.40"),
    "97535": Decimal("66.10"),
    "97035": Decimal("31.00"),
    "97161": Decimal("148.00"),
}


class TruthLine(NamedTuple):
    """A service line as we billed it; `charge` in dollars."""

    code: str
    modifiers: tuple[str, ...]
    units: int
    charge: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One claim as we, or the system used before, billed it.

    visit     the practice's number of the visit; not the patient control number
    first     the patient's first name
    holder    the first name of who holds the cover: the patient's own, or a spouse's
    is_ours   false: billed by the former system, so that nothing of ours answers to it
    replaces  the place (from 0) in the population of the version that this one replaces
    """

    visit: str
    member: str
    last: str
    first: str
    holder: str
    payer: str
    day: date
    lines: tuple[TruthLine, ...]
    is_ours: bool = True
    replaces: int | None = None

    @property
    def charge(self) -> Decimal:
        """Dollars of the whole claim."""
        return sum((line.charge for line in self.lines), Decimal(0))


def population(seed: int, number: int) -> tuple[Truth, ...]:
    """Give so many claims; the same seed gives the same ones. A version that replaces another stands after it."""
    rng, made = Random(f"population {seed}"), list[Truth]()
    while len(made) < number:
        (family,) = rng.choices(_FAMILIES, weights=_WEIGHTS)
        made += family(rng, len(made))
    return tuple(replace(one, visit=f"V{seed}-{place:05}") for place, one in enumerate(made[:number]))


def _somebody(rng: Random) -> Truth:
    first = rng.choice(_FIRST)
    letters = "".join(rng.choices("ABCDEFGHJKMNPQRSTVWXYZ", k=3))
    return Truth(
        visit="",
        member=f"{letters}{rng.randrange(10**8):08}",
        last=rng.choice(_LAST),
        first=first,
        holder=first,
        payer=rng.choice(PAYERS),
        day=_FIRST_DAY + timedelta(days=rng.randrange(60)),
        lines=_lines(rng),
    )


def _lines(rng: Random) -> tuple[TruthLine, ...]:
    codes = rng.sample(sorted(_PRICES), k=rng.choice((1, 2, 2, 3, 3, 4)))
    discipline = rng.choice(("GP", "GP", "GO"))
    lines = [_line(rng, code, discipline) for code in codes]
    if rng.random() < 0.35:
        lines.append(_again(rng, rng.choice(lines)))
    return tuple(lines)


def _line(rng: Random, code: str, discipline: str) -> TruthLine:
    modifiers = (discipline, *rng.choice(((), (), ("KX",), ("CQ" if discipline == "GP" else "CO",))))
    units = 1 if code == "97161" else rng.choice((1, 1, 2, 2, 3))
    return TruthLine(code, modifiers, units, _PRICES[code] * units)


def _again(rng: Random, line: TruthLine) -> TruthLine:
    """Give the same code once more: the same modifiers or other ones, the same charge or another one."""
    modifiers = rng.choice((line.modifiers, (*line.modifiers, "59")))
    units = rng.choice((line.units, line.units + 1))
    return TruthLine(line.code, modifiers, units, _PRICES[line.code] * units)


def _alone(rng: Random, _: int) -> Iterator[Truth]:
    yield _somebody(rng)


def _on_other_days(rng: Random, _: int) -> Iterator[Truth]:
    one = _somebody(rng)
    for number in range(rng.choice((2, 3, 4))):
        yield replace(one, day=one.day + timedelta(days=2 * number))


def _twice_on_one_day(rng: Random, _: int) -> Iterator[Truth]:
    one = _somebody(rng)
    first, *others = one.lines
    more = TruthLine(first.code, first.modifiers, first.units + 1, _PRICES[first.code] * (first.units + 1))
    yield one
    yield replace(one, lines=rng.choice(((first, *others), (more, *others))))


def _spouses(rng: Random, _: int) -> Iterator[Truth]:
    one = _somebody(rng)
    other = rng.choice([name for name in _FIRST if name != one.first])
    yield one
    yield replace(one, first=other, day=one.day + timedelta(days=rng.choice((0, 0, 3))))


def _equal_names(rng: Random, _: int) -> Iterator[Truth]:
    one, other = _somebody(rng), _somebody(rng)
    yield one
    yield replace(other, last=one.last, first=one.first, holder=one.first, payer=one.payer, day=one.day)


def _replaced(rng: Random, place: int) -> Iterator[Truth]:
    one = _somebody(rng)
    first, *others = one.lines
    said = TruthLine(first.code, (*first.modifiers, "76"), first.units, first.charge)
    more = TruthLine(first.code, first.modifiers, first.units + 1, _PRICES[first.code] * (first.units + 1))
    yield one
    yield replace(one, lines=(rng.choice((said, more)), *others), replaces=place)


def _of_the_former_system(rng: Random, _: int) -> Iterator[Truth]:
    """A patient of ours whom the former system had billed too, for another day."""
    one = _somebody(rng)
    yield one
    yield replace(one, day=one.day - timedelta(days=rng.choice((1, 7, 30))), is_ours=False)


def _stranger(rng: Random, _: int) -> Iterator[Truth]:
    yield replace(_somebody(rng), is_ours=False)


_FAMILIES: Final[tuple[Callable[[Random, int], Iterator[Truth]], ...]] = (
    _alone,
    _on_other_days,
    _twice_on_one_day,
    _spouses,
    _equal_names,
    _replaced,
    _of_the_former_system,
    _stranger,
)
_WEIGHTS: Final = (6, 4, 3, 2, 2, 2, 1, 1)
