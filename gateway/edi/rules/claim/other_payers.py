"""Other payers of a claim (SNIP 4): loops 2320, 2330 and 2430 of an 837P (005010X222A1) agree with each other."""

from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.claim_unit import ClaimUnit, payer_of
from gateway.edi.rules.rule import Fault, rule
from gateway.edi.wire.finding import WireSeverity

_ORDER: Final = "PSTABCDEFGH"
"""SBR01 in the order of payment; U is unknown."""

_CAS_ROOM: Final = 17
"""The length of a CAS with five reasons of six."""


def _rank(sbr: Parts) -> int:
    """Give the place in the order of payment; -1 if it is unknown, which may be any."""
    return _ORDER.find(at(sbr, 1)) if at(sbr, 1) else -1


@rule(
    id="PAYER_SEQUENCE_REPEATED",
    on="2320 SBR",
    element=1,
    cites="005010X222A1, SBR01 of 2000B and 2320: within a claim each value but U once",
    fix="Give each payer of the claim its own turn.",
)
def payer_sequence_repeated(sbr: Parts, other: Loop, claim: ClaimUnit) -> bool:
    """Two payers of a claim have the same turn (SBR01)."""
    turn = at(sbr, 1)
    before = [claim.sequence]
    for one in claim.others:
        if one is other:
            break
        before.append(one.element("SBR", 1))
    return turn not in {"", "U"} and turn in before


