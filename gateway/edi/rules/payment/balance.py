"""Does an 835 add up? SNIP 3: at line, claim and payment, to the cent (005010X221A1, 1.10.2.1), and the signs of reversals."""

from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.payment_unit import PaymentUnit
from gateway.edi.rules.rule import Spot, rule
from gateway.edi.wire.figures import as_cents
from gateway.edi.wire.finding import WireSeverity

_REVERSAL: Final = "22"


@rule(
    id="PAYMENT_OUT_OF_BALANCE",
    snip=3,
    on="HEADER BPR",
    element=2,
    late=True,
    cites="005010X221A1, 1.10.2.1.3: BPR02 = the sum of CLP04 less the sum of the amounts of PLB",
    fix="Ask the payer for a remittance that adds up; post nothing of this one.",
)
def payment_out_of_balance(bpr: Parts, _loop: Loop, unit: PaymentUnit) -> bool:
    """What was paid of the claims (CLP04) less what is withheld (PLB) is not the payment (BPR02)."""
    payment, paid, withheld = as_cents(at(bpr, 2)), unit.seen.paid.cents, unit.seen.withheld.cents
    return payment is not None and paid is not None and withheld is not None and paid - withheld != payment


@rule(
    id="PAYMENT_BELOW_ZERO",
    snip=3,
    on="HEADER BPR",
    element=2,
    cites="005010X221A1, BPR02: a payment is zero or more; what is owed is carried forward in PLB",
    fix="Ask the payer to carry the balance forward (PLB).",
)
def payment_below_zero(bpr: Parts, _loop: Loop, _unit: PaymentUnit) -> bool:
    """The payment (BPR02) is below zero."""
    return at(bpr, 2).startswith("-")


@rule(
    id="CLAIM_OUT_OF_BALANCE",
    snip=3,
    on="2100 CLP",
    element=4,
    cites="005010X221A1, 1.10.2.1.2: CLP04 = CLP03 less all CAS of the claim and its lines",
    fix="Ask the payer for a remittance that adds up; post nothing of this one.",
)
def claim_out_of_balance(_clp: Parts, _loop: Loop, unit: PaymentUnit) -> bool:
    """The charge (CLP03) less all adjustments is not what was paid (CLP04)."""
    if unit.taken is None or unit.charge is None or unit.paid is None:
        return False
    return unit.charge - unit.taken != unit.paid


@rule(
    id="LINE_OUT_OF_BALANCE",
    snip=3,
    on="2110 SVC",
    element=3,
    cites="005010X221A1, 1.10.2.1.1: SVC03 = SVC02 less the CAS of the line",
    fix="Ask the payer for a remittance that adds up; post nothing of this one.",
)
def line_out_of_balance(_svc: Parts, loop: Loop, unit: PaymentUnit) -> bool:
    """The line's charge (SVC02) less its adjustments is not what was paid of it (SVC03)."""
    charge, paid, taken = unit.lines[loop]
    if charge is None or paid is None or taken is None:
        return False
    return charge - taken != paid


@rule(
    id="CLAIM_CHARGE_IS_NOT_ITS_LINES",
    snip=3,
    on="2100 CLP",
    element=3,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, 1.10.2.1.2: the lines of a claim add up to CLP03",
    fix="Compare with the claim that was sent: a line may be missing.",
)
def claim_charge_is_not_its_lines(_clp: Parts, _loop: Loop, unit: PaymentUnit) -> bool:
    """The lines' charges (SVC02) are not the claim's (CLP03)."""
    charges = [charge for charge, _, _ in unit.lines.values()]
    if not charges or unit.charge is None or None in charges:
        return False
    return sum(one or 0 for one in charges) != unit.charge


