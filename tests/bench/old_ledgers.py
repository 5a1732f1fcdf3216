"""A full ledger of the old revision on either database: made once, copied for each upgrade, and compared afterwards.

PostgreSQL's has the tables that the old revision makes there itself, and the rows of the SQLite file.
"""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from gateway.ledger import open_ledger
from gateway.ledger.tables import metadata
from tests.servers import postgres

Row = tuple[Any, ...]
_OLD: Final = "old"
_SQLITE_SCHEMA: Final = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY 1, 2",
)
_COLUMNS: Final = (
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default"
    " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
)
_INDEXES: Final = (
    "SELECT indisvalid, indisready, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
    " WHERE relnamespace = 'public'::regnamespace ORDER BY 3"
)
_TRIGGERS: Final = "SELECT tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 2"
_FUNCTIONS: Final = "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
_CONSTRAINTS: Final = (
    "SELECT conrelid::regclass::text, convalidated, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 3"
)
_POSTGRESQL_SCHEMA: Final = (_COLUMNS, _INDEXES, _TRIGGERS, _FUNCTIONS, _CONSTRAINTS)
_UNUSABLE: Final = "SELECT count(*) FROM pg_index WHERE NOT (indisvalid AND indisready)"


class OldLedgers(Protocol):
    """One kind of database, with a full ledger of the old revision in it. `kind` is its name for people."""

    @property
    def kind(self) -> str: ...

    def copied(self, name: str) -> str:
        """Copy the old ledger; give the copy's URL."""

    def size(self) -> int:
        """Give the bytes of the old ledger."""

    def dropped(self, name: str) -> None: ...

    def cut_off(self, name: str) -> None:
        """Let the server, too, break off what a killed process had begun; by itself it brings it to its end."""


@dataclass(frozen=True, slots=True)
class SqliteLedgers:
    """A file, and its copies in a folder."""

    old: Path
    folder: Path
    kind: str = "SQLite"

    def copied(self, name: str) -> str:
        self.dropped(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.old, self._path(name))
        self._path(name).chmod(0o600)
        return f"sqlite:///{self._path(name)}"

    def size(self) -> int:
        return self.old.stat().st_size

    def dropped(self, name: str) -> None:
        for ending in ("", "-wal", "-shm"):
            self._path(name, ending).unlink(missing_ok=True)

    def cut_off(self, name: str) -> None:
        """There is no server: what was killed did everything itself."""

    def _path(self, name: str, ending: str = "") -> Path:
        return self.folder / f"{name}.db{ending}"


@dataclass(frozen=True, slots=True)
class PostgresqlLedgers:
    """A database on the server of `url`, and its copies beside it."""

    url: str
    kind: str = "PostgreSQL"

    def copied(self, name: str) -> str:
        self.dropped(name)
        self._run(f"CREATE DATABASE {name} TEMPLATE {_OLD}")
        return self._address(name)

    def size(self) -> int:
        with psycopg.connect(self.url) as connection:
            (size,) = connection.execute("SELECT pg_database_size(%s)", (_OLD,)).fetchone() or (0,)
        return int(size)

    def dropped(self, name: str) -> None:
        # By force: the session of a killed process may not have noticed yet.
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def cut_off(self, name: str) -> None:
        self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def filled(self, rows: Path, home: Path, gateway: Path) -> None:
        """Make the old ledger: its tables by the gateway that lies in `gateway`, the rows those of an SQLite file."""
        self._run(f"CREATE DATABASE {_OLD}")
        subprocess.run(
            [sys.executable, "-m", "gateway", "--home", str(home), "db", "upgrade"],
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(gateway), "GATEWAY_DATABASE__URL": self._address(_OLD)},
            cwd=gateway,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        with closing(sqlite3.connect(rows)) as source, psycopg.connect(self._address(_OLD)) as there:
            # Neither triggers nor keys: it is a copy of rows that hold already, and no change of them.
            there.execute("SET LOCAL session_replication_role = replica")
            for table in _tables_of(source):
                _copy_table(source, there, table)
        with psycopg.connect(self._address(_OLD), autocommit=True) as there:
            there.execute("VACUUM ANALYZE")  # as a ledger is that has grown over the years

    def _address(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def _run(self, command: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(command.encode())


@contextmanager
def on_postgresql(rows: Path, home: Path, gateway: Path) -> Iterator[PostgresqlLedgers]:
    """Run a server with the rows of an SQLite ledger in it."""
    with postgres.running() as url:
        ledgers = PostgresqlLedgers(url)
        ledgers.filled(rows, home, gateway)
        yield ledgers


def _tables_of(source: sqlite3.Connection) -> tuple[str, ...]:
    """List the tables of an old ledger, those that others point to first; alembic's own has its row already."""
    there = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    known = tuple(table.name for table in metadata.sorted_tables if table.name in there)
    assert there - set(known) <= {"alembic_version"}, "a table that this revision does not know"
    return known


def _copy_table(source: sqlite3.Connection, there: psycopg.Connection[Any], table: str) -> None:
    """Copy the rows as text, which PostgreSQL reads by the column's own type: 1 as true, a day, bytes in hex."""
    columns = [row[1] for row in source.execute(f"PRAGMA table_info({table})")]
    name, names = sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    there.execute(sql.SQL("DELETE FROM {}").format(name))  # what the migrations wrote themselves
    quoted = ", ".join(f'"{column}"' for column in columns)
    with there.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(name, names)) as copy:
        for row in source.execute(f"SELECT {quoted} FROM {table}"):
            copy.write_row(row)
    if "id" in columns:
        counts_on = "SELECT setval(pg_get_serial_sequence({}, 'id'), coalesce(max(id), 1), max(id) IS NOT NULL) FROM {}"
        there.execute(sql.SQL(counts_on).format(sql.Literal(table), name))


def schema_of(url: str) -> list[list[Row]]:
    """Give every table, column, index, trigger and constraint, as the database has it."""
    queries = _SQLITE_SCHEMA if url.startswith("sqlite") else _POSTGRESQL_SCHEMA
    ledger = open_ledger(url)
    with ledger.reading() as tx:
        found = [[tuple(row) for row in tx.exec_driver_sql(query)] for query in queries]
    ledger.close()
    return found


def unusable_indexes(url: str) -> int:
    """Count the indexes that are kept up and never used: PostgreSQL only, where one can be broken off."""
    if url.startswith("sqlite"):
        return 0
    ledger = open_ledger(url)
    with ledger.reading() as tx:
        count = int(tx.exec_driver_sql(_UNUSABLE).scalar_one())
    ledger.close()
    return count


def rows_of(url: str) -> dict[str, str]:
    """Give a digest of all rows of each table, as the driver reads them."""
    ledger = open_ledger(url)
    with ledger.reading() as tx:
        found = {}
        for table in metadata.sorted_tables:
            key = ", ".join(f'"{column.name}"' for column in table.primary_key)
            digest = sha256()
            query = f'SELECT * FROM "{table.name}" ORDER BY {key}'
            for row in tx.execution_options(stream_results=True).exec_driver_sql(query):
                digest.update(repr(tuple(row)).encode())
            found[table.name] = digest.hexdigest()
    ledger.close()
    return found
