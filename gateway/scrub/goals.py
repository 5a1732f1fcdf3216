"""Rules about goals and outcome measures, without reading what their words say."""

from gateway.finding import Owner, Severity
from gateway.scrub.rule import Case, Fault, Faults, rule


@rule(
    id="GOAL_UNKNOWN",
    severity=Severity.WARN,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.1.2 and 220.3.E: treatment is given under the plan, towards its goals",
    fix="Name a goal of the plan that stands; if the goal is new, the plan says so first.",
)
def goal_unknown(case: Case) -> Faults:
    """A service that is said to serve a goal which the plan does not have."""
    plan = case.visit.plan_of_care
    goals = plan.goals if plan else ()
    # Goals that were given as a text alone have no name that a service could be told by.
    if not goals or not all(one.id for one in goals):
        return
    known = {one.id.casefold() for one in goals} | {one.text.casefold() for one in goals}
    for place, service in enumerate(case.visit.services, start=1):
        for goal in service.goals:
            if goal.strip().casefold() not in known:
                yield Fault(f"services.{place}.goals", f"{service.code} serves a goal that is not among the plan's")


@rule(
    id="OUTCOME_AFTER_VISIT",
    severity=Severity.WARN,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.3.C: what is measured is recorded with its date",
    fix="Correct the date of the measure, or leave it to the visit on which it was taken.",
)
def outcome_after_visit(case: Case) -> Faults:
    """An outcome measure that was taken after this visit."""
    for place, one in enumerate(case.visit.outcomes, start=1):
        if one.measured_on > case.visit.day:
            yield Fault(f"outcomes.{place}.measured_on", "this was measured after the visit")


RULES = (goal_unknown, outcome_after_visit)
