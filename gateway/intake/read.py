"""A file of visits, read twice: to its end first, then visit by visit, so that it is never held whole."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TextIO

from pydantic import ValidationError

from gateway.errors import IntakeError
from gateway.finding import RowFault
from gateway.intake import json_stream, tabular
from gateway.intake.bytes_in import Passing, as_text
from gateway.intake.documents import VisitDocument
from gateway.intake.faults import row_faults
from gateway.intake.fields import is_key
from gateway.intake.translate import visit as translate
from gateway.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One visit that can be taken in: as a visit, and as the canonical document that is stored.

    row  where it stands in its file: the line it begins on, or its place in the list
    """

    row: int
    visit: Visit
    document: bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a first reading told of a file. `sha256` is the file's; `table` is that of a CSV file."""

    sha256: str
    table: tabular.Table | None


def outlined(name: str, file: BinaryIO) -> Outline:
    """Read a file of visits to its end, JSON or CSV by its content, and keep nothing of it.

    Raises IntakeError if the file is unreadable as a whole.
    """
    passing, text = _opened(name, file)
    first = _first_mark(text)
    if not first:
        raise IntakeError(f"{name}: the file is empty; nothing was taken in; export it again")
    passing, text = _opened(name, file)
    if first not in "[{":
        return Outline(table=tabular.outlined(text), sha256=passing.sha256)
    for _ in _json(name, text):
        pass
    return Outline(sha256=passing.sha256, table=None)


def visits_in(name: str, file: BinaryIO, outline: Outline) -> Iterator[Taken | RowFault]:
    """Give each visit of a file that was outlined, or everything that is wrong with it.

    Raises IntakeError at the end if it is another file by now.
    """
    passing, text = _opened(name, file)
    if outline.table is None:
        found: Iterator[tuple[int, Any] | RowFault] = enumerate(_json(name, text), start=1)
    else:
        yield from outline.table.faults
        found = tabular.documents(text, outline.table)
    seen: set[str] = set()
    for one in found:
        if isinstance(one, RowFault):
            yield one
        else:
            yield from _taken_once(*one, seen)
    if passing.sha256 != outline.sha256:
        raise IntakeError(f"{name}: it changed while it was read; import it again: what was taken in stays")


def checked(document: dict[str, Any], *, row: int = 1) -> Taken | tuple[RowFault, ...]:
    """Check one document: the visit it describes, or everything that is wrong with it."""
    key = document.get("visit_id")
    visit_key = key.strip() if isinstance(key, str) and is_key(key.strip()) else ""
    try:
        checked_document = VisitDocument.model_validate(document)
    except ValidationError as refused:
        return row_faults(refused, row=row, visit_key=visit_key)
    # Only what was given is kept, so that "not supplied" stays distinct from "none"; keys in a fixed order, so that
    # the same content always has the same hash.
    kept = checked_document.model_dump(mode="json", exclude_unset=True)
    body = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return Taken(row=row, visit=translate(checked_document), document=body, sha256=hashlib.sha256(body).hexdigest())


def _taken_once(row: int, document: object, seen: set[str]) -> Iterator[Taken | RowFault]:
    if not isinstance(document, dict):
        yield RowFault(row=row, visit_key="", field="visit", what="is not an object", fix="see the schema")
        return
    result = checked(document, row=row)
    if not isinstance(result, Taken):
        yield from result
    elif result.visit.key in seen:
        what = "appears more than once in this file"
        fix = "give each visit once; its services go into one list"
        yield RowFault(row=row, visit_key=result.visit.key, field="visit_id", what=what, fix=fix)
    else:
        seen.add(result.visit.key)
        yield result


def _opened(name: str, file: BinaryIO) -> tuple[Passing, TextIO]:
    file.seek(0)
    passing = Passing(name, file)
    return passing, as_text(passing)


def _first_mark(text: TextIO) -> str:
    """Give the first character that is no space; empty if there is none."""
    while read := text.read(1 << 12):
        if read.strip():
            return read.strip()[0]
    return ""


def _json(name: str, text: TextIO) -> Iterator[Any]:
    try:
        yield from json_stream.visits(text)
    except json.JSONDecodeError as refused:
        raise IntakeError(
            f"{name}: line {refused.lineno}: not JSON, or cut off; nothing was taken in; export the file again"
        ) from None
    except json_stream.NoVisits:
        raise IntakeError(
            f"{name}: want an object with schema_version 1 and a list called visits, or the list itself; "
            "nothing was taken in; see: gateway visits schema"
        ) from None
    except ValueError as refused:
        raise IntakeError(f"{name}: {refused}; nothing was taken in; export the file again") from None
