"""Segments from bytes, in bounded memory, with their place in the file.

A cut in the middle of a segment is an error here; a cut between two segments shows in the envelope's counts, so
nothing may be used before `envelope.interchanges` has read to the end. Bytes are read as Latin-1: every byte has a
meaning there, so a stray accent in a name does not cost the whole file.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from gateway.edi.segment import Delimiters, Segment, decode, is_segment_id
from gateway.errors import InboundWireError

ISA_LENGTH: Final = 106
"""Characters of an ISA with its terminator: its elements have fixed widths (X12.5 appendix B.1.1.4.1)."""

ISA_WIDTHS: Final = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)

_CHUNK: Final = 1 << 16
_BLANK: Final = " \t\r\n"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What a file may cost us before it is refused. Elements and components are counted before they are split."""

    segment_characters: int = 64 * 1024
    elements: int = 1_000
    components: int = 1_000
    segments: int = 2_000_000


DEFAULT_CAPS: Final = Caps()


def segments(source: bytes | BinaryIO, caps: Caps = DEFAULT_CAPS) -> Iterator[tuple[int, Segment]]:
    """Give each segment with its 1-based place in the file, for all interchanges in it.

    An ISA comes with its 16 elements unsplit, the delimiters among them. Blanks and line ends between segments, a byte
    order mark and leading blank lines are skipped. Raises InboundWireError if the bytes are not X12, end in the middle
    of a segment, or pass a cap. Post nothing until this is exhausted: the last line may be the bad one.
    """
    text = _Text(io.BytesIO(source) if isinstance(source, bytes) else source)
    ordinal = 0
    while text.has_more():
        marks = _delimiters(text, ordinal + 1)
        while True:
            ordinal += 1
            if ordinal > caps.segments:
                raise InboundWireError(ordinal=ordinal, said=f"the file has more than {caps.segments:,} segments")
            raw = text.upto(marks.segment, ordinal, caps.segment_characters)
            segment = _opened(raw, marks) if raw.startswith("ISA") else _checked(raw, marks, ordinal, caps)
            yield ordinal, segment
            # What follows an IEA has its own ISA, and so its own delimiters.
            if segment.id == "IEA":
                break
            if not text.has_more():
                return
    if ordinal == 0:
        raise InboundWireError(ordinal=1, said="the file is empty")


class _Text:
    """A window on the file: what was read and is not yet used."""

    __slots__ = ("_at", "_source", "_window")

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._window = source.read(_CHUNK).removeprefix(_BYTE_ORDER_MARK).decode("latin-1")
        self._at = 0

    def has_more(self) -> bool:
        """Skip blanks and line ends; tell whether anything follows."""
        while True:
            rest = self._window[self._at : self._at + 64].lstrip(_BLANK)
            if rest:
                skipped = len(self._window[self._at : self._at + 64]) - len(rest)
                self._at += skipped
                return True
            self._at = min(self._at + 64, len(self._window))
            if self._at == len(self._window) and not self._read():
                return False

    def peek(self, length: int) -> str:
        """Give up to `length` characters without using them."""
        while len(self._window) - self._at < length and self._read():
            pass
        return self._window[self._at : self._at + length]

    def upto(self, mark: str, ordinal: int, longest: int) -> str:
        """Use and give the text before the next `mark`. Raises InboundWireError if there is none within `longest`."""
        searched = self._at
        while (end := self._window.find(mark, searched, self._at + longest + 1)) < 0:
            if len(self._window) - self._at > longest:
                raise InboundWireError(ordinal=ordinal, said=f"no segment terminator within {longest:,} characters")
            held = len(self._window) - self._at
            if not self._read():
                raise InboundWireError(
                    ordinal=ordinal, said=f"the file ends after {held} characters of a segment without its terminator"
                )
            searched = self._at + held
        raw = self._window[self._at : end]
        self._at = end + 1
        return raw

    def _read(self) -> bool:
        more = self._source.read(_CHUNK)
        self._window = self._window[self._at :] + more.decode("latin-1")
        self._at = 0
        return bool(more)


def _delimiters(text: _Text, ordinal: int) -> Delimiters:
    """Read the delimiters from the ISA that has to come next, by its fixed widths."""
    isa = text.peek(ISA_LENGTH)
    if not isa.startswith("ISA"):
        said = (
            "this is not X12: no ISA segment at its start" if ordinal == 1 else "something other than ISA follows IEA"
        )
        raise InboundWireError(ordinal=ordinal, said=said)
    if len(isa) < ISA_LENGTH:
        raise InboundWireError(ordinal=ordinal, said=f"the ISA segment is cut after {len(isa)} of 106 characters")
    element = isa[3]
    widths = tuple(len(part) for part in isa[4 : ISA_LENGTH - 1].split(element))
    if widths != ISA_WIDTHS:
        raise InboundWireError(ordinal=ordinal, said="the elements of ISA do not have their fixed widths")
    repetition = isa[82] if isa[82] != "U" else ""
    try:
        return Delimiters(element=element, component=isa[104], repetition=repetition, segment=isa[105])
    except ValueError as wrong:
        raise InboundWireError(ordinal=ordinal, said=f"ISA names unusable delimiters: {wrong}") from None


def _opened(raw: str, marks: Delimiters) -> Segment:
    name, *elements = raw.split(marks.element)
    return Segment(name, tuple(elements))


def _checked(raw: str, marks: Delimiters, ordinal: int, caps: Caps) -> Segment:
    bare = raw.rstrip("\r\n")
    if bare.count(marks.element) > caps.elements:
        raise InboundWireError(ordinal=ordinal, said=f"a segment has more than {caps.elements:,} elements")
    if bare.count(marks.component) >= caps.components:
        raise InboundWireError(ordinal=ordinal, said=f"a segment has more than {caps.components:,} components")
    segment = decode(bare, marks)
    if not is_segment_id(segment.id):
        said = "a segment has no id" if not segment.id else "a segment's id is not two or three capitals and digits"
        raise InboundWireError(ordinal=ordinal, said=said)
    return segment
