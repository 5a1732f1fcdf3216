"""The finer points of the rules about time, regions, notices, telehealth, office visits, distinct services and repeats."""

from typing import Any

import pytest

from gateway.finding import Severity, holding
from gateway.scrub import Case, scrub
from tests.scrub.cases import case_of, found, sample, severities

HOLD, WARN = Severity.HOLD, Severity.WARN


def good(rule: str, **changes: Any) -> dict[str, Any]:
    document = sample(rule, "good")
    document["visit"] |= changes
    return document


def block(code: str, start: str, stop: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "start": start, "stop": stop, **more}


def test_the_notes_totals_are_held_against_the_minutes_only_where_units_hang_on_them() -> None:
    totals = {"note.timed_minutes": 45, "note.total_minutes": 45}
    assert severities(case_of(good("POC_MISSING"), totals), "TIME_TOTAL_INCONSISTENT") == []
    assert severities(case_of(good("POC_MISSING"), {"note.timed_minutes": 43}), "TIME_TOTAL_INCONSISTENT") == [WARN]
    assert severities(case_of(good("POC_MISSING"), {"note.timed_minutes": 37}), "TIME_TOTAL_INCONSISTENT") == [HOLD]
    assert severities(case_of(good("POC_MISSING"), {"note.total_minutes": 44}), "TIME_TOTAL_INCONSISTENT") == [HOLD]


def test_minutes_that_are_not_known_are_compared_with_nothing() -> None:
    document = good("POC_MISSING", services=[{"code": "97110", "units": 2}, {"code": "97140", "minutes": 15}])
    assert severities(case_of(document, {"note.total_minutes": 5}), "TIME_TOTAL_INCONSISTENT") == []


@pytest.mark.parametrize(
    ("second", "wanted"),
    [
        (block("97140", "09:30", "09:45"), []),
        (block("97140", "09:29", "09:44"), [HOLD]),
        (block("97140", "08:50", "09:31"), [HOLD]),
        (block("G0283", "09:10", "09:25"), []),
        (block("97150", "09:10", "09:25"), [HOLD]),
        ({"code": "97140", "minutes": 15}, []),
        (block("97140", "09:10", "09:25", treated_by="assistant"), []),
    ],
)
def test_only_one_to_one_blocks_of_one_person_overlap(second: dict[str, Any], wanted: list[Severity]) -> None:
    document = good("POC_MISSING", services=[block("97110", "09:00", "09:30"), second])
    assert severities(case_of(document), "BLOCKS_OVERLAP") == wanted


@pytest.mark.parametrize(
    ("code", "regions", "wanted"),
    [
        ("98940", ["lumbar"], []),
        ("98940", ["lumbar spine", "Sacral"], []),
        ("98940", ["lumbar", "sacral", "pelvic"], [WARN]),
        ("98941", ["lumbar", "sacral", "pelvic"], []),
        ("98941", ["lumbar", "left knee", "pelvic"], [HOLD]),
        ("98942", ["cervical", "thoracic", "lumbar", "sacral", "pelvic"], []),
        ("98942", ["cervical", "thoracic", "lumbar", "sacral"], [HOLD]),
        ("98942", [], []),
    ],
)
def test_regions_are_those_of_the_spine(code: str, regions: list[str], wanted: list[Severity]) -> None:
    line = {"code": code, "modifiers": ["AT"], "regions": regions}
    everywhere = ["M99.01", "M99.02", "M99.03", "M99.04", "M99.05"]
    assert (
        severities(case_of(good("MOD_AT_REQUIRED", services=[line], diagnoses=everywhere)), "REGIONS_MISMATCH")
        == wanted
    )


