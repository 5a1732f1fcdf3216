"""A file as JSON records, in a stream: one for each envelope, level and claim or payment, in the order of the file.

A record holds what is its own; what stands in it follows as records of their own. Both forms of JSON are made of them
(`json_texts.py`): the document nests them, JSON Lines gives one a line.

What can be computed is not in JSON: SE01, GE01, IEA01 and the control numbers of those trailers; HL01 and HL02, for the
nesting says them (if a file numbers its levels otherwise, they are there).

Nothing is lost unnoticed: each record is written back as X12 at once and compared with the file, segment by segment. Where
they differ the conversion is refused, whatever the reason; only line breaks and blanks between segments may differ.
"""

from collections import deque
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, Final

from gateway.edi.envelope_check import Origin
from gateway.edi.guide import ALIASES
from gateway.edi.json_loops import members_of_loop
from gateway.edi.json_names import ROOT
from gateway.edi.json_schemas import (
    ELEMENT_MARK,
    GROUP,
    INTERCHANGE,
    SCHEMAS,
    SEGMENT_MARK,
    SET,
    SET_END,
    Record,
    Schema,
    envelope_row,
)
from gateway.edi.json_segments import Members, members_of
from gateway.edi.json_writing import Hierarchy, RecordWriter
from gateway.edi.loop import Loop, at
from gateway.edi.loop_findings import loop_findings
from gateway.edi.overlay import Overlay
from gateway.edi.passage import FINDINGS_MAX, Passage
from gateway.edi.segment import is_segment_id
from gateway.edi.stream import Stream
from gateway.edi.wire_finding import WireFinding, WireLevel
from gateway.errors import ConversionRefused

_ISA, _GS = envelope_row("ISA"), envelope_row("GS")
_HEAD: Final = 1 << 18
_BLANK: Final = " \t\r\n"
_FIX: Final = "`gateway x12 check` says what is wrong with the file; have it mended"


class RecordReading:
    """The records of a file, which can be gone through once.

    schema    chosen by the first transaction set of the file
    findings  what is wrong with what was read so far (SNIP 1 and 2); no more than FINDINGS_MAX are kept
    Raises ConversionRefused if the first set is neither an 837P nor an 835.
    """

    def __init__(self, source: BinaryIO, overlays: tuple[Overlay, ...] = ()) -> None:
        self._twin = _Twin(source)
        self.schema = _schema_of(self._twin.head)
        self.findings: list[WireFinding] = []
        self._passage = Passage(self._twin, self.schema.guide, frozenset({self.schema.unit}), overlays)  # type: ignore[arg-type]  # only read is used
        self._writer = RecordWriter(self.schema)
        self._origin: Origin | None = None
        self._length = 0  # of the set that was read last, in segments so far
        self._hierarchy = Hierarchy()

    def __iter__(self) -> Iterator[Record]:
        """Give each record. Raises ConversionRefused where what it holds cannot be written back as it stands."""
        for piece in self._passage.pieces():
            self._find(piece)
            for record in self._records(piece):
                self._twin.compare(self._writer.texts(record))
                yield record
        self._twin.compare(self._writer.end())
        self._twin.end()
        self._keep(self._passage.findings)

    def _find(self, piece: Loop) -> None:
        found = loop_findings(self._passage.origin, piece)
        # What is told outside of pieces too is told once.
        self._keep(found if piece.id == self.schema.unit else [one for one in found if one not in piece.findings])

    def _keep(self, findings: "tuple[WireFinding, ...] | list[WireFinding]") -> None:
        for one in findings[: FINDINGS_MAX - len(self.findings)]:
            if one.level is not WireLevel.SET or one not in self.findings[-len(findings) :]:
                self.findings.append(one)

    def _records(self, piece: Loop) -> Iterator[Record]:
        origin = self._passage.origin
        where = f"segment {origin.starts + piece.ordinal - 1}" if piece.segments or piece.loops else ""
        if origin is not self._origin:
            yield from self._envelopes(origin, where)
        self._length = max([self._length, *(ordinal for ordinal, _, _ in piece.every())])
        if piece.id == ROOT:
            yield from self._root(piece, where)
        elif piece.continues is not None:
            raise ConversionRefused(where=where, said=f"loop {piece.id} goes on behind what stands in it", fix=_FIX)
        else:
            yield Record(self.schema.kinds[piece.id], self._level(piece), where)

    def _envelopes(self, origin: Origin, where: str) -> Iterator[Record]:
        before, self._origin, ended = self._origin, origin, self._length
        self._length, self._hierarchy = 0, Hierarchy()
        is_new = before is None or before.isa is not origin.isa
        if is_new:
            yield Record(INTERCHANGE, _interchange(origin), where)
        # Two groups may have the same GS, but between their sets stand a GE and a GS.
        if is_new or before is None or before.gs != origin.gs or before.starts + ended != origin.starts:
            yield Record(GROUP, members_of(_GS, list(origin.gs), origin.marks.component), where)

    def _root(self, piece: Loop, where: str) -> Iterator[Record]:
        footers = [segment for loop in piece.inside("FOOTER") for segment in loop.every()]
        own = Loop(
            ROOT,
            segments=[one for one in (*piece.segments, *footers) if one[1][0] != "SE"],
            loops=[loop for loop in piece.loops if loop.id != "FOOTER"],
        )
        members = members_of_loop(own, self.schema.names, self._mark)
        if piece.continues is None:
            yield Record(SET, members, where)
        elif members:
            yield Record(SET_END, members, where)

    def _level(self, piece: Loop) -> Members:
        members = members_of_loop(piece, self.schema.names, self._mark)
        kind = self.schema.kinds[piece.id]
        if self.schema.loops[kind].first.holds == "HL":
            counted = self._hierarchy.numbers(self.schema.above(kind))
            self._hierarchy.begin(kind, members.get("number", counted[0]))
            for name, number in zip(("number", "parent"), counted, strict=True):
                if members.get(name, "") == number:
                    members.pop(name, None)
        return members

    @property
    def _mark(self) -> str:
        return self._passage.origin.marks.component


