"""All rules, in the order a person reads them."""

from collections.abc import Iterable

from gateway.finding import Finding
from gateway.scrub import (
    as_the_guide,
    chiropractic,
    coverage,
    dates,
    diagnosis,
    diagnosis_detail,
    duplicates,
    edits,
    goals,
    identity,
    minutes,
    modifiers,
    note,
    notices,
    other_coverage,
    payer_policy,
    people,
    plan_of_care,
    policies,
    progress,
    resubmission,
    telehealth,
    threshold,
    treatment_time,
)
from gateway.scrub.rule import Case, Rule, judged

RULES: tuple[Rule, ...] = (
    *note.RULES,
    *plan_of_care.RULES,
    *progress.RULES,
    *goals.RULES,
    *minutes.RULES,
    *treatment_time.RULES,
    *modifiers.RULES,
    *chiropractic.RULES,
    *notices.RULES,
    *telehealth.RULES,
    *threshold.RULES,
    *edits.RULES,
    *diagnosis.RULES,
    *diagnosis_detail.RULES,
    *coverage.RULES,
    *other_coverage.RULES,
    *identity.RULES,
    *duplicates.RULES,
    *dates.RULES,
    *people.RULES,
    *payer_policy.RULES,
    *policies.RULES,
    *resubmission.RULES,
    *as_the_guide.RULES,
)


def scrub(case: Case, rules: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """Run every rule and give all that they found; a rule whose code breaks is a finding too."""
    return tuple(finding for rule in rules for finding in judged(rule, case))


def rule_by_id(rule_id: str) -> Rule | None:
    """Give the rule of that id, or None."""
    return next((rule for rule in RULES if rule.id == rule_id), None)
