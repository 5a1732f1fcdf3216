"""An 837 into files of so many claims, each with the levels that its claims stand in: hierarchies are cut and numbered anew."""

from collections.abc import Iterable, Iterator
from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.read.whole_file import Loose, Piece
from gateway.edi.tools.split import Numbers, PartWriter, Splitting
from gateway.errors import UsageError

_OF_CLAIMS: Final = frozenset({"005010X222A1", "005010X223A2"})
_SUBSCRIBER: Final = "2000B"
_PATIENT: Final = "2000C"
_ENVELOPE: Final = frozenset({"ISA", "GS", "GE", "IEA"})
_CHILDREN: Final = 4
"""HL04."""


def by_claims(contents: Iterable[Loose | Piece], claims_max: int) -> Splitting:
    """Split into files of at most so many claims, none with claims of two transaction sets.

    A level without a claim in it is left out. Raises UsageError, naming the segment, at what cannot be split by claims.
    """
    numbers, groups, writer = Numbers(), Numbers(), PartWriter()
    isa: Parts = []
    gs: Parts = []
    header: list[Parts] = []
    hierarchy: _Hierarchy | None = None
    for one in contents:
        if isinstance(one, Loose):
            parts = one.standing.parts
            isa, gs = (parts if parts[0] == "ISA" else isa), (parts if parts[0] == "GS" else gs)
            if parts[0] not in _ENVELOPE:
                raise _refused(one.standing.ordinal, f"{parts[0]} is of no set of claims")
            continue
        _require_claims(one)
        if one.loop.around is None and one.loop.continues is None:
            header = [standing.parts for standing in one.standings()]
        elif one.is_unit:
            if hierarchy is not None and hierarchy.claims >= claims_max:
                yield from hierarchy.end()
                hierarchy = None
            if hierarchy is None:
                yield from writer.begin(isa, numbers, one.marks)
                yield from writer.begin_group(gs, groups)
                hierarchy = _Hierarchy(writer, header)
            yield from hierarchy.claim(one)
        elif one.loop.continues is not None and hierarchy is not None:  # the set's SE
            yield from hierarchy.end()
            hierarchy = None


def _require_claims(piece: Piece) -> None:
    if piece.version not in _OF_CLAIMS:
        raise _refused(piece.starts, f"the transaction set is one of {piece.version}, not an 837")
    found = [one for one in piece.standings() if one.parts[0] != "SE"]
    if piece.loop.continues is not None and found:
        raise _refused(found[0].ordinal, "a segment stands behind the claims of its level, and would belong to none")


def _refused(ordinal: int, said: str) -> UsageError:
    return UsageError(
        f"segment {ordinal}: {said}; nothing was written; `--by set` or `--by interchange` splits such a file"
    )


class _Hierarchy:
    """One transaction set of one part. What stands in a subscriber's level is held until all of it is known: HL04 tells."""

    def __init__(self, writer: PartWriter, header: list[Parts]) -> None:
        self._writer = writer
        self._rest: list[Parts] = list(header)
        self._control = at(header[0], 2)
        self._count = 0
        self._levels: dict[int, tuple[Loop, str]] = {}
        self._hierarchies = 0
        self._subscriber: Parts | None = None
        self.claims = 0

    def claim(self, claim: Piece) -> Iterator[str]:
        """Write the levels that a claim stands in, those that are not there yet, and the claim."""
        around = list(_levels(claim.loop.around))
        for level in around:
            if id(level) not in self._levels:
                yield from self._level(claim._replace(loop=level))
        self._levels = {id(level): self._levels[id(level)] for level in around}
        self.claims += 1
        self._rest.extend(one.parts for one in claim.standings())

    def _level(self, level: Piece) -> Iterator[str]:
        loop, segments = level.loop, [one.parts for one in level.standings()]
        if loop.id == _PATIENT:
            self._subscriber = None  # it has a child, as it says
        else:
            yield from self._written()
        number = ""
        if segments[0][0] == "HL":
            self._hierarchies += 1
            number = str(self._hierarchies)
            _, parent = self._levels.get(id(loop.around), (loop, at(segments[0], 2)))
            segments[0] = ["HL", number, parent, *segments[0][3:]]
            if loop.id == _SUBSCRIBER:
                self._subscriber = segments[0]
        self._levels[id(loop)] = loop, number  # kept with the loop, so that no other one gets its id
        self._rest.extend(segments)

    def _written(self) -> Iterator[str]:
        if self._subscriber is not None and at(self._subscriber, _CHILDREN) == "1":
            self._subscriber[_CHILDREN] = "0"
        self._subscriber = None
        self._count += len(self._rest)
        for parts in self._rest:
            yield self._writer.text(parts)
        self._rest = []

    def end(self) -> Iterator[str]:
        """End the set and its part."""
        yield from self._written()
        yield self._writer.text(["SE", str(self._count + 1), self._control])
        yield from self._writer.end(groups=1)


def _levels(loop: Loop | None) -> Iterator[Loop]:
    """Give the levels around a claim but the set itself, outermost first."""
    if loop is not None and loop.around is not None:
        yield from _levels(loop.around)
        if loop.segments or loop.loops:  # the tables of a guide have none of their own
            yield loop
