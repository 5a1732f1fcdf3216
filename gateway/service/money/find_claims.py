"""Which claims of ours the answers of a remittance are about, where that is certain."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from gateway.ledger import Transaction
from gateway.remittance import ClaimPayment
from gateway.service.claims.answered import sent_claims


class Found(NamedTuple):
    """A claim of ours by its patient control number, and by what it was known."""

    pcn: str
    step: str


def find_claims(
    tx: Transaction, practice: str, payments: Sequence[ClaimPayment], *, partners: Collection[str]
) -> dict[int, Found]:
    """Give the claim that each answer is about with certainty, by the place of its CLP."""
    sent = sent_claims(tx, practice, {one.patient_control_number for one in payments}, partners=partners)
    return {
        one.ordinal: Found(one.patient_control_number, "control number")
        for one in payments
        if one.patient_control_number in sent
    }
