"""Indexes on tables that may be large: each made by itself, so that whoever stops on the way begins again with the next.

PostgreSQL makes them CONCURRENTLY. Where only the gateway was killed the server makes its index to the end: that is waited for,
and kept. One that was broken off leaves an index that is kept up but never used, and that IF NOT EXISTS takes for the real
one: it is dropped and made anew.
"""

import time
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, Connection, MetaData, Table, text
from sqlalchemy.schema import CreateIndex, Index

from gateway.errors import LedgerBusy
from gateway.ledger.database import Ledger

_UNUSABLE: Final = (
    "SELECT 1 FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
    "WHERE relname = :name AND NOT indisvalid AND pg_table_is_visible(indexrelid)"
)
_IN_THE_MAKING: Final = (
    "SELECT 1 FROM pg_stat_progress_create_index WHERE datname = current_database() AND relid = to_regclass(:name)"
)
_PATIENCE_SECONDS: Final = 600
_PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIndex:
    """An index that a revision declares.

    where  the condition of a partial one, in words that both databases read (`NOT withdrawn`, never `withdrawn = 0`)
    """

    name: str
    table: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str = ""


def concurrent_index(name: str, table: str, *columns: str, unique: bool = False, where: str = "") -> NewIndex:
    """Declare an index in a revision: `indexes = (concurrent_index("ix_a_b", "a", "practice", "b"), ...)`.

    An index of that name that is there, and can be used, stays as it is.
    """
    return NewIndex(name=name, table=table, columns=columns, unique=unique, where=where)


def make(ledger: Ledger, index: NewIndex) -> None:
    """Make an index unless it is there. Raises LedgerBusy, ConfigError."""
    if ledger.engine.dialect.name == "sqlite":
        with ledger.writing() as tx:
            tx.execute(CreateIndex(_described(index), if_not_exists=True))
        return
    with ledger.said_plainly(), ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _wait_for_builder(connection, index.table)
        _drop_unusable(connection, index.name)
        connection.execute(CreateIndex(_described(index), if_not_exists=True))


def _wait_for_builder(connection: Connection, table: str) -> None:
    """Wait until nobody makes an index of that table any more. Raises LedgerBusy.

    Asked again and again, outside of any transaction: whoever makes an index waits for everybody who looks at anything
    meanwhile, and even LOCK does while it waits. Each would wait for the other one.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while connection.execute(text(_IN_THE_MAKING), {"name": table}).first() is not None:
        if time.monotonic() > until:
            raise LedgerBusy(
                f"the ledger is busy: PostgreSQL is still making an index of {table}; run the same again later"
            )
        time.sleep(_PAUSE_SECONDS)


def _drop_unusable(connection: Connection, name: str) -> None:
    if connection.execute(text(_UNUSABLE), {"name": name}).first() is not None:
        quoted = connection.dialect.identifier_preparer.quote(name)
        connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted}"))


def _described(index: NewIndex) -> Index:
    table = Table(index.table, MetaData(), *(Column(name) for name in index.columns))
    where = text(index.where) if index.where else None
    return Index(
        index.name,
        *(table.c[name] for name in index.columns),
        unique=index.unique,
        sqlite_where=where,
        postgresql_where=where,
        postgresql_concurrently=True,
    )
