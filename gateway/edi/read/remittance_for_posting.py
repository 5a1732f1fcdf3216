"""An 835 (005010X221A1) as a Remittance. It reads; whether the sums agree is for gateway.remit to judge."""

from typing import NoReturn

from gateway.edi.follow.loop import Parts, at
from gateway.edi.read.remittance import PaymentReading, RemittanceReading
from gateway.edi.values.party import PartyReading
from gateway.edi.wire.finding import WireFinding
from gateway.remittance import ClaimPayment, Remittance


def remittance(one: RemittanceReading) -> Remittance:
    """Read a remittance to its end, strictly.

    The payer's id is the first of: REF*2U of the payer, N104 of N1*PR, BPR10, TRN03. The payee's is N104 of N1*PE.
    Raises InboundWireError if an amount, a date or a key is not readable, or money stands where no guide puts it.
    """
    bpr_at, bpr = _only(one, "BPR")
    _only(one, "TRN")
    payer, payee = _named(one, one.payer, "PR"), _named(one, one.payee, "PE")
    payment, paid_on = one.payment, one.paid_on
    if payment is None:
        one.origin.refuse(bpr_at, "BPR02 is not an amount in dollars and cents")
    if paid_on is None:
        one.origin.refuse(bpr_at, "BPR16 is not a date CCYYMMDD")
    claims = tuple([_readable(each) for each in one.payments()])
    for finding in one.unreadable:
        _refuse(one, finding)
    return Remittance(
        control=one.control,
        payment=payment,
        method=one.method,
        paid_on=paid_on,
        trace=one.trace,
        originator=one.originator,
        payer_name=payer.name,
        payer_id=payer.reference("2U") or payer.id or at(bpr, 10) or one.originator,
        payee_id=payee.id,
        claims=claims,
        provider_adjustments=one.provider_adjustments,
        is_debit=one.is_debit,
    )


def _only(one: RemittanceReading, name: str) -> tuple[int, Parts]:
    found = [(ordinal, parts) for ordinal, parts, _ in one.opening.every() if parts[0] == name]
    if len(found) != 1:
        one.origin.refuse(1, f"the 835 has {len(found)} {name} segments, and needs one")
    return found[0]


def _named(one: RemittanceReading, found: PartyReading | None, role: str) -> PartyReading:
    if found is None:
        one.origin.refuse(1, f"the 835 has no N1*{role}")
    return found


def _readable(one: PaymentReading) -> ClaimPayment:
    if one.payment is None:
        _refuse(one, one.unreadable[0])
    return one.payment


def _refuse(one: RemittanceReading | PaymentReading, finding: WireFinding) -> NoReturn:
    one.origin.refuse(finding.ordinal, finding.said)
