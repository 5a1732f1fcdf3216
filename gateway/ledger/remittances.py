"""Remittances, payments, postings, and what was parked of each remittance."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, select, update

from gateway.desk import ItemKind
from gateway.ledger.lists import Elsewhere, Indexed, List, Page, Plain, page
from gateway.ledger.parameters import some_at_once
from gateway.ledger.tables import (
    answers,
    claim_versions,
    claims,
    desk_items,
    parked_money,
    payments,
    postings,
    remittances,
    service_lines,
)
from gateway.ledger.unindexed import Unindexed
from gateway.lifecycle import ClaimState
from gateway.listing import Asked, asked_for
from gateway.money import cents
from gateway.remittance import Remittance


class RemittanceState(StrEnum):
    """Where a remittance stands."""

    POSTED = "posted"
    SET_ASIDE = "set aside"
    CLOSED = "closed"
    """It was set aside, and a person decided that it is not posted: it is not ours, or was replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRemittance:
    """One ST of an 835 as it was kept. `digest` tells its claims; empty of one that was kept before digests were."""

    id: int
    inbound_id: int
    partner: str
    set_control: str
    state: RemittanceState
    why: str
    payer_id: str
    payer_name: str
    trace: str
    originator: str
    method: str
    paid_on: date
    payment_cents: int
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LinePosting:
    """One amount on one service line. `bucket` says whose it is; the buckets of a line add up to its charge.

    of_claim  it is the line's share of what the payer said for the claim as a whole
    """

    line_id: int
    bucket: str
    cents: int
    group_code: str = ""
    carc: str = ""
    rarcs: tuple[str, ...] = ()
    of_claim: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A movement of money that is on no line of ours; negative what has left the desk since."""

    reason: str
    reference: str
    cents: int
    said: str


def add(
    tx: Connection,
    practice: str,
    remittance: Remittance,
    *,
    inbound_id: int,
    partner: str,
    state: RemittanceState,
    why: str,
    at: datetime,
) -> StoredRemittance:
    """Store a remittance. The ledger itself refuses a second posted one with the same trace, payer, day and amount."""
    key = tx.execute(
        insert(remittances).values(
            practice=practice,
            inbound_id=inbound_id,
            partner=partner,
            set_control=remittance.control,
            state=state,
            why=why,
            payer_id=remittance.payer_id,
            payer_name=remittance.payer_name,
            trace=remittance.trace,
            originator=remittance.originator,
            method=remittance.method,
            paid_on=remittance.paid_on,
            payment_cents=cents(remittance.payment),
            digest=digest_of(remittance),
            at=at,
        )
    ).inserted_primary_key
    assert key is not None
    row = tx.execute(select(remittances).where(remittances.c.id == key[0])).mappings().one()
    return _stored(row)


def digest_of(remittance: Remittance) -> str:
    """Give what tells its claims from those of another payment under the same key: CLP01, CLP07 and CLP04 of each."""
    said = sorted(f"{one.patient_control_number}*{one.payer_claim_number}*{one.paid}" for one in remittance.claims)
    return blake2b("~".join(said).encode(), digest_size=16).hexdigest()


def _same_payment(remittance: Remittance) -> tuple[ColumnElement[bool], ...]:
    """Tell one payment by its trace, originator, day and amount (TRN02, TRN03, BPR16, BPR02)."""
    r = remittances.c
    return (
        r.trace == remittance.trace,
        r.originator == remittance.originator,
        r.paid_on == remittance.paid_on,
        r.payment_cents == cents(remittance.payment),
    )


def set_aside_before(
    tx: Connection, practice: str, remittance: Remittance, *, inbound_id: int
) -> StoredRemittance | None:
    """Give this remittance of this file as it was set aside, if it was."""
    r = remittances.c
    query = select(remittances).where(
        r.practice == practice,
        r.inbound_id == inbound_id,
        r.state == RemittanceState.SET_ASIDE,
        r.set_control == remittance.control,
        *_same_payment(remittance),
    )
    row = tx.execute(query).mappings().first()
    return None if row is None else _stored(row)


def of_file(tx: Connection, practice: str, inbound_id: int) -> tuple[StoredRemittance, ...]:
    """Give the remittances of an inbound file, in its order."""
    query = select(remittances).where(remittances.c.practice == practice, remittances.c.inbound_id == inbound_id)
    return tuple(_stored(row) for row in tx.execute(query.order_by(remittances.c.id)).mappings())


def take_up(
    tx: Connection, practice: str, remittance: StoredRemittance, state: RemittanceState, why: str, *, digest: str
) -> StoredRemittance:
    """Say what became of a remittance that was set aside, once it was read again. `digest` tells its claims."""
    mine = (remittances.c.practice == practice, remittances.c.id == remittance.id)
    tx.execute(update(remittances).where(*mine).values(state=state, why=why, digest=digest))
    return _stored(tx.execute(select(remittances).where(*mine)).mappings().one())


def decide(tx: Connection, practice: str, remittance_id: int, state: RemittanceState) -> None:
    """Keep what a person decided of a remittance that was set aside."""
    mine = (remittances.c.practice == practice, remittances.c.id == remittance_id)
    tx.execute(update(remittances).where(*mine).values(state=state))


def posted_before(tx: Connection, practice: str, remittance: Remittance) -> tuple[StoredRemittance, ...]:
    """Give the remittances already posted under the same trace and amount, of the same originator and day, or the same payer.

    One that was typed from paper may tell another day, and knows no originator (TRN03) that the payer has not told before.
    """
    r = remittances.c
    same_key = (r.originator == remittance.originator) & (r.paid_on == remittance.paid_on)
    same_payer = (r.payer_id == remittance.payer_id) & (r.payer_id != "")
    query = select(remittances).where(
        r.practice == practice,
        r.state == RemittanceState.POSTED,
        r.trace == remittance.trace,
        r.payment_cents == cents(remittance.payment),
        same_key | same_payer,
    )
    return tuple(_stored(row) for row in tx.execute(query.order_by(r.id)).mappings())


class NewPayment(NamedTuple):
    """What is posted of one answer, or taken out of its posting again, on the lines of a claim version.

    remittance_id  of the answer; 0 is the remittance that is being posted, and then
    answer_id      is the answer's place among the new ones, else its id
    paid_cents     what of the amounts is paid
    """

    claim_version_id: int
    remittance_id: int
    answer_id: int
    status: str
    is_reversal: bool
    payer_claim_number: str
    charge_cents: int
    paid_cents: int
    amounts: tuple[LinePosting, ...]


def add_payments(tx: Connection, practice: str, some: Sequence[NewPayment]) -> tuple[int, ...]:
    """Store payments whose remittances and answers have their ids, in this order. Gives their ids."""
    if not some:
        return ()
    written = insert(payments).returning(payments.c.id, sort_by_parameter_order=True)
    ids = tuple(tx.execute(written, [_payment_row(practice, one) for one in some]).scalars())
    rows = [
        _posting_row(practice, payment_id, amount)
        for payment_id, one in zip(ids, some, strict=True)
        for amount in one.amounts
    ]
    if rows:
        tx.execute(insert(postings), rows)
    return ids


def _payment_row(practice: str, one: NewPayment) -> dict[str, object]:
    return {
        "practice": practice,
        "remittance_id": one.remittance_id,
        "claim_version_id": one.claim_version_id,
        "answer_id": one.answer_id,
        "status": one.status,
        "reversal": one.is_reversal,
        "charge_cents": one.charge_cents,
        "paid_cents": one.paid_cents,
        "payer_claim_number": one.payer_claim_number,
    }


def _posting_row(practice: str, payment_id: int, amount: LinePosting) -> dict[str, object]:
    return {
        "practice": practice,
        "payment_id": payment_id,
        "line_id": amount.line_id,
        "bucket": amount.bucket,
        "cents": amount.cents,
        "group_code": amount.group_code,
        "carc": amount.carc,
        "rarcs": " ".join(amount.rarcs),
        "of_claim": amount.of_claim,
    }


class Balance(NamedTuple):
    """The cents in each bucket: of a line as the payer said it, and of its share of what was said for the claim."""

    own: dict[str, int]
    of_claim: dict[str, int]

    @property
    def whole(self) -> dict[str, int]:
        """Both together; they come to the line's charge."""
        return {name: self.own.get(name, 0) + self.of_claim.get(name, 0) for name in {**self.own, **self.of_claim}}


