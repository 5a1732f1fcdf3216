"""Questions whose answer must be nothing: each finds rows that break a law of the house."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, false, func, select

from gateway.delivery import Delivery
from gateway.desk import ItemKind, ItemState
from gateway.ledger.outbox import ITS_DELIVERY, WAITING
from gateway.ledger.remittances import RemittanceState
from gateway.ledger.tables import (
    acknowledgments,
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
from gateway.lifecycle import ClaimState, VisitState

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
