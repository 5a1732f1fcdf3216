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
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event, Lock
from types import FrameType
from typing import Final

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from gateway.clock import Clock
from gateway.errors import ConfigError, GatewayError
from gateway.ledger import Ledger
from gateway.ledger.leader import lead
from gateway.schedule.slots import Done, end_strays, fault, perform
from gateway.service.office import Office
from gateway.settings import Settings
from gateway.timetable import Timetable

LOOKS_EVERY_SECONDS: Final = 1.0
_LEAD_EVERY_SECONDS: Final = 5.0
_STOPS_WITHIN_SECONDS: Final = 8.0
_LOOKS_ANYWAY: Final = timedelta(minutes=1)
"""After that a lane looks into the ledger also where none of its times has come: a failed slot may be due again."""

Opens = Callable[[Settings], AbstractContextManager[Office]]
"""Opens the practice's office with these settings, as a command would. Raises GatewayError."""
Told = Callable[[str], None]


class Stopping(BaseException):
    """The process was told to stop. As with Ctrl-C, nothing below takes it for a fault, and what is open is rolled back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What serving needs.

    opens    opens the office
    settings reads the configuration again. Raises ConfigError
    told     hears what was done, in lines for an operator
    """

    opens: Opens
    reads: Callable[[], Settings]
    clock: Callable[[Settings], Clock]
    ledger: Callable[[Settings], Ledger]
    told: Told


def serve(service: Service, settings: Settings) -> bool:
    """Serve until SIGTERM or SIGINT; tells whether every lane had come to rest. SIGHUP reads the configuration again.

    Raises ConfigError if the ledger cannot be asked who serves.
    """
    asked = _Asked()
    ledger = service.ledger(settings)
    try:
        with _signals(asked), lead(ledger, settings.practice.key) as place:
            told = False
            while not asked.stop.is_set():
                if place.taken():
                    lanes = _Lanes(service, settings, asked)
                    settings, rested = lanes.run_while(place.taken)
                    if not rested:
                        return False
                    told = False
                elif not told:
                    service.told(
                        "another gateway process serves this practice; this one stands by, and takes over when it ends"
                    )
                    told = True
                asked.stop.wait(_LEAD_EVERY_SECONDS)
        return True
    finally:
        ledger.close()


def serve_once(service: Service, settings: Settings) -> tuple[Done, ...] | None:
    """Do what is due and end; None if another process serves the practice."""
    ledger = service.ledger(settings)
    try:
        with lead(ledger, settings.practice.key) as place:
            if not place.taken():
                return None
            done: list[Done] = []
            with service.opens(settings) as office:
                end_strays(office)
            for table in settings.timetables:
                with service.opens(settings) as office:
                    one = perform(office, table)
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What signals have asked for."""

    stop: Event = field(default_factory=Event)
    read_again: Event = field(default_factory=Event)


@contextmanager
def _signals(asked: _Asked) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        asked.stop.set()

    def read_again(_signal: int, _frame: FrameType | None) -> None:
        asked.read_again.set()

    before = {
        one: signal.signal(one, what)
        for one, what in ((signal.SIGTERM, stop), (signal.SIGINT, stop), (signal.SIGHUP, read_again))
    }
    try:
        yield
    finally:
        for one, what in before.items():
            signal.signal(one, what)


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
        """Keep when to look again."""
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
        self._resting = Event()
        self._has_strays = True

    def run_while(self, is_ours: Callable[[], bool]) -> tuple[Settings, bool]:
        """Let the lanes work until told to stop, or until the place is not ours any more.

        Gives the settings as they are by then, and whether every lane came to rest in time.
        """
        names = len(_by_lane(self._settings))
        clock = BackgroundScheduler(
            timezone="UTC",
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(max(names, 1) + _SPARE_LANES)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        clock.add_listener(self._broke, EVENT_JOB_ERROR)
        # Its own log would print what an error says, which may hold a patient's data.
        logging.getLogger("apscheduler").disabled = True
        for name in ("apscheduler.scheduler", "apscheduler.executors.default"):
            logging.getLogger(name).disabled = True
        self._put_lanes(clock)
        clock.start()
        self._service.told(
            f"serving {self._settings.practice.key}: {', '.join(self._lanes) or 'nothing is configured'}"
        )
        try:
            while not self._asked.stop.is_set() and is_ours():
                if self._asked.read_again.is_set():
                    self._asked.read_again.clear()
                    self._read_again(clock)
                self._asked.stop.wait(_LEAD_EVERY_SECONDS if not self._asked.read_again.is_set() else 0)
        finally:
            self._resting.set()
            clock.shutdown(wait=False)
            rested = self._rest()
            if not self._asked.stop.is_set():
                self._service.told("the place of the one that serves is lost; it is asked for again")
        return self._settings, rested

    def _put_lanes(self, clock: BackgroundScheduler) -> None:
        wanted = _by_lane(self._settings)
        self._has_strays = True
        for gone in self._lanes.keys() - wanted.keys():
            clock.remove_job(gone)
            del self._lanes[gone]
        for name, tables in wanted.items():
            if name in self._lanes:
                self._lanes[name].follow(tables)
                continue
            lane = self._lanes[name] = _Lane(name, tables)
            clock.add_job(self._look, IntervalTrigger(seconds=LOOKS_EVERY_SECONDS), args=[lane], id=name, name=name)

    def _read_again(self, clock: BackgroundScheduler) -> None:
        try:
            read = self._service.reads()
        except ConfigError as wrong:
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
                if self._resting.is_set() or self._asked.stop.is_set():
                    return
                self._do(lane, table, settings)
        except Stopping:
            self._service.told(f"{lane.name}: stopped between two steps; it goes on at the next start")
        finally:
            lane.busy.release()

    def _do(self, lane: _Lane, table: Timetable, settings: Settings) -> None:
        failed = True
        try:
            with self._service.opens(settings) as office:
                if self._has_strays:
                    self._has_strays = False
                    end_strays(office)
                done = perform(replace(office, give_way=self._giving_way(office)), table)
            failed = done is not None and bool(done.failed)
            if done is not None:
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
            if self._resting.is_set() or self._asked.stop.is_set():
                raise Stopping
            office.give_way()

        return give_way

    def _rest(self) -> bool:
        """Wait until no lane is at work; tells whether that came in time."""
        until = time.monotonic() + _STOPS_WITHIN_SECONDS
        for lane in self._lanes.values():
            if not lane.busy.acquire(timeout=max(0.0, until - time.monotonic())):
                self._service.told(f"{lane.name}: ended in the middle of its work, which goes on at the next start")
                return False
            lane.busy.release()
        return True


_SPARE_LANES: Final = 8
"""Threads for partners that are added while it serves."""


def _by_lane(settings: Settings) -> dict[str, tuple[Timetable, ...]]:
    """Give the timetables of each lane: a partner's, and the practice's own."""
    found: dict[str, tuple[Timetable, ...]] = {}
    for table in settings.timetables:
        lane = table.partner or "practice"
        found[lane] = (*found.get(lane, ()), table)
    return found
