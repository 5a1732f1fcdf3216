"""Remittances, payments, postings and parked money."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, select, update

from gateway.ledger.lists import Elsewhere, Indexed, List, Page, Plain, page
from gateway.ledger.parameters import some_at_once
from gateway.ledger.tables import (
    claim_versions,
    claims,
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
from gateway.remittance import ClaimPayment, Remittance


class RemittanceState(StrEnum):
    """Where a remittance stands."""

    POSTED = "posted"
    SET_ASIDE = "set aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRemittance:
    """One ST of an 835 as it was kept."""

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
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePosting:
    """One amount on one service line. `bucket` says whose it is; the buckets of a line add up to its charge."""

    line_id: int
    bucket: str
    cents: int
    group_code: str = ""
    carc: str = ""
    rarcs: tuple[str, ...] = ()


class StandingKey(NamedTuple):
    """By what the postings on a claim's lines are added up."""

    line_id: int
    bucket: str
    group_code: str
    carc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """Money that came and belongs to no line of ours."""

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
            at=at,
        )
    ).inserted_primary_key
    assert key is not None
    row = tx.execute(select(remittances).where(remittances.c.id == key[0])).mappings().one()
    return _stored(row)


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
    tx: Connection, practice: str, remittance: StoredRemittance, state: RemittanceState, why: str
) -> StoredRemittance:
    """Say what became of a remittance that was set aside, once it was read again."""
    mine = (remittances.c.practice == practice, remittances.c.id == remittance.id)
    tx.execute(update(remittances).where(*mine).values(state=state, why=why))
    return _stored(tx.execute(select(remittances).where(*mine)).mappings().one())


def posted_before(tx: Connection, practice: str, remittance: Remittance) -> StoredRemittance | None:
    """Give the remittance already posted under the same trace, originator, day and amount, if there is one."""
    r = remittances.c
    query = select(remittances).where(
        r.practice == practice, r.state == RemittanceState.POSTED, *_same_payment(remittance)
    )
    row = tx.execute(query).mappings().first()
    return None if row is None else _stored(row)


class NewPayment(NamedTuple):
    """What one claim version was paid, with the postings on its lines."""

    claim_version_id: int
    payment: ClaimPayment
    amounts: tuple[LinePosting, ...]


def add_payments(
    tx: Connection, practice: str, remittance: StoredRemittance, some: Sequence[NewPayment]
) -> tuple[int, ...]:
    """Store the payments of a remittance, which has none yet, in this order. Gives their ids."""
    if not some:
        return ()
    tx.execute(insert(payments), [_payment_row(practice, remittance, one) for one in some])
    # Ids grow by the order of writing, and the remittance has no other payments: so nothing is asked for each by itself.
    query = select(payments.c.id).where(payments.c.practice == practice, payments.c.remittance_id == remittance.id)
    ids = tuple(tx.execute(query.order_by(payments.c.id)).scalars())
    assert len(ids) == len(some), "a remittance is posted once"
    rows = [
        _posting_row(practice, payment_id, amount)
        for payment_id, one in zip(ids, some, strict=True)
        for amount in one.amounts
    ]
    if rows:
        tx.execute(insert(postings), rows)
    return ids


def _payment_row(practice: str, remittance: StoredRemittance, one: NewPayment) -> dict[str, object]:
    return {
        "practice": practice,
        "remittance_id": remittance.id,
        "claim_version_id": one.claim_version_id,
        "status": one.payment.status,
        "reversal": one.payment.is_reversal,
        "charge_cents": cents(one.payment.charge),
        "paid_cents": cents(one.payment.paid),
        "payer_claim_number": one.payment.payer_claim_number,
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
    }


def park_all(tx: Connection, practice: str, remittance: StoredRemittance, some: Iterable[Parked]) -> None:
    """Keep money that belongs to no line, each with the reason why, in this order."""
    rows = [
        {
            "practice": practice,
            "remittance_id": remittance.id,
            "reason": parked.reason,
            "reference": parked.reference,
            "cents": parked.cents,
            "said": parked.said,
        }
        for parked in some
    ]
    if rows:
        tx.execute(insert(parked_money), rows)


def balances(tx: Connection, practice: str, claim_version_id: int) -> dict[int, dict[str, int]]:
    """Give, for each line of a claim version, the cents in each bucket."""
    query = (
        select(postings.c.line_id, postings.c.bucket, func.sum(postings.c.cents))
        .join(service_lines, service_lines.c.id == postings.c.line_id)
        .where(postings.c.practice == practice, service_lines.c.claim_version_id == claim_version_id)
        .group_by(postings.c.line_id, postings.c.bucket)
    )
    found: dict[int, dict[str, int]] = {}
    for line_id, bucket, amount in tx.execute(query):
        found.setdefault(line_id, {})[bucket] = int(amount)
    return found


