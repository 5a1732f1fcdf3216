"""The places of a compiled guide: what may follow each segment, and how often it may stand where it stands.

A place is a segment at one spot of the guide. From each, a table leads by segment id, and by qualifier where several
places share the id, to the step that the segment makes: which loops it ends, which it begins, what should have stood
before it. How often something occurs in a loop is kept in one integer (`LoopPlace.arrange`), so that following a file
costs a few additions a segment. Tables and patterns are made when a file first needs them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeAlias, final

from gateway.edi.guide.pattern import Patterns
from gateway.edi.guide.tree import UNBOUNDED, Loop, SegmentUse
from gateway.edi.wire.segment import Delimiters

Matcher: TypeAlias = Callable[[str], "re.Match[str] | None"]


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """What a segment does to the loops.

    to      where it stands
    leaves  the loops that end, innermost first
    joins   the child of the loop that both places share: the segment itself, or the outermost loop that begins
    enters  the loops that begin, outermost first
    """

    to: "Place"
    leaves: tuple["LoopPlace", ...]
    joins: "Child"
    enters: tuple["LoopPlace", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A move as figures, for following a file.

    ends     the loops that end, innermost first, each with what it has to have had
    present, unit    of the loop that both places share: what to set, and what to add
    before, watched  of the bits `watched` then exactly `before` are set: what has to have stood before, and no guard
    begins   the integers of the loops that begin, outermost first
    stays    whether no loop ends or begins, nor the set

    Its slots are read at every segment; to unpack a named tuple there would take five times as long.
    """

    to: "Place"
    ends: tuple[tuple[int, "LoopPlace"], ...]
    before: int
    present: int
    unit: int
    watched: int
    begins: tuple[int, ...]
    stays: bool
    move: Move


