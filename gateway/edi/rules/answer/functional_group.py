"""What a 999 (005010X231A1) says of a functional group as a whole (SNIP 4): AK9 agrees with itself."""

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.unit import Unit
from gateway.edi.rules.rule import Spot, rule
from gateway.edi.wire.figures import is_whole

_RECEIVED, _ACCEPTED = 3, 4
"""AK903 and AK904."""
_ALL, _SOME, _NONE = frozenset({"A", "E"}), frozenset({"P"}), frozenset({"R", "M", "W", "X"})
"""AK901 by how many of the sets are accepted."""


@rule(
    id="MORE_ACCEPTED_THAN_RECEIVED",
    on="HEADER AK9",
    element=_ACCEPTED,
    cites="005010X231A1, AK903 and AK904: the sets received, and those of them that are accepted",
    fix="Ask the sender for the answer again.",
)
def more_accepted_than_received(ak9: Parts, _loop: Loop, _unit: Unit) -> bool:
    """More transaction sets are accepted (AK904) than were received (AK903)."""
    counts = _counts(ak9)
    return counts is not None and counts[1] > counts[0]


@rule(
    id="GROUP_VERDICT_IS_NOT_ITS_COUNTS",
    on="HEADER AK9",
    element=1,
    cites="005010X231A1, AK901: A or E if all sets are accepted, P if some are, else rejected",
    fix="Trust what is said of each set (IK5); ask the sender.",
)
def group_verdict_is_not_its_counts(ak9: Parts, _loop: Loop, _unit: Unit) -> list[Spot]:
    """The verdict on the group (AK901) is not what its counts say (AK903, AK904)."""
    counts = _counts(ak9)
    if counts is None or counts[1] > counts[0]:
        return []
    received, accepted = counts
    fits = _NONE if not accepted else _ALL if accepted == received else _SOME
    return [] if at(ak9, 1) in fits or at(ak9, 1) not in _ALL | _SOME | _NONE else [Spot(1)]


def _counts(ak9: Parts) -> tuple[int, int] | None:
    received, accepted = at(ak9, _RECEIVED), at(ak9, _ACCEPTED)
    return (int(received), int(accepted)) if is_whole(received) and is_whole(accepted) else None


RULES = (more_accepted_than_received, group_verdict_is_not_its_counts)
