"""Diagnoses of an 837P and the lines' pointers to them (SNIP 4): HI of loop 2300 and SV107 of loop 2400."""

from collections.abc import Iterator
from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.claim_unit import ICD9, ICD10, ClaimUnit
from gateway.edi.rules.rule import Spot, rule
from gateway.edi.wire.finding import WireSeverity

ICD10_SINCE: Final = "20151001"
_CODE: Final = 2
"""The component of HI that is the code."""
_CAUSES: Final = frozenset("VWXY")
"""First letters of the chapter of external causes of ICD-10-CM."""


def _coded(hi: Parts, claim: ClaimUnit) -> Iterator[tuple[int, str, str]]:
    """Give the diagnoses of a segment HI: position, qualifier, code."""
    for position, text in enumerate(hi[1:], start=1):
        components = text.split(claim.component)
        if components[0] in ICD10 or components[0] in ICD9:
            yield position, components[0], at(components, 1)


@rule(
    id="DIAGNOSIS_WITH_POINT",
    on=("2300 HI*ABK", "2300 HI*BK"),
    snip=5,
    cites="005010X222A1, loop 2300, HI01-2: the decimal point is left out",
    fix="Write the code without its point.",
)
def diagnosis_with_point(hi: Parts, _loop: Loop, claim: ClaimUnit) -> list[Spot]:
    """A diagnosis is written with a point."""
    return [Spot(position, _CODE) for position, _, code in _coded(hi, claim) if "." in code]


@rule(
    id="DIAGNOSES_MIXED",
    on=("2300 HI*ABK", "2300 HI*BK"),
    cites="005010X222A1, loop 2300, HI: BK and BF are ICD-9-CM, ABK and ABF are ICD-10-CM",
    fix="Code all diagnoses from one code set.",
)
def diagnoses_mixed(hi: Parts, _loop: Loop, claim: ClaimUnit) -> list[Spot]:
    """Diagnoses of a claim are coded from both ICD-9-CM and ICD-10-CM."""
    if not claim.diagnoses:
        return []
    first = claim.diagnoses[0].qualifier in ICD10
    return [Spot(position, 1) for position, qualifier, _ in _coded(hi, claim) if (qualifier in ICD10) is not first]


@rule(
    id="DIAGNOSIS_CODE_SET_OF_ANOTHER_DAY",
    on=("2300 HI*ABK", "2300 HI*BK"),
    element=1,
    component=1,
    cites="45 CFR 162.1002: ICD-10-CM for services from October 1, 2015, ICD-9-CM before",
    fix="Code the diagnoses from the code set of the date of service.",
)
def diagnosis_code_set_of_another_day(hi: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """The diagnoses' code set is not that of the date of service."""
    qualifier = hi[1].partition(claim.component)[0] if len(hi) > 1 else ""
    if qualifier in ICD10:
        return "" < claim.last_day < ICD10_SINCE
    return qualifier in ICD9 and claim.first_day >= ICD10_SINCE


@rule(
    id="DIAGNOSIS_REPEATED",
    on=("2300 HI*ABK", "2300 HI*BK"),
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2300, HI: each diagnosis once",
    fix="Leave the second one out, and let the lines point to the first.",
)
def diagnosis_repeated(hi: Parts, _loop: Loop, claim: ClaimUnit) -> list[Spot]:
    """A diagnosis is coded twice."""
    found, seen = [], set()
    for position, _, code in _coded(hi, claim):
        if code and code in seen:
            found.append(Spot(position, _CODE))
        seen.add(code)
    return found


@rule(
    id="CAUSE_AS_PRINCIPAL_DIAGNOSIS",
    on=("2300 HI*ABK", "2300 HI*BK"),
    element=1,
    component=2,
    severity=WireSeverity.WARNING,
    cites="ICD-10-CM Official Guidelines, section I.C.20: an external cause is never the first diagnosis",
    fix="Put what was treated first, and its cause behind it.",
)
def cause_as_principal_diagnosis(hi: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """The principal diagnosis is an external cause."""
    qualifier, _, code = (hi[1] if len(hi) > 1 else "").partition(claim.component)
    return qualifier == "ABK" and code[:1] in _CAUSES and bool(code)


@rule(
    id="POINTER_TO_NOTHING",
    on="2400 SV1",
    cites="005010X222A1, loop 2400, SV107: the place of a diagnosis in HI, from 1",
    fix="Point to a diagnosis of the claim, or add the one that is meant.",
)
def pointer_to_nothing(sv1: Parts, _loop: Loop, claim: ClaimUnit) -> list[Spot]:
    """A line points to a diagnosis that the claim does not have."""
    known = len(claim.diagnoses)
    if not known:
        return []
    pointers = claim.split(at(sv1, 7))
    return [
        Spot(7, place)
        for place, pointer in enumerate(pointers, start=1)
        if pointer and not (pointer.isdecimal() and 1 <= int(pointer) <= known)
    ]


@rule(
    id="POINTER_REPEATED",
    on="2400 SV1",
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2400, SV107: each diagnosis once, the most important first",
    fix="Point to each diagnosis once.",
)
def pointer_repeated(sv1: Parts, _loop: Loop, claim: ClaimUnit) -> list[Spot]:
    """A line points to the same diagnosis twice."""
    pointers = claim.split(at(sv1, 7))
    if len(set(pointers)) == len(pointers):
        return []
    return [Spot(7, place + 1) for place, one in enumerate(pointers) if one and one in pointers[:place]]


RULES = (
    diagnosis_with_point,
    diagnoses_mixed,
    diagnosis_code_set_of_another_day,
    diagnosis_repeated,
    cause_as_principal_diagnosis,
    pointer_to_nothing,
    pointer_repeated,
)