@rule(
    id="EARLIER_PAYER_MISSING",
    on="2300 CLM",
    fault=Fault.LOOP_MISSING,
    lacks="2320 SBR",
    cites="005010X222A1, loop 2320: required where another payer is known; SBR01 of 2000B says that one comes before",
    fix="Add the payer that comes before, with what it paid and took off; or make this one primary (SBR01 = P).",
)
def earlier_payer_missing(_clm: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """The claim goes to a later payer (SBR01), and no payer before it is named (2320)."""
    rank = _rank(claim.sbr)
    return rank > 0 and not any(_rank(one.first("SBR")) < rank for one in claim.others)


def _has_decided(other: Loop, claim: ClaimUnit) -> bool:
    payer = payer_of(other)
    by_line = bool(payer) and payer in claim.adjudications
    return by_line or bool(other.first("CAS")) or bool((other.one("2330B") or other).first("DTP", "573"))


@rule(
    id="OTHER_PAYER_PAID_MISSING",
    on="2320 SBR",
    fault=Fault.SEGMENT_MISSING,
    lacks="AMT",
    cites="005010X222A1, loop 2320, AMT*D: required where the payer has adjudicated the claim",
    fix="Enter what the payer paid, also if that is 0.",
)
def other_payer_paid_missing(_sbr: Parts, other: Loop, claim: ClaimUnit) -> bool:
    """Another payer has decided on the claim, but what it paid is missing (AMT*D)."""
    return not other.first("AMT", "D", "A8") and _has_decided(other, claim)


@rule(
    id="OTHER_PAYER_DATE_MISSING",
    on="2320 AMT*D",
    fault=Fault.SEGMENT_MISSING,
    lacks="2330B DTP",
    cites="005010X222A1, loop 2330B, DTP*573: required where the payer has adjudicated and no loop 2430 dates it",
    fix="Enter the date of the payer's remittance.",
)
def other_payer_date_missing(_amt: Parts, other: Loop, claim: ClaimUnit) -> bool:
    """What another payer paid has no date, of the claim (2330B) or of its lines (2430)."""
    loop = other.one("2330B")
    return loop is not None and not loop.first("DTP", "573") and payer_of(other) not in claim.adjudications


@rule(
    id="OTHER_PAYER_DATED_TWICE",
    on="2330B DTP*573",
    fault=Fault.SEGMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2330B, DTP*573: only where no loop 2430 dates what the payer decided",
    fix="Leave the claim's date out: the lines have theirs.",
)
def other_payer_dated_twice(_dtp: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """What another payer decided is dated by its lines (2430) already."""
    return loop.element("NM1", 9) in claim.adjudications


@rule(
    id="NOT_COVERED_YET_ADJUDICATED",
    on="2320 AMT*A8",
    fault=Fault.SEGMENT_NOT_USED,
    cites="005010X222A1, loop 2320, AMT*A8: then the payer has not adjudicated, and AMT*D and CAS are not used",
    fix="Leave AMT*A8 out where the payer has decided; else leave AMT*D and CAS out.",
)
def not_covered_yet_adjudicated(_amt: Parts, other: Loop, claim: ClaimUnit) -> bool:
    """Another payer does not cover the claim at all (AMT*A8), yet has decided on it (AMT*D, CAS, 2430)."""
    return bool(other.first("AMT", "D")) or bool(other.first("CAS")) or payer_of(other) in claim.adjudications


@rule(
    id="LATER_PAYER_HAS_DECIDED",
    on="2320 AMT*D",
    fault=Fault.SEGMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, 1.4.2: payers adjudicate in the order of SBR01",
    fix="Correct the payers' turns (SBR01), or leave out what the later payer paid.",
)
def later_payer_has_decided(_amt: Parts, other: Loop, claim: ClaimUnit) -> bool:
    """A payer whose turn comes after this claim's has paid already."""
    return _rank(other.first("SBR")) > _rank(claim.sbr) >= 0


@rule(
    id="LINE_PAYER_UNKNOWN",
    on="2430 SVD",
    element=1,
    cites="005010X222A1, loop 2430, SVD01: the NM109 of a loop 2330B",
    fix="Name the payer as its loop 2330B does.",
)
def line_payer_unknown(svd: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """A line was decided on by a payer (SVD01) that the claim does not name (2330B)."""
    return all(at(svd, 1) != payer_of(one) for one in claim.others)


@rule(
    id="BUNDLED_INTO_NOTHING",
    on="2430 SVD",
    element=6,
    cites="005010X222A1, loop 2430, SVD06: the LX01 of the line that this one was bundled into",
    fix="Name a line of the claim.",
)
def bundled_into_nothing(svd: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """A line was bundled into one that the claim does not have (SVD06)."""
    return bool(at(svd, 6)) and all(at(svd, 6) != line.element("LX", 1) for line in claim.lines)


@rule(
    id="OTHER_PAYER_ID_REPEATED",
    on="2330B NM1",
    element=9,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2330B, NM109: what SVD01 of loop 2430 names the payer by",
    fix="Give each other payer an id of its own.",
)
def other_payer_id_repeated(nm1: Parts, loop: Loop, claim: ClaimUnit) -> bool:
    """Two other payers of a claim have the same id (NM109)."""
    for one in claim.others:
        payer = one.one("2330B")
        if payer is loop:
            return False
        if payer is not None and payer.element("NM1", 9) == at(nm1, 9):
            return True
    return False


@rule(
    id="ADJUSTMENT_GROUP_REPEATED",
    on=("2320 CAS", "2430 CAS"),
    element=1,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, CAS: one segment for each group, up to six reasons in it",
    fix="Put the reasons of one group into one CAS.",
)
def adjustment_group_repeated(cas: Parts, loop: Loop, _claim: ClaimUnit) -> bool:
    """Two CAS of a loop have the same group, and the first has room for more reasons."""
    first = loop.first("CAS", at(cas, 1))
    return first is not cas and len(first) <= _CAS_ROOM


@rule(
    id="PATIENT_SHARE_TWICE",
    on="2320 AMT*EAF",
    fault=Fault.SEGMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loops 2320 and 2430, AMT*EAF: of the claim only where the payer has not decided line by line",
    fix="Leave the claim's (2320) out: the lines say what remains of each.",
)
def patient_share_twice(_amt: Parts, other: Loop, claim: ClaimUnit) -> bool:
    """What remains for the patient is said of the claim and, for the same payer, of its lines (2430)."""
    return any(loop.first("AMT", "EAF") for loop in claim.adjudications.get(payer_of(other), ()))


RULES = (
    patient_share_twice,
    payer_sequence_repeated,
    earlier_payer_missing,
    other_payer_paid_missing,
    other_payer_date_missing,
    other_payer_dated_twice,
    not_covered_yet_adjudicated,
    later_payer_has_decided,
    line_payer_unknown,
    bundled_into_nothing,
    other_payer_id_repeated,
    adjustment_group_repeated,
)
