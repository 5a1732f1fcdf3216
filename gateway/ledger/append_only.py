"""What is only ever added: the database itself refuses to change or forget it, whoever asks.

Posted money, parked money, a claim's lines and the log are never changed: a correction is a further row, such as a
reversal. Of a claim version nothing changes but its state, the payer's own number of it, and the partner it goes by; of an
answer nothing but what becomes of it.

Rebuilding a table, as SQLite's migrations do, drops its triggers: `renew` makes them anew. `missing` finds those that are
not there.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, inspect, text

_WHOLE: Final = ("events", "payments", "postings", "parked_money", "service_lines")
_FIXED: Final = {
    "claim_versions": (
        "id",
        "practice",
        "claim_id",
        "version",
        "visit_version_id",
        "pcn",
        "frequency",
        "payer",
        "day",
        "charge_cents",
        "body",
        "at",
    ),
    "answers": ("id", "practice", "remittance_id", "claim_version_id", "ordinal", "document", "found_by"),
    "desk_items": ("id", "practice", "remittance_id", "kind", "account", "code", "reference", "cents", "ordinal", "at"),
}
"""Tables of which only some columns are fixed; their rows are never deleted either."""
SAID: Final = "is append-only"
"""What the database says when it refuses; the ledger turns it into a sentence."""


def renew(tx: Connection) -> None:
    """Make every trigger anew, of the tables that are there."""
    there = set(inspect(tx).get_table_names())
    for table in (*_WHOLE, *_FIXED):
        if table in there:
            for statement in (*_dropping(tx, table), *_making(tx, table)):
                tx.execute(text(statement))


def drop(tx: Connection, table: str) -> None:
    """Let a table's rows be changed: for a migration that has to rebuild it, which then calls `renew`."""
    for statement in _dropping(tx, table):
        tx.execute(text(statement))


def missing(tx: Connection) -> tuple[str, ...]:
    """Name the triggers that are not there, or not in force, in order."""
    wanted = {name for table in (*_WHOLE, *_FIXED) for name, _, _ in _triggers(tx, table)}
    asked = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if tx.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    return tuple(sorted(wanted - set(tx.execute(text(asked)).scalars())))


def _triggers(tx: Connection, table: str) -> Iterator[tuple[str, str, str]]:
    """Give name, verb with its columns, and what is said, of each trigger of a table."""
    columns = _fixed_now(tx, table)
    said = f"{table} {SAID}"
    changed = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    if tx.dialect.name == "sqlite":
        yield f"{table}_no_update", changed, said
        yield f"{table}_no_delete", "DELETE", said
    else:
        yield f"{table}_append_only", f"{changed} OR DELETE OR TRUNCATE", said


def _fixed_now(tx: Connection, table: str) -> tuple[str, ...]:
    """Give the fixed columns that are there: an earlier revision makes triggers before a later one adds a column."""
    if table not in _FIXED:
        return ()
    there = {column["name"] for column in inspect(tx).get_columns(table)}
    return tuple(name for name in _FIXED[table] if name in there)


def _making(tx: Connection, table: str) -> Iterator[str]:
    if tx.dialect.name == "sqlite":
        for name, verb, said in _triggers(tx, table):
            yield f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{said}'); END"
        return
    for name, verb, said in _triggers(tx, table):
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{said}'; END $$"
        )
        yield f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"


def _dropping(tx: Connection, table: str) -> Iterator[str]:
    on = "" if tx.dialect.name == "sqlite" else f" ON {table}"
    for name, _, _ in _triggers(tx, table):
        yield f"DROP TRIGGER IF EXISTS {name}{on}"
