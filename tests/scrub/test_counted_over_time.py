"""What the gateway counts itself: treatment days and authorized visits, where the practice counts none or too few."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.finding import Severity
from gateway.scrub import Case
from gateway.visit import Authorization
from tests.scrub.cases import case_of, found, sample, severities

HOLD, WARN = Severity.HOLD, Severity.WARN


def with_earlier(case: Case, number: int, **changes: Any) -> Case:
    """The case with so many earlier visits, one a day."""
    day = case.visit.day
    earlier = (replace(case.visit, key=f"E-{n}", day=day - timedelta(days=n), **changes) for n in range(1, number + 1))
    return replace(case, history=tuple(earlier))


def test_units_under_an_authorization_are_counted_from_minutes_too() -> None:
    under = {"number": "A7", "starts": "2026-10-01", "ends": "2026-12-31", "units_approved": 6}
    document = sample("AUTH_EXHAUSTED", "good")
    document["visit"] |= {"authorization": under, "services": [{"code": "97110", "minutes": 30}]}
    assert severities(with_earlier(case_of(document), 2), "AUTH_EXHAUSTED") == []
    assert severities(with_earlier(case_of(document), 3), "AUTH_EXHAUSTED") == [HOLD]


def approved(**counts: int) -> Case:
    number = {"number": "A7", "starts": "2026-10-01", "ends": "2026-12-31", **counts}
    document = sample("AUTH_EXHAUSTED", "good")
    document["visit"]["authorization"] = number
    return case_of(document)


@pytest.mark.parametrize(
    ("said", "earlier", "wanted"),
    [
        (None, 0, []),
        (None, 9, []),
        (None, 10, [WARN]),
        (None, 11, [WARN]),
        (None, 12, [HOLD]),
        (3, 12, [HOLD]),
        (12, 0, [HOLD]),
        (11, 2, [WARN]),
        (2, 3, []),
    ],
)
def test_visits_under_an_authorization_are_counted(said: int | None, earlier: int, wanted: list[Severity]) -> None:
    counts = {"visits_approved": 12} | ({} if said is None else {"visits_used": said})
    assert severities(with_earlier(approved(**counts), earlier), "AUTH_EXHAUSTED") == wanted


def test_the_own_count_says_that_it_is_one() -> None:
    (one,) = found(with_earlier(approved(visits_approved=3, visits_used=1), 3), "AUTH_EXHAUSTED")
    assert one.what == "3 of 3 are used, counted from the visits that are known"


def test_visits_under_another_number_or_without_one_do_not_count() -> None:
    case = approved(visits_approved=3)
    assert isinstance(case.visit.authorization, Authorization)
    other = replace(case.visit.authorization, number="B8")
    assert severities(with_earlier(case, 9, authorization=other), "AUTH_EXHAUSTED") == []
    assert severities(with_earlier(case, 9, authorization=None), "AUTH_EXHAUSTED") == []


@pytest.mark.parametrize(("used", "wanted"), [(20, []), (21, []), (22, [HOLD])])
def test_units_are_counted_with_those_of_the_visit(used: int, wanted: list[Severity]) -> None:
    case = approved(units_approved=24, units_used=used)
    assert sum(line.units or 0 for line in case.draft.billed) == 3
    assert severities(case, "AUTH_EXHAUSTED") == wanted


def test_without_an_approved_number_nothing_is_counted() -> None:
    assert severities(with_earlier(approved(), 40), "AUTH_EXHAUSTED") == []


def test_treatment_days_are_counted_where_the_practice_counts_none_or_fewer() -> None:
    since = {"progress": {"last_report": "2026-10-26"}}
    case = case_of(sample("POC_MISSING", "good"), since)
    assert severities(with_earlier(case, 10), "PROGRESS_REPORT_OVERDUE") == [HOLD]
    assert severities(with_earlier(case, 9), "PROGRESS_REPORT_OVERDUE") == [WARN]
    assert severities(with_earlier(case, 3), "PROGRESS_REPORT_OVERDUE") == []
