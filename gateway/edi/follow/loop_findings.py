"""What is wrong with what a loop holds, looked for when somebody asks: reading takes a segment as it stands."""

from collections.abc import Iterator

from gateway.edi.follow.element_faults import Code
from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.follow.origin import Origin
from gateway.edi.follow.walk import segment_findings
from gateway.edi.guide.places import Place
from gateway.edi.guide.tree import CompositeElement, Element
from gateway.edi.wire.figures import as_amount, as_number
from gateway.edi.wire.finding import WireFinding, WireLevel

_AMOUNT = "782"
"""The data element of an amount of money."""


def loop_findings(origin: Origin, loop: Loop) -> tuple[WireFinding, ...]:
    """Give what is wrong with a piece and everything in it (SNIP 1 and 2), and figures that only the guide can read."""
    found = list(loop.findings)
    for ordinal, parts, place in loop.every():
        if place is not None:
            found += map(origin.located, _segment(ordinal, parts, place))
    return tuple(sorted(found, key=lambda one: one.ordinal))


def _segment(ordinal: int, parts: Parts, place: Place) -> Iterator[WireFinding]:
    told = set()
    if place.match(place.guide.marks.element.join(parts)) is None:
        for finding in segment_findings(place, parts, ordinal):
            told.add(finding.element)
            yield finding
    for element in place.use.elements:
        text = at(parts, element.position)
        said = _unreadable(element, text) if text and element.position not in told else ""
        if said:
            yield WireFinding(
                snip=1,
                level=WireLevel.ELEMENT,
                code=Code.CHARACTER,
                said=said,
                ordinal=ordinal,
                loop=place.within.id,
                segment=parts[0],
                element=element.position,
                value=text,
            )


def _unreadable(element: Element, text: str) -> str:
    """X12 lets a number have any decimals; money has cents, and nothing is counted to the billionth."""
    if isinstance(element, CompositeElement):
        return ""
    if element.type.number == _AMOUNT and as_amount(text) is None:
        return f"{element.name} is not an amount in dollars and cents"
    if element.type.kind == "R" and as_number(text) is None:
        return f"{element.name} has more digits than we read"
    return ""
