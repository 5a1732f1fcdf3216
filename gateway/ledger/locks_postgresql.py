"""The locks of those at work on a PostgreSQL ledger: two advisory locks on a connection of their own.

One is held by whoever is at work: shared, or by one alone. The other is the gate, passed on the way in, and closed by
whoever waits to work alone, or does. What only passes the gate holds it for the one statement.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from gateway.ledger import advisory_keys
from gateway.ledger.database import Ledger

_KEYS: Final = {"work": advisory_keys.WORK, "gate": advisory_keys.GATE}
_OPEN: Final = "pg_try_advisory_xact_lock_shared(:gate)"
_COME_IN: Final = f"SELECT CASE WHEN {_OPEN} THEN pg_try_advisory_lock_shared(:work) ELSE false END"


class SessionLocks:
    """Both locks, on one connection that commits each statement by itself."""

    def __init__(self, ledger: Ledger, connection: Connection) -> None:
        self._ledger = ledger
        self._connection = connection

    def come_in(self) -> bool:
        """Come to work beside others; tells whether the gate was open."""
        return self._is(_COME_IN)

    def go_out(self) -> None:
        """Be at work no more."""
        self._is("SELECT pg_advisory_unlock_shared(:work)")

    def is_closed(self) -> bool:
        """Tell whether somebody waits to work alone, or does."""
        return not self._is(f"SELECT {_OPEN}")

    def close_gate(self) -> bool:
        """Let nobody in any more; tells whether it was ours to close."""
        return self._is("SELECT pg_try_advisory_lock(:gate)")

    def take_all(self) -> bool:
        """Work alone; tells whether nobody is at work any more."""
        return self._is("SELECT pg_try_advisory_lock(:work)")

    def _is(self, question: str) -> bool:
        wanted = {name: key for name, key in _KEYS.items() if f":{name}" in question}
        with self._ledger.said_plainly():
            return bool(self._connection.execute(text(question), wanted).scalar_one())


@contextmanager
def session_locks(ledger: Ledger) -> Iterator[SessionLocks]:
    """Open the connection. Every lock on it ends with this, or with the process. Raises ConfigError."""
    with ledger.said_plainly():
        connection = ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        # The locks live as long as this session: it must not go back to the pool with them.
        connection.detach()
        try:
            yield SessionLocks(ledger, connection)
        finally:
            # The server notices a closed connection only in its own time; the next command may come sooner. Where the
            # connection broke meanwhile, the locks went with it.
            with suppress(DBAPIError):
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
    finally:
        connection.close()
