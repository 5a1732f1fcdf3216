"""The levels of a set and who stands in which (SNIP 4): 2000A to 2000C of an 837P, HL02 of every guide with levels."""

from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.claim_unit import ClaimUnit
from gateway.edi.rules.context.unit import Unit
from gateway.edi.rules.rule import Fault, rule

_SELF: Final = "18"


@rule(
    id="HL_BELOW_ANOTHER",
    on=("2000B HL", "2000C HL", "2000D HL", "2000E HL"),
    element=2,
    cites="005010X222A1 and every guide with levels, HL02: the HL01 of the level that this one belongs to",
    fix="Give HL02 the HL01 of the level around this one that stands before, such as the subscriber's of a patient.",
)
def hl_below_another(hl: Parts, _loop: Loop, unit: Unit) -> bool:
    """HL02 is not the number of the level that this one stands in."""
    around = unit.piece.around
    above = around.element("HL", 1) if around is not None else ""
    return bool(above) and at(hl, 2) != above


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
    return denies_children(hl, is_parent=unit.seen.is_parent(unit.piece))


def denies_children(hl: Parts, *, is_parent: bool) -> bool:
    """Tell whether HL04 says the contrary of whether a level stands below."""
    return at(hl, 4) == ("0" if is_parent else "1")


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


RULES = (
    hl_below_another,
    hl_children,
    level_without_claim,
    subscriber_and_patient_level,
    neither_subscriber_nor_patient,
)
