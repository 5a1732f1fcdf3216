"""`./run bench schedule`: times over many days, stops at random moments, and what idling costs.

Days: six time zones, nights when clocks change, rests, leaps of the clock, and processes killed in the middle, on an own
clock. Which times there should have been is counted by walking the wall clock minute by minute, not by our timetable.
The peer is APScheduler's own CronTrigger: what a clock that keeps no slots would have done on the same days.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import select

from gateway.clock import Clock
from gateway.ledger import Ledger, migrate, open_ledger, practices
from gateway.ledger.tables import slots as rows
from gateway.schedule import slots
from gateway.schedule.serve import _Lane
from gateway.schedule.slots import Done, perform
from gateway.schedule.steps import Came
from gateway.service.office import JOB, Office
from gateway.service.outbound.batch import AtEnd
from gateway.timetable import Job, Timetable, read_times
from tests.e2e.command import COMMAND, environment, gateway
from tests.people import CHICAGO, NOW, PRACTICE
from tests.servers import postgres
from tests.service.clinic import settings

ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Phoenix",
    "Pacific/Honolulu",
    "America/St_Johns",
    "America/Puerto_Rico",
)
CLOCK_TIMES = ("01:30", "02:30", "11:00", "16:30")
BEGINS = datetime(2026, 1, 15, 12, tzinfo=UTC)


class Killed(BaseException):
    pass


class Day:
    """An own clock, and the steps that were done by it."""

    def __init__(self, seed: int) -> None:
        self.now = BEGINS
        self.chance = random.Random(seed)
        self.done: Counter[tuple[str, str]] = Counter()
        self.killed = 0

    def step(self, _office: Office, _partner: str, _ended: AtEnd | None) -> Came:
        if self.chance.random() < 0.01:
            self.killed += 1
            raise Killed
        return Came("done")


def expected(zone: str, days: int) -> set[str]:
    """Walk the wall clock: each time of each day once, on whichever side of a change of clocks it stands."""
    first, last = BEGINS.astimezone(ZoneInfo(zone)), (BEGINS + timedelta(days=days)).astimezone(ZoneInfo(zone))
    found, at = set[str](), datetime(first.year, first.month, first.day)  # noqa: DTZ001 a wall clock has no zone
    end = datetime(last.year, last.month, last.day, last.hour, last.minute)  # noqa: DTZ001 as above
    while at <= end:
        if at.strftime("%H:%M") in CLOCK_TIMES and at > first.replace(tzinfo=None):
            found.add(at.strftime("%Y-%m-%dT%H:%M"))
        at += timedelta(minutes=1)
    return found


def days_of(ledger: Ledger, days: int, seed: int) -> None:
    """Let so many days pass, and count."""
    day = Day(seed)
    clock = Clock(read=lambda: day.now, zone=CHICAGO)
    with ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    one = Office(ledger=ledger, settings=settings(home=Path("/nowhere")), clock=clock, actor=JOB)
    processes = (one, replace(one))
    tables = [
        Timetable(job=Job.SEND, partner=zone, zone=zone, times=tuple(map(read_times, CLOCK_TIMES))) for zone in ZONES
    ]
    lanes = [_Lane(one.partner, (one,)) for one in tables]
    true, rests, leaps, late, early = BEGINS, 0, 0, 0, 0
    ends = BEGINS + timedelta(days=days)
    while true < ends:
        for lane in lanes:
            for table in tuple(lane.due(day.now)):
                done = turn(day, day.chance.choice(processes), table)
                lane.looked(table, day.now, failed=False)
                if done is not None:
                    day.done[table.partner, done.slot.local] += 1
                    late += done.late
                    early += done.slot.due_at > true
        drawn = day.chance.random()
        pause = timedelta(minutes=day.chance.choice((1, 5, 20, 60)))
        if drawn < 0.01:
            pause, rests = timedelta(hours=day.chance.randint(3, 100)), rests + 1
        true = min(true + pause, ends)
        # A clock that is wrong for one look, forward or back, and right again afterwards.
        wrong = drawn > 0.99 and true < ends - timedelta(days=2)
        leaps += wrong
        day.now = true + timedelta(minutes=day.chance.randint(-1500, 1500)) if wrong else true
    for table in tables:
        if (done := perform(one, table, lambda *_: Came("done"))) is not None:
            day.done[table.partner, done.slot.local] += 1
    missed = total = 0
    doubled = sum(number - 1 for number in day.done.values())
    with ledger.reading() as tx:
        for zone in ZONES:
            found = tx.execute(select(rows.c.local, rows.c.state).where(rows.c.partner == zone)).all()
            wanted = expected(zone, days)
            missed += len(wanted - {local for local, _ in found})
            missed += sum(state not in {"done", "merged"} for _, state in found)
            total += len(wanted)
    print(  # noqa: T201 a benchmark prints
        f"{ledger.engine.dialect.name:10} {days} days, {len(ZONES)} zones: {total} times, missed={missed} doubled={doubled}; "
        f"{sum(day.done.values())} runs, {late} of them late, {early} early by a wrong clock; {rests} rests, {leaps} wrong clocks, {day.killed} kills"
    )


def turn(day: Day, office: Office, table: Timetable) -> Done | None:
    """Do what is due; who is killed in the middle begins again."""
    while True:
        try:
            return perform(office, table, day.step)
        except Killed:
            continue


def peer(days: int) -> None:
    """What APScheduler's CronTrigger alone gives on the same days."""
    doubled = missed = 0
    for zone in ZONES:
        fired = Counter[str]()
        for text in CLOCK_TIMES:
            hour, minute = map(int, text.split(":"))
            trigger = CronTrigger(hour=hour, minute=minute, timezone=zone)
            at, ends = BEGINS, BEGINS + timedelta(days=days)
            while (fires := trigger.get_next_fire_time(None, at)) is not None and fires <= ends:
                fired[fires.strftime("%Y-%m-%dT") + text] += 1
                at = max(at, fires.astimezone(UTC)) + timedelta(seconds=1)
        wanted = expected(zone, days)
        doubled += sum(number - 1 for number in fired.values())
        missed += len(wanted - fired.keys())
    print(f"CronTrigger of APScheduler alone: missed={missed} doubled={doubled}")  # noqa: T201 as above


