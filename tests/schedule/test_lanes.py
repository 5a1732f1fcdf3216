"""When a lane looks: at its times, soon after a failure, and whatever clocks and configurations do meanwhile."""

import os
import signal
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from apscheduler.schedulers.background import BackgroundScheduler

from gateway.clock import Clock
from gateway.ledger import Ledger, open_ledger
from gateway.schedule.serve import LOOKS_EVERY, Service, _Asked, _Lane, _Lanes, _Soon, serve
from gateway.service.office import Office
from gateway.settings import Settings
from gateway.timetable import Job, Timetable, read_times
from tests.service.clinic import clock, settings

CUTOFF = Timetable(job=Job.SEND, partner="north", zone="UTC", times=(read_times("16:30"),))
EARLIER = replace(CUTOFF, times=(read_times("11:00"),))
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def due(lane: _Lane, at: datetime) -> bool:
    return list(lane.due(at)) != []


def test_a_lane_looks_at_once_then_at_its_times_and_a_minute_after_a_failure() -> None:
    lane = _Lane("north", (CUTOFF,))
    assert due(lane, NOON)
    lane.looked(CUTOFF, NOON, failed=False)
    assert not due(lane, NOON + timedelta(hours=4))
    assert due(lane, NOON + timedelta(hours=4, minutes=30))
    lane.looked(CUTOFF, NOON, failed=True)
    assert due(lane, NOON + timedelta(minutes=1))


def test_a_clock_that_is_put_back_lets_no_lane_sleep() -> None:
    lane = _Lane("north", (CUTOFF,))
    lane.looked(CUTOFF, NOON + timedelta(days=365), failed=False)
    assert due(lane, NOON)
    trigger = _Soon()
    ahead = NOON + timedelta(days=365)
    assert trigger.get_next_fire_time(NOON, ahead) == ahead + LOOKS_EVERY, "no look is made up for"


def test_other_times_that_are_read_while_a_lane_works_are_looked_at() -> None:
    lane = _Lane("north", (CUTOFF,))
    lane.follow((EARLIER,))
    lane.looked(CUTOFF, NOON, failed=False)  # the work that had begun before has ended
    assert due(lane, NOON)


def test_looks_that_wait_for_a_clock_which_was_put_back_are_set_right(tmp_path: Path) -> None:
    lanes = _Lanes(service(tmp_path, at_work=None), settings(home=tmp_path), _Asked())
    scheduler = BackgroundScheduler(timezone="UTC")
    job = scheduler.add_job(print, "interval", days=400)
    scheduler.start(paused=True)
    try:
        lanes._set_right(scheduler)
        assert job.next_run_time < datetime.now(tz=UTC) + timedelta(seconds=5)
    finally:
        scheduler.shutdown()


class Held:
    """A lane that is at work until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = Event(), Event()

    def __call__(self, _settings: Settings) -> AbstractContextManager[Office]:
        self.begun.set()
        self.let_go.wait(60)
        raise OSError("the line is cut")


def service(tmp_path: Path, at_work: Held | None, said: list[str] | None = None) -> Service:
    return Service(
        opens=at_work or Held(),
        reads=lambda: settings(home=tmp_path),
        clock=lambda _: Clock(read=lambda: datetime.now(tz=UTC), zone=clock().zone),
        ledger=lambda _: ledger_in(tmp_path),
        told=(said if said is not None else []).append,
    )


def ledger_in(folder: Path) -> Ledger:
    return open_ledger(f"sqlite:///{folder / 'gateway.db'}")


def kill(how: int) -> float:
    os.kill(os.getpid(), how)
    return time.monotonic()


def test_a_lane_that_cannot_be_called_back_does_not_keep_the_process(tmp_path: Path) -> None:
    """A partner lets us wait, and its lane is taken away by SIGHUP: after eight seconds it is said that not all rest."""
    held = Held()
    said: list[str] = []
    told: list[float] = []

    def signals() -> None:
        assert held.begun.wait(60)
        kill(signal.SIGHUP)
        while "the configuration was read again: " not in said:
            time.sleep(0.05)
        told.append(kill(signal.SIGTERM))

    given = replace(settings(home=tmp_path), timetables=(replace(CUTOFF, times=(read_times("every 1 min"),)),))
    beside = Thread(target=signals)
    beside.start()
    try:
        rested = serve(service(tmp_path, held, said), given)
        took = time.monotonic() - told[0]
    finally:
        held.let_go.set()
        beside.join(60)
    assert (rested, took < 10) == (False, True), said
    assert said[-1] == "north: ended in the middle of its work, which goes on at the next start"
