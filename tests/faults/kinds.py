"""What may befall a gateway that delivers.

kills    its own process is killed (SIGKILL) at a numbered point or at any time; sometimes the next one's too; sometimes two
         work at once
server   the partner's server process that serves it is killed, at points or at any time; the gateway lives and tries again
resets   its line is reset at a byte drawn from all of a delivery, either way; the gateway lives and tries again
zombies  its process is paused at each point in turn, another takes over, and then the first one wakes
disk     its disk is full at each write in turn, or fails at each fdatasync in turn; it lives and tries again (SQLite, strace)
postgres its database is stopped at once, or loses the process that serves it, at each point in turn (PostgreSQL)
syscalls its process is killed at each durable system call in turn, while it seals, delivers and collects (SQLite, strace)
"""

import os
import random
import select
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from signal import SIGKILL
from typing import Final, Protocol

import psycopg
from sqlalchemy import Connection, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError

from gateway.ledger import turns
from tests.contract.daemon import descendants
from tests.faults import traced
from tests.faults.mortal import Points, fall_asleep
from tests.faults.partner import stop
from tests.faults.stage import Prepared, Run, Stage
from tests.faults.workers import DONE, Doom, Ended, living_work
from tests.servers import chaos_proxy
from tests.servers.chaos_proxy import Trouble, Way
from tests.service import clinic

_IMPATIENT_SECONDS = 0.05
ALL_POINTS: Final = 0
"""As many runs as there are points to strike at, for a kind that takes them in turn."""


class Kind(Protocol):
    """One kind of misfortune. `claims` is which ledgers it is tried on; all, if it is empty."""

    claims: tuple[int, ...]

    def rehearse(self, prepared: tuple[Prepared, ...]) -> None:
        """Learn what has to be known before the first run."""

    def turns(self, prepared: tuple[Prepared, ...]) -> int:
        """How many runs it takes to strike everywhere once, if it strikes at one place after the other; or 0."""

    def befall(self, run: Run, rng: random.Random) -> list[Ended]:
        """Start workers in a run, and strike."""


@dataclass
class Kills:
    stage: Stage
    claims: tuple[int, ...] = ()

    def rehearse(self, prepared: tuple[Prepared, ...]) -> None:
        del prepared

    def turns(self, prepared: tuple[Prepared, ...]) -> int:
        del prepared
        return 0

    def befall(self, run: Run, rng: random.Random) -> list[Ended]:
        return [end for dooms in self._waves(rng, run.prepared) for end in self.stage.wave(run, dooms)]

    def _waves(self, rng: random.Random, prepared: Prepared) -> Iterator[tuple[Doom, ...]]:
        """One worker to be killed; then, sometimes, one that finds what that one left and is killed too; or two at once."""
        yield (_doom(rng, prepared),)
        if rng.random() < 0.3:
            yield (_doom(rng, prepared),)
        if rng.random() < 0.1:
            yield _doom(rng, prepared), _doom(rng, prepared)


def _doom(rng: random.Random, prepared: Prepared) -> Doom:
    if rng.random() < 0.7:
        return Doom(points=(rng.randint(1, prepared.points),))
    return Doom(seconds=rng.uniform(0.001, prepared.seconds))


@dataclass
class ServerKills:
    stage: Stage
    claims: tuple[int, ...] = ()

    def rehearse(self, prepared: tuple[Prepared, ...]) -> None:
        del prepared

    def turns(self, prepared: tuple[Prepared, ...]) -> int:
        del prepared
        return 0

    def befall(self, run: Run, rng: random.Random) -> list[Ended]:
        """One in three is struck more than once: what is left behind is met by another death."""
        if rng.random() < 0.6:
            points = tuple(rng.randint(1, run.prepared.points) for _ in range(rng.choice((1, 1, 2))))
            return self.stage.wave(run, (Doom(points=points, strike=self._strike),))
        seconds = rng.uniform(0.001, run.prepared.seconds)
        return self.stage.wave(run, (Doom(seconds=seconds, strike=self._strike),))

    def _strike(self, _worker: int) -> None:
        assert self.stage.campaign.server > 1, "below process 0 or 1 is everything: whose server is it?"
        for process in descendants(self.stage.campaign.server):
            with suppress(ProcessLookupError):
                os.kill(process, SIGKILL)


