"""Fixtures: an empty ledger on each database the gateway supports. Imported by the conftest files that need it."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from gateway.ledger import Ledger, migrate, open_ledger
from tests.servers import postgres

_numbers = itertools.count(1)
_TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    if postgres.installed() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgres.running() as url:
        yield url


_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", [_POSTGRESQL], indirect=True)
"""Of a test about what only PostgreSQL does: several transactions that write, or an index made beside them."""


@pytest.fixture(params=["sqlite", _POSTGRESQL])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once for each kind; on PostgreSQL with its tables for `empty_ledger`."""
    with _database(request, tmp_path, migrated="empty_ledger" in request.fixturenames) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables and nothing in them, to copy: migrating anew for each test costs more than the test."""
    path = tmp_path_factory.mktemp("migrated") / "ledger.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The same as a template database."""
    _run(postgres_url, f"CREATE DATABASE {_TEMPLATE}")
    _migrate(_beside(postgres_url, _TEMPLATE))
    return _TEMPLATE


@pytest.fixture
def empty_ledger(database_url: str, migrated_sqlite: Path) -> Iterator[Ledger]:
    """A ledger with its tables and nothing in them."""
    _give_tables(database_url, migrated_sqlite)
    ledger = open_ledger(database_url)
    yield ledger
    ledger.close()


def copied(url: str, number: int) -> str:
    """Copy a database that nobody has open; gives the copy's address. It goes with its server, or its folder."""
    parsed = make_url(url)
    assert parsed.database is not None
    if parsed.get_backend_name() == "sqlite":
        to = f"{parsed.database}.{number}"
        shutil.copyfile(parsed.database, to)
        Path(to).chmod(0o600)
        return f"sqlite:///{to}"
    to = f"{parsed.database}_{number}"
    _run(_beside(url, "template1"), f"CREATE DATABASE {to} TEMPLATE {parsed.database}")
    return _beside(url, to)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def module_ledger(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> Iterator[Ledger]:
    """The same, for all tests of a module that fill it once and only look."""
    with _database(request, tmp_path_factory.mktemp("module"), migrated=True) as url:
        _give_tables(url, migrated_sqlite)
        ledger = open_ledger(url)
        yield ledger
        ledger.close()


@contextmanager
def _database(request: pytest.FixtureRequest, folder: Path, *, migrated: bool) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'ledger.db'}"
        return
    server = request.getfixturevalue("postgres_url")
    name = f"ledger{next(_numbers)}"
    template = request.getfixturevalue("migrated_postgres") if migrated else "template1"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _beside(server, name)
    _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _give_tables(url: str, migrated: Path) -> None:
    """Put the tables into a file of SQLite; a database of PostgreSQL was made with them."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        assert parsed.database is not None
        shutil.copyfile(migrated, parsed.database)
        Path(parsed.database).chmod(0o600)


def _migrate(url: str) -> None:
    ledger = open_ledger(url)
    migrate.upgrade(ledger)
    ledger.close()


def _beside(server: str, name: str) -> str:
    return make_url(server).set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def _run(server: str, *commands: str) -> None:
    address = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for command in commands:
            connection.execute(text(command))
