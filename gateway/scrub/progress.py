"""The rule that reads progress reports, and counts the treatment days since the last one."""

from datetime import date, timedelta
from typing import Final

from gateway.codes.callings import CLINICIANS, calling_of
from gateway.episode import treatment_days
from gateway.finding import Owner, Severity
from gateway.scrub.rule import Case, Fault, Faults, not_checked, rule
from gateway.visit import NOT_SUPPLIED, Progress

_DAYS: Final = 10
_LIKELY_DUE_AFTER: Final = timedelta(weeks=5)
"""Our judgement: ten treatment days at two a week. A patient who comes more rarely is only asked about."""


@rule(
    id="PROGRESS_REPORT_OVERDUE",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.3.D: at least once every 10 treatment days, by the clinician",
    fix="Have the therapist, not the assistant, write the progress report with measures against the baseline.",
)
def progress_report_overdue(case: Case) -> Faults:
    """More than ten treatment days since the last progress report of a clinician, or since treatment began without any."""
    if not case.wants_plan:
        return
    progress = case.visit.progress
    if progress is NOT_SUPPLIED:
        yield not_checked("progress", "progress reports")
    elif progress is None:
        yield from _without_report(case)
    elif _is_no_clinicians(progress):
        yield from _report_of_no_clinician(case)
    else:
        yield from _since(case, progress)


def _since(case: Case, progress: Progress) -> Faults:
    """Judge by the practice's count, or by the visits that are known where it gives none, or fewer than there were."""
    own = treatment_days(case.visit, case.history, progress.last_report)
    days = max(own, progress.treatment_days_since or 0)
    if days > _DAYS:
        counted = ", counted from the visits that are known" if days != progress.treatment_days_since else ""
        what = f"this is treatment day {days} since the last progress report{counted}"
        yield Fault("progress.treatment_days_since", what, case.plan_severity)
    elif days >= _DAYS - 1:
        yield Fault("progress.treatment_days_since", "a progress report is due by the next visit", Severity.WARN)


def _without_report(case: Case) -> Faults:
    """Judge where there is none: treatment days run from the first treatment, the first of them counted."""
    began = _began(case)
    if began is None:
        return
    days = treatment_days(case.visit, case.history, began - timedelta(days=1) if began > date.min else began)
    if days > _DAYS:
        what = f"this is at least treatment day {days} of the plan, and there is no progress report"
        yield Fault("progress", what, Severity.WARN if _was_reported(case, began) else case.plan_severity)
    elif days >= _DAYS - 1 or case.visit.day - began > _LIKELY_DUE_AFTER:
        what = "there is no progress report yet; one is due once every 10 treatment days"
        yield Fault("progress", what, Severity.WARN)


def _was_reported(case: Case, began: date) -> bool:
    """Tell whether an earlier visit told of a report that this one does not know of: which is right is not known."""
    reports = [other.progress for other in case.history if other.discipline is case.visit.discipline and other.progress]
    return any(began <= one.last_report <= case.visit.day and not _is_no_clinicians(one) for one in reports)


def _report_of_no_clinician(case: Case) -> Faults:
    """Judge as if there were none. Only days that cannot be more than ten excuse it: none is treated twice on a day."""
    began = _began(case)
    if began is None or case.visit.day - began >= timedelta(days=_DAYS):
        what = "the last progress report is no clinician's, and so is none; the clinician's is not known"
        yield Fault("progress.written_by", what, case.plan_severity)


def _began(case: Case) -> date | None:
    plan = case.visit.plan_of_care
    return (plan.first_treatment or plan.established) if plan else None


def _is_no_clinicians(progress: Progress) -> bool:
    """Tell whether a report is known to be written by nobody who answers for care: an assistant, a student, an aide."""
    by = calling_of(progress.written_by)
    return by is not None and by not in CLINICIANS


RULES = (progress_report_overdue,)
