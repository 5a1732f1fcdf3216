"""Claim adjustment reason codes (CAS02 of the 835), with causes in our own words."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from gateway.codes.table import load


class CarcKind(StrEnum):
    """What the code says of the money."""

    DENIAL = "denial"
    """Not paid for a reason that somebody may be able to cure."""
    EXPECTED = "expected"
    """What the contract, the law or the patient's plan provides for."""
    INFORMATIONAL = "informational"
    """Nothing is decided yet, or it was decided elsewhere."""


class Carc(NamedTuple):
    """One reason. `usual_group` is a hint only: the group on the remittance always decides who carries the amount."""

    code: str
    usual_group: str
    kind: CarcKind
    category: str
    cause: str


def carc(code: str) -> Carc | None:
    """Give what a reason code means, or None if therapy has not met it: then a person reads it."""
    return _all().get(code)


@cache
def _all() -> Mapping[str, Carc]:
    rows = load("carc").rows()
    return MappingProxyType(
        {r["code"]: Carc(r["code"], r["group"], CarcKind(r["kind"]), r["category"], r["cause"]) for r in rows}
    )
