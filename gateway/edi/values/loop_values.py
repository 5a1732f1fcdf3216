"""What many loops of a claim hold alike: dates, numbers, amounts, adjustments. None of what cannot be read."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from gateway.edi.follow.loop import Loop, at
from gateway.edi.wire.figures import as_amount, as_day, as_number

_DAY_LENGTH = 8


class Period(NamedTuple):
    """Days from `first` to `last`, both included; one day, mostly. None of what is no date."""

    first: date | None
    last: date | None


class PriorAdjustment(NamedTuple):
    """One triple of a CAS in a claim: what an earlier payer took off.

    group  CAS01: CO, CR, OA, PI or PR
    """

    group: str
    carc: str
    amount: Decimal | None
    quantity: Decimal | None


class Note(NamedTuple):
    """NTE. `kind` is NTE01, such as ADD."""

    kind: str
    text: str

    # A note is about somebody.
    def __repr__(self) -> str:
        return f"Note({self.kind})"


def period(loop: Loop, *qualifiers: str) -> Period | None:
    """Give the first date or period (DTP03) of these kinds (DTP01); None if there is none. Times of day are left out."""
    dtp = loop.first("DTP", *qualifiers)
    if not dtp:
        return None
    text = at(dtp, 3)
    if (day := as_day(text)) is not None:  # as nearly all are
        return Period(day, day)
    first, _, last = text.partition("-")
    day = as_day(first[:_DAY_LENGTH])
    return Period(day, as_day(last[:_DAY_LENGTH]) if last else day)


def day(loop: Loop, *qualifiers: str) -> date | None:
    """Give the first date of these kinds, or a period's first day."""
    found = period(loop, *qualifiers)
    return found.first if found is not None else None


def reference(loop: Loop, *qualifiers: str) -> str:
    """Give the first number (REF02) of these kinds (REF01); empty if there is none."""
    return at(loop.first("REF", *qualifiers), 2)


def references(loop: Loop) -> tuple[tuple[str, str], ...]:
    """Give every number: pairs of REF01 and REF02."""
    return tuple([(at(parts, 1), at(parts, 2)) for _, parts, _ in loop.segments if parts[0] == "REF"])


def money(loop: Loop, qualifier: str) -> Decimal | None:
    """Give an amount (AMT02) of this kind (AMT01)."""
    return as_amount(at(loop.first("AMT", qualifier), 2))


def adjustments(loop: Loop) -> tuple[PriorAdjustment, ...]:
    """Give every reason and amount of every CAS."""
    return tuple(
        PriorAdjustment(at(cas, 1), cas[place], as_amount(at(cas, place + 1)), as_number(at(cas, place + 2)))
        for cas in loop.each("CAS")
        for place in range(2, len(cas), 3)
        if any(cas[place : place + 3])
    )


def notes(loop: Loop) -> Iterator[Note]:
    """Give every NTE."""
    return (Note(at(parts, 1), at(parts, 2)) for parts in loop.each("NTE"))
