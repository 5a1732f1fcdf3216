"""The 835 (005010X221A1) of one payer for one file: a transaction set for each billing provider.

A payment cannot be negative. What reversals take back beyond it is carried forward (PLB, FB, negative) and recovered
from the next payment of that payer to that provider (FB of the same reference, positive).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from gateway.edi.wire.segment import Segment
from gateway.edi.write.wording import NO_PERSON, ccyymmdd
from gateway.money import ZERO, wire
from gateway.remittance import REVERSAL, Adjustment, GroupCode
from gateway.simulator.memory import AnsweredClaim, AnsweredLine, Debt
from gateway.simulator.world import Plan

_ROUTING = "999999992"
_ACCOUNT = "0000000001"
_TRIPLES_MAX = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One ST of an 835.

    trace  TRN02
    owed   what the provider owed before, from earlier payments
    """

    plan: Plan
    claims: tuple[AnsweredClaim, ...]
    trace: str
    at: date
    owed: Debt

    @property
    def balance(self) -> Decimal:
        """What the claims come to, less what was owed; negative if the provider still owes."""
        return sum((claim.paid for claim in self.claims), ZERO) - self.owed.amount

    @property
    def amount(self) -> Decimal:
        """BPR02."""
        return max(ZERO, self.balance)

    @property
    def debt(self) -> Debt:
        """What the provider owes afterwards."""
        return Debt(-self.balance, self.trace) if self.balance < ZERO else Debt(ZERO, "")


def segments(payment: Payment) -> Iterator[Segment]:
    """What stands between ST and SE."""
    yield from _header(payment)
    yield from _parties(payment)
    yield Segment("LX", ("1",))
    for claim in payment.claims:
        yield from _claim(claim, payment.at)
    yield from _carried(payment)


def _header(payment: Payment) -> Iterator[Segment]:
    day, payer = ccyymmdd(payment.at), f"1{payment.plan.tax_id}"
    if payment.amount:
        bank = ("01", _ROUTING, "DA", _ACCOUNT)
        yield Segment("BPR", ("I", wire(payment.amount), "C", "ACH", "CCP", *bank, payer, "", *bank, day))
    else:
        yield Segment("BPR", ("I", "0", "C", "NON", *[""] * 11, day))
    yield Segment("TRN", ("1", payment.trace, payer))
    yield Segment("DTM", ("405", day))


def _parties(payment: Payment) -> Iterator[Segment]:
    plan, payee = payment.plan, payment.claims[0]
    yield Segment("N1", ("PR", plan.name))
    yield Segment("N3", (plan.street,))
    yield Segment("N4", (plan.city, plan.state, plan.zip_code))
    yield Segment("REF", ("2U", plan.payer))
    yield Segment("PER", ("BL", "PROVIDER SERVICES", "TE", plan.phone))
    yield Segment("N1", ("PE", payee.billing_name, "XX", payee.billing_npi))
    if payee.billing_tax_id:
        yield Segment("REF", ("TJ", payee.billing_tax_id))


def _claim(claim: AnsweredClaim, at: date) -> Iterator[Segment]:
    """Loop 2100. CLP05 is not used on reversals."""
    share = "" if claim.status == REVERSAL else wire(sum((line.patient() for line in claim.lines), ZERO))
    place = (claim.place_of_service, claim.frequency)
    yield Segment(
        "CLP",
        (
            claim.control,
            claim.status,
            wire(claim.charge),
            wire(claim.paid),
            share,
            claim.filing_code,
            claim.number,
            *place,
        ),
    )
    names = (claim.patient_last, claim.patient_first, "", "", "")
    yield Segment("NM1", ("QC", "1", *names, "MI", claim.member))
    if claim.rendering != claim.billing_npi:
        yield Segment("NM1", ("82", "1", "", *NO_PERSON, "XX", claim.rendering))
    yield Segment("DTM", ("050", ccyymmdd(at)))
    for line in claim.lines:
        yield from _line(line)


def _line(line: AnsweredLine) -> Iterator[Segment]:
    """Loop 2110."""
    units = f"{line.units.normalize():f}"
    yield Segment("SVC", (line.procedure, wire(line.charge), wire(line.paid), "", units))
    if line.day == line.until:
        yield Segment("DTM", ("472", ccyymmdd(line.day)))
    else:
        yield Segment("DTM", ("150", ccyymmdd(line.day)))
        yield Segment("DTM", ("151", ccyymmdd(line.until)))
    yield from _adjustments(line.adjustments)
    if line.control:
        yield Segment("REF", ("6R", line.control))
    if line.allowed:
        yield Segment("AMT", ("B6", wire(line.allowed)))
    for remark in line.remarks:
        yield Segment("LQ", ("HE", remark))


def _adjustments(adjustments: Sequence[Adjustment]) -> Iterator[Segment]:
    """One CAS for each group; a plan gives fewer reasons than the six that fit."""
    for group, several in groupby(adjustments, key=_group):
        triples = [part for one in several for part in (one.carc, wire(one.amount), "")]
        yield Segment("CAS", (group.value, *triples[: 3 * _TRIPLES_MAX]))


def _group(adjustment: Adjustment) -> GroupCode:
    return adjustment.group


def _carried(payment: Payment) -> Iterator[Segment]:
    """PLB: what was recovered of an earlier debt, and what is carried forward."""
    pairs: list[tuple[tuple[str, str], str]] = []
    if payment.owed.amount:
        pairs.append((("FB", payment.owed.reference), wire(payment.owed.amount)))
    if payment.debt.amount:
        pairs.append((("FB", payment.debt.reference), wire(-payment.debt.amount)))
    if pairs:
        flat: Iterable[str | tuple[str, str]] = (part for pair in pairs for part in pair)
        yield Segment("PLB", (payment.claims[0].billing_npi, f"{payment.at.year}1231", *flat))
