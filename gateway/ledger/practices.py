"""The practices that this ledger serves."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from gateway.ledger.tables import practices
from gateway.people import Practice


def register(tx: Connection, practice: Practice, *, secret: bytes, at: datetime) -> bool:
    """Add the practice, or take over its new name and zone. Tells whether it is new; the secret is set only once."""
    known = tx.execute(select(practices.c.key).where(practices.c.key == practice.key)).first()
    if known is None:
        tx.execute(
            insert(practices).values(
                key=practice.key, name=practice.name, zone=practice.zone, secret=secret, created_at=at
            )
        )
        return True
    tx.execute(update(practices).where(practices.c.key == practice.key).values(name=practice.name, zone=practice.zone))
    return False


def secret_of(tx: Connection, practice: str) -> bytes:
    """Give the key with which this practice's patient control numbers are drawn."""
    secret: bytes = tx.execute(select(practices.c.secret).where(practices.c.key == practice)).scalar_one()
    return secret


def is_registered(tx: Connection, practice: str) -> bool:
    """Tell whether the ledger knows this practice."""
    return tx.execute(select(practices.c.key).where(practices.c.key == practice)).first() is not None
