"""What of a line's charge is written off: what nobody will pursue any more, because a person closed its claim.

No posting says so, for postings are what payers answered: the decision is the claim's state. `reconcile` counts the same
over all claims, in the ledger.
"""

from collections.abc import Mapping

from gateway.lifecycle import ClaimState
from gateway.remit.posting import Bucket


def as_it_stands(state: ClaimState, charge_cents: int, posted: Mapping[str, int]) -> dict[str, int]:
    """Give the cents of a line in each bucket, as they count in the state of its claim.

    posted  the cents in each bucket by the payer's answers; all of them together are the charge, or nothing
    """
    stands = {bucket: cents for bucket, cents in posted.items() if cents}
    if state is not ClaimState.CLOSED:
        return stands
    unanswered = charge_cents - sum(stands.values())
    given_up = stands.pop(Bucket.DENIED, 0) + unanswered
    if given_up:
        stands[Bucket.WRITTEN_OFF] = stands.get(Bucket.WRITTEN_OFF, 0) + given_up
    return stands
