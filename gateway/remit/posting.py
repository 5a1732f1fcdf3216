"""Where every cent of an answer goes.

The postings of a line add up to its charge: what was paid, and each adjustment in the bucket of who carries it. What a
payer states for the claim as a whole (CAS in loop 2100, or a claim paid without lines) is shared over the lines. A
reversal gives the exact negatives. What cannot be placed exactly on our lines is not placed at all: the caller parks it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from gateway.claim import ServiceLine
from gateway.codes.carc import CarcKind, carc
from gateway.money import ZERO, shown
from gateway.remit.match import Match, MatchedLine
from gateway.remit.sharing import partition
from gateway.remittance import EARLIER_PAYER, QMB, Adjustment, ClaimPayment, GroupCode, LinePayment, Said


class Bucket(StrEnum):
    """What became of a part of a line's charge. An answer fills the first five; the last is filled by decisions."""

    PAID = "paid"
    CONTRACTUAL = "contractual"
    PATIENT = "patient"
    OTHER_PAYER = "other payer"
    DENIED = "denied"
    """Denied or still open with the payer: somebody has to act."""
    WRITTEN_OFF = "written off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A part of one line's charge, in dollars; negative when an answer is taken back.

    line         our line's control (REF*6R)
    group, carc  of the adjustment; None and empty for what was paid
    of_claim     it is the line's share of what the payer said for the claim as a whole
    """

    line: str
    bucket: Bucket
    amount: Decimal
    group: GroupCode | None = None
    carc: str = ""
    remarks: tuple[str, ...] = ()
    of_claim: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaceable:
    """An answer that does not fit our lines exactly. `ordinal` is the segment's place counted from ST = 1."""

    ordinal: int
    why: str


IsDenied = Callable[[Adjustment, Said], bool]
"""Tells whether the money of an adjustment is denied, from what stands beside it (`denials.kind.is_denied`)."""


class Cover(NamedTuple):
    """Who else may be asked for what a payer leaves.

    other_payer  the visit has a second coverage
    medicaid     the payer is Medicaid: of its patients the state's own copay is asked, and nothing else (42 CFR 447.15)
    """

    other_payer: bool = False
    medicaid: bool = False


_ALONE: Final = Cover()

ANSWER: Final = "1"
"""CLP02 of an ordinary answer."""

_OTHER_PAYER: Final = frozenset({EARLIER_PAYER, "209", "B11"})
"""CARCs that leave the amount with an earlier or a later payer."""
_COPAY: Final = "3"


def post(
    payment: ClaimPayment, match: Match, is_denied: IsDenied, cover: Cover = _ALONE
) -> tuple[Posting, ...] | Unplaceable:
    """Place an answer on the lines that `match` found, or say why it cannot be.

    For an answer the postings of each line add up to its charge; for a reversal to the negative of it.
    """
    if payment.is_reversal:
        taken_back = post(negated(payment), _negated_match(match), is_denied, cover)
        if isinstance(taken_back, Unplaceable):
            return taken_back
        return tuple(replace(part, amount=-part.amount) for part in taken_back)
    misfit = _misfit(payment, match)
    return misfit or tuple(part for part in _Placing(payment, is_denied, cover).parts(match) if part.amount)


def bucket(adjustment: Adjustment, *, denied: bool, share: Bucket = Bucket.PATIENT) -> Bucket:
    """Tell who carries an adjustment: its group decides first, then its reason. `share` is whose the patient's share is."""
    reason = carc(adjustment.carc)
    if denied:
        return Bucket.DENIED
    if adjustment.group is GroupCode.PATIENT:
        return share
    if adjustment.carc in _OTHER_PAYER:
        return Bucket.OTHER_PAYER
    if adjustment.amount > 0 and (reason is None or reason.kind is not CarcKind.EXPECTED):
        return Bucket.DENIED
    # Paid to the patient, or out of the patient's own account: only CO forbids asking them.
    is_patients = (
        reason is not None
        and reason.category == "patient responsibility"
        and adjustment.group is not GroupCode.CONTRACTUAL
    )
    return share if is_patients else Bucket.CONTRACTUAL


def whose_share(payment: ClaimPayment, carc_code: str, remarks: Sequence[str], cover: Cover) -> Bucket:
    """Tell whose the patient's share is. Who may not be asked (QMB, Medicaid) is not, whatever group the payer wrote."""
    if cover.medicaid and carc_code != _COPAY:
        return Bucket.CONTRACTUAL
    goes_on = payment.is_crossed_over or (cover.other_payer and not payment.is_later)
    if goes_on:
        return Bucket.OTHER_PAYER
    return Bucket.CONTRACTUAL if QMB.intersection(remarks) else Bucket.PATIENT