def standing_of_all(
    tx: Connection, practice: str, claim_version_ids: Collection[int]
) -> dict[int, dict[StandingKey, int]]:
    """Give what stands on the lines of several claim versions: postings added up by line, bucket, group and reason."""
    key = (postings.c.line_id, postings.c.bucket, postings.c.group_code, postings.c.carc)
    found: dict[int, dict[StandingKey, int]] = {}
    for some in some_at_once(claim_version_ids):
        query = (
            select(service_lines.c.claim_version_id, *key, func.sum(postings.c.cents))
            .join(service_lines, service_lines.c.id == postings.c.line_id)
            .where(postings.c.practice == practice, service_lines.c.claim_version_id.in_(some))
            .group_by(service_lines.c.claim_version_id, *key)
        )
        for version_id, *told, amount in tx.execute(query):
            found.setdefault(version_id, {})[StandingKey(*told)] = int(amount)
    return found


def answers_counted(tx: Connection, practice: str, claim_version_ids: Collection[int]) -> dict[int, int]:
    """Count the payments of several claim versions, of those that have any. They are only ever added: as many are the same."""
    found: dict[int, int] = {}
    for some in some_at_once(claim_version_ids):
        query = select(payments.c.claim_version_id, func.count().label("number")).where(
            payments.c.practice == practice, payments.c.claim_version_id.in_(some)
        )
        counted = tx.execute(query.group_by(payments.c.claim_version_id))
        found |= {row.claim_version_id: row.number for row in counted}
    return found


DOES_NOT_FIT = "does not fit"
"""The reason of money parked for a claim of ours: it was answered, and the answer fits none of its lines."""


def adjudicated_among(tx: Connection, practice: str, versions: Mapping[int, str]) -> frozenset[int]:
    """Give which claim versions an 835 has ever answered, also where the answer is parked.

    versions  the patient control number of each claim version, by its id
    """
    answered: set[int] = set()
    for some in some_at_once(versions):
        posted = select(payments.c.claim_version_id).where(
            Unindexed(payments.c.practice) == practice, payments.c.claim_version_id.in_(some)
        )
        parked = select(parked_money.c.reference).where(
            parked_money.c.practice == practice,
            parked_money.c.reference.in_({versions[one] for one in some}),
            parked_money.c.reason == DOES_NOT_FIT,
        )
        waits = set(tx.execute(parked).scalars())
        answered.update(tx.execute(posted).scalars(), (one for one in some if versions[one] in waits))
    return frozenset(answered)


def has_parked(tx: Connection, practice: str, pcn: str) -> bool:
    """Tell whether an answer to a claim of ours is parked because it fits none of its lines."""
    query = select(parked_money.c.id).where(
        parked_money.c.practice == practice,
        parked_money.c.reference == pcn,
        parked_money.c.reason == DOES_NOT_FIT,
    )
    return tx.execute(query.limit(1)).first() is not None


def totals_by_bucket(tx: Connection, practice: str) -> dict[str, int]:
    """Give the cents in each bucket over the claims that stand, each with its current version."""
    query = (
        select(postings.c.bucket, func.sum(postings.c.cents))
        .join(service_lines, service_lines.c.id == postings.c.line_id)
        .join(claim_versions, claim_versions.c.id == service_lines.c.claim_version_id)
        .join(claims, (claims.c.id == claim_versions.c.claim_id) & (claims.c.version == claim_versions.c.version))
        .where(postings.c.practice == practice, claim_versions.c.state != ClaimState.REPLACED)
        .group_by(postings.c.bucket)
    )
    return {bucket: int(amount) for bucket, amount in tx.execute(query)}


def parked_total(tx: Connection, practice: str) -> int:
    """Give the cents that are parked."""
    query = select(func.coalesce(func.sum(parked_money.c.cents), 0)).where(parked_money.c.practice == practice)
    return int(tx.execute(query).scalar_one())


def parked_of(tx: Connection, practice: str, remittance_id: int) -> tuple[Parked, ...]:
    """Give what one remittance left parked."""
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
    return tuple(
        LinePosting(
            line_id=row["line_id"],
            bucket=row["bucket"],
            cents=row["cents"],
            group_code=row["group_code"],
            carc=row["carc"],
            rarcs=tuple(row["rarcs"].split()),
        )
        for row in tx.execute(query.order_by(postings.c.id)).mappings()
    )


def _stored(row: RowMapping) -> StoredRemittance:
    fields = {name: row[name] for name in StoredRemittance.__dataclass_fields__ if name != "state"}
    return StoredRemittance(**fields, state=RemittanceState(row["state"]))
