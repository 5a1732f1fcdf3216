"""Amounts, quantities and dates of a transaction set, read strictly.

A figure that is not exactly what X12 writes is refused, never guessed: a NaN, an exponent or a third decimal in a
payment would otherwise end up in a ledger.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from gateway.money import CENT, dollars

_WITH_CENTS: Final = re.compile(r"-?[0-9]{1,13}\.[0-9]{2}").fullmatch
_AMOUNT: Final = re.compile(r"-?[0-9]{1,13}(?:\.[0-9])?").fullmatch
"""As nearly all amounts are written: needs no closer look, as what is left of _PLAIN_NUMBER does."""
_PLAIN_NUMBER: Final = re.compile(r"-?(?:[0-9]{1,18}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})").fullmatch
_WHOLE_LENGTH: Final = 9
_DAY_LENGTH: Final = 8


def as_amount(text: str) -> Decimal | None:
    """Read dollars and cents; None if it is anything else."""
    if _WITH_CENTS(text):
        return Decimal(text)
    if _AMOUNT(text):
        return Decimal(text).quantize(CENT)
    try:
        return dollars(text) if _PLAIN_NUMBER(text) else None
    except ValueError:
        return None


def as_cents(text: str) -> int | None:
    """Read dollars and cents as whole cents; None of what has a third decimal or is no number.

    For adding up what a guide has looked at already: a text that no guide would pass may be read all the same.
    """
    try:
        if text[-3:-2] == ".":  # as nearly all are
            return int(text.replace(".", ""))
        whole, _, part = text.partition(".")
        part = part.rstrip("0")
        if len(part) <= 2:  # noqa: PLR2004 cents
            return int(f"{whole}{part:0<2}")
    except ValueError:
        pass
    return None


def as_number(text: str) -> Decimal | None:
    """Read a plain number; None if it is anything else."""
    return Decimal(text) if _PLAIN_NUMBER(text) else None


def as_day(text: str) -> date | None:
    """Read a date CCYYMMDD; None if it is anything else, or does not exist."""
    try:
        # Weeks (2026W011), which Python reads too, are no dates here.
        return date.fromisoformat(text) if len(text) == _DAY_LENGTH and text.isdecimal() else None
    except ValueError:
        return None


def is_whole(text: str) -> bool:
    """Tell whether this is a number of one to nine digits, as control numbers and positions are."""
    return text.isascii() and text.isdecimal() and len(text) <= _WHOLE_LENGTH
