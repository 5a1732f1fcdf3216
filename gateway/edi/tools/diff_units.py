"""A file as units that can be found again in another file: claims and payments by their numbers, levels by whom they name.

Where a unit stands is no part of it, so that files compare whose claims are in another order, or in several interchanges.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Final, NamedTuple

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.read.whole_file import Loose, Piece, Standing
from gateway.edi.wire.segment import Delimiters

NUMBERS: Final[Mapping[str, tuple[int, ...]]] = {
    "ISA": (9, 10, 13),
    "IEA": (1, 2),
    "GS": (4, 5, 6),
    "GE": (1, 2),
    "ST": (2,),
    "SE": (1, 2),
    "HL": (1, 2),
}
"""What only numbers, counts and dates a file: control numbers, counts, when it was written, HL's own number and parent."""

NOTHING: Final[Mapping[str, tuple[int, ...]]] = {}

_KINDS: Final = {"CLM": "claim", "CLP": "payment"}
_ENVELOPE: Final = frozenset({"ISA", "IEA", "GS", "GE", "TA1"})
_LOOSE_MAX: Final = 10_000
"""Segments of a set that no guide is known for, in one unit."""
# Text is Latin-1, so that no file holds these.
_COMPONENT, _REPETITION, _ELEMENT, _SEGMENT = "\ue000", "\ue001", "\ue002", "\ue003"
_EMPTY: Final = re.compile(f"{_COMPONENT}+(?=[{_ELEMENT}{_REPETITION}])|[{_ELEMENT}{_COMPONENT}]+(?={_SEGMENT}|\\Z)")
"""Marks with nothing behind them, which say nothing."""
_PAYERS_NUMBER: Final = 7
"""CLP07."""


class Unit(NamedTuple):
    """Segments that belong together.

    kind        claim, payment, set, loop and its id, or a segment of the envelope by its id
    number      what it is called: the patient control number (and the payer's, of a payment), whom a level names
    occurrence  from 1, of those of the same kind and number
    within      whom the levels around a claim name, outermost first: under another subscriber it is another one
    """

    kind: str
    number: str
    occurrence: int
    standings: tuple[Standing, ...]
    marks: Delimiters
    within: tuple[str, ...] = ()

    # A patient control number is somebody's.
    def __repr__(self) -> str:
        return f"Unit({self.kind}, {self.ordinal})"

    @property
    def ordinal(self) -> int:
        """The place of its first segment in the file."""
        return self.standings[0].ordinal

    @property
    def key(self) -> int:
        """A digest of what it is called."""
        return _digest(self.kind, self.number, str(self.occurrence))

    def texts(self, ignoring: Mapping[str, tuple[int, ...]]) -> list[str]:
        """Give its segments without what is to be ignored, in the same delimiters whatever the file's are."""
        return [_unmarked(_without(one.parts, ignoring), self.marks) for one in self.standings]

    def digest(self, ignoring: Mapping[str, tuple[int, ...]]) -> int:
        """A digest of what it is called and of what it holds."""
        text = _SEGMENT.join([_without(one.parts, ignoring) for one in self.standings])
        return _digest(self.kind, self.number, str(self.occurrence), *self.within, "", _unmarked(text, self.marks))


def units(contents: Iterable[Loose | Piece]) -> Iterator[Unit]:
    """Give the units of a file in its order."""
    seen = _Occurrences()
    for one in _named(contents):
        yield one._replace(occurrence=seen.of(one.kind, one.number))


def _named(contents: Iterable[Loose | Piece]) -> Iterator[Unit]:
    loose: list[Standing] = []
    marks = Delimiters()
    for one in contents:
        if isinstance(one, Loose) and one.standing.parts[0] not in _ENVELOPE | {"ST"} and len(loose) < _LOOSE_MAX:
            loose.append(one.standing)
            marks = one.marks
            continue
        if loose:
            yield Unit("set", "", 1, tuple(loose), marks)
            loose = []
        if isinstance(one, Piece):
            yield _unit(one)
        elif one.standing.parts[0] in _ENVELOPE:
            yield Unit(one.standing.parts[0], "", 1, (one.standing,), one.marks)
        else:
            loose, marks = [one.standing], one.marks
    if loose:
        yield Unit("set", "", 1, tuple(loose), marks)


def _unit(piece: Piece) -> Unit:
    loop = piece.loop
    first = loop.segments[0][1] if loop.segments else [""]
    standings, marks = tuple(piece.standings()), piece.marks
    if piece.is_unit:
        payers = f" {at(first, _PAYERS_NUMBER)}" if first[0] == "CLP" else ""
        kind = _KINDS.get(first[0], f"loop {loop.id}")
        return Unit(kind, f"{piece.number}{payers}", 1, standings, marks, tuple(_around(loop)))
    kind = "set" if loop.around is None else f"loop {loop.id}"
    if loop.continues is not None:
        return Unit(f"further part of {kind}", "", 1, standings, marks)
    number = at(first, 1) if first[0] in {"ST", "LX"} else _whom(loop)
    return Unit(kind, number, 1, standings, marks)


def _around(loop: Loop) -> Iterator[str]:
    """Give whom the levels around a unit name, outermost first."""
    if loop.around is not None and loop.around.around is not None:
        yield from _around(loop.around)
        if name := _whom(loop.around):
            yield name


def _whom(loop: Loop) -> str:
    """Give the identifier of whom a level names (NM109), else the name."""
    names = next((parts for _, parts, _ in loop.every() if parts[0] == "NM1"), [])
    return at(names, 9) or " ".join(filter(None, names[3:5]))


def _without(parts: Parts, ignoring: Mapping[str, tuple[int, ...]]) -> str:
    if ignored := ignoring.get(parts[0]):
        parts = ["" if place in ignored else one for place, one in enumerate(parts)]
    return _ELEMENT.join(parts)


def _unmarked(text: str, marks: Delimiters) -> str:
    """Give segments in delimiters that no file uses, without those behind which nothing stands."""
    text = text.replace(marks.component, _COMPONENT)
    if marks.repetition:
        text = text.replace(marks.repetition, _REPETITION)
    return _EMPTY.sub("", text)


def _digest(*texts: str) -> int:
    return int.from_bytes(blake2b(_SEGMENT.join(texts).encode(), digest_size=16).digest())


class _Occurrences:
    """How often each name came. Nearly all come once, so that only their digests are kept."""

    def __init__(self) -> None:
        self._once: set[int] = set()
        self._often: dict[int, int] = {}

    def of(self, kind: str, number: str) -> int:
        """Count one."""
        key = _digest(kind, number)
        if key not in self._once:
            self._once.add(key)
            return 1
        self._often[key] = self._often.get(key, 1) + 1
        return self._often[key]
