"""Answers to a claim of ours, laid on its lines: those that are known as they were posted, the new ones as they are placed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from gateway.denials.kind import is_denied
from gateway.ledger.answers import StoredAnswer
from gateway.ledger.remittances import LinePosting
from gateway.money import cents, from_cents
from gateway.payer import Payer, Program
from gateway.remit.match import match
from gateway.remit.posting import Bucket, Cover, Posting, Unplaceable
from gateway.remit.posting import post as place
from gateway.remit.standing import Answer, Order
from gateway.remittance import ClaimPayment, GroupCode, Remittance
from gateway.service.money.claims_answered import Ours


class Key(NamedTuple):
    """By what the postings of an answer are added up."""

    line_id: int
    bucket: str
    group_code: str
    carc: str
    rarcs: tuple[str, ...]
    of_claim: bool


Sums = Counter[Key]
"""Cents by line, bucket and reason."""


@dataclass(frozen=True, slots=True)
class Laid:
    """An answer laid on the lines. A new one has no row yet, and a negative id.

    misfit  why it fits none of the lines; empty if it does
    """

    answer: Answer
    payment: ClaimPayment | None
    stored: StoredAnswer | None
    misfit: str = ""


class Laying:
    """Lays answers on the lines of one claim."""

    def __init__(self, ours: Ours, payer: Payer) -> None:
        self._ours = ours
        self._cover = Cover(bool(ours.billed.other_payers), medicaid=payer.program is Program.MEDICAID)
        self._controls = {line.id: line.control for line in ours.lines}
        self.ids = {line.control: line.id for line in ours.lines}

    def new(self, number: int, payment: ClaimPayment, remittance: Remittance) -> Laid:
        """Lay an answer of the remittance that is being posted."""
        order = Order(remittance.paid_on, remittance.trace, remittance.control, payment.ordinal)
        parts = self._placed(payment)
        misfit = parts if isinstance(parts, str) else ""
        answer = self._answer(number, order, payment, parts)
        return Laid(answer, payment, None, misfit)

    def known(self, stored: StoredAnswer) -> Laid:
        """Lay an answer that was kept before."""
        order = Order(stored.paid_on, stored.trace, stored.set_control, stored.ordinal)
        posted = tuple(self._part(one) for one in stored.posted)
        at_first = tuple(self._part(one) for one in stored.at_first)
        if stored.payment is None:
            answer = Answer(
                id=stored.id,
                order=order,
                number=stored.number,
                is_reversal=stored.is_reversal,
                is_later=False,
                charge=from_cents(stored.charge_cents),
                paid=from_cents(stored.paid_cents),
                speaks_of_lines=True,
                fits=True,
                parts=at_first,
            )
            return Laid(answer, None, stored)
        parts = self._placed(stored.payment)
        misfit = parts if isinstance(parts, str) else ""
        if posted and not stored.payment.is_later:
            # What was posted stays as it was, though a rule may have changed since; only other lines are laid anew.
            lines = {one.line for one in posted}
            rest = () if isinstance(parts, str) else tuple(one for one in parts if one.line not in lines)
            parts = (*posted, *rest)
        answer = self._answer(stored.id, order, stored.payment, parts)
        return Laid(answer, stored.payment, stored, misfit)

    def _answer(self, number: int, order: Order, payment: ClaimPayment, parts: tuple[Posting, ...] | str) -> Answer:
        return Answer(
            id=number,
            order=order,
            number=payment.payer_claim_number,
            is_reversal=payment.is_reversal,
            is_later=payment.is_later,
            charge=payment.charge,
            paid=payment.paid,
            speaks_of_lines=bool(payment.lines),
            fits=not isinstance(parts, str),
            parts=() if isinstance(parts, str) else parts,
        )

    def _placed(self, payment: ClaimPayment) -> tuple[Posting, ...] | str:
        """Place an answer on our lines, or say why it cannot be."""
        placed = place(payment, match(payment, self._ours.billed.lines), is_denied, self._cover)
        if isinstance(placed, Unplaceable):
            return f"segment {placed.ordinal}: {placed.why}"
        return placed

    def _part(self, one: LinePosting) -> Posting:
        return Posting(
            line=self._controls[one.line_id],
            bucket=Bucket(one.bucket),
            amount=from_cents(one.cents),
            group=GroupCode(one.group_code) if one.group_code else None,
            carc=one.carc,
            remarks=one.rarcs,
            of_claim=one.of_claim,
        )

    def cents(self, parts: Iterable[Posting]) -> Sums:
        """Add up parts of answers."""
        sums: Sums = Counter()
        for one in parts:
            sums[Key(self.ids[one.line], one.bucket, one.group or "", one.carc, one.remarks, one.of_claim)] += cents(
                one.amount
            )
        return sums


def summed(amounts: Iterable[LinePosting]) -> Sums:
    """Add up what is posted."""
    sums: Sums = Counter()
    for one in amounts:
        sums[Key(one.line_id, one.bucket, one.group_code, one.carc, one.rarcs, one.of_claim)] += one.cents
    return sums


def together(each: Iterable[Sums]) -> Sums:
    """Add several sums up."""
    sums: Sums = Counter()
    for one in each:
        sums.update(one)
    return sums


def without_remarks(sums: Sums) -> Sums:
    """Give the sums by everything but remarks: reversals leave those out."""
    found: Sums = Counter()
    for key, its_cents in sums.items():
        found[key._replace(rarcs=())] += its_cents
    return found


def differ(before: Sums, after: Sums) -> bool:
    """Tell whether two sums are not the same, remarks aside."""
    first, second = without_remarks(before), without_remarks(after)
    return any(first[key] != second[key] for key in (*first, *second))


def line_posting(key: Key, its_cents: int) -> LinePosting:
    """Give the posting of so many cents."""
    return LinePosting(key.line_id, key.bucket, its_cents, key.group_code, key.carc, key.rarcs, key.of_claim)
