"""Envelopes around transaction sets that are written from what was read: as they stood, with their counts made anew."""

from collections.abc import Iterator, Sequence
from typing import Final

from gateway.edi.follow.loop import Parts, at
from gateway.edi.wire.segment import STANDARD, Delimiters

_CONTROL: Final = 12
"""ISA13 among the elements of ISA."""


class Enclosing:
    """Segments on their way out, each as its text with its terminator. What is begun ends what has to end before it.

    marks  the delimiters of the interchange that is open
    """

    def __init__(self) -> None:
        self.marks: Delimiters = STANDARD
        self._isa: Sequence[str] = ()
        self._gs: Parts = []
        self._st: Parts = []
        self._groups = self._sets = self._segments = 0

    def interchange(self, isa: Sequence[str], marks: Delimiters) -> Iterator[str]:
        """Begin an interchange with the sixteen elements of its ISA."""
        yield from self.end()
        self.marks, self._isa, self._groups = marks, isa, 0
        yield self._text(["ISA", *isa])

    def group(self, gs: Parts) -> Iterator[str]:
        """Begin a functional group in the interchange."""
        yield from self.end_group()
        self._gs, self._sets = gs, 0
        self._groups += 1
        yield self._text(gs)

    def transaction_set(self, st: Parts) -> Iterator[str]:
        """Begin a transaction set in the group."""
        yield from self.end_set()
        self._st, self._segments = st, 0
        self._sets += 1
        yield self.segment(st)

    def segment(self, parts: Parts) -> str:
        """Give the next segment of the set."""
        self._segments += 1
        return self._text(parts)

    def end_set(self) -> Iterator[str]:
        """End the set, if one is open."""
        if self._st:
            yield self.segment(["SE", str(self._segments + 1), at(self._st, 2)])
        self._st = []

    def end_group(self) -> Iterator[str]:
        """End the group, if one is open."""
        yield from self.end_set()
        if self._gs:
            yield self._text(["GE", str(self._sets), at(self._gs, 6)])
        self._gs = []

    def end(self) -> Iterator[str]:
        """End the interchange, if one is open."""
        yield from self.end_group()
        if self._isa:
            yield self._text(["IEA", str(self._groups), self._isa[_CONTROL].strip()])
        self._isa = ()

    def _text(self, parts: Sequence[str]) -> str:
        return self.marks.element.join(parts) + self.marks.segment
