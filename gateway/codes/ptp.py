"""Pairs of procedures that Medicare does not pay together (NCCI procedure-to-procedure edits, practitioner services).

When both codes are on one date for one patient and provider, column 1 is paid and column 2 is denied. Indicator 1: a
modifier such as 59 may release column 2 if the services were truly separate; 0: nothing releases it.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from gateway.codes.table import having, holds, load


class Pair(NamedTuple):
    """Two codes of which Medicare pays only column 1.

    is_releasable  whether a modifier may release column 2 (indicator 1)
    assumed        True when the list was not published for that date of service: then it may only warn
    """

    column1: str
    column2: str
    is_releasable: bool
    assumed: bool

    @property
    def indicator(self) -> str:
        """The edit's modifier indicator, 1 or 0."""
        return "1" if self.is_releasable else "0"


def pair(a: str, b: str, day: date, folder: Path | None = None) -> Pair | None:
    """Give the edit between two codes, in whichever order, that binds on the date of service `day`; None if none does.

    folder  of the practice's own lists, as in `table.load`
    """
    for row in _edits(having("ptp", folder)).get(frozenset((a, b)), ()):
        if holds(row, day):
            assumed = not load("ptp", folder=folder).covers(day)
            return Pair(row["column1"], row["column2"], row["indicator"] == "1", assumed)
    return None


@cache
def _edits(folder: Path | None) -> Mapping[frozenset[str], tuple[Mapping[str, str], ...]]:
    """All edits by their two codes, those still open first: a pair may have been turned round."""
    found: dict[frozenset[str], tuple[Mapping[str, str], ...]] = {}
    for row in sorted(load("ptp", folder=folder).rows(), key=lambda row: row["to"] or "9999", reverse=True):
        both = frozenset((row["column1"], row["column2"]))
        found[both] = (*found.get(both, ()), row)
    return MappingProxyType(found)
