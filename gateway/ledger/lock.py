"""Who may work on the ledger at the same time.

Commands work beside each other: fences and transactions keep them apart, and their lock is a shared one. What changes
the ledger as a whole (an upgrade, a release, a partner's new name) works alone, and is let in between: it closes the
gate through which commands come to work, waits until those at work are done or step aside between two of their
transactions, and the gate opens again when it ends. Every lock ends with the process that holds it.

Whoever waits asks again and again: it can give up then, and a person can interrupt it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Protocol

from sqlalchemy import QueuePool

from gateway.errors import LedgerBusy
from gateway.ledger.database import Ledger
from gateway.ledger.locks_postgresql import session_locks
from gateway.ledger.locks_sqlite import file_locks

ALONE_SECONDS = 60.0
"""For so long whoever wants to work alone waits, for those at work and for another one who works alone."""
AT_WORK_SECONDS = 90.0
"""For so long a command waits to come to work. It is longer: one who waits to work alone in vain keeps nobody out."""
_TOLD_AFTER_SECONDS: Final = 0.5
"""A person is told that it waits, unless it is over before they would have wondered."""
_PAUSE_SECONDS: Final = 0.005
_PAUSE_SECONDS_MAX: Final = 0.1
_ALONE: Final = "the ledger is being upgraded, released or changed as a whole by another gateway process"
_AT_WORK: Final = "other gateway processes are at work on this ledger"

Told = Callable[[str], None]


def _silently(_: str) -> None:
    pass


class _Locks(Protocol):
    def come_in(self) -> bool: ...
    def go_out(self) -> None: ...
    def is_closed(self) -> bool: ...
    def close_gate(self) -> bool: ...
    def take_all(self) -> bool: ...


class AtWork:
    """A command at work beside others."""

    def __init__(self, ledger: Ledger, locks: _Locks, told: Told) -> None:
        self._ledger = ledger
        self._locks = locks
        self._told = told

    def is_asked(self) -> bool:
        """Tell whether somebody waits to work alone, and this process can let them: no transaction of it is open."""
        pool = self._ledger.engine.pool
        return not (isinstance(pool, QueuePool) and pool.checkedout()) and self._locks.is_closed()

    def step_aside(self) -> None:
        """Let those in who wait to work alone, and come to work again behind them.

        Raises LedgerBusy if they do not come to an end: this process is then no longer at work, and must not go on.
        """
        self._locks.go_out()
        self._told("another gateway process wants to work on the ledger alone: it is let in; this goes on behind it")
        _come_in(self._locks, _silently, f"{_ALONE}; what was done before stays done; run the same when it is done")


@contextmanager
def at_work(ledger: Ledger, told: Told = _silently) -> Iterator[AtWork]:
    """Work beside other commands, once nobody works alone, or waits to. Raises LedgerBusy if that does not end.

    told  hears, once, that it waits
    """
    with _locks_of(ledger) as locks:
        _come_in(locks, told, f"{_ALONE}, or is to be; try again when it is done")
        yield AtWork(ledger, locks, told)


@contextmanager
def alone(ledger: Ledger, told: Told = _silently) -> Iterator[None]:
    """Work alone, once those at work are done or have stepped aside. Raises LedgerBusy if they do not.

    told  hears, once, that it waits
    """
    with _locks_of(ledger) as locks:
        _wait(
            locks.close_gate,
            ALONE_SECONDS,
            told=lambda: told(f"{_ALONE}; this waits for it, for {ALONE_SECONDS:.0f} seconds at most"),
            busy=f"{_ALONE}; nothing was changed; try again when it is done",
        )
        _wait(
            locks.take_all,
            ALONE_SECONDS,
            told=lambda: told(f"{_AT_WORK}; this waits for them, for {ALONE_SECONDS:.0f} seconds at most"),
            busy=f"{_AT_WORK}, and were not done after {ALONE_SECONDS:.0f} seconds; nothing was changed; "
            "try again when they are done",
        )
        yield


@contextmanager
def looking(_ledger: Ledger, _told: Told = _silently) -> Iterator[None]:
    """Look for days without a lock: nobody waits for it, and it waits for nobody."""
    yield


def require_nobody_alone(ledger: Ledger) -> None:
    """Raise LedgerBusy, without waiting, if somebody works alone or waits to."""
    with _locks_of(ledger) as locks:
        if locks.is_closed():
            raise LedgerBusy(f"{_ALONE}, or is to be")


def _locks_of(ledger: Ledger) -> AbstractContextManager[_Locks]:
    return file_locks(ledger) if ledger.engine.dialect.name == "sqlite" else session_locks(ledger)


def _come_in(locks: _Locks, told: Told, busy: str) -> None:
    waits = f"{_ALONE}, or is to be; this waits for it, for {AT_WORK_SECONDS:.0f} seconds at most"
    _wait(locks.come_in, AT_WORK_SECONDS, told=lambda: told(waits), busy=busy)


def _wait(take: Callable[[], bool], seconds: float, *, told: Callable[[], None], busy: str) -> None:
    begun, pause, silent = time.monotonic(), _PAUSE_SECONDS, True
    while not take():
        waited = time.monotonic() - begun
        if waited >= seconds:
            raise LedgerBusy(busy)
        if silent and waited >= _TOLD_AFTER_SECONDS:
            told()
            silent = False
        time.sleep(pause)
        pause = min(pause * 2, _PAUSE_SECONDS_MAX)
