"""Who bills, who is covered, who pays (SNIP 4): levels 2000A to 2000C of an 837P (005010X222A1)."""

import re
from typing import Final

from gateway.codes.postal import is_zip, is_zip_plus_4
from gateway.edi.loop import Loop, Parts, at
from gateway.edi.rules.claim_unit import MEDICARE, ClaimUnit
from gateway.edi.rules.rule import Fault, Spot, rule
from gateway.edi.wire_finding import WireSeverity

_SELF: Final = "18"
_PRIMARY, _UNKNOWN = "P", "U"
"""SBR01."""
_PROPERTY: Final = frozenset({"WC", "AM"})
"""SBR09 of workers' compensation and automobile medical."""
_BOX: Final = re.compile(r"\b(?:P\.?\s*O\.?\s*BOX|POST\s+OFFICE\s+BOX|LOCK\s*BOX)\b", re.IGNORECASE).search
_NINE_DIGITS: Final = re.compile(r"[0-9]{9}").fullmatch
_STREET = "005010X222A1, loop 2010AA, N301: a street address; a box stands in the pay-to address (2010AB)"


@rule(
    id="HL_BELOW_ANOTHER",
    on=("2000B HL", "2000C HL"),
    element=2,
    cites="005010X222A1, HL02: the HL01 of the level that this one belongs to",
    fix="Give HL02 the HL01 of the provider (of a subscriber) or of the subscriber (of a patient) that stands before.",
)
def hl_below_another(hl: Parts, _loop: Loop, unit: ClaimUnit) -> bool:
    """HL02 is not the number of the level that this one stands in."""
    around = unit.piece.around
    return around is not None and at(hl, 2) != at(around.first("HL"), 1)


@rule(
    id="HL_CHILDREN",
    on="2000B HL",
    element=4,
    late=True,
    cites="005010X222A1, loop 2000B, HL04: 1 if a patient's level (2000C) follows, else 0",
    fix="Make HL04 1 where the patient is another than the subscriber and has a level of his own, else 0.",
)
def hl_children(hl: Parts, _loop: Loop, unit: ClaimUnit) -> bool:
    """HL04 does not say whether a patient's level stands below."""
    return at(hl, 4) == ("0" if unit.seen.is_parent(unit.piece) else "1")


@rule(
    id="LEVEL_WITHOUT_CLAIM",
    on=("2000B HL", "2000C HL"),
    fault=Fault.LOOP_MISSING,
    lacks="2300 CLM",
    late=True,
    cites="005010X222A1, loop 2300: required once for each patient",
    fix="Put the patient's claim behind the level, or leave the level out.",
)
def level_without_claim(_hl: Parts, _loop: Loop, unit: ClaimUnit) -> bool:
    """A patient's level holds no claim."""
    return not unit.seen.has_claim(unit.piece) and not unit.seen.is_parent(unit.piece)


@rule(
    id="BILLING_ADDRESS_IS_A_BOX",
    on="2010AA N3",
    cites=_STREET,
    fix="Enter the street; put the box into the pay-to address.",
)
def billing_address_is_a_box(n3: Parts, _loop: Loop, _unit: ClaimUnit) -> list[Spot]:
    """The billing provider's address is a post office box."""
    return [Spot(position) for position in (1, 2) if _BOX(at(n3, position))]


