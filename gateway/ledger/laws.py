"""Questions whose answer must be nothing: each finds rows that break a law of the house."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, false, func, select

from gateway.delivery import Delivery
from gateway.desk import ItemKind, ItemState
from gateway.ledger.answers import PLACED
from gateway.ledger.outbox import ITS_DELIVERY, WAITING
from gateway.ledger.parameters import some_at_once
from gateway.ledger.record import has_other_payers, paid_cents_from_bytes
from gateway.ledger.remittances import RemittanceState
from gateway.ledger.tables import (
    acknowledgments,
    answers,
    claim_versions,
    claims,
    deliveries,
    denials,
    desk_items,
    events,
    interchange_claims,
    interchanges,
    parked_money,
    payments,
    postings,
    remittances,
    service_lines,
    visit_versions,
    visits,
)
from gateway.ledger.unindexed import Unindexed
from gateway.lifecycle import ClaimState, VisitState
from gateway.remittance import LATER

_PAGE: Final = 2_000
"""Claim versions whose documents are opened at once."""
_STANDS: Final = "stands"
_MAY_STAND: Final = (_STANDS, "ended")
"""Of an answer of which a person has ended what waited, the rest may stand."""
"""The fate of an answer that counts (gateway/remit/standing.py)."""
_NOTHING_TO_DO: Final = (ClaimState.REPLACED, ClaimState.CLOSED, ClaimState.VOIDED)

_STANDS_NO_MORE = (ClaimState.REPLACED, ClaimState.VOIDED)
"""A claim of which nothing is charged: another one stands for it, or it was taken back."""


def lines_not_divided(tx: Connection, practice: str) -> tuple[tuple[str, str, int], ...]:
    """Give claim, line and cents of each line whose postings come neither to nothing nor to its charge."""
    total = func.sum(postings.c.cents)
    query = (
        select(claim_versions.c.pcn, service_lines.c.control, service_lines.c.charge_cents - total)
        .join(service_lines, service_lines.c.id == postings.c.line_id)
        .join(claim_versions, claim_versions.c.id == service_lines.c.claim_version_id)
        .where(postings.c.practice == practice)
        .group_by(service_lines.c.id, claim_versions.c.pcn, service_lines.c.control, service_lines.c.charge_cents)
        .having(total != 0, total != service_lines.c.charge_cents)
    )
    return tuple((pcn, control, int(off)) for pcn, control, off in tx.execute(query))


def claims_half_answered(tx: Connection, practice: str) -> tuple[str, ...]:
    """Give the claims that say they were answered and of which no line was posted."""
    answered = (ClaimState.PAID, ClaimState.PARTIAL, ClaimState.DENIED)
    posted = (
        select(postings.c.id)
        .join(service_lines, service_lines.c.id == postings.c.line_id)
        .where(service_lines.c.claim_version_id == claim_versions.c.id)
    )
    query = select(claim_versions.c.pcn).where(
        claim_versions.c.practice == practice,
        claim_versions.c.state.in_(answered),
        claim_versions.c.charge_cents > 0,
        ~posted.exists(),
    )
    return tuple(tx.execute(query).scalars())


def _carried() -> ColumnElement[bool]:
    """Which file carries a claim version: with its practice, for the index of carried claims begins with that."""
    return and_(
        interchange_claims.c.practice == claim_versions.c.practice,
        interchange_claims.c.claim_version_id == claim_versions.c.id,
        interchange_claims.c.withdrawn == false(),
    )


def claims_in_two_files(tx: Connection, practice: str) -> tuple[str, ...]:
    """Give the claim versions that more than one interchange carries."""
    query = (
        select(claim_versions.c.pcn)
        .join(interchange_claims, _carried())
        .where(claim_versions.c.practice == practice)
        .group_by(claim_versions.c.id, claim_versions.c.pcn)
        .having(func.count() > 1)
    )
    return tuple(tx.execute(query).scalars())


def claims_without_a_file(tx: Connection, practice: str) -> tuple[str, ...]:
    """Give the claim versions that are said to have left and that no interchange carries."""
    never_left = (ClaimState.READY, ClaimState.REPLACED, ClaimState.CLOSED)
    carried = select(interchange_claims.c.id).where(_carried())
    query = select(claim_versions.c.pcn).where(
        claim_versions.c.practice == practice, claim_versions.c.state.not_in(never_left), ~carried.exists()
    )
    return tuple(tx.execute(query).scalars())


def visits_without_a_claim(tx: Connection, practice: str) -> tuple[str, ...]:
    """Give the current visit versions that say they became a claim and did not."""
    # Of any version: after a declined change the same content stands again as a later version of the visit.
    made = select(claims.c.id).where(claims.c.visit_id == visits.c.id)
    query = (
        select(visits.c.key)
        .join(
            visit_versions,
            (visit_versions.c.visit_id == visits.c.id) & (visit_versions.c.version == visits.c.version),
        )
        .where(visits.c.practice == practice, visit_versions.c.state == VisitState.CLAIMED, ~made.exists())
    )
    return tuple(tx.execute(query).scalars())


def claims_without_evidence(tx: Connection, practice: str) -> tuple[str, ...]:
    """Give the claim versions whose state is not the one that their last move in the log led to."""
    last = (
        select(func.max(events.c.id))
        .where(
            events.c.practice == practice,
            events.c.claim == claim_versions.c.pcn,
            events.c.claim != "",
            events.c.after != "",
        )
        .correlate(claim_versions)
        .scalar_subquery()
    )
    query = (
        select(claim_versions.c.pcn)
        .outerjoin(events, events.c.id == last)
        .where(
            claim_versions.c.practice == practice,
            (events.c.after.is_(None)) | (events.c.after != claim_versions.c.state) | (events.c.artefact == ""),
        )
    )
    return tuple(tx.execute(query).scalars())


def remittances_not_divided(tx: Connection, practice: str) -> tuple[tuple[int, int], ...]:
    """Give id and cents of each posted remittance whose payments and parked money do not come to what was paid."""
    paid = (
        select(func.coalesce(func.sum(payments.c.paid_cents), 0))
        .where(payments.c.remittance_id == remittances.c.id)
        .scalar_subquery()
    )
    parked = (
        select(func.coalesce(func.sum(parked_money.c.cents), 0))
        .where(parked_money.c.remittance_id == remittances.c.id)
        .scalar_subquery()
    )
    off = remittances.c.payment_cents - paid - parked
    query = select(remittances.c.id, off).where(
        remittances.c.practice == practice, remittances.c.state == RemittanceState.POSTED, off != 0
    )
    return tuple((remittance_id, int(cents)) for remittance_id, cents in tx.execute(query))


def desk_not_as_parked(tx: Connection, practice: str) -> tuple[tuple[int, int], ...]:
    """Give id and cents of each remittance of which the desk holds something else than is parked."""
    d, parked = desk_items.c, parked_money.c
    held = select(d.remittance_id.label("id"), d.held_cents.label("cents")).where(d.practice == practice)
    moved = select(parked.remittance_id.label("id"), (-parked.cents).label("cents")).where(parked.practice == practice)
    both = held.union_all(moved).subquery()
    off = func.sum(both.c.cents)
    query = select(both.c.id, off).group_by(both.c.id).having(off != 0).order_by(both.c.id)
    return tuple((remittance_id, int(cents)) for remittance_id, cents in tx.execute(query))


def set_off_alone(tx: Connection, practice: str) -> tuple[tuple[str, int], ...]:
    """Give payer and cents of each payer whose items that met each other did not come to nothing together."""
    d = desk_items.c
    met = d.state == ItemState.SET_OFF
    may_meet_in_parts = d.kind.in_((ItemKind.PROVIDER, ItemKind.REFUND)) & (d.state != ItemState.PLACED)
    may_meet = may_meet_in_parts | (d.kind.in_((ItemKind.OVERPAID, ItemKind.STRANGER)) & met)
    off = func.sum(d.cents - d.left_cents)
    query = select(d.payer, off).where(d.practice == practice, may_meet).group_by(d.payer).having(off != 0)
    return tuple((payer, int(cents)) for payer, cents in tx.execute(query.order_by(d.payer)))


def payments_not_divided(tx: Connection, practice: str) -> tuple[tuple[int, int], ...]:
    """Give id and cents of each payment whose lines were not paid, together, what the claim was paid."""
    posted = (
        select(func.coalesce(func.sum(postings.c.cents), 0))
        .where(postings.c.payment_id == payments.c.id, postings.c.bucket == "paid")
        .scalar_subquery()
    )
    off = payments.c.paid_cents - posted
    query = select(payments.c.id, off).where(payments.c.practice == practice, off != 0)
    return tuple((payment_id, int(cents)) for payment_id, cents in tx.execute(query))


def denied_without_a_denial(tx: Connection, practice: str) -> tuple[str, ...]:
    """Give the claims that stand with a denied amount on a line for which no denial is open: nobody would see it."""
    is_open = select(denials.c.id).where(denials.c.line_id == service_lines.c.id, denials.c.state == "open")
    query = (
        select(claim_versions.c.pcn)
        .join(service_lines, service_lines.c.claim_version_id == claim_versions.c.id)
        .join(postings, postings.c.line_id == service_lines.c.id)
        .where(
            claim_versions.c.practice == practice,
            claim_versions.c.state.not_in((ClaimState.REPLACED, ClaimState.CLOSED, ClaimState.VOIDED)),
            postings.c.bucket == "denied",
            ~is_open.exists(),
        )
        .group_by(claim_versions.c.pcn, service_lines.c.id)
        .having(func.sum(postings.c.cents) > 0)
    )
    return tuple(dict.fromkeys(tx.execute(query).scalars()))


def claims_not_as_answered(tx: Connection, practice: str) -> tuple[tuple[str, int], ...]:
    """Give claim and cents of each claim version that stands with other payments than its answers say.

    An answer counts with what it says was paid (CLP04), less what of that waits on the desk: also where it was taken back,
    for then so was posted. What a person placed elsewhere counts there. The answers themselves are opened, page by page.
    """
    off: dict[int, int] = {}
    for first, last in _pages(tx, practice):
        said, stands = _said_paid(tx, practice, first, last), _stands_paid(tx, practice, first, last)
        differ = {one: said.get(one, 0) - stands.get(one, 0) for one in {*said, *stands}}
        off |= {one: cents for one, cents in sorted(differ.items()) if cents}
    pcns = _pcns(tx, practice, off)
    return tuple((pcns[one], cents) for one, cents in off.items())


def _pages(tx: Connection, practice: str) -> Iterator[tuple[int, int]]:
    """Give the first and the last id of each page of claim versions."""
    ends = select(func.min(claim_versions.c.id), func.max(claim_versions.c.id))
    first, last = tx.execute(ends.where(claim_versions.c.practice == practice)).one()
    if last is not None:
        for one in range(first, last + 1, _PAGE):
            yield one, min(one + _PAGE - 1, last)


def _said_paid(tx: Connection, practice: str, first: int, last: int) -> dict[int, int]:
    """Add up, by claim version, what answers say was paid and does not wait."""
    # One that was posted before answers were kept is told by its payment, which has its id.
    at_first = (payments.c.id == answers.c.id) & payments.c.answer_id.is_(None) & answers.c.document.is_(None)
    query = (
        select(answers.c.claim_version_id, answers.c.document, answers.c.waits_cents, payments.c.paid_cents)
        .outerjoin(payments, at_first)
        .where(
            answers.c.claim_version_id.between(first, last),
            Unindexed(answers.c.practice) == practice,
            Unindexed(answers.c.fate) != PLACED,
        )
    )
    said: dict[int, int] = {}
    for version_id, document, waits, before in tx.execute(query):
        paid = int(before or 0) if document is None else paid_cents_from_bytes(document)
        said[version_id] = said.get(version_id, 0) + paid - int(waits)
    return said


def _stands_paid(tx: Connection, practice: str, first: int, last: int) -> dict[int, int]:
    """Add up, by claim version, what its lines were paid."""
    query = (
        select(service_lines.c.claim_version_id, func.sum(postings.c.cents))
        .join(postings, postings.c.line_id == service_lines.c.id)
        .where(
            service_lines.c.claim_version_id.between(first, last),
            Unindexed(service_lines.c.practice) == practice,
            postings.c.bucket == "paid",
        )
        .group_by(service_lines.c.claim_version_id)
    )
    return {version_id: int(cents) for version_id, cents in tx.execute(query)}


def _pcns(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in some_at_once(version_ids):
        query = select(claim_versions.c.id, claim_versions.c.pcn).where(
            Unindexed(claim_versions.c.practice) == practice, claim_versions.c.id.in_(some)
        )
        found |= {row.id: row.pcn for row in tx.execute(query)}
    return found


def claims_settled_by_nothing(tx: Connection, practice: str) -> tuple[str, ...]:
    """Give the claims that say they are settled, and of which no answer stands."""
    settled = (ClaimState.PAID, ClaimState.PARTIAL, ClaimState.DENIED)
    stands = select(answers.c.id).where(
        answers.c.claim_version_id == claim_versions.c.id, answers.c.fate.in_(_MAY_STAND)
    )
    query = select(claim_versions.c.pcn).where(
        claim_versions.c.practice == practice, claim_versions.c.state.in_(settled), ~stands.exists()
    )
    return tuple(tx.execute(query).scalars())


def items_of_nobody(tx: Connection, practice: str) -> tuple[int, ...]:
    """Give the open items of the desk without an owner, without a reason, or without the moment since when they wait."""
    d = desk_items.c
    lacks = (func.trim(d.owner) == "") | (func.trim(d.why) == "") | (func.length(d.at) == 0)
    query = select(d.id).where(d.practice == practice, d.state == ItemState.OPEN, lacks)
    return tuple(tx.execute(query.order_by(d.id)).scalars())


def answers_waiting_unseen(tx: Connection, practice: str) -> tuple[tuple[str, int], ...]:
    """Give claim and cents of each answer of whose waiting money the desk holds another sum."""
    held = (
        select(func.coalesce(func.sum(desk_items.c.held_cents), 0))
        .where(desk_items.c.practice == answers.c.practice, desk_items.c.answer_id == answers.c.id)
        .scalar_subquery()
    )
    off = answers.c.waits_cents - held
    query = (
        select(claim_versions.c.pcn, off)
        .join(claim_versions, claim_versions.c.id == answers.c.claim_version_id)
        .where(Unindexed(answers.c.practice) == practice, answers.c.waits_cents != 0, off != 0)
    )
    return tuple((pcn, int(cents)) for pcn, cents in tx.execute(query.order_by(answers.c.id)))


def set_aside_unseen(tx: Connection, practice: str) -> tuple[int, ...]:
    """Give the remittances that are set aside and are no open item of the desk."""
    d = desk_items.c
    is_open = select(d.id).where(
        d.practice == remittances.c.practice,
        d.remittance_id == remittances.c.id,
        Unindexed(d.kind) == ItemKind.SET_ASIDE,
        Unindexed(d.state) == ItemState.OPEN,
    )
    query = select(remittances.c.id).where(
        remittances.c.practice == practice, remittances.c.state == RemittanceState.SET_ASIDE, ~is_open.exists()
    )
    return tuple(tx.execute(query.order_by(remittances.c.id)).scalars())


def denials_of_nothing(tx: Connection, practice: str) -> tuple[str, ...]:
    """Give the claims on which a denial is open, and nothing is to be done: they ended, or what it denies stands no more."""
    stands = (
        select(func.coalesce(func.sum(postings.c.cents), 0))
        .where(
            postings.c.line_id == denials.c.line_id,
            postings.c.group_code == denials.c.group_code,
            postings.c.carc == denials.c.carc,
        )
        .scalar_subquery()
    )
    query = (
        select(claim_versions.c.pcn)
        .join(denials, denials.c.claim_version_id == claim_versions.c.id)
        .where(
            denials.c.practice == practice,
            denials.c.state == "open",
            claim_versions.c.state.in_(_NOTHING_TO_DO) | (stands <= 0),
        )
        .order_by(denials.c.id)
    )
    return tuple(dict.fromkeys(tx.execute(query).scalars()))


def patients_asked_too_early(tx: Connection, practice: str) -> tuple[tuple[str, int], ...]:
    """Give claim and cents of each claim whose patient is left a share while another payer has not answered yet.

    Only the claim itself tells of another payer: those that leave the patient something are opened, page by page.
    """
    # Later payers' answers that stand; the payment has the status, and those of before have their answer's id.
    its_answer = answers.c.id == func.coalesce(payments.c.answer_id, payments.c.id)
    later = (
        select(payments.c.id)
        .join(answers, its_answer)
        .where(
            payments.c.claim_version_id == service_lines.c.claim_version_id,
            payments.c.status.in_(LATER),
            answers.c.fate == _STANDS,
        )
    )
    found: dict[int, int] = {}
    for first, last in _pages(tx, practice):
        share = func.sum(postings.c.cents)
        query = (
            select(service_lines.c.claim_version_id, share)
            .join(postings, postings.c.line_id == service_lines.c.id)
            .where(
                service_lines.c.claim_version_id.between(first, last),
                Unindexed(service_lines.c.practice) == practice,
                postings.c.bucket == "patient",
                postings.c.group_code == "PR",
                ~later.exists(),
            )
            .group_by(service_lines.c.claim_version_id)
            .having(share > 0)
        )
        left = {version_id: int(cents) for version_id, cents in tx.execute(query)}
        found |= {one: left[one] for one in _with_another_payer(tx, practice, left)}
    pcns = _pcns(tx, practice, found)
    return tuple((pcns[one], cents) for one, cents in found.items())


def _with_another_payer(tx: Connection, practice: str, version_ids: Collection[int]) -> Iterator[int]:
    for some in some_at_once(version_ids):
        query = select(claim_versions.c.id, claim_versions.c.body).where(
            Unindexed(claim_versions.c.practice) == practice, claim_versions.c.id.in_(some)
        )
        yield from (row.id for row in tx.execute(query.order_by(claim_versions.c.id)) if has_other_payers(row.body))


def charges(tx: Connection, practice: str) -> tuple[int, int]:
    """Give the cents charged on the claims that stand, and those of them that were answered.

    A claim stands with its current version; one that was replaced by a decision not to bill stands no more.
    """
    current = (claims.c.version == claim_versions.c.version) & claim_versions.c.state.not_in(_STANDS_NO_MORE)
    charged = (
        select(func.coalesce(func.sum(claim_versions.c.charge_cents), 0))
        .join(claims, (claims.c.id == claim_versions.c.claim_id) & current)
        .where(claims.c.practice == practice)
    )
    answered = (
        select(func.coalesce(func.sum(postings.c.cents), 0))
        .join(service_lines, service_lines.c.id == postings.c.line_id)
        .join(claim_versions, claim_versions.c.id == service_lines.c.claim_version_id)
        .join(claims, (claims.c.id == claim_versions.c.claim_id) & current)
        .where(postings.c.practice == practice)
    )
    return int(tx.execute(charged).scalar_one()), int(tx.execute(answered).scalar_one())


def given_up(tx: Connection, practice: str) -> tuple[int, int]:
    """Give the cents of claims that a person closed: what was never answered, and what was denied."""

    def posted(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
        return (
            select(func.coalesce(func.sum(postings.c.cents), 0))
            .join(service_lines, service_lines.c.id == postings.c.line_id)
            .where(service_lines.c.claim_version_id == claim_versions.c.id, *conditions)
            .scalar_subquery()
        )

    query = (
        select(
            func.coalesce(func.sum(claim_versions.c.charge_cents - posted()), 0),
            func.coalesce(func.sum(posted(postings.c.bucket == "denied")), 0),
        )
        .join(claims, (claims.c.id == claim_versions.c.claim_id) & (claims.c.version == claim_versions.c.version))
        .where(claims.c.practice == practice, claim_versions.c.state == ClaimState.CLOSED)
    )
    unanswered, denied = tx.execute(query).one()
    return int(unanswered), int(denied)


def paid_on_earlier_versions(tx: Connection, practice: str) -> int:
    """Give the cents that stand as paid on claim versions that a later one stands for."""
    query = (
        select(func.coalesce(func.sum(postings.c.cents), 0))
        .join(service_lines, service_lines.c.id == postings.c.line_id)
        .join(claim_versions, claim_versions.c.id == service_lines.c.claim_version_id)
        .join(claims, claims.c.id == claim_versions.c.claim_id)
        .where(
            postings.c.practice == practice,
            postings.c.bucket == "paid",
            (claims.c.version != claim_versions.c.version) | (claim_versions.c.state == ClaimState.REPLACED),
        )
    )
    return int(tx.execute(query).scalar_one())


def overdue_files(tx: Connection, practice: str, now: datetime) -> tuple[tuple[str, str, datetime], ...]:
    """Give partner, name and due time of files that nobody has answered, or decided about, in time."""
    waits = (Delivery.SENT, Delivery.PRESUMED, Delivery.HELD, Delivery.EXPORTED)
    answered = select(acknowledgments.c.id).where(acknowledgments.c.interchange_id == interchanges.c.id)
    query = (
        select(interchanges.c.partner, interchanges.c.name, deliveries.c.answer_due_at)
        .join(deliveries, ITS_DELIVERY)
        .where(
            interchanges.c.practice == practice,
            deliveries.c.state.in_(waits),
            deliveries.c.answer_due_at < now,
            ~answered.exists(),
        )
        .order_by(interchanges.c.id)
    )
    return tuple((partner, name, due) for partner, name, due in tx.execute(query))


def partners_waited_for(tx: Connection, practice: str) -> frozenset[str]:
    """Give the partners that ready claims, or files that have not left, are meant for."""
    ready = select(claim_versions.c.partner).where(
        claim_versions.c.practice == practice, claim_versions.c.state == ClaimState.READY
    )
    waiting = (
        select(interchanges.c.partner)
        .join(deliveries, ITS_DELIVERY)
        .where(interchanges.c.practice == practice, deliveries.c.state.in_(WAITING))
    )
    return frozenset(tx.execute(ready.union(waiting)).scalars())


def set_aside_total(tx: Connection, practice: str) -> tuple[int, int]:
    """Give how many remittances are set aside, and their cents."""
    query = select(func.count(), func.coalesce(func.sum(remittances.c.payment_cents), 0)).where(
        remittances.c.practice == practice, remittances.c.state == RemittanceState.SET_ASIDE
    )
    number, total = tx.execute(query).one()
    return int(number), int(total)
