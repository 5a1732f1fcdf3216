"""Diagnoses: which may stand first, what a manipulation for Medicare needs, and what a code leaves open or contradicts."""

from typing import Any

import pytest

from gateway.finding import Severity
from tests.scrub.cases import MISSING, SETTINGS, case_of, found, sample, severities, unsourced

HOLD, WARN = Severity.HOLD, Severity.WARN
DC = "DX_SUBLUX_FIRST"


def of(rule: str, *diagnoses: str, document: str = "DX_CAUSE_FIRST", **changes: Any) -> list[Severity]:
    return severities(case_of(sample(document, "good"), {"diagnoses": list(diagnoses), **changes}), rule)


@pytest.mark.parametrize("first", ["V43.52XD", "W18.30XA", "X50.0XXD", "Y93.01", "S83.511S", "T84.54XS", "M80.08XS"])
def test_a_cause_or_the_injury_of_a_sequela_never_stands_first(first: str) -> None:
    assert of("DX_CAUSE_FIRST", first, "M25.562") == [HOLD]
    assert of("DX_CAUSE_FIRST", first) == [HOLD]
    assert of("DX_CAUSE_FIRST", "M25.562", first) == []


@pytest.mark.parametrize("first", ["S83.511D", "S83.511A", "M54.50", "I69.351", "Z47.1", "T81.89XD", "L90.5"])
def test_what_was_treated_may_stand_first(first: str) -> None:
    assert of("DX_CAUSE_FIRST", first, "W18.30XD") == []


@pytest.mark.parametrize("first", ["M99.00", "M99.01", "M99.05"])
def test_a_subluxation_of_the_spine_comes_first(first: str) -> None:
    assert of("DX_SUBLUX_FIRST", first, "M54.50", document=DC) == []


@pytest.mark.parametrize(("first", "severity"), [("M54.50", HOLD), ("M99.06", WARN), ("M99.13", WARN)])
def test_what_is_no_subluxation_holds_and_another_kind_of_one_warns(first: str, severity: Severity) -> None:
    assert of("DX_SUBLUX_FIRST", first, "M99.03", document=DC) == [severity]


def test_only_manipulation_that_medicare_is_to_pay_needs_subluxation_and_first_treatment() -> None:
    def both(**changes: Any) -> list[str]:
        case = case_of(sample(DC, "good"), {"diagnoses": ["M54.50"], "initial_treatment": None, **changes})
        rules = ("DX_SUBLUX_FIRST", "INITIAL_TREATMENT_DATE_MISSING")
        return [one.rule for rule in rules for one in found(case, rule)]

    assert both() == ["DX_SUBLUX_FIRST", "INITIAL_TREATMENT_DATE_MISSING"]
    assert both(initial_treatment=MISSING) == ["DX_SUBLUX_FIRST", "INITIAL_TREATMENT_DATE_MISSING"]
    assert both(services=[{"code": "98940", "modifiers": ["GY"]}]) == []
    assert both(services=[{"code": "97110", "minutes": 15, "modifiers": ["GY"]}]) == []
    assert both(**{"coverages.1.payer_id": "BLUE7"}) == []


@pytest.mark.parametrize("first", ["Z00.00", "Z71.3", "Z72.3", "Z73.3", "Z76.89"])
def test_a_claim_led_by_wellness_is_held_where_a_published_rule_or_the_payers_file_says_so(first: str) -> None:
    assert of("DX_WELLNESS_PRIMARY", first, "M54.50", document="POC_MISSING") == [HOLD]
    assert of("DX_WELLNESS_PRIMARY", first, "M54.50") == [HOLD]
    case = case_of(sample("DX_CAUSE_FIRST", "good"), {"diagnoses": [first]}, payer=unsourced(SETTINGS.payers["BLUE7"]))
    assert severities(case, "DX_WELLNESS_PRIMARY") == [WARN]
    assert of("DX_WELLNESS_PRIMARY", "M54.50", first, document="POC_MISSING") == []


@pytest.mark.parametrize("first", ["Z73.6", "Z73.82", "Z47.1", "Z96.651", "Z48.811"])
def test_what_a_patient_cannot_do_or_aftercare_may_stand_first(first: str) -> None:
    assert of("DX_WELLNESS_PRIMARY", first, document="POC_MISSING") == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("M25.579", "left ankle dorsiflexion 5 deg."),
        ("G56.00", "R wrist flexion 40 deg."),
        ("S42.209D", "R proximal humerus healing; flexion 90 deg."),
        ("S82.009D", "left patella tracks well, knee 100 deg."),
    ],
)
def test_the_side_of_other_parts_of_the_body_is_coded_too(code: str, said: str) -> None:
    assert side(code, said) == [HOLD]


def test_the_side_of_an_operation_is_worth_a_look() -> None:
    assert side("M25.519", "R shoulder s/p cuff repair, flexion 90 deg.") == [WARN]
    assert side("M25.519", "S/p R shoulder repair 2019, s/p L shoulder repair 2020.") == []


def test_a_reaction_to_stress_only_warns_and_only_beside_manual_work() -> None:
    massage = [{"code": "97124", "minutes": 30}]
    assert of("DX_WELLNESS_PRIMARY", "F43.10", document="POC_MISSING", services=massage) == [HOLD]
    assert of("DX_WELLNESS_PRIMARY", "F43.10", document="POC_MISSING") == [WARN]
    treated = [{"code": "97530", "minutes": 30}]
    assert of("DX_WELLNESS_PRIMARY", "F43.10", document="POC_MISSING", services=treated) == []