def test_fewer_subluxations_than_regions_are_worth_a_look() -> None:
    line = {"code": "98941", "modifiers": ["AT"]}
    assert severities(case_of(good("MOD_AT_REQUIRED", services=[line])), "REGIONS_MISMATCH") == [WARN]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Chronic; seen for maintenance care once a month.", [HOLD]),
        ("Not maintenance care: motion still improves.", []),
        ("Beyond maintenance care; active treatment of a new strain.", []),
        ("Maintenance of posture was taught as home exercise.", []),
    ],
)
def test_at_is_held_where_the_note_speaks_of_maintenance(said: str, wanted: list[Severity]) -> None:
    assert severities(case_of(good("MOD_AT_REQUIRED"), {"note.assessment": said}), "MOD_AT_UNSUPPORTED") == wanted
    active = {"note.assessment": said, "care": "active"}
    assert severities(case_of(good("MOD_AT_REQUIRED"), active), "MOD_AT_UNSUPPORTED") == []


@pytest.mark.parametrize(
    ("modifiers", "abn", "wanted"),
    [
        (["GA"], {"signed_on": "2026-11-09", "kind": "required"}, []),
        (["GA"], {"signed_on": "2026-11-10", "kind": "required"}, [HOLD]),
        (["GA"], {"signed_on": "2026-11-02", "kind": "voluntary"}, [HOLD]),
        (["GA"], None, [HOLD]),
        (["GY", "GX"], {"signed_on": "2026-11-02", "kind": "voluntary"}, []),
        (["GY", "GX"], None, [HOLD]),
        (["GY"], None, []),
        (["GZ"], None, []),
        (["GZ"], {"signed_on": "2026-11-02", "kind": "required"}, [HOLD]),
        (["GA", "GZ"], {"signed_on": "2026-11-02", "kind": "required"}, [HOLD]),
    ],
)
def test_a_notices_modifier_agrees_with_the_notice(modifiers: list[str], abn: object, wanted: list[Severity]) -> None:
    document = good("MOD_AT_REQUIRED", services=[{"code": "98940", "modifiers": modifiers}], abn=abn)
    assert severities(case_of(document), "MOD_ABN_INVALID") == wanted


def test_a_notice_that_is_not_supplied_holds_nothing() -> None:
    document = good("MOD_AT_REQUIRED", services=[{"code": "98940", "modifiers": ["GA"]}])
    assert severities(case_of(document), "MOD_ABN_INVALID") == []


def test_telehealth_is_medicares_question_only_and_what_hands_do_is_worth_a_look() -> None:
    assert severities(case_of(good("POC_MISSING", place_of_service="10")), "TELEHEALTH_NOT_COVERED") == [WARN]
    assert severities(case_of(good("POC_MISSING")), "TELEHEALTH_NOT_COVERED") == []
    assert severities(case_of(good("MOD_AT_REQUIRED", place_of_service="02")), "TELEHEALTH_NOT_COVERED") == [HOLD, WARN]
    assert severities(case_of(good("NCCI_PAIR_BLOCKED", place_of_service="10")), "TELEHEALTH_NOT_COVERED") == []


def manual(second: dict[str, Any], first: dict[str, Any] | None = None) -> dict[str, Any]:
    services = [
        {"code": "98940", "units": 1, "regions": ["lumbar"], **(first or {})},
        {"code": "97140", "minutes": 15, **second},
    ]
    return good("MOD_59_UNSUPPORTED", services=services)


@pytest.mark.parametrize(
    ("second", "first", "wanted"),
    [
        ({"modifiers": ["59", "GP"], "regions": ["lumbar"]}, {}, [HOLD]),
        ({"modifiers": ["XS", "GP"], "regions": ["Lumbar", "left hip"]}, {}, [HOLD]),
        ({"modifiers": ["59", "GP"], "regions": ["left hip"]}, {}, []),
        ({"modifiers": ["59", "GP"]}, {}, []),
        ({"modifiers": ["XE", "GP"], "regions": ["lumbar"]}, {}, []),
        (
            {"modifiers": ["59", "GP"], "regions": ["lumbar"], "start": "09:15", "stop": "09:30"},
            {"start": "09:00", "stop": "09:15"},
            [],
        ),
        (
            {"modifiers": ["59", "GP"], "start": "09:10", "stop": "09:25"},
            {"start": "09:00", "stop": "09:15", "regions": []},
            [HOLD],
        ),
    ],
)
def test_59_stands_for_separate_minutes_or_another_region(
    second: dict[str, Any], first: dict[str, Any], wanted: list[Severity]
) -> None:
    assert severities(case_of(manual(second, first)), "MOD_59_UNSUPPORTED") == wanted


