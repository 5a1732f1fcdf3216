"""Claims, their versions and their service lines."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from gateway.claim import Claim
from gateway.errors import LedgerConflict
from gateway.event import Event
from gateway.ledger import events
from gateway.ledger.lists import Elsewhere, Indexed, List, Page, Plain, page
from gateway.ledger.parameters import some_at_once
from gateway.ledger.record import Billed, billed_from_bytes, claim_from_bytes, claim_to_bytes
from gateway.ledger.tables import (
    claim_versions,
    claims,
    denials,
    interchange_claims,
    parked_money,
    payments,
    service_lines,
    visits,
)
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import MOVES, ClaimState
from gateway.listing import Asked, asked_for
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


LIST: Final = List(
    id=claim_versions.c.id,
    practice=claim_versions.c.practice,
    stored=_STORED,
    fields={
        "state": Indexed(column=claim_versions.c.state),
        "payer": Indexed(column=claim_versions.c.payer, split=True),
        "partner": Indexed(column=claim_versions.c.partner, split=True),
        "claim": Indexed(column=claim_versions.c.pcn),
        "visit": Elsewhere(
            ids=lambda practice, asked: (
                select(claim_versions.c.id)
                .join(claims, claims.c.id == claim_versions.c.claim_id)
                .join(visits, visits.c.id == claims.c.visit_id)
                .where(visits.c.practice == practice, visits.c.key.in_(asked.wanted))
            ),
            column=visits.c.key,
            practice=visits.c.practice,
        ),
        "carc": Elsewhere(
            ids=lambda practice, asked: select(denials.c.claim_version_id).where(
                denials.c.practice == practice, denials.c.carc.in_(asked.wanted)
            ),
            column=denials.c.carc,
            practice=denials.c.practice,
            link=denials.c.claim_version_id,
        ),
        "day": Indexed(column=claim_versions.c.day),
        "age": Indexed(column=claim_versions.c.day),
        "charge": Plain(column=claim_versions.c.charge_cents),
    },
    sorts={"day": claim_versions.c.day, "charge": claim_versions.c.charge_cents},
    split=claim_versions.c.state,
    # A version that a later one stands for, or that is not billed after all, is REPLACED: it is shown when asked for.
    split_values=tuple(state for state in ClaimState if state is not ClaimState.REPLACED),
    amount=claim_versions.c.charge_cents,
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


def by_pcns(tx: Connection, practice: str, pcns: Collection[str]) -> dict[str, tuple[StoredClaim, Billed]]:
    """Give the claim versions of those patient control numbers that are this practice's, each with what it billed."""
    found: dict[str, tuple[StoredClaim, Billed]] = {}
    for some in some_at_once(pcns):
        query = _STORED.where(claim_versions.c.practice == practice, claim_versions.c.pcn.in_(some))
        for row in tx.execute(query).mappings():
            found[row["pcn"]] = _stored(row), billed_from_bytes(row["body"])
    return found


def of_visit(tx: Connection, practice: str, visit_id: int) -> tuple[StoredClaim, ...]:
    """Give every version of a visit's claim, oldest first."""
    query = _STORED.where(claims.c.practice == practice, claims.c.visit_id == visit_id)
    return tuple(_stored(row) for row in tx.execute(query.order_by(claim_versions.c.version)).mappings())


def page_of(tx: Connection, practice: str, asked: Asked) -> Page[StoredClaim]:
    """List claims, each as the version that stands."""
    return page(tx, practice, LIST, asked, _stored)


def current(
    tx: Connection,
    practice: str,
    *,
    states: Collection[ClaimState] = (),
    partner: str = "",
    payer: str = "",
    after: int = 0,
    limit: int = 100,
) -> tuple[StoredClaim, ...]:
    """Give the claims that stand, by their ids from the one behind id `after`: of some states, partner or payer if asked."""
    return page_of(tx, practice, asked_for(after=after, limit=limit, state=states, partner=partner, payer=payer)).rows


