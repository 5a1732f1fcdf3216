"""Denials with what to do about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from gateway.ledger.tables import claim_versions, claims, denials, visits


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDenial:
    """What posting found on one line, and what the table advises."""

    payment_id: int
    line_id: int
    claim_version_id: int
    group_code: str
    carc: str
    rarcs: str
    procedure: str
    cents: int
    category: str
    owner: str
    note_section: str
    cause: str
    missing: str
    fix: str
    route: str
    decided_by: str
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDenial(NewDenial):
    """A denial as it was kept."""

    id: int
    state: str
    pcn: str
    payer: str
    visit_key: str
    day: date
    at: datetime


_STORED = (
    select(
        denials,
        claim_versions.c.pcn,
        claim_versions.c.payer,
        claim_versions.c.day,
        visits.c.key.label("visit_key"),
    )
    .join(claim_versions, claim_versions.c.id == denials.c.claim_version_id)
    .join(claims, claims.c.id == claim_versions.c.claim_id)
    .join(visits, visits.c.id == claims.c.visit_id)
)


def add(tx: Connection, practice: str, new: NewDenial, *, at: datetime) -> None:
    """Open a denial."""
    fields = {name: getattr(new, name) for name in NewDenial.__dataclass_fields__}
    tx.execute(insert(denials).values(practice=practice, state="open", at=at, **fields))


def close_of_claim(tx: Connection, practice: str, claim_version_id: int) -> int:
    """Close what is open on a claim version: it was replaced or closed. Gives how many there were."""
    return _close(tx, practice, denials.c.claim_version_id == claim_version_id)


def close_of_lines(tx: Connection, practice: str, line_ids: Iterable[int]) -> int:
    """Close what is open on service lines: they were reversed, or answered anew. Gives how many there were."""
    return _close(tx, practice, denials.c.line_id.in_(set(line_ids)))


def _close(tx: Connection, practice: str, which: ColumnElement[bool]) -> int:
    closed = tx.execute(
        update(denials).where(denials.c.practice == practice, denials.c.state == "open", which).values(state="closed")
    )
    return closed.rowcount


def listed(
    tx: Connection,
    practice: str,
    *,
    state: str = "open",
    pcn: str = "",
    owner: str = "",
    route: str = "",
    carc: str = "",
    after: int = 0,
    limit: int = 100,
) -> tuple[StoredDenial, ...]:
    """List denials, from the one behind id `after`. Empty filters do not filter."""
    query = _STORED.where(denials.c.practice == practice, denials.c.id > after)
    for column, wanted in (
        (denials.c.state, state),
        (claim_versions.c.pcn, pcn),
        (denials.c.owner, owner),
        (denials.c.route, route),
        (denials.c.carc, carc),
    ):
        if wanted:
            query = query.where(column == wanted)
    return tuple(_stored(row) for row in tx.execute(query.order_by(denials.c.id).limit(limit)).mappings())


def _stored(row: RowMapping) -> StoredDenial:
    return StoredDenial(**{name: row[name] for name in StoredDenial.__dataclass_fields__})
