"""Rules that read policies (policies/*.toml): whether a payer covers massage, and which diagnoses support a procedure."""

from collections.abc import Iterator

from gateway.billing.draft import DraftLine
from gateway.codes.callings import Calling
from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.policy import Confidence, Policy
from gateway.scrub.rule import Case, Fault, Faults, rule
from gateway.scrub.who import calling
from gateway.visit import TreatedBy, Visit

_MASSAGE = frozenset({"97124", "97140"})
_MEDICARE = frozenset({Program.MEDICARE, Program.MEDICARE_ADVANTAGE})


@rule(
    id="MASSAGE_NOT_COVERED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="the policy itself, with its source: gateway policies explain CODE --payer ID --state ST",
    fix="Read the policy. If its conditions were met, add what shows it; if not, do not bill this payer for it: tell the patient "
    "before it is given what it costs.",
)
def massage_not_covered(case: Case) -> Faults:
    """Massage or manual therapy outside of what the payer's, the program's or the state's policy covers."""
    for line, policy in _bound(case):
        if line.procedure not in _MASSAGE:
            continue
        severity = Severity.HOLD if policy.confidence is Confidence.PUBLISHED else Severity.WARN
        for why in _unmet(case, line, policy):
            yield Fault(f"services.{line.place}.code", f"{line.procedure}: {why} ({policy.id})", severity)


@rule(
    id="DX_NOT_SUPPORTING",
    severity=Severity.WARN,
    owner=Owner.CLINICIAN,
    cites="the policy itself, with its source: gateway policies explain CODE --payer ID --state ST",
    fix="Point the service to the documented diagnosis that it treats; never add one that is not documented.",
)
def dx_not_supporting(case: Case) -> Faults:
    """A procedure none of whose diagnoses is among those that a policy names for it."""
    for line, policy in _bound(case):
        pointed = [case.visit.diagnoses[one - 1] for one in line.pointers if one <= len(case.visit.diagnoses)]
        where = f"services.{line.place}.pointers"
        if policy.supporting and not any(one.startswith(policy.supporting) for one in pointed):
            yield Fault(where, f"none of its diagnoses is among those named for {line.procedure} ({policy.id})")
        elif policy.not_alone and pointed and all(one.startswith(policy.not_alone) for one in pointed):
            yield Fault(where, f"its diagnoses do not support {line.procedure} alone ({policy.id})")


def _bound(case: Case) -> Iterator[tuple[DraftLine, Policy]]:
    """Give each billed line with each policy that binds it."""
    state = (case.visit.facility or case.visit.billing or case.practice.billing).address.state
    for line in case.draft.billed:
        for policy in case.policies:
            if policy.binds(line.procedure, case.payer, state, case.visit.day):
                yield line, policy


def _unmet(case: Case, line: DraftLine, policy: Policy) -> Iterator[str]:
    """Say what of a policy's conditions is known not to be met. A fact that is not supplied is not known."""
    if not policy.covered:
        yield "it is not covered"
        return
    giver = _giver(case, line)
    if giver is not None and _said_of_the_provider(case, giver):
        return
    yield from _wrong_giver(giver, policy)
    if policy.beside_another and all(one.procedure in policy.codes for one in case.draft.billed):
        yield "it is covered beside another procedure only"
    for wanted, fact, name in (
        (policy.prescription, case.visit.order, "prescription"),
        (policy.plan, case.visit.plan_of_care, "plan of care"),
        # Where the payer's own file wants one, AUTH_MISSING says it.
        (policy.authorization and not case.payer.wants_authorization, case.visit.authorization, "authorization"),
    ):
        if wanted and fact is None:
            yield f"it wants a {name}" if name != "authorization" else "it wants an authorization"
    if policy.units_max is not None and (line.units or 0) > policy.units_max:
        yield f"{line.units} units, and {policy.units_max} are covered a day"
    if policy.visits_max is not None:
        days = {one.day for one in case.history if one.day.year == case.visit.day.year and _has(one, policy)}
        number = len(days | {case.visit.day})
        if number > policy.visits_max:
            yield f"this is visit {number} with it this year, and {policy.visits_max} are covered"


def _wrong_giver(giver: Calling | None, policy: Policy) -> Iterator[str]:
    if giver is not None and policy.given_by and giver not in policy.given_by:
        yield f"it is covered when given by {', '.join(policy.given_by)}"
    if giver is not None and giver in policy.not_given_by:
        yield f"it is not covered when given by a {giver}"


def _said_of_the_provider(case: Case, giver: Calling) -> bool:
    """Tell whether PROVIDER_NOT_ELIGIBLE says it: of massage therapists, for a payer that pays none."""
    none_paid = case.payer.program in _MEDICARE or not case.payer.pays_massage_therapists
    return giver is Calling.MASSAGE_THERAPIST and none_paid


def _has(visit: Visit, policy: Policy) -> bool:
    return any(one.code in policy.codes for one in visit.services)


def _giver(case: Case, line: DraftLine) -> Calling | None:
    """Give the calling of who gave a line: as the visit says, else the rendering provider's; None if it is not known."""
    by = {one.treated_by for one in line.blocks(case.visit)}
    if TreatedBy.MASSAGE_THERAPIST in by:
        return Calling.MASSAGE_THERAPIST
    if by & {TreatedBy.ASSISTANT, TreatedBy.STUDENT, TreatedBy.AIDE, TreatedBy.ATHLETIC_TRAINER}:
        return None
    return calling(case, case.visit.rendering)


RULES = (massage_not_covered, dx_not_supporting)
