"""The amount of a year above which Medicare pays therapy only with KX: one for PT and SLP together, the same for OT."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from gateway.codes.table import load


def threshold(day: date) -> Decimal | None:
    """Give the year's amount in dollars for a date of service, or None where none is published yet."""
    return _amounts().get(day.year)


def latest() -> Decimal:
    """Give the last amount that is published; it has risen every year."""
    amounts = _amounts()
    return amounts[max(amounts)]


@cache
def _amounts() -> Mapping[int, Decimal]:
    rows = load("therapy_threshold").rows()
    return MappingProxyType({int(row["year"]): Decimal(row["amount"]) for row in rows})
