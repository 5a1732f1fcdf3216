"""The 835 (005010X221A1) of one payer for one file: a transaction set for each billing provider.

A payment cannot be negative. What reversals take back beyond it is carried forward (PLB, FB, negative) and recovered
from the next payment of that payer to that provider (FB of the same reference, positive). Where a scenario says so it is
carried forward under the claim's number and kept back of later payments in parts (WO).
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
from gateway.simulator.answered import AnsweredClaim, AnsweredLine, Recovery, Told
from gateway.simulator.garbling import summed
from gateway.simulator.memory import Debt
from gateway.simulator.world import Plan

_ROUTING = "999999992"
_ACCOUNT = "0000000001"
_TRIPLES_MAX = 6
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One ST of an 835.

    trace     TRN02
    owed      what the provider owed before, from earlier payments
    recovers  what is kept back in parts, before this payment
    """

    plan: Plan
    told: tuple[Told, ...]
    trace: str
    at: date
    owed: Debt
    recovers: tuple[Recovery, ...] = ()

    @property
    def payer(self) -> str:
        """The id under which it is paid (REF*2U)."""
        return self.told[0].pays_as or self.plan.payer

    @property
    def claims(self) -> tuple[AnsweredClaim, ...]:
        """Its claims."""
        return tuple(one.claim for one in self.told)

    @property
    def balance(self) -> Decimal:
        """What the claims come to, less what was owed; negative if the provider still owes."""
        return sum((claim.paid for claim in self.claims), ZERO) - self.owed.amount

    @property
    def kept_back(self) -> tuple[tuple[Recovery, Decimal], ...]:
        """What of each recovery is kept back of this payment: its part, as far as the payment goes."""
        rest, found = max(ZERO, self.balance), list[tuple[Recovery, Decimal]]()
        for one in self.recovers:
            amount = min(one.part, one.left, rest)
            rest -= amount
            if amount:
                found.append((one, amount))
        return tuple(found)

    @property
    def amount(self) -> Decimal:
        """BPR02."""
        return max(ZERO, self.balance - sum((amount for _, amount in self.kept_back), ZERO))

    @property
    def parts(self) -> int:
        """In how many parts what it takes back is recovered; 0 is as every day."""
        return max(one.parts for one in self.told)

    @property
    def debt(self) -> Debt:
        """What the provider owes afterwards, to be recovered at once."""
        return Debt(ZERO, "") if self.parts else self._lacking

    @property
    def recovered_later(self) -> tuple[Recovery, ...]:
        """What is left of each recovery that this payment changes, and the one that it begins."""
        changed = tuple(one._replace(left=one.left - amount) for one, amount in self.kept_back)
        if not (self.parts and self._lacking.amount):
            return changed
        lacking, first = self._lacking.amount, self.claims[0]
        part = -(-lacking / self.parts // _CENT) * _CENT  # rounded up to the cent
        return (*changed, Recovery(self.payer, first.billing_npi, first.number, part, lacking))

    @property
    def _lacking(self) -> Debt:
        reference = self.claims[0].number if self.parts else self.trace
        return Debt(-self.balance, reference) if self.balance < ZERO else Debt(ZERO, "")

    @property
    def provider_adjustments(self) -> tuple[tuple[str, str, Decimal], ...]:
        """PLB: code, reference and amount of what was recovered, kept back, and carried forward."""
        lacking = self._lacking
        found = (
            ("FB", self.owed.reference, self.owed.amount),
            *(("WO", one.reference, amount) for one, amount in self.kept_back),
            ("FB", lacking.reference, -lacking.amount),
        )
        return tuple(one for one in found if one[2])


def segments(payment: Payment) -> Iterator[Segment]:
    """What stands between ST and SE."""
    yield from _header(payment)
    yield from _parties(payment)
    yield Segment("LX", ("1",))
    for told in payment.told:
        yield from _claim(told, payment.at)
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
    yield Segment("REF", ("2U", payment.payer))
    yield Segment("PER", ("BL", "PROVIDER SERVICES", "TE", plan.phone))
    yield Segment("N1", ("PE", payee.billing_name, "XX", payee.billing_npi))
    if payee.billing_tax_id:
        yield Segment("REF", ("TJ", payee.billing_tax_id))


def _claim(told: Told, at: date) -> Iterator[Segment]:
    """Loop 2100. CLP05 is not used on reversals."""
    claim = told.claim
    share = "" if claim.status == REVERSAL else wire(sum((line.patient() for line in claim.lines), ZERO))
    place = (claim.place_of_service, claim.frequency)
    yield Segment(
        "CLP",
        (
            claim.control,
            claim.status,
            wire(claim.charge),
            wire(claim.paid + _CENT if told.is_off else claim.paid),
            share,
            claim.filing_code,
            told.number or claim.number,
            *place,
        ),
    )
    if not told.has_lines:
        yield from _adjustments(summed(one for line in claim.lines for one in line.adjustments))
    names = (claim.patient_last, claim.patient_first, "", "", "")
    yield Segment("NM1", ("QC", "1", *names, "MI", claim.member))
    if claim.rendering != claim.billing_npi:
        yield Segment("NM1", ("82", "1", "", *NO_PERSON, "XX", claim.rendering))
    if told.sent_on_to:
        yield Segment("NM1", ("TT", "2", "NEXT PAYER", *NO_PERSON, "PI", told.sent_on_to))
    if not told.has_lines:
        yield Segment("DTM", ("232", ccyymmdd(min(line.day for line in claim.lines))))
        yield Segment("DTM", ("233", ccyymmdd(max(line.until for line in claim.lines))))
    yield Segment("DTM", ("050", ccyymmdd(at)))
    for line in claim.lines if told.has_lines else ():
        yield from _line(line)


def _line(line: AnsweredLine) -> Iterator[Segment]:
    """Loop 2110."""
    units = f"{line.units.normalize():f}"
    billed = (line.billed,) if line.billed else ()
    yield Segment("SVC", (line.procedure, wire(line.charge), wire(line.paid), "", units, *billed))
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
    """PLB; six pairs fit into one."""
    pairs = [((code, reference), wire(amount)) for code, reference, amount in payment.provider_adjustments]
    for start in range(0, len(pairs), _TRIPLES_MAX):
        flat: Iterable[str | tuple[str, str]] = (part for pair in pairs[start : start + _TRIPLES_MAX] for part in pair)
        yield Segment("PLB", (payment.claims[0].billing_npi, f"{payment.at.year}1231", *flat))
