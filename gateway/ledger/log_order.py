"""The log keeps its order: a line's number is given when its transaction is about to commit, and no sooner.

Lines are held back until everything else of the transaction is written, and then written last. On PostgreSQL, where several
transactions write at the same time, that end is one after the other: whoever has read line 8 will never meet a line 7
that committed later. `tail`, the marker of the home folder, replay and whatever else reads on from a number rely on it.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, insert, text

from gateway.ledger import advisory_keys
from gateway.ledger.tables import events

_HELD_BACK: Final = "gateway_lines_held_back"


def hold_back(tx: Connection) -> None:
    """Hold the lines of a transaction back from now on."""
    tx.execution_options(**{_HELD_BACK: []})


def add(tx: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add lines; where none are held back they are written at once."""
    held: list[dict[str, Any]] | None = tx.get_execution_options().get(_HELD_BACK)
    if held is not None:
        held += rows
    elif rows:
        tx.execute(insert(events), rows)


def write_held_back(tx: Connection) -> None:
    """Write the lines of a transaction that is about to commit; nothing but the commit may follow."""
    rows: list[dict[str, Any]] = tx.get_execution_options().get(_HELD_BACK, [])
    if rows:
        if tx.dialect.name == "postgresql":
            tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": advisory_keys.LOG_END})
        tx.execute(insert(events), rows)
