"""Which claim of ours an answer is about, and whether a payer has ever answered it."""

from collections.abc import Collection

from gateway.ledger import Transaction, claims, outbox, remittances
from gateway.ledger.claims import StoredClaim
from gateway.ledger.record import Billed


def sent_claim(tx: Transaction, practice: str, pcn: str, *, partner: str) -> StoredClaim | None:
    """Give the claim version of that patient control number if its file may have left for that partner, else None.

    An answer counts only for a claim that has left, and only from the partner that it left for.
    """
    claim = claims.by_pcn(tx, practice, pcn)
    carrier = outbox.carrying(tx, practice, claim.id) if claim else None
    if carrier is None or carrier.partner != partner or not carrier.may_have_left:
        return None
    return claim


def sent_claims(
    tx: Transaction, practice: str, pcns: Collection[str], *, partner: str
) -> dict[str, tuple[StoredClaim, Billed]]:
    """Give, by patient control number, what `sent_claim` gives of each, with what it billed; the others are left out."""
    known = claims.by_pcns(tx, practice, pcns)
    carriers = outbox.carriers_of(tx, practice, [claim.id for claim, _ in known.values()])
    left = {one for one, carrier in carriers.items() if carrier.partner == partner and carrier.may_have_left}
    return {pcn: found for pcn, found in known.items() if found[0].id in left}


def adjudicated(tx: Transaction, practice: str, visit_id: int) -> tuple[bool, str]:
    """Tell whether the payer has ever adjudicated a version of this visit's claim, and the number it gave to the newest.

    What was adjudicated once is replaced from then on: a second original would be a duplicate, or be paid twice.
    """
    answered = [
        one
        for one in claims.of_visit(tx, practice, visit_id)
        if remittances.was_adjudicated(tx, practice, one.id, one.pcn)
    ]
    return bool(answered), next((one.payer_claim_number for one in reversed(answered) if one.payer_claim_number), "")
