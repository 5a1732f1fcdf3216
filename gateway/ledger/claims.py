"""Claims, their versions and their service lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from gateway.claim import Claim
from gateway.errors import LedgerConflict
from gateway.event import Event
from gateway.ledger import events
from gateway.ledger.record import claim_from_bytes, claim_to_bytes
from gateway.ledger.tables import (
    claim_versions,
    claims,
    interchange_claims,
    service_lines,
    visits,
)
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import MOVES, ClaimState
from gateway.money import cents

_MOVED_AT_ONCE: Final = 500
"""Ids in one statement: each database takes a limited number of parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredClaim:
    """One version of a claim, without its body. `id` is the version's; `pcn` its patient control number."""

    id: int
    claim_id: int
    version: int
    visit_id: int
    visit_key: str
    visit_version_id: int
    state: ClaimState
    pcn: str
    frequency: str
    payer: str
    partner: str
    day: date
    charge_cents: int
    payer_claim_number: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLine:
    """One service line of a claim version."""

    id: int
    claim_version_id: int
    control: str
    procedure: str
    modifiers: tuple[str, ...]
    units: int
    charge_cents: int


_STORED = (
    select(claim_versions, claims.c.visit_id, visits.c.key.label("visit_key"))
    .join(claims, claims.c.id == claim_versions.c.claim_id)
    .join(visits, visits.c.id == claims.c.visit_id)
)


def add(
    tx: Connection, practice: str, visit: StoredVisit, claim: Claim, *, partner: str, event: Event, at: datetime
) -> StoredClaim:
    """Store the next version of the visit's claim, READY, together with its event."""
    row = tx.execute(select(claims).where(claims.c.practice == practice, claims.c.visit_id == visit.visit_id))
    known = row.mappings().first()
    if known is None:
        key = tx.execute(
            insert(claims).values(practice=practice, visit_id=visit.visit_id, version=1)
        ).inserted_primary_key
        assert key is not None
        claim_id, version = key[0], 1
    else:
        claim_id, version = known["id"], known["version"] + 1
        tx.execute(update(claims).where(claims.c.id == claim_id).values(version=version))
    new = tx.execute(
        insert(claim_versions).values(
            practice=practice,
            claim_id=claim_id,
            version=version,
            visit_version_id=visit.id,
            state=ClaimState.READY,
            pcn=claim.patient_control_number,
            frequency=claim.frequency,
            payer=claim.coverage.payer_id,
            partner=partner,
            day=claim.day,
            charge_cents=cents(claim.charge),
            payer_claim_number="",
            body=claim_to_bytes(claim),
            at=at,
        )
    ).inserted_primary_key
    assert new is not None
    tx.execute(
        insert(service_lines),
        [
            {
                "practice": practice,
                "claim_version_id": new[0],
                "ordinal": ordinal,
                "control": line.control,
                "procedure": line.procedure,
                "modifiers": ":".join(line.modifiers),
                "units": line.units,
                "charge_cents": cents(line.charge),
            }
            for ordinal, line in enumerate(claim.lines, start=1)
        ],
    )
    events.write(tx, practice, event, at=at)
    return by_id(tx, practice, new[0])


def by_id(tx: Connection, practice: str, version_id: int) -> StoredClaim:
    """Give the claim version of that id."""
    query = _STORED.where(claim_versions.c.practice == practice, claim_versions.c.id == version_id)
    return _stored(tx.execute(query).mappings().one())


def by_pcn(tx: Connection, practice: str, pcn: str) -> StoredClaim | None:
    """Give the claim version of that patient control number, if it is this practice's."""
    query = _STORED.where(claim_versions.c.practice == practice, claim_versions.c.pcn == pcn)
    row = tx.execute(query).mappings().first()
    return None if row is None else _stored(row)


def of_visit(tx: Connection, practice: str, visit_id: int) -> tuple[StoredClaim, ...]:
    """Give every version of a visit's claim, oldest first."""
    query = _STORED.where(claims.c.practice == practice, claims.c.visit_id == visit_id)
    return tuple(_stored(row) for row in tx.execute(query.order_by(claim_versions.c.version)).mappings())


def current(
    tx: Connection,
    practice: str,
    *,
    states: Iterable[ClaimState] = (),
    partner: str = "",
    payer: str = "",
    after: int = 0,
    limit: int = 100,
) -> tuple[StoredClaim, ...]:
    """List the current version of each claim in the order of their ids, from the one behind id `after`."""
    query = _STORED.where(
        claims.c.practice == practice, claims.c.version == claim_versions.c.version, claim_versions.c.id > after
    )
    wanted = tuple(states)
    if wanted:
        query = query.where(claim_versions.c.state.in_(wanted))
    if partner:
        query = query.where(claim_versions.c.partner == partner)
    if payer:
        query = query.where(claim_versions.c.payer == payer)
    rows = tx.execute(query.order_by(claim_versions.c.id).limit(limit)).mappings()
    return tuple(_stored(row) for row in rows)


