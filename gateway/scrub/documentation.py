"""Rules that read the note, the plan of care, its certification and the progress reports."""

import re
from datetime import date, timedelta

from gateway.codes.procedure import procedure
from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, not_checked, rule
from gateway.visit import NOT_SUPPLIED, Discipline, PlanOfCare

_THERAPY = frozenset({Discipline.PT, Discipline.OT, Discipline.SLP})
_CERTIFIED_WITHIN = timedelta(days=30)
_RECERTIFIED_WITHIN = timedelta(days=90)
_ORDER_STANDS_IN_SINCE = date(2025, 1, 1)
_PROGRESS_DAYS = 10


@rule(
    id="NOTE_MISSING",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual (Pub. 100-02) ch. 15 sec. 220.3.E: a treatment note for each treatment day",
    fix="Write and sign the daily note; a late one is dated on the day it is written and says that it is late.",
)
def note_missing(case: Case) -> Faults:
    """A visit without a daily note."""
    if case.visit.note is None:
        yield Fault("note", "the practice's system says there is no note for this visit")
    elif case.visit.note is NOT_SUPPLIED:
        yield not_checked("note", "notes")


@rule(
    id="SIGNATURE_MISSING",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.3.E; Program Integrity Manual (Pub. 100-08) ch. 3 sec. 3.3.2.4",
    fix="Have the clinician who treated sign the note with name, credential and date.",
)
def signature_missing(case: Case) -> Faults:
    """A note that nobody signed, or that was signed before the visit."""
    note = case.visit.note
    if not note:
        return
    if note.signed_by is NOT_SUPPLIED and note.signed_at is NOT_SUPPLIED:
        yield not_checked("note.signed_by", "signatures of notes")
    elif note.signed_by is not NOT_SUPPLIED and not note.signed_by:
        yield Fault("note.signed_by", "the note has no name of signature")
    elif note.signed_at is None:
        yield Fault("note.signed_at", "the note has no date of signature")
    elif note.signed_at is not NOT_SUPPLIED and note.signed_at.date() < case.visit.day:
        yield Fault("note.signed_at", "the note was signed before the day of the visit")


@rule(
    id="SOAP_SECTION_MISSING",
    severity=Severity.WARN,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.3: what was done, the response to it, and what follows",
    fix="Add what is missing in a dated addendum, if it was observed: change in function (S), a measure (O), why a "
    "therapist's skill was needed (A), the next step towards a goal (P).",
)
def soap_section_missing(case: Case) -> Faults:
    """A note with an empty section."""
    if case.visit.note:
        for section in ("subjective", "objective", "assessment", "plan"):
            written = getattr(case.visit.note, section)
            if written is not NOT_SUPPLIED and not written:
                yield Fault(f"note.{section}", f"the section {section} is empty")


@rule(
    id="POC_MISSING",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.1.2: therapy is furnished under a written plan of care",
    fix="Establish the plan of care (diagnoses, long-term goals, type, amount, duration, frequency) and have it certified.",
)
def poc_missing(case: Case) -> Faults:
    """Therapy without a plan of care, for a payer that wants one, or treatment before the plan was established."""
    if not _wants_plan(case):
        return
    plan = case.visit.plan_of_care
    if plan is NOT_SUPPLIED:
        yield not_checked("plan_of_care", "plans of care")
    elif plan is None:
        yield Fault("plan_of_care", "there is no plan of care", _plan_severity(case))
    elif plan.established > case.visit.day:
        yield Fault("plan_of_care.established", "the plan was established after this visit", _plan_severity(case))


@rule(
    id="POC_EXPIRED",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.1.3: recertified at the end of the plan, or after 90 days",
    fix="Have the plan recertified; a delayed certification is accepted with the reason for the delay on file.",
)
def poc_expired(case: Case) -> Faults:
    """A visit after the certification, or the plan itself, had ended."""
    plan = case.visit.plan_of_care
    if not _wants_plan(case) or not plan:
        return
    ends = _plan_ends(plan)
    if ends is not None and ends < case.visit.day:
        yield Fault("plan_of_care.certified_until", f"the plan ended on {ends}", _plan_severity(case))


@rule(
    id="POC_UNCERTIFIED",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.1.3; 42 CFR 424.24(c) as changed by 89 FR 97710 (from 2025-01-01)",
    fix="Get the plan signed and dated by the physician; or show a signed, dated order and that the plan was sent to "
    "the referrer within 30 days of the first visit.",
)
def poc_uncertified(case: Case) -> Faults:
    """A plan that nobody certified within 30 days of the first treatment."""
    plan = case.visit.plan_of_care
    if not _wants_plan(case) or not plan or plan.certified_on is not None:
        return
    first = plan.first_treatment or plan.established
    treated_for = case.visit.day - first
    if treated_for <= _CERTIFIED_WITHIN:
        yield Fault(
            "plan_of_care.certified_on", "the plan is not certified yet; 30 days run from day one", Severity.WARN
        )
    elif case.visit.order is NOT_SUPPLIED and _order_may_stand_in(case.visit.day, plan, first):
        yield not_checked("order", "orders, and a signed one would stand in for the certification")
    elif not (case.visit.order and case.visit.order.signed and _order_may_stand_in(case.visit.day, plan, first)):
        what = f"the plan is not certified {treated_for.days} days after the first treatment"
        yield Fault("plan_of_care.certified_on", what, _plan_severity(case))


