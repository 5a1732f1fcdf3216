"""The most units of a procedure that Medicare expects on one day (NCCI medically unlikely edits, practitioner)."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from gateway.codes.table import having, holds, load


class Mue(NamedTuple):
    """A limit on units.

    units      the most that is paid; 0 means that Medicare never pays the code
    indicator  1: for one claim line; 2: for a day, absolute; 3: for a day, more may be won on appeal with records
    assumed    True when the list was not published for that date of service: then it may only warn
    """

    units: int
    indicator: str
    assumed: bool


def mue(code: str, day: date, folder: Path | None = None) -> Mue | None:
    """Give the limit for a procedure on the date of service `day`, or None if the list has none.

    folder  of the practice's own lists, as in `table.load`
    """
    row = _limits(having("mue", folder)).get(code)
    if row is None or not holds(row, day):
        return None
    return Mue(int(row["units"]), row["indicator"], not load("mue", folder=folder).covers(day))


@cache
def _limits(folder: Path | None) -> Mapping[str, Mapping[str, str]]:
    return MappingProxyType({row["code"]: row for row in load("mue", folder=folder).rows()})
