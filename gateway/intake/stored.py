"""A visit read back from its stored document: the noun, without the checks it passed when it was taken in."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from gateway.document import Changes, Stored, parsed, reader_of
from gateway.people import Address, Coverage, Employer
from gateway.visit import Goal, Note, Order, PlanOfCare, Progress, Service, Visit

_EMPTY_IF_NONE: Final = frozenset(
    {"signed_credential", "cosigned_by", "cosigned_credential", "certified_by", "ordered_by_npi", "written_by"}
)
"""Texts of a noun that are no facts: null says of them what an empty text says."""


def visit_of(document: bytes) -> Visit:
    """Read a stored document back. It was checked when it was taken in, and is not checked again."""
    return _reader()(parsed(document))


@cache
def _reader() -> Callable[[Stored], Visit]:
    return reader_of(Visit, _CHANGES)


def without_empty(stored: Stored) -> dict[str, Any]:
    """Leave out each null that says no more than an empty text does."""
    return {name: value for name, value in stored.items() if value is not None or name not in _EMPTY_IF_NONE}


def _visit(stored: Stored) -> Stored:
    return {
        "place_of_service": "11",
        **stored,
        "key": stored["visit_id"],
        "day": stored["date"],
        "diagnoses": [code.replace(".", "") for code in stored["diagnoses"]],
    }


def _service(stored: Stored) -> Stored:
    return {**stored, "starts": stored.get("start"), "ends": stored.get("stop")}


def _goal(stored: Stored | str) -> Stored:
    """Read one that is a text alone: they were all so before goals had measures."""
    return {"text": stored} if isinstance(stored, str) else stored


def _coverage(stored: Stored) -> Stored:
    return {"payer_id": "", "payer_name": "", "member_id": "", "relationship": "self", **stored}


def _address(stored: Stored) -> Stored:
    return {**stored, "zip_code": stored["zip_code"].replace("-", "")}


def _employer(stored: Stored) -> Stored:
    return {**stored, "name": stored["organization"]} if "organization" in stored else stored


_CHANGES: Final[Changes] = {
    Visit: _visit,
    Service: _service,
    Goal: _goal,
    Note: without_empty,
    PlanOfCare: without_empty,
    Order: without_empty,
    Progress: without_empty,
    Coverage: _coverage,
    Address: _address,
    Employer: _employer,
}
"""Only what was given is stored, so what intake's documents have as a default is said here once more."""
