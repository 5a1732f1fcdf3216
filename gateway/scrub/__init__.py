"""The scrubber: small pure rules over a case. Each says what it found, where, how to fix it and where that is written."""

from gateway.scrub.rule import BUGS, OUR_FAULT, Case, Rule, broken
from gateway.scrub.rulebook import RULES, rule_by_id, scrub

__all__ = ["BUGS", "OUR_FAULT", "RULES", "Case", "Rule", "broken", "rule_by_id", "scrub"]
