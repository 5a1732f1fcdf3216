"""Which claims of ours a payer names beside its answers: in provider adjustments (PLB03-2)."""

from gateway.ledger import Transaction, claims, desk, lookups
from gateway.remittance import Remittance
from gateway.service.money.claims_answered import ClaimsAnswered


def claims_named(tx: Transaction, practice: str, remittance: Remittance, answered: ClaimsAnswered) -> dict[str, str]:
    """Give, by PLB03-2, the patient control number of the claim that it names: by our own number of it, or by the payer's.

    The payer's are those of its answers in this remittance, of those that wait, and of those that stand. A payer's numbers
    are its own: of another payer's claim the same letters say nothing.
    """
    references = {one.reference for one in remittance.provider_adjustments} - {""}
    if not references:
        return {}
    here = {
        one.payer_claim_number: answered.by_ordinal[one.ordinal].claim.pcn
        for one in remittance.claims
        if one.ordinal in answered.by_ordinal
    }
    theirs = (
        lookups.newest_of_payer_numbers(tx, practice, references) | desk.claims_waiting(tx, practice, references) | here
    )
    meant = {one: theirs.get(one, one.strip().upper()) for one in references}
    known = claims.by_pcns(tx, practice, set(meant.values()))
    payers = desk.payers_of(tx, practice, remittance.payer_id)
    return {
        one: pcn
        for one, pcn in meant.items()
        if pcn in known and (not remittance.payer_id or known[pcn][0].payer in payers or one in here)
    }
