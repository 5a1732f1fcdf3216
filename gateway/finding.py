"""A fault in a visit, a claim or a file, as a value. It says where, what and how to fix it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding does to the claim."""

    HOLD = "hold"
    """No claim is made until somebody has fixed the visit."""
    WARN = "warn"
    """The claim goes out; somebody should look."""
    NOT_CHECKED = "not checked"
    """The practice's system does not supply the fact, so the rule could not look."""


class Owner(StrEnum):
    """Who can fix it."""

    CLINICIAN = "clinician"
    BILLER = "biller"
    FRONT_DESK = "front desk"
    PRACTICE_MANAGER = "practice manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault that a rule found.

    rule   the rule's id (UPPER_SNAKE, never reused)
    where  the field of the visit, or the loop and element of the claim
    what   what was seen and what it means, without the patient's data
    fix    what to do
    cites  where the rule is written
    """

    rule: str
    severity: Severity
    owner: Owner
    where: str
    what: str
    fix: str
    cites: str


def holding(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give those of some findings that hold a visit."""
    return tuple(one for one in findings if one.severity is Severity.HOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """One fault of one row of a file of visits; the row was not taken in.

    row    1-based: the line of a CSV file, the place in a JSON list
    field  the column or field, as the file spells it
    what   what is wrong with it, without its value
    """

    row: int
    visit_key: str
    field: str
    what: str
    fix: str
