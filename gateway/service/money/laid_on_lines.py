"""Answers to a claim of ours, laid on its lines: those that are known as they were posted, the new ones as they are placed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from gateway.denials.kind import is_denied
from gateway.ledger.answers import StoredAnswer
from gateway.ledger.remittances import LinePosting
from gateway.money import cents, from_cents
from gateway.payer import Payer, Program
from gateway.remit.match import Match, match
from gateway.remit.posting import Bucket, Cover, Posting, Unplaceable
from gateway.remit.posting import post as place
from gateway.remit.standing import Answer, Fate, Order
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

    @classmethod
    def of(cls, one: LinePosting) -> "Key":
        """Give the key of a posting."""
        return cls(one.line_id, one.bucket, one.group_code, one.carc, one.rarcs, one.of_claim)


Sums = Counter[Key]
"""Cents by line, bucket and reason."""
ByBucket = Counter[tuple[int, str]]
"""Cents by line and bucket."""


@dataclass(frozen=True, slots=True)
class Laid:
    """An answer laid on the lines. A new one has no row yet, and a negative id.

    payment, match  the answer, and which lines it is about; None of one that was posted before answers were kept
    misfit          why it fits none of the lines; empty if it does
    payer_id        who answers, by the remittance
    """

    answer: Answer
    stored: StoredAnswer | None
    payment: ClaimPayment | None = None
    match: Match | None = None
    misfit: str = ""
    payer_id: str = ""


class Laying:
    """Lays answers on the lines of one claim."""

    def __init__(self, ours: Ours, payer: Payer) -> None:
        self._ours = ours
        self._cover = Cover(bool(ours.billed.other_payers), medicaid=payer.program is Program.MEDICAID)
        self._controls = {line.id: line.control for line in ours.lines}
        self._ids = {line.control: line.id for line in ours.lines}

    def new(self, number: int, payment: ClaimPayment, remittance: Remittance) -> Laid:
        """Lay an answer of the remittance that is being posted."""
        order = Order(remittance.paid_on, remittance.trace, remittance.control, payment.ordinal)
        return self._laid(number, order, payment, None, remittance.payer_id)

    def known(self, stored: StoredAnswer) -> Laid:
        """Lay an answer that was kept before."""
        order = Order(stored.paid_on, stored.trace, stored.set_control, stored.ordinal)
        if stored.payment is not None:
            return self._laid(stored.id, order, stored.payment, stored, stored.payer_id)
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
            parts=self._as_decided(tuple(map(self._part, stored.posted or stored.at_first))),
            is_ended=self._is_ended(stored),
            kept=self._kept(stored),
        )
        return Laid(answer, stored, payer_id=stored.payer_id)

    def _laid(
        self, number: int, order: Order, payment: ClaimPayment, stored: StoredAnswer | None, payer_id: str
    ) -> Laid:
        found = match(payment, self._ours.billed.lines)
        placed = place(payment, found, is_denied, self._cover)
        misfit = f"segment {placed.ordinal}: {placed.why}" if isinstance(placed, Unplaceable) else ""
        parts = () if isinstance(placed, Unplaceable) else placed
        posted = tuple(map(self._part, stored.posted)) if stored else ()
        if posted and not payment.is_later:
            # What was posted stays as it was, though a rule may have changed since; only other lines are laid anew.
            lines = {one.line for one in posted}
            parts = (*posted, *(one for one in parts if one.line not in lines))
        parts = self._as_decided(parts)
        answer = Answer(
            id=number,
            order=order,
            number=payment.payer_claim_number,
            is_reversal=payment.is_reversal,
            is_later=payment.is_later,
            charge=payment.charge,
            paid=payment.paid,
            speaks_of_lines=bool(payment.lines),
            fits=not misfit or bool(parts),
            parts=parts,
            is_ended=stored is not None and self._is_ended(stored),
            kept=self._kept(stored) if stored is not None else frozenset(),
            is_shared=bool(found.joined) or bool(payment.adjustments),
        )
        return Laid(answer, stored, payment, found, misfit, payer_id)

    def _as_decided(self, parts: tuple[Posting, ...]) -> tuple[Posting, ...]:
        return tuple(map(_asked, parts)) if self._ours.asks_patient else parts

    def _is_ended(self, stored: StoredAnswer) -> bool:
        return stored.fate == Fate.ENDED or stored.id in self._ours.taken_off

    def _kept(self, stored: StoredAnswer) -> frozenset[str]:
        """Give the lines that an answer stands on though a person ended what of it waited."""
        if stored.id in self._ours.taken_off:
            return frozenset()
        return frozenset(self._controls[one.line_id] for one in stored.posted)

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
            key = Key(self._ids[one.line], one.bucket, one.group or "", one.carc, one.remarks, one.of_claim)
            sums[key] += cents(one.amount)
        return sums


def _asked(one: Posting) -> Posting:
    """Give a part as it is once a person asks the patient for what was denied and left to them (PR, OA)."""
    is_left = one.bucket is Bucket.DENIED and one.group in {GroupCode.PATIENT, GroupCode.OTHER}
    return replace(one, bucket=Bucket.PATIENT) if is_left else one


def summed(amounts: Iterable[LinePosting]) -> Sums:
    """Add up what is posted."""
    sums: Sums = Counter()
    for one in amounts:
        sums[Key.of(one)] += one.cents
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


def by_bucket(sums: Sums) -> ByBucket:
    """Add up by line and bucket."""
    found: ByBucket = Counter()
    for key, its_cents in sums.items():
        found[key.line_id, key.bucket] += its_cents
    return found


def line_posting(key: Key, its_cents: int) -> LinePosting:
    """Give the posting of so many cents."""
    return LinePosting(key.line_id, key.bucket, its_cents, key.group_code, key.carc, key.rarcs, key.of_claim)
