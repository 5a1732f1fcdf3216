"""When work is done by itself: times of day on a wall clock, days on which there are none, and the moments that they come to.

A time is one of a day and a zone: it comes once on the night when clocks are put back, at the first of the two, and once on
the night when they are put forward, also where the clock leaps over it (then as much later).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo


class Job(StrEnum):
    """Work that is done by itself: what a person types, or several of it together."""

    SEND = "send"
    """A partner's cutoff: scrub, seal, deliver."""
    DELIVER = "deliver"
    """What is sealed and has not arrived is tried again."""
    COLLECT = "collect"
    """Fetch a partner's answers, and post them."""
    TAKE_IN = "take-in"
    """Files of visits that were dropped into the practice's folder."""
    SCRUB = "scrub"
    POST = "post"
    RECONCILE = "reconcile"
    BACKUP = "backup"


OF_PARTNERS: Final = (Job.SEND, Job.DELIVER, Job.COLLECT)
OF_PRACTICE: Final = (Job.TAKE_IN, Job.SCRUB, Job.POST, Job.RECONCILE, Job.BACKUP)

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALL: Final = frozenset(range(7))
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_EVERY: Final = re.compile(r"every (\d{1,3}) min(?:utes)?(?: (\S+)-(\S+))?")
_MINUTES: Final = 24 * 60
_LOOKS_AHEAD: Final = 400
"""Days: longer than any rest between two times of one timetable."""
_SHAPE: Final = 'want times such as "16:30", "Mon-Fri 11:00 16:30", "Mon,Thu 09:00", "every 30 min 06:00-22:00"'


@dataclass(frozen=True, slots=True)
class Times:
    """Times of day on some days of the week, Monday being 0."""

    days: frozenset[int]
    at: tuple[time, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A day without times, and why."""

    day: date
    why: str


class Occurrence(NamedTuple):
    """One time that comes: by its wall clock, such as 2026-11-27T16:30, and as the moment in UTC."""

    local: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When a job is done.

    partner the partner that it is done for; empty for the practice's own
    zone    in which its times are wall-clock
    closed  days without it
    banking whether the holidays of the Federal Reserve are such days too
    """

    job: Job
    partner: str = ""
    zone: str
    times: tuple[Times, ...]
    closed: tuple[Closed, ...] = ()
    banking: bool = False

    @property
    def name(self) -> str:
        """What people call it, such as `send northgate`."""
        return job_name(self.job, self.partner)

    def why_closed(self, day: date) -> str:
        """Say why there are no times on a day; empty if there are."""
        own = next((one.why for one in self.closed if one.day == day), "")
        return own or (banking_holiday(day) if self.banking else "")

    def on(self, day: date) -> tuple[Occurrence, ...]:
        """Give the times of a day by the order in which they come, whether or not it is a closed one."""
        zone = ZoneInfo(self.zone)
        at = {each for one in self.times if day.weekday() in one.days for each in one.at}
        found = (
            Occurrence(f"{day}T{one:%H:%M}", datetime.combine(day, one, tzinfo=zone).replace(fold=0).astimezone(UTC))
            for one in at
        )
        return tuple(sorted(found, key=lambda one: (one.at, one.local)))

    def between(self, after: datetime, until: datetime) -> Iterator[Occurrence]:
        """Give the times that come behind one moment and up to another, in order."""
        zone = ZoneInfo(self.zone)
        day, last = after.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date()
        while day <= last:
            if not self.why_closed(day):
                yield from (one for one in self.on(day) if after < one.at <= until)
            day += timedelta(days=1)

    def upcoming(self, after: datetime) -> Occurrence | None:
        """Give the first time behind a moment; None if there is none within a year."""
        return next(self.between(after, after + timedelta(days=_LOOKS_AHEAD)), None)


def job_name(job: Job, partner: str) -> str:
    """Give what people call a job, such as `send northgate`; of the practice's own the job alone."""
    return f"{job} {partner}".strip()


def on_the_wall(at: datetime, zone: str) -> str:
    """Write a moment as the clock of a zone shows it, such as `Fri 2026-11-27 16:30`."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


@lru_cache(maxsize=4096)
def banking_holiday(day: date) -> str:
    """Name the holiday of the Federal Reserve that a day is; empty if banks work."""
    from holidays import financial_holidays  # noqa: PLC0415 0.2 s, and most commands ask for no time

    return str(financial_holidays("XFED", years=day.year).get(day) or "")


def read_times(text: str) -> Times:
    """Understand `Mon-Fri 16:30` or `every 30 min 06:00-22:00`. Raises ValueError that says what is wanted."""
    words = " ".join(text.lower().replace(", ", ",").split())
    head, _, rest = words.partition(" ")
    days = _days(head)
    if days is None:
        days, rest = _ALL, words
    at = _every(rest) if rest.startswith("every ") else tuple(_clock(one) for one in re.split(r"[ ,]+", rest) if one)
    if not at:
        raise ValueError(_SHAPE)
    return Times(days, tuple(sorted(set(at))))


def _days(text: str) -> frozenset[int] | None:
    """Give the days that a word names, such as mon-fri or mon,thu; None if it is no such word."""
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in _DAYS or (dash and last not in _DAYS):
            return None
        start, end = _DAYS.index(first), _DAYS.index(last if dash else first)
        found |= {day % 7 for day in range(start, (end if end >= start else end + 7) + 1)}
    return frozenset(found)


def _every(text: str) -> tuple[time, ...]:
    told = _EVERY.fullmatch(text)
    if told is None or not 1 <= int(told[1]) <= _MINUTES:
        raise ValueError(_SHAPE)
    start, end = (_minute(told[2]), _minute(told[3])) if told[2] else (0, _MINUTES - 1)
    if end < start:
        raise ValueError("the span ends before it begins; write two, one up to 23:59 and one from 00:00")
    return tuple(time(*divmod(minute, 60)) for minute in range(start, end + 1, int(told[1])))


def _minute(text: str) -> int:
    one = _clock(text)
    return one.hour * 60 + one.minute


def _clock(text: str) -> time:
    told = _CLOCK.fullmatch(text)
    if told is None:
        raise ValueError(_SHAPE)
    return time(int(told[1]), int(told[2]))
