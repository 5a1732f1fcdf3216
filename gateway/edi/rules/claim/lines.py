"""Service lines of an 837P (SNIP 4): loop 2400, less its dates, pointers and providers."""

import re
from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.claim_unit import ClaimUnit
from gateway.edi.rules.context.unit import repeats_earlier_line
from gateway.edi.rules.rule import Fault, Spot, rule
from gateway.edi.wire.figures import as_number
from gateway.edi.wire.finding import WireSeverity

_DECIMALS_MAX: Final = 3
_ANAESTHESIA: Final = re.compile(r"0[01][0-9]{3}").fullmatch
"""CPT's range of anaesthesia, 00100 to 01999."""
UNLISTED: Final = frozenset({"97039", "97139", "97799", "92700", "29799", "64999", "20999", "99199", "A9999", "E1399"})
"""Codes that do not say what was done, as far as this trade bills them."""
_MODIFIERS: Final = slice(2, 6)


@rule(
    id="UNITS_NOT_ABOVE_ZERO",
    on="2400 SV1",
    element=4,
    cites="005010X222A1, loop 2400, SV104: how many were done",
    fix="Enter how many units were done, or leave the line out.",
)
def units_not_above_zero(sv1: Parts, _loop: Loop, _claim: ClaimUnit) -> bool:
    """A line has no units, or less (SV104)."""
    text = at(sv1, 4)
    if text.isdecimal() and text[0] != "0":  # as nearly all are
        return False
    units = as_number(text)
    return units is not None and units <= 0


@rule(
    id="UNITS_WITH_FOUR_DECIMALS",
    on="2400 SV1",
    fault=Fault.SHAPE,
    element=4,
    cites="005010X222A1, loop 2400, SV104: at most three digits behind the point",
    fix="Round the units.",
)
def units_with_four_decimals(sv1: Parts, _loop: Loop, _claim: ClaimUnit) -> bool:
    """Units have more than three decimals (SV104)."""
    return len(at(sv1, 4).partition(".")[2]) > _DECIMALS_MAX


@rule(
    id="MINUTES_OF_OTHER_THAN_ANAESTHESIA",
    on="2400 SV1",
    element=3,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2400, SV103: MJ for anaesthesia",
    fix="Bill units (UN).",
)
def minutes_of_other_than_anaesthesia(sv1: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """Minutes (MJ) are billed of something that is no anaesthesia."""
    return at(sv1, 3) == "MJ" and not _ANAESTHESIA(claim.part(sv1, 1, 2))


@rule(
    id="LINE_PLACE_IS_CLAIMS",
    on="2400 SV1",
    fault=Fault.ELEMENT_NOT_USED,
    element=5,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2400, SV105: required where it is another than CLM05-1",
    fix="Leave the line's place of service out.",
)
def line_place_is_claims(sv1: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """A line's place of service (SV105) is the claim's."""
    return bool(at(sv1, 5)) and at(sv1, 5) == claim.place


@rule(
    id="MODIFIER_REPEATED",
    on="2400 SV1",
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2400, SV101-3 to SV101-6",
    fix="Leave the second one out.",
)
def modifier_repeated(sv1: Parts, _loop: Loop, claim: ClaimUnit) -> list[Spot]:
    """A line has the same modifier twice."""
    modifiers = claim.split(at(sv1, 1))[_MODIFIERS]
    if len(set(modifiers)) == len(modifiers):
        return []
    return [Spot(1, place + 3) for place, one in enumerate(modifiers) if one and one in modifiers[:place]]


@rule(
    id="MODIFIER_GAP",
    on="2400 SV1",
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2400, SV101-3 to SV101-6: the first in the first place",
    fix="Move the modifiers up.",
)
def modifier_gap(sv1: Parts, _loop: Loop, claim: ClaimUnit) -> list[Spot]:
    """A modifier stands behind an empty place."""
    modifiers = claim.split(at(sv1, 1))[_MODIFIERS]
    return [Spot(1, place + 3) for place, one in enumerate(modifiers) if one and "" in modifiers[:place]]


@rule(
    id="UNLISTED_WITHOUT_DESCRIPTION",
    on="2400 SV1",
    fault=Fault.ELEMENT_MISSING,
    element=1,
    component=7,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2400, SV101-7: required where the code does not say what was done",
    fix="Say in a few words what was done.",
)
def unlisted_without_description(sv1: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """An unlisted procedure is not described (SV101-7)."""
    procedure = claim.split(at(sv1, 1))
    return at(procedure, 1) in UNLISTED and not at(procedure, 6)


@rule(
    id="LINE_NUMBER_REPEATED",
    on="2400 REF*6R",
    element=2,
    cites="005010X222A1, loop 2400, REF*6R: unique within the claim",
    fix="Give every line a number of its own.",
)
def line_number_repeated(ref: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """An earlier line of the claim has the same number (REF*6R)."""
    return repeats_earlier_line(ref, loop, claim.lines, claim.numbers)


@rule(
    id="AUTHORIZATION_IS_CLAIMS",
    on=("2400 REF*G1", "2400 REF*9F"),
    fault=Fault.SEGMENT_NOT_USED,
    element=2,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2400, REF*G1 and REF*9F: required where it is another than the claim's",
    fix="Leave the line's number out.",
)
def authorization_is_claims(ref: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """A line has the same authorization or referral number as its claim."""
    own = not at(ref, 4)  # else it is another payer's
    return own and at(ref, 2) == at(claim.piece.first("REF", at(ref, 1)), 2)


@rule(
    id="AUTHORIZATION_OF_SAME_PAYER_TWICE",
    on=("2400 REF*G1", "2400 REF*9F"),
    fault=Fault.SEGMENT_TOO_OFTEN,
    cites="005010X222A1, loop 2400, REF*G1 and REF*9F: one for each payer; REF04 names another than the claim's",
    fix="Leave the number that is not this line's out, or name in REF04 the payer whose it is.",
)
def authorization_of_same_payer_twice(ref: Parts, loop: Loop, _claim: ClaimUnit) -> bool:
    """A line has a second authorization or referral number of the same payer."""
    same = (one for one in loop.each("REF") if at(one, 1) == at(ref, 1) and at(one, 4) == at(ref, 4))
    return next(same, ref) is not ref


RULES = (
    units_not_above_zero,
    units_with_four_decimals,
    minutes_of_other_than_anaesthesia,
    line_place_is_claims,
    modifier_repeated,
    modifier_gap,
    unlisted_without_description,
    line_number_repeated,
    authorization_is_claims,
    authorization_of_same_payer_twice,
)