def stops(home: Path, number: int, seed: int) -> None:
    """Start the service, stop it at a random moment, and measure how long that takes."""
    chance, took, other = random.Random(seed), [], 0
    for _ in range(number):
        process = subprocess.Popen(
            [*COMMAND, "--home", str(home), "serve"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        time.sleep(1.2 + chance.random() * 3)  # behind the start of Python itself, which takes no signals of ours
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        other += process.wait(60) != 143
        took.append(time.monotonic() - begun)
    print(f"{number} stops: median {median(took):.2f} s, longest {max(took):.2f} s; {other} ended otherwise")  # noqa: T201


def idle(home: Path, seconds: int) -> None:
    """Let the service idle, and measure what it costs."""
    process = subprocess.Popen(
        [*COMMAND, "--home", str(home), "serve"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    try:
        time.sleep(8)
        before, begun = _cpu(process.pid), time.monotonic()
        time.sleep(seconds)
        share = (_cpu(process.pid) - before) / (time.monotonic() - begun)
        resident = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
        handles = len(os.listdir(f"/proc/{process.pid}/fd"))  # noqa: PTH208 names are enough
        assert resident is not None
        print(f"idle for {seconds} s: {share:.2%} CPU, {int(resident[1]) / 1024:.0f} MB, {handles} handles")  # noqa: T201
    finally:
        process.terminate()
        process.wait()


def _cpu(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def main(arguments: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="./run bench schedule", description=__doc__)
    asked.add_argument("--days", type=int, default=400)
    asked.add_argument("--stops", type=int, default=100)
    asked.add_argument("--idle", type=int, default=120)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args(arguments)
    vars(slots)["_KEPT"] = timedelta(days=2 * given.days)  # all are kept, so that they can be counted in the end
    peer(given.days)
    with TemporaryDirectory() as folder:
        for name in ("sqlite", "postgresql"):
            with postgres.running() if name == "postgresql" else nullcontext(f"sqlite:///{folder}/days.db") as url:
                ledger = open_ledger(url)
                migrate.upgrade(ledger)
                days_of(ledger, given.days, given.seed)
                ledger.close()
        home = Path(folder) / "home"
        assert gateway("init", home=home).status == 0
        stops(home, given.stops, given.seed)
        idle(home, given.idle)
    return 0