def _interchange(origin: Origin) -> Members:
    padded = members_of(_ISA, ["ISA", *origin.isa], "")
    marks = {ELEMENT_MARK: origin.marks.element, SEGMENT_MARK: origin.marks.segment}
    return {**{name: text for name, padding in padded.items() if (text := padding.rstrip(" "))}, **marks}


def _schema_of(head: bytes) -> Schema:
    """Find the schema for the first transaction set of a file."""
    stream = Stream(BytesIO(head))
    version = ""
    while not version and (header := stream.header()) is not None:
        group = ""
        for text in stream.texts:
            parts = text.split(header.marks.element)
            if parts[0] == "GS":
                group = at(parts, 8)
            elif parts[0] == "ST":
                version = at(parts, 3) or group
                break
    known = ALIASES.get(version, version)
    found = next((one for one in SCHEMAS if one.guide == known), None)
    if found is None:
        raise ConversionRefused(
            where="the file",
            said="its first transaction set is neither an 837P (005010X222A1) nor an 835 (005010X221A1)",
            fix="others have no JSON yet; `gateway x12 check` says what it is",
        )
    return found


class _Twin:
    """A file that is read twice at the same time: by whoever reads it, and segment by segment by what is compared with it.

    The second reader never asks for more than the first has read, for it is given what the first made of it.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.head = source.read(_HEAD)
        self._first = [self.head]
        self._waiting: deque[bytes] = deque()
        self._segments: Iterator[tuple[str, str]] | None = None
        self._stream: Stream | None = None
        self._ordinal = 0

    def read(self, size: int) -> bytes:
        """Give the next piece to the first reader."""
        piece = self._first.pop() if self._first else self._source.read(size)
        self._waiting.append(piece)
        return piece

    def compare(self, texts: Iterator[str]) -> None:
        """Compare segments with those that come next. Raises ConversionRefused at the first that differs."""
        if self._segments is None:
            self._segments = self._read_again()
        for text in texts:
            self._ordinal += 1
            stands, mark = next(self._segments, ("", ""))
            if text != stands + mark:
                self._refuse(stands, mark)

    def end(self) -> None:
        """Raise ConversionRefused unless everything was compared."""
        if self._segments is None:
            self._segments = self._read_again()
        self._ordinal += 1
        stands, mark = next(self._segments, ("", ""))
        if stands:
            self._refuse(stands, mark)
        if self._stream is not None and (self._stream.junk or self._stream.cut):
            raise ConversionRefused(where="the file", said="it holds more than whole interchanges", fix=_FIX)

    def _refuse(self, stands: str, mark: str) -> None:
        found = stands[:3].rstrip(mark + "*|")
        # In a file with a delimiter gone astray this may be anything, such as a name.
        named = f" {found}" if is_segment_id(found) else ""
        said = "cannot be carried over as it stands" if stands else "the file ends before everything has its trailer"
        raise ConversionRefused(where=f"segment {self._ordinal}{named}", said=said, fix=_FIX)

    def _read_again(self) -> Iterator[tuple[str, str]]:
        """Give each segment with its terminator, those of the envelopes too."""
        self._stream = stream = Stream(_Again(self._waiting))  # type: ignore[arg-type]  # only read is used
        while (header := stream.header()) is not None:
            mark, segment = header.marks.element, header.marks.segment
            yield mark.join(("ISA", *header.elements)), segment
            for text in stream.texts:
                yield text, segment
                if text.startswith(f"IEA{mark}"):
                    break


class _Again:
    """What was read once."""

    def __init__(self, waiting: deque[bytes]) -> None:
        self._waiting = waiting

    def read(self, _size: int) -> bytes:
        """Give the next piece; nothing at the end of the file."""
        return self._waiting.popleft() if self._waiting else b""
