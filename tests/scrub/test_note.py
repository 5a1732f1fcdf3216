"""The daily note: who signed it and when, its sections, and whether it speaks of treatment or of wellness."""

from typing import Any

import pytest

from gateway.finding import Severity
from tests.scrub.cases import MISSING, case_of, found, sample, severities

HOLD, WARN, NOT_CHECKED = Severity.HOLD, Severity.WARN, Severity.NOT_CHECKED


def signature(**changes: object) -> list[Severity]:
    paths = {f"note.{name}": value for name, value in changes.items()}
    return severities(case_of(sample("NOTE_MISSING", "good"), paths), "SIGNATURE_MISSING")


def test_a_note_signed_on_the_day_or_later_is_signed() -> None:
    assert signature(signed_at="2026-11-09T00:05") == []
    assert signature(signed_at="2026-11-12T09:00") == []
    assert signature(signed_at="2026-11-08T23:59") == [HOLD]
    assert signature(signed_at=None) == [HOLD]
    assert signature(signed_by=None) == [HOLD]


def test_a_signature_fact_that_is_not_supplied_holds_nothing() -> None:
    assert signature(signed_at=MISSING) == []
    assert signature(signed_by=MISSING) == []
    assert signature(signed_by=MISSING, signed_at=MISSING) == [NOT_CHECKED]
    assert signature(signed_by=MISSING, signed_at=None) == [HOLD]


def test_a_moment_with_a_zone_is_read_on_the_practices_clock() -> None:
    assert signature(signed_at="2026-11-10T01:30:00Z") == []  # the evening before in Chicago
    assert signature(signed_at="2026-11-09T01:30:00Z") == [HOLD]
    case = case_of(sample("NOTE_MISSING", "good"), {"date": "2026-11-16", "note.signed_at": "2026-11-17T01:30:00Z"})
    assert severities(case, "DATE_IN_FUTURE") == []


def test_each_empty_section_is_named_and_none_that_is_not_supplied() -> None:
    case = case_of(sample("NOTE_MISSING", "good"), {"note.plan": " ", "note.subjective": None})
    assert [finding.where for finding in found(case, "SOAP_SECTION_MISSING")] == ["note.subjective", "note.plan"]
    case = case_of(sample("NOTE_MISSING", "good"), {"note.plan": MISSING, "note.subjective": MISSING})
    assert found(case, "SOAP_SECTION_MISSING") == ()


def wellness(**sections: str) -> list[Severity]:
    changes = {f"note.{name}": text for name, text in sections.items()}
    return severities(case_of(sample("WELLNESS_INTENT", "bad"), changes), "WELLNESS_INTENT")


@pytest.mark.parametrize(
    ("objective", "severity"),
    [
        ("60 min full body massage.", [HOLD]),
        ("60 minutes of relaxing massage.", [HOLD]),
        ("Massage to back and neck, 60 min.", [HOLD]),
        ("60-minute session, Swedish massage at L5.", [HOLD]),
        ("Cervical rotation 45 deg.", []),
        ("Sits 20 min before the neck aches, 10 min a week ago.", []),
    ],
)
def test_how_long_the_massage_took_is_no_measure_of_the_patient(objective: str, severity: list[Severity]) -> None:
    assert wellness(objective=objective) == severity


@pytest.mark.parametrize(
    "measure",
    [
        "flexion 45",
        "Cervical rotation R 60, L 45",
        "ODI 34",
        "NDI score is 18",
        "TUG 14",
        "pain 4",
        "Pain now: 4, was 6",
        "pain level 4 out of 10",
        "MMT 4+",
        "strength 4-/5",
        "ROM improved by 15 percent",
        "Grade II tenderness",
        "tone 1+ (Ashworth)",
        "LEFS from 40 to 49",
        "walks 3 blocks",
        "mouth opening 32",
    ],
)
def test_a_measure_without_a_unit_is_one(measure: str) -> None:
    assert wellness(objective=f"Massage to the neck. {measure}.") == []


def spoken(text: str) -> list[Severity]:
    """What is found where the note says this and holds no measure."""
    plain = {"subjective": "Neck is tight.", "objective": "Massage to the neck.", "plan": "Continue."}
    return wellness(**{**plain, "assessment": text})


@pytest.mark.parametrize(
    "technique",
    [
        "Hold-relax to the hamstrings.",
        "PNF hold relax and contract/relax.",
        "Contract-relax, contract relax antagonist contract.",
        "Post-isometric relaxation of the upper trapezius.",
        "Massage led to muscle relaxation.",
        "Relaxation of the muscle was felt under the hand.",
        "Relaxation of the hypertonic upper trapezius.",
        "Trapezius relaxation after trigger point work.",
        "The pelvic floor relaxes; pelvic floor relaxation trained.",
        "Cueing to relax the shoulders while reaching.",
        "Taught to relax the jaw.",
        "Given for spasm, not for relaxation.",
        "Soft tissue relaxation before stretching.",
        "Relaxing the scalenes made room for the first rib.",
    ],
)
def test_a_technique_or_a_finding_of_relaxation_is_not_wellness(technique: str) -> None:
    assert spoken(technique) == []


@pytest.mark.parametrize(
    "wish",
    [
        "Massage for relaxation.",
        "Full body relaxation massage.",
        "Relaxation massage of back muscles.",
        "Relaxing massage of the trapezius muscle.",
        "For stress relief and general relaxation.",
        "Patient enjoys the session and wants to relax.",
        "Monthly wellness tune-up.",
        "Spa package, preventive care.",
    ],
)
def test_relaxation_as_a_wish_is_wellness(wish: str) -> None:
    assert spoken(wish) == [HOLD]


def test_a_line_of_hyphens_costs_no_time() -> None:
    assert spoken("Massage for relaxation " + "- " * 5000 + "-" * 20000) == [HOLD]


def test_exercise_is_not_wellness_whatever_the_note_says() -> None:
    changes: dict[str, Any] = {"services": [{"code": "97110", "minutes": 30}]}
    assert severities(case_of(sample("WELLNESS_INTENT", "bad"), changes), "WELLNESS_INTENT") == []
