"""Progress reports: when one is due, whose is one, and what is counted where the practice does not count."""

from datetime import date, timedelta
from typing import Any

import pytest

from gateway.finding import Severity
from tests.scrub.cases import MISSING, case_of, found, sample, severities

HOLD, WARN, NOT_CHECKED = Severity.HOLD, Severity.WARN, Severity.NOT_CHECKED
VISIT = date(2026, 11, 9)
BEGAN = {"established": "2026-10-12", "first_treatment": "2026-10-12", "certified_on": "2026-10-20"}


def earlier(days: int, **changes: Any) -> list[dict[str, Any]]:
    """So many visits before this one, a day apart, the last one on the day before it."""
    visit = sample("POC_MISSING", "good")["visit"]
    return [
        {
            **visit,
            "visit_id": f"S-9{ago:02d}",
            "date": (VISIT - timedelta(days=ago)).isoformat(),
            "progress": None,
            **changes,
        }
        for ago in range(days, 0, -1)
    ]


def overdue(progress: object, history: list[dict[str, Any]] | None = None, **changes: Any) -> list[Severity]:
    document = {**sample("POC_MISSING", "good"), "history": history or []}
    return severities(case_of(document, {"progress": progress, **changes}), "PROGRESS_REPORT_OVERDUE")


@pytest.mark.parametrize(("day", "severity"), [(8, []), (9, [WARN]), (10, [WARN]), (11, [HOLD])])
def test_a_progress_report_is_due_on_the_tenth_treatment_day(day: int, severity: list[Severity]) -> None:
    assert overdue({"last_report": "2026-10-26", "treatment_days_since": day}) == severity


def test_reports_that_are_not_supplied_are_not_checked() -> None:
    assert overdue(MISSING, earlier(20)) == [NOT_CHECKED]


@pytest.mark.parametrize(("before", "severity"), [(0, []), (7, []), (8, [WARN]), (9, [WARN]), (10, [HOLD])])
def test_without_any_report_treatment_days_run_from_the_first_treatment(before: int, severity: list[Severity]) -> None:
    assert overdue(None, earlier(before), plan_of_care=BEGAN) == severity


def test_a_report_that_only_earlier_visits_know_of_is_a_doubt() -> None:
    known = {"last_report": "2026-10-26", "treatment_days_since": 2}
    assert overdue(None, earlier(12, progress=known), plan_of_care=BEGAN) == [WARN]
    assert overdue(None, earlier(12, progress={**known, "written_by": "PTA"}), plan_of_care=BEGAN) == [HOLD]


def test_without_a_first_treatment_nothing_tells_how_many_days_there_were() -> None:
    assert overdue(None, earlier(20), plan_of_care=MISSING) == []


def test_visits_before_the_first_treatment_or_of_another_discipline_or_payer_do_not_count() -> None:
    began = {"established": "2026-11-02", "first_treatment": "2026-11-02"}
    assert overdue(None, earlier(20), plan_of_care=began) == []
    assert overdue(None, earlier(20, discipline="OT"), plan_of_care=BEGAN) == []
    other = [{"payer_id": "BLUE7", "member_id": "BLM4410027", "relationship": "self"}]
    assert overdue(None, earlier(20, coverages=other), plan_of_care=BEGAN) == []


def test_two_visits_of_a_day_are_one_treatment_day() -> None:
    day = earlier(20)[-1]
    assert overdue(None, [{**day, "visit_id": f"S-8{n:02d}"} for n in range(20)], plan_of_care=BEGAN) == []


def test_a_long_time_without_any_report_is_asked_about() -> None:
    long_ago = {"established": "2026-09-28", "first_treatment": "2026-09-28", "certified_on": "2026-10-01"}
    assert overdue(None, plan_of_care=long_ago) == [WARN]
    assert overdue(None, plan_of_care=BEGAN) == []


def test_known_visits_are_counted_where_the_practice_gives_no_count_or_a_stale_one() -> None:
    since = {"last_report": (VISIT - timedelta(days=11)).isoformat()}
    assert overdue(since) == []
    assert overdue(since, earlier(7)) == []
    assert overdue(since, earlier(8)) == [WARN]
    assert overdue(since, earlier(10)) == [HOLD]
    assert overdue({**since, "treatment_days_since": 3}, earlier(10)) == [HOLD]
    assert overdue({"last_report": (VISIT - timedelta(days=3)).isoformat()}, earlier(20)) == []


def test_the_count_of_known_visits_says_so() -> None:
    document = {**sample("POC_MISSING", "good"), "history": earlier(10)}
    (finding,) = found(case_of(document, {"progress": {"last_report": "2026-10-29"}}), "PROGRESS_REPORT_OVERDUE")
    assert "counted from the visits that are known" in finding.what


@pytest.mark.parametrize(
    "letters", ["PTA", "pta", "P.T.A.", "COTA/L", "COTA", "OTA", "LPTA", "PTA, CLT", "SPTA", "PTAL", "aide"]
)
def test_an_assistants_report_is_none(letters: str) -> None:
    report = {"last_report": "2026-11-02", "treatment_days_since": 3, "written_by": letters}
    assert overdue(report) == [HOLD]


@pytest.mark.parametrize("letters", ["PT", "DPT", "PT, DPT, OCS", "OTR/L", "CCC-SLP", "MOT", "", "PT (with PTA)"])
def test_a_clinicians_report_is_one(letters: str) -> None:
    assert overdue({"last_report": "2026-11-02", "treatment_days_since": 3, "written_by": letters}) == []


def test_an_assistants_report_within_the_first_ten_days_is_not_held_for_it() -> None:
    report = {"last_report": "2026-11-04", "written_by": "PTA"}
    began = {"established": "2026-10-31", "first_treatment": "2026-10-31", "certified_on": None}
    assert overdue(report, plan_of_care=began) == []
    assert overdue(report, plan_of_care={**began, "first_treatment": "2026-10-30"}) == [HOLD]


def test_an_evaluation_needs_no_report() -> None:
    assert overdue(None, earlier(20), services=[{"code": "97164"}], plan_of_care=BEGAN) == []
