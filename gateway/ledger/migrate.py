"""Bring the tables up to date. Migrations travel inside the package; there is no alembic.ini."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from gateway.errors import ConfigError
from gateway.ledger.database import Ledger, take_turn


def newest() -> str:
    """Give the revision that this version of the gateway wants."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "the package holds no migration"
    return head


def current(ledger: Ledger) -> str | None:
    """Give the revision the database is at; None if it has no tables yet."""
    with ledger.reading() as tx:
        return MigrationContext.configure(tx).get_current_revision()


def upgrade(ledger: Ledger) -> None:
    """Bring the database to the newest revision, all in one transaction. Nothing to do is no error."""
    with ledger.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Rebuilding a table that others point to would empty its children; keys are checked once it is done.
            _sqlite_pragma(connection, "foreign_keys=OFF")
        try:
            with connection.begin():
                if not sqlite:
                    take_turn(connection)
                config = _config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise ConfigError("the migration would have left rows without their parents; nothing was changed")
        finally:
            if sqlite:
                _sqlite_pragma(connection, "foreign_keys=ON")


def require_newest(ledger: Ledger) -> None:
    """Raise ConfigError if the tables are missing, older, or newer than this version of the gateway."""
    seen, wanted = current(ledger), newest()
    if seen == wanted:
        return
    if seen is None:
        raise ConfigError("the ledger has no tables yet; run: gateway init")
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if seen in known:
        raise ConfigError(f"the ledger is at revision {seen}, this gateway wants {wanted}; run: gateway db upgrade")
    raise ConfigError(f"the ledger is at revision {seen}, which this gateway does not know; install a newer gateway")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("gateway.ledger").joinpath("migrations")))
    return config


def _sqlite_pragma(connection: Connection, pragma: str) -> None:
    # On the driver's own connection: a pragma of this kind does nothing inside a transaction.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA {pragma}")
