"""A file as lines for a person: each segment with its place, indented by loop, each element with its name and its value."""

from collections.abc import Iterable, Iterator
from typing import Final

from gateway.edi.follow.loop import Loop
from gateway.edi.read.whole_file import Loose, Piece, Standing
from gateway.edi.tools.element_names import loops_around, named, use_of
from gateway.edi.wire.segment import Delimiters, is_segment_id

_STEP: Final = "  "
_MARGIN: Final = 8
_DEPTHS: Final = {"ISA": 0, "IEA": 0, "TA1": 1, "GS": 1, "GE": 1, "ST": 2, "SE": 2}
_IN_SET: Final = 3
"""How deep a loop of a set stands, and a segment of a set that no guide is known for."""


def readable(contents: Iterable[Loose | Piece], number: str = "") -> Iterator[str]:
    """Give the lines of a file.

    number  of the units that are wanted, with the levels that they stand in and nothing else; all of the file if empty.
            Claims and payments are named by their patient control number (CLM01, CLP01), see Piece.number
    """
    shown: list[Loop] = []
    for one in contents:
        if isinstance(one, Loose):
            if not number:
                yield from _segment(one.standing, _DEPTHS.get(one.standing.parts[0], _IN_SET), one.marks)
        elif not number:
            yield from _piece(one)
        elif one.is_unit and one.number == number:
            around = list(_levels(one.loop.around))
            for level in around:
                if level not in shown:
                    yield from _piece(one._replace(loop=level))
            shown = around
            yield from _piece(one)


def _levels(loop: Loop | None) -> Iterator[Loop]:
    """Give the levels around a unit but the set itself, outermost first."""
    if loop is not None and loop.around is not None:
        yield from _levels(loop.around)
        yield loop


def _piece(piece: Piece) -> Iterator[str]:
    """Give a level's own part or a unit: a heading for each loop that begins."""
    depth = _IN_SET
    headed: set[int] = set()
    for standing in piece.standings():
        place, loop = standing.place, standing.loop
        if place is not None:
            around = loops_around(place)
            depth = _IN_SET + len(around) if around else _DEPTHS.get(place.use.id, _IN_SET)
            if around and loop is not None and id(loop) not in headed:
                headed.add(id(loop))
                if loop.continues is None:
                    yield f"{'':{_MARGIN}}{_STEP * (depth - 1)}loop {around[-1].id} {around[-1].tree.name}"
        yield from _segment(standing, depth, piece.marks)


def _segment(standing: Standing, depth: int, marks: Delimiters) -> Iterator[str]:
    use, segment_id = use_of(standing), standing.parts[0]
    inside = f"{'':{_MARGIN}}{_STEP * (depth + 1)}"
    mark = " " if use is not None else "?"
    # In a file with a delimiter gone astray anything may stand here, also what would steer a terminal.
    title = use.name if use is not None else "has no name here"
    yield f"{mark}{standing.ordinal:>{_MARGIN - 2}} {_STEP * depth}{printable(segment_id)} {title}"
    label = segment_id if is_segment_id(segment_id) else ""
    for one in named(standing.parts, use, marks):
        name = one.name or ("?" if use is not None else "")
        yield f"{inside}{label}{one.label} {name}{': ' if name else ''}{printable(one.value)}"


def printable(text: str) -> str:
    """Give a text with every control character escaped: what a stranger wrote must not steer a terminal."""
    return text if text.isprintable() else "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text)
