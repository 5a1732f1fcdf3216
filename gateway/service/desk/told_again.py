"""A stored remittance as a value again: what answers of it are told with, when a person decides about them later."""

from gateway.ledger import Transaction, inbound
from gateway.ledger.remittances import StoredRemittance
from gateway.money import from_cents
from gateway.remittance import ClaimPayment, Remittance
from gateway.service.claims.void import see_to_voids
from gateway.service.money.claims_answered import Ours
from gateway.service.money.reckoned import Reckoned
from gateway.service.money.settle_claim import settle_claim
from gateway.service.money.write_reckoned import write_reckoned
from gateway.service.office import Office


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


def settle_anew(tx: Transaction, office: Office, stored: StoredRemittance, ours: Ours) -> None:
    """Work a claim out again, with what a person has decided of its answers, and write the difference."""
    done, file = Reckoned(), inbound.by_id(tx, office.practice.key, stored.inbound_id)
    settle_claim(done, office, file, as_remittance(stored), ours, [])
    write_reckoned(tx, office, stored, done, [ours])
    see_to_voids(tx, office, [(ours.claim, ours.state)], artefact="person")