def answers_of(tx: Connection, practice: str, visit_ids: Collection[int]) -> dict[int, str]:
    """Give, for some visits, what was ever answered to their claims, as text that changes when that does."""
    answered = (
        select(func.count()).where(payments.c.claim_version_id == claim_versions.c.id).correlate(claim_versions)
    ).scalar_subquery()
    parked = (
        select(func.count())
        .where(parked_money.c.practice == practice, parked_money.c.reference == claim_versions.c.pcn)
        .correlate(claim_versions)
    ).scalar_subquery()
    query = (
        select(claims.c.visit_id, claim_versions.c.id, claim_versions.c.payer_claim_number, answered, parked)
        .join(claim_versions, claim_versions.c.claim_id == claims.c.id)
        .where(claims.c.practice == practice, claims.c.visit_id.in_(visit_ids))
        .order_by(claims.c.visit_id, claim_versions.c.id)
    )
    found: dict[int, str] = {}
    for visit_id, *said in tx.execute(query):
        found[visit_id] = f"{found.get(visit_id, '')}{said};"
    return found


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
    return tuple(_line(row) for row in tx.execute(query.order_by(service_lines.c.ordinal)).mappings())


def lines_of_all(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, tuple[StoredLine, ...]]:
    """Give the lines of several claim versions, each one's in order."""
    found: dict[int, list[StoredLine]] = {}
    for some in some_at_once(version_ids):
        query = select(service_lines).where(
            service_lines.c.practice == practice, service_lines.c.claim_version_id.in_(some)
        )
        for row in tx.execute(query.order_by(service_lines.c.claim_version_id, service_lines.c.ordinal)).mappings():
            found.setdefault(row["claim_version_id"], []).append(_line(row))
    return {version_id: tuple(lines) for version_id, lines in found.items()}


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


class Answered(NamedTuple):
    """What the answers of one remittance leave of a claim version: its state, and the payer's number of it."""

    claim: StoredClaim
    after: ClaimState
    payer_claim_number: str


def answer_all(tx: Connection, practice: str, answered: Collection[Answered]) -> None:
    """Give claim versions the state and the payer's number that answers left them in; their events are written beside.

    Each move on the way was one of MOVES. Raises LedgerConflict if one is no longer in the state it was read in.
    """
    if not answered:
        return
    mine = (
        claim_versions.c.practice == practice,
        claim_versions.c.id == bindparam("its_id"),
        claim_versions.c.state == bindparam("before"),
    )
    changed = (
        update(claim_versions).where(*mine).values(state=bindparam("after"), payer_claim_number=bindparam("number"))
    )
    rows = [
        {
            "its_id": one.claim.id,
            "before": one.claim.state.value,
            "after": one.after.value,
            "number": one.payer_claim_number,
        }
        for one in answered
    ]
    if tx.execute(changed, rows).rowcount != len(rows):
        raise LedgerConflict("one of the claims is not in the state it was read in; read it again before acting")


def count_by_state(tx: Connection, practice: str) -> dict[ClaimState, tuple[int, int]]:
    """Count the current claim versions in each state, with their charges in cents."""
    query = (
        select(claim_versions.c.state, func.count(), func.coalesce(func.sum(claim_versions.c.charge_cents), 0))
        .join(claims, (claims.c.id == claim_versions.c.claim_id) & (claims.c.version == claim_versions.c.version))
        .where(claims.c.practice == practice)
        .group_by(claim_versions.c.state)
    )
    return {ClaimState(state): (number, int(charge)) for state, number, charge in tx.execute(query)}


def _line(row: RowMapping) -> StoredLine:
    return StoredLine(
        id=row["id"],
        claim_version_id=row["claim_version_id"],
        control=row["control"],
        procedure=row["procedure"],
        modifiers=tuple(row["modifiers"].split(":")) if row["modifiers"] else (),
        units=row["units"],
        charge_cents=row["charge_cents"],
    )


def _stored(row: RowMapping) -> StoredClaim:
    fields = {name: row[name] for name in StoredClaim.__dataclass_fields__ if name != "state"}
    return StoredClaim(**fields, state=ClaimState(row["state"]))
