"""Under which name the ledger knows a trading partner: what it sealed for each, and giving all of it another name."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Table, delete, func, select, update

from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import events, numbers
from gateway.ledger.tables import (
    capabilities,
    control_numbers,
    inbound_looks,
    interchanges,
    metadata,
    schedules,
    slots,
    standings,
)
from gateway.ledger.tables import events as log

_KEPT: Final = frozenset({log.name, control_numbers.name})
"""What keeps the old name: the log is never changed, and numbers that were used stay used."""
_OF_THE_NAME: Final = (standings, capabilities, inbound_looks)
"""What the new name may have of its own already: then that stands, and the old one's goes."""

_OF_THE_OLD_NAME: Final = (schedules, slots)
"""What a service may have begun anew under the new name: what a person paused, and what waits, is the old one's."""


def last_sealed(tx: Connection, practice: str) -> Iterator[tuple[str, bytes]]:
    """Give, for each partner that files were sealed for, the bytes of the newest."""
    i = interchanges.c
    newest = select(func.max(i.id)).where(i.practice == practice).group_by(i.partner)
    for number in tx.execute(newest).scalars().all():
        partner, body = tx.execute(select(i.partner, i.body).where(i.id == number)).one()
        yield partner, body


def rename(tx: Connection, practice: str, old: str, new: str, *, event: Event, at: datetime) -> int:
    """Give every row of a partner another name; control numbers go on behind the last one used. Gives how many files.

    Raises UsageError if files were sealed for, or came from, the new name already: two partners are not made one.
    """
    assert event.actor, "a decision without a person"
    for table in _moved():
        mine = (table.c.practice == practice, table.c.partner == new)
        if table in _OF_THE_OLD_NAME:
            if tx.execute(
                select(table.c.partner).where(table.c.practice == practice, table.c.partner == old).limit(1)
            ).first():
                tx.execute(delete(table).where(*mine))
        elif table in _OF_THE_NAME:
            if tx.execute(select(table.c.partner).where(*mine).limit(1)).first():
                tx.execute(delete(table).where(table.c.practice == practice, table.c.partner == old))
        elif "partner" in _unique(table) and tx.execute(select(table.c.id).where(*mine).limit(1)).first():
            raise UsageError(
                f"the ledger has {table.name.replace('_', ' ')} of {new} already: two partners are not made one; nothing was "
                f"changed; give the file in partners/ its old name, {old}, again"
            )
        tx.execute(update(table).where(table.c.practice == practice, table.c.partner == old).values(partner=new))
    numbers.carry(tx, practice, old, new)
    events.write(tx, practice, event, at=at)
    i = interchanges.c
    return int(tx.execute(select(func.count()).where(i.practice == practice, i.partner == new)).scalar_one())


def _moved() -> Iterator[Table]:
    return (table for table in metadata.sorted_tables if "partner" in table.c and table.name not in _KEPT)


def _unique(table: Table) -> set[str]:
    """Name the columns of a table's unique keys."""
    keys = [one for one in table.constraints if type(one).__name__ == "UniqueConstraint"]
    return {column.name for key in keys for column in getattr(key, "columns", ())}
