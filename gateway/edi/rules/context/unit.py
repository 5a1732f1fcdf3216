"""What a rule may look at beside its segment: the piece of the set, what stands around it, and what was seen before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.follow.origin import Origin
from gateway.edi.rules.context.lists import Lists
from gateway.edi.wire.figures import as_cents, as_day

ONE_REASON: Final = 4
"""The length of a CAS with one reason and no quantity, as nearly all have."""
_TWICE = 2
NOTHING = Loop("")
LATEST = "99999999"
"""Behind every day, as CCYYMMDD: where nobody says what today is, no day is in the future."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all units of a set share.

    today  CCYYMMDD; LATEST if nobody said
    """

    origin: Origin
    lists: Lists
    today: str = LATEST


class Unit:
    """A piece of a set: a level, a claim or a payment.

    piece      it; `piece.around` is what it stands in
    component  the mark between components
    today      CCYYMMDD; LATEST if nobody said
    """

    def __init__(self, piece: Loop, setting: Setting) -> None:
        self.piece, self.origin, self.lists, self.today = piece, setting.origin, setting.lists, setting.today
        self.component = setting.origin.marks.component
        self.is_plain: bool | None = None  # what `fast_accept.py` has found out about the whole of it

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
        """Give one 1-based component of the 1-based element, 0 for all of it; empty when absent."""
        text = at(parts, position)
        if not inner:
            return text
        components = text.split(self.component)
        return components[inner - 1] if inner <= len(components) else ""

    def level(self, loop_id: str) -> Loop:
        """Give the level of that id that the piece is, or stands in; an empty one if there is none."""
        return self.piece.level(loop_id) or NOTHING


def taken_by(cas: Parts) -> int | None:
    """Add up the amounts of a CAS, in cents; None if one cannot be read."""
    if len(cas) == ONE_REASON:
        return as_cents(cas[3])
    total = 0
    for text in cas[3::3]:
        amount = as_cents(text) if text else 0
        if amount is None:
            return None
        total += amount
    return total


def repeats_earlier_line(ref: Parts, line: Loop, lines: Iterable[Loop], numbers: Sequence[str]) -> bool:
    """Tell whether a line's number (REF*6R) is that of an earlier line; `numbers` are those of all lines."""
    number = at(ref, 2)
    if numbers.count(number) < _TWICE:
        return False
    return next((one for one in lines if at(one.first("REF", "6R"), 2) == number), line) is not line
