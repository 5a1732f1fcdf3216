"""When something has to be done at the latest.

A payer's configured limit goes first, counted from what its terms name; where several bind, the earliest does. The
defaults of Medicare: redetermination 120 days after the notice (42 CFR 405.942), reopening within a year of the decision (42
CFR 405.980), first claim within a calendar year of the service, whether it is the first payer or a later one (42 CFR 424.44),
records 45 days after they were asked for (Program Integrity Manual ch. 3 sec. 3.2.3.2). For other payers 45 days for
records is our judgement: read the request, it may say 30.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from gateway.denials.route import Deadline
from gateway.denials.table import Advice
from gateway.payer import CountedFrom, Payer, Program

REDETERMINATION_DAYS: Final = 120

Reckon = Callable[[Payer, date, date], date | None]


def due_on(advice: Advice, *, payer: Payer, day_of_service: date, decided_on: date) -> date | None:
    """Give the last day for the advice's route, or None if no clock runs or its limit is not known.

    `decided_on` is the date of the remittance. Where another payer is billed the clock of this payer is taken, from the
    date of service: the other one's may be longer.
    """
    return _CLOCKS[advice.deadline](payer, day_of_service, decided_on)


def _timely_filing(payer: Payer, day_of_service: date, _decided_on: date) -> date | None:
    limits = [] if payer.filed_by_days is None else [day_of_service + timedelta(days=payer.filed_by_days)]
    # No payer's file makes the law's year longer.
    limits += [_a_year_after(day_of_service)] if payer.program is Program.MEDICARE else []
    return min(limits, default=None)


def _corrected_claim(payer: Payer, day_of_service: date, decided_on: date) -> date:
    limit = _counted(payer.corrected_from, payer.corrected_by_days, day_of_service, decided_on)
    # Whoever counts a correction from the service counts it as filed: the limit of a first claim binds it too.
    filed = _timely_filing(payer, day_of_service, decided_on) if payer.corrected_from is CountedFrom.SERVICE else None
    return limit if filed is None else min(limit, filed)


def _appeal(payer: Payer, day_of_service: date, decided_on: date) -> date:
    # The general default would be too late for Medicare, so there only a sourced setting counts.
    is_set = payer.program is not Program.MEDICARE or "appeal_by_days" in payer.sources
    days = payer.appeal_by_days if is_set else REDETERMINATION_DAYS
    return _counted(payer.appeal_from, days, day_of_service, decided_on)


def _records(payer: Payer, day_of_service: date, decided_on: date) -> date:
    return _counted(payer.records_from, payer.records_by_days, day_of_service, decided_on)


def _counted(counted_from: CountedFrom, days: int, day_of_service: date, decided_on: date) -> date:
    """Count from the service or from the decision; the day of a letter is not known, and taken for that of the decision."""
    return (day_of_service if counted_from is CountedFrom.SERVICE else decided_on) + timedelta(days=days)


def _reopening(_payer: Payer, _day_of_service: date, decided_on: date) -> date:
    return _a_year_after(decided_on)


def _never(_payer: Payer, _day_of_service: date, _decided_on: date) -> None:
    return None


def _a_year_after(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return date(day.year + 1, 2, 28) if leap_day else day.replace(year=day.year + 1)


_CLOCKS: Final[Mapping[Deadline, Reckon]] = MappingProxyType(
    {
        Deadline.TIMELY_FILING: _timely_filing,
        Deadline.CORRECTED_CLAIM: _corrected_claim,
        Deadline.APPEAL: _appeal,
        Deadline.RECORDS: _records,
        Deadline.REOPENING: _reopening,
        Deadline.NONE: _never,
    }
)
