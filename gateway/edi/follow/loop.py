"""What a transaction set holds, loop by loop, without loss: a file is handed on in pieces, each with what it stands in.

A unit is what a set is made of: a claim (2300), a claim payment (2100). The loops around units are levels (2000A, 2000B);
a level is handed on once its own part is read, and shared by all the units in it. So a file of any size is read with one
unit in memory, and the pieces in their order are all segments of the set in theirs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from gateway.edi.guide.places import Guide, LoopPlace, Place, Step
from gateway.edi.wire.finding import WireFinding

Parts: TypeAlias = list[str]
"""A segment split at its element marks, its id first; composites and repetitions as they stand."""

Placed: TypeAlias = tuple[int, Parts, Place | None]
"""A segment's place counted from ST = 1, the segment, and its place in the guide; None if it has none, and of ST."""

Run: TypeAlias = Sequence[Placed]
"""Segments in their order."""

UNIT_SEGMENTS_MAX: Final = 100_000
"""A claim payment of 999 lines has half as many; what has more is made to fill our memory."""


@dataclass(slots=True, eq=False, init=False)
class Loop:
    """One occurrence of a loop.

    id         its name in the guide, such as 2310B
    around     the level that it stands in; None of a loop inside a level's or unit's own, which has it in `loops`
    segments   its own, among them what has no place in the guide
    loops      the loops in it, in order, without levels and units: those are handed on by themselves
    findings   what is wrong with its loops and segments (SNIP 1 and 2), of a level or unit
    continues  the level that this is more of, where a set goes back to one, as for what stands behind the last unit
    """

    id: str
    around: "Loop | None"
    segments: list[Placed] = field(repr=False)
    loops: list["Loop"] = field(repr=False)
    findings: tuple[WireFinding, ...]
    continues: "Loop | None" = field(repr=False)

    # By hand, for a file has far more loops than claims, and a generated one takes a third longer.
    def __init__(
        self,
        id: str,  # noqa: A002 as the field
        around: "Loop | None" = None,
        segments: list[Placed] | None = None,
        loops: "list[Loop] | None" = None,
        continues: "Loop | None" = None,
    ) -> None:
        self.id = id
        self.around = around
        self.segments = [] if segments is None else segments
        self.loops = [] if loops is None else loops
        self.findings = ()
        self.continues = continues

    @property
    def ordinal(self) -> int:
        """The place of its first segment, counted from ST = 1."""
        return self.segments[0][0] if self.segments else self.loops[0].ordinal

    def each(self, segment_id: str) -> Iterator[Parts]:
        """Give its own segments of that id."""
        for _, parts, _ in self.segments:
            if parts[0] == segment_id:
                yield parts

    def first(self, segment_id: str, *codes: str) -> Parts:
        """Give its first segment of that id, whose first element is one of the codes where any are given; [] if none."""
        for _, parts, _ in self.segments:
            if parts[0] == segment_id and (not codes or (len(parts) > 1 and parts[1] in codes)):
                return parts
        return []

    def element(self, segment_id: str, position: int) -> str:
        """Give the 1-based element of its first segment of that id, as it stands; empty when absent."""
        for _, parts, _ in self.segments:
            if parts[0] == segment_id:
                return parts[position] if position < len(parts) else ""
        return ""

    def inside(self, loop_id: str) -> Iterator["Loop"]:
        """Give the loops of that id directly in it."""
        for loop in self.loops:
            if loop.id == loop_id:
                yield loop

    def one(self, loop_id: str) -> "Loop | None":
        """Give the first loop of that id directly in it."""
        for loop in self.loops:
            if loop.id == loop_id:
                return loop
        return None

    def level(self, loop_id: str) -> "Loop | None":
        """Give the level of that id that it is, or stands in."""
        here: Loop | None = self
        while here is not None and here.id != loop_id:
            here = here.around
        return here

    def every(self) -> Iterator[Placed]:
        """Give every segment in it, those of the loops in it too."""
        yield from self.segments
        for loop in self.loops:
            yield from loop.every()

    def texts(self, mark: str) -> Iterator[str]:
        """Give every segment in it as it stands in the file, without its terminator."""
        for _, parts, _ in self.every():
            yield mark.join(parts)


def at(parts: Sequence[str], position: int) -> str:
    """Give the 1-based element as it stands; empty when absent."""
    return parts[position] if position < len(parts) else ""


def runs(segments: Iterable[Placed], *starts: str) -> list[list[Placed]]:
    """Cut segments by their ids and not by the guide: each run but the first begins with one whose id is in `starts`."""
    found: list[list[Placed]] = [[]]
    for placed in segments:
        if placed[1][0] in starts:
            found.append([])
        found[-1].append(placed)
    return found


class TooLongError(Exception):
    """A unit has more segments than any honest one."""


class Builder:
    """Makes the loops of one set from its segments as a walk places them. Gives each piece when the next one begins."""

    def __init__(self, guide: Guide, units: frozenset[str], st: Parts) -> None:
        self._end = guide.end
        self._levels = frozenset(_levels(guide.root, units))
        self._piece = Loop(guide.root.id, segments=[(1, st, None)])
        self._open = [self._piece]
        self._depth = 1
        self.here = self._piece.segments
        self.limit = UNIT_SEGMENTS_MAX
        self.ended = False

    def __call__(self, step: Step, parts: Parts, ordinal: int) -> Loop | None:
        """Take a segment that begins or ends a loop. Gives the piece that it ended."""
        move, opened, levels = step.move, self._open, self._levels
        if move.leaves:
            del opened[-len(move.leaves) :]
        ended = None
        if move.joins in levels:
            ended = self._piece
        elif len(opened) < self._depth or move.to is self._end:
            ended = self._go_back()
        for place in move.enters:
            if place in levels:
                around = opened[-1]
                self._piece = Loop(place.tree.id, around.continues or around)
                opened.append(self._piece)
                self._depth = len(opened)
            else:
                inner = Loop(place.tree.id)
                opened[-1].loops.append(inner)
                opened.append(inner)
        self.here = opened[-1].segments
        self.here.append((ordinal, parts, step.to))
        if ended is None:
            return None
        self.limit = ordinal + UNIT_SEGMENTS_MAX
        return self.ended_with(ended)

    def ended_with(self, piece: Loop) -> Loop | None:
        """Take a piece that has ended. Gives what is to be handed on."""
        return piece

    def end(self, *, is_cut: bool = False) -> Loop:  # noqa: ARG002 for those who judge
        """Give the last piece. `is_cut` says that the file ended before the set did."""
        self.ended = True
        return self._piece

    def _go_back(self) -> Loop:
        """End the piece for more of a level that was handed on."""
        ended, level = self._piece, self._open[-1]
        self._piece = self._open[-1] = Loop(level.id, level.around, continues=level.continues or level)
        self._depth = len(self._open)
        return ended


def _levels(loop: LoopPlace, units: frozenset[str]) -> Iterable[LoopPlace]:
    """Find the units in a loop and, where there are any, the loops around them."""
    found = [one for child in loop.children if isinstance(child, LoopPlace) for one in _levels(child, units)]
    return [loop, *found] if found or loop.id in units else []
