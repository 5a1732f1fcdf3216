"""Providers of a claim and its lines (SNIP 4): loops 2310 and 2420 of an 837P (005010X222A1)."""

from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.claim_unit import ClaimUnit
from gateway.edi.rules.rule import Fault, rule
from gateway.edi.wire.finding import WireSeverity

_CLAIM_S: Final = {"2420A": "2310B", "2420C": "2310C", "2420D": "2310D"}
"""Loops of a line and of the claim for the same role."""


def _npi(loop: Loop | None) -> str:
    return loop.element("NM1", 9) if loop is not None else ""


@rule(
    id="PRIMARY_CARE_WITHOUT_REFERRING",
    on=("2310A NM1", "2420F NM1"),
    element=1,
    cites="005010X222A1, loops 2310A and 2420F, NM101: DN in the first, P3 in a second only",
    fix="Name who referred (DN) first; who first cared (P3) comes behind.",
)
def primary_care_without_referring(nm1: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """The primary care provider (P3) stands where nobody who referred (DN) does."""
    if at(nm1, 1) != "P3":
        return False
    around = (claim.piece, *claim.lines)
    beside = next((list(one.inside(loop.id)) for one in around if loop in one.loops), [])
    return not any(one.element("NM1", 1) == "DN" for one in beside)


@rule(
    id="RENDERING_IS_BILLING",
    on="2310B NM1",
    fault=Fault.SEGMENT_NOT_USED,
    element=9,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2310B: required where it is another than the billing provider",
    fix="Leave the rendering provider out.",
)
def rendering_is_billing(nm1: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """The rendering provider is the billing provider."""
    return bool(at(nm1, 9)) and at(nm1, 9) == claim.billing.element("NM1", 9)


@rule(
    id="LINE_PROVIDER_IS_CLAIMS",
    on=("2420A NM1", "2420C NM1", "2420D NM1"),
    fault=Fault.SEGMENT_NOT_USED,
    element=9,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loops 2420A, 2420C, 2420D: required where it is another than the claim's",
    fix="Leave the line's provider out.",
)
def line_provider_is_claims(nm1: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """A line names the same provider as its claim."""
    return bool(at(nm1, 9)) and at(nm1, 9) == _npi(claim.piece.one(_CLAIM_S[loop.id]))


@rule(
    id="LINE_RENDERING_IS_BILLING",
    on="2420A NM1",
    fault=Fault.SEGMENT_NOT_USED,
    element=9,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2420A: required where it is another than 2310B, or than the billing provider without one",
    fix="Leave the line's rendering provider out.",
)
def line_rendering_is_billing(nm1: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """A line's rendering provider is the billing provider, and the claim names no other."""
    same = bool(at(nm1, 9)) and at(nm1, 9) == claim.billing.element("NM1", 9)
    return same and claim.piece.one("2310B") is None


@rule(
    id="LINE_REFERRING_WITHOUT_CLAIMS",
    on="2420F NM1",
    fault=Fault.LOOP_MISSING,
    lacks="2310A NM1",
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2420F: required where it is another than the claim's (2310A)",
    fix="Name who referred on the claim (2310A); on a line only where it was somebody else.",
)
def line_referring_without_claims(nm1: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """A line names who referred, and its claim names nobody (2310A)."""
    return at(nm1, 1) == "DN" and claim.piece.one("2310A") is None


@rule(
    id="SERVICE_LOCATION_IS_BILLING",
    on="2310C NM1",
    fault=Fault.SEGMENT_NOT_USED,
    element=9,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2310C: required where it is another place than the billing provider's (2010AA)",
    fix="Leave the service location out.",
)
def service_location_is_billing(_nm1: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """The service location is the billing provider's own address."""
    own = claim.billing
    return bool(loop.first("N3")) and all(loop.first(one) == own.first(one) for one in ("N3", "N4"))


@rule(
    id="EQUIPMENT_WITHOUT_ORDERING_PROVIDER",
    on="2400 SV5",
    fault=Fault.LOOP_MISSING,
    lacks="2420E NM1",
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2420E: required where another than the rendering provider ordered",
    fix="Name who ordered the equipment.",
)
def equipment_without_ordering_provider(_sv5: Parts, loop: Loop, _claim: ClaimUnit) -> bool:
    """Equipment is billed without who ordered it (2420E)."""
    return loop.one("2420E") is None


@rule(
    id="EQUIPMENT_IS_ANOTHER",
    on="2400 SV5",
    element=1,
    component=2,
    cites="005010X222A1, loop 2400, SV501-2: the same code as SV101-2",
    fix="Bill in SV1 and describe in SV5 the same equipment.",
)
def equipment_is_another(sv5: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """The equipment described (SV501) is not the one that is billed (SV101)."""
    billed = claim.part(loop.first("SV1"), 1, 2)
    return bool(billed) and claim.part(sv5, 1, 2) != billed


RULES = (
    primary_care_without_referring,
    rendering_is_billing,
    line_provider_is_claims,
    line_rendering_is_billing,
    line_referring_without_claims,
    service_location_is_billing,
    equipment_without_ordering_provider,
    equipment_is_another,
)
