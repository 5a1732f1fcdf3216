"""Which revision the tables are at, and whether it is the one that this version of the gateway wants.

Asking costs a plain query. What changes tables (gateway/ledger/upgrading.py) loads alembic, and only when it is called.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from gateway.errors import ConfigError
from gateway.ledger.database import Ledger

NEWEST: Final = "0017"
"""The revision that this version wants: that of the newest file in migrations/versions."""
_HAS_TABLE: Final = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'",
    "postgresql": "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL",
}


def newest() -> str:
    """Give the revision that this version of the gateway wants."""
    return NEWEST


def current(ledger: Ledger) -> str | None:
    """Give the revision the database is at; None if it has no tables yet."""
    with ledger.reading() as tx:
        return revision_of(tx)


def revision_of(tx: Connection) -> str | None:
    """Give the revision that a transaction sees; None if there are no tables yet."""
    if tx.execute(text(_HAS_TABLE[tx.dialect.name])).first() is None:
        return None
    revision: str | None = tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return revision


def require_newest(ledger: Ledger) -> None:
    """Raise ConfigError if the tables are missing, older, or newer than this version of the gateway."""
    seen = current(ledger)
    if seen == NEWEST:
        return
    if seen is None:
        raise ConfigError("the ledger has no tables yet; run: gateway init")
    if seen in known():
        raise ConfigError(f"the ledger is at revision {seen}, this gateway wants {NEWEST}; run: gateway db upgrade")
    raise ConfigError(f"the ledger is at revision {seen}, which this gateway does not know; install a newer gateway")


def known() -> tuple[str, ...]:
    """Give every revision that this version knows, oldest first: the names of their files begin with it."""
    versions = Path(__file__).parent / "migrations" / "versions"
    return tuple(sorted(path.name.partition("_")[0] for path in versions.glob("*.py")))


def upgrade(ledger: Ledger, told: Callable[[str], None] = lambda _step: None) -> None:
    """Bring the database to the newest revision, one transaction for each. Nothing to do is no error.

    told  hears of each step before it is taken, such as `revision 0006, 1 of 2: index ix_events_practice_kind, 3 of 9`

    Stopped anywhere, even killed, it goes on from there when it is called again. Raises ConfigError, LedgerBusy.
    """
    if current(ledger) == NEWEST:
        return
    from gateway.ledger.upgrading import bring_up  # noqa: PLC0415 it loads alembic, which no other question needs

    bring_up(ledger, told)
