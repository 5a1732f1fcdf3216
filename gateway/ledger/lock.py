"""Who may work on the ledger at the same time.

Commands work beside each other: fences and transactions keep them apart, and their lock is a shared one. What changes
the ledger as a whole (an upgrade, a recovery, a release) works alone. Both locks end with the process that holds them:
`flock` on LEDGER.lock for SQLite, an advisory lock on a connection of its own for PostgreSQL.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.errors import LedgerBusy
from gateway.ledger.database import Ledger
from gateway.ledger.lock_files import lock_file

_KEY: Final = 0x67_61_74_66
"""The key of PostgreSQL's advisory lock; it is the database's own, not the server's."""
_BUSY: Final = {
    "shared": "the ledger is being upgraded, restored or recovered by another gateway process; try again when it is done",
    "alone": "other gateway processes are at work on this ledger; nothing was changed; try again when they are done",
}


@contextmanager
def at_work(ledger: Ledger) -> Iterator[None]:
    """Work beside other commands. Raises LedgerBusy while somebody works alone."""
    with _locked(ledger, "shared"):
        yield


@contextmanager
def alone(ledger: Ledger) -> Iterator[None]:
    """Work alone. Raises LedgerBusy while anybody else is at work."""
    with _locked(ledger, "alone"):
        yield


@contextmanager
def _locked(ledger: Ledger, how: str) -> Iterator[None]:
    with _flock(ledger, how) if ledger.engine.dialect.name == "sqlite" else _advisory_lock(ledger, how):
        yield


@contextmanager
def _flock(ledger: Ledger, how: str) -> Iterator[None]:
    path = f"{ledger.engine.url.database}.lock"
    if ledger.look_only and not os.path.exists(path):  # noqa: PTH110 a string, as below
        yield  # nobody has worked here since it was put here, and nobody can
        return
    wanted = fcntl.LOCK_SH if how == "shared" else fcntl.LOCK_EX
    with lock_file(path, os.O_RDONLY if ledger.look_only else os.O_CREAT | os.O_RDWR) as descriptor:
        try:
            fcntl.flock(descriptor, wanted | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LedgerBusy(_BUSY[how]) from None
        yield


@contextmanager
def _advisory_lock(ledger: Ledger, how: str) -> Iterator[None]:
    kind = "lock_shared" if how == "shared" else "lock"
    with ledger.said_plainly():
        connection = ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        # The lock lives as long as this session: it must not go back to the pool with it.
        connection.detach()
        with ledger.said_plainly():
            taken = connection.execute(text(f"SELECT pg_try_advisory_{kind}(:key)"), {"key": _KEY}).scalar_one()
        if not taken:
            raise LedgerBusy(_BUSY[how])
        try:
            yield
        finally:
            # The server notices a closed connection only in its own time; the next command may come sooner. Where the
            # connection broke meanwhile, the lock went with it.
            with suppress(DBAPIError):
                connection.execute(text(f"SELECT pg_advisory_un{kind}(:key)"), {"key": _KEY})
    finally:
        connection.close()
