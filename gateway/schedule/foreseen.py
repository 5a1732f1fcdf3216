"""What the service would do next, and what it has not done: for a person who wants to know before it happens."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.errors import ConfigError
from gateway.ledger import slots
from gateway.ledger.leader import lead
from gateway.ledger.slots import Slot, Standing
from gateway.service.office import Office
from gateway.timetable import Job, Timetable, on_the_wall

_OFTEN: Final = 4
"""What comes more often a day is told in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What is known of the days to come.

    open     slots that have come and are not done
    missed   name of what has come and nobody has looked at, how often, and when last
    is_served  whether a process serves the practice now
    coming   moment, zone and name of each time to come
    often    name, times a day and next time of what comes often
    closed   days on which a partner has no cutoff, with why
    paused   what rests, since when, by whom and why
    without  partners that have no cutoff at all
    """

    open: tuple[Slot, ...]
    missed: tuple[tuple[str, int, datetime], ...]
    is_served: bool
    coming: tuple[tuple[datetime, str, str], ...]
    often: tuple[tuple[str, int, datetime], ...]
    closed: tuple[tuple[date, str, str], ...]
    paused: tuple[tuple[str, Standing], ...]
    without: tuple[str, ...]


def foresee(office: Office, *, days: int, with_all: bool = False) -> Foreseen:
    """Look so many days ahead."""
    now, tables = office.clock.now(), office.settings.timetables
    until = now + timedelta(days=days)
    with office.ledger.reading() as tx:
        standings = {one.name: slots.standing_of(tx, office.practice.key, one) for one in tables}
        waits = slots.all_open(tx, office.practice.key)
    paused = {name: one for name, one in standings.items() if one is not None and one.paused_at is not None}
    at_work = [one for one in tables if one.name not in paused]
    often = {one.name for one in at_work if not with_all and _a_day(one) > _OFTEN}
    upcoming = [(one, one.upcoming(now)) for one in at_work if one.name in often]
    return Foreseen(
        open=waits,
        missed=tuple(_missed(at_work, standings, now)),
        is_served=_is_served(office),
        coming=tuple(
            sorted(
                (each.at, one.zone, one.name)
                for one in at_work
                if one.name not in often
                for each in one.between(now, until)
            )
        ),
        often=tuple((one.name, _a_day(one), each.at) for one, each in upcoming if each is not None),
        closed=tuple(_closed(at_work, now, days)),
        paused=tuple(paused.items()),
        without=tuple(sorted(office.settings.partners.keys() - {one.partner for one in tables if one.job is Job.SEND})),
    )


def _missed(
    tables: list[Timetable], standings: Mapping[str, Standing | None], now: datetime
) -> Iterator[tuple[str, int, datetime]]:
    for one in tables:
        stands = standings[one.name]
        came = list(one.between(stands.known_until, now)) if stands is not None else []
        if came:
            yield one.name, len(came), came[-1].at


def _is_served(office: Office) -> bool:
    """Tell whether a process serves the practice. Where nothing can be locked, nobody can."""
    try:
        with lead(office.ledger, office.practice.key) as place:
            return not place.taken()
    except ConfigError:
        return False


def next_cutoffs(office: Office) -> dict[str, str]:
    """Give when each partner's next cutoff is, by its own clock, such as `Fri 2026-11-27 16:30`."""
    now = office.clock.now()
    cutoffs = [one for one in office.settings.timetables if one.job is Job.SEND]
    with office.ledger.reading() as tx:
        standings = {one.name: slots.standing_of(tx, office.practice.key, one) for one in cutoffs}
    at_work = (one for one in cutoffs if (stands := standings[one.name]) is None or stands.paused_at is None)
    told = ((one, one.upcoming(now)) for one in at_work)
    return {one.partner: on_the_wall(upcoming.at, one.zone) for one, upcoming in told if upcoming is not None}


def _a_day(table: Timetable) -> int:
    return max(sum(len(one.at) for one in table.times if day in one.days) for day in range(7))


def _closed(tables: list[Timetable], now: datetime, days: int) -> list[tuple[date, str, str]]:
    found = []
    for one in tables:
        first = now.astimezone(ZoneInfo(one.zone)).date()
        for number in range(days + 1):
            day = first + timedelta(days=number)
            why = one.why_closed(day)
            if why and one.on(day):
                found.append((day, one.name, why))
    return sorted(found)
