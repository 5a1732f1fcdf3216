"""The scrubber: small pure rules over a case. Each says what it found, where, how to fix it and where that is written."""

from gateway.scrub.rule import OUR_FAULT, Case, Rule
from gateway.scrub.rulebook import RULES, rule_by_id, scrub

__all__ = ["OUR_FAULT", "RULES", "Case", "Rule", "rule_by_id", "scrub"]
