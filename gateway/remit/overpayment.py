"""By when an overpayment is reported and returned (42 CFR 401.305): 60 days, which an investigation in good faith suspends.

All investigations of one overpayment together suspend 180 days at most.
"""

from datetime import date, timedelta
from typing import Final

from gateway.payer import Program

_REPORT_DAYS: Final = 60
_INVESTIGATION_DAYS: Final = 180
_BOUND: Final = frozenset({Program.MEDICARE, Program.MEDICAID})


def report_by(program: Program, identified_on: date) -> date | None:
    """Give the day by which an overpayment that was identified then is returned; None where no law sets one."""
    return identified_on + timedelta(days=_REPORT_DAYS) if program in _BOUND else None


def suspended(due_on: date, used: int) -> date:
    """Give the day by which it is returned at the latest once an investigation has begun.

    used  days that earlier investigations of it have suspended
    """
    return due_on + timedelta(days=max(0, _INVESTIGATION_DAYS - used))


def resumed(until: date, used: int, began_on: date, ended_on: date) -> tuple[date, int]:
    """Give the day by which it is returned once the investigation is over, and the days that all of them have suspended.

    until  the day that `suspended` gave: only the days that it took count
    """
    left = max(0, _INVESTIGATION_DAYS - used)
    took = min((ended_on - began_on).days, left)
    return until - timedelta(days=left - took), used + took
