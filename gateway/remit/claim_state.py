"""Where a claim stands by what is posted on its lines."""

from collections.abc import Collection, Mapping

from gateway.lifecycle import ClaimState
from gateway.remit.posting import Bucket


def claim_state(left: Mapping[tuple[int, str], int], charged: Collection[int]) -> ClaimState:
    """Give the state of a claim that was answered.

    left     cents by line and bucket
    charged  the lines that anything is charged for
    """
    whole = {line for (line, _), its_cents in left.items() if its_cents}
    if not whole and charged:
        return ClaimState.REVERSED
    denied, paid = (
        any(its_cents > 0 for (_, one), its_cents in left.items() if one == bucket)
        for bucket in (Bucket.DENIED, Bucket.PAID)
    )
    if not whole >= set(charged) or (denied and paid):
        return ClaimState.PARTIAL
    return ClaimState.DENIED if denied else ClaimState.PAID
