"""The edits of the National Correct Coding Initiative for practitioner services: pairs (PTP) and limits on units (MUE)."""

import csv
import re
from collections.abc import Iterator
from typing import Final

from gateway.codes.official.download import Row, day, refused, unique
from gateway.codes.procedure import procedures

_PAIR_CELLS: Final = 6
_LIMIT_CELLS: Final = 3
_CODE: Final = re.compile("[0-9A-Z]{5}")
_NEVER_BOUND: Final = "9"


def pairs(text: str, wants: str) -> Iterator[Row]:
    """Give (column1, column2, indicator, from, to) of the edits between two procedures that therapy bills.

    Columns of the download: column 1, column 2, in existence prior to 1996, effective, deleted (* when not), modifier
    indicator, rationale. Of two million edits those are kept that a clinic can meet; edits deleted retroactively
    (indicator 9) never bind and are left out. Raises IntakeError if no row is an edit.
    """
    therapy = procedures().keys()
    seen, rows = False, []
    for cells in _cells(text):
        if len(cells) < _PAIR_CELLS or not (_CODE.fullmatch(cells[0]) and _CODE.fullmatch(cells[1])):
            continue
        if cells[5] not in {"0", "1", _NEVER_BOUND}:
            raise refused(f"the edit {cells[0]} {cells[1]} has no modifier indicator in its sixth column", wants)
        seen = True
        if cells[5] != _NEVER_BOUND and {cells[0], cells[1]} <= therapy:
            rows.append((cells[0], cells[1], cells[5], *_days(cells, wants)))
    if not seen:
        raise refused("no row holds a pair of procedures", wants)
    return unique(rows)


def _days(cells: list[str], wants: str) -> tuple[str, str]:
    try:
        return day(cells[3]), day(cells[4])
    except ValueError:
        raise refused(f"the edit {cells[0]} {cells[1]} has a day that is none", wants) from None


def limits(text: str, wants: str) -> Iterator[Row]:
    """Give (code, units, indicator, from, to) of each row: code, units, adjudication indicator (`3 Date of Service ...`).

    Raises IntakeError if a row of a code lacks units or indicator, or if the limits are not those of practitioners.
    """
    if "practitioner" not in text[:4000].lower():
        raise refused("the header does not speak of practitioner services", wants)
    rows = []
    for cells in _cells(text):
        if len(cells) < _LIMIT_CELLS or not _CODE.fullmatch(cells[0]):
            continue
        if not cells[1].isdecimal() or cells[2][:1] not in {"1", "2", "3"}:
            raise refused(f"the limit of {cells[0]} is no number of units with an indicator", wants)
        rows.append((cells[0], cells[1], cells[2][:1], "", ""))
    return unique(rows)


def _cells(text: str) -> Iterator[list[str]]:
    delimiter = "\t" if "\t" in text else ","
    for cells in csv.reader(text.lstrip("\ufeff").splitlines(keepends=True), delimiter=delimiter):
        yield [cell.strip() for cell in cells]
