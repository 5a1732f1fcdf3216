"""The one way JSON that people hand in is read: amounts stay exact, and no number or nesting breaks the reader."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Final

_EXPONENT_MAX = 100


def parsed(text: str | bytes) -> Any:  # noqa: ANN401 any JSON
    """Read JSON, fractions as Decimal.

    Raises ValueError on what cannot be read; it is a JSONDecodeError where the line is known. It never says the value.
    """
    try:
        return json.loads(text, parse_float=_fraction, parse_int=_whole)
    except RecursionError:
        raise nested_too_deep() from None


def nested_too_deep() -> ValueError:
    """Say of a text what breaks the reader."""
    return ValueError("lists or objects stand too deep in each other")


def _fraction(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("a number is too large or too small") from None
    # A short text can mean a whole number of a million digits, which nobody can mean and which takes long to write out.
    if number and abs(number.adjusted()) > _EXPONENT_MAX:
        raise ValueError("a number is too large or too small")
    return number


def _whole(text: str) -> int:
    if len(text) > _EXPONENT_MAX:
        raise ValueError("a number has too many digits")
    return int(text)


DECODER: Final = json.JSONDecoder(parse_float=_fraction, parse_int=_whole)
"""Reads one value where it stands in a text, as `parsed` reads a whole one."""
