"""All rules, in the order a person reads them."""

from collections.abc import Iterable

from gateway.finding import Finding
from gateway.scrub import (
    coverage,
    diagnosis,
    documentation,
    edits,
    identity,
    minutes,
    modifiers,
    other_coverage,
    payer_policy,
    people,
    resubmission,
)
from gateway.scrub.rule import Case, Rule, judged

RULES: tuple[Rule, ...] = (
    *documentation.RULES,
    *minutes.RULES,
    *modifiers.RULES,
    *edits.RULES,
    *diagnosis.RULES,
    *coverage.RULES,
    *other_coverage.RULES,
    *identity.RULES,
    *people.RULES,
    *payer_policy.RULES,
    *resubmission.RULES,
)


def scrub(case: Case, rules: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """Run every rule and give all that they found; a rule whose code breaks is a finding too."""
    return tuple(finding for rule in rules for finding in judged(rule, case))


def rule_by_id(rule_id: str) -> Rule | None:
    """Give the rule of that id, or None."""
    return next((rule for rule in RULES if rule.id == rule_id), None)