def balances(tx: Connection, practice: str, claim_version_id: int) -> dict[int, Balance]:
    """Give, for each line of a claim version that was answered, the cents in each bucket."""
    key = (postings.c.line_id, postings.c.bucket, postings.c.of_claim)
    query = (
        select(*key, func.sum(postings.c.cents))
        .join(service_lines, service_lines.c.id == postings.c.line_id)
        .where(postings.c.practice == practice, service_lines.c.claim_version_id == claim_version_id)
        .group_by(*key)
    )
    found: dict[int, Balance] = {}
    for line_id, bucket, of_claim, amount in tx.execute(query):
        balance = found.setdefault(line_id, Balance({}, {}))
        (balance.of_claim if of_claim else balance.own)[bucket] = int(amount)
    return found


def adjudicated_among(tx: Connection, practice: str, versions: Mapping[int, str]) -> frozenset[int]:
    """Give which claim versions an 835 has ever answered, also where the answer is parked.

    versions  the patient control number of each claim version, by its id
    """
    answered: set[int] = set()
    for some in some_at_once(versions):
        known = select(answers.c.claim_version_id).where(
            Unindexed(answers.c.practice) == practice, answers.c.claim_version_id.in_(some)
        )
        # What waited before answers were kept is on the desk all the same.
        waits = select(desk_items.c.claim).where(
            desk_items.c.practice == practice,
            desk_items.c.claim.in_({versions[one] for one in some}),
            Unindexed(desk_items.c.kind) == ItemKind.MISFIT,
        )
        waiting = set(tx.execute(waits).scalars())
        answered.update(tx.execute(known).scalars(), (one for one in some if versions[one] in waiting))
    return frozenset(answered)