@final
@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Several steps for one segment id.

    position, component  of the code that tells them apart; component 0 is the element as a whole
    steps                the step for each code
    otherwise            the one for any other code
    """

    position: int
    component: int
    steps: dict[str, Step]
    otherwise: Step | None


Table: TypeAlias = dict[str, "Step | Choice"]


def code_at(parts: list[str], position: int, inner: int, component: str) -> str:
    """Give the code by which places are told apart; `Walk.follow` does the same in line, for it is asked at every segment."""
    code = parts[position] if position < len(parts) else ""
    return code.partition(component)[0] if inner else code


@dataclass(slots=True, eq=False, kw_only=True)
class Child:
    """A segment or loop as a child of its loop, and its part of the loop's integer.

    at       its place among its siblings
    present  the bit that says that it occurred
    unit     what one occurrence adds; 0 if there is no limit
    guard    the bit that is reached by one occurrence too many; 0 if there is no limit
    before   the bits of the required siblings that stand before it
    """

    loop: "LoopPlace | None"
    at: int
    required: bool
    repeat: int
    present: int = 0
    unit: int = 0
    guard: int = 0
    before: int = 0

    @property
    def within(self) -> "LoopPlace":
        """The loop that it stands in."""
        assert self.loop is not None, "the loop from ST to SE stands in none"
        return self.loop


@dataclass(slots=True, eq=False, kw_only=True)
class LoopPlace(Child):
    """A loop of the guide. `fresh` is its integer when it begins, `guards` all guard bits, `needs` all required children."""

    tree: Loop
    children: list[Child] = field(default_factory=list)
    fresh: int = 0
    guards: int = 0
    needs: int = 0

    @property
    def id(self) -> str:
        """Its name in the guide, such as 2010AA."""
        return self.tree.id

    def arrange(self) -> None:
        """Give each child its bits: a counter that starts so that it overflows into its guard, and a presence bit."""
        shift = 0
        for child in self.children:
            if child.repeat != UNBOUNDED:
                width = child.repeat.bit_length()
                self.fresh |= ((1 << width) - 1 - child.repeat) << shift
                child.unit, child.guard = 1 << shift, 1 << (shift + width)
                shift += width + 1
            child.present = 1 << shift
            shift += 1
        self.guards = sum(child.guard for child in self.children)
        self.needs = sum(child.present for child in self.children if child.required)
        for child in self.children:
            child.before = sum(one.present for one in self.children if one.required and one.at < child.at)

    def begun(self, with_child: Child) -> int:
        """Give its integer once it has begun with its first child."""
        return (self.fresh | with_child.present) + with_child.unit

    def outwards(self) -> Iterator["LoopPlace"]:
        """Give this loop and those around it, innermost first."""
        here: LoopPlace | None = self
        while here is not None:
            yield here
            here = here.loop


@dataclass(slots=True, eq=False, kw_only=True)
class Place(Child):
    """A segment of the guide. `match` tells whether a whole segment is as the guide has it."""

    use: SegmentUse
    guide: "Guide"
    match: Matcher
    made: Table | None = None

    @property
    def table(self) -> Table:
        """Where each segment leads from here."""
        if self.made is None:
            self.made = self.guide.table_from(self)
        return self.made

    def __str__(self) -> str:
        return f"{self.within.id} {self.use.id}"


class Guide:
    """One transaction set's guide for one set of delimiters.

    root   the loop from ST to SE
    start  the place of ST
    end    the place of SE
    ids    every segment id that it knows
    """

    def __init__(self, tree: Loop, marks: Delimiters) -> None:
        self.tree = tree
        self.marks = marks
        self._patterns = Patterns(marks)
        self.ids: set[str] = set()
        self.root = self._loop(tree, None)
        first, last = self.root.children[0], self.root.children[-1]
        assert isinstance(first, Place), "a transaction set begins with ST"
        assert isinstance(last, Place), "a transaction set ends with SE"
        self.start: Place = first
        self.end: Place = last

    def _loop(self, tree: Loop, around: LoopPlace | None) -> LoopPlace:
        loop = LoopPlace(loop=around, at=tree.at, required=tree.usage == "R", repeat=tree.repeat, tree=tree)
        for child in tree.children:
            if isinstance(child, SegmentUse):
                loop.children.append(self._place(child, loop))
            elif child.children:
                loop.children.append(self._loop(child, loop))
        loop.arrange()
        return loop

    def _place(self, use: SegmentUse, loop: LoopPlace) -> Place:
        self.ids.add(use.id)
        place = Place(
            loop=loop, at=use.at, required=use.usage == "R", repeat=use.repeat, use=use, guide=self, match=_never
        )

        def first_match(raw: str) -> "re.Match[str] | None":
            place.match = re.compile(self._patterns.of(use), re.ASCII).fullmatch
            return place.match(raw)

        if use.usage != "N":
            place.match = first_match
        return place

    def table_from(self, place: Place) -> Table:
        """Make the table of a place: nearest first, so that of two places for a segment the nearer one has it."""
        found: dict[str, list[Move]] = {}
        for move in self.moves_from(place):
            found.setdefault(move.to.use.id, []).append(move)
        return {segment_id: _entry(moves) for segment_id, moves in found.items()}

    def moves_from(self, place: Place, *, backwards: bool = False) -> Iterator[Move]:
        """Give every move from a place in the order of the guide: onwards in its loop, then in each loop around it.

        With `backwards` also those to what should have stood before.
        """
        leaves: list[LoopPlace] = []
        at = place.at
        for loop in place.within.outwards():
            for child in loop.children:
                if backwards or child.at >= at:
                    yield from moves_into(child, tuple(leaves), child, ())
            leaves.append(loop)
            at = loop.at


def moves_into(
    child: Child, leaves: tuple[LoopPlace, ...], joins: Child, enters: tuple[LoopPlace, ...]
) -> Iterator[Move]:
    """Give the moves that reach a child: to the segment, or to the first segment of the loop."""
    if isinstance(child, Place):
        # The first segment of a loop begins it anew, and does not stand in it a second time.
        begins_its_loop = child.within.children[0] is child and child.within.loop is not None
        if not enters and begins_its_loop:
            return
        yield Move(child, leaves, joins, enters)
        return
    assert isinstance(child, LoopPlace)
    first = child.children[0]
    if isinstance(first, LoopPlace):  # a loop that only holds others begins with any of them
        for inner in child.children:
            if isinstance(inner, LoopPlace):
                yield from moves_into(inner, leaves, joins, (*enters, child))
        return
    yield from moves_into(first, leaves, joins, (*enters, child))


def _entry(moves: list[Move]) -> Step | Choice:
    """Give the one step, or the choice: earlier moves go first, and a place without a key takes whatever is left."""
    keys = {move.to.use.key for move in moves} - {None}
    if not keys:
        return step_of(moves[0])
    (key,) = keys
    assert key is not None
    if _share_a_code(moves, key):
        # Both PWK of an 837P's line may be CT (PWK01). The next element tells them apart; a wrong one is said of the first.
        key = (key[0] + 1, 0)
        return Choice(*key, _by_code(moves, key), step_of(moves[0]))
    keyless = next((place for place, move in enumerate(moves) if move.to.use.key is None), None)
    if keyless is None:
        return Choice(*key, _by_code(moves, key), None)
    return Choice(*key, _by_code(moves[:keyless], key), step_of(moves[keyless]))  # what comes after it is never reached


def _by_code(moves: list[Move], key: tuple[int, int]) -> dict[str, Step]:
    found: dict[str, Step] = {}
    for move in moves:
        for code in move.to.use.codes_at(*key):
            found.setdefault(code, step_of(move))
    return found


def _share_a_code(moves: list[Move], key: tuple[int, int]) -> bool:
    """Whether two uses of a segment in one loop may have the same code there."""
    uses = [to for to in dict.fromkeys([move.to for move in moves]) if to.use.key is not None]
    for one, other in combinations(uses, 2):
        if one.within is other.within and not one.use.codes_at(*key).isdisjoint(other.use.codes_at(*key)):
            return True
    return False


def step_of(move: Move) -> Step:
    """Give a move as figures."""
    first = (*move.enters[1:], move.to) if move.enters else ()
    return Step(
        to=move.to,
        ends=tuple((loop.needs, loop) for loop in move.leaves),
        before=move.joins.before,
        present=move.joins.present,
        unit=move.joins.unit,
        watched=move.joins.before | move.joins.within.guards,
        begins=tuple(loop.begun(child) for loop, child in zip(move.enters, first, strict=True)),
        stays=not move.leaves and not move.enters and move.to is not move.to.guide.end,
        move=move,
    )


def _never(_raw: str) -> None:
    return None
