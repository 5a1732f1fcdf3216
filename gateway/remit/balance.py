"""Does an 835 add up? 005010X221A1 sec. 1.10.2.1: at line, claim and payment level, to the cent.

An answer that does not add up is set aside whole; nothing is ever invented to make it balance. The patient's share
(CLP05) is no such equation: payers leave out what other cover may take, and say 0 on secondary claims. It carries no
money of this payment, so a difference is a doubt for a person and no refusal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from gateway.errors import OutOfBalance
from gateway.money import ZERO, shown
from gateway.remittance import Adjustment, ClaimPayment, GroupCode, LinePayment, Remittance

_BPR: Final = 2
"""The place of BPR, counted from ST = 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareDoubt:
    """The patient's share as stated (CLP05) is not the sum of the PR adjustments.

    ordinal  the CLP segment's place counted from ST = 1
    """

    ordinal: int
    stated: Decimal
    adjusted: Decimal


def check(remittance: Remittance) -> None:
    """Raise OutOfBalance at the first equation that fails, with the segment's ordinal and both amounts."""
    for claim in remittance.claims:
        check_claim(remittance.control, claim)
    paid = sum((claim.paid for claim in remittance.claims), ZERO)
    withheld = sum((adjustment.amount for adjustment in remittance.provider_adjustments), ZERO)
    check_payment(remittance.control, remittance.payment, paid, withheld)


def check_claim(control: str, claim: ClaimPayment) -> None:
    """Raise OutOfBalance if a claim or one of its lines does not add up. `control` is that of its transaction set."""
    adjusted = sum([one.amount for one in claim.adjustments], ZERO)
    for line in claim.lines:
        adjusted += _check_line(control, line)
    left = claim.charge - adjusted
    if left != claim.paid:
        said = f"claim: CLP03 {shown(claim.charge)} less all its adjustments {shown(adjusted)} is {shown(left)}"
        raise _refusal(control, claim.ordinal, f"{said}, but CLP04 says {shown(claim.paid)}")


def check_payment(control: str, payment: Decimal, paid: Decimal, withheld: Decimal) -> None:
    """Raise OutOfBalance if what was paid of the claims, less what PLB withholds, is not the payment (BPR02)."""
    if paid - withheld != payment:
        said = f"payment: the claims' {shown(paid)} less PLB {shown(withheld)} is {shown(paid - withheld)}"
        raise _refusal(control, _BPR, f"{said}, but BPR02 says {shown(payment)}")


def share_doubt(claim: ClaimPayment) -> ShareDoubt | None:
    """Say that CLP05 of a claim differs from its PR adjustments. Of a reversal nothing is said: CLP05 is not used there."""
    adjusted = _patient_adjusted(claim)
    if claim.is_reversal or adjusted == claim.patient_share:
        return None
    return ShareDoubt(ordinal=claim.ordinal, stated=claim.patient_share, adjusted=adjusted)


def _check_line(control: str, line: LinePayment) -> Decimal:
    """Give the sum of its adjustments."""
    adjusted = line.adjusted
    left = line.charge - adjusted
    if left != line.paid:
        said = f"line: SVC02 {shown(line.charge)} less its adjustments {shown(adjusted)} is {shown(left)}"
        raise _refusal(control, line.ordinal, f"{said}, but SVC03 says {shown(line.paid)}")
    return adjusted


def _refusal(control: str, ordinal: int, said: str) -> OutOfBalance:
    return OutOfBalance(
        f"ST {control}, segment {ordinal}: {said}; the transaction set is set aside whole and nothing of it is"
        " posted; ask the payer to correct and resend it"
    )


def _patient_adjusted(claim: ClaimPayment) -> Decimal:
    return sum((one.amount for one in _adjustments(claim) if one.group is GroupCode.PATIENT), ZERO)


def _adjustments(claim: ClaimPayment) -> Iterator[Adjustment]:
    yield from claim.adjustments
    for line in claim.lines:
        yield from line.adjustments