def totals_by_bucket(tx: Connection, practice: str) -> dict[str, int]:
    """Give the cents in each bucket over the claims that stand, each with its current version."""
    query = (
        select(postings.c.bucket, func.sum(postings.c.cents))
        .join(service_lines, service_lines.c.id == postings.c.line_id)
        .join(claim_versions, claim_versions.c.id == service_lines.c.claim_version_id)
        .join(claims, (claims.c.id == claim_versions.c.claim_id) & (claims.c.version == claim_versions.c.version))
        .where(postings.c.practice == practice, claim_versions.c.state.not_in((ClaimState.REPLACED, ClaimState.VOIDED)))
        .group_by(postings.c.bucket)
    )
    return {bucket: int(amount) for bucket, amount in tx.execute(query)}


def parked_of(tx: Connection, practice: str, remittance_id: int) -> tuple[Parked, ...]:
    """Give each movement of what one remittance left parked, in order."""
    query = select(parked_money).where(
        parked_money.c.practice == practice, parked_money.c.remittance_id == remittance_id
    )
    return tuple(
        Parked(reason=row["reason"], reference=row["reference"], cents=row["cents"], said=row["said"])
        for row in tx.execute(query.order_by(parked_money.c.id)).mappings()
    )


LIST: Final = List(
    id=remittances.c.id,
    practice=remittances.c.practice,
    stored=select(remittances),
    fields={
        "state": Indexed(column=remittances.c.state),
        "payer": Indexed(column=remittances.c.payer_id, split=True),
        "trace": Indexed(column=remittances.c.trace),
        "claim": Elsewhere(
            ids=lambda practice, asked: (
                select(payments.c.remittance_id)
                .join(claim_versions, claim_versions.c.id == payments.c.claim_version_id)
                .where(claim_versions.c.practice == practice, claim_versions.c.pcn.in_(asked.wanted))
            ),
            column=claim_versions.c.pcn,
            practice=claim_versions.c.practice,
        ),
        "day": Indexed(column=remittances.c.paid_on),
        "age": Indexed(column=remittances.c.paid_on),
        "amount": Plain(column=remittances.c.payment_cents),
    },
    sorts={"day": remittances.c.paid_on, "amount": remittances.c.payment_cents},
    split=remittances.c.state,
    split_values=tuple(RemittanceState),
    amount=remittances.c.payment_cents,
)


def page_of(tx: Connection, practice: str, asked: Asked) -> Page[StoredRemittance]:
    """List remittances."""
    return page(tx, practice, LIST, asked, _stored)


def listed(
    tx: Connection, practice: str, *, states: Collection[RemittanceState] = (), after: int = 0, limit: int = 100
) -> tuple[StoredRemittance, ...]:
    """Give remittances in the order they were read, from the one behind id `after`; of some states if asked."""
    return page_of(tx, practice, asked_for(after=after, limit=limit, state=states)).rows


def find(tx: Connection, practice: str, remittance_id: int) -> StoredRemittance | None:
    """Give the remittance of that id, if this practice has one."""
    query = select(remittances).where(remittances.c.practice == practice, remittances.c.id == remittance_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else _stored(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayment:
    """What one claim was paid, as it was kept."""

    id: int
    remittance_id: int
    pcn: str
    claim_version_id: int
    status: str
    reversal: bool
    charge_cents: int
    paid_cents: int
    payer_claim_number: str


def payments_of(
    tx: Connection, practice: str, *, remittance_id: int | None = None, claim_version_id: int | None = None
) -> tuple[StoredPayment, ...]:
    """Give the payments of a remittance, or of a claim version, in order."""
    query = (
        select(payments, claim_versions.c.pcn)
        .join(claim_versions, claim_versions.c.id == payments.c.claim_version_id)
        .where(payments.c.practice == practice)
    )
    if remittance_id is not None:
        query = query.where(payments.c.remittance_id == remittance_id)
    if claim_version_id is not None:
        query = query.where(payments.c.claim_version_id == claim_version_id)
    rows = tx.execute(query.order_by(payments.c.id)).mappings()
    return tuple(StoredPayment(**{name: row[name] for name in StoredPayment.__dataclass_fields__}) for row in rows)


def postings_of(tx: Connection, practice: str, payment_id: int) -> tuple[LinePosting, ...]:
    """Give the postings of one payment, in order."""
    query = select(postings).where(postings.c.practice == practice, postings.c.payment_id == payment_id)
    return tuple(posting_of(row, row.cents) for row in tx.execute(query.order_by(postings.c.id)))


def posting_of(row: Any, its_cents: int) -> LinePosting:  # noqa: ANN401 a row with the columns of a posting
    """Give a posting as a row of the ledger has it, of so many cents: several may be added up."""
    return LinePosting(
        line_id=row.line_id,
        bucket=row.bucket,
        cents=its_cents,
        group_code=row.group_code,
        carc=row.carc,
        rarcs=tuple(row.rarcs.split()),
        of_claim=bool(row.of_claim),
    )


def _stored(row: RowMapping) -> StoredRemittance:
    fields = {name: row[name] for name in StoredRemittance.__dataclass_fields__ if name != "state"}
    return StoredRemittance(**fields, state=RemittanceState(row["state"]))
