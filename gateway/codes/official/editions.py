"""From when and to when an edition is for, as the publisher's file name tells it and his calendar goes on."""

import re
from datetime import date, timedelta
from typing import Final

_QUARTERS: Final = {"JAN": 1, "APR": 4, "JUL": 7, "OCT": 10}
_X12_MONTHS: Final = (3, 7, 11)
_FISCAL_MONTH: Final = 10


def of_fiscal_year(name: str) -> date | None:
    """icd10cm-order-2027.txt, icd10cm-codes-April-1-2027.txt: fiscal year 2027, which begins in October 2026."""
    year = re.search(r"(20[0-9]{2})", name)
    return date(int(year[1]) - 1, _FISCAL_MONTH, 1) if year is not None else None


def of_quarter(name: str) -> date | None:
    """HCPC2026_OCT_ANWEB.txt, MCR_MUE_PractitionerServices_Eff_10-01-2026.csv: the quarter that begins with that month.

    The names of pair edits (ccipra-v324r0-f1.txt) tell a version that does not always count the quarters.
    """
    hcpcs = re.search(r"HCPC(20[0-9]{2})_(JAN|APR|JUL|OCT)", name, re.IGNORECASE)
    if hcpcs is not None:
        return date(int(hcpcs[1]), _QUARTERS[hcpcs[2].upper()], 1)
    limits = re.search(r"Eff_(01|04|07|10)-01-(20[0-9]{2})", name, re.IGNORECASE)
    return date(int(limits[2]), int(limits[1]), 1) if limits is not None else None


def of_half_year(name: str) -> date | None:
    """nucc_taxonomy_261.csv: version 26.1; .0 holds from April, .1 from October."""
    told = re.search(r"taxonomy_([0-9]{2})([01])", name, re.IGNORECASE)
    return date(2000 + int(told[1]), 4 if told[2] == "0" else 10, 1) if told is not None else None


def fiscal_year_ends(starts: date) -> date:
    """Give the next 30 September."""
    return date(starts.year + (starts.month >= _FISCAL_MONTH), 9, 30)


def quarter_ends(starts: date) -> date:
    """Give the last day of the quarter."""
    return _before(starts.year, starts.month + 3)


def half_year_ends(starts: date) -> date:
    """Give the last day of the half year."""
    return _before(starts.year, starts.month + 6)


def x12_publishes_again(published: date) -> date:
    """Give the day before the next first of March, July or November, on which X12 publishes its lists."""
    return _before(published.year, next((one for one in _X12_MONTHS if one > published.month), 12 + _X12_MONTHS[0]))


def _before(year: int, month: int) -> date:
    """The day before the first of a month, which may be counted on into the next year."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1) - timedelta(days=1)
