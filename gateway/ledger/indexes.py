"""Indexes on tables that may be large: each made by itself, so that whoever stops on the way begins again with the next.

PostgreSQL makes them CONCURRENTLY. One that was broken off leaves an index that is kept up but never used, and that IF NOT EXISTS
takes for the real one: it is dropped and made anew.
"""

from dataclasses import dataclass

from sqlalchemy import Column, Connection, MetaData, Table, text
from sqlalchemy.schema import CreateIndex, Index

from gateway.ledger.database import Ledger

_UNUSABLE = (
    "SELECT 1 FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
    "WHERE relname = :name AND NOT indisvalid AND pg_table_is_visible(indexrelid)"
)


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
        _drop_unusable(connection, index.name)
        connection.execute(CreateIndex(_described(index), if_not_exists=True))


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
