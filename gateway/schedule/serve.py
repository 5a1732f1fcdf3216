"""The process that does by itself what is due: one for a practice, until it is told to stop.

APScheduler is the clock and nothing else: it lets each lane look, again and again, whether one of its times has come. What
was done is told by the slots in the ledger alone. Each partner has a lane of its own, so that a slow one delays no other;
the practice's own work has one. A lane opens the ledger as a command does, and gives way between two transactions.
"""

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from types import FrameType
from typing import Final

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from gateway.clock import Clock
from gateway.errors import ConfigError, GatewayError
from gateway.ledger import Ledger
from gateway.ledger.leader import lead
from gateway.schedule.slots import Done, end_strays, fault, perform
from gateway.service.office import Office
from gateway.settings import Settings
from gateway.timetable import Timetable

LOOKS_EVERY: Final = timedelta(seconds=1)
_LEAD_EVERY_SECONDS: Final = 5.0
_STOPS_WITHIN_SECONDS: Final = 8.0
_NAP_SECONDS: Final = 0.1
_LOOKS_ANYWAY: Final = timedelta(minutes=1)
"""After that a lane looks into the ledger also where none of its times has come: a failed slot may be due again."""
_SPARE_LANES: Final = 8
"""Threads for partners that are added while it serves."""

Opens = Callable[[Settings], AbstractContextManager[Office]]
"""Opens the practice's office with these settings, as a command would. Raises GatewayError."""
Told = Callable[[str], None]


class Stopping(BaseException):
    """The process was told to stop. As with Ctrl-C, nothing below takes it for a fault, and what is open is rolled back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What serving needs.

    opens   opens the office
    reads   reads the configuration again. Raises ConfigError
    clock   gives the practice's clock
    ledger  opens the ledger, to stand for the place of the one that serves
    told    hears what was done, in lines for an operator
    """

    opens: Opens
    reads: Callable[[], Settings]
    clock: Callable[[Settings], Clock]
    ledger: Callable[[Settings], Ledger]
    told: Told


def serve(service: Service, settings: Settings) -> bool:
    """Serve until SIGTERM or SIGINT; tells whether every lane had come to rest. SIGHUP reads the configuration again.

    Raises ConfigError if the lock of the one that serves cannot be asked for.
    """
    asked = _Asked()
    ledger = service.ledger(settings)
    try:
        with _signals(asked), lead(ledger, settings.practice.key) as place:
            told = False
            while not asked.stop:
                if place.taken():
                    settings, rested = _Lanes(service, settings, asked).run_while(place.taken)
                    if not rested:
                        return False
                    told = False
                elif not told:
                    service.told(
                        "another gateway process serves this practice, or the ledger cannot be asked; this one stands by, and takes "
                        "over as soon as it can"
                    )
                    told = True
                asked.rest(_LEAD_EVERY_SECONDS)
        return True
    finally:
        ledger.close()


def serve_once(service: Service, settings: Settings) -> tuple[Done, ...] | None:
    """Do what is due and end; None if another process serves the practice. What one job raises keeps no other from its turn."""
    ledger = service.ledger(settings)
    try:
        with lead(ledger, settings.practice.key) as place:
            if not place.taken():
                return None
            done: list[Done] = []
            with service.opens(settings) as office:
                end_strays(office)
            for table in settings.timetables:
                try:
                    with service.opens(settings) as office:
                        one = perform(office, table)
                except GatewayError as trouble:
                    service.told(f"{table.name}: {trouble}")
                    continue
                if one is not None:
                    service.told(line(one))
                    done.append(one)
            return tuple(done)
    finally:
        ledger.close()


def line(done: Done) -> str:
    """Say in a line what came of a slot."""
    late = " (late)" if done.late else ""
    if done.failed:
        return f"{done.slot.name} of {done.slot.local}{late}: NOT DONE, it is tried again: {done.failed}"
    return f"{done.slot.name} of {done.slot.local}{late}: {done.said}"


