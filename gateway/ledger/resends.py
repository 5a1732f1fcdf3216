"""Decisions to send the same bytes again: who, why, and the second person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from gateway.ledger.tables import interchanges, resends


@dataclass(frozen=True, slots=True, kw_only=True)
class Resend:
    """One decision. `approved_by` is empty while the second person has still to countersign it."""

    interchange_id: int
    file: str
    partner: str
    decided_by: str
    reason: str
    at: datetime
    approved_by: str
    approved_at: datetime | None


def record(
    tx: Connection,
    practice: str,
    interchange_id: int,
    *,
    decided_by: str,
    reason: str,
    approved_by: str,
    at: datetime,
) -> None:
    """Keep a decision. `approved_by` is empty where the second person may countersign later."""
    tx.execute(
        insert(resends).values(
            practice=practice,
            interchange_id=interchange_id,
            decided_by=decided_by,
            reason=reason,
            at=at,
            approved_by=approved_by,
            approved_at=at if approved_by else None,
        )
    )


def countersign(tx: Connection, practice: str, interchange_id: int, *, approved_by: str, at: datetime) -> None:
    """Put the second person's name under every decision about a file that lacks it."""
    c = resends.c
    tx.execute(
        update(resends)
        .where(c.practice == practice, c.interchange_id == interchange_id, c.approved_by == "")
        .values(approved_by=approved_by, approved_at=at)
    )


def of_file(tx: Connection, practice: str, interchange_id: int) -> tuple[Resend, ...]:
    """Give the decisions about a file, oldest first."""
    return _listed(tx, practice, resends.c.interchange_id == interchange_id)


def not_countersigned(tx: Connection, practice: str) -> tuple[Resend, ...]:
    """Give the decisions that still lack their second person."""
    return _listed(tx, practice, resends.c.approved_by == "")


def _listed(tx: Connection, practice: str, condition: ColumnElement[bool]) -> tuple[Resend, ...]:
    query = (
        select(resends, interchanges.c.name.label("file"), interchanges.c.partner)
        .join(interchanges, interchanges.c.id == resends.c.interchange_id)
        .where(resends.c.practice == practice, condition)
        .order_by(resends.c.id)
    )
    rows = tx.execute(query).mappings()
    return tuple(Resend(**{name: row[name] for name in Resend.__dataclass_fields__}) for row in rows)
