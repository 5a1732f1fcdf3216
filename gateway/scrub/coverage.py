"""Rules about coverage: authorization, referral, filing limits, who is the subscriber."""

from datetime import date, timedelta

from gateway.billing.draft import DraftLine, draft
from gateway.codes.procedure import procedure
from gateway.episode import visits_under
from gateway.finding import Owner, Severity
from gateway.payer import Payer, Program
from gateway.people import Relationship
from gateway.scrub.rule import Case, Fault, Faults, not_checked, rule
from gateway.visit import NOT_SUPPLIED, AccidentKind, Authorization, Discipline, Visit

_NEARLY = 2
_REEVALUATIONS = frozenset({"97164", "97168", "97172"})
_SOON = 0.75
_ENDS_SOON = 14
"""Days before the end of an authorization."""
_FILED_BY = "42 CFR 424.44 (Medicare: one calendar year); other payers: the limit sourced in the payer's file"


@rule(
    id="AUTH_MISSING",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="the payer's own authorization requirement, as sourced in its file; 005010X222A1 loop 2300 REF*G1",
    fix="Get the authorization number from the payer; ask for a retroactive one if the visit has already taken place.",
)
def auth_missing(case: Case) -> Faults:
    """No prior authorization, for a payer that wants one."""
    if not _wants_authorization(case):
        return
    if case.visit.authorization is NOT_SUPPLIED:
        yield not_checked("authorization", "authorizations")
    elif case.visit.authorization is None:
        yield Fault("authorization", "there is no authorization", case.payer_says("wants_authorization"))


@rule(
    id="AUTH_EXPIRED",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="the authorization itself: the dates and codes that the payer approved",
    fix="Ask the payer to extend the authorization to this date and code, then set the new one.",
)
def auth_expired(case: Case) -> Faults:
    """A visit outside the dates, or a service outside the codes, that were authorized; or an authorization that ends soon."""
    approved = case.visit.authorization
    if not approved or not _wants_authorization(case):
        return
    severity = case.payer_says("wants_authorization")
    if not approved.starts <= case.visit.day <= approved.ends:
        yield Fault("authorization.ends", f"it runs from {approved.starts} to {approved.ends}", severity)
    elif _ends_soon(case, approved):
        yield Fault("authorization.ends", f"it ends on {approved.ends}; ask for more in time", Severity.WARN)
    for line in case.draft.billed:
        if approved.codes and line.procedure not in approved.codes and not _is_free(case, line):
            yield Fault("authorization.codes", f"{line.procedure} is not among the codes it approves", severity)


def _ends_soon(case: Case, approved: Authorization) -> bool:
    """Tell whether it ends within days of today, and has not ended yet."""
    soon = max(date.min.toordinal(), approved.ends.toordinal() - _ENDS_SOON)
    return case.reached(date.fromordinal(soon)) and not case.longer_ago(approved.ends, 0)


@rule(
    id="AUTH_EXHAUSTED",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="the authorization itself: the number of visits or units that the payer approved",
    fix="Ask the payer for more visits, with the progress report, before this claim goes out.",
)
def auth_exhausted(case: Case) -> Faults:
    """All authorized visits or units were used before this one, as the practice counts or as many as are known here."""
    approved = case.visit.authorization
    if not approved or _evaluates_only(case):
        return
    under = visits_under(approved, case.visit, case.history)
    if approved.visits_approved is not None:
        used = max(len(under), approved.visits_used or 0)
        yield from _left(case, used, approved.visits_approved, own=used != approved.visits_used)
    if approved.units_approved is not None:
        used = max(sum(_units(one, case.payer) for one in under), approved.units_used or 0)
        this = sum(line.units or 0 for line in case.draft.billed)
        if used + this > approved.units_approved:
            what = f"{used} of {approved.units_approved} units are used, and this visit has {this}"
            yield Fault("authorization.units_used", what, case.payer_says("wants_authorization"))


def _left(case: Case, used: int, approved: int, *, own: bool) -> Faults:
    """Say that no visit is left, or that none soon will be; `own` is a count of the visits that are known here."""
    counted = ", counted from the visits that are known" if own and used else ""
    left = approved - used
    if left <= 0:
        said = f"{used} of {approved} are used{counted}"
        yield Fault("authorization.visits_used", said, case.payer_says("wants_authorization"))
    elif left <= _NEARLY and (used or not own):
        said = f"{left} of {approved} left, this one included{counted}"
        yield Fault("authorization.visits_used", said, Severity.WARN)


def _units(visit: Visit, payer: Payer) -> int:
    return sum(line.units or 0 for line in draft(visit, payer).billed)


def _wants_authorization(case: Case) -> bool:
    return case.payer.wants_authorization and not _evaluates_only(case)


def _evaluates_only(case: Case) -> bool:
    """Tell whether all that is billed is an evaluation, and the payer wants no authorization for one."""
    return bool(case.draft.billed) and all(_is_free(case, line) for line in case.draft.billed)


