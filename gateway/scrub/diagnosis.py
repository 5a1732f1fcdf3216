"""Rules about diagnoses."""

from collections.abc import Iterator
from typing import Final

from gateway.billing.draft import DraftLine
from gateway.claim import DIAGNOSES_MAX
from gateway.codes import icd10cm
from gateway.codes.icd10cm import Standing
from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, rule

_CAUSES: Final = ("V", "W", "X", "Y")
"""First letters of the chapter of external causes."""
_ENCOUNTERS: Final = ("S", "T", "M80", "M84")
"""Codes whose seventh character says which encounter it is."""
_WHOLE: Final = 7
_MANIPULATION: Final = frozenset({"98940", "98941", "98942"})
_SOFT_TISSUE: Final = frozenset({"97124", "97140"})
_NOT_COVERED: Final = frozenset({"GY", "GZ"})
_SPINAL: Final = ("M9900", "M9901", "M9902", "M9903", "M9904", "M9905")
_SUBLUXATIONS: Final = ("M990", "M991", "M433", "M434", "M435", "S131", "S231", "S331", "S332")
"""Codes that speak of a subluxation too; whether one serves is for the MAC's own list to say."""
_WELLNESS: Final = ("Z00", "Z71", "Z72", "Z730", "Z731", "Z732", "Z733", "Z734", "Z735", "Z7381", "Z739", "Z76")
"""Not Z73.6 and Z73.82, which say what a patient cannot do."""
_STRESS: Final = "F43"


@rule(
    id="DX_INVALID",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="ICD-10-CM Official Guidelines sec. I.B.2 (highest number of characters); code set in force on the date of service",
    fix="Choose the code at its full length that the note supports: side, encounter, and detail.",
)
def dx_invalid(case: Case) -> Faults:
    """A diagnosis that is not billable on the date of service."""
    severity = case.table_says("icd10cm", in_force=icd10cm.in_force(case.visit.day, case.codes))
    for place, code in enumerate(case.visit.diagnoses, start=1):
        standing = icd10cm.diagnosis(code, case.visit.day, case.codes)
        if standing is Standing.NOT_SPECIFIC:
            yield Fault(f"diagnoses.{place}", f"{code} has more specific codes below it and is not billable", severity)
        elif standing is Standing.UNKNOWN:
            yield Fault(f"diagnoses.{place}", f"{code} is no ICD-10-CM code", severity)
        elif standing is Standing.ASSUMED:
            yield Fault(f"diagnoses.{place}", f"{code} is not in our list, which ended before this date", Severity.WARN)


@rule(
    id="DX_POINTER",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="005010X222A1, loop 2400, SV107: each pointer names a diagnosis of the claim",
    fix="Point each service to the diagnoses it treats, counted from 1 in the order of the visit.",
)
def dx_pointer(case: Case) -> Faults:
    """A service that points to a diagnosis the visit does not have, or twice to the same one."""
    for line in case.draft.billed:
        where = f"services.{line.place}.pointers"
        beyond = [one for one in line.pointers if one > len(case.visit.diagnoses)]
        if beyond:
            yield Fault(where, f"{line.procedure} points to diagnosis {beyond[0]} of {len(case.visit.diagnoses)}")
        elif len(set(line.pointers)) != len(line.pointers):
            yield Fault(where, f"{line.procedure} points to the same diagnosis twice")


@rule(
    id="DX_REPEATED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="005010X222A1, loop 2300, HI: a diagnosis is reported once; at most 12",
    fix="Give each diagnosis once, the one chiefly treated first.",
)
def dx_repeated(case: Case) -> Faults:
    """The same diagnosis twice, or more than the claim carries."""
    codes = case.visit.diagnoses
    for place, code in enumerate(codes, start=1):
        if code in codes[: place - 1]:
            yield Fault(f"diagnoses.{place}", f"{code} is given twice")
    if len(codes) > DIAGNOSES_MAX:
        yield Fault("diagnoses", f"{len(codes)} diagnoses; {DIAGNOSES_MAX} fit")


