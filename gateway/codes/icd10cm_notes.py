"""What the ICD-10-CM tabular list says of some codes beside their being billable: sides of the body, and Excludes1 notes."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from gateway.codes.table import load

_CATEGORY_LENGTH: Final = 3
_STEM_LENGTH: Final = 6
"""A seventh character says which encounter it is, nothing of the side."""


class Sides(NamedTuple):
    """A code that leaves the side open. `right` and `left` are the codes beside it, `sites` the parts of the body it names."""

    right: str
    left: str
    sites: tuple[str, ...]


def sides(code: str) -> Sides | None:
    """Give the sided codes beside one, bare as on the wire, of an unspecified side; None where it is not such a code."""
    return _sides().get(code[:_STEM_LENGTH])


def excluded(a: str, b: str) -> bool:
    """Tell whether an Excludes1 note of either code, or of what it belongs to, names the other: they are not coded together."""
    return _names(a, b) or _names(b, a)


def in_force(day: date) -> bool:
    """Tell whether both lists were published for a date of service."""
    return load("icd10cm_sides").covers(day) and load("icd10cm_excludes1").covers(day)


def _names(noted: str, other: str) -> bool:
    for length in range(_CATEGORY_LENGTH, len(noted) + 1):
        if any(other.startswith(one) for one in _excludes().get(noted[:length], ())):
            return True
    return False


@cache
def _sides() -> Mapping[str, Sides]:
    rows = load("icd10cm_sides").rows()
    return MappingProxyType({row["code"]: Sides(row["right"], row["left"], tuple(row["site"].split())) for row in rows})


@cache
def _excludes() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in load("icd10cm_excludes1").rows():
        found[row["code"]] = (*found.get(row["code"], ()), row["excluded"])
    return MappingProxyType(found)
