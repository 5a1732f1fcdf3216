"""Whether the database itself is well: its settings as they take effect, its pages, its keys, and what stands in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, Table, func, inspect, literal, select, text

from gateway.ledger.tables import control_numbers, events, inbound_files, interchanges, metadata

_SETTINGS = {
    "sqlite": (
        "journal_mode",
        "synchronous",
        "foreign_keys",
        "busy_timeout",
        "trusted_schema",
        "cell_size_check",
        "secure_delete",
        "journal_size_limit",
    ),
    "postgresql": (
        "server_version",
        "fsync",
        "full_page_writes",
        "synchronous_commit",
        "data_checksums",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
    ),
}
_FOUNDED_WITH = ("instance", "practices")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What stands in a ledger at one moment.

    rows     how many, by table
    events   the last line of the log, over all practices
    numbers  the last control numbers, as (practice, partner, kind, cycle, number)
    """

    rows: dict[str, int]
    events: int
    numbers: tuple[tuple[str, str, str, int, int], ...]


def shape_of(tx: Connection) -> Shape:
    """Count every row of the snapshot. Tables that an older ledger lacks are left out."""
    there = _tables(tx)
    c = control_numbers.c
    numbered = tx.execute(select(c.practice, c.partner, c.kind, c.cycle, c.last)) if control_numbers in there else ()
    return Shape(
        rows={table.name: int(tx.execute(select(func.count()).select_from(table)).scalar_one()) for table in there},
        events=last_line(tx),
        numbers=tuple(sorted((p, partner, kind, cycle, last) for p, partner, kind, cycle, last in numbered)),
    )


def holds_anything(tx: Connection) -> bool:
    """Tell whether a ledger of any revision holds more than its own row and its practices' names."""
    kept = (table for table in _tables(tx) if table.name not in _FOUNDED_WITH)
    return any(tx.execute(select(literal(1)).select_from(table).limit(1)).first() is not None for table in kept)


def _tables(tx: Connection) -> tuple[Table, ...]:
    """Give our tables, without those that a ledger of an older revision does not have yet."""
    there = set(inspect(tx).get_table_names())
    return tuple(table for table in metadata.sorted_tables if table.name in there)


def last_line(tx: Connection) -> int:
    """Give the last line of the log, over all practices; 0 of an empty one."""
    return int(tx.execute(select(func.coalesce(func.max(events.c.id), 0))).scalar_one())


def size_of(tx: Connection) -> int:
    """Give how many bytes the database takes on its disk."""
    if tx.dialect.name == "sqlite":
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages * tx.exec_driver_sql("PRAGMA page_size").scalar_one())
    return int(tx.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def settings_of(tx: Connection) -> dict[str, str]:
    """Give the settings on which durability rests, as they are in effect. Opening the ledger has refused wrong ones."""
    name = tx.dialect.name
    ask = "PRAGMA {}" if name == "sqlite" else "SHOW {}"
    return {one: str(tx.exec_driver_sql(ask.format(one)).scalar_one()) for one in _SETTINGS[name]}


def damage(tx: Connection) -> tuple[str, ...]:
    """Give what is wrong with pages, indexes and keys; nothing where the database is whole.

    SQLite's quick_check does not see bytes overwritten within a page, so the long one is asked. PostgreSQL checks keys
    itself, and its pages where data checksums are on; every row is read, so that a page that cannot be is noticed.
    """
    if tx.dialect.name != "sqlite":
        for table in _tables(tx):
            tx.execute(text(f"SELECT count(t.*) FROM {table.name} AS t")).scalar_one()  # noqa: S608 our own table names
        return ()
    found = [str(row[0]) for row in tx.exec_driver_sql("PRAGMA integrity_check(20)") if row[0] != "ok"]
    orphans = tx.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20)
    return (*found, *(f"{row[0]} row {row[1]} points to no {row[2]}" for row in orphans))


def altered_files(tx: Connection) -> Iterator[str]:
    """Name every sealed and inbound file whose bytes are no longer those of its hash."""
    for table, what in ((interchanges, "sealed"), (inbound_files, "inbound")):
        for number in tx.execute(select(table.c.id).order_by(table.c.id)).scalars().all():
            body, digest, name = _file(tx, table, number)
            if sha256(body).hexdigest() != digest:
                yield f"{what} file {number} ({name})"


def _file(tx: Connection, table: Table, number: int) -> tuple[bytes, str, str]:
    row = tx.execute(select(table.c.body, table.c.sha256, table.c.name).where(table.c.id == number)).one()
    return row.body, row.sha256, row.name
