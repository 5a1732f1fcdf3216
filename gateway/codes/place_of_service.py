"""Places of service (CMS place of service code set; CLM05-1 and SV105 of the 837P)."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from gateway.codes.table import holds, load


class Place(NamedTuple):
    """Where a service was given; `name` is our own wording."""

    code: str
    name: str
    is_telehealth: bool


def place_of_service(code: str, day: date) -> Place | None:
    """Give the place that the two digits mean on the date of service `day`, or None if they meant none then."""
    row = _rows().get(code)
    return Place(code, row["name"], row["telehealth"] == "yes") if row is not None and holds(row, day) else None


@cache
def _rows() -> Mapping[str, Mapping[str, str]]:
    return MappingProxyType({row["code"]: row for row in load("place_of_service").rows()})
