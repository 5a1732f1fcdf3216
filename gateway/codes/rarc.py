"""Remittance advice remark codes (LQ02, MOA and MIA of the 835), with meanings in our own words."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from gateway.codes.table import load


class RarcKind(StrEnum):
    """What the remark does."""

    EXPLAINS = "explains"
    """It says why a line was denied."""
    INFORMATIONAL = "informational"
    """An alert: it changes nothing about the money."""
    REJECTION = "rejection"
    """The claim was never adjudicated: there is nothing to appeal or replace."""


class Rarc(NamedTuple):
    """One remark."""

    code: str
    kind: RarcKind
    category: str
    cause: str


def rarc(code: str) -> Rarc | None:
    """Give what a remark code means, or None if the list does not hold it: then a person reads it."""
    return _all().get(code)


@cache
def _all() -> Mapping[str, Rarc]:
    rows = load("rarc").rows()
    return MappingProxyType({r["code"]: Rarc(r["code"], RarcKind(r["kind"]), r["category"], r["cause"]) for r in rows})
