"""CSV: one row for each service line. Rows of one visit share its visit_id and stand together as one document.

Columns are the paths of the JSON document, such as patient.last_name, coverage.payer_id or service.code. An empty cell
is not supplied; the word `none` says that there is none. Fields of the visit may be given on its first row only.
"""

import csv
import difflib
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TextIO

from gateway.errors import IntakeError
from gateway.finding import RowFault
from gateway.intake.columns import COLUMNS, COVERAGES, DATES, LISTS, LISTS_BY_SEMICOLON, REQUIRED, SEVERAL_ROWS
from gateway.intake.fields import is_key

_SHOWN_MAX = 10
_NAME_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a first reading of a CSV file has told: nothing of what stands in it but its visits' ids.

    rows     how many whole rows each visit has, by its id
    refused  the visits of which a row has too few or too many cells
    faults   those rows
    """

    header: tuple[str, ...]
    rows: Mapping[str, int]
    refused: frozenset[str]
    faults: tuple[RowFault, ...]


def outlined(text: TextIO) -> Table:
    """Read a CSV file to its end. Raises IntakeError if the columns are not ours or the file is cut."""
    rows: Counter[str] = Counter()
    misshapen: list[tuple[int, int, str]] = []
    reader = _rows(text)
    _, header = next(reader, (1, []))
    header = [name.strip() for name in header]
    _require_columns(header)
    place = header.index("visit_id")
    for line, row in reader:
        key = row[place].strip() if place < len(row) else ""
        if len(row) != len(header):
            misshapen.append((line, len(row), key))
        elif key:
            rows[key] += 1
        else:
            raise _untold(line, "has no visit_id")
    refused = [(line, cells, _visit_of(header, key, cells, rows, line=line)) for line, cells, key in misshapen]
    return Table(
        header=tuple(header),
        rows=rows,
        refused=frozenset(key for _, _, key in refused),
        faults=tuple(
            _misshapen(line, cells, len(header), key if key in rows and is_key(key) else "")
            for line, cells, key in refused
        ),
    )


def documents(text: TextIO, table: Table) -> Iterator[tuple[int, Any] | RowFault]:
    """Put the rows of each visit together once the last of them has come: its document, with the line it begins on.

    A visit whose rows contradict each other, or of which a row is misshapen, gives its faults instead.
    """
    found: dict[str, _Visit] = {}
    rows = _rows(text)
    next(rows, None)
    for line, row in rows:
        if len(row) != len(table.header):
            continue
        cells = {name: cell.strip() for name, cell in zip(table.header, row, strict=True)}
        key = cells.pop("visit_id")
        service = {name: cells.pop(name) for name in list(cells) if name in SEVERAL_ROWS}
        visit = found.setdefault(key, _Visit(line, {"visit_id": key}, [], []))
        visit.services.append(service)
        visit.faults.extend(_taken_over(visit.cells, cells, line=line, key=key, first=visit.line == line))
        if len(visit.services) == table.rows[key]:
            del found[key]
            yield from visit.faults
            if not visit.faults and key not in table.refused:
                yield visit.line, _document(visit.cells, visit.services)


def _rows(text: TextIO) -> Iterator[tuple[int, list[str]]]:
    """Give the header and each row that is not blank, with its line."""
    reader = csv.reader(text, strict=True)
    try:
        for number, row in enumerate(reader):
            if not number or any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as refused:
        raise IntakeError(
            f"line {reader.line_num}: not CSV ({refused}); nothing was taken in; export it again"
        ) from None


def _require_columns(header: list[str]) -> None:
    """Say which columns are wrong by their place only: a file without a header has a patient where names should be."""
    if not any(header):
        raise IntakeError("the file is empty; nothing was taken in; want a header row and a row for each service")
    unknown = [
        f"column {place} is not known{_meant(name)}" for place, name in enumerate(header, 1) if name not in COLUMNS
    ]
    if len(unknown) > _SHOWN_MAX:
        unknown[_SHOWN_MAX:] = [f"and {len(unknown) - _SHOWN_MAX} more are not known"]
    twice = [f"column {name} appears twice" for name in COLUMNS if header.count(name) > 1]
    missing = [f"column {name} is missing" for name in REQUIRED if name not in header]
    if problems := unknown + twice + missing:
        raise IntakeError(
            "; ".join(problems) + "; nothing was taken in; `gateway visits schema --csv` lists the columns"
        )


def _meant(name: str) -> str:
    """Ask whether the column was meant that is spelled most like this one, if any is."""
    near = difflib.get_close_matches(name[:_NAME_MAX], COLUMNS, n=1)
    return f"; did you mean {near[0]}?" if near else ""


class _Visit(NamedTuple):
    """The rows of one visit: the line it begins on, its own cells, the cells of each service, and what contradicts."""

    line: int
    cells: dict[str, str]
    services: list[dict[str, str]]
    faults: list[RowFault]


def _visit_of(header: list[str], key: str, cells: int, known: Container[str], *, line: int) -> str:
    """Tell whose row this is, though it has too few or too many cells; `key` is what stands where the visit_id should.

    A first column stands where it should, whatever came after it; any other may have shifted, and counts only if it
    names a visit of the whole rows. Raises IntakeError otherwise: some visit would go in with a service less.
    """
    if key in known or (header[0] == "visit_id" and is_key(key)):
        return key
    raise _untold(line, f"has {cells} cells where the header has {len(header)}")


def _untold(line: int, what: str) -> IntakeError:
    return IntakeError(
        f"line {line}: {what}, so nobody can tell whose service it is, and a visit would lack it; "
        "nothing was taken in; export the file again"
    )


def _misshapen(line: int, cells: int, wanted: int, key: str) -> RowFault:
    return RowFault(
        row=line,
        visit_key=key,
        field="row",
        what=f"has {cells} cells where the header has {wanted}; no service of its visit was taken in",
        fix="export the visit again, with cells that hold a comma in quotation marks",
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
                visit_key=key if is_key(key) else "",
                field=name,
                what="differs from the first row of the same visit",
                fix="make both rows say the same, or give it on the first row only",
            )


def _document(cells: dict[str, str], services: list[dict[str, str]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, cell in cells.items():
        _put(document, name, cell)
    # One whose cells are empty, before one that is given, keeps its place: the next may not be taken for the payer before it.
    last = max((place for place, name in enumerate(COVERAGES) if name in document), default=-1)
    document["coverages"] = [document.pop(name, {}) for name in COVERAGES[: last + 1]]
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
    if name in LISTS:
        return cell.replace(";", " ").replace(",", " ").split()
    if name in LISTS_BY_SEMICOLON:
        return [part.strip() for part in cell.split(";") if part.strip()]
    if name in DATES and "/" in cell:
        return _american(cell)
    return cell


def _american(cell: str) -> str:
    try:
        return datetime.strptime(cell, "%m/%d/%Y").date().isoformat()  # noqa: DTZ007 a date has no zone
    except ValueError:
        return cell
