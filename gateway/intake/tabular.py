"""CSV: one row for each service line. Rows of one visit share its visit_id and stand together as one document.

Columns are the paths of the JSON document, such as patient.last_name, coverage.payer_id or service.code. An empty cell
is not supplied; the word `none` says that there is none. Fields of the visit may be given on its first row only.
"""

import csv
import difflib
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from gateway.errors import IntakeError
from gateway.finding import RowFault

_PERSON = ("last_name", "first_name", "middle_name", "birth_date", "sex")
_ADDRESS = ("line1", "line2", "city", "state", "zip_code")
_PROVIDER = ("npi", "last_name", "first_name", "credential", "taxonomy")
_COVERAGE = ("payer_id", "payer_name", "member_id", "group_number", "relationship", "claim_number")
_SERVICE = (
    "code",
    "modifiers",
    "minutes",
    "start",
    "stop",
    "assistant_minutes",
    "treated_by",
    "units",
    "charge",
    "pointers",
    "regions",
    "goals",
)
_LISTS = {"diagnoses", "service.modifiers", "service.pointers", "authorization.codes"}
_LISTS_BY_SEMICOLON = {"service.regions", "service.goals", "plan_of_care.goals"}


def _person_columns(prefix: str) -> tuple[str, ...]:
    return (
        *(f"{prefix}.{name}" for name in _PERSON),
        *(f"{prefix}.address.{name}" for name in _ADDRESS),
    )


COLUMNS: tuple[str, ...] = (
    "visit_id",
    "date",
    "discipline",
    "place_of_service",
    *_person_columns("patient"),
    *(
        column
        for coverage in ("coverage", "coverage2")
        for column in (
            *(f"{coverage}.{name}" for name in _COVERAGE),
            *_person_columns(f"{coverage}.subscriber"),
            f"{coverage}.subscriber.organization",
        )
    ),
    *(f"{who}.{name}" for who in ("rendering", "referring", "supervising") for name in _PROVIDER),
    "referring",
    *(f"billing.{name}" for name in ("name", "npi", "tax_id", "taxonomy")),
    *(f"billing.address.{name}" for name in _ADDRESS),
    "facility.name",
    "facility.npi",
    *(f"facility.address.{name}" for name in _ADDRESS),
    "diagnoses",
    *(f"service.{name}" for name in _SERVICE),
    "note",
    *(f"note.{name}" for name in ("subjective", "objective", "assessment", "plan", "signed_by", "signed_at")),
    "plan_of_care",
    *(
        f"plan_of_care.{name}"
        for name in (
            "established",
            "first_treatment",
            "certified_on",
            "certified_until",
            "sent_to_referrer_on",
            "ends",
            "goals",
        )
    ),
    "order",
    *(f"order.{name}" for name in ("dated", "signed", "ordered_by_npi")),
    "progress",
    *(f"progress.{name}" for name in ("last_report", "treatment_days_since")),
    "authorization",
    *(f"authorization.{name}" for name in ("number", "starts", "ends", "visits_approved", "visits_used", "codes")),
    "accident",
    *(f"accident.{name}" for name in ("kind", "happened_on", "state")),
    "onset",
    "initial_treatment",
)
"""Every column there can be. Only a few are required: the document's own required fields."""

REQUIRED = ("visit_id", "date", "discipline", "diagnoses", "service.code", "coverage.payer_id", "rendering.npi")
_SEVERAL_ROWS = frozenset(column for column in COLUMNS if column.startswith("service."))
_DATES = frozenset(
    column
    for column in COLUMNS
    if column in {"date", "onset", "initial_treatment"}
    or column.rsplit(".", 1)[-1]
    in {
        "birth_date",
        "established",
        "first_treatment",
        "certified_on",
        "certified_until",
        "sent_to_referrer_on",
        "ends",
        "starts",
        "dated",
        "last_report",
        "happened_on",
    }
)


class Rows(NamedTuple):
    """The documents of a CSV file, each with the row its visit begins on, and what could not be put together."""

    documents: tuple[tuple[int, Any], ...]
    faults: tuple[RowFault, ...]


