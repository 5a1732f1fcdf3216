"""Code sets of CMS and CDC: ICD-10-CM, HCPCS level II with its modifiers, places of service; and NUCC's taxonomy."""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import dropwhile
from typing import Final

from gateway.codes.official.download import Row, day, refused, unique
from gateway.codes.official.page import cells_of_page, is_page
from gateway.codes.table import load

_ORDER: Final = re.compile(r"[0-9]{5} ([A-Z][0-9A-Z]{2,6}) +([01]) ")
"""icd10cm-order-YYYY.txt: number (1-5), code (7-13), 1 for billable or 0 for a header (15), wording."""

_CODES: Final = re.compile(r"([A-Z][0-9][0-9A-Z]{1,5}) +\S")
"""icd10cm-codes-YYYY.txt: a billable code (1-7), wording."""

_FIRST_OF_PROCEDURE: Final = "3"
_FIRST_OF_MODIFIER: Final = "7"
_HCPCS_LENGTH: Final = 292
_EFFECTIVE: Final = re.compile(r"\(effective ([A-Z][a-z]+ [0-9]{1,2}, [0-9]{4})", re.IGNORECASE)


def diagnoses(text: str, wants: str) -> Iterator[Row]:
    """Give (code, "", "") of each billable diagnosis of the order file or the codes file. Raises IntakeError on another line."""
    is_order = _ORDER.match(text.lstrip("\ufeff")) is not None
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        found = (_ORDER if is_order else _CODES).match(line)
        if found is None:
            if line.strip():
                raise refused(f"line {number} begins with no ICD-10-CM code", wants)
        elif not is_order or found[2] == "1":
            yield found[1], "", ""


def hcpcs(text: str, wants: str) -> Iterator[Row]:
    """Give (code, from, to) of each procedure (five characters) and modifier (two) of the fixed-width ANWEB file.

    The record layout of CMS: code 1-5, record identification 11 (3 and 7 begin an entry, 4 and 8 go on with its wording),
    added 269-276, effective date of the last action 277-284, terminated 285-292. Raises IntakeError on another line.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        code, record = line[:5].strip(), line[10:11]
        if record not in {"3", "4", "7", "8"} or not re.fullmatch("[A-Z][0-9]{4}|[0-9A-Z]{2}", code):
            raise refused(f"line {number} is no record of an HCPCS file", wants)
        if record not in {_FIRST_OF_PROCEDURE, _FIRST_OF_MODIFIER}:
            continue
        try:
            rows.append((code, day(line[268:276]), day(line[284:_HCPCS_LENGTH])))
        except ValueError:
            raise refused(f"line {number} has no days in columns 269 to 292", wants) from None
    return unique(rows)


def places(text: str, wants: str) -> Iterator[Row]:
    """Give (code, name, telehealth, from, to) of the page of CMS as saved, or of a CSV or copy of its table.

    Names are ours: a place that we do not know yet is named by its number. Raises IntakeError on a day that is none.
    """
    known = {row["code"]: row for row in load("place_of_service").rows()}
    for cells in _rows_of(text):
        if len(cells) > 1 and re.fullmatch("[0-9]{2}", cells[0]) and not cells[1].lower().startswith("unassigned"):
            yield _place(cells, known.get(cells[0]), wants)


def _place(cells: list[str], known: Mapping[str, str] | None, wants: str) -> Row:
    if known is not None:
        return known["code"], known["name"], known["telehealth"], known["from"], known["to"]
    told = _EFFECTIVE.search(" ".join(cells[1:]))
    try:
        since = datetime.strptime(told[1], "%B %d, %Y").date().isoformat() if told is not None else ""  # noqa: DTZ007 a day
    except ValueError:
        raise refused(f"place {cells[0]} has a day that is none", wants) from None
    return cells[0], f"place {cells[0]}", "no", since, ""


def _rows_of(text: str) -> list[list[str]]:
    if is_page(text):
        return cells_of_page(text)
    delimiter = "\t" if "\t" in text else ","
    return [[cell.strip() for cell in row] for row in csv.reader(text.splitlines(), delimiter=delimiter)]


def taxonomy(text: str, wants: str) -> Iterator[Row]:
    """Give (code, "", "") of each row of NUCC's CSV. Raises IntakeError if its first column is not Code."""
    reader = csv.reader(dropwhile(lambda line: not line.strip(), text.lstrip("\ufeff").splitlines(keepends=True)))
    if (next(reader, None) or [""])[0].strip().lower() != "code":
        raise refused("the first column is not Code", wants)
    return unique((row[0].strip(), "", "") for row in reader if row and re.fullmatch("[0-9A-Z]{9}X", row[0].strip()))
