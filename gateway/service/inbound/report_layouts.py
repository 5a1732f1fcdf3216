"""Two reports of Office Ally that we can read: its file summary, and its status report of what payers said.

No guide for them is public. Where the columns begin differs from account to account, so no column is trusted: a row is known
by its first fields, what it says by the heading above it or by its one word of status, and the claim by our own number,
which is 13 characters drawn at random. Nothing else is taken from a row: the rest is about the patient.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.acknowledgment import Verdict


class Layout(StrEnum):
    """Which report it is."""

    FILE_SUMMARY = "file summary"
    """What the clearinghouse took in, and what it refused: a row a claim, under a heading."""
    STATUS = "status report"
    """What payers answered the clearinghouse: a row a claim, with ACCEPTED or REJECTED in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """What one row says of one claim.

    line      its line in the report, from 1
    verdict   FORWARDED for what was taken in (or still waits there), REJECTED
    said      the heading or word that says so
    numbers   every field of it that could be one of our patient control numbers
    """

    line: int
    verdict: Verdict
    said: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """What a report says. `unread` are the lines of rows under no heading, or without a word of status that is known."""

    layout: Layout
    rows: tuple[ReportRow, ...]
    unread: tuple[int, ...] = ()


_HEADINGS: Final = {
    "ACCEPTED CLAIM": Verdict.FORWARDED,
    "PENDING CLAIM": Verdict.FORWARDED,
    "ERROR CLAIM": Verdict.REJECTED,
}
_HEADING: Final = re.compile(
    r"^[\s\-=*_#]*(ACCEPTED CLAIM|PENDING CLAIM|ERROR CLAIM)S?( DETAILS?)?[\s\-=*_#:]*$", re.IGNORECASE
).match
_SUMMARY_ROW: Final = re.compile(r"^\s{0,5}\d{1,5}\)\s*\d{6,12}\s").match
_STATUS_HEAD: Final = re.compile(r"^\s*FILE ID\s+CLAIM ID\s+PAT\. ?ACCT", re.IGNORECASE).match
_STATUS_ROW: Final = re.compile(r"^\s*\d{8}").match
"""A file number of nine or ten digits; one of ten leaves no blank before the claim's."""
_STATUS: Final = re.compile(r"(?<!\S)(ACCEPTED|REJECTED)(?!\S)").search
_STATUS_FROM: Final = 100
"""The word of status stands far right of the patient's name (column 142 where it was seen), and may not be taken from it."""
_NUMBER: Final = re.compile(r"(?<!\S)[A-Z0-9]{6,20}(?!\S)").findall


def read_report(raw: bytes) -> ReadReport | None:
    """Read a report of a known layout; None if it has none. Never raises: what is not understood is in `unread`."""
    lines = raw.decode("ascii", errors="replace").splitlines()
    if any(_STATUS_HEAD(line) for line in lines):
        return _whole(Layout.STATUS, _status_rows(lines))
    if any(_HEADING(line) for line in lines):
        return _whole(Layout.FILE_SUMMARY, _summary_rows(lines))
    return None


def _whole(layout: Layout, found: Iterator[ReportRow | int]) -> ReadReport:
    rows = list(found)
    return ReadReport(
        layout=layout,
        rows=tuple(one for one in rows if isinstance(one, ReportRow)),
        unread=tuple(one for one in rows if isinstance(one, int)),
    )


def _summary_rows(lines: list[str]) -> Iterator[ReportRow | int]:
    """Give each row, or the line of one that stands under no heading."""
    heading = ""
    for number, line in enumerate(lines, start=1):
        if found := _HEADING(line):
            heading = found[1].upper()
        elif _SUMMARY_ROW(line):
            yield _row(number, _HEADINGS[heading], heading.lower(), line) if heading else number


def _status_rows(lines: list[str]) -> Iterator[ReportRow | int]:
    """Give each row, or the line of one whose word of status is none that is known."""
    begun = False
    for number, line in enumerate(lines, start=1):
        if _STATUS_HEAD(line):
            begun = True
        elif begun and _STATUS_ROW(line):
            word = _STATUS(line, _STATUS_FROM)
            verdict = Verdict.REJECTED if word and word[1] == "REJECTED" else Verdict.FORWARDED
            yield _row(number, verdict, word[1].lower(), line) if word else number


def _row(number: int, verdict: Verdict, said: str, line: str) -> ReportRow:
    return ReportRow(line=number, verdict=verdict, said=said, numbers=tuple(dict.fromkeys(_NUMBER(line.upper()))))