@pytest.mark.parametrize(("modifiers", "wanted"), [(["25"], []), ([], [HOLD]), (["59"], [HOLD])])
def test_only_25_lets_an_office_visit_stand_beside_manipulation(modifiers: list[str], wanted: list[Severity]) -> None:
    visit = {"code": "99213", "charge": "95.00", "modifiers": modifiers}
    case = case_of(good("MOD_25_REQUIRED", services=[{"code": "98940", "units": 1}, visit]))
    assert severities(case, "MOD_25_REQUIRED") == wanted
    assert severities(case, "NCCI_PAIR_BLOCKED") == []


def test_an_add_on_without_its_base_is_held_by_medicare_alone() -> None:
    bad = sample("ADDON_WITHOUT_BASE", "bad")
    assert severities(case_of(bad), "ADDON_WITHOUT_BASE") == [HOLD]
    bad["visit"]["coverages"][0] = {**bad["visit"]["coverages"][0], "payer_id": "BLUE7", "member_id": "BLM4410388"}
    assert severities(case_of(bad), "ADDON_WITHOUT_BASE") == [WARN]


def test_a_person_says_that_two_visits_are_two() -> None:
    document = sample("VISIT_REPEATED", "bad")
    other = document["history"][0]["visit_id"]
    assert severities(case_of(document, {"distinct_from": [other]}), "VISIT_REPEATED") == []
    assert severities(case_of(document, {"distinct_from": ["V-9"]}), "VISIT_REPEATED") == [HOLD]
    document["history"][0]["distinct_from"] = [document["visit"]["visit_id"]]
    assert severities(case_of(document), "VISIT_REPEATED") == []


def test_only_some_of_the_services_are_worth_a_look() -> None:
    document = sample("VISIT_REPEATED", "bad")
    document["history"][0]["services"].pop()
    assert severities(case_of(document), "VISIT_REPEATED") == [WARN]


def test_a_visit_that_bills_the_same_in_other_rows_is_the_same() -> None:
    document = sample("VISIT_REPEATED", "bad")
    document["visit"]["services"] = [{"code": "97110", "minutes": 23}]
    document["history"][0]["services"] = [{"code": "97110", "minutes": 13}, {"code": "97110", "minutes": 10}]
    assert severities(case_of(document), "VISIT_REPEATED") == [HOLD]
    document["history"][0]["services"].append({"code": "97010"})
    assert severities(case_of(document), "VISIT_REPEATED") == [HOLD]
    document["history"][0]["services"].append({"code": "97140", "minutes": 15})
    assert severities(case_of(document), "VISIT_REPEATED") == [WARN]


def test_a_second_evaluation_of_the_day_is_held_until_a_person_says_that_there_were_two() -> None:
    document = sample("VISIT_REPEATED", "bad")
    document["visit"]["services"] = [{"code": "97161"}]
    document["history"][0]["services"] = [{"code": "97163"}]
    assert severities(case_of(document), "EVALUATION_REPEATED") == [HOLD]
    other = document["history"][0]["visit_id"]
    assert severities(case_of(document, {"distinct_from": [other]}), "EVALUATION_REPEATED") == []


def on_one_day(mine: list[dict[str, Any]], theirs: list[dict[str, Any]], **other: Any) -> Case:
    document = good("POC_MISSING", services=mine)
    visit = document["visit"]
    return case_of({**document, "history": [{**visit, "visit_id": "S-9", "services": theirs, **other}]})


