"""The finer points of the rules about minutes, units, pairs and limits."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.finding import Severity
from gateway.scrub import scrub
from tests.scrub.cases import SETTINGS, case_of, found, sample, severities, unsourced

HOLD, WARN = Severity.HOLD, Severity.WARN
NOTHING: frozenset[str] = frozenset()


def medicare(*services: dict[str, Any]) -> dict[str, Any]:
    document = sample("POC_MISSING", "good")
    document["visit"]["services"] = list(services)
    return document


def timed(code: str, minutes: int, units: int | None = None, *modifiers: str) -> dict[str, Any]:
    billed = {} if units is None else {"units": units}
    return {"code": code, "minutes": minutes, "modifiers": list(modifiers), **billed}


def test_more_units_than_the_minutes_come_to_are_said_once() -> None:
    (finding,) = found(case_of(medicare(timed("97110", 20, 2), timed("97140", 15, 1))), "UNIT_MISMATCH")
    assert finding.severity is HOLD
    assert finding.where == "services.1.units"
    assert "35 timed minutes in all are 2 units" in finding.what


def test_fewer_units_than_the_minutes_come_to_are_only_worth_a_look() -> None:
    assert severities(case_of(medicare(timed("97110", 40, 2))), "UNIT_MISMATCH") == [WARN]


def test_units_of_tied_codes_are_held_when_their_total_is_too_high() -> None:
    """40 minutes are 3 units: either code may get the third, not both."""
    both = case_of(medicare(timed("97112", 20, 2), timed("97110", 20, 2)))
    assert severities(both, "UNIT_MISMATCH") == [HOLD]
    assert "4 timed units billed in all" in found(both, "UNIT_MISMATCH")[0].what
    assert severities(case_of(medicare(timed("97112", 20, 2), timed("97110", 20, 1))), "UNIT_MISMATCH") == []
    assert severities(case_of(medicare(timed("97112", 20, 1), timed("97110", 20, 2))), "UNIT_MISMATCH") == []


def test_units_of_a_code_split_between_therapist_and_assistant_are_added() -> None:
    split = medicare(timed("97110", 15, 1), timed("97110", 15, 1, "CQ"))
    assert severities(case_of(split), "UNIT_MISMATCH") == []
    split = medicare(timed("97110", 15, 2), timed("97110", 15, 1, "CQ"))
    assert severities(case_of(split), "UNIT_MISMATCH") == [HOLD]


def test_a_split_code_without_units_is_asked_for() -> None:
    case = case_of(medicare(timed("97110", 18), timed("97110", 12, None, "CQ")))
    assert severities(case, "UNITS_MISSING") == [HOLD, HOLD]


def test_a_tie_is_said_once_and_not_as_missing_units() -> None:
    case = case_of(sample("UNIT_TIE", "bad"))
    assert severities(case, "UNIT_TIE") == [HOLD]
    assert severities(case, "UNITS_MISSING") == []


def test_a_midpoint_rule_without_a_source_only_warns() -> None:
    document = sample("NOTE_MISSING", "good")
    document["visit"]["services"] = [timed("97110", 15, 2)]
    assert severities(case_of(document), "UNIT_MISMATCH") == [HOLD]
    assert severities(case_of(document, payer=unsourced(SETTINGS.payers["BLUE7"])), "UNIT_MISMATCH") == [WARN]


@pytest.mark.parametrize("released", [0, 1])
@pytest.mark.parametrize("modifier", ["59", "XE", "XS", "XP", "XU"])
def test_a_pair_is_released_by_59_on_either_line(released: int, modifier: str) -> None:
    services = [timed("97150", 30), timed("97110", 15)]
    assert severities(case_of(medicare(*services)), "MOD_59_REQUIRED") == [HOLD]
    services[released]["modifiers"] = [modifier]
    assert severities(case_of(medicare(*services)), "MOD_59_REQUIRED") == []


def test_a_pair_that_nothing_releases_stays_blocked() -> None:
    case = case_of(medicare(timed("97140", 20), timed("97124", 15, None, "59")))
    (finding,) = found(case, "NCCI_PAIR_BLOCKED")
    assert finding.where == "services.2.code"
    assert "no modifier releases it" in finding.what


def test_a_pair_whose_second_code_is_not_billed_is_no_pair() -> None:
    assert severities(case_of(medicare(timed("97140", 30), timed("97124", 5))), "NCCI_PAIR_BLOCKED") == []


def test_a_table_past_its_end_only_warns_unless_the_practice_lets_it_hold() -> None:
    document = medicare(timed("97140", 20), timed("97124", 15))
    assert severities(case_of(document, still_holds=NOTHING), "NCCI_PAIR_BLOCKED") == [WARN]
    assert severities(case_of(document, still_holds=frozenset({"ptp"})), "NCCI_PAIR_BLOCKED") == [HOLD]
    assert severities(case_of(document, still_holds=frozenset({"mue"})), "NCCI_PAIR_BLOCKED") == [WARN]


def test_a_table_holds_for_the_dates_it_was_published_for() -> None:
    document = sample("MUE_EXCEEDED", "bad")
    assert severities(case_of(document, still_holds=NOTHING), "MUE_EXCEEDED") == [HOLD]
    assert severities(case_of(document, {"date": "2026-11-09"}, still_holds=NOTHING), "MUE_EXCEEDED") == [WARN]


def test_the_lists_that_the_practice_imported_decide(tmp_path: Path) -> None:
    head = "# source: imported\n# published: 2026\n# retrieved: 2026-11-23\n# effective: 2026-10-01 to 2026-12-31\n"
    (tmp_path / "ptp.csv").write_text(head + "column1,column2,indicator,from,to\n97110,97140,0,2026-10-01,\n")
    (tmp_path / "mue.csv").write_text(head + "code,units,indicator,from,to\n97110,1,3,,\n")
    (tmp_path / "icd10cm.csv").write_text(head + "code\nA000\n")
    case = case_of(medicare(timed("97110", 30, 2), timed("97140", 15)), still_holds=NOTHING, codes=tmp_path)
    assert severities(case, "NCCI_PAIR_BLOCKED") == [HOLD]
    assert severities(case, "MUE_EXCEEDED") == [HOLD]
    assert set(severities(case, "DX_INVALID")) == {HOLD}


def test_the_limit_of_a_day_counts_all_lines_of_a_code() -> None:
    lines = (timed("97035", 30, 2), timed("97035", 15, 1, "CQ"))
    assert [finding.what for finding in found(case_of(medicare(*lines)), "MUE_EXCEEDED")] == [
        "3 of 97035; the limit for a day is 2"
    ]
    assert found(case_of(medicare(*lines[:1])), "MUE_EXCEEDED") == ()


def test_a_commercial_payer_applies_pair_edits_only_where_its_file_says_so() -> None:
    document = sample("NCCI_PAIR_BLOCKED", "bad")
    harbor = SETTINGS.payers["HLTH1"]
    assert severities(case_of(document, payer=unsourced(harbor)), "NCCI_PAIR_BLOCKED") == [WARN]
    assert severities(case_of(document, payer=replace(harbor, applies_pair_edits=False)), "NCCI_PAIR_BLOCKED") == []


def test_an_old_diagnosis_list_still_knows_what_is_not_specific() -> None:
    document = sample("DX_INVALID", "bad")
    assert severities(case_of(document, still_holds=NOTHING), "DX_INVALID") == [WARN]
    assert severities(case_of(document, {"date": "2026-09-30"}, still_holds=NOTHING), "DX_INVALID") == [HOLD]
    assert severities(case_of(document, {"diagnoses": ["M54.59Z"]}), "DX_INVALID") == [WARN]
    assert severities(case_of(document, {"date": "2026-09-30", "diagnoses": ["M54.59Z"]}), "DX_INVALID") == [HOLD]


def test_a_line_that_comes_to_no_unit_is_not_on_the_claim_and_holds_nothing() -> None:
    """Five minutes of a code without price or authorization stay in the note."""
    document = sample("AUTH_MISSING", "good")
    document["visit"]["authorization"]["codes"] = ["97110"]
    document["visit"]["services"] = [timed("97110", 30), timed("97533", 5, None, "GO")]
    assert {finding.rule for finding in scrub(case_of(document))} == {"UNBILLED_MINUTES"}
