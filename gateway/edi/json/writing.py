"""X12 from JSON records: each record as its segments, inside envelopes whose counts are made anew."""

from collections.abc import Iterable, Iterator
from typing import Final

from gateway.edi.follow.loop import Parts
from gateway.edi.json.loops import parts_of_loop
from gateway.edi.json.names import LoopNames
from gateway.edi.json.schemas import (
    ELEMENT_MARK,
    GROUP,
    INTERCHANGE,
    SEGMENT_MARK,
    SET,
    SET_END,
    Record,
    Schema,
    envelope_row,
)
from gateway.edi.json.segments import Members, parts_of, refuse, shape_of
from gateway.edi.wire.segment import ISA_WIDTHS, STANDARD, Delimiters
from gateway.edi.write.envelope_as_read import Enclosing

_MARK_FIX: Final = "give four different marks, each one character and no letter, digit or space"
_PIECE: Final = 1 << 16
_NUMBERED: Final = "HL"


class Hierarchy:
    """The levels of a set that are open: what HL01 and HL02 of the next one are if they are counted."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str]] = []  # kind and HL01
        self._count = 0

    def numbers(self, above: tuple[str, ...]) -> tuple[str, str]:
        """Give HL01 and HL02 of the next level, which stands in one of the kinds `above`."""
        while self._open and self._open[-1][0] not in above:
            self._open.pop()
        self._count += 1
        return str(self._count), self._open[-1][1] if self._open else ""

    def begin(self, kind: str, number: str) -> None:
        """Open a level with the HL01 that it has."""
        self._open.append((kind, number))


class RecordWriter:
    """Writes records in their order."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._enclosing = Enclosing()
        self._open: list[str] = [""]  # kinds of record, outermost first
        self._last = Record(SET_END, {}, "")
        self._hierarchy = Hierarchy()

    def texts(self, record: Record) -> Iterator[str]:
        """Give the segments of a record, each with its terminator. Raises ConversionRefused, naming the member at fault."""
        if record.kind == SET_END:
            self._check_last(record)
            self._keep_last(record)
            return
        self._stand(record)
        if record.kind == INTERCHANGE:
            marks = _marks(record)
            isa = _isa(record, marks)
            yield from self._end_set()
            yield from self._enclosing.interchange(isa, marks)
        elif record.kind == GROUP:
            yield from self._end_set()
            yield from self._enclosing.group(
                parts_of(envelope_row("GS"), record.members, self._enclosing.marks, record.where)
            )
        elif record.kind == SET:
            yield from self._begin_set(record)
        else:
            yield from self._loop(record)

    def end(self) -> Iterator[str]:
        """End everything that is open."""
        yield from self._end_set()
        yield from self._enclosing.end()
        self._open = [""]

    def _stand(self, record: Record) -> None:
        """Find what a record stands in."""
        above = self._schema.above(record.kind)
        if not above:
            refuse(record.where, "is no kind of record of this schema", "`gateway x12 schema` prints what there is")
        while self._open and self._open[-1] not in above:
            self._open.pop()
        if not self._open:
            refuse(
                record.where, f"a {record.kind} stands in no {' or '.join(above)}", "put what it stands in before it"
            )
        self._open.append(record.kind)

    def _begin_set(self, record: Record) -> Iterator[str]:
        yield from self._end_set()
        self._hierarchy = Hierarchy()
        named, apart = self._schema.loops[SET], frozenset(self._schema.lists[SET]) | self._schema.last
        last = {name: value for name, value in record.members.items() if name in self._schema.last}
        self._keep_last(Record(SET_END, last, record.where))
        st, *header = self._parts(record.members, named, record.where, apart)
        yield from self._enclosing.transaction_set(st)
        yield from map(self._enclosing.segment, header)

    def _loop(self, record: Record) -> Iterator[str]:
        named = self._schema.loops[record.kind]
        parts = self._parts(record.members, named, record.where, frozenset(self._schema.lists.get(record.kind, ())))
        if named.first.holds == _NUMBERED:
            first = next(parts)
            number, parent = self._hierarchy.numbers(self._schema.above(record.kind))
            first[1:3] = [first[1] or number, first[2] or parent]
            self._hierarchy.begin(record.kind, first[1])
            yield self._enclosing.segment(first)
        yield from map(self._enclosing.segment, parts)

    def _check_last(self, record: Record) -> None:
        if SET not in self._open:
            refuse(record.where, f"a {SET_END} stands in no {SET}", "put what it stands in before it")
        if record.members.keys() - self._schema.last:
            held = ", ".join(sorted(self._schema.last)) or "nothing"
            refuse(record.where, f"a {SET_END} holds {held}, and this one something else", "leave it out")

    def _keep_last(self, record: Record) -> None:
        members = {**self._last.members, **record.members}
        self._last = Record(SET_END, members, record.where)

    def _end_set(self) -> Iterator[str]:
        """Write what stands behind the claims or payments of a set, and end it."""
        named = self._schema.loops[SET]
        members, where = self._last.members, self._last.where
        self._last = Record(SET_END, {}, "")
        if members:
            _, *behind = self._parts(members, named, where, frozenset())
            yield from map(self._enclosing.segment, behind)
        yield from self._enclosing.end_set()

    def _parts(self, members: Members, named: LoopNames, where: str, apart: frozenset[str]) -> Iterator[Parts]:
        return parts_of_loop(members, named, self._schema.names, self._enclosing.marks, where, apart)