@rule(
    id="ZIP_WITHOUT_FOUR",
    on=("2010AA N4", "2310C N4", "2420C N4"),
    element=3,
    fault=Fault.SHAPE,
    cites="005010X222A1, N403 of 2010AA, 2310C and 2420C: the whole nine digits of the ZIP code",
    fix="Enter ZIP+4, nine digits without a hyphen.",
)
def zip_without_four(n4: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """The ZIP code of a billing provider or service location has not all nine digits."""
    return at(n4, 4) in {"", "US"} and is_zip(at(n4, 3)) and not is_zip_plus_4(at(n4, 3))


@rule(
    id="TAX_ID_SHAPE",
    on=("2010AA REF*EI", "2010AA REF*SY", "2010AC REF*EI"),
    element=2,
    fault=Fault.SHAPE,
    cites="005010X222A1, loop 2010AA, REF*EI and REF*SY: nine digits without marks between",
    fix="Write the nine digits alone.",
)
def tax_id_shape(ref: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """A tax id or social security number is not nine digits."""
    return not _NINE_DIGITS(at(ref, 2))


@rule(
    id="BILLING_PROVIDER_WITHOUT_NPI",
    on="2010AA NM1",
    fault=Fault.ELEMENT_MISSING,
    element=9,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2010AA, NM109: required of every provider who can have an NPI",
    fix="Enter the NPI; only who cannot have one is named by the payer's own number (2010BB REF*G2).",
)
def billing_provider_without_npi(nm1: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """The billing provider has no NPI."""
    return not at(nm1, 9)


@rule(
    id="PAY_TO_SAME_ADDRESS",
    on="2010AB N3",
    fault=Fault.SEGMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2010AB: required where it is another address than the billing provider's",
    fix="Leave the pay-to address out.",
)
def pay_to_same_address(n3: Parts, loop: Loop, unit: ClaimUnit) -> bool:
    """The pay-to address is the billing provider's own."""
    return n3 == unit.billing.first("N3") and loop.first("N4") == unit.billing.first("N4")


@rule(
    id="CURRENCY_AT_HOME",
    on="2000A CUR",
    fault=Fault.SEGMENT_NOT_USED,
    element=2,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2000A, CUR: required where amounts are not in US dollars",
    fix="Leave CUR out.",
)
def currency_at_home(cur: Parts, _loop: Loop, _unit: ClaimUnit) -> bool:
    """US dollars need no currency."""
    return at(cur, 2) == "USD"


@rule(
    id="SUBSCRIBER_AND_PATIENT_LEVEL",
    on="2000C HL",
    fault=Fault.SEGMENT_NOT_USED,
    cites="005010X222A1, loop 2000B, SBR02: 18 if the patient is the subscriber; then there is no loop 2000C",
    fix="Leave the patient's level out if the patient is the subscriber; else leave SBR02 empty.",
)
def subscriber_and_patient_level(_hl: Parts, _loop: Loop, unit: ClaimUnit) -> bool:
    """A patient's level stands below a subscriber who is the patient (SBR02 = 18) and has no claim of his own."""
    around = unit.piece.around
    return at(unit.sbr, 2) == _SELF and around is not None and not unit.seen.has_claim(around)


@rule(
    id="NEITHER_SUBSCRIBER_NOR_PATIENT",
    on="2000B SBR",
    fault=Fault.ELEMENT_MISSING,
    element=2,
    late=True,
    cites="005010X222A1, loop 2000B, SBR02: required if the patient is the subscriber; else a loop 2000C follows",
    fix="Enter 18 if the patient is the subscriber; else add the patient's level.",
)
def neither_subscriber_nor_patient(sbr: Parts, _loop: Loop, unit: ClaimUnit) -> bool:
    """The patient is not the subscriber (SBR02 is empty), yet the claim stands at the subscriber's level."""
    return not at(sbr, 2) and unit.seen.has_claim(unit.piece)


def _subscriber_lacks(segment: str, unit: ClaimUnit) -> bool:
    loop = unit.piece.one("2010BA")
    return at(unit.sbr, 2) == _SELF and loop is not None and not loop.first(segment)


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
    if at(claim.sbr, 9) not in _PROPERTY:
        return False
    loops = (claim.level("2000B").one("2010BA"), claim.level("2000C").one("2010CA"))
    return not any(loop is not None and loop.first("REF", "Y4") for loop in loops)


RULES = (
    hl_below_another,
    hl_children,
    level_without_claim,
    billing_address_is_a_box,
    zip_without_four,
    tax_id_shape,
    billing_provider_without_npi,
    pay_to_same_address,
    currency_at_home,
    subscriber_and_patient_level,
    neither_subscriber_nor_patient,
    subscriber_without_street,
    subscriber_without_city,
    subscriber_without_birth_date,
    subscriber_details_not_used,
    group_number_and_name,
    filing_code_missing,
    medicare_second_without_reason,
    medicare_reason_not_used,
    property_claim_number_missing,
)
