"""Rules that read the plan of care, its certification, and the order that may stand in for it.

No rule looks at what the care is for: to keep what was reached is covered where it needs a therapist's skill (Jimmo v.
Sebelius settlement; CMS Benefit Policy Manual ch. 15 sec. 220.2.D).
"""

from datetime import date, timedelta
from typing import Final

from gateway.codes.procedure import procedure
from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, not_checked, rule
from gateway.visit import NOT_SUPPLIED, NotSupplied, PlanOfCare

_DUE_WITHIN: Final = timedelta(days=30)
_LATE_WITHOUT_REASON: Final = timedelta(days=60)
"""A certification is accepted without a reason for 30 days after it was due."""
_LASTS: Final = timedelta(days=90)
_THREE_MONTHS: Final = timedelta(days=92)
"""How long the longest three calendar months are: many write so, and mean the 90 days."""
_WRITTEN_WITHIN: Final = timedelta(days=3)
"""Our judgement of how much later than the evaluation a plan that was dictated then may be written."""
_ORDER_STANDS_IN_SINCE: Final = date(2025, 1, 1)


@rule(
    id="POC_MISSING",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.1.2: therapy is furnished under a written plan of care",
    fix="Establish the plan of care (diagnoses, long-term goals, type, amount, duration, frequency) and have it certified.",
)
def poc_missing(case: Case) -> Faults:
    """Therapy without a plan of care, for a payer that wants one, or treatment before the plan was established."""
    if not case.wants_plan:
        return
    plan = case.visit.plan_of_care
    if plan is NOT_SUPPLIED:
        yield not_checked("plan_of_care", "plans of care")
    elif plan is None:
        yield Fault("plan_of_care", "there is no plan of care", case.plan_severity)
    elif plan.established > case.visit.day:
        written = _is_evaluated(case) and plan.established - case.visit.day <= _WRITTEN_WITHIN
        severity = Severity.WARN if written else case.plan_severity
        yield Fault("plan_of_care.established", "the plan was established after this visit", severity)


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
    if not case.wants_plan or not plan:
        return
    ends = _ends(plan)
    if ends is None or ends >= case.visit.day:
        return
    if _may_be_recertified(plan, case.visit.day):
        what = f"the certification ended on {ends}; if it was recertified on {plan.certified_on}, say until when"
        yield Fault("plan_of_care.certified_until", what, Severity.WARN)
    else:
        yield Fault("plan_of_care.certified_until", f"the plan ended on {ends}", case.plan_severity)


@rule(
    id="POC_UNCERTIFIED",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.1.3; 42 CFR 424.24(c) as changed by 89 FR 97710 (from 2025-01-01)",
    fix="Get the plan signed and dated (late: with the reason); or show an order dated by the visit, and that the plan "
    "was sent to the referrer within 30 days.",
)
def poc_uncertified(case: Case) -> Faults:
    """A plan that nobody certified within 30 days of the first treatment, or long after it without a reason."""
    plan = case.visit.plan_of_care
    if not case.wants_plan or not plan:
        return
    if plan.certified_on is NOT_SUPPLIED:
        if plan.certified_until is None:
            yield not_checked("plan_of_care.certified_on", "certifications of plans")
    elif plan.certified_on is not None:
        yield from _certified_late(case, plan, plan.certified_on)
    else:
        yield from _uncertified(case, plan)


def _uncertified(case: Case, plan: PlanOfCare) -> Faults:
    treated_for = case.visit.day - _began(plan)
    stands_in = _order_stands_in(case, plan)
    if stands_in is True:
        return
    if treated_for <= _DUE_WITHIN:
        what = "the plan is not certified yet; 30 days run from day one"
        yield Fault("plan_of_care.certified_on", what, Severity.WARN)
    elif stands_in is NOT_SUPPLIED:
        yield not_checked("order", "all of the order and of when the plan was sent, which would stand in for it")
    else:
        what = f"the plan is not certified {treated_for.days} days after the first treatment"
        yield Fault("plan_of_care.certified_on", what, case.plan_severity)


def _certified_late(case: Case, plan: PlanOfCare, certified_on: date) -> Faults:
    """A date behind the first 90 days is that of a recertification."""
    late = certified_on - _began(plan)
    if plan.delay_reason is NOT_SUPPLIED or plan.delay_reason or not _LATE_WITHOUT_REASON < late <= _LASTS:
        return
    what = f"the plan was certified {late.days} days after the first treatment, and no reason for the delay is on file"
    yield Fault("plan_of_care.delay_reason", what, case.plan_severity)


