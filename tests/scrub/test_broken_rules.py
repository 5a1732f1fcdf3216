"""A rule that breaks is a finding; a rule without whose facts there is no claim cannot be waived."""

import pytest

from gateway.billing import finish
from gateway.claim import Frequency
from gateway.errors import ConfigError
from gateway.finding import Owner, Severity
from gateway.scrub import OUR_FAULT, RULES, Case, Rule, scrub
from gateway.scrub.rule import Fault, Faults, rule
from tests.scrub.cases import case_of, sample

CASE = case_of(sample("SIGNATURE_MISSING", "good"))


def made(error: Exception, *, needs: str = "") -> Rule:
    def broken(case: Case) -> Faults:
        """A rule that breaks behind its first fault."""
        yield Fault("services", "seen before it broke")
        if case.visit.services:
            raise error

    return rule(id="BROKEN_RULE", severity=Severity.WARN, owner=Owner.BILLER, cites="c", fix="f", needs=needs)(broken)


@pytest.mark.parametrize(
    "error", [KeyError("Quill"), AssertionError("Quill"), ValueError("Quill"), ZeroDivisionError()]
)
def test_a_rule_that_breaks_holds_the_visit_and_says_where_without_quoting_it(error: Exception) -> None:
    bad = case_of(sample("SIGNATURE_MISSING", "bad"))
    broken, signature = scrub(bad, (made(error), next(one for one in RULES if one.id == "SIGNATURE_MISSING")))
    assert (broken.rule, broken.severity, broken.where) == ("BROKEN_RULE", Severity.HOLD, OUR_FAULT)
    assert f"{type(error).__name__} at test_broken_rules.py:" in broken.what
    assert "Quill" not in str(broken)
    assert signature.rule == "SIGNATURE_MISSING"


def test_a_rule_that_broke_may_be_waived_unless_there_is_no_claim_without_it() -> None:
    (may,) = scrub(CASE, (made(KeyError()),))
    (may_not,) = scrub(CASE, (made(KeyError(), needs="a line"),))
    assert ("waivers.toml" in may.fix, "waivers.toml" in may_not.fix) == (True, False)


def test_a_table_that_cannot_be_read_is_no_fault_of_a_rule() -> None:
    with pytest.raises(ConfigError):
        scrub(CASE, (made(ConfigError("ptp.csv: cannot be read")),))


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.id)
def test_a_rule_can_be_waived_exactly_where_its_bad_sample_still_makes_a_claim(one: Rule) -> None:
    assert (one.needs == "") == makes_a_claim(case_of(sample(one.id, "bad")))


def makes_a_claim(case: Case) -> bool:
    try:
        claim = finish(
            case.visit,
            case.draft,
            payer=case.payer,
            other_policies=case.other_policies,
            practice=case.practice,
            patient_control_number="P1",
            frequency=Frequency.REPLACEMENT if case.adjudicated else Frequency.ORIGINAL,
            payer_claim_number=case.payer_claim_number,
        )
    except (AssertionError, ValueError):
        return False
    return bool(claim.lines)
