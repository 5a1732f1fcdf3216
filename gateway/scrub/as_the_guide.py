"""Rules that say of a visit what the check of its claim would say before it is sealed: then a person would look at it late."""

import re
from decimal import Decimal
from typing import Final

from gateway.finding import Owner, Severity
from gateway.money import ZERO
from gateway.scrub.rule import Case, Fault, Faults, rule

_BOX: Final = re.compile(r"\b(?:P\.?\s*O\.?\s*BOX|POST\s+OFFICE\s+BOX|LOCK\s*BOX)\b", re.IGNORECASE).search
_MOST: Final = Decimal("9999999.99")
"""CLM02: ten characters, the point among them."""
_INPATIENT: Final = "21"


@rule(
    id="EVENT_AFTER_VISIT",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="005010X222A1, loop 2300, DTP*431 and DTP*454: what happened before the service",
    fix="Correct the date.",
)
def event_after_visit(case: Case) -> Faults:
    """An onset, or a first treatment, that is dated after the visit."""
    for where, day in (("onset", case.visit.onset), ("initial_treatment", case.visit.initial_treatment)):
        if day is not None and day > case.visit.day:
            yield Fault(where, f"{day} is after the visit")


@rule(
    id="MODIFIER_REPEATED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="005010X222A1, loop 2400, SV101-3 to SV101-6: each modifier once",
    fix="Take one of the two off.",
)
def modifier_repeated(case: Case) -> Faults:
    """A line with the same modifier twice."""
    for line in case.draft.billed:
        for modifier in sorted({one for one in line.modifiers if line.modifiers.count(one) > 1}):
            yield Fault(f"services.{line.place}.modifiers", f"{line.procedure} carries {modifier} twice")


@rule(
    id="ADMISSION_DATE_MISSING",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="005010X222A1, loop 2300, DTP*435: required on claims of inpatient visits",
    fix="Correct the place of service. What was given to an inpatient is billed by the hospital.",
)
def admission_date_missing(case: Case) -> Faults:
    """A visit to an inpatient (place of service 21): a clinic's claim has no day of admission."""
    if case.visit.place_of_service == _INPATIENT:
        yield Fault("place_of_service", "21 is a hospital's inpatient, and the day of admission is not known")


@rule(
    id="BILLING_ADDRESS_IS_A_BOX",
    severity=Severity.HOLD,
    owner=Owner.PRACTICE_MANAGER,
    cites="005010X222A1, loop 2010AA, N301: a street address",
    fix="Enter the street: [practice.billing.address] in gateway.toml, or billing.address of the visit.",
)
def billing_address_is_a_box(case: Case) -> Faults:
    """The address of who is paid is a post office box."""
    address = (case.visit.billing or case.practice.billing).address
    for where, line in (("line1", address.line1), ("line2", address.line2)):
        if _BOX(line):
            yield Fault(f"billing.address.{where}", "this is a post office box")


@rule(
    id="CHARGE_TOO_HIGH",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="005010X222A1, loop 2300, CLM02: at most ten characters",
    fix="Correct the charges: a visit is not charged in millions.",
)
def charge_too_high(case: Case) -> Faults:
    """Charges that come to more than a claim can carry."""
    if sum((line.charge for line in case.draft.billed if line.charge is not None), ZERO) > _MOST:
        yield Fault("services", f"the charges come to more than {_MOST}")


RULES = (event_after_visit, modifier_repeated, admission_date_missing, billing_address_is_a_box, charge_too_high)