@rule(
    id="CERTIFICATION_TOO_LONG",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.1.3; 42 CFR 424.24(c)(4): a certification lasts at most 90 days",
    fix="Have the plan recertified for 90 days at most, and give the day on which that ends.",
)
def certification_too_long(case: Case) -> Faults:
    """A certification for Medicare of more than 90 days."""
    plan = case.visit.plan_of_care
    if case.payer.program is not Program.MEDICARE or not case.wants_plan or not plan or plan.certified_until is None:
        return
    starts = _latest_start(plan)
    length = plan.certified_until - starts
    if length <= _LASTS:
        return
    # Inside its first 90 days a plan is certified; who writes three months for them only ought to know.
    is_covered = case.visit.day - starts <= _LASTS and length <= _THREE_MONTHS
    what = f"the certification runs {length.days} days, from {starts} to {plan.certified_until}"
    yield Fault("plan_of_care.certified_until", what, Severity.WARN if is_covered else None)


def _began(plan: PlanOfCare) -> date:
    return plan.first_treatment or plan.established


def _latest_start(plan: PlanOfCare) -> date:
    """Give the last day on which the certified interval can have begun.

    A first certification counts from the first treatment whenever it was signed; a later date may be a recertification's,
    which is signed up to 30 days before its interval begins.
    """
    begins = max(_began(plan), plan.established)
    certified = plan.certified_on or begins
    return _later(certified, _DUE_WITHIN) if certified - begins > _DUE_WITHIN else begins


def _ends(plan: PlanOfCare) -> date | None:
    """Give the last day of plan and certification, None where nothing tells it."""
    certified = plan.certified_on or None
    # A plan that was certified after its own end was made anew.
    ends = [plan.ends] if plan.ends is not None and not (certified and certified > plan.ends) else []
    if plan.certified_until is not None:
        ends.append(plan.certified_until)
    elif certified is not None:
        # A recertification is a plan established anew, or told by its date alone: its 90 days run from there.
        begins = max(_began(plan), plan.established)
        ends.append(_later(certified if certified - begins > _LASTS else begins, _LASTS))
    return min(ends, default=None)


def _may_be_recertified(plan: PlanOfCare, day: date) -> bool:
    """Tell whether the date of certification may be that of a second one, whose own end was not entered.

    It is signed before the first had ended, or after the end that still stands there.
    """
    if not plan.certified_on or plan.delay_reason or day > _later(plan.certified_on, _LASTS):
        return False
    if plan.certified_until is not None:
        return plan.certified_on > plan.certified_until
    return plan.ends is None and plan.certified_on - max(_began(plan), plan.established) > _DUE_WITHIN


def _later(day: date, span: timedelta) -> date:
    return date.max if date.max - day < span else day + span


def _is_evaluated(case: Case) -> bool:
    return any((known := procedure(line.procedure)) is not None and known.is_evaluation for line in case.draft.lines)


def _order_stands_in(case: Case, plan: PlanOfCare) -> bool | NotSupplied:
    """The exception of 2025: beside a signed order, dated no later than the visit, the plan was sent within 30 days.

    It stands in for the first certification only; a recertification, due after 90 days, is signed. NOT_SUPPLIED where
    one half of it is shown and nothing is known of the other.
    """
    order, sent, began = case.visit.order, plan.sent_to_referrer_on, _began(plan)
    if case.visit.day < _ORDER_STANDS_IN_SINCE or case.visit.day - began > _LASTS:
        return False
    is_ordered, is_sent = False, False
    if order and order.discipline in {None, case.visit.discipline}:
        is_ordered = order.signed and order.dated <= case.visit.day
    if sent:
        is_sent = sent - began <= _DUE_WITHIN and case.reached(sent)
    if is_ordered and sent is NOT_SUPPLIED:
        return NOT_SUPPLIED
    if is_sent and order is NOT_SUPPLIED:
        return NOT_SUPPLIED
    return is_ordered and is_sent


@rule(
    id="REFERRING_NOT_ORDERING",
    severity=Severity.WARN,
    owner=Owner.FRONT_DESK,
    cites="42 CFR 424.24(c) as changed by 89 FR 97710: the order that stands in for the certification is of the physician to whom "
    "the plan was sent; 005010X222A1 loop 2310A",
    fix="Name the physician who signed the order as the referring provider, or show that the plan was certified.",
)
def referring_not_ordering(case: Case) -> Faults:
    """A plan that only an order stands for, and a referring provider on the claim who did not sign that order."""
    plan, order, referring = case.visit.plan_of_care, case.visit.order, case.visit.referring
    if not case.wants_plan or not plan or plan.certified_on is not None or not order or not referring:
        return
    if order.ordered_by_npi and order.ordered_by_npi != referring.npi:
        yield Fault("referring.npi", "the order, which stands in for the certification, was signed under another NPI")


RULES = (poc_missing, poc_expired, poc_uncertified, certification_too_long, referring_not_ordering)