@dataclass
class Resets:
    stage: Stage
    claims: tuple[int, ...] = ()
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)

    def rehearse(self, prepared: tuple[Prepared, ...]) -> None:
        """Measure how many bytes a delivery of each prepared ledger is, each way."""
        mailbox = self.stage.campaign.mailbox
        for one in prepared:
            run = self.stage.placed(f"measured{one.name}", one)
            self.stage.copy(run)
            with chaos_proxy.running(mailbox.host, mailbox.port) as proxy:
                there = run.through(proxy.port)
                assert living_work(there.office, there.partner, Points())
                self.sizes[one.name] = proxy.passed[-1]
            run.office.ledger.close()

    def turns(self, prepared: tuple[Prepared, ...]) -> int:
        del prepared
        return 0

    def befall(self, run: Run, rng: random.Random) -> list[Ended]:
        way = rng.choice(list(Way))
        byte = rng.randint(1, self.sizes[run.prepared.name][way])
        mailbox = self.stage.campaign.mailbox
        trouble = Trouble(way=way, resets_at=byte, lines=rng.choice((1, 1, 2)))
        proxy, port = chaos_proxy.start_apart(mailbox.host, mailbox.port, trouble)
        try:
            ends = self.stage.wave(run.through(port), (Doom(points=(1,), strike=_nothing),))
        finally:
            stop(proxy)
        return ends


def _nothing(_worker: int) -> None:
    """The line is struck, not the process."""


@dataclass
class Zombies:
    stage: Stage
    claims: tuple[int, ...] = (2,)

    def rehearse(self, prepared: tuple[Prepared, ...]) -> None:
        """Who sleeps may hold the ledger's lock; nobody is to wait for that as long as they would in earnest."""
        del prepared
        event.listen(self.stage.ledger.engine, "connect", _impatient)
        turns.STUCK_SECONDS = _IMPATIENT_SECONDS  # the campaign has a process of its own

    def turns(self, prepared: tuple[Prepared, ...]) -> int:
        return prepared[0].points

    def befall(self, run: Run, rng: random.Random) -> list[Ended]:
        """Pause a worker at the point whose turn it is, have another take over, and wake the first."""
        del rng
        point = 1 + run.number % run.prepared.points
        sleeper = self.stage.start(run, Doom(points=(point,), strike=fall_asleep))
        slept = sleeper.sleeps()
        ends = self.stage.wave(run, (Doom(),)) if slept else []
        sleeper.wake()
        return [*ends, sleeper.ended()]


@dataclass
class Postgres:
    stage: Stage
    claims: tuple[int, ...] = (2,)
    order: list[int] = field(default_factory=list)

    def rehearse(self, prepared: tuple[Prepared, ...]) -> None:
        self.order = list(range(1, prepared[0].points + 1))
        random.Random(prepared[0].points).shuffle(self.order)

    def turns(self, prepared: tuple[Prepared, ...]) -> int:
        return prepared[0].points

    def befall(self, run: Run, rng: random.Random) -> list[Ended]:
        """Every third time the whole server goes, otherwise the process that serves us (which takes all others along)."""
        del rng
        point = self.order[run.number % len(self.order)]
        strike = self._server_stops if run.number % 3 == 0 else self._backends_die
        return self.stage.wave(run, (Doom(points=(point,), strike=strike),))

    def _server_stops(self, _worker: int) -> None:
        assert self.stage.campaign.postgres is not None
        self.stage.campaign.postgres.stop()
        self.stage.campaign.postgres.start()

    def _backends_die(self, _worker: int) -> None:
        with suppress(OperationalError), self._administrator() as tx:
            ours = "SELECT pid FROM pg_stat_activity WHERE datname = :name"
            found = tx.execute(text(ours), {"name": self.stage.ledger.engine.url.database}).scalars().all()
            for process in found:
                os.kill(process, SIGKILL)
            while found:  # until the server has noticed, for then it ends us too
                tx.execute(text("SELECT 1"))
                select.select([], [], [], 0.01)
        while not self._answers():
            select.select([], [], [], 0.05)  # it recovers from the loss before it lets anybody in again

    def _answers(self) -> bool:
        try:
            with self._administrator() as tx:
                return tx.execute(text("SELECT NOT pg_is_in_recovery()")).scalar_one() is True
        except OperationalError:
            return False

    @contextmanager
    def _administrator(self) -> Iterator[Connection]:
        assert self.stage.campaign.postgres is not None
        url = make_url(self.stage.campaign.postgres.url).set(drivername="postgresql+psycopg")
        with create_engine(url, poolclass=NullPool).connect() as tx:
            yield tx


