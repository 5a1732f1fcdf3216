"""Whole copies of the ledger, taken while others write, and put back where there is none.

SQLite: the online backup API inside one read transaction. A file copied with `cp` from under a writer loses what stands
in its journal, or whole tables. PostgreSQL: pg_dump of one exported snapshot, pg_restore in one transaction.
Every copy is marked inside as held, so that it begins held however it is put back.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from gateway.errors import ConfigError, UsageError
from gateway.ledger.database import Ledger, open_ledger
from gateway.ledger.health import Shape, shape_of
from gateway.ledger.leftovers import workplace

Progress = Callable[[int], None]
_PAGES: Final = 2_000
_CHUNK: Final = 1 << 20
_NO_LEAVE: Final = "42501"
"""PostgreSQL's code for insufficient privilege."""


class NotPermitted(ConfigError):
    """The database server does not let us make a scratch database: a copy cannot be tried out there."""


def copy_to(ledger: Ledger, target: Path, progress: Progress) -> Shape:
    """Copy the ledger into a new file, 0600 and on the disk; gives what stood in it at that moment.

    progress  is told how many pages were copied (SQLite)

    Raises ConfigError if the file cannot be written, or pg_dump is missing or fails.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        with ledger.reading() as tx:
            shape = shape_of(tx)
            if tx.dialect.name == "sqlite":
                _online_backup(tx, target, progress)
            else:
                _dump(tx, ledger.engine.url, target)
        sync(target)
    except (OSError, sqlite3.Error) as refused:
        raise ConfigError(f"{target}: the copy could not be written ({refused}); free some space and retry") from None
    return shape


def put_back(copied: Path, url: str, held: str) -> None:
    """Put a copy where there is no ledger yet, held for that reason.

    Raises UsageError if a ledger is there, ConfigError if it cannot be put back.
    """
    ledger = open_ledger(url) if not url.startswith("sqlite") else None
    if ledger is None:
        _put_file(copied, Path(make_url(url).database or ""), held)
        return
    try:
        with ledger.reading() as tx:
            tables = inspect(tx).get_table_names()
        if tables:
            raise UsageError(
                f"the database holds {len(tables)} tables already; a backup is only restored into an empty one (CREATE "
                "DATABASE a new one, and set database.url to it); nothing was changed"
            )
        _undump(copied, ledger.engine.url)
        with ledger.writing() as tx:
            tx.execute(text("UPDATE instance SET held = :held"), {"held": held})
    finally:
        ledger.close()


@contextmanager
def tried_out(copied: Path, ledger: Ledger) -> Iterator[Ledger]:
    """Restore a copy into a scratch place beside the ledger, for looking at, and remove it again.

    Raises NotPermitted if the database server does not let us make a scratch database.
    """
    if ledger.engine.dialect.name == "sqlite":
        # Not beside the copy: that folder may well be on another machine.
        folder = Path(ledger.engine.url.database or "").parent
        with workplace(folder, ".verify-") as scratch:
            path = scratch / "ledger.db"
            _put_file(copied, path, "a scratch copy")
            with _closing(open_ledger(f"sqlite:///{path}")) as opened:
                yield opened
        return
    with _scratch_database(ledger.engine.url) as url:
        put_back(copied, url.render_as_string(hide_password=False), "a scratch copy")
        with _closing(open_ledger(url.render_as_string(hide_password=False))) as opened:
            yield opened


def sync(path: Path) -> None:
    """Have a file, and its name, on the disk."""
    for one, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        descriptor = os.open(one, flags | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _online_backup(tx: Connection, target: Path, progress: Progress) -> None:
    """The transaction that is open on the source keeps all pages of one moment, however long it takes."""
    source = tx.connection.driver_connection
    assert isinstance(source, sqlite3.Connection)
    with closing(sqlite3.connect(target)) as copied:
        source.backup(copied, pages=_PAGES, progress=lambda _status, left, total: progress(total - left))
        copied.execute("PRAGMA journal_mode=DELETE")  # one file that is whole by itself
        _mark_held(copied, "this is a backup that was put back")


def _mark_held(copied: sqlite3.Connection, why: str) -> None:
    with suppress(sqlite3.OperationalError):  # older than the table: its place says that it was moved
        copied.execute("UPDATE instance SET held = ?, recovery = ''", (why,))
        copied.commit()


def _put_file(copied: Path, target: Path, held: str) -> None:
    beside = [target.with_name(target.name + ending) for ending in ("", "-wal", "-shm", "-journal")]
    there = [path for path in beside if path.exists()]
    if there:
        raise UsageError(
            f"{there[0]} is there already: a backup is never restored over a ledger; restore it into another home folder, "
            f"or move the old one away first (mv {there[0]} {there[0]}.old); nothing was changed"
        )
    written = target.with_name(f"{target.name}.restoring")
    try:
        descriptor = os.open(written, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with copied.open("rb") as source, os.fdopen(descriptor, "wb") as opened:
            shutil.copyfileobj(source, opened, _CHUNK)
        with closing(sqlite3.connect(written)) as database:
            _mark_held(database, held)
        sync(written)
        os.link(written, target)  # unlike a rename, never over a file that came to be meanwhile
        written.unlink()
        sync(target)
    except (OSError, sqlite3.Error) as refused:
        written.unlink(missing_ok=True)
        raise ConfigError(f"{target}: could not be restored ({refused}); nothing was left behind") from None


def _dump(tx: Connection, url: URL, target: Path) -> None:
    snapshot = tx.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    _run(url, "pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")


def _undump(copied: Path, url: URL) -> None:
    _run(url, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname", _address(url), copied)


def _run(url: URL, program: str, *arguments: str | Path) -> None:
    found = shutil.which(program)
    if found is None:
        raise ConfigError(f"{program} is not on the PATH: install PostgreSQL's client programs (postgresql-client)")
    source = (_address(url),) if program == "pg_dump" else ()
    # The password goes by the environment: a command line can be read by everybody on the machine.
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run(  # noqa: S603 a program of PostgreSQL, without a shell
        [found, *map(str, arguments), *source], capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode != 0:
        # Only the first line: a later one may quote a row.
        said = next(iter(done.stderr.splitlines()), "no reason given")
        raise ConfigError(f"{program} failed ({said[:200]}); nothing was kept")


def _address(url: URL) -> str:
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


@contextmanager
def _scratch_database(url: URL) -> Iterator[URL]:
    # Of this ledger: another one's on the same server are not ours to sweep.
    ours = f"gateway_verify_{sha256(str(url.database).encode()).hexdigest()[:12]}_"
    name = f"{ours}{os.urandom(4).hex()}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        with engine.connect() as connection:
            _sweep_databases(connection, ours)
            # As long as this session lives, so that nobody takes it for left over.
            connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": name})
            try:
                connection.execute(text(f"CREATE DATABASE {name}"))
            except DBAPIError as refused:
                said = str(refused.orig).splitlines()[0]
                raise NotPermitted(
                    f"no scratch database can be made on the server ({said}), so the copy was not tried out"
                    f"{_leave_to_make_one(connection, refused)}"
                ) from None
            try:
                yield url.set(database=name)
            finally:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    except SQLAlchemyError as failed:
        raise ConfigError(f"the scratch database cannot be used ({type(failed).__name__})") from failed
    finally:
        engine.dispose()


def _sweep_databases(connection: Connection, prefix: str) -> None:
    """Drop scratch databases of runs that were killed: nobody holds the lock of their names."""
    query = text("SELECT datname FROM pg_database WHERE starts_with(datname, :prefix)")
    for name in connection.execute(query, {"prefix": prefix}).scalars().all():
        lock = {"name": name}
        if connection.execute(text("SELECT pg_try_advisory_lock(hashtext(:name))"), lock).scalar_one():
            with suppress(DBAPIError):  # not ours to drop: then it stays
                quoted = connection.dialect.identifier_preparer.quote(name)
                connection.execute(text(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)"))
            connection.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), lock)


def _leave_to_make_one(connection: Connection, refused: DBAPIError) -> str:
    """Say what the server's administrator types, where it is leave that we lack."""
    if getattr(refused.orig, "sqlstate", "") != _NO_LEAVE:
        return ""
    role = connection.scalar(text("SELECT quote_ident(current_user)"))
    return f"; the gateway's role needs CREATEDB: let the server's administrator run: ALTER ROLE {role} CREATEDB"


@contextmanager
def _closing(ledger: Ledger) -> Iterator[Ledger]:
    try:
        yield ledger
    finally:
        ledger.close()
