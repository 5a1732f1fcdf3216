"""Which claims go together: those of one partner, in their order, cut at what the partner takes in one file."""

from collections.abc import Iterable

from gateway.batch import BatchPlan
from gateway.claim import Claim
from gateway.partner import TradingPartner


def plan(partner: TradingPartner, claims: Iterable[Claim]) -> tuple[BatchPlan, ...]:
    """Split a partner's ready claims into batches of at most `claims_max`."""
    ready = tuple(claims)
    return tuple(
        BatchPlan(partner=partner, claims=ready[start : start + partner.claims_max])
        for start in range(0, len(ready), partner.claims_max)
    )
