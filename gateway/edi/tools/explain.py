"""One segment of a file: where it stands, what the guide says of it and of each of its elements, and what stands there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from gateway.edi.guide.overlay import Overlay
from gateway.edi.guide.tree import UNBOUNDED, CompositeElement, SegmentUse, SimpleElement
from gateway.edi.read.whole_file import Contents, Loose, Standing
from gateway.edi.tools.element_names import loops_around, named, use_of
from gateway.edi.wire.segment import Delimiters, element_label


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedElement:
    """An element or component of a segment, as the guide has it and as it stands.

    label     its place, such as 05 or 05-1
    usage     R required, S situational, N not used; empty for one that the guide does not have
    kind      AN, ID, DT, TM, R, N0 to N6; empty of a composite
    shortest, longest   in characters; 0 of a composite
    codes     what it may hold; anything of its kind if there are none
    listed    name of the outside list that its codes are from
    repeat    how often it may occur; 0 if there is no limit
    values    what stands there, once for each repetition; never shown by repr
    """

    label: str
    name: str
    usage: str
    number: str = ""
    kind: str = ""
    shortest: int = 0
    longest: int = 0
    codes: tuple[str, ...] = ()
    listed: str = ""
    repeat: int = 1
    values: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A segment at its place in a file.

    ordinal   its place in the file, from 1
    loops     id and name of the loops that it stands in, outermost first
    name, usage, repeat, rules   what the guide says of it; empty name: it is not known there
    """

    ordinal: int
    segment: str
    loops: tuple[tuple[str, str], ...]
    name: str
    usage: str
    repeat: int
    rules: tuple[str, ...]
    elements: tuple[ExplainedElement, ...]


def explained(source: bytes | BinaryIO, ordinal: int, overlays: tuple[Overlay, ...] = ()) -> Explained | None:
    """Explain the segment at a place in a file, as a check counts them; None if the file has fewer."""
    for one in Contents(source, overlays):
        standings = (one.standing,) if isinstance(one, Loose) else one.standings()
        for standing in standings:
            if standing.ordinal == ordinal:
                return _explained(standing, one.marks)
    return None


def _explained(standing: Standing, marks: Delimiters) -> Explained:
    use, place = use_of(standing), standing.place
    values: dict[tuple[int, int], tuple[str, ...]] = {}
    for one in named(standing.parts, use, marks):
        where = one.position, one.component
        values[where] = (*values.get(where, ()), one.value)
    elements = list(_elements(use, values)) if use is not None else []
    known = {one.label for one in elements}
    for where, stands in values.items():
        if element_label(*where) not in known:
            elements.append(ExplainedElement(label=element_label(*where), name="", usage="", values=stands))
    return Explained(
        ordinal=standing.ordinal,
        segment=standing.parts[0],
        loops=tuple((loop.id, loop.tree.name) for loop in loops_around(place)) if place is not None else (),
        name=use.name if use is not None else "",
        usage=use.usage if use is not None else "",
        repeat=use.repeat if use is not None else UNBOUNDED,
        rules=use.rules if use is not None else (),
        elements=tuple(elements),
    )


def _elements(use: SegmentUse, values: dict[tuple[int, int], tuple[str, ...]]) -> Iterator[ExplainedElement]:
    for element in use.elements:
        if isinstance(element, SimpleElement):
            yield _element(element, (element.position, 0), values)
            continue
        yield _composite(element)
        for component in element.components if element.usage != "N" else ():
            yield _element(component, (element.position, component.position), values)


def _composite(element: CompositeElement) -> ExplainedElement:
    return ExplainedElement(
        label=element_label(element.position, 0),
        name=element.name,
        usage=element.usage,
        number=element.number,
        repeat=element.repeat,
    )


def _element(
    element: SimpleElement, where: tuple[int, int], values: dict[tuple[int, int], tuple[str, ...]]
) -> ExplainedElement:
    return ExplainedElement(
        label=element_label(*where),
        name=element.name,
        usage=element.usage,
        number=element.number,
        kind=element.type.kind,
        shortest=element.type.shortest,
        longest=element.type.longest,
        codes=tuple(sorted(element.codes)),
        listed=element.listed,
        repeat=element.repeat,
        values=values.get(where, ()),
    )
