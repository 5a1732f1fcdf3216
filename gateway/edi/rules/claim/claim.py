"""The claim itself (SNIP 4): loop 2300 of an 837P (005010X222A1), less its dates, diagnoses and providers."""

from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.claim_unit import ClaimUnit
from gateway.edi.rules.rule import Fault, Spot, rule
from gateway.edi.wire.finding import WireSeverity

_REPLACES: Final = frozenset({"7", "8"})
_AUTO, _EMPLOYMENT, _OTHER = "AA", "EM", "OA"
_CAUSES: Final = 3
"""CLM11-1 to CLM11-3 are causes; CLM11-4 is a state, CLM11-5 a country."""
_SENT_APART: Final = frozenset({"BM", "EL", "EM", "FX", "FT"})
"""PWK02 of attachments that are sent by another way, under a number."""
_AMBULANCES: Final = frozenset({"41", "42"})
_ACUTE: Final = frozenset({"A", "M"})
"""CR208."""


@rule(
    id="REPLACEMENT_WITHOUT_ORIGINAL",
    on="2300 CLM",
    fault=Fault.SEGMENT_MISSING,
    lacks="REF",
    cites="005010X222A1, loop 2300, REF*F8: required where CLM05-3 says that a claim is replaced or voided",
    fix="Copy the payer's claim number from the remittance (CLP07), or send the claim as original (frequency 1).",
)
def replacement_without_original(_clm: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """A replacement or void (CLM05-3 of 7 or 8) does not say which claim it replaces (REF*F8)."""
    return claim.frequency in _REPLACES and not loop.first("REF", "F8")


@rule(
    id="ORIGINAL_WITH_CLAIM_NUMBER",
    on="2300 REF*F8",
    fault=Fault.SEGMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2300, REF*F8: required of replacements and voids only",
    fix="Make the frequency 7 or 8, or leave REF*F8 out.",
)
def original_with_claim_number(_ref: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """An original claim (CLM05-3 of 1) names a claim that it replaces (REF*F8)."""
    return claim.frequency == "1"


@rule(
    id="CLAIM_NUMBER_REPEATED",
    on="2300 CLM",
    element=1,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2300, CLM01: unique numbers are strongly recommended",
    fix="Give every claim a number of its own: the answers name it by that number alone.",
)
def claim_number_repeated(clm: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """An earlier claim of the transaction set has the same number (CLM01)."""
    return claim.seen.is_repeated(at(clm, 1))


@rule(
    id="ACCIDENT_WITHOUT_DATE",
    on="2300 CLM",
    fault=Fault.SEGMENT_MISSING,
    lacks="DTP",
    cites="005010X222A1, loop 2300, DTP*439: required where CLM11 says AA or OA",
    fix="Enter the date of the accident.",
)
def accident_without_date(_clm: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """An accident (CLM11 of AA or OA) has no date (DTP*439)."""
    causes = claim.causes[:_CAUSES]
    return bool(causes) and (_AUTO in causes or _OTHER in causes) and not loop.first("DTP", "439")


@rule(
    id="WORK_ACCIDENT_WITHOUT_DATE",
    on="2300 CLM",
    fault=Fault.SEGMENT_MISSING,
    lacks="DTP",
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2300, DTP*439: required where CLM11 says EM and the claim is due to an accident",
    fix="Enter the date of the accident; an illness from work has the day it began (DTP*431) instead.",
)
def work_accident_without_date(_clm: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """A condition from work (CLM11 of EM) has neither the date of an accident (DTP*439) nor of its onset (DTP*431)."""
    causes = claim.causes[:_CAUSES]
    return _EMPLOYMENT in causes and not loop.first("DTP", "439", "431")


@rule(
    id="AUTO_ACCIDENT_WITHOUT_STATE",
    on="2300 CLM",
    fault=Fault.ELEMENT_MISSING,
    element=11,
    component=4,
    cites="005010X222A1, loop 2300, CLM11-4: required where CLM11 says AA and the accident was in the United States",
    fix="Enter the state of the accident, or its country (CLM11-5) if it was abroad.",
)
def auto_accident_without_state(_clm: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """An automobile accident has neither state (CLM11-4) nor country (CLM11-5)."""
    return _AUTO in claim.causes[:_CAUSES] and not any(claim.causes[_CAUSES:])


@rule(
    id="ACCIDENT_WITHOUT_CAUSE",
    on="2300 DTP*439",
    fault=Fault.SEGMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2300, DTP*439: where CLM11 names a cause",
    fix="Say in CLM11 what kind of accident it was, or leave its date out.",
)
def accident_without_cause(_dtp: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """The date of an accident stands in a claim that is due to none (CLM11)."""
    return not claim.causes


@rule(
    id="ADMISSION_DATE_MISSING",
    on="2300 CLM",
    fault=Fault.SEGMENT_MISSING,
    lacks="DTP",
    cites="005010X222A1, loop 2300, DTP*435: required on claims of inpatient visits",
    fix="Enter the day of admission, or correct the place of service.",
)
def admission_date_missing(_clm: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """A visit to an inpatient (place of service 21) has no day of admission (DTP*435)."""
    return claim.place == "21" and not loop.first("DTP", "435")


@rule(
    id="ACUTE_MANIFESTATION_MISSING",
    on="2300 CR2",
    fault=Fault.SEGMENT_MISSING,
    lacks="DTP",
    cites="005010X222A1, loop 2300, DTP*453: required where CR208 is A or M and Medicare is billed for manipulation",
    fix="Enter the day on which the acute condition showed.",
)
def acute_manifestation_missing(cr2: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """An acute condition (CR208) billed to Medicare has no day on which it showed (DTP*453)."""
    return claim.is_medicare and at(cr2, 8) in _ACUTE and not loop.first("DTP", "453")


@rule(
    id="ATTACHMENT_WITHOUT_NUMBER",
    on=("2300 PWK", "2400 PWK"),
    fault=Fault.ELEMENT_MISSING,
    element=6,
    cites="005010X222A1, PWK05 and PWK06: required where PWK02 is BM, EL, EM, FX or FT",
    fix="Enter AC and the number under which the attachment is sent.",
)
def attachment_without_number(pwk: Parts, _loop: Loop, _claim: ClaimUnit) -> bool:
    """An attachment that is sent apart has no number (PWK06)."""
    return at(pwk, 2) in _SENT_APART and not at(pwk, 6)


@rule(
    id="ATTACHMENT_NUMBER_NOT_USED",
    on=("2300 PWK", "2400 PWK"),
    fault=Fault.ELEMENT_NOT_USED,
    element=6,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, PWK06: only where PWK02 is BM, EL, EM, FX or FT",
    fix="Leave the number out, or say how the attachment is sent.",
)
def attachment_number_not_used(pwk: Parts, _loop: Loop, _claim: ClaimUnit) -> bool:
    """An attachment that is kept (PWK02 of AA) has a number (PWK06)."""
    return at(pwk, 2) == "AA" and bool(at(pwk, 6))


@rule(
    id="AMBULANCE_WITHOUT_TRANSPORT",
    on="2300 CLM",
    fault=Fault.SEGMENT_MISSING,
    lacks="CR1",
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2300, CR1: required on claims of ambulance transport",
    fix="Enter the transport, or correct the place of service.",
)
def ambulance_without_transport(_clm: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """A claim from an ambulance (place of service 41 or 42) does not tell of a transport (CR1)."""
    return claim.place in _AMBULANCES and not loop.first("CR1") and not any(line.first("CR1") for line in claim.lines)


@rule(
    id="AMBULANCE_WITHOUT_PICK_UP",
    on="2300 CR1",
    fault=Fault.LOOP_MISSING,
    lacks="2310E NM1",
    cites="005010X222A1, loop 2310E: required where transport is billed",
    fix="Enter where the patient was picked up.",
)
def ambulance_without_pick_up(_cr1: Parts, loop: Loop, _claim: ClaimUnit) -> bool:
    """A transport does not say where the patient was picked up (2310E)."""
    return loop.one("2310E") is None


@rule(
    id="AMBULANCE_WITHOUT_DROP_OFF",
    on="2300 CR1",
    fault=Fault.LOOP_MISSING,
    lacks="2310F NM1",
    cites="005010X222A1, loop 2310F: required where transport is billed",
    fix="Enter where the patient was taken to.",
)
def ambulance_without_drop_off(_cr1: Parts, loop: Loop, _claim: ClaimUnit) -> bool:
    """A transport does not say where the patient was taken to (2310F)."""
    return loop.one("2310F") is None


@rule(
    id="SCREENING_WITHOUT_REFERRAL",
    on="2300 CRC*ZZ",
    element=3,
    cites="005010X222A1, loop 2300, CRC*ZZ: CRC03 is NU where CRC02 is N, and else is not",
    fix="Make CRC03 NU where no referral was given, and the kind of referral where one was.",
)
def screening_without_referral(crc: Parts, _loop: Loop, _claim: ClaimUnit) -> bool:
    """Whether a screening led to a referral (CRC02) and to which (CRC03) disagree."""
    return (at(crc, 2) == "N") != (at(crc, 3) == "NU")


@rule(
    id="CAUSE_REPEATED",
    on="2300 CLM",
    severity=WireSeverity.WARNING,
    element=11,
    cites="005010X222A1, loop 2300, CLM11: each cause once",
    fix="Name each cause once.",
)
def cause_repeated(_clm: Parts, _loop: Loop, claim: ClaimUnit) -> list[Spot]:
    """A cause of the condition is named twice (CLM11)."""
    causes = claim.causes[:_CAUSES]
    return [Spot(11, place + 1) for place, cause in enumerate(causes) if cause and cause in causes[:place]]


RULES = (
    replacement_without_original,
    original_with_claim_number,
    claim_number_repeated,
    accident_without_date,
    work_accident_without_date,
    auto_accident_without_state,
    accident_without_cause,
    admission_date_missing,
    acute_manifestation_missing,
    attachment_without_number,
    attachment_number_not_used,
    ambulance_without_transport,
    ambulance_without_pick_up,
    ambulance_without_drop_off,
    screening_without_referral,
    cause_repeated,
)
