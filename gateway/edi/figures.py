"""Amounts, quantities and dates of a transaction set, read strictly, and its segments cut into loops.

A figure that is not exactly what X12 writes is refused, never guessed: a NaN, an exponent or a third decimal in a
payment would otherwise end up in a ledger.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from gateway.edi.received import Numbered, TransactionSet
from gateway.edi.segment import Segment
from gateway.money import dollars

_PLAIN_NUMBER: Final = re.compile(r"-?(?:[0-9]{1,18}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})").fullmatch
_UP_TO_NINE_DIGITS: Final = re.compile(r"[0-9]{1,9}").fullmatch
_EIGHT_DIGITS: Final = re.compile(r"[0-9]{8}").fullmatch


def amount(one: TransactionSet, ordinal: int, segment: Segment, position: int) -> Decimal:
    """Give the element as dollars and cents. Raises InboundWireError if it is absent or anything else."""
    text = segment.at(position)
    try:
        return dollars(text if _PLAIN_NUMBER(text) else "")
    except ValueError:
        one.refuse(ordinal, f"{segment.id}{position:02} is not an amount in dollars and cents")


def quantity(one: TransactionSet, ordinal: int, segment: Segment, position: int) -> Decimal | None:
    """Give the element as a number, or None when absent. Raises InboundWireError if it is no plain number."""
    text = segment.at(position)
    if not text:
        return None
    if not _PLAIN_NUMBER(text):
        one.refuse(ordinal, f"{segment.id}{position:02} is not a plain number")
    return Decimal(text)


def day(one: TransactionSet, ordinal: int, segment: Segment, position: int) -> date:
    """Give the element as a date. Raises InboundWireError unless it is CCYYMMDD and exists."""
    text = segment.at(position)
    year, month, of_month = (text[:4], text[4:6], text[6:]) if _EIGHT_DIGITS(text) else ("0", "0", "0")
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError:
        one.refuse(ordinal, f"{segment.id}{position:02} is not a date CCYYMMDD")


def is_whole(text: str) -> bool:
    """Tell whether this is a number of one to nine digits, as control numbers and positions are."""
    return _UP_TO_NINE_DIGITS(text) is not None


def loops(numbered: Iterable[Numbered], *starts: str) -> list[list[Numbered]]:
    """Cut segments into runs; each run but the first begins with a segment whose id is in `starts`."""
    runs: list[list[Numbered]] = [[]]
    for one in numbered:
        if one[1].id in starts:
            runs.append([])
        runs[-1].append(one)
    return runs
