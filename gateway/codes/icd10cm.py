"""ICD-10-CM diagnoses: is a code billable on a date of service.

The list holds the billable codes only: whatever begins one of them has more specific codes below it, which is all that
a claim needs to know (M54.5 begins M54.50; S13.4XX wants its seventh character). The shipped one is a single edition; one
that was imported is joined to the edition before it, and its codes have their days.
"""

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from gateway.codes.lists import Kind, code_list, having_of

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
    """Tell what `code` (with or without its dot) is on the date of service `day`; `folder` as in `lists.code_list`.

    A code that the list holds is taken as billable on other dates too; ask `in_force` before holding a claim.
    """
    known, written = code_list(Kind.DIAGNOSIS, folder), bare(code)
    if known.holds(written, day):
        return Standing.BILLABLE
    if _is_divided(written, having_of(Kind.DIAGNOSIS, folder)):
        return Standing.NOT_SPECIFIC
    return Standing.UNKNOWN if known.covers(day) else Standing.ASSUMED


def in_force(day: date, folder: Path | None = None) -> bool:
    """Tell whether the list was published for the date of service `day`; if not, a finding may only warn."""
    return code_list(Kind.DIAGNOSIS, folder).covers(day)


def bare(code: str) -> str:
    """Give the code as the wire wants it: upper case, without its dot (HI of the 837P)."""
    return code.strip().upper().replace(".", "", 1)


@lru_cache(maxsize=4096)
def _is_divided(code: str, folder: Path | None) -> bool:
    """Whether more specific codes begin with it."""
    if len(code) < _CATEGORY_LENGTH or not (code.isascii() and code.isalnum()):
        return False
    return re.search(rf"\n{code}[0-9A-Z]", code_list(Kind.DIAGNOSIS, folder).lines) is not None