@rule(
    id="PROGRESS_REPORT_OVERDUE",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.3.D: at least once every 10 treatment days, by the clinician",
    fix="Have the therapist, not the assistant, write the progress report with measures against the baseline.",
)
def progress_report_overdue(case: Case) -> Faults:
    """More than ten treatment days since the last progress report."""
    if not _wants_plan(case):
        return
    progress = case.visit.progress
    if progress is NOT_SUPPLIED:
        yield not_checked("progress", "progress reports")
    elif not progress or progress.treatment_days_since is None:
        return
    elif progress.treatment_days_since > _PROGRESS_DAYS:
        yield Fault(
            "progress.treatment_days_since",
            f"this is treatment day {progress.treatment_days_since} since the last progress report",
            _plan_severity(case),
        )
    elif progress.treatment_days_since >= _PROGRESS_DAYS - 1:
        yield Fault("progress.treatment_days_since", "a progress report is due by the next visit", Severity.WARN)


_WELLNESS = re.compile(
    r"\b(relax(?:ation|ing)?|stress relief|relieve stress|wellness|tune-?up|spa|preventi(?:ve|on) care|general fitness)\b",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"\d\s?(?:deg|°|/5|/10|%|cm\b|mm\b|ft\b|m\b|lb|kg|sec|s\b|min|reps?)|\b(?:ODI|NDI|LEFS|DASH|PSFS|TUG|BBS|NPRS)\b\D{0,20}\d",
    re.IGNORECASE,
)
_LENGTH_OF_MASSAGE = re.compile(r"\d+\s?(?:min(?:ute)?s?)\b[^.\d]{0,30}\bmassage", re.IGNORECASE)
_MASSAGE = frozenset({"97124", "97140"})


@rule(
    id="WELLNESS_INTENT",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.2: what serves general good and welfare is not therapy",
    fix="If an impairment was treated, add in an addendum which, its baseline measure and the effect on function; "
    "if not, do not bill it: the patient pays.",
)
def wellness_intent(case: Case) -> Faults:
    """Massage or manual work whose note speaks of relaxation or wellness and holds no measure."""
    note = case.visit.note
    worked = [service.code for service in case.visit.services if service.code in _MASSAGE]
    if not note or not worked:
        return
    said = _WELLNESS.search(note.text)
    # How long the massage took measures the treatment, not the patient.
    measured = _LENGTH_OF_MASSAGE.sub("", f"{note.objective or ''} {note.assessment or ''}")
    if said and not _MEASURE.search(measured):
        medicare = case.payer.program is Program.MEDICARE
        yield Fault(
            "note.assessment",
            f"{worked[0]} is documented as relaxation or wellness, without a measure in Objective or Assessment",
            Severity.HOLD if medicare else case.payer_says("excludes_wellness"),
        )


def _wants_plan(case: Case) -> bool:
    billed = [known for line in case.draft.lines if (known := procedure(line.procedure)) is not None]
    return (
        case.payer.wants_plan_of_care
        and case.visit.discipline in _THERAPY
        # The evaluation itself establishes the plan.
        and not all(known.is_evaluation for known in billed)
    )


def _plan_severity(case: Case) -> Severity:
    return Severity.HOLD if case.payer.program is Program.MEDICARE else case.payer_says("wants_plan_of_care")


def _plan_ends(plan: PlanOfCare) -> date | None:
    first = plan.first_treatment or plan.established
    ends = [day for day in (plan.certified_until, plan.ends) if day is not None]
    if plan.certified_until is None and plan.certified_on is not None:
        # A recertification is a plan established anew: its 90 days run from there.
        ends.append(_days_after(max(first, plan.established), _RECERTIFIED_WITHIN))
    return min(ends, default=None)


def _days_after(day: date, span: timedelta) -> date:
    return date.max if date.max - day < span else day + span


def _order_may_stand_in(day: date, plan: PlanOfCare, first: date) -> bool:
    """The exception of 2025: beside a signed, dated order the plan was sent to the referrer within 30 days.

    It stands in for the first certification only; a recertification, due after 90 days, is signed.
    """
    return (
        day >= _ORDER_STANDS_IN_SINCE
        and day - first <= _RECERTIFIED_WITHIN
        and plan.sent_to_referrer_on is not None
        and plan.sent_to_referrer_on - first <= _CERTIFIED_WITHIN
    )


RULES = (
    note_missing,
    signature_missing,
    soap_section_missing,
    poc_missing,
    poc_expired,
    poc_uncertified,
    progress_report_overdue,
    wellness_intent,
)