def side(code: str, objective: str, **changes: Any) -> list[Severity]:
    sections = dict.fromkeys(("note.subjective", "note.assessment", "note.plan"), "Better than last week.")
    return of("DX_LATERALITY", code, document="DX_LATERALITY", **sections, **{"note.objective": objective}, **changes)


@pytest.mark.parametrize(
    "said",
    [
        "Left shoulder flexion 120 deg.",
        "(L) shoulder flexion 120 deg.",
        "L shoulder flexion 120 deg.",
        "Lt. shoulder flexion 120 deg.",
        "Shoulder, left: flexion 120 deg.",
        "left painful stiff shoulder, 120 deg.",
        "Right shoulder flexion 120 deg.",
        "R shoulder, C5-C6 clear.",
        "Lt shldr flexion 120 deg.",
        "R GH jt stiff, 120 deg.",
    ],
)
def test_a_side_that_the_note_names_is_coded(said: str) -> None:
    assert side("M25.519", said) == [HOLD]


@pytest.mark.parametrize(
    "said",
    [
        "Left shoulder flexion 120 deg, right 170 deg.",
        "Left shoulder flexion 120 deg. Both hips full.",
        "L shoulder 120 deg, R 170 deg.",
        "Left shoulder stiff; sits upright all right.",
    ],
)
def test_a_side_that_may_be_meant_otherwise_only_warns(said: str) -> None:
    assert side("M25.519", said) == [WARN]


@pytest.mark.parametrize(
    "said",
    [
        "Shoulder flexion 120 deg.",
        "Left knee flexion 120 deg; the shoulder aches.",
        "Both shoulders 120 deg.",
        "Left and right shoulder 120 deg.",
        "Left shoulder 120 deg, right shoulder 150 deg.",
        "L4-L5 stiff, shoulder full.",
    ],
)
def test_a_side_that_is_not_named_for_that_part_is_not_asked_for(said: str) -> None:
    assert side("M25.519", said) == []


@pytest.mark.parametrize("code", ["M25.511", "M25.512", "M54.50", "M17.9", "M62.81", "S43.401D"])
def test_a_code_with_its_side_or_without_any_is_left_alone(code: str) -> None:
    assert side(code, "Left shoulder and left knee: flexion 120 deg.") == []


def test_a_region_of_a_service_names_the_side_as_well() -> None:
    services = [{"code": "97110", "minutes": 30, "regions": ["left shoulder"]}]
    assert side("M25.519", "Flexion 120 deg.", services=services) == [HOLD]
    assert side("M25.519", "Flexion 120 deg.", note=MISSING) == []


def test_another_diagnosis_of_the_same_kind_names_the_side() -> None:
    assert of("DX_LATERALITY", "M25.519", "M25.512") == [HOLD]
    assert of("DX_LATERALITY", "S43.409D", "S43.402D") == [HOLD]
    assert of("DX_LATERALITY", "M25.519", "M25.562") == []


def test_a_list_that_has_ended_only_warns() -> None:
    document = sample("DX_LATERALITY", "bad")
    assert severities(case_of(document, still_holds=frozenset()), "DX_LATERALITY") == [WARN]


@pytest.mark.parametrize(("code", "found_one"), [("S39.012A", True), ("S39.012D", False), ("S39.012S", False)])
def test_active_treatment_is_asked_about_after_the_acute_phase(code: str, *, found_one: bool) -> None:
    found_now = of("DX_SEVENTH_CHARACTER", code, onset="2026-10-19")
    assert found_now == ([WARN] if found_one else [])
    assert of("DX_SEVENTH_CHARACTER", code, onset="2026-10-20") == []


def test_without_a_beginning_the_encounter_is_not_asked_about() -> None:
    assert of("DX_SEVENTH_CHARACTER", "S39.012A") == []
    accident = {"kind": "other", "happened_on": "2026-08-01"}
    assert of("DX_SEVENTH_CHARACTER", "S39.012A", accident=accident) == [WARN]
    plan = {"established": "2026-10-01"}
    assert of("DX_SEVENTH_CHARACTER", "S39.012A", plan_of_care=plan) == [WARN]
    assert of("DX_SEVENTH_CHARACTER", "M54.50", plan_of_care=plan) == []


@pytest.mark.parametrize(
    ("one", "other"), [("M54.50", "M51.26"), ("M62.830", "M79.18"), ("M54.2", "M50.20"), ("R26.2", "R26.81")]
)
def test_codes_that_exclude_each_other_are_asked_about(one: str, other: str) -> None:
    assert of("DX_EXCLUDES", one, other) == [WARN]
    assert of("DX_EXCLUDES", other, one) == [WARN]


@pytest.mark.parametrize(
    ("one", "other"),
    [("M54.50", "M62.830"), ("M54.2", "G44.86"), ("M17.11", "Z96.651"), ("R26.89", "M62.81"), ("M25.561", "M17.11")],
)
def test_common_companions_do_not(one: str, other: str) -> None:
    assert of("DX_EXCLUDES", one, other) == []