ANOTHER = {"npi": "1945678921", "last_name": "Reyes", "first_name": "Bob", "credential": "PT", "taxonomy": "225100000X"}


@pytest.mark.parametrize(
    ("rule", "mine", "theirs"),
    [
        ("UNIT_MISMATCH", [{"code": "97110", "minutes": 8}], [{"code": "97140", "minutes": 8}]),
        ("NCCI_PAIR_BLOCKED", [{"code": "97140", "minutes": 15}], [{"code": "97124", "minutes": 15}]),
        ("MOD_59_REQUIRED", [{"code": "97150", "minutes": 30}], [{"code": "97110", "minutes": 15}]),
        ("BLOCKS_OVERLAP", [block("97110", "09:05", "09:20")], [block("97530", "09:00", "09:15")]),
    ],
)
def test_what_is_counted_by_the_day_is_counted_with_the_other_visits_of_it(
    rule: str, mine: list[dict[str, Any]], theirs: list[dict[str, Any]]
) -> None:
    (one,) = found(on_one_day(mine, theirs), rule)
    assert one.severity is HOLD
    assert "S-9" in one.what
    assert found(on_one_day(mine, theirs, date="2026-11-06"), rule) == ()
    if rule != "UNIT_MISMATCH":
        assert found(on_one_day(mine, theirs, rendering=ANOTHER), rule) == ()


def test_units_of_a_day_count_all_visits_of_the_clinician() -> None:
    four = [{"code": "97110", "minutes": 60}]
    assert severities(on_one_day(four, four, distinct_from=["S-200"]), "MUE_EXCEEDED") == [WARN]  # the table has ended
    assert severities(on_one_day(four, four, distinct_from=["S-200"], rendering=ANOTHER), "MUE_EXCEEDED") == []


def test_a_repeated_visit_is_said_once_and_not_as_too_many_units() -> None:
    same = [{"code": "97110", "minutes": 23}]
    assert {one.rule for one in holding(scrub(on_one_day(same, same)))} == {"VISIT_REPEATED"}


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([{"code": "97016", "minutes": 30, "units": 2}], [HOLD]),
        ([{"code": "97016", "units": 1}, {"code": "97016", "units": 1}], [HOLD]),
        ([{"code": "97016", "units": 1}, {"code": "97016", "units": 1, "modifiers": ["76"]}], [WARN]),
        ([{"code": "97016", "minutes": 30}], []),
        ([{"code": "95851", "units": 2, "charge": "50.00"}], []),
    ],
)
def test_an_untimed_code_is_one_unit_a_day(lines: list[dict[str, Any]], wanted: list[Severity]) -> None:
    assert severities(case_of(good("NCCI_PAIR_BLOCKED", services=lines)), "UNIT_MISMATCH") == wanted


def test_speech_and_swallowing_are_evaluated_on_one_day() -> None:
    both = good("EVALUATION_REPEATED", services=[{"code": "92523"}, {"code": "92610"}], discipline="SLP")
    assert severities(case_of(both), "EVALUATION_REPEATED") == []


def test_a_charge_of_nothing_is_none() -> None:
    (one,) = found(case_of(good("POC_MISSING"), {"services.1.charge": "0.00"}), "CHARGE_MISSING")
    assert one.what == "97110 is charged 0.00"


def test_minutes_beyond_the_first_span_belong_to_the_further_code() -> None:
    alone = case_of(good("UNITS_MISSING", services=[{"code": "97129", "minutes": 38, "charge": "60.00"}]))
    (one,) = found(alone, "UNBILLED_MINUTES")
    assert one.what == "23 minutes beyond the first 15 belong to 97130"
    short = case_of(good("UNITS_MISSING", services=[{"code": "97129", "minutes": 22, "charge": "60.00"}]))
    assert found(short, "UNBILLED_MINUTES") == ()
