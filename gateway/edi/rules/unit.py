"""What a rule may look at beside its segment: the piece of the set, what stands around it, and what was seen before."""

from datetime import date
from functools import cached_property

from gateway.edi.figures import as_day
from gateway.edi.loop import Loop, Parts
from gateway.edi.origin import Origin

NOTHING = Loop("")
LATEST = "99999999"
"""Behind every day, as CCYYMMDD: where nobody says what today is, no day is in the future."""


class Unit:
    """A piece of a set: a level, a claim or a payment.

    piece      it; `piece.around` is what it stands in
    component  the mark between components
    today      CCYYMMDD; LATEST if nobody said
    """

    def __init__(self, piece: Loop, origin: Origin, today: str) -> None:
        self.piece, self.origin, self.today = piece, origin, today
        self.component = origin.marks.component

    @property
    def name(self) -> str:
        """The number by which its sender knows it; empty of what is no claim, payment or status."""
        return ""

    @cached_property
    def day(self) -> date:
        """The day by which codes are looked up: of the functional group (GS04), the last there is if that is no day."""
        return as_day(self.origin.date) or date.max

    def split(self, text: str) -> list[str]:
        """Give the components of an element; none of an empty one."""
        return text.split(self.component) if text else []

    def part(self, parts: Parts, position: int, inner: int) -> str:
        """Give one 1-based component of the 1-based element; empty when absent."""
        if position >= len(parts):
            return ""
        components = parts[position].split(self.component)
        return components[inner - 1] if inner <= len(components) else ""

    def level(self, loop_id: str) -> Loop:
        """Give the level of that id that the piece is, or stands in; an empty one if there is none."""
        return self.piece.level(loop_id) or NOTHING