@dataclass
class Traced:
    """Strikes at each system call of those kinds in turn, in the way that `blow` makes of it."""

    stage: Stage
    syscalls: tuple[str, ...]
    blow: Callable[[str, int], tuple[str, ...]]
    claims: tuple[int, ...] = (2,)
    places: list[tuple[str, int]] = field(default_factory=list)

    def rehearse(self, prepared: tuple[Prepared, ...]) -> None:
        """Count the system calls of a worker that nothing befalls."""
        run = self._placed(self.stage.placed("traced", prepared[0]))
        self.stage.copy(run)
        with traced.log_file() as log:
            ended = self._traced(run, ("-o", str(log), "-e", f"trace={','.join(self.syscalls)}"))
            assert ended.status == DONE, "a worker that is only watched does not finish"
            self.places = [(name, nth) for name, times in traced.counted(log).items() for nth in range(1, times + 1)]
        random.Random(len(self.places)).shuffle(self.places)  # so that a part of them is not only those of one kind

    def turns(self, prepared: tuple[Prepared, ...]) -> int:
        del prepared
        return len(self.places)

    def befall(self, run: Run, rng: random.Random) -> list[Ended]:
        del rng
        name, nth = self.places[run.number % len(self.places)]
        return [self._traced(self._placed(run), self.blow(name, nth))]

    def _placed(self, run: Run) -> Run:
        (run.folder.answers / "answer.999").write_bytes(clinic.answer_999(1))
        return run

    def _traced(self, run: Run, options: tuple[str, ...]) -> Ended:
        with traced.gate() as (waits, opens):
            worker = self.stage.start(run, Doom(points=(1,), strike=_nothing), gate=waits)
            with traced.tracing(worker.process, *options):
                os.write(opens, b"x")
                return worker.ended()


def _failing(syscall: str, nth: int) -> tuple[str, ...]:
    """A sync fails once. A disk is full once, or stays so for as long as this process lives."""
    if syscall == "fdatasync":
        return traced.failing(syscall, "EIO", str(nth))
    return traced.failing(syscall, "ENOSPC", str(nth) if nth % 2 else f"{nth}+")


def _impatient(connection: object, _record: object) -> None:
    milliseconds = int(_IMPATIENT_SECONDS * 1000)
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"PRAGMA busy_timeout={milliseconds}")
    else:
        assert isinstance(connection, psycopg.Connection)
        connection.execute(f"SET SESSION lock_timeout = '{milliseconds}ms'")
        connection.commit()


KINDS: Final[Mapping[str, Callable[[Stage], Kind]]] = {
    "kills": Kills,
    "server": ServerKills,
    "resets": Resets,
    "zombies": Zombies,
    "postgres": Postgres,
    "disk": lambda stage: Traced(stage, ("fdatasync", "pwrite64"), _failing),
    "syscalls": lambda stage: Traced(stage, traced.DURABLE, traced.killing),
}
