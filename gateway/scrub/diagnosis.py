"""Rules about diagnoses."""

from gateway.claim import DIAGNOSES_MAX
from gateway.codes import icd10cm
from gateway.codes.icd10cm import Standing
from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, rule
from gateway.visit import Discipline


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
    id="DX_SUBLUX_FIRST",
    severity=Severity.WARN,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 240.1.2: a subluxation is the ground for manipulation",
    fix="Put the documented subluxation (M99.0-) first, the symptom behind it.",
)
def dx_sublux_first(case: Case) -> Faults:
    """Chiropractic for Medicare whose first diagnosis is no subluxation."""
    if case.payer.program is Program.MEDICARE and case.visit.discipline is Discipline.DC:
        first = case.visit.diagnoses[0]
        if not first.startswith("M990"):
            yield Fault("diagnoses.1", f"{first} stands first; a subluxation should")


_WELLNESS = ("Z00", "Z71", "Z72", "Z73", "Z76", "F43")


@rule(
    id="DX_WELLNESS_PRIMARY",
    severity=Severity.WARN,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.2: therapy treats an impairment",
    fix="Put the impairment that was treated first, if the note documents one.",
)
def dx_wellness_primary(case: Case) -> Faults:
    """A claim led by a wellness, screening or stress code."""
    first = case.visit.diagnoses[0]
    if first.startswith(_WELLNESS):
        yield Fault("diagnoses.1", f"{first} stands first: payers read the visit as wellness or counselling")


RULES = (dx_invalid, dx_pointer, dx_repeated, dx_sublux_first, dx_wellness_primary)