@rule(
    id="PATIENT_SHARE_IS_NOT_ITS_ADJUSTMENTS",
    snip=3,
    on="2100 CLP",
    element=5,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, CLP05: supported by adjustments of the group PR",
    fix="Bill the patient by the adjustments (PR), and ask the payer where they differ.",
)
def patient_share_is_not_its_adjustments(clp: Parts, _loop: Loop, unit: PaymentUnit) -> bool:
    """The patient's share (CLP05) is not the sum of the adjustments of the group PR."""
    if unit.status == _REVERSAL or unit.taken is None:
        return False
    share = as_cents(at(clp, 5) or "0")
    return share is not None and share != unit.patient


@rule(
    id="REVERSAL_WITH_CHARGE",
    snip=3,
    on="2100 CLP",
    element=3,
    cites="005010X221A1, 1.10.2.8: a reversal (CLP02 of 22) repeats the amounts with their signs turned",
    fix="Ask the payer to turn the signs, or to say by CLP02 what it is.",
)
def reversal_with_charge(_clp: Parts, _loop: Loop, unit: PaymentUnit) -> bool:
    """A reversal's charge (CLP03) is not below zero."""
    return unit.status == _REVERSAL and (unit.charge or 0) > 0


@rule(
    id="REVERSAL_WITH_PAYMENT",
    snip=3,
    severity=WireSeverity.WARNING,
    on="2100 CLP",
    element=4,
    cites="005010X221A1, 1.10.2.8: a reversal (CLP02 of 22) repeats the amounts with their signs turned",
    fix="Ask the payer to turn the signs, or to say by CLP02 what it is.",
)
def reversal_with_payment(_clp: Parts, _loop: Loop, unit: PaymentUnit) -> bool:
    """A reversal pays (CLP04) instead of taking back."""
    return unit.status == _REVERSAL and (unit.paid or 0) > 0


@rule(
    id="CHARGE_BELOW_ZERO_WITHOUT_REVERSAL",
    snip=3,
    severity=WireSeverity.WARNING,
    on="2100 CLP",
    element=3,
    cites="005010X221A1, CLP03: below zero in a reversal only (CLP02 of 22)",
    fix="Ask the payer whether this is a reversal.",
)
def charge_below_zero_without_reversal(_clp: Parts, _loop: Loop, unit: PaymentUnit) -> bool:
    """The charge (CLP03) is below zero, but it is no reversal (CLP02)."""
    return unit.status != _REVERSAL and (unit.charge or 0) < 0


@rule(
    id="REVERSAL_WITH_PATIENT_SHARE",
    snip=3,
    on="2100 CLP",
    element=5,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, CLP05: not used in a reversal",
    fix="Pass over it: the correction behind the reversal says what the patient owes.",
)
def reversal_with_patient_share(clp: Parts, _loop: Loop, unit: PaymentUnit) -> bool:
    """A reversal names a patient's share (CLP05)."""
    return unit.status == _REVERSAL and bool(as_cents(at(clp, 5) or "0"))


@rule(
    id="SUMMARY_IS_NOT_ITS_CLAIMS",
    snip=3,
    on="2000 TS3",
    late=True,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, loop 2000, TS304 and TS305: number and charges of the claims behind the LX",
    fix="Trust the claims; ask the payer.",
)
def summary_is_not_its_claims(ts3: Parts, _loop: Loop, unit: PaymentUnit) -> list[Spot]:
    """The provider's summary (TS3) does not count the claims behind it."""
    count, charges = unit.seen.of_level(unit.piece)
    wrong = [Spot(4)] if at(ts3, 4).isdecimal() and int(at(ts3, 4)) != count else []
    stated = as_cents(at(ts3, 5))
    return [*wrong, Spot(5)] if stated is not None and charges is not None and stated != charges else wrong


RULES = (
    payment_out_of_balance,
    payment_below_zero,
    claim_out_of_balance,
    line_out_of_balance,
    claim_charge_is_not_its_lines,
    patient_share_is_not_its_adjustments,
    reversal_with_charge,
    reversal_with_payment,
    charge_below_zero_without_reversal,
    reversal_with_patient_share,
    summary_is_not_its_claims,
)
