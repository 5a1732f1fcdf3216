"""The statuses of a 277CA (005010X214), beside what its guide and the code lists say (SNIP 4)."""

from typing import Final

from gateway.edi.loop import Loop, Parts
from gateway.edi.rules.rule import Spot, rule
from gateway.edi.rules.unit import Unit

_STATUSES: Final = (1, 10, 11)
"""Elements of STC that hold a status each."""


@rule(
    id="STATUS_OF_NO_ACKNOWLEDGMENT",
    on=("2200B STC", "2200C STC", "2200D STC", "2220D STC"),
    cites="005010X214, STC01-1: the categories of acknowledgments, A0 to A8",
    fix="Answer a claim's receipt by a category of A; what was decided of it stands in a 277 (005010X212) or 835.",
)
def status_of_no_acknowledgment(stc: Parts, _loop: Loop, unit: Unit) -> list[Spot]:
    """A status is none of an acknowledgment: its category does not begin with A."""
    found = ((unit.part(stc, position, 1), position) for position in _STATUSES)
    return [Spot(position, 1) for category, position in found if category and category[0] != "A"]


RULES = (status_of_no_acknowledgment,)
