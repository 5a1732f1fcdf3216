"""A second or third coverage is said, and holds nothing."""

from typing import Any

from gateway.finding import Severity
from gateway.scrub import scrub
from tests.scrub.cases import case_of, found, holds, sample

FIRST = {"payer_id": "BLUE7", "payer_name": "Bluestem Mutual", "member_id": "BLM4410027"}
SECOND = {"payer_id": "HLTH1", "member_id": "HHP20079920"}
THIRD = {"payer_id": "SUPP1", "payer_name": "Supplement One", "member_id": "S00012"}
GOOD = sample("OTHER_COVERAGE", "good")


def said(*coverages: dict[str, Any]) -> list[tuple[str, str, Severity]]:
    return [(one.rule, one.where, one.severity) for one in scrub(case_of(GOOD, {"coverages": list(coverages)}))]


def test_each_other_payer_is_named_with_whose_the_rest_is() -> None:
    case = case_of(GOOD, {"coverages": [FIRST, SECOND, THIRD]})
    assert [one.what for one in found(case, "OTHER_COVERAGE")] == [
        f"{name} covers the patient too, as {turn} payer, and we do not bill it yet: what the payers before it leave is not "
        "the patient's; the claim names it"
        for name, turn in (("Harbor Health Plan", "second"), ("Supplement One", "third"))
    ]
    assert holds(case) == []


def test_what_is_missing_is_said_and_a_third_waits_for_the_second() -> None:
    case = case_of(GOOD, {"coverages": [FIRST, {**SECOND, "member_id": ""}, THIRD]})
    one, other = found(case, "OTHER_COVERAGE_INCOMPLETE")
    assert (one.where, other.where) == ("coverages.2.member_id", "coverages.3")
    assert one.what.endswith("the claim goes out without naming it: member_id missing or contradicted")
    assert other.what.endswith("the claim goes out without naming it: the payer before it is not named")
    assert holds(case) == []


def test_a_whole_second_is_named_beside_an_incomplete_third() -> None:
    assert said(FIRST, SECOND, {**THIRD, "relationship": "spouse"}) == [
        ("OTHER_COVERAGE", "coverages.2", Severity.WARN),
        ("OTHER_COVERAGE_INCOMPLETE", "coverages.3.subscriber", Severity.WARN),
    ]


def test_medicare_behind_another_payer_wants_its_reason() -> None:
    medicare = {"payer_id": "MCRB1", "member_id": "1EG4TE5MK73"}
    assert said(FIRST, medicare) == [("OTHER_COVERAGE_INCOMPLETE", "coverages.2.medicare_second_reason", Severity.WARN)]
    assert said(FIRST, {**medicare, "medicare_second_reason": "12"}) == [
        ("OTHER_COVERAGE", "coverages.2", Severity.WARN)
    ]


def test_a_repetition_is_said_and_is_nobody_else() -> None:
    assert said(FIRST, SECOND, FIRST) == [
        ("OTHER_COVERAGE", "coverages.2", Severity.WARN),
        ("COVERAGE_REPEATED", "coverages.3", Severity.WARN),
    ]
    assert said(FIRST, FIRST) == [("COVERAGE_REPEATED", "coverages.2", Severity.WARN)]
