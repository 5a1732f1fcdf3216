"""Processes that seal and deliver, and are killed or paused at it, or see their server die."""

import os
import select
import signal
import sqlite3
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.errors import GatewayError
from gateway.ledger import outbox
from gateway.partner import TradingPartner
from gateway.service.inbound.collect import collect
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import deliver, waiting
from gateway.service.visits.scrub import scrub_visits
from tests.faults.mortal import MortalLedger, Points, Strike, die, open_mortal
from tests.service import clinic

DONE, UNFINISHED, BROKEN = 0, 75, 70
_TRIES = 4

Work = Callable[[Office, TradingPartner, Points], bool]
"""Seals and delivers what it finds; gives whether nothing waits any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doom:
    """When something strikes: at these of a worker's points, or after so many seconds; never, if there are neither.

    marks  a file into which each point is written
    """

    points: tuple[int, ...] = ()
    seconds: float = 0.0
    strike: Strike = die
    marks: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a worker ended. `points` is how many it passed; 0 if it was killed. `struck` is whether its doom came."""

    killed: bool
    struck: bool
    status: int
    points: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Worker:
    """A running worker. The pipe is at its end when the process is."""

    process: int
    pipe: int
    doom: Doom
    since: float

    def ended(self) -> Ended:
        """Wait for it, and strike when the time has come."""
        left = self.since + self.doom.seconds - time.monotonic()
        struck = bool(self.doom.seconds) and not select.select([self.pipe], [], [], max(left, 0))[0]
        if struck:
            self.doom.strike(self.process)
        with os.fdopen(self.pipe, "rb") as pipe:
            points = int(pipe.read() or b"0")
        status = os.waitpid(self.process, 0)[1]
        killed = os.WIFSIGNALED(status)
        assert not killed or os.WTERMSIG(status) == signal.SIGKILL, f"a worker died of signal {os.WTERMSIG(status)}"
        return Ended(
            killed=killed,
            struck=struck or killed or any(point <= points for point in self.doom.points),
            status=-1 if killed else os.WEXITSTATUS(status),
            points=points,
            seconds=time.monotonic() - self.since,
        )

    def sleeps(self) -> bool:
        """Wait until it is paused, or over; give whether it is paused."""
        seen = os.waitid(os.P_PID, self.process, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        assert seen is not None
        return seen.si_code == os.CLD_STOPPED

    def wake(self) -> None:
        os.kill(self.process, signal.SIGCONT)


def start(work: Work, office: Office, partner: TradingPartner, doom: Doom, *, gate: int | None = None) -> Worker:
    """Fork a worker in an office whose ledger has no connection open. It waits until there is something at its gate."""
    pipe, told = os.pipe()
    since = time.monotonic()
    process = os.fork()
    if process:
        os.close(told)
        return Worker(process, pipe, doom, since)
    status = BROKEN
    try:
        os.close(pipe)
        if gate is not None:
            os.read(gate, 1)
        status = _worked(work, office, partner, doom, told)
    except BaseException:  # noqa: BLE001 a forked process must never return into its parent's code
        traceback.print_exc()
    os._exit(status)


def _worked(work: Work, office: Office, partner: TradingPartner, doom: Doom, told: int) -> int:
    points = Points(at=doom.points, strike=doom.strike, marks=doom.marks)
    mortal = replace(office, ledger=MortalLedger(office.ledger.engine, points))
    try:
        done = work(mortal, partner, points)
    except GatewayError:
        done = False  # another worker was first, or the ledger was busy: the next one looks again
    os.write(told, str(points.reached).encode())
    return DONE if done else UNFINISHED


def gateway_work(office: Office, _partner: TradingPartner, points: Points) -> bool:
    seal_batches(office)
    deliver(office, lambda partner: open_mortal(partner, points))
    return not waiting(office)


def two_way_work(office: Office, partner: TradingPartner, points: Points) -> bool:
    """Seal, deliver, and collect what the partner has for us."""
    done = gateway_work(office, partner, points)
    return all(one.problem is None for one in collect(office, lambda one: open_mortal(one, points))) and done


def living_work(office: Office, partner: TradingPartner, points: Points) -> bool:
    """A gateway that lives while its lines, its disk or its database die: it tries again, as the timetable would."""
    return any(_tried(office, partner, points) for _ in range(_TRIES))


def _tried(office: Office, partner: TradingPartner, points: Points) -> bool:
    try:
        return two_way_work(office, partner, points)
    except GatewayError:
        return False


def whole_work(office: Office, partner: TradingPartner, points: Points) -> bool:
    """Take a visit in, make its claim, seal, deliver, and collect: each as a command whose answer is marked."""
    clinic.taken(office, clinic.visit("V-0"))
    points.reach("import answered")
    scrub_visits(office)
    points.reach("scrub answered")
    done = two_way_work(office, partner, points)
    points.reach("collect answered")
    return done


def naive_work(office: Office, partner: TradingPartner, points: Points) -> bool:
    """The control: upload under the final name, then mark it sent. Most scripts do this; the harness must catch it."""
    seal_batches(office)
    with closing(_marks(office)) as marks, open_mortal(partner, points) as mailbox:
        for file in waiting(office):
            if marks.execute("SELECT 1 FROM sent WHERE file = ?", (file.name,)).fetchone():
                continue
            with office.ledger.reading() as tx:
                body = outbox.bytes_of(tx, office.practice.key, file.id)
            mailbox.create_exclusive(f"{partner.mailbox.outbound}/{file.name}", body)
            with points.around("mark"):
                marks.execute("INSERT OR IGNORE INTO sent VALUES (?)", (file.name,))  # two workers may mark it
    return True


def _marks(office: Office) -> sqlite3.Connection:
    """A file beside the ledger, in which every statement is committed at once."""
    ledger = office.ledger.engine.url.database
    assert ledger is not None
    assert office.ledger.engine.dialect.name == "sqlite", "the control runs on SQLite"
    marks = sqlite3.connect(Path(ledger).with_suffix(".sent"), isolation_level=None)
    marks.execute("CREATE TABLE IF NOT EXISTS sent (file TEXT PRIMARY KEY)")
    return marks
