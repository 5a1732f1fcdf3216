"""All that stands in a file, in its order, for those who show and rearrange it: envelopes segment by segment, sets piece by piece.

Nothing is judged here and nothing is left out but blanks between segments. What Stream passes over (what stands outside of
every interchange, a last segment without its terminator) is counted, so that nobody takes a cut for the end. A segment's
place in the file is the one that a check reports.
"""

import io
from collections.abc import Generator, Iterator
from typing import BinaryIO, Final, NamedTuple

from gateway.edi.follow.loop import Builder, Loop, Parts, TooLongError, at
from gateway.edi.follow.walk import Walk
from gateway.edi.guide.compiled import ALIASES, UNITS, guide_of, transaction_of
from gateway.edi.guide.overlay import Overlay
from gateway.edi.guide.places import Guide, Place
from gateway.edi.wire.finding import WireFinding
from gateway.edi.wire.segment import Delimiters
from gateway.edi.wire.stream import Stream

_NUMBERED_BY: Final = {"CLM": 1, "CLP": 1, "TRN": 2, "AK2": 2}
"""The element of a unit's first segment by which people name it."""

_UNPLACED_MAX: Final = 10_000
"""Segments of one loop, its own: with more, a file is made to fill our memory, and the rest of its set is given loose."""


class Standing(NamedTuple):
    """A segment where it stands.

    ordinal  its place in the file, from 1
    place    its place in the guide; None if it has none there
    loop     the occurrence of a loop that it is in; None outside of a set of a known guide
    """

    ordinal: int
    parts: Parts
    place: Place | None = None
    loop: Loop | None = None

    # It is somebody's.
    def __repr__(self) -> str:
        return f"Standing({self.ordinal})"


class Loose(NamedTuple):
    """A segment of an envelope, or of a set that no guide is known for."""

    standing: Standing
    marks: Delimiters


class Piece(NamedTuple):
    """A level's own part, or a unit, of a set of a known guide.

    starts   the place of the set's ST in the file
    version  of the guide
    """

    loop: Loop
    starts: int
    version: str
    guide: Guide

    @property
    def marks(self) -> Delimiters:
        """The delimiters that it is written with."""
        return self.guide.marks

    @property
    def is_unit(self) -> bool:
        """Whether it is a claim, a claim payment or the like."""
        return self.loop.id in UNITS[self.version]

    @property
    def number(self) -> str:
        """What people name a unit by: the patient control number (CLM01, CLP01), the trace (TRN02), ST02 (AK202)."""
        first = self.loop.segments[0][1] if self.loop.segments else [""]
        return at(first, _NUMBERED_BY.get(first[0], len(first)))

    def standings(self) -> list[Standing]:
        """Give its segments in the order of the file, which is not that of its loops where one stands too late."""
        found = [
            Standing(self.starts + ordinal - 1, parts, self.guide.start if ordinal == 1 else place, loop)
            for loop in every_loop(self.loop)
            for ordinal, parts, place in loop.segments
        ]
        return sorted(found, key=lambda one: one.ordinal)


def every_loop(loop: Loop) -> Iterator[Loop]:
    """Give a loop and all loops in it."""
    yield loop
    for inner in loop.loops:
        yield from every_loop(inner)


class Contents:
    """The contents of a file; they can be gone through once, in bounded memory.

    After that, `is_x12` says whether there was an ISA, `is_all` whether there was nothing else than segments, and `left_out`
    counts the characters that are in none; not those behind a segment without end, which are not read.
    """

    def __init__(self, source: bytes | BinaryIO, overlays: tuple[Overlay, ...] = ()) -> None:
        self._stream = Stream(io.BytesIO(source) if isinstance(source, bytes) else source)
        self._overlays = overlays
        self._marks = Delimiters()
        self._group: Parts = []
        self._ordinal = 0

    @property
    def is_x12(self) -> bool:
        """Whether anything was read."""
        return bool(self._ordinal)

    @property
    def left_out(self) -> int:
        """Characters outside of every interchange and of a last segment without end, so far."""
        return self._stream.junk + self._stream.cut

    @property
    def is_all(self) -> bool:
        """Whether every character but blanks between segments was given, so far."""
        return not self.left_out and not self._stream.too_long

    def __iter__(self) -> Iterator[Loose | Piece]:
        while (header := self._stream.header()) is not None:
            self._marks, self._group = header.marks, []
            yield self._loose(["ISA", *header.elements])
            yield from self._interchange()

    def _interchange(self) -> Iterator[Loose | Piece]:
        text = next(self._stream.texts, None)
        while text is not None:
            parts = text.split(self._marks.element)
            guide = self._guide(parts) if parts[0] == "ST" else None
            if guide is not None:
                text = (yield from self._set(guide, parts)) or next(self._stream.texts, None)
                continue
            if parts[0] == "ISA":
                self._stream.put_back(text)
                return
            if parts[0] == "GS":
                self._group = parts
            yield self._loose(parts)
            if parts[0] == "IEA":
                return
            text = next(self._stream.texts, None)

    def _loose(self, parts: Parts) -> Loose:
        self._ordinal += 1
        return Loose(Standing(self._ordinal, parts), self._marks)

    def _guide(self, st: Parts) -> Guide | None:
        version = self._version(st)
        return guide_of(version, self._marks, self._overlays) if transaction_of(version) == at(st, 1) else None

    def _version(self, st: Parts) -> str:
        named = at(st, 3) or at(self._group, 8)
        return ALIASES.get(named, named)

    def _set(self, guide: Guide, st: Parts) -> Generator[Piece, None, str | None]:
        """Give the pieces of a set. Returns the segment that ended it, where that is not its own SE."""
        starts, version = self._ordinal + 1, self._version(st)
        builder = Builder(guide, UNITS[version], st)
        walk = Walk(guide, _unheard, builder, judges_elements=False)
        texts = _Bounded(self._stream.texts, builder)
        try:
            for loop in walk.follow(texts):
                yield Piece(loop, starts, version, guide)
        except TooLongError:
            yield Piece(builder.end(), starts, version, guide)
            self._ordinal = starts + texts.given
            return None
        yield Piece(builder.end(), starts, version, guide)
        last = walk.last
        is_ended = last is None or last.split(self._marks.element)[0] == "SE"
        self._ordinal = starts + texts.given - (0 if is_ended else 1)
        return None if is_ended else last


class _Bounded:
    """The texts of a set, as long as its loops stay of a size. Raises TooLongError then, with every text given taken."""

    def __init__(self, texts: Iterator[str], builder: Builder) -> None:
        self._texts, self._builder = texts, builder
        self.given = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._builder.here) > _UNPLACED_MAX:
            raise TooLongError
        text = next(self._texts)
        self.given += 1
        return text


def _unheard(_finding: WireFinding) -> None:
    """Whoever wants findings asks for a check."""
