"""How a denied service is taken up again, and how payer and group code bend that.

The table says what a denial calls for; whether that can be done depends on the payer (Medicare Part B takes no
replacement claim: Medicare Claims Processing Manual ch. 34 sec. 10.4 has clerical-error reopenings instead) and on who
carries the amount (group code CO or PI: never the patient; PR: the patient, not a write-off).
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gateway.payer import Payer, Program
from gateway.remittance import GroupCode


class Route(StrEnum):
    """What is sent, to whom."""

    CORRECTED_CLAIM = "corrected_claim"
    """Frequency 7 with the payer's claim number, all lines of the claim."""
    NEW_CLAIM = "new_claim"
    """Frequency 1: the payer holds nothing that could be replaced."""
    VOID = "void"
    """Frequency 8 with the payer's claim number."""
    MEDICARE_REOPENING = "medicare_reopening"
    """A clerical-error reopening, by the contractor's portal, phone or form."""
    APPEAL = "appeal"
    SEND_RECORDS = "send_records"
    """Records under the request's number; a new claim would be denied as a duplicate."""
    REPAIR_COVERAGE = "repair_coverage"
    """Find who should pay, correct the coverage, bill them."""
    BILL_SECONDARY = "bill_secondary"
    BILL_PATIENT = "bill_patient"
    WRITE_OFF = "write_off"
    NONE = "none"
    """Nothing to send now."""


class Deadline(StrEnum):
    """Which clock runs."""

    TIMELY_FILING = "timely_filing"
    CORRECTED_CLAIM = "corrected_claim"
    APPEAL = "appeal"
    RECORDS = "records"
    REOPENING = "reopening"
    NONE = "none"


DEADLINE_OF: Final = MappingProxyType(
    {
        Route.CORRECTED_CLAIM: Deadline.CORRECTED_CLAIM,
        Route.NEW_CLAIM: Deadline.TIMELY_FILING,
        Route.VOID: Deadline.CORRECTED_CLAIM,
        Route.MEDICARE_REOPENING: Deadline.REOPENING,
        Route.APPEAL: Deadline.APPEAL,
        Route.SEND_RECORDS: Deadline.RECORDS,
        Route.REPAIR_COVERAGE: Deadline.TIMELY_FILING,
        Route.BILL_SECONDARY: Deadline.TIMELY_FILING,
        Route.BILL_PATIENT: Deadline.NONE,
        Route.WRITE_OFF: Deadline.NONE,
        Route.NONE: Deadline.NONE,
    }
)
"""The clock of each route, for when the route was bent away from the one in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Whom a refusal would be left to.

    has_another_payer  one that was not billed yet: what the first refuses is theirs before it is the patient's
    is_never_asked     a Qualified Medicare Beneficiary (42 U.S.C. 1396a(n)(3))
    """

    has_another_payer: bool = False
    is_never_asked: bool = False


ALONE: Final = Patient()


def resolve(wanted: Route, *, payer: Payer, group: GroupCode, patient: Patient = ALONE) -> tuple[Route, str]:
    """Give the route that can be taken, and why it is not the wanted one (empty when it is)."""
    route, because = _bent(wanted, payer, group)
    if route is Route.BILL_PATIENT and patient.is_never_asked:
        return Route.WRITE_OFF, "a Qualified Medicare Beneficiary is never asked; write off unless the fix applies"
    if route is Route.BILL_PATIENT and patient.has_another_payer:
        return (
            Route.BILL_SECONDARY,
            "another payer covers the patient: what this one refuses is billed to it first, by hand",
        )
    return route, because


def _bent(wanted: Route, payer: Payer, group: GroupCode) -> tuple[Route, str]:
    if wanted in {Route.CORRECTED_CLAIM, Route.VOID} and not payer.takes_replacements:
        return _without_replacements(payer)
    if wanted is Route.MEDICARE_REOPENING and payer.takes_replacements:
        return Route.CORRECTED_CLAIM, "this payer takes replacement claims, so none has to be reopened"
    if wanted is Route.BILL_PATIENT and payer.program is Program.MEDICAID:
        return Route.WRITE_OFF, "a Medicaid patient is asked for the state's copay only (42 CFR 447.15)"
    if wanted is Route.BILL_PATIENT and group in {GroupCode.CONTRACTUAL, GroupCode.PAYER_INITIATED}:
        return Route.WRITE_OFF, f"group {group} forbids billing the patient; write off unless the fix applies"
    if wanted is Route.WRITE_OFF and group is GroupCode.PATIENT and payer.program is not Program.MEDICAID:
        return Route.BILL_PATIENT, "group PR makes it the patient's; check plan and notice before billing"
    return wanted, ""


def _without_replacements(payer: Payer) -> tuple[Route, str]:
    if payer.program is Program.MEDICARE:
        return Route.MEDICARE_REOPENING, "Medicare Part B takes no replacement or void; ask for a reopening"
    return (
        Route.NEW_CLAIM,
        "this payer takes no replacement or void; where it paid nothing a new claim corrects it, else ask how it takes corrections",
    )