def _is_free(case: Case, line: DraftLine) -> bool:
    """A re-evaluation is not: it falls into an episode that is authorized already."""
    known = procedure(line.procedure)
    is_first = known is not None and known.is_evaluation and line.procedure not in _REEVALUATIONS
    return is_first and not case.payer.authorization_for_evaluation


@rule(
    id="TIMELY_FILING_PAST",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites=_FILED_BY,
    fix="If the payer accepted this claim earlier (277CA), appeal with that proof; otherwise write it off: the patient "
    "may not be billed in network.",
)
def timely_filing_past(case: Case) -> Faults:
    """The payer's limit for a first claim has passed."""
    limit = case.payer.filed_by_days
    if limit is not None and case.longer_ago(case.visit.day, limit):
        severity = Severity.HOLD if case.payer.program is Program.MEDICARE else case.payer_says("filed_by_days")
        last = case.visit.day + timedelta(days=limit)
        yield Fault("date", f"the payer took this claim until {last}, {limit} days after the service", severity)


@rule(
    id="TIMELY_FILING_NEAR",
    severity=Severity.WARN,
    owner=Owner.BILLER,
    cites=_FILED_BY,
    fix="Clear what holds this visit first, before visits that have more time.",
)
def timely_filing_near(case: Case) -> Faults:
    """Three quarters of the time that the payer gives for a first claim are over."""
    limit = case.payer.filed_by_days
    if limit is None or case.longer_ago(case.visit.day, limit):
        return
    if case.longer_ago(case.visit.day, int(limit * _SOON)):
        last = case.visit.day + timedelta(days=limit)
        yield Fault("date", f"the payer takes this claim until {last}, {limit} days after the service")


@rule(
    id="REFERRING_MISSING",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="005010X222A1 loop 2310A; CMS Claims Processing Manual ch. 5 sec. 20 (Medicare: who certifies the plan)",
    fix="Give the referring or certifying physician with name and NPI.",
)
def referring_missing(case: Case) -> Faults:
    """No referring provider, for a payer that wants one. Medicare wants one for therapy, not for manipulation."""
    chiropractic = case.payer.program is Program.MEDICARE and case.visit.discipline is Discipline.DC
    if not case.payer.wants_referring_provider or chiropractic:
        return
    if case.visit.referring is NOT_SUPPLIED:
        yield not_checked("referring", "referring providers")
    elif case.visit.referring is None:
        severity = (
            Severity.HOLD if case.payer.program is Program.MEDICARE else case.payer_says("wants_referring_provider")
        )
        yield Fault("referring", "there is no referring provider", severity)


@rule(
    id="SUBSCRIBER_MISSING",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="005010X222A1 loops 2010BA and 2000C: a dependent's claim names the subscriber",
    fix="Give the subscriber: name, birth date, sex and address of the person, or the employer.",
)
def subscriber_missing(case: Case) -> Faults:
    """A patient who is not the subscriber, and no subscriber."""
    coverage = case.visit.coverage
    if coverage.relationship is not Relationship.SELF and coverage.subscriber is None:
        yield Fault("coverages.1.subscriber", f"the relationship is {coverage.relationship}; the subscriber is missing")
    elif coverage.relationship is Relationship.SELF and coverage.subscriber is not None:
        yield Fault("coverages.1.relationship", "the relationship is self, and yet a subscriber is given")


@rule(
    id="ACCIDENT_DATE_MISSING",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="005010X222A1 loop 2300: CLM11, DTP*439 and, for an auto accident, the state in CLM11-4",
    fix="Give kind, date and, for an auto accident, the state of the accident.",
)
def accident_date_missing(case: Case) -> Faults:
    """A workers' compensation or auto claim without its accident, or an auto accident without its state."""
    accident = case.visit.accident
    if case.payer.program in {Program.WORKERS_COMPENSATION, Program.AUTO} and not accident:
        yield Fault("accident", "this payer covers accidents, and none is given")
    if accident and accident.kind is AccidentKind.AUTO and not accident.state:
        yield Fault("accident.state", "an auto accident names its state")
    if accident and accident.happened_on > case.visit.day:
        yield Fault("accident.happened_on", "the accident is dated after the visit")


@rule(
    id="PC_CLAIM_NUMBER_MISSING",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="005010X222A1 loops 2010BA and 2010CA, REF*Y4: property and casualty claim number",
    fix="Ask the insurer or the adjuster for the claim number and set coverages.1.claim_number.",
)
def pc_claim_number_missing(case: Case) -> Faults:
    """A workers' compensation or auto claim without the insurer's claim number."""
    if case.payer.program in {Program.WORKERS_COMPENSATION, Program.AUTO} and not case.visit.coverage.claim_number:
        yield Fault("coverages.1.claim_number", "the insurer's claim number is missing")


RULES = (
    auth_missing,
    auth_expired,
    auth_exhausted,
    timely_filing_past,
    timely_filing_near,
    referring_missing,
    subscriber_missing,
    accident_date_missing,
    pc_claim_number_missing,
)
