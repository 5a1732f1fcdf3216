"""The finer points of the rules that read the plan of care, its certification, progress reports and the note."""

from datetime import date, timedelta
from typing import Any

import pytest

from gateway.finding import Severity
from tests.scrub.cases import MISSING, case_of, found, sample, severities

HOLD, WARN, NOT_CHECKED = Severity.HOLD, Severity.WARN, Severity.NOT_CHECKED
VISIT = date(2026, 11, 9)
SIGNED = {"dated": "2026-09-01", "signed": True}


def begun(days_ago: int, **plan: Any) -> dict[str, Any]:
    first = (VISIT - timedelta(days=days_ago)).isoformat()
    return {"established": first, "first_treatment": first, **plan}


def uncertified(plan: dict[str, Any], order: object = None) -> list[Severity]:
    changes = {"plan_of_care": plan, "order": order}
    return severities(case_of(sample("POC_MISSING", "good"), changes), "POC_UNCERTIFIED")


@pytest.mark.parametrize(("days_ago", "severity"), [(0, WARN), (30, WARN), (31, HOLD), (120, HOLD)])
def test_a_plan_may_be_uncertified_for_thirty_days(days_ago: int, severity: Severity) -> None:
    assert uncertified(begun(days_ago)) == [severity]


def test_a_certified_plan_passes() -> None:
    assert uncertified(begun(45, certified_on="2026-10-20")) == []


def test_a_signed_order_stands_in_when_the_plan_was_sent_within_thirty_days() -> None:
    assert uncertified(begun(40, sent_to_referrer_on="2026-10-30"), SIGNED) == []  # the 30th day
    assert uncertified(begun(40, sent_to_referrer_on="2026-10-31"), SIGNED) == [HOLD]
    assert uncertified(begun(40), SIGNED) == [HOLD]
    assert uncertified(begun(40, sent_to_referrer_on="2026-10-05"), {**SIGNED, "signed": False}) == [HOLD]
    assert uncertified(begun(40, sent_to_referrer_on="2026-10-05"), None) == [HOLD]


def test_an_order_that_is_not_supplied_is_not_held_against_the_practice() -> None:
    assert uncertified(begun(40, sent_to_referrer_on="2026-10-05"), MISSING) == [NOT_CHECKED]
    assert uncertified(begun(40), MISSING) == [HOLD]


def test_an_order_does_not_stand_in_for_the_recertification() -> None:
    sent = (VISIT - timedelta(days=85)).isoformat()
    assert uncertified(begun(90, sent_to_referrer_on=sent), SIGNED) == []
    assert uncertified(begun(91, sent_to_referrer_on=sent), SIGNED) == [HOLD]


def test_an_order_stands_in_only_since_2025() -> None:
    changes: dict[str, object] = {
        "date": "2024-12-31",
        "order": SIGNED,
        "plan_of_care": {"established": "2024-11-20", "sent_to_referrer_on": "2024-11-25"},
    }
    case = case_of(sample("POC_MISSING", "good"), changes)
    assert severities(case, "POC_UNCERTIFIED") == [HOLD]
    later = case_of(sample("POC_MISSING", "good"), {**changes, "date": "2025-01-01"})
    assert severities(later, "POC_UNCERTIFIED") == []


def test_a_certification_without_its_end_lasts_ninety_days_from_the_first_treatment() -> None:
    def expired(days_ago: int) -> list[Severity]:
        plan = begun(days_ago, certified_on=(VISIT - timedelta(days=days_ago - 5)).isoformat())
        return severities(case_of(sample("POC_MISSING", "good"), {"plan_of_care": plan}), "POC_EXPIRED")

    assert expired(90) == []
    assert expired(91) == [HOLD]


def test_a_recertified_plan_runs_from_the_new_plan() -> None:
    plan = {"established": "2026-11-01", "first_treatment": "2026-08-03", "certified_on": "2026-11-04"}
    assert severities(case_of(sample("POC_MISSING", "good"), {"plan_of_care": plan}), "POC_EXPIRED") == []


def test_a_plan_ends_with_its_own_end_if_that_is_sooner() -> None:
    changes = {"plan_of_care.ends": "2026-11-08"}
    assert severities(case_of(sample("POC_MISSING", "good"), changes), "POC_EXPIRED") == [HOLD]


def test_an_evaluation_needs_no_plan_yet() -> None:
    changes: dict[str, object] = {"plan_of_care": None, "services": [{"code": "97161"}]}
    assert severities(case_of(sample("POC_MISSING", "good"), changes), "POC_MISSING") == []
    changes["services"] = [{"code": "97161"}, {"code": "97110", "minutes": 15}]
    assert severities(case_of(sample("POC_MISSING", "good"), changes), "POC_MISSING") == [HOLD]


@pytest.mark.parametrize(("day", "severity"), [(8, []), (9, [WARN]), (10, [WARN]), (11, [HOLD])])
def test_a_progress_report_is_due_on_the_tenth_treatment_day(day: int, severity: list[Severity]) -> None:
    case = case_of(sample("POC_MISSING", "good"), {"progress.treatment_days_since": day})
    assert severities(case, "PROGRESS_REPORT_OVERDUE") == severity


def test_a_note_signed_on_the_day_or_later_is_signed() -> None:
    def signed(at: str | None) -> list[Severity]:
        return severities(case_of(sample("NOTE_MISSING", "good"), {"note.signed_at": at}), "SIGNATURE_MISSING")

    assert signed("2026-11-09T00:05") == []
    assert signed("2026-11-12T09:00") == []
    assert signed("2026-11-08T23:59") == [HOLD]
    assert signed(None) == [HOLD]


def test_each_empty_section_is_named() -> None:
    case = case_of(sample("NOTE_MISSING", "good"), {"note.plan": " ", "note.subjective": ""})
    assert [finding.where for finding in found(case, "SOAP_SECTION_MISSING")] == ["note.subjective", "note.plan"]


@pytest.mark.parametrize(
    ("objective", "severity"),
    [
        ("60 min full body massage.", [HOLD]),
        ("60 minutes of relaxing massage.", [HOLD]),
        ("Cervical rotation 45 deg.", []),
        ("Sits 20 min before the neck aches, 10 min a week ago.", []),
    ],
)
def test_how_long_the_massage_took_is_no_measure_of_the_patient(objective: str, severity: list[Severity]) -> None:
    case = case_of(sample("WELLNESS_INTENT", "bad"), {"note.objective": objective})
    assert severities(case, "WELLNESS_INTENT") == severity


def test_exercise_is_not_wellness_whatever_the_note_says() -> None:
    changes = {"services": [{"code": "97110", "minutes": 30}]}
    assert severities(case_of(sample("WELLNESS_INTENT", "bad"), changes), "WELLNESS_INTENT") == []
