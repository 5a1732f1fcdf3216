"""Claim status codes of the 277CA: what a category and a status mean, and what to do (STC01-1 and STC01-2)."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from gateway.codes.table import load


class CategoryState(StrEnum):
    """Where a category leaves the claim."""

    IN_TRANSIT = "in transit"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PENDING = "pending"
    FINALISED = "finalised"
    UNKNOWN = "unknown"


class Category(NamedTuple):
    """STC01-1 (code source 507)."""

    code: str
    meaning: str
    state: CategoryState
    fix: str


class StatusMeaning(NamedTuple):
    """STC01-2 (code source 508). Where the meaning speaks of the named party, STC01-3 names it."""

    code: str
    meaning: str
    fix: str


def category(code: str) -> Category | None:
    """Give what a category means, or None if the list does not hold it."""
    return _categories().get(code)


def status(code: str) -> StatusMeaning | None:
    """Give what a status means and how to cure it, or None if the list does not hold it."""
    return _statuses().get(code)


@cache
def _categories() -> Mapping[str, Category]:
    rows = (row for row in load("claim_status").rows() if row["kind"] == "category")
    return MappingProxyType(
        {r["code"]: Category(r["code"], r["meaning"], CategoryState(r["state"]), r["fix"]) for r in rows}
    )


@cache
def _statuses() -> Mapping[str, StatusMeaning]:
    rows = (row for row in load("claim_status").rows() if row["kind"] == "status")
    return MappingProxyType({r["code"]: StatusMeaning(r["code"], r["meaning"], r["fix"]) for r in rows})
