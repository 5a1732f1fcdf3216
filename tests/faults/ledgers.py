"""Ledgers by the hundred: one is prepared, and every run finds it as it was then."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, NullPool, Table, create_engine, delete, insert, make_url, select, text

from gateway.ledger import migrate, open_ledger, practices
from gateway.ledger.tables import metadata
from gateway.partner import TradingPartner
from gateway.service.office import Office
from gateway.service.visits.scrub import scrub_visits
from tests.people import NOW, PRACTICE
from tests.service import clinic

_TABLES = metadata.sorted_tables
_OTHERS_ENDED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_COUNTS_ON = (
    "SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL) FROM {table}"
)
"""A copied database forgets at a crash how far it has counted: PostgreSQL has logged that for the original only."""


class Databases(Protocol):
    """Databases of one kind, by name. `address` gives a URL."""

    def create(self, name: str) -> None: ...

    def renew(self, name: str, copied: str) -> None:
        """Let one be as another is, whatever it was before and whoever still has it open."""

    def drop(self, name: str) -> None: ...

    def address(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class SqliteFiles:
    folder: Path

    def create(self, name: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.drop(name)

    def renew(self, name: str, copied: str) -> None:
        self.drop(copied)
        # Whoever closed it last has written the journal into the file itself.
        assert not self._path(name, "-wal").exists(), "somebody still has the prepared ledger open"
        shutil.copyfile(self._path(name), self._path(copied))

    def drop(self, name: str) -> None:
        for path in (*(self._path(name, ending) for ending in ("", "-wal", "-shm")), self.folder / f"{name}.sent"):
            path.unlink(missing_ok=True)

    def address(self, name: str) -> str:
        return f"sqlite:///{self._path(name)}"

    def _path(self, name: str, ending: str = "") -> Path:
        return self.folder / f"{name}.db{ending}"


@dataclass(frozen=True, slots=True)
class PostgresqlDatabases:
    """Databases on the server of `url`, their names beginning with that of its own."""

    url: str
    copies: set[str] = field(default_factory=set)
    rows: dict[str, list[tuple[Table, list[dict[str, Any]]]]] = field(default_factory=dict)

    def create(self, name: str) -> None:
        self._run(f"CREATE DATABASE {self._name(name)}")

    def renew(self, name: str, copied: str) -> None:
        """The first time by copying the database, which takes a second; afterwards by its rows."""
        if copied not in self.copies:
            self.copy(name, copied)
            self.copies.add(copied)
        if name not in self.rows:
            with self._opened(name) as tx:
                self.rows[name] = [(one, [dict(row) for row in tx.execute(select(one)).mappings()]) for one in _TABLES]
        with self._opened(copied) as tx:
            # The session of a killed process may not have noticed yet, and still hold its locks.
            tx.execute(text(_OTHERS_ENDED))
            tx.execute(
                text("SET LOCAL session_replication_role = replica")
            )  # neither triggers nor keys: it is no change
            for table, rows in self.rows[name]:
                tx.execute(delete(table))
                if rows:
                    tx.execute(insert(table), rows)
                if "id" in table.c:
                    tx.execute(text(_COUNTS_ON.format(table=table.name)))

    def copy(self, name: str, copied: str) -> None:
        """Let one be a copy of another, whatever it was before."""
        self.drop(copied)
        self._run(f"CREATE DATABASE {self._name(copied)} TEMPLATE {self._name(name)}")

    def drop(self, name: str) -> None:
        # By force: the session of a killed process may not have noticed yet.
        self._run(f"DROP DATABASE IF EXISTS {self._name(name)} WITH (FORCE)")
        self.copies.discard(name)

    def address(self, name: str) -> str:
        return make_url(self.url).set(database=self._name(name)).render_as_string(hide_password=False)

    def _name(self, name: str) -> str:
        return f"{make_url(self.url).database}_{name}"

    @contextmanager
    def _opened(self, name: str) -> Iterator[Connection]:
        server = make_url(self.address(name)).set(drivername="postgresql+psycopg")
        with create_engine(server, poolclass=NullPool).begin() as tx:
            yield tx

    def _run(self, command: str) -> None:
        # No connection is kept: a process that is forked must not inherit one.
        server = make_url(self.url).set(drivername="postgresql+psycopg")
        engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(command))


def databases_at(url: str) -> Databases:
    """Give databases beside the one of a URL: beside an SQLite file, or on the same PostgreSQL server."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        assert parsed.database is not None
        return SqliteFiles(Path(parsed.database).with_suffix(""))
    return PostgresqlDatabases(url)


def prepare(databases: Databases, name: str, partner: TradingPartner, *, claims: int) -> tuple[str, ...]:
    """Make a ledger with so many ready claims, taken in and scrubbed as always. Gives their control numbers."""
    databases.create(name)
    ledger = open_ledger(databases.address(name))
    migrate.upgrade(ledger)
    with ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    office = Office(ledger=ledger, settings=clinic.settings(partner), clock=clinic.clock(), actor="crash")
    clinic.taken(office, *(clinic.visit(f"V-{number}") for number in range(1, claims + 1)))
    found = tuple(one.pcn for one in scrub_visits(office))
    ledger.close()
    assert len(found) == claims, found
    assert all(found), "a visit was held, so there is nothing to send"
    return found
