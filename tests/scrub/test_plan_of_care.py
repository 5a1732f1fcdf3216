"""The finer points of the rules that read the plan of care, its certification, and the order that may stand in for it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from gateway.finding import Severity
from gateway.payer import Program
from tests.scrub.cases import MISSING, SETTINGS, case_of, found, holds, judged, sample, severities

HOLD, WARN, NOT_CHECKED = Severity.HOLD, Severity.WARN, Severity.NOT_CHECKED
VISIT = date(2026, 11, 9)
SIGNED = {"dated": "2026-09-01", "signed": True}


def before(days: int) -> str:
    return (VISIT - timedelta(days=days)).isoformat()


def after(days: int) -> str:
    return before(-days)


def begun(days_ago: int, **plan: Any) -> dict[str, Any]:
    return {"established": before(days_ago), "first_treatment": before(days_ago), **plan}


def of(rule: str, plan: dict[str, Any], **changes: Any) -> list[Severity]:
    return severities(case_of(sample("POC_MISSING", "good"), {"plan_of_care": plan, **changes}), rule)


def uncertified(plan: dict[str, Any], order: object = None) -> list[Severity]:
    return of("POC_UNCERTIFIED", {"certified_on": None, **plan}, order=order)


@pytest.mark.parametrize(("days_ago", "severity"), [(0, WARN), (30, WARN), (31, HOLD), (120, HOLD)])
def test_a_plan_may_be_uncertified_for_thirty_days(days_ago: int, severity: Severity) -> None:
    assert uncertified(begun(days_ago)) == [severity]


def test_a_certified_plan_passes_and_needs_no_order() -> None:
    assert uncertified(begun(45, certified_on=before(20))) == []
    assert uncertified(begun(45, certified_on=before(20)), MISSING) == []


@pytest.mark.parametrize("days_ago", [5, 45])
def test_a_certification_that_is_not_supplied_is_not_checked(days_ago: int) -> None:
    plan = begun(days_ago)
    assert of("POC_UNCERTIFIED", plan) == [NOT_CHECKED]
    assert of("POC_UNCERTIFIED", plan, order=None) == [NOT_CHECKED]
    assert of("POC_UNCERTIFIED", {**plan, "certified_until": after(30)}) == []


def test_a_signed_order_stands_in_when_the_plan_was_sent_within_thirty_days() -> None:
    assert uncertified(begun(40, sent_to_referrer_on="2026-10-30"), SIGNED) == []  # the 30th day
    assert uncertified(begun(20, sent_to_referrer_on="2026-10-30"), SIGNED) == []
    assert uncertified(begun(40, sent_to_referrer_on="2026-10-31"), SIGNED) == [HOLD]
    assert uncertified(begun(40, sent_to_referrer_on=None), SIGNED) == [HOLD]
    assert uncertified(begun(40, sent_to_referrer_on="2026-10-05"), {**SIGNED, "signed": False}) == [HOLD]
    assert uncertified(begun(40, sent_to_referrer_on="2026-10-05"), None) == [HOLD]


@pytest.mark.parametrize(("dated", "severity"), [("2026-11-09", []), ("2026-11-10", [HOLD])])
def test_an_order_dated_after_the_visit_is_no_ground(dated: str, severity: list[Severity]) -> None:
    assert uncertified(begun(40, sent_to_referrer_on="2026-10-05"), {**SIGNED, "dated": dated}) == severity


def test_an_order_for_another_discipline_is_no_ground() -> None:
    sent = begun(40, sent_to_referrer_on="2026-10-05")
    assert uncertified(sent, {**SIGNED, "discipline": "PT"}) == []
    assert uncertified(sent, {**SIGNED, "discipline": "OT"}) == [HOLD]


def test_a_half_of_the_exception_that_is_not_supplied_is_not_held_against_the_practice() -> None:
    assert uncertified(begun(40, sent_to_referrer_on="2026-10-05"), MISSING) == [NOT_CHECKED]
    assert uncertified(begun(40), SIGNED) == [NOT_CHECKED]
    assert uncertified(begun(40), {**SIGNED, "signed": False}) == [HOLD]
    assert uncertified(begun(40), MISSING) == [HOLD]


def test_an_order_does_not_stand_in_for_the_recertification() -> None:
    sent = before(85)
    assert uncertified(begun(90, sent_to_referrer_on=sent), SIGNED) == []
    assert uncertified(begun(91, sent_to_referrer_on=sent), SIGNED) == [HOLD]


def test_an_order_stands_in_only_since_2025() -> None:
    changes: dict[str, object] = {
        "date": "2024-12-31",
        "order": {"dated": "2024-11-18", "signed": True},
        "plan_of_care": {"established": "2024-11-20", "certified_on": None, "sent_to_referrer_on": "2024-11-25"},
    }
    case = case_of(sample("POC_MISSING", "good"), changes)
    assert severities(case, "POC_UNCERTIFIED") == [HOLD]
    later = case_of(sample("POC_MISSING", "good"), {**changes, "date": "2025-01-01"})
    assert severities(later, "POC_UNCERTIFIED") == []


@pytest.mark.parametrize(("late", "severity"), [(30, []), (60, []), (61, [HOLD])])
def test_a_late_certification_is_accepted_and_long_after_it_was_due_with_its_reason(
    late: int, severity: list[Severity]
) -> None:
    def certified(**plan: Any) -> list[Severity]:
        return of("POC_UNCERTIFIED", begun(70, certified_on=before(70 - late), **plan))

    assert certified(delay_reason="the physician was away; faxed three times") == []
    assert certified() == []
    assert certified(delay_reason=None) == severity
    assert certified(delay_reason="") == severity


def test_a_certification_without_its_end_lasts_ninety_days_from_the_first_treatment() -> None:
    def expired(days_ago: int) -> list[Severity]:
        return of("POC_EXPIRED", begun(days_ago, certified_on=before(days_ago - 5)))

    assert expired(90) == []
    assert expired(91) == [HOLD]


def test_a_recertified_plan_runs_from_the_new_plan() -> None:
    plan = {"established": "2026-11-01", "first_treatment": "2026-08-03", "certified_on": "2026-11-04"}
    assert of("POC_EXPIRED", plan) == []


def test_a_recertification_may_be_told_by_its_new_date_alone() -> None:
    assert of("POC_EXPIRED", begun(150, certified_on=before(55))) == []
    assert of("POC_EXPIRED", begun(200, certified_on=before(91))) == [HOLD]
    assert of("POC_EXPIRED", begun(150, certified_on=before(55), ends=before(60))) == []


def test_a_date_that_may_be_an_early_recertification_only_warns() -> None:
    assert of("POC_EXPIRED", begun(95, certified_on=before(10))) == [WARN]
    assert of("POC_EXPIRED", begun(95, certified_on=before(10), delay_reason="the physician was away")) == [HOLD]
    assert of("POC_EXPIRED", begun(95, certified_on=before(66))) == [HOLD]


def test_an_end_that_was_left_standing_at_a_recertification_only_warns() -> None:
    plan = begun(110, certified_on=before(15), certified_until=before(20))
    assert of("POC_EXPIRED", plan) == [WARN]
    assert of("POC_EXPIRED", {**plan, "delay_reason": "the physician was away"}) == [HOLD]
    assert of("POC_EXPIRED", {**plan, "certified_on": before(105)}) == [HOLD]


def test_a_plan_ends_with_its_own_end_if_that_is_sooner() -> None:
    changes = {"plan_of_care.ends": "2026-11-08"}
    assert severities(case_of(sample("POC_MISSING", "good"), changes), "POC_EXPIRED") == [HOLD]


@pytest.mark.parametrize(("days", "severity"), [(89, []), (90, []), (91, [WARN]), (92, [WARN]), (93, [HOLD])])
def test_a_first_certification_lasts_ninety_days_and_three_months_are_meant_for_them(
    days: int, severity: list[Severity]
) -> None:
    plan = begun(20, certified_on=before(15), certified_until=after(days - 20))
    assert of("CERTIFICATION_TOO_LONG", plan) == severity
    assert of("POC_EXPIRED", plan) == []


def test_a_visit_behind_the_ninety_days_is_held_whatever_the_certification_says() -> None:
    plan = begun(91, certified_on=before(80), certified_until=VISIT.isoformat())
    assert of("CERTIFICATION_TOO_LONG", plan) == [HOLD]


def test_a_recertification_counts_from_its_own_beginning() -> None:
    assert of("CERTIFICATION_TOO_LONG", begun(100, certified_on=before(15), certified_until=after(80))) == []
    assert of("CERTIFICATION_TOO_LONG", begun(200, certified_on=before(25), certified_until=after(150))) == [HOLD]


def test_only_medicare_limits_a_certification_to_ninety_days() -> None:
    plan = begun(20, certified_on=before(15), certified_until=after(200))
    for program in set(Program) - {Program.MEDICARE}:
        payer = replace(SETTINGS.payers["MCRB1"], program=program)
        case = case_of(sample("POC_MISSING", "good"), {"plan_of_care": plan}, payer=payer)
        assert severities(case, "CERTIFICATION_TOO_LONG") == []


def test_an_evaluation_needs_no_plan_yet() -> None:
    changes: dict[str, object] = {"plan_of_care": None, "services": [{"code": "97161"}]}
    assert severities(case_of(sample("POC_MISSING", "good"), changes), "POC_MISSING") == []
    changes["services"] = [{"code": "97161"}, {"code": "97110", "minutes": 15}]
    assert severities(case_of(sample("POC_MISSING", "good"), changes), "POC_MISSING") == [HOLD]


def test_a_plan_that_was_dictated_at_the_evaluation_may_be_written_some_days_later() -> None:
    evaluated = [{"code": "97161"}, {"code": "97110", "minutes": 15}]
    plan = {"established": after(1), "certified_on": None}
    assert of("POC_MISSING", plan, services=evaluated) == [WARN]
    assert of("POC_MISSING", {**plan, "established": after(4)}, services=evaluated) == [HOLD]
    assert of("POC_MISSING", plan) == [HOLD]


def test_a_chiropractors_visit_needs_no_plan_of_this_kind() -> None:
    case = case_of(sample("DX_SUBLUX_FIRST", "good"), {"plan_of_care": None})
    assert found(case, "POC_MISSING") == ()


MAINTENANCE = {
    "care": "maintenance",
    "note.assessment": "Skilled maintenance: plateau reached; the programme needs a therapist to grade it safely.",
    "note.plan": "Maintenance programme once a month; prevent decline.",
}


@pytest.mark.parametrize(
    ("visit", "discipline"), [("POC_MISSING", "PT"), ("POC_MISSING", "OT"), ("POC_MISSING", "SLP")]
)
def test_therapy_is_never_held_or_warned_for_being_maintenance(visit: str, discipline: str) -> None:
    services = {
        "PT": [{"code": "97110", "minutes": 30}],
        "OT": [{"code": "97535", "minutes": 30}],
        "SLP": [{"code": "92507"}],
    }
    changes = {**MAINTENANCE, "discipline": discipline, "services": services[discipline]}
    case = case_of(sample(visit, "good"), changes)
    assert [one for one in judged(case) if one.severity is not NOT_CHECKED] == []
    assert holds(case) == []
