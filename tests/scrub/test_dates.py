"""Days that have not come, and birth dates that cannot be."""

from typing import Any

import pytest

from gateway.finding import Severity
from tests.scrub.cases import case_of, found, sample, severities

HOLD, WARN = Severity.HOLD, Severity.WARN
TODAY, TOMORROW = "2026-11-16", "2026-11-17"


def future(changes: dict[str, Any], document: str = "POC_MISSING") -> list[tuple[str, Severity]]:
    return [(one.where, one.severity) for one in found(case_of(sample(document, "good"), changes), "DATE_IN_FUTURE")]


@pytest.mark.parametrize(
    "path", ["plan_of_care.certified_on", "note.signed_at", "note.cosigned_at", "progress.last_report"]
)
def test_what_happened_is_not_dated_in_the_future(path: str) -> None:
    assert future({path: TODAY}) == []
    assert future({path: TOMORROW}) == [(path, HOLD)]


def test_a_certification_in_the_future_shows_no_other_finding() -> None:
    case = case_of(sample("POC_MISSING", "good"), {"plan_of_care.certified_on": TOMORROW})
    assert severities(case, "POC_UNCERTIFIED") == []


def test_the_day_on_which_a_future_date_will_have_come_is_known() -> None:
    case = case_of(sample("POC_MISSING", "good"), {"plan_of_care.certified_on": TOMORROW})
    found(case, "DATE_IN_FUTURE")
    assert TOMORROW in {day.isoformat() for day in case.turns_on}


def test_nobody_is_treated_before_the_birth() -> None:
    assert future({"patient.birth_date": "2026-11-09"}) == []
    assert future({"patient.birth_date": "2026-11-10"}) == [("patient.birth_date", HOLD)]


@pytest.mark.parametrize(
    ("born", "severity"),
    [
        ("1921-03-01", []),
        ("1903-11-10", []),  # 122 on the next day
        ("1903-11-09", [WARN]),
        ("1901-11-10", [WARN]),
        ("1901-11-09", [HOLD]),
        ("1900-01-01", [HOLD]),
    ],
)
def test_a_birth_date_is_no_longer_ago_than_anybody_has_lived(born: str, severity: list[Severity]) -> None:
    case = case_of(sample("POC_MISSING", "good"), {"patient.birth_date": born})
    assert severities(case, "BIRTH_DATE_INVALID") == severity


def test_a_subscribers_birth_date_is_looked_at_too() -> None:
    case = case_of(sample("SUBSCRIBER_MISSING", "good"), {"coverages.1.subscriber.birth_date": "1899-12-31"})
    assert [one.where for one in found(case, "BIRTH_DATE_INVALID")] == ["coverages.1.subscriber.birth_date"]
