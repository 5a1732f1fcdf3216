"""JSON Schema (2020-12) of our JSON, made from the tables that the conversion itself goes by, so that they cannot disagree.

It says which members there are and of what kind. Which of them have to be there, and what they may hold, the
implementation guide says, and `gateway x12 from-json` judges by that.
"""

from typing import Any, Final, TypeAlias

from gateway.edi.json.names import ORDER, Alike, Composite, Element, LoopNames, Row, Runs, Shape
from gateway.edi.json.schemas import (
    ELEMENT_MARK,
    GROUP,
    INTERCHANGE,
    SEGMENT_MARK,
    SET,
    SET_END,
    Schema,
    envelope_row,
)
from gateway.edi.json.segments import shape_of

Json: TypeAlias = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final = {"type": "string"}


def document_schema(schema: Schema) -> Json:
    """Give the schema of a document."""
    members = {"schema": {"const": schema.id}, **_lists(schema, "")}
    return _titled(schema, "document", _object(members, required=list(members)))


def line_schema(schema: Schema) -> Json:
    """Give the schema of a line of JSON Lines."""
    first = _object({"record": {"const": "file"}, "schema": {"const": schema.id}}, required=["record", "schema"])
    last = _object({"record": {"const": "end"}, "records": {"type": "integer"}}, required=["record", "records"])
    kinds = [kind for kind in schema.lists if kind] + [schema.kinds[schema.unit], SET_END]
    records = [_line(schema, kind) for kind in kinds]
    return _titled(schema, "line", {"oneOf": [first, *records, last]})


def _titled(schema: Schema, what: str, body: Json) -> Json:
    title = f"{schema.id}: {schema.guide} as JSON, one {what}"
    return {"$schema": DIALECT, "$id": f"{schema.id}/{what}", "title": title, **body, "$defs": _definitions(schema)}


def _line(schema: Schema, kind: str) -> Json:
    return _object({"record": {"const": kind}, **_own(schema, kind)}, required=["record"])


def _definitions(schema: Schema) -> Json:
    records = {kind: _object({**_own(schema, kind), **_lists(schema, kind)}) for kind in _record_kinds(schema)}
    loops = {named.id: _object(_loop(schema, named)) for named in schema.names.values() if named.id not in schema.kinds}
    rows = (row for named in schema.names.values() for row in named.named.values() if row.name)
    segments = {row.holds: _object(_segment(row.shape)) for row in rows if row.shape is not None}
    return {**records, **loops, **dict(sorted(segments.items()))}


def _record_kinds(schema: Schema) -> list[str]:
    return [INTERCHANGE, GROUP, *schema.kinds.values()]


def _own(schema: Schema, kind: str) -> Json:
    """Give the members of a record that are no records."""
    if kind == INTERCHANGE:
        return {**_segment(shape_of(envelope_row("ISA"))), ELEMENT_MARK: _TEXT, SEGMENT_MARK: _TEXT}
    if kind == GROUP:
        return _segment(shape_of(envelope_row("GS")))
    if kind == SET_END:
        return {name: _held(schema.loops[SET].named[name]) for name in sorted(schema.last)}
    return _loop(schema, schema.loops[kind])


def _lists(schema: Schema, kind: str) -> Json:
    return {name: _list({"$ref": f"#/$defs/{inner}"}) for name, inner in schema.lists.get(kind, {}).items()}


def _loop(schema: Schema, named: LoopNames) -> Json:
    """Give the members of a loop: of its first segment, and what it holds beside; not the records in it."""
    held = {row.name: _held(row) for row in named.named.values() if row.name and row.holds not in schema.kinds}
    return {**_segment(shape_of(named.first)), **held, ORDER: _list({"enum": list(held)})}


def _held(row: Row) -> Json:
    held = {"$ref": f"#/$defs/{row.holds}"}
    return _list(held) if row.is_list else held


def _segment(shape: Shape) -> Json:
    return {one.name: _element(one) for one in shape.elements if one.name}


def _element(element: Element) -> Json:
    if isinstance(element, Composite):
        return _object({name: _TEXT for name in element.parts if name}, others="component")
    if isinstance(element, Alike):
        return _list(_TEXT)
    if isinstance(element, Runs):
        lone = element.fields[0]
        return _list(_element(lone) if not lone.name else _object({one.name: _element(one) for one in element.fields}))
    return dict(_TEXT)


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _object(members: Json, *, required: list[str] | None = None, others: str = "element") -> Json:
    """Give an object; what stands where nothing has a name is called by its place."""
    return {
        "type": "object",
        "properties": members,
        "patternProperties": {f"^{others}_[1-9][0-9]{{0,2}}$": _TEXT},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }
