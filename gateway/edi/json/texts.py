"""JSON records as text, and text as records: a document that nests them, or JSON Lines with one record a line.

A document is written in a stream, and read whole: it may name its members in any order, so nothing of it can be used
before its end, and it must not be larger than DOCUMENT_MAX. Lines are written and read in a stream, and may be of any
number; the first names the schema, the last says how many there are, so that a file that was cut is not taken for a whole one.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from gateway.edi.json.schemas import SCHEMAS, SET, SET_END, Record, Schema, schema_of_id
from gateway.edi.json.segments import Members, object_at, refuse

DOCUMENT_MAX: Final = 64 * 1024 * 1024
"""Bytes of a document, and of a line. Objects in memory take some eight times as much."""
_HEAD: Final = 4096
_ENCODED: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_KNOWN: Final = " or ".join(one.id for one in SCHEMAS)
_LINES_FIX: Final = "write it as JSON Lines (`gateway x12 json --lines`), which are read one at a time"


def document(records: Iterable[Record], schema: Schema) -> Iterator[str]:
    """Write records as one JSON document, a line for each record."""
    yield f'{{"schema":{json.dumps(schema.id)}'
    opened = [_Opened("", is_empty=False)]
    for record in records:
        text = ""
        while opened[-1].kind != (SET if record.kind == SET_END else _outer(opened[-1], record, schema)):
            text += opened.pop().end()
        outer = opened[-1]
        if record.kind == SET_END:
            yield f"{text}{outer.end_list()}{outer.comma()}{_inside(record.members)}"
            continue
        name = next(name for name, kind in schema.lists[outer.kind].items() if kind == record.kind)
        opened.append(_Opened(record.kind, is_empty=not record.members))
        yield f"{text}{outer.next_in(name)}\n{{{_inside(record.members)}"
    yield "".join(one.end() for one in reversed(opened)) + "\n"


class _Opened:
    """An object of a document that is open, and perhaps a list in it."""

    def __init__(self, kind: str, *, is_empty: bool) -> None:
        self.kind = kind
        self._is_empty = is_empty
        self._list = ""

    def comma(self) -> str:
        """Give what stands before its next member."""
        comma, self._is_empty = "" if self._is_empty else ",", False
        return comma

    def next_in(self, name: str) -> str:
        """Give what stands before the next object in a list."""
        if name == self._list:
            return ","
        text = f"{self.end_list()}{self.comma()}{json.dumps(name)}:["
        self._list = name
        return text

    def end_list(self) -> str:
        """Give what ends the list that is open."""
        text, self._list = "]" if self._list else "", ""
        return text

    def end(self) -> str:
        """Give what ends the object."""
        return self.end_list() + "}"


def _outer(innermost: _Opened, record: Record, schema: Schema) -> str:
    """Give the kind that a record may stand in: that of the innermost object if it may stand there."""
    above = schema.above(record.kind)
    return innermost.kind if innermost.kind in above else above[0]


def _inside(members: Members) -> str:
    return _ENCODED(members)[1:-1]


def lines(records: Iterable[Record], schema: Schema) -> Iterator[str]:
    """Write records as JSON Lines."""
    count = 0
    yield _line({"record": "file", "schema": schema.id})
    for record in records:
        count += 1
        yield _line({"record": record.kind, **record.members})
    yield _line({"record": "end", "records": count})


def _line(members: Members) -> str:
    return _ENCODED(members) + "\n"


def read(source: BinaryIO) -> tuple[Schema, Iterator[Record]]:
    """Read either form, whichever it is: its schema, and its records.

    Raises ConversionRefused, naming the line or member, if it is neither, or is cut; also while the records are read.
    """
    first = source.readline(DOCUMENT_MAX)
    head = _parsed(first, "line 1") if b'"record"' in first[:_HEAD] else None
    if isinstance(head, dict) and "record" in head:
        return _schema(head, "line 1"), _of_lines(source)
    body = first + source.read(DOCUMENT_MAX - len(first) + 1)
    if len(body) > DOCUMENT_MAX:
        refuse("the document", f"is larger than {DOCUMENT_MAX // 1024 // 1024} MB, and is read whole", _LINES_FIX)
    del first
    members = object_at(_parsed(body, "the document"), "the document")
    schema = _schema(members, "the document")
    del body, members["schema"]
    return schema, _of_object("", members, schema, "")


def _schema(members: Members, where: str) -> Schema:
    found = schema_of_id(members.get("schema"))
    if found is None:
        refuse(where, "does not say which schema it is of", f'say "schema": {_KNOWN}')
    return found


def _of_lines(source: BinaryIO) -> Iterator[Record]:
    number, count = 1, 0
    while line := source.readline(DOCUMENT_MAX):
        number += 1
        where = f"line {number}"
        if not line.strip():
            continue
        members = object_at(_parsed(line, where), where)
        kind = members.pop("record", "")
        if kind == "end":
            if members.get("records", count) != count:
                refuse(where, f"counts other records than the {count} before it", "send the whole file")
            if source.read(1).strip():
                refuse(where, "something stands behind the end", "convert one file at a time")
            return
        if not isinstance(kind, str):
            refuse(where, "does not say what it is", 'say "record": "claim", and so on')
        count += 1
        yield Record(kind, members, where)
    refuse(f"line {number}", 'the file ends before {"record": "end"}', "it was cut: send the whole file")


def _of_object(kind: str, members: Members, schema: Schema, where: str) -> Iterator[Record]:
    lists = schema.lists.get(kind, {})
    if kind:
        yield Record(kind, {name: value for name, value in members.items() if name not in lists}, where)
    elif unknown := members.keys() - lists.keys():
        refuse("the document", f"has {len(unknown)} members beside {', '.join(lists)}", "leave them out")
    for name, inner in lists.items():
        found = members.get(name, [])
        if not isinstance(found, list):
            refuse(f"{where}.{name}", "is not a list", "`gateway x12 schema` prints what there is")
        for at, one in enumerate(found):
            path = f"{where}.{name}[{at}]"
            yield from _of_object(inner, object_at(one, path), schema, path)


def _parsed(text: bytes, where: str) -> Any:  # noqa: ANN401 any JSON
    try:
        return json.loads(text, object_pairs_hook=_once)
    except _TwiceError:
        refuse(where, "an object has a member twice", "leave one out")
    except (ValueError, RecursionError):
        refuse(where, "is no JSON", "give what `gateway x12 json` writes, in UTF-8")


class _TwiceError(Exception):
    """One of two members would be lost."""


def _once(pairs: list[tuple[str, Any]]) -> Members:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found