def documents(text: str) -> Rows:
    """Put the rows of each visit together. Raises IntakeError if the columns are not ours or the file is cut."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _require_columns(header)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as refused:
        raise IntakeError(
            f"line {reader.line_num}: not CSV ({refused}); nothing was taken in; export it again"
        ) from None
    return _grouped(header, rows)


def _require_columns(header: list[str]) -> None:
    if not any(header):
        raise IntakeError("the file is empty; nothing was taken in; want a header row and a row for each service")
    problems = []
    for name in header:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            problems.append(f"column {name!r} is not known" + (f"; did you mean {near[0]}?" if near else ""))
    problems += [f"column {name} appears twice" for name in sorted({n for n in header if header.count(n) > 1})]
    problems += [f"column {name} is missing" for name in REQUIRED if name not in header]
    if problems:
        raise IntakeError(
            "; ".join(problems) + "; nothing was taken in; `gateway visits schema --csv` lists the columns"
        )


def _grouped(header: list[str], rows: list[tuple[int, list[str]]]) -> Rows:
    found: dict[str, tuple[int, dict[str, str]]] = {}
    services: dict[str, list[dict[str, str]]] = {}
    faults: list[RowFault] = []
    for line, row in rows:
        if len(row) != len(header):
            what = f"has {len(row)} cells where the header has {len(header)}"
            faults.append(RowFault(row=line, visit_key="", field="row", what=what, fix="export the row again"))
            continue
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=True)}
        key = cells.pop("visit_id")
        if not key:
            faults.append(RowFault(row=line, visit_key="", field="visit_id", what="is missing", fix="give it"))
            continue
        service = {name: cells.pop(name) for name in list(cells) if name in _SEVERAL_ROWS}
        begins, known = found.setdefault(key, (line, {"visit_id": key}))
        faults += _taken_over(known, cells, line=line, key=key, first=begins == line)
        services.setdefault(key, []).append(service)
    refused = {fault.visit_key for fault in faults}
    return Rows(
        documents=tuple(
            (line, _document(cells, services[key])) for key, (line, cells) in found.items() if key not in refused
        ),
        faults=tuple(faults),
    )


def _taken_over(
    known: dict[str, str], cells: dict[str, str], *, line: int, key: str, first: bool
) -> Iterator[RowFault]:
    """Take the visit's own fields from its first row; a later row may repeat them, not contradict them."""
    for name, cell in cells.items():
        if first:
            known[name] = cell
        elif cell and cell != known[name]:
            yield RowFault(
                row=line,
                visit_key=key,
                field=name,
                what="differs from the first row of the same visit",
                fix="make both rows say the same, or give it on the first row only",
            )


def _document(cells: dict[str, str], services: list[dict[str, str]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, cell in cells.items():
        _put(document, name, cell)
    coverages = [document.pop(name) for name in ("coverage", "coverage2") if name in document]
    document["coverages"] = coverages
    document["services"] = [_service(one) for one in services]
    return document


def _service(cells: dict[str, str]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, cell in cells.items():
        _put(document, name, cell)
    service: dict[str, Any] = document.get("service", {})
    return service


def _put(document: dict[str, Any], name: str, cell: str) -> None:
    """Put a cell where its column's path says. An empty cell leaves the field out: not supplied."""
    if not cell:
        return
    *parents, leaf = name.split(".")
    for parent in parents:
        child = document.setdefault(parent, {})
        if child is None:
            child = document[parent] = {}
        document = child
    if isinstance(document.get(leaf), dict):
        return  # its own columns say more than the word none
    document[leaf] = _value(name, cell)


def _value(name: str, cell: str) -> object:
    if cell.lower() == "none":
        return None
    if name in _LISTS:
        return cell.replace(";", " ").replace(",", " ").split()
    if name in _LISTS_BY_SEMICOLON:
        return [part.strip() for part in cell.split(";") if part.strip()]
    if name in _DATES and "/" in cell:
        return _american(cell)
    return cell


def _american(cell: str) -> str:
    try:
        return datetime.strptime(cell, "%m/%d/%Y").date().isoformat()  # noqa: DTZ007 a date has no zone
    except ValueError:
        return cell
