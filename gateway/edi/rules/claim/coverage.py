"""Who is covered by whom (SNIP 4): subscribers, patients and their payers in an 837P (005010X222A1)."""

from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.claim_unit import MEDICARE, ClaimUnit
from gateway.edi.rules.rule import Fault, rule
from gateway.edi.wire.finding import WireSeverity

_HAS_CHILD: Final = "1"
"""HL04 of a level that another stands below."""
_SELF: Final = "18"
_PRIMARY, _UNKNOWN = "P", "U"
"""SBR01."""
_PROPERTY: Final = frozenset({"WC", "AM"})
"""SBR09 of workers' compensation and automobile medical."""


def _subscriber_lacks(segment: str, unit: ClaimUnit) -> bool:
    if at(unit.sbr, 2) != _SELF or unit.piece.element("HL", 4) == _HAS_CHILD:
        return False  # where a patient's level stands below, it is SBR02 that is wrong
    loop = unit.piece.one("2010BA")
    return loop is not None and not loop.first(segment)


@rule(
    id="SUBSCRIBER_WITHOUT_STREET",
    on="2010BA NM1",
    fault=Fault.SEGMENT_MISSING,
    lacks="N3",
    cites="005010X222A1, loop 2010BA, N3: required if the patient is the subscriber",
    fix="Enter the patient's street.",
)
def subscriber_without_street(_nm1: Parts, _loop: Loop, unit: ClaimUnit) -> bool:
    """A subscriber who is the patient has no street (N3)."""
    return _subscriber_lacks("N3", unit)


@rule(
    id="SUBSCRIBER_WITHOUT_CITY",
    on="2010BA NM1",
    fault=Fault.SEGMENT_MISSING,
    lacks="N4",
    cites="005010X222A1, loop 2010BA, N4: required if the patient is the subscriber",
    fix="Enter the patient's city, state and ZIP code.",
)
def subscriber_without_city(_nm1: Parts, _loop: Loop, unit: ClaimUnit) -> bool:
    """A subscriber who is the patient has no city (N4)."""
    return _subscriber_lacks("N4", unit)


@rule(
    id="SUBSCRIBER_WITHOUT_BIRTH_DATE",
    on="2010BA NM1",
    fault=Fault.SEGMENT_MISSING,
    lacks="DMG",
    cites="005010X222A1, loop 2010BA, DMG: required if the patient is the subscriber",
    fix="Enter the patient's date of birth and sex.",
)
def subscriber_without_birth_date(_nm1: Parts, _loop: Loop, unit: ClaimUnit) -> bool:
    """A subscriber who is the patient has no date of birth and sex (DMG)."""
    return _subscriber_lacks("DMG", unit)


@rule(
    id="SUBSCRIBER_DETAILS_NOT_USED",
    on=("2010BA N3", "2010BA DMG"),
    fault=Fault.SEGMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2010BA, N3 and DMG: only if the patient is the subscriber",
    fix="Leave the subscriber's address and date of birth out: the patient's stand in 2010CA.",
)
def subscriber_details_not_used(_parts: Parts, _loop: Loop, unit: ClaimUnit) -> bool:
    """Address and date of birth of a subscriber who is not the patient are not used."""
    return not at(unit.sbr, 2)


