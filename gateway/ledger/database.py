"""Opening the database, and the unit of work.

`ledger.writing()` is one transaction that either commits whole or leaves nothing, and writers take turns;
`ledger.reading()` is a snapshot. Both databases are held to the same meaning.

SQLite: WAL, synchronous=FULL, BEGIN IMMEDIATE for writers. A writer that began deferred would be refused at once with
SQLITE_BUSY_SNAPSHOT whenever another one committed in between, and busy_timeout would not help.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.errors import ConfigError, LedgerBusy, LedgerConflict, LedgerRefusal
from gateway.ledger import advisory_keys, append_only, log_order, turns
from gateway.ledger.filesystem import require_local
from gateway.ledger.look_only import connect, why_look_only

_READ_ONLY = "gateway_read_only"
LOOK_ONLY = "gateway_look_only"
"""The option of an engine that says why the ledger can only be looked at."""
ACCOUNT = "gateway_account"
"""The option of an engine that says under whose account its transactions write, and how that one was known."""
_PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", 2),
    ("foreign_keys", 1),
    ("busy_timeout", 10_000),
    ("trusted_schema", 0),
    ("cell_size_check", 1),
    ("secure_delete", 1),
    # What a long reader made the journal grow to is given back to the disk at the next checkpoint.
    ("journal_size_limit", 64 * 1024 * 1024),
)
_SETTINGS = (
    ("synchronous_commit", "on"),
    # One wait is for one transaction, which may well get on.
    ("lock_timeout", f"{turns.STUCK_SECONDS:.0f}s"),
    ("idle_in_transaction_session_timeout", "10min"),
)
"""What every session of PostgreSQL is set to, and then asked for."""
_SERVER_SETTINGS = (("fsync", "on"), ("full_page_writes", "on"))
"""What the server has to be set to: without them a power cut loses what was promised."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The database, opened. It holds no connection while nothing is going on."""

    engine: Engine

    @contextmanager
    def writing(self, *, beside: bool = False) -> Iterator[Connection]:
        """One transaction; writers take turns, in the order of their coming or nearly so.

        beside  on PostgreSQL, beside others of this kind. What reads and then writes has locked it before, in this order:
                an inbound file (`inbound.lock`), visits (`visits.lock`: their claims and answers are theirs), numbers

        Raises LedgerBusy when another one's turn does not come to an end, LedgerConflict when somebody else wrote the same
        first, LedgerRefusal when the database refuses a value. A COMMIT that fails is neither a yes
        nor a no: it raises ConfigError, and every connection is dropped, so that whoever reads next reads the disk.
        """
        committing = False
        try:
            with self._in_turn(), self.engine.begin() as tx:
                if tx.dialect.name == "postgresql":
                    take_turn(tx, beside=beside)
                log_order.hold_back(tx)
                yield tx
                log_order.write_held_back(tx)
                committing = True
        except DBAPIError as refused:
            plain = _said_plainly(refused)
            if committing and not isinstance(plain, LedgerConflict | LedgerRefusal):
                self.close()
                plain = ConfigError(
                    f"the database failed while this was being stored ({_first_line(refused)}); it may be stored or not, "
                    "and nothing more was done; see to the database, then run the same again: it reads first"
                )
            raise plain from refused
        except PoolTimeout as exhausted:
            raise _all_in_use() from exhausted

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent snapshot; writes nothing and keeps no writer waiting."""
        try:
            with self.engine.connect().execution_options(**self._snapshot()) as tx, tx.begin():
                yield tx
        except DBAPIError as refused:
            raise _said_plainly(refused) from refused
        except PoolTimeout as exhausted:
            raise _all_in_use() from exhausted

    @contextmanager
    def said_plainly(self) -> Iterator[None]:
        """Let what the database refuses be said as `writing` and `reading` say it."""
        try:
            yield
        except DBAPIError as refused:
            raise _said_plainly(refused) from refused
        except PoolTimeout as exhausted:
            raise _all_in_use() from exhausted

    def _snapshot(self) -> dict[str, Any]:
        if self.engine.dialect.name == "postgresql":
            return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return {_READ_ONLY: True}

    def _in_turn(self) -> AbstractContextManager[None]:
        if self.engine.dialect.name == "postgresql" or self.look_only:
            return nullcontext()
        return turns.turn(str(self.engine.url.database))

    @property
    def has_one_writer(self) -> bool:
        """Whether only one transaction can write at a time, whatever it writes: what it does meanwhile, all others wait for."""
        return self.engine.dialect.name == "sqlite"

    @property
    def look_only(self) -> str:
        """Say why the ledger can only be looked at; empty if it can be written."""
        why: str = self.engine.get_execution_options().get(LOOK_ONLY, "")
        return why

    def known_as(self, account: str, way: str) -> "Ledger":
        """Give the same ledger, whose lines of the log say under whose account they were written."""
        return Ledger(self.engine.execution_options(**{ACCOUNT: (account, way)}))

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def take_turn(tx: Connection, *, beside: bool = False) -> None:
    """Wait until no other writer of a PostgreSQL ledger is at work, or `beside` those who let others be.

    The turn ends with the transaction. The server lets them in as they came: who waits to be the only one is not overtaken.
    """
    how = "_shared" if beside else ""
    tx.execute(text(f"SELECT pg_advisory_xact_lock{how}(:key)"), {"key": advisory_keys.TURN})


def open_ledger(url: str) -> Ledger:
    """Open the database of an SQLAlchemy URL (sqlite:///... or postgresql://...). Creates no tables.

    Raises ConfigError if the URL is not one, its driver is missing, or the folder of an SQLite file is not there.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite":
            return Ledger(_sqlite(parsed.database or ""))
        if parsed.get_backend_name() == "postgresql":
            return Ledger(_postgresql(parsed.render_as_string(hide_password=False)))
    except (ArgumentError, NoSuchModuleError) as refused:
        raise ConfigError("database.url: not a database address; want sqlite:///PATH or postgresql://...") from refused
    raise ConfigError(f"database.url: {parsed.get_backend_name()} is not supported; want sqlite or postgresql")


def _sqlite(path: str) -> Engine:
    if path in {"", ":memory:"}:
        raise ConfigError("database.url: an SQLite ledger is a file; want sqlite:///PATH")
    if not Path(path).parent.is_dir():
        raise ConfigError(f"database.url: the folder {Path(path).parent} does not exist; run: gateway init")
    require_local(Path(path).parent)
    why = why_look_only(Path(path))
    if why:
        engine = create_engine(f"sqlite:///{path}", creator=lambda: connect(Path(path)), hide_parameters=True)
        event.listen(engine, "connect", _prepare_for_looking)
        event.listen(engine, "begin", _begin_sqlite)
        return engine.execution_options(**{LOOK_ONLY: why})
    if not Path(path).exists():
        # Health records: nobody but the owner may read the file, nor the journal files that take over its mode.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 10}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for name, wanted in _PRAGMAS:
        connection.execute(f"PRAGMA {name}={wanted}")
        seen = connection.execute(f"PRAGMA {name}").fetchone()[0]
        # Durability is promised to people: a file system that silently gives less is refused, not hoped about.
        if seen != wanted:
            raise ConfigError(f"SQLite's {name} is {seen} here, not {wanted}; use a local disk, or PostgreSQL")


def _prepare_for_looking(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for name in ("foreign_keys", "query_only", "cell_size_check"):
        connection.execute(f"PRAGMA {name}=1")
    connection.execute("PRAGMA trusted_schema=0")


def _begin_sqlite(connection: Connection) -> None:
    deferred = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")


def _postgresql(url: str) -> Engine:
    # The driver also logs a pipeline that a refused statement ends; we raise what was refused, and say it once.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    # A server that has gone without a word is noticed: nobody waits for it for ever.
    engine = create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": 10, "keepalives_idle": 30, "tcp_user_timeout": 30_000},
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 the driver's own connection
    with connection.cursor() as cursor:
        asked = [f"set_config('{name}', '{wanted}', false)" for name, wanted in _SETTINGS]
        asked += [f"current_setting('{name}')" for name, _ in _SERVER_SETTINGS]
        cursor.execute("SELECT " + ", ".join(asked))
        effective = cursor.fetchone()
        for (name, wanted), seen in zip((*_SETTINGS, *_SERVER_SETTINGS), effective, strict=True):
            # As with SQLite: what was acknowledged has to survive a power cut, or we do not start.
            if seen != wanted:
                raise ConfigError(
                    f"PostgreSQL's {name} is {seen} here, not {wanted}; set it in postgresql.conf, reload"
                )
    connection.commit()


_DAMAGED = (
    "the ledger is damaged, or its file is no ledger ({said}); nothing was written; keep it as it is, and restore the "
    "newest backup into another folder: gateway --home NEW db restore FILE"
)
_READ_ONLY_HERE = "the ledger is read-only here ({said}); nothing was taken in, nothing is sent; make it writable"
_MEANINGS = (
    (("not a database", "malformed", "corrupt"), _DAMAGED),
    (("readonly", "read-only"), _READ_ONLY_HERE),
    (("no such table", "does not exist"), "the ledger has no tables, or older ones; run: gateway db upgrade"),
    (
        ("full", "disk i/o"),
        "the ledger could not be written ({said}); nothing was changed; free some space and retry",
    ),
)
"""What the database's words mean, and what to do."""


def _said_plainly(refused: DBAPIError) -> Exception:
    if append_only.SAID in _first_line(refused):
        return LedgerRefusal(
            f"the ledger keeps what was written ({_first_line(refused)}); nothing was changed; what is wrong is put right "
            "by a further entry: a reversal, or the claim's next version"
        )
    if isinstance(refused, IntegrityError):
        return LedgerConflict("somebody else wrote the same first; nothing was changed here; read it again")
    if isinstance(refused, DataError):
        return LedgerRefusal("the database refuses a value of this file: too long, or not text; nothing was changed")
    said = _first_line(refused)
    lowered = said.lower()
    if any(word in lowered for word in ("locked", "lock timeout", "deadlock", "could not serialize")):
        return LedgerBusy("the ledger is busy: another gateway process is writing; try again in a moment")
    for words, meaning in _MEANINGS:
        if any(word in lowered for word in words):
            return ConfigError(meaning.format(said=said))
    return ConfigError(f"the database refused: {said}") if isinstance(refused, OperationalError) else refused


def _all_in_use() -> LedgerBusy:
    return LedgerBusy("the ledger is busy: every connection of this gateway process is in use; try again in a moment")


def _first_line(refused: DBAPIError) -> str:
    return str(refused.orig).splitlines()[0] if refused.orig else "no reason given"
