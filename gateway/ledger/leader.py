"""Of several processes that could serve a practice one does; the lock ends with it, and another one takes its place."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.ledger import advisory_keys
from gateway.ledger.database import Ledger
from gateway.ledger.lock_files import lock_file


class Lead(Protocol):
    """The place of the one that serves."""

    def taken(self) -> bool:
        """Take the place, or look whether it is still ours; tells whether it is. Raises ConfigError."""


@contextmanager
def lead(ledger: Ledger, practice: str) -> Iterator[Lead]:
    """Stand for the place of the one that serves a practice. Raises ConfigError if the lock cannot be asked for."""
    if ledger.engine.dialect.name == "sqlite":
        with lock_file(f"{ledger.engine.url.database}.serve-{practice}") as descriptor:
            yield _File(descriptor)
        return
    place = _Session(ledger, practice)
    try:
        yield place
    finally:
        place.leave()


class _File:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def taken(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class _Session:
    """A connection of its own: where it breaks the lock goes with it, and the place has to be taken anew."""

    def __init__(self, ledger: Ledger, practice: str) -> None:
        self._ledger = ledger
        self._practice = practice
        self._connection: Connection | None = None
        self._is_ours = False

    def taken(self) -> bool:
        """Take the place, or look whether it is still ours. A server that does not answer has given it to nobody: not ours."""
        try:
            if self._connection is None:
                self._connection = self._ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._connection.detach()
            if self._is_ours:
                self._connection.execute(text("SELECT 1"))
                return True
            wanted = {"serve": advisory_keys.SERVE, "practice": self._practice}
            asked = text("SELECT pg_try_advisory_lock(:serve, hashtext(:practice))")
            self._is_ours = bool(self._connection.execute(asked, wanted).scalar_one())
        except SQLAlchemyError:
            self.leave()
        return self._is_ours

    def leave(self) -> None:
        """Give the place up, as far as there is a connection to say so by."""
        connection, self._connection, self._is_ours = self._connection, None, False
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
            with suppress(SQLAlchemyError):
                connection.close()
