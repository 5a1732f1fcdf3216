"""The procedure codes that therapy clinics bill: how their time counts and under whose licence they belong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from gateway.codes.table import load, span


class TimeClass(StrEnum):
    """How minutes count toward units."""

    TIMED = "timed"
    """Fifteen minutes a unit; its minutes count toward the total of timed minutes."""
    UNTIMED = "untimed"
    """One unit however long it took."""
    OTHER = "other"
    """Its own time base, such as an hour or a month, or none that is known: see `span_minutes`."""


class TherapyClass(StrEnum):
    """How Medicare classes it (Claims Processing Manual ch. 5 sec. 20, annual therapy code list)."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """One CPT or HCPCS code.

    label             our own short words, never the code set's
    disciplines       who usually bills it, as in visit.Discipline and beyond; empty means any
    medicare_payable  False when Medicare Part B bundles it, excludes it or wants another code
    bases             codes of which one must be on the same claim; empty when it stands by itself
    span_minutes      of a time base of its own: minutes of one unit; 0 where the gateway computes no units
    least_minutes     of those, how many make a unit that is begun: past the midpoint, or all of them (CPT time rule)
    is_once           whether it is billed once: what is longer belongs to the code that adds to it
    starts, ends      dates of service for which the code exists, None when open
    """

    code: str
    label: str
    time_class: TimeClass
    therapy: TherapyClass
    disciplines: frozenset[str]
    is_evaluation: bool
    medicare_payable: bool
    bases: tuple[str, ...]
    starts: date | None
    ends: date | None
    span_minutes: int = 0
    least_minutes: int = 0
    is_once: bool = False

    def exists_on(self, day: date) -> bool:
        """Tell whether the code may be billed for the date of service `day`."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    @property
    def is_timed(self) -> bool:
        """Tell whether its minutes count toward the total of timed minutes."""
        return self.time_class is TimeClass.TIMED


def procedure(code: str) -> Procedure | None:
    """Give what is known of a code, or None if it is not one that the list holds: that alone is no fault."""
    return procedures().get(code)


def is_timed(code: str) -> bool:
    """Tell whether a code is known, and its minutes count toward the total of timed minutes."""
    known = procedure(code)
    return known is not None and known.is_timed


def is_evaluation(code: str) -> bool:
    """Tell whether a code is known as an evaluation or re-evaluation."""
    known = procedure(code)
    return known is not None and known.is_evaluation


@cache
def procedures() -> Mapping[str, Procedure]:
    """Give the whole list by code."""
    return MappingProxyType({row["code"]: _procedure(row) for row in load("procedures").rows()})


def _procedure(row: Mapping[str, str]) -> Procedure:
    starts, ends = span(row)
    return Procedure(
        code=row["code"],
        label=row["label"],
        time_class=TimeClass(row["time"]),
        therapy=TherapyClass(row["therapy"]),
        disciplines=frozenset(row["disciplines"].split()),
        is_evaluation=row["evaluation"] == "yes",
        medicare_payable=row["medicare"] == "yes",
        bases=tuple(row["base"].split()),
        starts=starts,
        ends=ends,
        span_minutes=int(row["span"] or 0),
        least_minutes=int(row["least"] or 0),
        is_once=row["once"] == "yes",
    )
