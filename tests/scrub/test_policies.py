"""When massage is covered: by whom, beside what, how often; a policy holds only if it is published."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from gateway.finding import Severity
from gateway.payer import Program
from gateway.policy import Confidence, Policy
from gateway.scrub import Case
from tests.scrub.cases import SETTINGS, case_of, found, sample, severities

HOLD, WARN = Severity.HOLD, Severity.WARN
BASE = Policy(
    id="p",
    codes=("97124",),
    payers=("HLTH1",),
    says="invented for tests",
    source="invented",
    confidence=Confidence.PUBLISHED,
)


def massage(policy: Policy, *beside: str, payer: Any = None, **changes: Any) -> Case:
    document = sample("NCCI_PAIR_BLOCKED", "good")
    lines = [{"code": "97124", "minutes": 15, "charge": "54.00"}]
    document["visit"]["services"] = [*lines, *({"code": code, "minutes": 15} for code in beside)]
    document["visit"] |= changes
    return replace(case_of(document, payer=payer), policies=(policy,))


def test_what_is_published_holds_and_what_is_told_by_others_warns() -> None:
    assert severities(massage(replace(BASE, covered=False)), "MASSAGE_NOT_COVERED") == [HOLD]
    for told in (Confidence.SECONDARY, Confidence.UNVERIFIED):
        assert severities(massage(replace(BASE, covered=False, confidence=told)), "MASSAGE_NOT_COVERED") == [WARN]


@pytest.mark.parametrize(
    "changes",
    [
        {"payers": ("OTHER",)},
        {"payers": ()},
        {"states": ("WA",)},
        {"codes": ("97140",)},
        {"starts": date(2027, 1, 1)},
        {"ends": date(2026, 1, 1)},
    ],
)
def test_a_policy_binds_only_where_all_of_it_fits(changes: dict[str, Any]) -> None:
    assert severities(massage(replace(BASE, covered=False, **changes)), "MASSAGE_NOT_COVERED") == []


def test_a_program_is_bound_as_a_whole_and_a_state_is_where_the_service_is_given() -> None:
    whole = replace(BASE, covered=False, payers=(), programs=(Program.COMMERCIAL,), states=("FL",))
    assert severities(massage(whole), "MASSAGE_NOT_COVERED") == []
    annex = {
        "name": "Annex",
        "address": {"line1": "8 Shore Rd", "city": "Naples", "state": "FL", "zip_code": "341021234"},
    }
    assert severities(massage(whole, facility=annex), "MASSAGE_NOT_COVERED") == [HOLD]


def test_it_is_asked_who_gave_it() -> None:
    by_therapist = replace(BASE, given_by=("massage therapist",))
    assert severities(massage(by_therapist), "MASSAGE_NOT_COVERED") == [HOLD]
    assert severities(massage(replace(BASE, given_by=("physical therapist",))), "MASSAGE_NOT_COVERED") == []
    assert severities(massage(replace(BASE, not_given_by=("physical therapist",))), "MASSAGE_NOT_COVERED") == [HOLD]


def test_beside_another_procedure_means_one_that_is_not_of_the_policy() -> None:
    adjunct = replace(BASE, beside_another=True)
    assert severities(massage(adjunct), "MASSAGE_NOT_COVERED") == [HOLD]
    assert severities(massage(adjunct, "97110"), "MASSAGE_NOT_COVERED") == []


@pytest.mark.parametrize(
    ("condition", "fact"), [("prescription", "order"), ("plan", "plan_of_care"), ("authorization", "authorization")]
)
def test_what_has_to_be_there_is_missed_only_where_there_is_none(condition: str, fact: str) -> None:
    asking = replace(BASE, **{condition: True})  # type: ignore[arg-type]
    wants_none = replace(SETTINGS.payers["HLTH1"], wants_authorization=False)
    document = massage(asking, payer=wants_none, **{fact: None})
    assert HOLD in severities(document, "MASSAGE_NOT_COVERED")
    without = sample("NCCI_PAIR_BLOCKED", "good")
    without["visit"].pop(fact, None)
    without["visit"]["services"] = [{"code": "97124", "minutes": 15, "charge": "54.00"}]
    assert severities(replace(case_of(without), policies=(asking,)), "MASSAGE_NOT_COVERED") == []


def test_units_of_a_day_and_visits_of_a_year_are_counted() -> None:
    assert severities(massage(replace(BASE, units_max=1)), "MASSAGE_NOT_COVERED") == []
    long = massage(replace(BASE, units_max=1), services=[{"code": "97124", "minutes": 30, "charge": "108.00"}])
    assert severities(long, "MASSAGE_NOT_COVERED") == [HOLD]
    case = massage(replace(BASE, visits_max=3))
    days = [case.visit.day - timedelta(days=n) for n in (1, 2, 2, 400)]
    earlier = tuple(replace(case.visit, key=f"E-{n}", day=day) for n, day in enumerate(days))
    assert severities(replace(case, history=earlier), "MASSAGE_NOT_COVERED") == []
    (one,) = found(
        replace(case, history=(*earlier, replace(case.visit, key="F", day=days[0] - timedelta(days=5)))),
        "MASSAGE_NOT_COVERED",
    )
    assert "this is visit 4 with it this year, and 3 are covered (p)" in one.what


def test_diagnoses_are_those_that_the_line_points_to() -> None:
    named = replace(BASE, supporting=("M628",), not_alone=("Z73",))
    for diagnoses, pointers, wanted in (
        (["M62.830", "M54.50"], [1], []),
        (["M62.830", "M54.50"], [2], [WARN]),
        (["M54.50"], [], [WARN]),
    ):
        case = massage(
            named,
            diagnoses=diagnoses,
            services=[{"code": "97124", "minutes": 15, "charge": "54.00", "pointers": pointers}],
        )
        assert severities(case, "DX_NOT_SUPPORTING") == wanted
    alone = massage(replace(BASE, not_alone=("Z73",)), diagnoses=["Z73.3"])
    assert severities(alone, "DX_NOT_SUPPORTING") == [WARN]


def test_every_shipped_policy_says_where_it_is_written_and_only_published_ones_hold() -> None:
    assert len(SETTINGS.policies) >= 10
    assert all(one.source and one.says for one in SETTINGS.policies)
    published = {one.id for one in SETTINGS.policies if one.confidence is Confidence.PUBLISHED}
    assert published == {"medicare-massage-therapists", "florida-pip-massage"}
    assert {one.id for one in SETTINGS.policies if one.is_pattern} == {
        "pattern-adjunct-massage",
        "pattern-massage-with-functional-progress",
    }