def _misfit(payment: ClaimPayment, match: Match) -> Unplaceable | None:
    if not match.lines:
        return Unplaceable(ordinal=payment.ordinal, why="our claim has no lines")
    if match.unmatched:
        first = match.unmatched[0]
        count = len(match.unmatched)
        return Unplaceable(
            ordinal=first.ordinal, why=f"{count} of its lines, {first.procedure} first, are not on our claim"
        )
    for line, answer in match.matched:
        if answer.charge != line.charge:
            why = f"line {line.procedure} was charged {shown(line.charge)}; the answer says {shown(answer.charge)}"
            return Unplaceable(ordinal=answer.ordinal, why=why)
    lines = [line for line, _ in match.matched] if payment.lines else match.lines
    charge = sum((line.charge for line in lines), ZERO)
    if charge != payment.charge:
        why = f"the lines it speaks of were charged {shown(charge)} together; CLP03 says {shown(payment.charge)}"
        return Unplaceable(ordinal=payment.ordinal, why=why)
    return _unbalanced(payment)


def _unbalanced(payment: ClaimPayment) -> Unplaceable | None:
    if payment.charge - payment.adjusted != payment.paid:
        return Unplaceable(ordinal=payment.ordinal, why="its charge less its adjustments is not what it paid")
    for line in payment.lines:
        if line.charge - line.adjusted != line.paid:
            return Unplaceable(ordinal=line.ordinal, why="a line's charge less its adjustments is not what it paid")
    return None


class _Placing:
    """One answer being placed."""

    def __init__(self, payment: ClaimPayment, is_denied: IsDenied, cover: Cover) -> None:
        self.payment = payment
        self.is_denied = is_denied
        self.cover = cover

    def parts(self, match: Match) -> Iterator[Posting]:
        """What each line's own answer adjusts; of what that leaves, its part of what was paid and adjusted for the claim."""
        payment, lines = self.payment, self._answered(match)
        amounts = (payment.paid, *(one.amount for one in payment.adjustments))
        rows = partition(amounts, [left for _, _, left in lines])
        whole = self._said(payment.paid, payment.charge, payment.adjustments, payment.remarks)
        for (line, answer, _), (paid, *parts) in zip(lines, rows, strict=True):
            own = paid if answer is None else answer.paid
            yield Posting(line=line.control, bucket=Bucket.PAID, amount=own)
            # What the claim's own adjustments take from what its lines were paid.
            yield Posting(line=line.control, bucket=Bucket.PAID, amount=paid - own, of_claim=True)
            if answer is not None:
                yield from self._own(match, line, answer)
            for one, part in zip(payment.adjustments, parts, strict=True):
                yield self._adjusted(line, one, part, whole, of_claim=answer is not None)

    def _own(self, match: Match, line: ServiceLine, answer: LinePayment) -> Iterator[Posting]:
        """What its own answer adjusts: each adjustment is judged beside what the payer says with it, of a piece or of all."""
        for one in match.split.get(line.control, (answer,)):
            said_in = match.joined.get(line.control, one)
            remarks = (*said_in.remarks, *self.payment.remarks)
            said = self._said(said_in.paid, said_in.charge, said_in.adjustments, remarks)
            yield from (self._adjusted(line, each, each.amount, said) for each in one.adjustments)

    def _answered(self, match: Match) -> list[tuple[ServiceLine, LinePayment | None, Decimal]]:
        """Each line that the answer is about, its own answer, and what that leaves of the charge."""
        if self.payment.lines:
            return [(line, answer, answer.paid) for line, answer in match.matched]
        return [(line, None, line.charge) for line in match.lines]

    def _said(
        self, paid: Decimal, charge: Decimal, adjustments: tuple[Adjustment, ...], remarks: tuple[str, ...]
    ) -> Said:
        return Said(paid, charge, adjustments, tuple(dict.fromkeys(remarks)), self.cover.other_payer)

    def _adjusted(
        self, line: ServiceLine, one: Adjustment, amount: Decimal, said: Said, *, of_claim: bool = False
    ) -> Posting:
        share = whose_share(self.payment, one.carc, said.remarks, self.cover)
        return Posting(
            line=line.control,
            bucket=bucket(one, denied=self.is_denied(one, said), share=share),
            amount=amount,
            group=one.group,
            carc=one.carc,
            remarks=said.remarks,
            of_claim=of_claim,
        )


def negated(payment: ClaimPayment) -> ClaimPayment:
    """Give an answer with its amounts negated, as a reversal and what it takes back are to each other. Its status is an answer's."""
    return payment._replace(
        status=ANSWER,
        charge=-payment.charge,
        paid=-payment.paid,
        adjustments=_negated_adjustments(payment.adjustments),
        lines=tuple(_negated_line(line) for line in payment.lines),
    )


def _negated_match(match: Match) -> Match:
    return replace(
        match,
        matched=tuple(MatchedLine(line, _negated_line(answer)) for line, answer in match.matched),
        split={control: tuple(map(_negated_line, pieces)) for control, pieces in match.split.items()},
        joined={control: _negated_line(answer) for control, answer in match.joined.items()},
    )


def _negated_line(line: LinePayment) -> LinePayment:
    adjustments = _negated_adjustments(line.adjustments)
    return line._replace(charge=-line.charge, paid=-line.paid, adjustments=adjustments)


def _negated_adjustments(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(one._replace(amount=-one.amount) for one in adjustments)