def versions(tx: Connection, practice: str, *, after: int = 0, limit: int = 100) -> tuple[StoredClaim, ...]:
    """List every version of every claim in the order of their ids, from the one behind id `after`."""
    query = _STORED.where(claim_versions.c.practice == practice, claim_versions.c.id > after)
    return tuple(_stored(row) for row in tx.execute(query.order_by(claim_versions.c.id).limit(limit)).mappings())


def body_of(tx: Connection, practice: str, version_id: int) -> Claim:
    """Read a claim version whole."""
    query = select(claim_versions.c.body).where(
        claim_versions.c.practice == practice, claim_versions.c.id == version_id
    )
    return claim_from_bytes(tx.execute(query).scalar_one())


def lines_of(tx: Connection, practice: str, version_id: int) -> tuple[StoredLine, ...]:
    """Give a claim version's lines in order."""
    query = select(service_lines).where(
        service_lines.c.practice == practice, service_lines.c.claim_version_id == version_id
    )
    return tuple(
        StoredLine(
            id=row["id"],
            claim_version_id=row["claim_version_id"],
            control=row["control"],
            procedure=row["procedure"],
            modifiers=tuple(row["modifiers"].split(":")) if row["modifiers"] else (),
            units=row["units"],
            charge_cents=row["charge_cents"],
        )
        for row in tx.execute(query.order_by(service_lines.c.ordinal)).mappings()
    )


def in_interchange(tx: Connection, practice: str, interchange_id: int) -> tuple[StoredClaim, ...]:
    """Give the claim versions that an interchange carries."""
    query = _STORED.join(interchange_claims, interchange_claims.c.claim_version_id == claim_versions.c.id).where(
        interchange_claims.c.practice == practice, interchange_claims.c.interchange_id == interchange_id
    )
    return tuple(_stored(row) for row in tx.execute(query.order_by(claim_versions.c.id)).mappings())


def move(tx: Connection, practice: str, claim: StoredClaim, after: ClaimState, *, event: Event, at: datetime) -> None:
    """Move a claim version, with its event. Raises LedgerConflict if it is no longer in the state it was read in."""
    move_all(tx, practice, ((claim, event),), after, at=at)


def move_all(
    tx: Connection, practice: str, moves: Iterable[tuple[StoredClaim, Event]], after: ClaimState, *, at: datetime
) -> None:
    """Move claim versions to one state, each with its event; the events are written in this order.

    Raises LedgerConflict if one of them is no longer in the state it was read in: then the transaction has to go.
    """
    every = tuple(moves)
    for first in range(0, len(every), _MOVED_AT_ONCE):
        some = every[first : first + _MOVED_AT_ONCE]
        for before in {claim.state for claim, _ in some}:
            _moved(tx, [claim for claim, _ in some if claim.state is before], before, after)
        events.write_all(tx, practice, (event for _, event in some), at=at)


def _moved(tx: Connection, some: list[StoredClaim], before: ClaimState, after: ClaimState) -> None:
    if after not in MOVES[before]:
        raise LedgerConflict(f"{before} to {after} is not a move of a claim; read it again before acting")
    ids = [claim.id for claim in some]
    ours = claim_versions.c.id.in_(ids), claim_versions.c.state == before
    if tx.execute(update(claim_versions).where(*ours).values(state=after)).rowcount != len(ids):
        which = f"claim {some[0].pcn}" if len(some) == 1 else f"one of {len(some)} claims from {some[0].pcn} on"
        raise LedgerConflict(f"{which} is not {before} any more; read it again before acting")


def learn_payer_number(tx: Connection, claim: StoredClaim, number: str) -> None:
    """Keep the payer's own number of a claim; the newest that it told us stands."""
    if number:
        tx.execute(update(claim_versions).where(claim_versions.c.id == claim.id).values(payer_claim_number=number))


def count_by_state(tx: Connection, practice: str) -> dict[ClaimState, tuple[int, int]]:
    """Count the current claim versions in each state, with their charges in cents."""
    query = (
        select(claim_versions.c.state, func.count(), func.coalesce(func.sum(claim_versions.c.charge_cents), 0))
        .join(claims, (claims.c.id == claim_versions.c.claim_id) & (claims.c.version == claim_versions.c.version))
        .where(claims.c.practice == practice)
        .group_by(claim_versions.c.state)
    )
    return {ClaimState(state): (number, int(charge)) for state, number, charge in tx.execute(query)}


def _stored(row: RowMapping) -> StoredClaim:
    fields = {name: row[name] for name in StoredClaim.__dataclass_fields__ if name != "state"}
    return StoredClaim(**fields, state=ClaimState(row["state"]))
