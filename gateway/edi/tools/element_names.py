"""The elements of a segment by their names in the guide."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from gateway.edi.follow.loop import Parts
from gateway.edi.guide.places import LoopPlace, Place
from gateway.edi.guide.tree import CompositeElement, Element, SegmentUse, SimpleElement, envelope_uses
from gateway.edi.read.whole_file import Standing
from gateway.edi.wire.segment import Delimiters

_NO_LOOPS: Final = frozenset({"ST_LOOP", "HEADER", "DETAIL", "FOOTER"})
"""What the map files put around loops, which no guide names."""


class Named(NamedTuple):
    """One value of a segment.

    position, component, repetition   1-based; component is 0 for the element as a whole
    name     its name in the guide; empty where the guide has no such element
    value    what stands there, codes as codes
    """

    position: int
    component: int
    repetition: int
    name: str
    value: str

    # It may be somebody's name.
    def __repr__(self) -> str:
        return f"Named({self.label})"

    @property
    def label(self) -> str:
        """Its place in the segment, such as 05, 05-1 or, of a repetition, 05(2)-1."""
        again = f"({self.repetition})" if self.repetition > 1 else ""
        return f"{self.position:02}{again}" + (f"-{self.component}" if self.component else "")


def use_of(standing: Standing) -> SegmentUse | None:
    """Give what the guide, or the standard of the envelopes, says of a segment where it stands; None if nothing."""
    if standing.place is not None:
        return standing.place.use
    return envelope_uses().get(standing.parts[0]) if standing.loop is None else None


def named(parts: Parts, use: SegmentUse | None, marks: Delimiters) -> Iterator[Named]:
    """Give the values of a segment that are not empty, each component by itself."""
    known = {one.position: one for one in use.elements} if use is not None else {}
    for position, value in enumerate(parts[1:], start=1):
        if not value:
            continue
        element = known.get(position)
        if parts[0] == "ISA":  # it holds the delimiters themselves
            yield Named(position, 0, 1, element.name if element else "", value)
            continue
        several = value.split(marks.repetition) if marks.repetition else [value]
        for repetition, one in enumerate(several, start=1):
            yield from _values(position, repetition, element, one, marks)


def _values(position: int, repetition: int, element: Element | None, value: str, marks: Delimiters) -> Iterator[Named]:
    if isinstance(element, SimpleElement) or (element is None and marks.component not in value):
        yield Named(position, 0, repetition, element.name if element else "", value)
        return
    names = {one.position: one.name for one in element.components} if isinstance(element, CompositeElement) else {}
    for component, part in enumerate(value.split(marks.component), start=1):
        if part:
            yield Named(position, component, repetition, names.get(component, ""), part)


def loops_around(place: Place) -> tuple[LoopPlace, ...]:
    """Give the loops that a place stands in as the guide names them, outermost first."""
    found = [loop for loop in place.within.outwards() if loop.id not in _NO_LOOPS]
    return tuple(reversed(found))