@rule(
    id="GROUP_NUMBER_AND_NAME",
    on=("2000B SBR", "2320 SBR"),
    fault=Fault.ELEMENT_NOT_USED,
    element=4,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, SBR04: required where the group has a name and no number (SBR03)",
    fix="Leave the group's name out.",
)
def group_number_and_name(sbr: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """A group with a number needs no name."""
    return bool(at(sbr, 3)) and bool(at(sbr, 4))


@rule(
    id="FILING_CODE_MISSING",
    on=("2000B SBR", "2320 SBR"),
    fault=Fault.ELEMENT_MISSING,
    element=9,
    cites="005010X222A1, SBR09: required until national plan ids are mandated, which they are not",
    fix="Enter what kind of payer it is, such as MB, MC, CI, WC.",
)
def filing_code_missing(sbr: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """It is not said what kind of payer this is (SBR09)."""
    return not at(sbr, 9)


@rule(
    id="MEDICARE_SECOND_WITHOUT_REASON",
    on=("2000B SBR", "2320 SBR"),
    fault=Fault.ELEMENT_MISSING,
    element=5,
    cites="005010X222A1, SBR05: required where Medicare is not the primary payer",
    fix="Enter why Medicare pays second, such as 12 (working aged) or 15 (workers' compensation).",
)
def medicare_second_without_reason(sbr: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """Medicare is not primary, and it is not said why (SBR05)."""
    return at(sbr, 9) in MEDICARE and at(sbr, 1) not in {_PRIMARY, _UNKNOWN, ""} and not at(sbr, 5)


@rule(
    id="MEDICARE_REASON_NOT_USED",
    on=("2000B SBR", "2320 SBR"),
    fault=Fault.ELEMENT_NOT_USED,
    element=5,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, SBR05: only where Medicare is the payer and is not primary",
    fix="Leave SBR05 out.",
)
def medicare_reason_not_used(sbr: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """Why Medicare pays second (SBR05) is said of a payer that is not Medicare or pays first."""
    return bool(at(sbr, 5)) and (at(sbr, 9) not in MEDICARE or at(sbr, 1) == _PRIMARY)


@rule(
    id="PROPERTY_CLAIM_NUMBER_MISSING",
    on="2300 CLM",
    fault=Fault.SEGMENT_MISSING,
    lacks="2010BA REF",
    cites="005010X222A1, loops 2010BA and 2010CA, REF*Y4: required of property and casualty claims",
    fix="Enter the claim number that the workers' compensation or automobile payer gave the injury.",
)
def property_claim_number_missing(_clm: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """A claim to workers' compensation or automobile cover has no claim number of that payer (REF*Y4)."""
    return not claim.has_patient_level and _lacks_property_number(claim)


@rule(
    id="PATIENT_PROPERTY_NUMBER_MISSING",
    on="2300 CLM",
    fault=Fault.SEGMENT_MISSING,
    lacks="2010CA REF",
    cites="005010X222A1, loop 2010CA, REF*Y4: required of property and casualty claims of a patient who is not the subscriber",
    fix="Enter the claim number that the workers' compensation or automobile payer gave the injury.",
)
def patient_property_number_missing(_clm: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """A patient's claim to workers' compensation or automobile cover has no claim number of that payer (REF*Y4)."""
    return claim.has_patient_level and _lacks_property_number(claim)


def _lacks_property_number(claim: ClaimUnit) -> bool:
    if at(claim.sbr, 9) not in _PROPERTY:
        return False
    loops = (claim.level("2000B").one("2010BA"), claim.level("2000C").one("2010CA"))
    return not any(loop is not None and loop.first("REF", "Y4") for loop in loops)


@rule(
    id="PROPERTY_NUMBER_OF_SUBSCRIBER",
    on="2010BA REF*Y4",
    fault=Fault.SEGMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loops 2010BA and 2010CA, REF*Y4: it stands with the patient, and only there",
    fix="Put the property and casualty claim number behind the patient's name (2010CA).",
)
def property_number_of_subscriber(_ref: Parts, _loop: Loop, unit: ClaimUnit) -> bool:
    """The claim number of a property and casualty payer stands with a subscriber who is not the patient."""
    return not at(unit.sbr, 2)


RULES = (
    subscriber_without_street,
    subscriber_without_city,
    subscriber_without_birth_date,
    subscriber_details_not_used,
    group_number_and_name,
    filing_code_missing,
    medicare_second_without_reason,
    medicare_reason_not_used,
    property_claim_number_missing,
    patient_property_number_missing,
    property_number_of_subscriber,
)
