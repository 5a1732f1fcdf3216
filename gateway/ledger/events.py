"""The reconciliation log: append-only, and written in the transaction of what it tells."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select

from gateway.event import Event, EventSeverity
from gateway.ledger.tables import events

_ABOUT_MAX = 128
_FIELDS: Final = tuple(field.name for field in fields(Event))


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An event as it stands in the log. `number` grows by the order of writing."""

    number: int
    at: datetime
    event: Event


def write(tx: Connection, practice: str, event: Event, *, at: datetime) -> None:
    """Add one line."""
    write_all(tx, practice, (event,), at=at)


def write_all(tx: Connection, practice: str, said: Iterable[Event], *, at: datetime) -> None:
    """Add a line for each, in this order."""
    rows = [
        {name: getattr(event, name) for name in _FIELDS}
        | {"practice": practice, "at": at, "about": event.about[:_ABOUT_MAX]}
        for event in said
    ]
    if rows:
        tx.execute(insert(events), rows)


def read(
    tx: Connection,
    practice: str,
    *,
    after: int = 0,
    limit: int = 200,
    claim: str = "",
    partner: str = "",
    about: str = "",
    kind: str = "",
    severities: tuple[EventSeverity, ...] = (),
) -> tuple[Logged, ...]:
    """Read lines in order, from the one behind number `after`. `kind` also matches what begins with it and a dot."""
    query = select(events).where(events.c.practice == practice, events.c.id > after).order_by(events.c.id).limit(limit)
    if claim:
        query = query.where(events.c.claim == claim)
    if partner:
        query = query.where(events.c.partner == partner)
    if about:
        query = query.where(events.c.about == about)
    if kind:
        query = query.where((events.c.kind == kind) | events.c.kind.startswith(kind + ".", autoescape=True))
    if severities:
        query = query.where(events.c.severity.in_(severities))
    return tuple(_logged(row) for row in tx.execute(query).mappings())


def last_number(tx: Connection, practice: str) -> int:
    """Give the number of the newest line; 0 if there is none."""
    query = select(events.c.id).where(events.c.practice == practice).order_by(events.c.id.desc()).limit(1)
    return tx.execute(query).scalar() or 0


def _logged(row: object) -> Logged:
    told = dict(row)  # type: ignore[call-overload]
    number, at = told.pop("id"), told.pop("at")
    told.pop("practice")
    told["severity"] = EventSeverity(told["severity"])
    return Logged(number=number, at=at, event=Event(**told))
