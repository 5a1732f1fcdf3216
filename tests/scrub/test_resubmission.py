"""A visit whose claim the payer has adjudicated: replaced by name, or not claimed again."""

from dataclasses import replace

import pytest

from gateway.finding import Severity
from tests.scrub.cases import SETTINGS, case_of, found, holds, sample, severities, unsourced

GOOD = sample("REPLACEMENT_WITHOUT_ORIGINAL", "good")


def test_a_payer_that_takes_no_replacement_holds_with_or_without_a_source() -> None:
    """A warning would let a second original go out."""
    payer = unsourced(SETTINGS.payers["HLTH1"], takes_replacements=False)
    case = case_of(GOOD, payer=payer)
    assert severities(case, "REPLACEMENT_NOT_TAKEN") == [Severity.HOLD]
    assert holds(case) == ["REPLACEMENT_NOT_TAKEN"]


def test_the_missing_number_is_not_asked_for_where_no_replacement_is_taken() -> None:
    case = replace(case_of(sample("REPLACEMENT_NOT_TAKEN", "bad")), payer_claim_number="")
    assert holds(case) == ["REPLACEMENT_NOT_TAKEN"]


@pytest.mark.parametrize("rule", ["REPLACEMENT_NOT_TAKEN", "REPLACEMENT_WITHOUT_ORIGINAL"])
def test_a_first_claim_is_held_by_neither_rule(rule: str) -> None:
    assert found(replace(case_of(sample(rule, "bad")), adjudicated=False), rule) == ()


def test_blanks_are_no_claim_number() -> None:
    assert holds(replace(case_of(GOOD), payer_claim_number="  ")) == ["REPLACEMENT_WITHOUT_ORIGINAL"]
