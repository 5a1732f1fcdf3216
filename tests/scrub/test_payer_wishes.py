"""A payer's own wish holds a claim only where its file says where the wish is written."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from gateway.finding import Severity
from gateway.payer import Payer
from tests.scrub.cases import MISSING, SETTINGS, case_of, found, sample, severities, unsourced

HOLD, WARN, NOT_CHECKED = Severity.HOLD, Severity.WARN, Severity.NOT_CHECKED


@pytest.mark.parametrize(
    "rule", ["AUTH_MISSING", "AUTH_EXPIRED", "AUTH_EXHAUSTED", "TIMELY_FILING_PAST", "WELLNESS_INTENT"]
)
def test_a_wish_without_a_source_only_warns(rule: str) -> None:
    document = sample(rule, "bad")
    assert severities(case_of(document), rule) == [HOLD]
    assert severities(case_of(document, payer=unsourced(SETTINGS.payers["HLTH1"])), rule) == [WARN]


@pytest.mark.parametrize(
    "rule", ["POC_MISSING", "POC_UNCERTIFIED", "MOD_ASSISTANT_REQUIRED", "TIMELY_FILING_PAST", "REFERRING_MISSING"]
)
def test_medicare_needs_no_source_of_the_payers_file(rule: str) -> None:
    document = sample(rule, "bad")
    changes = {"date": "2025-11-15"} if rule == "TIMELY_FILING_PAST" else {}
    assert severities(case_of(document, changes, payer=unsourced(SETTINGS.payers["MCRB1"])), rule) == [HOLD]


def test_an_authorization_that_is_not_supplied_is_not_checked() -> None:
    document = sample("AUTH_MISSING", "bad")
    assert severities(case_of(document, {"authorization": MISSING}), "AUTH_MISSING") == [NOT_CHECKED]
    assert severities(case_of(document, {"coverages.1.payer_id": "BLUE7"}), "AUTH_MISSING") == []


def test_an_authorization_covers_its_first_and_last_day_and_its_codes() -> None:
    document = sample("AUTH_EXPIRED", "good")
    for path in ("authorization.starts", "authorization.ends"):
        assert severities(case_of(document, {path: "2026-11-09"}), "AUTH_EXPIRED") == []
    (finding,) = found(case_of(document, {"authorization.codes": ["97110"]}), "AUTH_EXPIRED")
    assert finding.where == "authorization.codes"
    assert "97140" in finding.what


@pytest.mark.parametrize(("used", "severity"), [(9, []), (10, [WARN]), (11, [WARN]), (12, [HOLD]), (13, [HOLD])])
def test_the_last_authorized_visits_are_announced(used: int, severity: list[Severity]) -> None:
    changes: dict[str, Any] = {"authorization.visits_approved": 12, "authorization.visits_used": used}
    assert severities(case_of(sample("AUTH_MISSING", "good"), changes), "AUTH_EXHAUSTED") == severity


@pytest.mark.parametrize(("waited", "severity"), [(67, []), (68, [WARN]), (90, [WARN]), (91, [HOLD])])
def test_a_claim_is_late_after_the_last_day_of_the_limit(waited: int, severity: list[Severity]) -> None:
    day = (date(2026, 11, 16) - timedelta(days=waited)).isoformat()
    case = case_of(sample("AUTH_MISSING", "good"), {"date": day, "authorization.starts": "2026-08-01"})
    assert severities(case, "TIMELY_FILING_NEAR") + severities(case, "TIMELY_FILING_PAST") == severity


def test_manipulation_that_is_not_active_care_needs_no_at() -> None:
    document = sample("MOD_AT_REQUIRED", "bad")
    for modifier in ("AT", "GA", "GY", "GZ"):
        assert severities(case_of(document, {"services.1.modifiers": [modifier]}), "MOD_AT_REQUIRED") == []
    assert severities(case_of(document, {"coverages.1.payer_id": "BLUE7"}), "MOD_AT_REQUIRED") == []


def test_an_auto_accident_names_its_state_and_precedes_the_visit() -> None:
    def where(accident: dict[str, str]) -> list[str]:
        case = case_of(sample("NOTE_MISSING", "good"), {"accident": accident})
        return [finding.where for finding in found(case, "ACCIDENT_DATE_MISSING")]

    assert where({"kind": "auto", "happened_on": "2026-10-01", "state": "IL"}) == []
    assert where({"kind": "auto", "happened_on": "2026-10-01"}) == ["accident.state"]
    assert where({"kind": "other", "happened_on": "2026-11-10"}) == ["accident.happened_on"]


def test_a_subscriber_is_given_exactly_when_the_patient_is_not_the_subscriber() -> None:
    document = sample("SUBSCRIBER_MISSING", "good")
    assert severities(case_of(document), "SUBSCRIBER_MISSING") == []
    assert severities(case_of(document, {"coverages.1.relationship": "self"}), "SUBSCRIBER_MISSING") == [HOLD]


def test_only_the_same_clinician_day_and_code_repeat_a_visit() -> None:
    document = sample("VISIT_REPEATED", "bad")
    assert severities(case_of(document), "VISIT_REPEATED") == [HOLD]
    assert severities(case_of(document, {"date": "2026-11-10"}), "VISIT_REPEATED") == []
    assert severities(case_of(document, {"rendering.npi": "1234567893"}), "VISIT_REPEATED") == []


def test_every_npi_of_the_visit_is_checked() -> None:
    wrong = {"npi": "1234567890", "last_name": "Ames", "first_name": "Ruth"}
    case = case_of(sample("POC_MISSING", "good"), {"referring": wrong, "supervising": wrong})
    assert [finding.where for finding in found(case, "NPI_INVALID")] == ["referring.npi", "supervising.npi"]


def test_a_code_that_the_payer_excludes_is_not_also_called_bundled() -> None:
    case = case_of(sample("CODE_NOT_VALID_FOR_PAYER", "bad"))
    assert severities(case, "CODE_NOT_VALID_FOR_PAYER") == [HOLD]
    assert severities(case, "CODE_BUNDLED_FOR_PAYER") == []


def test_an_evaluation_may_need_no_authorization_where_what_follows_it_does() -> None:
    free = replace(SETTINGS.payers["HLTH1"], authorization_for_evaluation=False)
    evaluation: list[dict[str, Any]] = [{"code": "97161"}]
    beside: list[dict[str, Any]] = [{"code": "97161"}, {"code": "97110", "minutes": 15}]

    def auth(services: list[dict[str, Any]], payer: Payer, **changes: Any) -> list[str]:
        case = case_of(sample("AUTH_MISSING", "good"), {"services": services, **changes}, payer=payer)
        rules = ("AUTH_MISSING", "AUTH_EXPIRED", "AUTH_EXHAUSTED")
        return [one.rule for rule in rules for one in found(case, rule)]

    assert auth(evaluation, free, authorization=None) == []
    assert auth(evaluation, free, authorization=MISSING) == []
    assert auth(evaluation, SETTINGS.payers["HLTH1"], authorization=None) == ["AUTH_MISSING"]
    assert auth(beside, free, authorization=None) == ["AUTH_MISSING"]
    assert auth([{"code": "97164"}], free, authorization=None) == ["AUTH_MISSING"]
    later = {"authorization.starts": "2026-11-10"}
    assert auth(evaluation, free, **later) == []
    assert auth(beside, free, **later) == ["AUTH_EXPIRED"]
    treatment = {"authorization.codes": ["97110"]}
    assert auth(beside, free, **treatment) == []
    used = {"authorization.visits_approved": 3, "authorization.visits_used": 3}
    assert auth(evaluation, free, **used) == []
    assert auth(beside, free, **used) == ["AUTH_EXHAUSTED"]


@pytest.mark.parametrize("referring", [None, MISSING])
def test_manipulation_for_medicare_needs_no_referrer(referring: object) -> None:
    assert severities(case_of(sample("DX_SUBLUX_FIRST", "good"), {"referring": referring}), "REFERRING_MISSING") == []
