"""Claims, their versions and their service lines."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, RowMapping, bindparam, false, func, insert, select, update

from gateway.claim import Claim, Frequency
from gateway.errors import LedgerConflict
from gateway.event import Event
from gateway.ledger import events, left_to_others
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
    remittances,
    service_lines,
    visits,
)
from gateway.ledger.tables import events as log
from gateway.ledger.unindexed import Unindexed
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import MOVES, ClaimState
from gateway.listing import Asked, asked_for
from gateway.money import cents


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

    @property
    def is_void(self) -> bool:
        """Tell whether it takes an earlier one back (frequency 8)."""
        return self.frequency == Frequency.VOID


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
        "left": Elsewhere(ids=left_to_others.ids, column=log.c.kind, practice=log.c.practice),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """The next version of a visit's claim, with the event that tells of it."""

    visit: StoredVisit
    claim: Claim
    partner: str
    event: Event


def add_all(tx: Connection, practice: str, new: Sequence[NewClaim], *, at: datetime) -> None:
    """Store the next version of each visit's claim, READY, together with its event. No visit is named twice."""
    if not new:
        return
    numbered = _next_versions(tx, practice, new)
    tx.execute(insert(claim_versions), [_version_row(practice, one, *numbered[one.visit.visit_id], at) for one in new])
    c = claim_versions.c
    pcns = [one.claim.patient_control_number for one in new]
    drawn = select(c.pcn, c.id).where(c.practice == practice, c.pcn.in_(pcns))
    ids = dict(tx.execute(drawn).all())
    tx.execute(
        insert(service_lines),
        [row for one in new for row in _line_rows(practice, ids[one.claim.patient_control_number], one.claim)],
    )
    events.write_all(tx, practice, (one.event for one in new), at=at)


def _next_versions(tx: Connection, practice: str, new: Sequence[NewClaim]) -> dict[int, tuple[int, int]]:
    """Make room for the next version of each visit's claim: the claim's id and the version, by visit.

    It becomes the one that stands, but for a void: what that takes back stands until it is taken back.
    """
    visit_ids = [one.visit.visit_id for one in new]
    last = (
        select(func.max(claim_versions.c.version))
        .where(claim_versions.c.practice == claims.c.practice, claim_versions.c.claim_id == claims.c.id)
        .correlate(claims)
        .scalar_subquery()
    )
    ours = select(claims.c.visit_id, claims.c.id, last.label("last")).where(
        Unindexed(claims.c.practice) == practice, claims.c.visit_id.in_(visit_ids)
    )
    known = {row.visit_id: (row.id, row.last + 1) for row in tx.execute(ours)}
    standing = {one.visit.visit_id for one in new if one.claim.frequency is not Frequency.VOID} & known.keys()
    if standing:
        c = claims.c
        tx.execute(
            update(claims).where(Unindexed(c.practice) == practice, c.visit_id.in_(standing)).values(version=last + 1)
        )
    first = [one for one in visit_ids if one not in known]
    if first:
        tx.execute(insert(claims), [{"practice": practice, "visit_id": one, "version": 1} for one in first])
        made = select(claims.c.visit_id, claims.c.id).where(
            Unindexed(claims.c.practice) == practice, claims.c.visit_id.in_(first)
        )
        known |= {row.visit_id: (row.id, 1) for row in tx.execute(made)}
    return known


def _version_row(practice: str, new: NewClaim, claim_id: int, version: int, at: datetime) -> dict[str, Any]:
    claim = new.claim
    return {
        "practice": practice,
        "claim_id": claim_id,
        "version": version,
        "visit_version_id": new.visit.id,
        "state": ClaimState.READY,
        "pcn": claim.patient_control_number,
        "frequency": claim.frequency,
        "payer": claim.coverage.payer_id,
        "partner": new.partner,
        "day": claim.day,
        "charge_cents": cents(claim.charge),
        "payer_claim_number": "",
        "body": claim_to_bytes(claim),
        "at": at,
    }


def _line_rows(practice: str, version_id: int, claim: Claim) -> Iterator[dict[str, Any]]:
    for ordinal, line in enumerate(claim.lines, start=1):
        yield {
            "practice": practice,
            "claim_version_id": version_id,
            "ordinal": ordinal,
            "control": line.control,
            "procedure": line.procedure,
            "modifiers": ":".join(line.modifiers),
            "units": line.units,
            "charge_cents": cents(line.charge),
        }


def by_id(tx: Connection, practice: str, version_id: int) -> StoredClaim:
    """Give the claim version of that id."""
    query = _STORED.where(claim_versions.c.practice == practice, claim_versions.c.id == version_id)
    return _stored(tx.execute(query).mappings().one())


def by_pcn(tx: Connection, practice: str, pcn: str) -> StoredClaim | None:
    """Give the claim version of that patient control number, if it is this practice's."""
    query = _STORED.where(claim_versions.c.practice == practice, claim_versions.c.pcn == pcn)
    row = tx.execute(query).mappings().first()
    return None if row is None else _stored(row)


def is_billed(tx: Connection, practice: str, payer: str) -> bool:
    """Tell whether a claim was ever billed to that payer."""
    c = claim_versions.c
    return tx.execute(select(c.id).where(c.practice == practice, c.payer == payer).limit(1)).first() is not None


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
    return of_visits(tx, practice, [visit_id]).get(visit_id, ())