def _marks(record: Record) -> Delimiters:
    members = record.members
    names = (ELEMENT_MARK, "component_separator", "repetition_separator", SEGMENT_MARK)
    standard = (STANDARD.element, STANDARD.component, STANDARD.repetition, STANDARD.segment)
    given = [members.get(name, usual) for name, usual in zip(names, standard, strict=True)]
    if not all(isinstance(mark, str) for mark in given):
        refuse(record.where, "a delimiter is not a text", _MARK_FIX)
    element, component, repetition, segment = given
    is_mark = len(repetition) == 1 and not repetition.isalnum() and repetition != " "  # before 5010 it was no delimiter
    try:
        return Delimiters(
            element=element, component=component, repetition=repetition if is_mark else "", segment=segment
        )
    except ValueError as wrong:
        refuse(record.where, str(wrong), _MARK_FIX)


def _isa(record: Record, marks: Delimiters) -> list[str]:
    # Two of its elements are delimiters, and so hold what no other element may.
    usual = {"repetition_separator": marks.repetition or "U", "component_separator": marks.component}
    given = {**usual, **record.members}
    special = {name: given[name] for name in usual}
    members = {
        name: value for name, value in record.members.items() if name not in {*usual, ELEMENT_MARK, SEGMENT_MARK}
    }
    texts = parts_of(envelope_row("ISA"), members, marks, record.where)[1:]
    texts += [""] * (len(ISA_WIDTHS) - len(texts))
    for name, text in special.items():
        texts[shape_of(envelope_row("ISA")).places[name][0] - 1] = text
    for at, (text, width) in enumerate(zip(texts, ISA_WIDTHS, strict=False), start=1):
        if len(text) > width:
            refuse(record.where, f"ISA{at:02} is longer than {width} characters", "shorten it")
    if len(texts) > len(ISA_WIDTHS):
        refuse(record.where, "an interchange holds more than its sixteen elements", "leave the others out")
    return [text.ljust(width) for text, width in zip(texts, ISA_WIDTHS, strict=True)]


def written(records: Iterable[Record], schema: Schema) -> Iterator[bytes]:
    """Write records as X12, in pieces. Raises ConversionRefused, naming the member at fault, if one is not as the schema has it."""
    writer = RecordWriter(schema)
    held: list[str] = []
    size = 0
    for record in records:
        for text in writer.texts(record):
            held.append(text)
            size += len(text)
        if size > _PIECE:
            yield _encoded(held, record.where)
            held, size = [], 0
    yield _encoded([*held, *writer.end()], "the file")


def _encoded(texts: list[str], where: str) -> bytes:
    try:
        return "".join(texts).encode("latin-1")
    except UnicodeEncodeError:
        refuse(
            where, "holds a character that X12 cannot carry, or something shortly before it does", "write it in ASCII"
        )
