"""What a fresh reader of the rules found: each was a claim let go, or held, wrongly."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.billing import draft
from gateway.finding import Severity, holding
from gateway.scrub import Case, scrub
from tests.scrub.cases import SETTINGS, case_of, found, sample, severities

HOLD, WARN = Severity.HOLD, Severity.WARN


def medicare(*services: dict[str, Any], **changes: Any) -> Case:
    document = sample("POC_MISSING", "good")
    document["visit"]["services"] = list(services)
    document["visit"] |= changes
    return case_of(document)


def lines(case: Case) -> list[tuple[str, int | None, tuple[str, ...], str]]:
    return [(one.procedure, one.units, one.modifiers, str(one.charge)) for one in case.draft.billed]


def service(code: str, minutes: int, by: str | None = None, **more: Any) -> dict[str, Any]:
    return {"code": code, "minutes": minutes, **({} if by is None else {"treated_by": by}), **more}


def test_an_assistants_untimed_service_without_minutes_carries_cq() -> None:
    case = medicare(service("97150", 0, "assistant", units=1, charge="40.00"))
    assert [one.modifiers for one in case.draft.billed] == [("GP", "CQ")]


def test_blocks_of_which_one_tells_of_the_assistant_are_not_added_up() -> None:
    case = medicare(service("97110", 28, "assistant"), service("97110", 17, "assistant", assistant_minutes=1))
    assert holding(scrub(case)) != ()
    # The assistant alone gave 31 minutes, two whole units, and the therapist 14 of the third.
    quarters = medicare(service("97110", 30, "assistant"), service("97110", 15, "assistant", assistant_minutes=1))
    assert [line[1:3] for line in lines(quarters)] == [(2, ("GP", "CQ")), (1, ("GP",))]


def test_a_block_typed_as_less_than_all_minutes_come_to_leaves_the_other_unknown() -> None:
    case = medicare(service("97110", 15, units=1, charge="50.00"), service("97110", 15, charge="50.00"))
    assert [one.rule for one in holding(scrub(case))] == ["UNITS_MISSING"]


def test_what_was_charged_for_the_assistants_few_minutes_is_not_lost() -> None:
    case = medicare(service("97110", 25, "therapist", charge="80.00"), service("97110", 3, "assistant", charge="20.00"))
    assert lines(case) == [("97110", 2, ("GP",), "100.00")]


def test_a_pair_whose_assistants_line_is_marked_already_carries_cq_once() -> None:
    marked = service("97110", 15, "assistant", modifiers=["GP", "CQ"])
    case = medicare(service("97110", 15, "therapist"), marked)
    assert [one.modifiers for one in case.draft.billed] == [("GP",), ("GP", "CQ")]


def test_each_block_of_a_line_is_asked_for_its_region() -> None:
    document = sample("MOD_59_UNSUPPORTED", "bad")
    first, second = document["visit"]["services"]
    document["visit"]["services"] = [first, {**second, "regions": ["neck"]}, second]
    assert severities(case_of(document), "MOD_59_UNSUPPORTED") == [HOLD]


def test_an_assistant_who_alone_signed_is_asked_for_each_service_that_nobody_told_of() -> None:
    note = {**sample("POC_MISSING", "good")["visit"]["note"], "signed_by": "Bo Reed, PTA"}
    case = medicare(service("97110", 30, "assistant"), service("97140", 15), note=note)
    assert [one.where for one in found(case, "MOD_ASSISTANT_REQUIRED")] == ["services.2.treated_by"]


def test_the_charge_that_is_missing_is_named() -> None:
    case = medicare(service("97110", 15, charge="50.00"), service("97110", 15))
    assert [one.where for one in found(case, "CHARGE_MISSING")] == ["services.2.charge"]


def test_blocks_that_may_be_two_peoples_are_worth_a_look() -> None:
    both = {"start": "09:00", "stop": "09:15"}
    case = medicare({"code": "97110", **both, "assistant_minutes": 15}, {"code": "97140", **both})
    assert severities(case, "BLOCKS_OVERLAP") == [WARN]


def test_visits_that_were_answered_with_nothing_allowed_count_nothing() -> None:
    case = medicare(service("97110", 30))
    earlier = tuple(replace(case.visit, key=f"E-{n}", day=case.visit.day - timedelta(days=n)) for n in range(1, 41))
    denied = replace(case, history=earlier, allowed={one.key: Decimal(0) for one in earlier})
    assert severities(denied, "MOD_KX_REQUIRED") == []


@pytest.mark.parametrize("as_of", ["2026-11-12", "2025-12-31"])
def test_kx_is_premature_only_by_an_answer_of_the_portal_that_counts(as_of: str) -> None:
    told = {"pt_slp": "3000.00", "ot": "0.00", "as_of": as_of}
    case = medicare(service("97110", 30, modifiers=["GP", "KX"]), therapy_used=told)
    assert severities(case, "MOD_KX_PREMATURE") == []


@pytest.mark.parametrize(
    "said",
    [
        "Will transition to maintenance care once goals are met.",
        "Patient declined maintenance care.",
        "Active care rather than maintenance care.",
    ],
)
def test_maintenance_that_is_not_given_now_is_none(said: str) -> None:
    case = case_of(sample("MOD_AT_REQUIRED", "good"), {"note.assessment": said})
    assert severities(case, "MOD_AT_UNSUPPORTED") == []


@pytest.mark.parametrize(
    "regions",
    [
        ["cervical", "thoracic", "pelvis"],
        ["cervical", "lumbar", "sacroiliac"],
        ["C5", "thoracic", "L4"],
        ["atlanto", "L4"],
    ],
)
def test_regions_are_known_in_the_words_of_clinics_or_not_counted(regions: list[str]) -> None:
    line = {"code": "98941", "modifiers": ["AT"], "regions": regions}
    diagnoses = ["M99.01", "M99.02", "M99.03"]
    case = case_of(sample("MOD_AT_REQUIRED", "good"), {"services": [line], "diagnoses": diagnoses})
    assert severities(case, "REGIONS_MISMATCH") == []


@pytest.mark.parametrize("said", ["Denies right knee pain.", "History of right knee replacement 2010."])
def test_a_side_that_is_not_treated_is_not_coded(said: str) -> None:
    case = case_of(sample("POC_MISSING", "good"), {"diagnoses": ["M25.569"], "note.subjective": said})
    assert severities(case, "DX_LATERALITY") == []


def test_a_section_that_is_not_supplied_may_hold_the_measure() -> None:
    document = sample("WELLNESS_INTENT", "bad")
    document["visit"]["note"].pop("objective")
    assert severities(case_of(document), "WELLNESS_INTENT") == []


def test_drafting_is_the_same_for_whoever_asks() -> None:
    case = medicare(service("97110", 30), service("97140", 15))
    assert draft(case.visit, SETTINGS.payer("MCRB1")) == case.draft
