"""ICD-10-CM diagnoses: is a code billable on a date of service.

The list holds the billable codes only: whatever begins one of them has more specific codes below it, which is all that
a claim needs to know (M54.5 begins M54.50; S13.4XX wants its seventh character). The shipped one is a single edition; one
that was imported is joined to the edition before it, and its codes have their days.
"""

import re
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from gateway.codes.table import Span, having, load, span

_CATEGORY_LENGTH: Final = 3


class Standing(StrEnum):
    """What a diagnosis code is on a date of service."""

    BILLABLE = "billable"
    NOT_SPECIFIC = "not specific"
    """It exists, but has more specific codes below it, or wants a seventh character; claims need one of those."""
    UNKNOWN = "unknown"
    """The list holds no such code, and the list was made for that date."""
    ASSUMED = "assumed"
    """The list holds no such code, but was not made for that date: it may have come since, so this may only warn."""


def diagnosis(code: str, day: date, folder: Path | None = None) -> Standing:
    """Tell what `code` (with or without its dot) is on the date of service `day`; `folder` as in `table.load`.

    A code that the list holds is taken as billable on other dates too; ask `in_force` before holding a claim.
    """
    own = having("icd10cm", folder)
    spans = _spans(bare(code), own)
    if any((starts is None or starts <= day) and (ends is None or day <= ends) for starts, ends in spans):
        return Standing.BILLABLE
    if _is_divided(bare(code), own):
        return Standing.NOT_SPECIFIC
    return Standing.UNKNOWN if in_force(day, folder) else Standing.ASSUMED


def in_force(day: date, folder: Path | None = None) -> bool:
    """Tell whether the list was published for the date of service `day`; if not, a finding may only warn."""
    return load("icd10cm", folder=folder).covers(day)


def bare(code: str) -> str:
    """Give the code as the wire wants it: upper case, without its dot (HI of the 837P)."""
    return code.strip().upper().replace(".", "", 1)


# Searches through one string: no index has to be built before the first claim can be scrubbed.


@lru_cache(maxsize=4096)
def _spans(code: str, folder: Path | None) -> tuple[Span, ...]:
    """The days on which a code is billable."""
    lines = _lines(folder)
    if not _is_well_formed(code):
        return ()
    if f"\n{code}\n" in lines or f"\n{code},,\n" in lines:
        return ((None, None),)
    if f"\n{code}," not in lines:
        return ()
    days = (line.partition(",") for line in re.findall(rf"\n{code},(.*)", lines))
    return tuple(span({"from": starts, "to": ends}) for starts, _, ends in days)


@lru_cache(maxsize=4096)
def _is_divided(code: str, folder: Path | None) -> bool:
    """Whether more specific codes begin with it."""
    return _is_well_formed(code) and re.search(rf"\n{code}[0-9A-Z]", _lines(folder)) is not None


def _is_well_formed(code: str) -> bool:
    return len(code) >= _CATEGORY_LENGTH and code.isascii() and code.isalnum()


@cache
def _lines(folder: Path | None) -> str:
    return "\n" + load("icd10cm", folder=folder).body