def of_visits(tx: Connection, practice: str, visit_ids: Collection[int]) -> dict[int, tuple[StoredClaim, ...]]:
    """Give every version of the claims of some visits, oldest first; a visit without a claim is left out."""
    found: dict[int, tuple[StoredClaim, ...]] = {}
    for some in some_at_once(visit_ids):
        query = _STORED.where(Unindexed(claims.c.practice) == practice, claims.c.visit_id.in_(some))
        for row in tx.execute(query.order_by(claim_versions.c.claim_id, claim_versions.c.version)).mappings():
            found[row["visit_id"]] = (*found.get(row["visit_id"], ()), _stored(row))
    return found


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
        .where(Unindexed(claims.c.practice) == practice, claims.c.visit_id.in_(visit_ids))
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
    return bodies_of(tx, practice, [version_id])[version_id]


def bodies_of(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, Claim]:
    """Read some claim versions whole, by their ids."""
    c = claim_versions.c
    query = select(c.id, c.body).where(Unindexed(c.practice) == practice, c.id.in_(version_ids))
    return {version_id: claim_from_bytes(body) for version_id, body in tx.execute(query)}


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
    for some in some_at_once(tuple(moves)):
        for before in {claim.state for claim, _ in some}:
            _moved(tx, [claim for claim, _ in some if claim.state is before], before, after)
        events.write_all(tx, practice, (event for _, event in some), at=at)


def restore(
    tx: Connection, practice: str, claim: StoredClaim, after: ClaimState, *, event: Event, at: datetime
) -> None:
    """Let a replaced version be the one that stands again, where an answer had left it. Raises LedgerConflict, as a move.

    It is no move of MOVES: only a person makes it, who withdraws what stood for it, and no answer does.
    """
    mine = claim_versions.c.id == claim.id, claim_versions.c.state == ClaimState.REPLACED
    if tx.execute(update(claim_versions).where(*mine).values(state=after)).rowcount != 1:
        raise LedgerConflict(f"claim {claim.pcn} is not {claim.state} any more; read it again before acting")
    its = Unindexed(claims.c.practice) == practice, claims.c.visit_id == claim.visit_id
    tx.execute(update(claims).where(*its).values(version=claim.version))
    events.write(tx, practice, event, at=at)


def _moved(tx: Connection, some: list[StoredClaim], before: ClaimState, after: ClaimState) -> None:
    if after not in MOVES[before]:
        raise LedgerConflict(f"{before} to {after} is not a move of a claim; read it again before acting")
    ids = [claim.id for claim in some]
    ours = claim_versions.c.id.in_(ids), claim_versions.c.state == before
    if tx.execute(update(claim_versions).where(*ours).values(state=after)).rowcount != len(ids):
        which = f"claim {some[0].pcn}" if len(some) == 1 else f"one of {len(some)} claims from {some[0].pcn} on"
        raise LedgerConflict(f"{which} is not {before} any more; read it again before acting")


class Answered(NamedTuple):
    """What the answers of one remittance leave of a claim version: its state, and the payer's number of it."""

    claim: StoredClaim
    after: ClaimState
    payer_claim_number: str


def learn_numbers(tx: Connection, practice: str, payer: str, payer_id: str) -> None:
    """Keep a payer's own numbers of its claims that have none yet, from what was posted under that id: the newest of each."""
    c, p = claim_versions.c, payments.c
    query = (
        select(c.id, p.payer_claim_number)
        .join(payments, p.claim_version_id == c.id)
        .join(remittances, remittances.c.id == p.remittance_id)
        .where(
            c.practice == practice,
            c.payer == payer,
            Unindexed(c.payer_claim_number) == "",
            remittances.c.payer_id == payer_id,
            p.reversal == false(),
            p.payer_claim_number != "",
        )
        .order_by(p.id)
    )
    newest = {row.id: row.payer_claim_number for row in tx.execute(query)}
    rows = [{"its_id": its_id, "number": number} for its_id, number in newest.items()]
    if rows:
        learned = update(claim_versions).where(c.practice == practice, c.id == bindparam("its_id"))
        tx.execute(learned.values(payer_claim_number=bindparam("number")), rows)


def answer_all(tx: Connection, practice: str, answered: Collection[Answered]) -> None:
    """Give claim versions the state and the payer's number that answers left them in; their events are written beside.

    Each move on the way was one of MOVES. Raises LedgerConflict if one has another state, or number, than it was read with.
    """
    if not answered:
        return
    mine = (
        claim_versions.c.practice == practice,
        claim_versions.c.id == bindparam("its_id"),
        claim_versions.c.state == bindparam("before"),
        claim_versions.c.payer_claim_number == bindparam("number_before"),
    )
    changed = (
        update(claim_versions).where(*mine).values(state=bindparam("after"), payer_claim_number=bindparam("number"))
    )
    rows = [
        {
            "its_id": one.claim.id,
            "before": one.claim.state.value,
            "number_before": one.claim.payer_claim_number,
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


def unanswered(tx: Connection, practice: str, *, before: date) -> tuple[int, int]:
    """Count the claims of services before a day that are with their payer and were never answered, and their cents."""
    with_the_payer = (ClaimState.SENT, ClaimState.RECEIVED, ClaimState.ACCEPTED)
    query = select(func.count(), func.coalesce(func.sum(claim_versions.c.charge_cents), 0)).where(
        claim_versions.c.practice == practice,
        claim_versions.c.day < before,
        claim_versions.c.state.in_(with_the_payer),
    )
    number, charge = tx.execute(query).one()
    return int(number), int(charge)


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
