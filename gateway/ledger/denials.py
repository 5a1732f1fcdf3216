"""Denials with what to do about them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, func, insert, select, update

from gateway.ledger.lists import Elsewhere, Indexed, List, Page, Plain, page
from gateway.ledger.parameters import some_at_once
from gateway.ledger.tables import claim_versions, claims, denials, visits
from gateway.listing import Asked, asked_for


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
        claim_versions.c.day,
        visits.c.key.label("visit_key"),
    )
    .join(claim_versions, claim_versions.c.id == denials.c.claim_version_id)
    .join(claims, claims.c.id == claim_versions.c.claim_id)
    .join(visits, visits.c.id == claims.c.visit_id)
)


def _by_claim(column: Column[str]) -> Elsewhere:
    return Elsewhere(
        ids=lambda practice, asked: (
            select(denials.c.id)
            .join(claim_versions, claim_versions.c.id == denials.c.claim_version_id)
            .join(claims, claims.c.id == claim_versions.c.claim_id)
            .join(visits, visits.c.id == claims.c.visit_id)
            .where(column.table.c.practice == practice, column.in_(asked.wanted))
        ),
        column=column,
        practice=column.table.c.practice,
    )


LIST: Final = List(
    id=denials.c.id,
    practice=denials.c.practice,
    stored=_STORED,
    fields={
        "state": Indexed(column=denials.c.state),
        "owner": Indexed(column=denials.c.owner, split=True),
        "route": Indexed(column=denials.c.route, split=True),
        "carc": Indexed(column=denials.c.carc, split=True),
        "payer": Indexed(column=denials.c.payer, split=True),
        "due": Indexed(column=denials.c.due_on, split=True, inside=True),
        "claim": _by_claim(claim_versions.c.pcn),
        "visit": _by_claim(visits.c.key),
        "amount": Plain(column=denials.c.cents),
        "age": Plain(column=denials.c.at),
    },
    sorts={"due": denials.c.due_on, "amount": denials.c.cents},
    split=denials.c.state,
    split_values=("open", "closed"),
    amount=denials.c.cents,
)


class PayersDenial(NamedTuple):
    """A denial with the payer that its claim was sent to."""

    new: NewDenial
    payer: str


def add_all(tx: Connection, practice: str, some: Iterable[PayersDenial], *, at: datetime) -> None:
    """Open denials, in this order."""
    rows = [
        {name: getattr(one.new, name) for name in NewDenial.__dataclass_fields__}
        | {"practice": practice, "state": "open", "at": at, "payer": one.payer}
        for one in some
    ]
    if rows:
        tx.execute(insert(denials), rows)


def open_cents(tx: Connection, practice: str, claim_version_id: int) -> int:
    """Add up what is open on a claim version, in cents."""
    mine = denials.c.practice == practice, denials.c.state == "open", denials.c.claim_version_id == claim_version_id
    return int(tx.execute(select(func.coalesce(func.sum(denials.c.cents), 0)).where(*mine)).scalar_one())


def close_of_claim(tx: Connection, practice: str, claim_version_id: int) -> int:
    """Close what is open on a claim version: it was replaced or closed. Gives how many there were."""
    return _close(tx, practice, denials.c.claim_version_id == claim_version_id)


def close_of_lines(tx: Connection, practice: str, line_ids: Iterable[int]) -> int:
    """Close what is open on service lines: they were reversed, or answered anew. Gives how many there were."""
    return sum(_close(tx, practice, denials.c.line_id.in_(some)) for some in some_at_once(set(line_ids)))


def reopen_of_lines(tx: Connection, practice: str, line_ids: Iterable[int]) -> None:
    """Open what the newest answer denied of service lines, and was closed because a later claim stood for theirs."""
    for some in some_at_once(set(line_ids)):
        newest = (
            select(func.max(denials.c.payment_id))
            .where(denials.c.practice == practice, denials.c.line_id.in_(some))
            .group_by(denials.c.line_id)
        )
        which = denials.c.practice == practice, denials.c.line_id.in_(some), denials.c.payment_id.in_(newest)
        tx.execute(update(denials).where(*which).values(state="open"))


def _close(tx: Connection, practice: str, which: ColumnElement[bool]) -> int:
    closed = tx.execute(
        update(denials).where(denials.c.practice == practice, denials.c.state == "open", which).values(state="closed")
    )
    return closed.rowcount


class OpenDenials(NamedTuple):
    """How many denials are open, their cents, and how many of them are due by a day."""

    lines: int
    cents: int
    due: int


def open_total(tx: Connection, practice: str, *, due_by: date) -> OpenDenials:
    """Count and add up what is open."""
    mine = denials.c.practice == practice, denials.c.state == "open"
    total = select(func.count(), func.coalesce(func.sum(denials.c.cents), 0)).where(*mine)
    due = select(func.count()).select_from(denials).where(*mine, denials.c.due_on <= due_by)
    lines, cents = tx.execute(total).one()
    return OpenDenials(int(lines), int(cents), int(tx.execute(due).scalar_one()))


def owners(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Give, of some claim versions, whose their open denials are, by name; those without one are left out."""
    found: dict[int, set[str]] = {}
    for some in some_at_once(version_ids):
        query = select(denials.c.claim_version_id, denials.c.owner).where(
            denials.c.practice == practice, denials.c.claim_version_id.in_(some), denials.c.state == "open"
        )
        for version_id, owner in tx.execute(query):
            found.setdefault(version_id, set()).add(owner)
    return {version_id: tuple(sorted(names)) for version_id, names in found.items()}


def page_of(tx: Connection, practice: str, asked: Asked) -> Page[StoredDenial]:
    """List denials, open and closed ones unless one of them is asked for."""
    return page(tx, practice, LIST, asked, _stored)


def listed(
    tx: Connection, practice: str, *, state: str = "open", pcn: str = "", after: int = 0, limit: int = 100
) -> tuple[StoredDenial, ...]:
    """Give denials from the one behind id `after`: open ones unless said otherwise, of a claim if asked."""
    return page_of(tx, practice, asked_for(after=after, limit=limit, state=state, claim=pcn)).rows


def _stored(row: RowMapping) -> StoredDenial:
    return StoredDenial(**{name: row[name] for name in StoredDenial.__dataclass_fields__})
