"""Does an 837P add up? SNIP 3: charges, what other payers paid and took off, at claim and line (005010X222A1, 1.4.4)."""

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.claim_unit import ClaimUnit, adjusted, amount, payer_of
from gateway.edi.rules.context.unit import NOTHING
from gateway.edi.rules.rule import rule
from gateway.edi.wire.figures import as_cents
from gateway.edi.wire.finding import WireSeverity


@rule(
    id="CHARGE_IS_NOT_ITS_LINES",
    snip=3,
    on="2300 CLM",
    element=2,
    cites="005010X222A1, loop 2300, CLM02: the sum of SV102 of all loops 2400",
    fix="Make CLM02 the sum of the lines' charges.",
)
def charge_is_not_its_lines(_clm: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """CLM02 is not the sum of the lines' charges (SV102)."""
    charges = claim.charges
    return claim.charge is not None and bool(charges) and sum(charges or ()) != claim.charge


@rule(
    id="CHARGE_BELOW_ZERO",
    snip=3,
    on=("2300 CLM", "2400 SV1"),
    element=2,
    cites="005010X222A1, CLM02 and SV102: zero or more",
    fix="Charge zero or more; take an earlier claim back with frequency 8.",
)
def charge_below_zero(parts: Parts, _loop: Loop, _claim: ClaimUnit) -> bool:
    """A charge is below zero."""
    return at(parts, 2).startswith("-")


@rule(
    id="PATIENT_PAID_MORE_THAN_CHARGED",
    snip=3,
    severity=WireSeverity.WARNING,
    on="2300 AMT*F5",
    element=2,
    cites="005010X222A1, loop 2300, AMT*F5: what was paid of this claim by or for the patient",
    fix="Give what the patient paid of this claim: zero or more, and no more than CLM02.",
)
def patient_paid_more_than_charged(amt: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """What the patient has paid is below zero or more than the claim's charge (CLM02)."""
    paid = as_cents(at(amt, 2))
    return paid is not None and (paid < 0 or (claim.charge is not None and paid > claim.charge))


@rule(
    id="OTHER_PAYER_OUT_OF_BALANCE",
    snip=3,
    on="2320 AMT*D",
    element=2,
    cites="005010X222A1, 1.4.4.1 and loop 2320, CAS: CLM02 = AMT*D + CAS where the payer decided on the claim as a whole",
    fix="Copy what the payer paid and took off from its remittance, so that it adds up to the charge.",
)
def other_payer_out_of_balance(amt: Parts, other: Loop, claim: ClaimUnit) -> bool:
    """What another payer paid of the claim as a whole and took off it is not the claim's charge (CLM02)."""
    paid, taken = as_cents(at(amt, 2)), adjusted(other)
    if None in (paid, taken, claim.charge) or payer_of(other) in claim.adjudications:
        return False
    return (paid or 0) + (taken or 0) != claim.charge


def _shares_its_id(other: Loop, claim: ClaimUnit) -> bool:
    """Tell whether two policies of the claim are with the same payer."""
    return sum(payer_of(one) == payer_of(other) for one in claim.others) > 1


@rule(
    id="OTHER_PAYER_PAID_IS_NOT_ITS_LINES",
    snip=3,
    on="2320 AMT*D",
    element=2,
    cites="005010X222A1, 1.4.4.1: AMT*D of 2320 = the sum of SVD02 of the payer's loops 2430 less the CAS of 2320",
    fix="Copy the payer's payment from its remittance: of the claim in AMT*D, of each line in SVD02.",
)
def other_payer_paid_is_not_its_lines(amt: Parts, other: Loop, claim: ClaimUnit) -> bool:
    """What another payer paid of the claim is not what it paid of the lines less what it took off the claim."""
    lines = claim.adjudications.get(payer_of(other), [])
    if _shares_its_id(other, claim):  # whose line is whose cannot be told
        return False
    paid, taken = as_cents(at(amt, 2)), adjusted(other)
    of_lines = [as_cents(line.element("SVD", 2)) for line in lines]
    if not lines or paid is None or taken is None or None in of_lines:
        return False
    return sum(one or 0 for one in of_lines) - taken != paid


@rule(
    id="LINE_ADJUDICATION_OUT_OF_BALANCE",
    snip=3,
    on="2430 SVD",
    element=2,
    cites="005010X222A1, 1.4.4.2: SV102 = SVD02 + the CAS of the payer's loop 2430",
    fix="Copy what the payer paid and took off the line from its remittance, so that it adds up to the charge.",
)
def line_adjudication_out_of_balance(svd: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """What another payer paid of the line and took off it is not the line's charge (SV102)."""
    line = next((one for one in claim.lines if loop in one.loops), NOTHING)
    charge, own = as_cents(line.element("SV1", 2)), _decided(loop)
    if at(svd, 6) or None in (charge, own) or own == charge:
        return False
    same = [one for one in line.inside("2430") if one.element("SVD", 1) == at(svd, 1)]
    if len(same) == 1:
        return True
    pieces = [_decided(one) for one in same]  # the payer split the line: its pieces add up to the charge
    return loop is same[0] and None not in pieces and sum(one or 0 for one in pieces) != charge


def _decided(loop: Loop) -> int | None:
    """Give what a payer paid and took off in a loop 2430, in cents; None if it cannot be read."""
    paid, taken = as_cents(loop.element("SVD", 2)), adjusted(loop)
    return paid + taken if paid is not None and taken is not None else None


@rule(
    id="NOT_COVERED_IS_NOT_THE_CHARGE",
    snip=3,
    on="2320 AMT*A8",
    element=2,
    cites="005010X222A1, loop 2320, AMT*A8: equals CLM02",
    fix="Give the claim's whole charge, or what the payer paid and took off if it has decided.",
)
def not_covered_is_not_the_charge(amt: Parts, _other: Loop, claim: ClaimUnit) -> bool:
    """What another payer does not cover at all is not the claim's charge (CLM02)."""
    not_covered = as_cents(at(amt, 2))
    return not_covered is not None and claim.charge is not None and not_covered != claim.charge


@rule(
    id="OTHER_PAYER_PATIENT_SHARE_TOO_MUCH",
    snip=3,
    severity=WireSeverity.WARNING,
    on=("2320 AMT*EAF", "2430 AMT*EAF"),
    element=2,
    cites="005010X222A1, AMT*EAF: what remains for the patient of this claim",
    fix="Give what remains of the charge behind what the payer has paid.",
)
def other_payer_patient_share_too_much(amt: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """What remains for the patient and what the payer paid are more than the claim's charge (CLM02)."""
    share = as_cents(at(amt, 2))
    paid = amount(loop, "D") or 0
    return share is not None and claim.charge is not None and (share < 0 or share + paid > claim.charge)


RULES = (
    charge_is_not_its_lines,
    charge_below_zero,
    patient_paid_more_than_charged,
    other_payer_out_of_balance,
    other_payer_paid_is_not_its_lines,
    line_adjudication_out_of_balance,
    not_covered_is_not_the_charge,
    other_payer_patient_share_too_much,
)
