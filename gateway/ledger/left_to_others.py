"""What answered claims leave to payers that we do not bill: which claims, how much, and the figures that a bill by hand wants.

Postings tell the money as it stands now; the claim's timeline tells whether its payer sent it on by itself.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, select

from gateway.ledger.parameters import some_at_once
from gateway.ledger.record import billed_from_bytes
from gateway.ledger.tables import claim_versions, events, payments, postings, remittances, service_lines
from gateway.ledger.unindexed import Unindexed
from gateway.lifecycle import ClaimState
from gateway.listing import Condition

BY_HAND: Final = "by hand"
SENT_ON: Final = "sent on"
_KINDS: Final = {BY_HAND: "claim.other_payer", SENT_ON: "claim.crossed_over"}
"""By what the claim's timeline tells of it; the latest of them counts."""


# Words of gateway.remit.posting, which no command that only lists has to load.
_PAID: Final = "paid"
_OTHERS: Final = "other payer"


class Adjusted(NamedTuple):
    """What a payer took off, and why: group (CO, PR, OA, PI) and reason (CARC) as its remittance says them."""

    group: str
    carc: str
    cents: int


class Advice(NamedTuple):
    """A remittance that says so: its trace (TRN02), and its day."""

    trace: str
    paid_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftToOthers:
    """What a claim leaves to another payer, with what the payer before it said.

    cents     what stands in their account now; a further payer's answer has been taken off
    payers    their names, in the order in which they pay; none where the visit names none
    paid_cents, adjusted, advices  what the payers before have said of it, its lines together, and in which remittances
    """

    cents: int
    payers: tuple[str, ...]
    paid_cents: int
    adjusted: tuple[Adjusted, ...]
    advices: tuple[Advice, ...]


def ids(practice: str, asked: Condition) -> Select[tuple[int]]:
    """Give the claim versions that leave money to another payer: to be billed by hand, or sent on by the payer."""
    of_claim = events.alias()
    latest = (
        select(func.max(of_claim.c.id))
        .where(
            of_claim.c.practice == practice, of_claim.c.claim == events.c.claim, of_claim.c.kind.in_(_KINDS.values())
        )
        .correlate(events)
        .scalar_subquery()
    )
    return (
        select(claim_versions.c.id)
        .join(events, events.c.claim == claim_versions.c.pcn)
        .where(
            events.c.practice == practice,
            events.c.kind.in_([_KINDS[one] for one in asked.wanted]),
            Unindexed(events.c.id) == latest,
            claim_versions.c.practice == practice,
            # What a person has closed is written off: nobody is billed any more.
            Unindexed(claim_versions.c.state) != ClaimState.CLOSED,
            _left() > 0,
        )
    )


def _left() -> ColumnElement[int]:
    left = (
        select(func.coalesce(func.sum(postings.c.cents), 0))
        .join(service_lines, service_lines.c.id == postings.c.line_id)
        .where(service_lines.c.claim_version_id == claim_versions.c.id, Unindexed(postings.c.bucket) == _OTHERS)
    )
    return left.correlate(claim_versions).scalar_subquery()


def left_by(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, LeftToOthers]:
    """Give, of some claim versions, those that leave money to another payer now."""
    found: dict[int, LeftToOthers] = {}
    for some in some_at_once(version_ids):
        left = _cents_left(tx, practice, some)
        if left:
            names = _names(tx, practice, left)
            figures = _figures(tx, practice, left)
            found |= {each: figures[each].told(left[each], names[each]) for each in left}
    return found


def _cents_left(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, int]:
    left = func.sum(postings.c.cents)
    query = (
        select(service_lines.c.claim_version_id, left)
        .join(postings, postings.c.line_id == service_lines.c.id)
        .where(
            Unindexed(service_lines.c.practice) == practice,
            service_lines.c.claim_version_id.in_(version_ids),
            Unindexed(postings.c.bucket) == _OTHERS,
        )
        .group_by(service_lines.c.claim_version_id)
        .having(left > 0)
    )
    return {version_id: int(its_cents) for version_id, its_cents in tx.execute(query)}


def _names(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    c = claim_versions.c
    query = select(c.id, c.body).where(Unindexed(c.practice) == practice, c.id.in_(version_ids))
    return {version_id: billed_from_bytes(body).other_payers for version_id, body in tx.execute(query)}


class _Figures:
    """What the payers have said of a claim so far, all together: what was said and taken back comes to nothing."""

    def __init__(self) -> None:
        self._paid = 0
        self._adjusted: dict[tuple[str, str], int] = defaultdict(int)
        self._advices: list[tuple[int, Advice]] = []

    def add(self, bucket: str, group: str, carc: str, its_cents: int) -> None:
        if group:
            self._adjusted[group, carc] += its_cents
        elif bucket == _PAID:
            self._paid += its_cents

    def add_payment(self, advice: Advice, its_cents: int) -> None:
        """Keep the remittance of an answer, which comes to what was charged; one that takes an answer back ends it."""
        if its_cents > 0:
            self._advices.append((its_cents, advice))
        for place in range(len(self._advices) - 1, -1, -1):
            if self._advices[place][0] == -its_cents:
                del self._advices[place]
                return

    def told(self, cents: int, payers: tuple[str, ...]) -> LeftToOthers:
        return LeftToOthers(
            cents=cents,
            payers=payers,
            paid_cents=self._paid,
            adjusted=tuple(Adjusted(*why, its_cents) for why, its_cents in self._adjusted.items() if its_cents),
            advices=tuple(dict.fromkeys(one for _, one in self._advices)),
        )


def _figures(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, _Figures]:
    p, r = postings.c, remittances.c
    query = (
        select(payments.c.claim_version_id, payments.c.id, p.bucket, p.group_code, p.carc, p.cents, r.trace, r.paid_on)
        .join(postings, p.payment_id == payments.c.id)
        .join(remittances, r.id == payments.c.remittance_id)
        .where(Unindexed(payments.c.practice) == practice, payments.c.claim_version_id.in_(version_ids))
        .order_by(payments.c.id, p.id)
    )
    found: dict[int, _Figures] = defaultdict(_Figures)
    answers: dict[tuple[int, int, Advice], int] = defaultdict(int)
    for version_id, payment_id, bucket, group, carc, its_cents, trace, paid_on in tx.execute(query):
        found[version_id].add(bucket, group, carc, int(its_cents))
        answers[version_id, payment_id, Advice(trace, paid_on)] += int(its_cents)
    for (version_id, _, advice), its_cents in answers.items():
        found[version_id].add_payment(advice, its_cents)
    return found
