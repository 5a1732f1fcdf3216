"""What payers answered to our claims: every answer with what of it is posted now, and what of its money waits."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import Connection, RowMapping, bindparam, case, func, insert, select, update

from gateway.ledger.parameters import some_at_once
from gateway.ledger.record import payment_from_bytes, payment_to_bytes
from gateway.ledger.remittances import LinePosting, RemittanceState, posting_of
from gateway.ledger.tables import answers, claim_versions, payments, postings, remittances
from gateway.ledger.unindexed import Unindexed
from gateway.money import cents
from gateway.remittance import ClaimPayment

PLACED: Final = "placed"
"""The fate of an answer whose money a person put elsewhere: another answer stands for it (gateway/remit/standing.py)."""
_KEPT: Final = (
    "id",
    "remittance_id",
    "claim_version_id",
    "paid_on",
    "trace",
    "set_control",
    "ordinal",
    "fate",
    "waits_cents",
    "found_by",
    "payer_id",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An answer that is known.

    payment        the answer itself; None of one that was posted before answers were kept
    number, status, is_reversal, charge_cents, paid_cents   CLP07, CLP02, whether it takes one back, CLP03, CLP04
    payer_id       of its remittance
    found_by       by what it was known to be about that claim
    posted         what of it is posted now: every posting of it, those taken out again among them, added up
    payment_id     under which that was posted last; 0 while nothing is
    at_first       of one that was posted before answers were kept: what was posted then
    """

    id: int
    remittance_id: int
    claim_version_id: int
    paid_on: date
    trace: str
    set_control: str
    ordinal: int
    payment: ClaimPayment | None
    number: str
    status: str
    is_reversal: bool
    charge_cents: int
    paid_cents: int
    fate: str
    waits_cents: int
    found_by: str
    payer_id: str
    posted: tuple[LinePosting, ...]
    payment_id: int
    at_first: tuple[LinePosting, ...]


class NewAnswer(NamedTuple):
    """An answer of a remittance that is being posted. `found_by` says by what it was known to be about that claim."""

    claim_version_id: int
    payment: ClaimPayment
    fate: str
    waits_cents: int
    found_by: str = ""


class Changed(NamedTuple):
    """What has become of an answer that was known."""

    id: int
    fate: str
    waits_cents: int


class Mark(NamedTuple):
    """By what it is seen whether anything was decided about an answer since."""

    id: int
    fate: str
    waits_cents: int


def marks(tx: Connection, practice: str, claim_version_ids: Collection[int]) -> dict[int, tuple[Mark, ...]]:
    """Give the marks of the answers to several claim versions, of those that have any."""
    a, found = answers.c, dict[int, list[Mark]]()
    for some in some_at_once(claim_version_ids):
        query = select(a.claim_version_id, a.id, a.fate, a.waits_cents).where(
            Unindexed(a.practice) == practice, a.claim_version_id.in_(some)
        )
        for row in tx.execute(query.order_by(a.id)):
            found.setdefault(row.claim_version_id, []).append(Mark(row.id, row.fate, row.waits_cents))
    return {version_id: tuple(some) for version_id, some in found.items()}


def of_versions(
    tx: Connection, practice: str, claim_version_ids: Collection[int]
) -> dict[int, tuple[StoredAnswer, ...]]:
    """Give the answers to several claim versions, of those that have any; not those whose money a person put elsewhere."""
    found: dict[int, list[StoredAnswer]] = {}
    first = (payments.c.answer_id.is_(None)) & (payments.c.id == answers.c.id)
    query = (
        select(
            answers,
            remittances.c.paid_on,
            remittances.c.trace,
            remittances.c.set_control,
            remittances.c.payer_id,
            payments.c.payer_claim_number.label("number"),
            payments.c.status,
            payments.c.reversal,
            payments.c.charge_cents,
            payments.c.paid_cents,
        )
        .join(remittances, remittances.c.id == answers.c.remittance_id)
        .outerjoin(payments, first)
    )
    for some in some_at_once(claim_version_ids):
        mine = Unindexed(answers.c.practice) == practice, answers.c.claim_version_id.in_(some)
        known = query.where(*mine, remittances.c.state == RemittanceState.POSTED, answers.c.fate != PLACED)
        known = known.order_by(answers.c.id)
        rows = tx.execute(known).mappings().all()
        posted = _posted(tx, practice, [row["claim_version_id"] for row in rows])
        for row in rows:
            found.setdefault(row["claim_version_id"], []).append(_stored(row, posted.get(row["id"], _Posted())))
    return {version_id: tuple(some) for version_id, some in found.items()}


def claims_of(tx: Connection, practice: str, remittance_id: int) -> tuple[str, ...]:
    """Give the claims that a remittance has answers to, in order."""
    query = (
        select(claim_versions.c.pcn)
        .join(answers, answers.c.claim_version_id == claim_versions.c.id)
        .where(Unindexed(answers.c.practice) == practice, answers.c.remittance_id == remittance_id)
        .order_by(claim_versions.c.id)
    )
    return tuple(dict.fromkeys(tx.execute(query).scalars()))


