"""The levels and statuses of a 277CA (005010X214), beside what its guide and the code lists say (SNIP 4)."""

from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.status_unit import StatusUnit
from gateway.edi.rules.context.unit import Unit
from gateway.edi.rules.levels import denies_children
from gateway.edi.rules.rule import Fault, Spot, rule
from gateway.edi.values.acknowledgments import STATUSES

_NOT_TAKEN: Final = frozenset({"E1", "E2", "E3", "E4"})
"""Categories of a system that could not take the claims; E0 is of inquiries."""


@rule(
    id="STATUS_OF_NO_ACKNOWLEDGMENT",
    on=("2200B STC", "2200C STC", "2200D STC", "2220D STC"),
    cites="005010X214, STC01-1: the categories of acknowledgments, A0 to A8, and E1 to E4 in real time",
    fix="Answer a claim's receipt by a category of A; what was decided of it stands in a 277 (005010X212) or 835.",
)
def status_of_no_acknowledgment(stc: Parts, _loop: Loop, unit: Unit) -> list[Spot]:
    """A status is none of an acknowledgment: its category is neither of A nor one of E1 to E4."""
    found = ((unit.part(stc, position, 1), position) for position in STATUSES)
    return [
        Spot(position, 1)
        for category, position in found
        if category and category[0] != "A" and category not in _NOT_TAKEN
    ]


@rule(
    id="STATUS_CHILDREN",
    on=("2000B HL", "2000C HL"),
    element=4,
    late=True,
    cites="005010X214, loops 2000B and 2000C, HL04: 1 if a level stands below, 0 where all of it is rejected here",
    fix="Make HL04 1 where a provider's or patient's level follows, else 0.",
)
def status_children(hl: Parts, _loop: Loop, unit: StatusUnit) -> bool:
    """HL04 does not say whether a level stands below."""
    return denies_children(hl, is_parent=unit.seen.is_parent(unit.piece))


@rule(
    id="PROVIDER_WITHOUT_STATUS",
    on="2000C HL",
    fault=Fault.LOOP_MISSING,
    lacks="2200C TRN",
    cites="005010X214, loop 2200C: required where the provider's claims are all rejected (HL04 = 0)",
    fix="Ask the sender what became of the provider's claims.",
)
def provider_without_status(hl: Parts, loop: Loop, _unit: StatusUnit) -> bool:
    """A provider without patients' levels (HL04 = 0) has no status either."""
    return at(hl, 4) == "0" and loop.one("2200C") is None


RULES = (status_of_no_acknowledgment, status_children, provider_without_status)
