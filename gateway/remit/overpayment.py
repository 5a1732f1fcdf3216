"""By when an overpayment is reported and returned (42 CFR 401.305): 60 days, which an investigation in good faith suspends."""

from datetime import date, timedelta
from typing import Final

from gateway.payer import Program

_REPORT_DAYS: Final = 60
_INVESTIGATION_DAYS: Final = 180
_BOUND: Final = frozenset({Program.MEDICARE, Program.MEDICAID})


def report_by(program: Program, identified_on: date) -> date | None:
    """Give the day by which an overpayment that was identified then is returned; None where no law sets one."""
    return identified_on + timedelta(days=_REPORT_DAYS) if program in _BOUND else None


def suspended(due_on: date) -> date:
    """Give the day by which it is returned at the latest once an investigation has begun: it may suspend 180 days."""
    return due_on + timedelta(days=_INVESTIGATION_DAYS)


def resumed(suspended_until: date, began_on: date, ended_on: date) -> date:
    """Give the day by which it is returned once the investigation is over: only the days that it took were suspended."""
    took = min((ended_on - began_on).days, _INVESTIGATION_DAYS)
    return suspended_until - timedelta(days=_INVESTIGATION_DAYS - took)