def is_posted(tx: Connection, practice: str, answer_id: int) -> bool:
    """Tell whether anything of an answer is posted now: what was taken out again does not count."""
    total = func.sum(postings.c.cents)
    query = (
        select(postings.c.line_id, postings.c.bucket)
        .join(payments, payments.c.id == postings.c.payment_id)
        .join(answers, func.coalesce(payments.c.answer_id, payments.c.id) == answers.c.id)
        .where(
            Unindexed(payments.c.practice) == practice,
            payments.c.claim_version_id == answers.c.claim_version_id,
            answers.c.id == answer_id,
        )
        .group_by(postings.c.line_id, postings.c.bucket)
        .having(total != 0)
    )
    return tx.execute(query.limit(1)).first() is not None


def document_of(tx: Connection, practice: str, answer_id: int) -> ClaimPayment | None:
    """Give an answer as it was kept; None of one that was posted before answers were."""
    document = tx.execute(
        select(answers.c.document).where(Unindexed(answers.c.practice) == practice, answers.c.id == answer_id)
    ).scalar()
    return payment_from_bytes(document) if document else None


@dataclass(slots=True)
class _Posted:
    amounts: list[LinePosting] = field(default_factory=list)
    payment_id: int = 0
    at_first: list[LinePosting] = field(default_factory=list)


def _stored(row: RowMapping, posted: _Posted) -> StoredAnswer:
    payment = payment_from_bytes(row["document"]) if row["document"] else None
    if payment is None:
        told = {name: row[name] for name in ("number", "status", "charge_cents", "paid_cents")}
        told["is_reversal"] = bool(row["reversal"])
    else:
        told = {
            "number": payment.payer_claim_number,
            "status": payment.status,
            "is_reversal": payment.is_reversal,
            "charge_cents": cents(payment.charge),
            "paid_cents": cents(payment.paid),
        }
    return StoredAnswer(
        **{name: row[name] for name in _KEPT},
        **told,
        payment=payment,
        posted=tuple(posted.amounts),
        payment_id=posted.payment_id,
        at_first=tuple(posted.at_first),
    )


def _posted(tx: Connection, practice: str, claim_version_ids: Collection[int]) -> dict[int, _Posted]:
    """Give what is posted of each answer, of several claim versions: added up, without what comes to nothing."""
    if not claim_version_ids:
        return {}
    answer = func.coalesce(payments.c.answer_id, payments.c.id)
    key = (
        postings.c.line_id,
        postings.c.bucket,
        postings.c.group_code,
        postings.c.carc,
        postings.c.rarcs,
        postings.c.of_claim,
    )
    last = func.max(payments.c.id).label("payment_id")
    first = func.sum(case((payments.c.answer_id.is_(None), postings.c.cents), else_=0)).label("at_first")
    query = (
        select(answer.label("answer"), *key, func.sum(postings.c.cents).label("cents"), last, first)
        .join(payments, payments.c.id == postings.c.payment_id)
        .where(Unindexed(payments.c.practice) == practice, payments.c.claim_version_id.in_(set(claim_version_ids)))
        .group_by(answer, *key)
        .order_by(func.min(postings.c.id))
    )
    found: dict[int, _Posted] = {}
    for row in tx.execute(query):
        one = found.setdefault(row.answer, _Posted())
        if row.cents:
            one.payment_id = max(one.payment_id, row.payment_id)
            one.amounts.append(posting_of(row, int(row.cents)))
        if row.at_first:
            one.at_first.append(posting_of(row, int(row.at_first)))
    return found


def add_all(tx: Connection, practice: str, remittance_id: int, new: Iterable[NewAnswer]) -> tuple[int, ...]:
    """Keep the answers of a remittance, in this order. Gives their ids."""
    rows = [
        {
            "practice": practice,
            "remittance_id": remittance_id,
            "claim_version_id": one.claim_version_id,
            "ordinal": one.payment.ordinal,
            "document": payment_to_bytes(one.payment),
            "fate": one.fate,
            "waits_cents": one.waits_cents,
            "found_by": one.found_by,
        }
        for one in new
    ]
    if not rows:
        return ()
    tx.execute(insert(answers), rows)
    # A remittance is posted once, and later a person may place one of its answers, alone: ids grow by the order of writing.
    query = select(answers.c.id).where(
        Unindexed(answers.c.practice) == practice, answers.c.remittance_id == remittance_id
    )
    return tuple(tx.execute(query.order_by(answers.c.id)).scalars())[-len(rows) :]


def change_all(tx: Connection, practice: str, changed: Iterable[Changed]) -> None:
    """Keep what has become of answers that were known."""
    rows = [{"its_id": one.id, "now": one.fate, "waits": one.waits_cents} for one in changed]
    if rows:
        mine = Unindexed(answers.c.practice) == practice, answers.c.id == bindparam("its_id")
        tx.execute(update(answers).where(*mine).values(fate=bindparam("now"), waits_cents=bindparam("waits")), rows)
