"""A stored remittance as a value again: what answers of it are told with, when a person decides about them later."""

from gateway.ledger.remittances import StoredRemittance
from gateway.money import from_cents
from gateway.remittance import ClaimPayment, Remittance


def as_remittance(stored: StoredRemittance, *payments: ClaimPayment) -> Remittance:
    """Give a remittance with some of its answers; what it adjusted for the practice is not among it."""
    return Remittance(
        control=stored.set_control,
        payment=from_cents(stored.payment_cents),
        method=stored.method,
        paid_on=stored.paid_on,
        trace=stored.trace,
        originator=stored.originator,
        payer_name=stored.payer_name,
        payer_id=stored.payer_id,
        payee_id="",
        claims=payments,
        provider_adjustments=(),
    )
