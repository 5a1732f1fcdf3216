"""The reconciliation log: append-only, and written in the transaction of what it tells."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from gateway.event import Event, EventSeverity
from gateway.ledger.tables import events

_ABOUT_MAX = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An event as it stands in the log. `number` grows by the order of writing."""

    number: int
    at: datetime
    event: Event


def write(tx: Connection, practice: str, event: Event, *, at: datetime) -> None:
    """Add one line."""
    fields = {**asdict(event), "about": event.about[:_ABOUT_MAX]}
    tx.execute(insert(events).values(practice=practice, at=at, **fields))


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
    fields = dict(row)  # type: ignore[call-overload]
    number, at = fields.pop("id"), fields.pop("at")
    fields.pop("practice")
    fields["severity"] = EventSeverity(fields["severity"])
    return Logged(number=number, at=at, event=Event(**fields))
