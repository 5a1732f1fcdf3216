"""A file written again: with other line breaks, with other delimiters, and nothing else about it changed."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

from gateway.edi.wire.segment import Delimiters
from gateway.edi.wire.stream import Stream
from gateway.errors import UsageError

LINE: Final = "\n"
"""Between segments: each has a line of its own."""
NOTHING: Final = ""
"""Between segments: they stand behind each other."""

_BREAKS: Final = "\r\n"


class Reformatting:
    """The segments of a file, each with its terminator and what stands between; they can be gone through once.

    Blanks between segments are not kept, all else is: each interchange in its delimiters, or in `marks`. `is_x12`, `is_all`
    and `left_out` are as those of Contents. Raises UsageError, naming the segment, if a value holds one of `marks`.
    """

    def __init__(self, source: bytes | BinaryIO, *, between: str = LINE, marks: Delimiters | None = None) -> None:
        self._stream = Stream(io.BytesIO(source) if isinstance(source, bytes) else source)
        self._between = between
        self._marks = marks
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
        """Whether every character but blanks between segments was written, so far."""
        return not self.left_out and not self._stream.too_long

    def __iter__(self) -> Iterator[str]:
        while (header := self._stream.header()) is not None:
            mark = header.marks.element
            yield from self._interchange(mark.join(["ISA", *header.elements]), header.marks)

    def _interchange(self, isa: str, marks: Delimiters) -> Iterator[str]:
        new = self._new(marks)
        # A terminator that is a line break breaks the line.
        end = new.segment if new.segment in _BREAKS else f"{new.segment}{self._between}"
        changed = _Change(marks, new)
        self._ordinal += 1
        yield f"{changed(isa, self._ordinal)}{end}"
        for text in self._stream.texts:
            segment_id = text[:4].split(marks.element)[0]
            if segment_id == "ISA":
                self._stream.put_back(text)
                return
            self._ordinal += 1
            yield f"{changed(text, self._ordinal)}{end}"
            if segment_id == "IEA":
                return

    def _new(self, marks: Delimiters) -> Delimiters:
        """Give the delimiters of an interchange; one that says of none that it is for repetitions goes on without."""
        if self._marks is None:
            return marks
        return self._marks if marks.repetition else replace(self._marks, repetition="")


class _Change:
    """From some delimiters to others, all at once: they may change places."""

    def __init__(self, before: Delimiters, after: Delimiters) -> None:
        self._is_none = before == after
        pairs = [(before.element, after.element), (before.component, after.component)]
        if before.repetition:
            pairs.append((before.repetition, after.repetition))
        self._table = str.maketrans(dict(pairs))
        self._taken = after.all - {old for old, _ in pairs}

    def __call__(self, text: str, ordinal: int) -> str:
        if self._is_none:
            return text
        if not self._taken.isdisjoint(text):
            raise UsageError(
                f"segment {ordinal} holds a character that is to be a delimiter: it would become two values; the output "
                "ends before it; choose other delimiters"
            )
        return text.translate(self._table)