@rule(
    id="DX_CAUSE_FIRST",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="ICD-10-CM Official Guidelines sec. I.C.20 (an external cause is never first) and I.B.10 (what a sequela is comes "
    "before the code of its cause)",
    fix="Put the condition that was treated first, the external cause or the sequela's injury behind it.",
)
def dx_cause_first(case: Case) -> Faults:
    """A claim led by an external cause, or by the injury whose sequela was treated."""
    first = case.visit.diagnoses[0]
    if first.startswith(_CAUSES):
        yield Fault("diagnoses.1", f"{first} stands first; it is an external cause")
    elif len(first) == _WHOLE and first.startswith(_ENCOUNTERS) and first.endswith("S"):
        yield Fault(
            "diagnoses.1", f"{first} stands first; it is the injury of a sequela, and what was treated is the sequela"
        )


@rule(
    id="DX_SUBLUX_FIRST",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 240.1.2 and 240.1.3: a subluxation is the ground for manipulation",
    fix="Put the documented subluxation (M99.0-) first, the symptom behind it.",
)
def dx_sublux_first(case: Case) -> Faults:
    """Manipulation for Medicare whose first diagnosis is no subluxation of the spine."""
    first = case.visit.diagnoses[0]
    if next(_manipulations(case), None) is not None and not first.startswith(_SPINAL):
        severity = Severity.WARN if first.startswith(_SUBLUXATIONS) else None
        yield Fault(
            "diagnoses.1", f"{first} stands first; a subluxation of the spine should (M99.00 to M99.05)", severity
        )


@rule(
    id="INITIAL_TREATMENT_DATE_MISSING",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="CMS Claims Processing Manual (Pub. 100-04) ch. 26 sec. 10.4, item 14: chiropractic services name the date on "
    "which the course of treatment began; 005010X222A1 loop 2300 DTP*454; RARC MA122",
    fix="Set initial_treatment to the day on which this course of treatment began.",
)
def initial_treatment_date_missing(case: Case) -> Faults:
    """Manipulation for Medicare without the day on which the course of treatment began: the claim itself has to say it."""
    line = next(_manipulations(case), None)
    if line is not None and case.visit.initial_treatment is None:
        yield Fault("initial_treatment", f"{line.procedure} for Medicare needs the date of initial treatment")


def _manipulations(case: Case) -> Iterator[DraftLine]:
    """Give the lines of spinal manipulation that Medicare is asked to pay."""
    if case.payer.program is Program.MEDICARE:
        for line in case.draft.billed:
            if line.procedure in _MANIPULATION and not _NOT_COVERED.intersection(line.modifiers):
                yield line


@rule(
    id="DX_WELLNESS_PRIMARY",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.2: general good and welfare is no therapy; 42 CFR 411.15(a); other "
    "payers: what their file names as the source of excludes_wellness",
    fix="Put the impairment that was treated first, if the note documents one.",
)
def dx_wellness_primary(case: Case) -> Faults:
    """A claim led by a wellness, counselling or stress code."""
    first = case.visit.diagnoses[0]
    worked = any(line.procedure in _SOFT_TISSUE for line in case.draft.billed)
    if first.startswith(_WELLNESS) or (first.startswith(_STRESS) and worked):
        what = f"{first} stands first: payers read the visit as wellness or counselling"
        yield Fault("diagnoses.1", what, _wellness_severity(case, first))


def _wellness_severity(case: Case, first: str) -> Severity:
    """A reaction to stress is an illness: it is no ground for massage, and for other work that is our judgement."""
    if first.startswith(_STRESS) and all(line.procedure != "97124" for line in case.draft.billed):
        return Severity.WARN
    return Severity.HOLD if case.payer.program is Program.MEDICARE else case.payer_says("excludes_wellness")


RULES = (
    dx_invalid,
    dx_pointer,
    dx_repeated,
    dx_cause_first,
    dx_sublux_first,
    initial_treatment_date_missing,
    dx_wellness_primary,
)