@dataclass(slots=True)
class _Asked:
    """What signals have asked for. Plain flags: a handler must wait for no lock that the interrupted code may hold."""

    stop: bool = False
    read_again: bool = False

    def rest(self, seconds: float) -> None:
        """Rest so long, or until something is asked for."""
        until = time.monotonic() + seconds
        while not (self.stop or self.read_again) and time.monotonic() < until:
            time.sleep(_NAP_SECONDS)


@contextmanager
def _signals(asked: _Asked) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        asked.stop = True

    def read_again(_signal: int, _frame: FrameType | None) -> None:
        asked.read_again = True

    before = {
        one: signal.signal(one, what)
        for one, what in ((signal.SIGTERM, stop), (signal.SIGINT, stop), (signal.SIGHUP, read_again))
    }
    try:
        yield
    finally:
        for one, what in before.items():
            signal.signal(one, what)


class _Soon(BaseTrigger):  # type: ignore[misc]
    """Again in a second from now: after a clock has leapt, no look is made up for."""

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Give the next look."""
        return now + LOOKS_EVERY


class _Lane:
    """The timetables of a partner, or of the practice, and when to look at each again."""

    def __init__(self, name: str, tables: tuple[Timetable, ...]) -> None:
        self.name = name
        self.busy = Lock()
        self._tables = tables
        self._looked: dict[str, tuple[datetime, datetime]] = {}

    def follow(self, tables: tuple[Timetable, ...]) -> None:
        """Follow other timetables from now on."""
        self._tables, self._looked = tables, {}

    def due(self, now: datetime) -> Iterator[Timetable]:
        """Give the timetables to look at: one of their times has come, or was missed, or failed a while ago."""
        for table in self._tables:
            looked, again = self._looked.get(table.name, (now, now))
            # A clock that was put back would let it wait for as long once more.
            if again <= now or now < looked:
                yield table

    def looked(self, table: Timetable, now: datetime, *, failed: bool) -> None:
        """Keep when to look again, unless other times are followed by now."""
        if table not in self._tables:
            return
        upcoming = table.upcoming(now)
        at = now + timedelta(days=1) if upcoming is None else min(upcoming.at, now + timedelta(days=1))
        self._looked[table.name] = (now, min(at, now + _LOOKS_ANYWAY) if failed else at)


class _Lanes:
    """All lanes, at work."""

    def __init__(self, service: Service, settings: Settings, asked: _Asked) -> None:
        self._service = service
        self._settings = settings
        self._asked = asked
        self._lanes: dict[str, _Lane] = {}
        self._gone: list[_Lane] = []
        self._is_lost = False
        self._has_strays = True

    def run_while(self, is_ours: Callable[[], bool]) -> tuple[Settings, bool]:
        """Let the lanes work until told to stop, or until the place is not ours any more.

        Gives the settings as they are by then, and whether every lane came to rest in time.
        """
        clock = self._clock()
        self._put_lanes(clock)
        clock.start()
        self._service.told(
            f"serving {self._settings.practice.key}: {', '.join(self._lanes) or 'nothing is configured'}"
        )
        while not self._asked.stop and is_ours():
            if self._asked.read_again:
                self._asked.read_again = False
                self._read_again(clock)
            self._set_right(clock)
            self._asked.rest(_LEAD_EVERY_SECONDS)
        self._is_lost = not self._asked.stop
        if self._is_lost:
            self._service.told("the place of the one that serves is lost; it is asked for again once every lane rests")
        clock.shutdown(wait=False)
        return self._settings, self._rest()

    def _clock(self) -> BackgroundScheduler:
        # Its own log would print what an error says, which may hold a patient's data.
        for name in ("apscheduler", "apscheduler.scheduler", "apscheduler.executors.default"):
            logging.getLogger(name).disabled = True
        clock = BackgroundScheduler(
            timezone="UTC",
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(len(_by_lane(self._settings)) + _SPARE_LANES)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        clock.add_listener(self._broke, EVENT_JOB_ERROR)
        return clock

    def _set_right(self, clock: BackgroundScheduler) -> None:
        """Let lanes look soon that wait for a moment by a clock which was put back since."""
        soon = datetime.now(tz=UTC) + LOOKS_EVERY
        for job in clock.get_jobs():
            if job.next_run_time is not None and job.next_run_time > soon + LOOKS_EVERY:
                job.modify(next_run_time=soon)

    def _put_lanes(self, clock: BackgroundScheduler) -> None:
        self._has_strays = True
        wanted = _by_lane(self._settings)
        for gone in self._lanes.keys() - wanted.keys():
            clock.remove_job(gone)
            self._gone.append(self._lanes.pop(gone))
        for name, tables in wanted.items():
            if name in self._lanes:
                self._lanes[name].follow(tables)
                continue
            lane = self._lanes[name] = _Lane(name, tables)
            clock.add_job(self._look, _Soon(), args=[lane], id=name, name=name)

    def _read_again(self, clock: BackgroundScheduler) -> None:
        try:
            read = self._service.reads()
        except (ConfigError, OSError) as wrong:
            self._service.told(f"the configuration is not taken, the one before stays: {wrong}")
            return
        if (read.practice.key, read.database_url) != (self._settings.practice.key, self._settings.database_url):
            self._service.told(
                "the configuration names another practice or ledger: start the service anew; the one before stays"
            )
            return
        self._settings = read
        self._put_lanes(clock)
        self._service.told(f"the configuration was read again: {', '.join(self._lanes)}")

    def _look(self, lane: _Lane) -> None:
        """Do what is due in a lane, one slot after the other. Whatever happens, it looks again."""
        if not lane.busy.acquire(blocking=False):
            return
        try:
            settings = self._settings
            for table in tuple(lane.due(self._service.clock(settings).now())):
                if self._is_over:
                    return
                self._do(lane, table, settings)
        except Stopping:
            self._service.told(f"{lane.name}: stopped between two steps; it goes on at the next start")
        finally:
            lane.busy.release()

    @property
    def _is_over(self) -> bool:
        return self._is_lost or self._asked.stop

    def _do(self, lane: _Lane, table: Timetable, settings: Settings) -> None:
        failed = True
        try:
            with self._service.opens(settings) as office:
                if self._has_strays:
                    self._has_strays = False
                    end_strays(office)
                done = perform(replace(office, give_way=self._giving_way(office)), table)
            failed = done is not None and bool(done.failed)
            if done is not None and (done.is_something or done.late or failed):
                self._service.told(line(done))
        except GatewayError as trouble:
            self._service.told(f"{table.name}: {trouble}")
        finally:
            lane.looked(table, self._service.clock(settings).now(), failed=failed)

    def _broke(self, event: JobExecutionEvent) -> None:
        """Say that a lane's look was cut short by what nobody foresaw; it looks again in a minute."""
        self._service.told(f"{event.job_id}: {fault(event.exception)}")

    def _giving_way(self, office: Office) -> Callable[[], None]:
        def give_way() -> None:
            if self._is_over:
                raise Stopping
            office.give_way()

        return give_way

    def _rest(self) -> bool:
        """Wait until no lane is at work. Told to stop it waits for seconds only; tells whether all rest."""
        until = None
        lanes = [*self._lanes.values(), *self._gone]
        while busy := [one for one in lanes if one.busy.locked()]:
            if self._asked.stop:
                until = until or time.monotonic() + _STOPS_WITHIN_SECONDS
                if time.monotonic() >= until:
                    self._service.told(
                        f"{busy[0].name}: ended in the middle of its work, which goes on at the next start"
                    )
                    return False
            time.sleep(_NAP_SECONDS)
        return True


def _by_lane(settings: Settings) -> dict[str, tuple[Timetable, ...]]:
    """Give the timetables of each lane: a partner's, and the practice's own."""
    found: dict[str, tuple[Timetable, ...]] = {}
    for table in settings.timetables:
        lane = table.partner or "practice"
        found[lane] = (*found.get(lane, ()), table)
    return found
