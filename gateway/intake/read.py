"""A file of visits, whole: what can be taken in, and every fault of what cannot."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from gateway.errors import IntakeError
from gateway.finding import RowFault
from gateway.intake import tabular
from gateway.intake.documents import VisitDocument
from gateway.intake.faults import row_faults
from gateway.intake.fields import is_key
from gateway.intake.json_text import parsed
from gateway.intake.translate import visit as translate
from gateway.visit import Visit

BYTES_MAX = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One visit that can be taken in: as a visit, and as the canonical document that is stored."""

    visit: Visit
    document: bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What a file holds. `sha256` is the file's."""

    sha256: str
    taken: tuple[Taken, ...]
    faults: tuple[RowFault, ...]


def read_visits(name: str, raw: bytes) -> Intake:
    """Read a file of visits, JSON or CSV by its content.

    Raises IntakeError if the file is unreadable as a whole; faults of single visits are values.
    """
    text = _text(name, raw)
    stripped = text.lstrip()
    if not stripped:
        raise IntakeError(f"{name}: the file is empty; nothing was taken in; export it again")
    rows = tabular.Rows(_json(name, text), ()) if stripped[0] in "[{" else tabular.documents(text)
    taken, refused = _checked(rows.documents)
    return Intake(sha256=hashlib.sha256(raw).hexdigest(), taken=taken, faults=(*rows.faults, *refused))


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
    return Taken(visit=translate(checked_document), document=body, sha256=hashlib.sha256(body).hexdigest())


def _checked(documents: tuple[tuple[int, Any], ...]) -> tuple[tuple[Taken, ...], tuple[RowFault, ...]]:
    taken: dict[str, Taken] = {}
    faults: list[RowFault] = []
    for row, document in documents:
        if not isinstance(document, dict):
            faults.append(RowFault(row=row, visit_key="", field="visit", what="is not an object", fix="see the schema"))
            continue
        result = checked(document, row=row)
        if not isinstance(result, Taken):
            faults += result
        elif result.visit.key in taken:
            what = "appears more than once in this file"
            fix = "give each visit once; its services go into one list"
            faults.append(RowFault(row=row, visit_key=result.visit.key, field="visit_id", what=what, fix=fix))
        else:
            taken[result.visit.key] = result
    return tuple(taken.values()), tuple(faults)


def _text(name: str, raw: bytes) -> str:
    if len(raw) > BYTES_MAX:
        raise IntakeError(f"{name}: larger than {BYTES_MAX // 2**20} MB; nothing was taken in; split the file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as refused:
        raise IntakeError(
            f"{name}: byte {refused.start + 1} is not UTF-8; nothing was taken in; save the file as UTF-8"
        ) from None
    if "\x00" in text:
        raise IntakeError(f"{name}: holds zero bytes, so it is no text; nothing was taken in; export JSON or CSV")
    return text


def _json(name: str, text: str) -> tuple[tuple[int, Any], ...]:
    try:
        read = parsed(text)
    except json.JSONDecodeError as refused:
        raise IntakeError(
            f"{name}: line {refused.lineno}: not JSON, or cut off; nothing was taken in; export the file again"
        ) from None
    except ValueError as refused:
        raise IntakeError(f"{name}: {refused}; nothing was taken in; export the file again") from None
    if isinstance(read, dict):
        strangers = sorted(set(read) - {"schema_version", "visits"})
        if strangers or read.get("schema_version", 1) != 1 or not isinstance(read.get("visits"), list):
            raise IntakeError(
                f"{name}: want an object with schema_version 1 and a list called visits, or the list itself; "
                "nothing was taken in; see: gateway visits schema"
            )
        read = read["visits"]
    return tuple(enumerate(read, start=1))
