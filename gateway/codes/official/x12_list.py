"""The lists that X12 maintains (CARC, RARC, claim status): its page as copied or saved, or a CSV of it.

A code, its wording, and then `Start: 01/01/1995 | Last Modified: 11/05/2007 | Stop: 06/30/2007`. Copied from the page
they are lines; saved they are the cells of an HTML table; in a CSV the second column holds wording and days together.
"""

import csv
import re
from collections.abc import Iterator
from typing import Final

from gateway.codes.official.download import Row, day, refused, unique
from gateway.codes.official.page import cells_of_page, is_page

_DAYS: Final = re.compile(r"\b(Start|Stop):\s*([0-9]{1,2}/[0-9]{1,2}/[0-9]{4})")
_CLOSED: Final = re.compile(r"\bStart:")


def read(text: str, code: re.Pattern[str], wants: str) -> Iterator[Row]:
    """Give (code, from, to) of each entry whose code has that shape.

    Raises IntakeError if an entry has a day that is none.
    """
    entries = _of_page(text) if is_page(text) else _of_csv(text, code) if _is_csv(text) else _of_lines(text, code)
    return unique(_row(found, told, wants) for found, told in entries if code.fullmatch(found))


def _row(code: str, told: str, wants: str) -> Row:
    days = dict(_DAYS.findall(told))
    try:
        return code, day(days.get("Start", "")), day(days.get("Stop", ""))
    except ValueError:
        raise refused(f"code {code} has a day that is none", wants) from None


def _is_csv(text: str) -> bool:
    first = text.lstrip("\ufeff\r\n ").partition("\n")[0]
    return "," in first and "code" in first.partition(",")[0].lower()


def _of_csv(text: str, code: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Each code with the cells behind it, and with those of the rows below that begin with no code."""
    found, told = "", ""
    for cells in csv.reader(text.splitlines(keepends=True)):
        if cells and code.fullmatch(cells[0].strip()):
            if found:
                yield found, told
            found, told = cells[0].strip(), "\n".join(cells[1:])
        else:
            told = "\n".join((told, *cells))
    if found:
        yield found, told


def _of_lines(text: str, code: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """A line that begins with a code begins an entry, but not before the one above has told its days."""
    found, told = "", ""
    for line in text.splitlines():
        first = re.match(r"\s*(\S+)(?:\s|$)", line)
        if first is not None and code.fullmatch(first[1]) and (not found or _CLOSED.search(told)):
            if found:
                yield found, told
            found, told = first[1], line
        else:
            told = f"{told}\n{line}"
    if found and _CLOSED.search(told):
        yield found, told


def _of_page(text: str) -> Iterator[tuple[str, str]]:
    for cells in cells_of_page(text):
        if cells:
            yield cells[0], " ".join(cells[1:])
