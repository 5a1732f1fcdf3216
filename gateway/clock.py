"""The clock as a value that is handed in, so that a day can be pinned and a test needs no patience."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def local_day(moment: datetime, zone: str) -> date:
    """Give the day of a moment on the wall clock of a zone such as America/Chicago; without a zone it is wall clock already."""
    if moment.tzinfo is None:
        return moment.date()
    try:
        return moment.astimezone(ZoneInfo(zone)).date()
    except OverflowError:  # the first and the last day that there are
        return moment.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What time it is for a practice.

    read   gives the present moment, with its zone
    zone   the practice's time zone: deadlines and dates of service are wall-clock there
    pinned the day to pretend it is; the time of day still moves
    """

    read: Callable[[], datetime]
    zone: ZoneInfo
    pinned: date | None = None

    def now(self) -> datetime:
        """Give the present moment in UTC."""
        real = self.read().astimezone(UTC)
        if self.pinned is None:
            return real
        local = real.astimezone(self.zone)
        return (real + timedelta(days=(self.pinned - local.date()).days)).astimezone(UTC)

    def today(self) -> date:
        """Give today's date in the practice's zone."""
        return self.pinned or self.read().astimezone(self.zone).date()
