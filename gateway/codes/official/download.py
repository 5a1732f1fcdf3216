"""What every download is read with: its days, and the refusal of another file."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from gateway.errors import IntakeError

Row = tuple[str, ...]


def refused(what: str, wants: str) -> IntakeError:
    """Make the refusal of a file: what was seen in it, and which file is wanted instead."""
    return IntakeError(f"{what}; want {wants}; nothing was imported")


def day(text: str) -> str:
    """Give a date of a download (20240701, 07/01/2024, 2024-07-01) as our tables write it; "" for blank, 0 and *.

    Raises ValueError if it is none of these.
    """
    text = text.strip()
    if not text.strip("*0"):
        return ""
    american = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    if american is not None:
        month, of_month, year = map(int, american.groups())
        return date(year, month, of_month).isoformat()
    return date.fromisoformat(text).isoformat()


def unique(rows: Iterable[Row]) -> Iterator[Row]:
    """Give the rows in their order, each once."""
    return iter(dict.fromkeys(rows))
