"""A file as JSON records, in a stream: one for each envelope, level and claim or payment, in the order of the file.

A record holds what is its own; what stands in it follows as records of their own. Both forms of JSON are made of them
(`texts.py`): the document nests them, JSON Lines gives one a line.

What can be computed is not in JSON: SE01, GE01, IEA01 and the control numbers of those trailers; HL01 and HL02, for the
nesting says them (if a file numbers its levels otherwise, they are there).

Nothing is lost unnoticed: each record is written back as X12 at once and compared with the file, segment by segment. Where
they differ the conversion is refused, whatever the reason; only line breaks and blanks between segments may differ.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import BinaryIO, Final

from gateway.edi.follow.loop import Loop, at
from gateway.edi.follow.loop_findings import loop_findings
from gateway.edi.follow.origin import Origin
from gateway.edi.guide.compiled import ALIASES
from gateway.edi.guide.overlay import Overlay
from gateway.edi.json.loops import members_of_loop
from gateway.edi.json.names import ROOT
from gateway.edi.json.round_trip import Twin
from gateway.edi.json.schemas import (
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
from gateway.edi.json.segments import Members, members_of
from gateway.edi.json.writing import Hierarchy, RecordWriter
from gateway.edi.read.one_pass import Passage
from gateway.edi.wire.finding import FINDINGS_MAX, WireFinding, WireLevel
from gateway.edi.wire.stream import Stream
from gateway.errors import ConversionRefused

_INSIDE: Final = frozenset({WireLevel.SEGMENT, WireLevel.ELEMENT})
_FIX: Final = "`gateway x12 check` says what is wrong with the file; have it mended"


class RecordReading:
    """The records of a file, which can be gone through once.

    schema    chosen by the first transaction set of the file
    findings  what is wrong with the file (SNIP 1 and 2), once it was read; no more than FINDINGS_MAX are kept
    Raises ConversionRefused if the first set is neither an 837P nor an 835.
    """

    def __init__(self, source: BinaryIO, overlays: tuple[Overlay, ...] = ()) -> None:
        self._twin = Twin(source)
        self.schema = _schema_of(self._twin.head)
        self.findings: list[WireFinding] = []
        self._passage = Passage(self._twin, {self.schema.guide: frozenset({self.schema.unit})}, overlays)  # type: ignore[arg-type]  # only read is used
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
        self.findings.sort(key=lambda one: one.file_ordinal)

    def _find(self, piece: Loop) -> None:
        """Take what is wrong with a piece, but for what the passage keeps and tells at the end."""
        is_unit = piece.id == self.schema.unit
        kept = [one for one in piece.findings if not is_unit or one.level not in _INSIDE]
        self._keep([one for one in loop_findings(self._passage.origin, piece) if one not in kept])

    def _keep(self, findings: Sequence[WireFinding]) -> None:
        self.findings += findings[: FINDINGS_MAX - len(self.findings)]

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
            yield Record(GROUP, members_of(envelope_row("GS"), list(origin.gs), origin.marks.component), where)

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
    padded = members_of(envelope_row("ISA"), ["ISA", *origin.isa], "")
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
