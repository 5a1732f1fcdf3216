"""Which claim of ours an answer is about: only one that has left, and only for the partner that now answers."""

from gateway.ledger import Transaction, claims, outbox
from gateway.ledger.claims import StoredClaim


def sent_claim(tx: Transaction, practice: str, pcn: str, *, partner: str) -> StoredClaim | None:
    """Give the claim version of that patient control number if its file may have left for that partner, else None."""
    claim = claims.by_pcn(tx, practice, pcn)
    carrier = outbox.carrying(tx, practice, claim.id) if claim else None
    if carrier is None or carrier.partner != partner or not carrier.may_have_left:
        return None
    return claim
