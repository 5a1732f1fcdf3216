"""Bring the tables up to date, so that a full ledger survives it.

Each revision is one transaction: its changes, the triggers that a rebuilt table lost, the check of keys, and the revision's
number go in together or not at all. Whoever calls this works alone (gateway/ledger/lock.py) for the upgrade as a whole, but
no transaction spans it; one that was killed is called again and goes on behind the last revision that is whole.

Indexes are apart from that: on a table that is large they take long, and PostgreSQL makes them CONCURRENTLY only outside
a transaction. A revision declares them, `indexes = (concurrent_index(...), ...)`, and each is made by itself before the
revision's own changes (gateway/ledger/indexes.py). So they are on tables and columns of earlier revisions.

Migrations travel inside the package; there is no alembic.ini.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection

from gateway.errors import ConfigError
from gateway.ledger.database import Ledger, take_turn
from gateway.ledger.indexes import NewIndex, make
from gateway.ledger.migrate import current
from gateway.ledger.rebuilt import recreate_triggers, triggers_of

Told = Callable[[str], None]


def bring_up(ledger: Ledger, told: Told, more: Sequence[Path] = ()) -> None:
    """Bring the database to the newest revision; see migrate.upgrade. `more` are further folders of revisions."""
    config = _config(more)
    pending = _pending(ScriptDirectory.from_config(config), current(ledger))
    for place, script in enumerate(pending, start=1):
        where = f"revision {script.revision}, {place} of {len(pending)}"
        indexes: tuple[NewIndex, ...] = getattr(script.module, "indexes", ())
        for number, index in enumerate(indexes, start=1):
            told(f"{where}: index {index.name}, {number} of {len(indexes)}")
            make(ledger, index)
        told(f"{where}: {script.doc}")
        _take_step(ledger, config, script.revision)


@contextmanager
def whole(connection: Connection) -> Iterator[None]:
    """Around the changes of one revision, inside its transaction: what has to be so before they are kept."""
    if connection.dialect.name == "postgresql":
        take_turn(connection)
    before = triggers_of(connection)
    yield
    recreate_triggers(connection, before)
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise ConfigError(
            "the migration would have left rows without their parents; this revision was not made, the ones before it "
            "stand; run: gateway db check"
        )


def _pending(scripts: ScriptDirectory, seen: str | None) -> list[Script]:
    """List what is still to be made, oldest first."""
    known = [script.revision for script in scripts.walk_revisions()]
    if seen is not None and seen not in known:
        raise ConfigError(
            f"the ledger is at revision {seen}, which this gateway does not know; install a newer gateway"
        )
    return list(reversed(list(scripts.iterate_revisions("head", seen or "base"))))


def _take_step(ledger: Ledger, config: Config, revision: str) -> None:
    with ledger.said_plainly(), ledger.engine.connect() as connection:
        config.attributes["connection"] = connection
        if connection.dialect.name != "sqlite":
            command.upgrade(config, revision)
            return
        # Rebuilding a table that others point to would empty its children; keys are checked once it is done.
        _sqlite_pragma(connection, "foreign_keys=OFF")
        try:
            command.upgrade(config, revision)
        finally:
            _sqlite_pragma(connection, "foreign_keys=ON")


def _config(more: Sequence[Path]) -> Config:
    config = Config()
    home = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(home))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join(map(str, (home / "versions", *more))))
    return config


def _sqlite_pragma(connection: Connection, pragma: str) -> None:
    # On the driver's own connection: a pragma of this kind does nothing inside a transaction.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA {pragma}")
