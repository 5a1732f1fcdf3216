"""Ledgers by the hundred: one is prepared, and every run gets a copy of it."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import NullPool, create_engine, make_url, text

from gateway.ledger import migrate, open_ledger, practices
from gateway.partner import TradingPartner
from gateway.service.office import Office
from gateway.service.scrub import scrub_visits
from tests.people import NOW, PRACTICE
from tests.service import clinic


class Databases(Protocol):
    """Databases of one kind, by name. `address` gives a URL."""

    def create(self, name: str) -> None: ...

    def copy(self, name: str, copied: str) -> None: ...

    def drop(self, name: str) -> None: ...

    def address(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class SqliteFiles:
    folder: Path

    def create(self, name: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.drop(name)

    def copy(self, name: str, copied: str) -> None:
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

    def create(self, name: str) -> None:
        self._run(f"CREATE DATABASE {self._name(name)}")

    def copy(self, name: str, copied: str) -> None:
        self._run(f"CREATE DATABASE {self._name(copied)} TEMPLATE {self._name(name)}")

    def drop(self, name: str) -> None:
        # By force: the session of a killed process may not have noticed yet.
        self._run(f"DROP DATABASE IF EXISTS {self._name(name)} WITH (FORCE)")

    def address(self, name: str) -> str:
        return make_url(self.url).set(database=self._name(name)).render_as_string(hide_password=False)

    def _name(self, name: str) -> str:
        return f"{make_url(self.url).database}_{name}"

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
