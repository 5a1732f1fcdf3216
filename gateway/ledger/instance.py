"""Which ledger this is, where it may work, and whether it may number and send at all.

A ledger that was restored, copied or moved does not know what was sent after the moment it remembers: it is held, and
then no number is taken from it (`numbers.take` asks here) and nothing is delivered, until a person has released it.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select, text, update

from gateway.errors import LedgerHeld
from gateway.ledger.database import Ledger
from gateway.ledger.tables import instance

HELD: Final = "gateway_held"
"""The engine's option that carries why this process found the ledger held."""
_MACHINE_IDS: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """The ledger's own row; see the columns of `instance` in tables.py."""

    instance: str
    epoch: int
    place: str
    held: str
    recovery: str


def read(tx: Connection) -> Instance:
    """Give the ledger's own row."""
    row = tx.execute(select(instance)).mappings().one()
    return Instance(**{name: row[name] for name in Instance.__dataclass_fields__})


def bind(tx: Connection, place: str) -> None:
    """Let the ledger work at a place. One that has a place keeps it."""
    tx.execute(update(instance).where(instance.c.place == "").values(place=place))


def hold(tx: Connection, why: str, *, place: str) -> str:
    """Hold the ledger; gives the name of the recovery that begins with it."""
    recovery = secrets.token_hex(16)
    tx.execute(update(instance).values(held=why, place=place, recovery=recovery))
    return recovery


def release(tx: Connection, epoch: int) -> None:
    """Let the ledger number and send again, as a later one of itself."""
    tx.execute(update(instance).values(held="", recovery="", epoch=epoch))


def why_held(tx: Connection) -> str:
    """Say why nothing may be numbered or sent: what this process found when it opened the ledger, or the ledger's word."""
    found: str = tx.get_execution_options().get(HELD, "")
    return found or read(tx).held


def require_released(tx: Connection) -> None:
    """Raise LedgerHeld if nothing may be numbered or sent."""
    why = why_held(tx)
    if why:
        raise LedgerHeld(f"the ledger is HELD: {why}; nothing was numbered, nothing is sent; next: gateway reconcile")


def as_held(ledger: Ledger, why: str) -> Ledger:
    """Give the same ledger for a process that found it held; the database is not touched."""
    return Ledger(ledger.engine.execution_options(**{HELD: why}))


def place_of(ledger: Ledger, *, machine: str = "") -> str:
    """Say where an opened ledger is: machine and path of an SQLite file; server, timeline and database of PostgreSQL.

    machine  another machine's id than this one's
    """
    if ledger.engine.dialect.name == "sqlite":
        return f"sqlite {machine or machine_id()} {os.path.realpath(ledger.engine.url.database or '')}"
    # A timeline ends where a backup was restored to a point in time, or a replica was promoted.
    query = (
        "SELECT system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),"
        " (SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system()"
    )
    with ledger.reading() as tx:
        server, timeline, database = tx.execute(text(query)).one()
    return f"postgresql {server} {timeline} {database}"


def file_number(ledger: Ledger) -> int:
    """Give the inode of an SQLite ledger, 0 for PostgreSQL: a file that took another's place has another one."""
    if ledger.engine.dialect.name != "sqlite":
        return 0
    return Path(ledger.engine.url.database or "").stat().st_ino


def machine_id(sources: tuple[Path, ...] = _MACHINE_IDS) -> str:
    """Name this machine. The id itself is confidential (machine-id(5)), so it is hashed; `unknown` where there is none."""
    for source in sources:
        try:
            known = source.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if known:
            return hashlib.blake2b(known.encode(), key=b"claims-gateway", digest_size=8).hexdigest()
    return "unknown"
