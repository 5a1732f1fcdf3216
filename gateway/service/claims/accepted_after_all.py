"""A claim that was rejected and then accepted after all: what was made to stand for it would be a second original.

The first word stands in the ledger, for nobody knows which is right; but the payer may pay both. So the new one is kept back
until the payer's answer tells, or a person has looked: who withdraws it, and sends it after all, has decided.
"""

from collections.abc import Collection, Mapping

from gateway.ledger import Transaction, events, remittances, verdicts
from gateway.ledger.claims import StoredClaim
from gateway.service.office import Office


def accepted_after_all(
    tx: Transaction, office: Office, versions: Mapping[int, Collection[StoredClaim]]
) -> dict[int, StoredClaim]:
    """Give the newest version of a claim that was rejected, then accepted, and is answered by no remittance yet, by visit.

    versions  those of each visit that were made before the one in question
    """
    practice = office.practice.key
    known = {one.id: one for some in versions.values() for one in some if not one.is_void}
    found = verdicts.accepted_after_all(tx, practice, known) if known else {}
    answered = remittances.adjudicated_among(tx, practice, {one: known[one].pcn for one in found}) if found else ()
    waits: dict[int, StoredClaim] = {}
    for claim_id, at in found.items():
        claim = known[claim_id]
        later = [one for one in versions[claim.visit_id] if one.version > claim.version]
        told = (
            said for one in later for said in events.read(tx, practice, claim=one.pcn, kind="claim.withdrawn", limit=1)
        )
        if claim_id not in answered and not any(said.at >= at for said in told):
            waits[claim.visit_id] = claim
    return waits
