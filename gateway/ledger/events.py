"""The reconciliation log: append-only, and written in the transaction of what it tells."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, select, text

from gateway.event import Event, EventSeverity
from gateway.ledger import log_order
from gateway.ledger.database import ACCOUNT
from gateway.ledger.lists import Indexed, List, Page, page, values
from gateway.ledger.tables import events
from gateway.listing import Asked, Condition, asked_for

_ABOUT_MAX: Final = 128
_KINDS_MAX: Final = 200
_FIELDS: Final = tuple(field.name for field in fields(Event))


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An event as it stands in the log. `number` grows by the order of committing.

    account  under whose account it was written, and `way` how that one was known; empty where the practice has none
    """

    number: int
    at: datetime
    event: Event
    account: str = ""
    way: str = ""


def write(tx: Connection, practice: str, event: Event, *, at: datetime) -> None:
    """Add one line. It can be read once the transaction is over."""
    write_all(tx, practice, (event,), at=at)


def write_all(tx: Connection, practice: str, said: Iterable[Event], *, at: datetime) -> None:
    """Add a line for each, in this order."""
    # Left out where there is none: an upgrade writes its line before an older ledger has the columns.
    under = dict(zip(("account", "way"), tx.get_execution_options().get(ACCOUNT, ()), strict=False))
    rows = [
        {name: getattr(event, name) for name in _FIELDS}
        | {"practice": practice, "at": at, "about": event.about[:_ABOUT_MAX]}
        | under
        for event in said
    ]
    log_order.add(tx, rows)


_KIND: Final = Indexed(column=events.c.kind)


def _meant(tx: Connection, practice: str, asked: Condition) -> Condition:
    if asked.field == "kind":
        known = values(tx, practice, _KIND, limit=_KINDS_MAX)
        meant = tuple(one for one in known if any(one == kind or one.startswith(f"{kind}.") for kind in asked.wanted))
        return replace(asked, wanted=meant or asked.wanted)
    if asked.field == "severity" and EventSeverity.ROUTINE in asked.wanted:
        # Only the others are in the index: what is wanted is said by what is not.
        others = tuple(one for one in EventSeverity if one not in asked.wanted)
        return replace(asked, wanted=others, negated=not asked.negated)
    return asked


LIST: Final = List(
    id=events.c.id,
    practice=events.c.practice,
    stored=select(events),
    fields={
        "claim": Indexed(column=events.c.claim),
        "about": Indexed(column=events.c.about),
        "partner": Indexed(column=events.c.partner),
        "kind": _KIND,
        # Word for word what the index was made with: a planner matches text, not meaning.
        "severity": Indexed(column=events.c.severity, also=text("severity != 'routine'")),
    },
    sorts={},
    meant=_meant,
)


def page_of(tx: Connection, practice: str, asked: Asked) -> Page[Logged]:
    """List lines of the log in order. A kind also means what begins with it and a dot."""
    return page(tx, practice, LIST, asked, _logged)


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
    severities: Collection[EventSeverity] = (),
) -> tuple[Logged, ...]:
    """Read lines in order, from the one behind number `after`. `kind` also matches what begins with it and a dot."""
    asked = asked_for(
        after=after, limit=limit, claim=claim, partner=partner, about=about, kind=kind, severity=severities
    )
    return page_of(tx, practice, asked).rows


def last_number(tx: Connection, practice: str) -> int:
    """Give the number of the newest line; 0 if there is none."""
    query = select(events.c.id).where(events.c.practice == practice).order_by(events.c.id.desc()).limit(1)
    return tx.execute(query).scalar() or 0


def _logged(row: RowMapping) -> Logged:
    told = dict(row)
    number, at, account, way = (told.pop(name) for name in ("id", "at", "account", "way"))
    told.pop("practice")
    told["severity"] = EventSeverity(told["severity"])
    return Logged(number=number, at=at, event=Event(**told), account=account, way=way)
