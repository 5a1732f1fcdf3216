"""A visit's coverages: the first whole, up to two more in their order, and what is not known of those holds nothing."""

from typing import Any

import pytest

from gateway.intake import amend, json_schema, visit_of
from gateway.intake.read import Taken
from tests.intake.files import CSV_ROW, VISIT, csv_file, fault_of, only, read_visits, visits_file

FIRST: dict[str, Any] = VISIT["coverages"][0]
SECOND = {"payer_id": "BLUE7", "payer_name": "Bluestem Mutual", "member_id": "BLM4410250"}
THIRD = {"payer_name": "Supplement One"}


def with_coverages(*coverages: dict[str, Any]) -> dict[str, Any]:
    return {**VISIT, "coverages": list(coverages)}


def row(**cells: str) -> tuple[dict[str, str], list[str]]:
    """A CSV row with cells of coverage columns, written with _ for the dot behind the coverage's name."""
    named = {name.replace("_", ".", 1): cell for name, cell in cells.items()}
    return {**CSV_ROW, **named}, [*dict.fromkeys((*CSV_ROW, *named))]


def covered_by(cells: dict[str, str], columns: list[str]) -> list[tuple[str, str, str]]:
    visit = only(csv_file(cells, columns=columns)).visit
    return [(one.payer_id, one.payer_name, one.member_id) for one in visit.coverages]


def test_three_coverages_keep_the_order_in_which_they_are_given() -> None:
    taken = only(visits_file(with_coverages(FIRST, SECOND, THIRD)))
    assert [one.payer_name for one in taken.visit.coverages] == ["", "Bluestem Mutual", "Supplement One"]
    assert taken.visit.coverage.payer_id == "PAYER1"
    assert visit_of(taken.document) == taken.visit


def test_what_is_not_known_of_another_coverage_refuses_no_visit_and_of_the_first_does() -> None:
    (_, other) = only(visits_file(with_coverages(FIRST, THIRD))).visit.coverages
    assert (other.payer_id, other.member_id) == ("", "")
    faults = read_visits("v.json", visits_file(with_coverages(THIRD, SECOND))).faults
    assert [(one.field, one.what) for one in faults] == [
        ("coverages.1.payer_id", "is missing"),
        ("coverages.1.member_id", "is missing"),
    ]


def test_another_coverage_names_its_payer_one_way_or_the_other() -> None:
    fault = fault_of(with_coverages(FIRST, {"member_id": "BLM4410250"}))
    assert (fault.field, fault.what) == ("coverages.2.payer_name", "is missing, and there is no payer_id either")


@pytest.mark.parametrize("member_id", ["B", "B M", "B*M"])
def test_what_is_given_of_another_coverage_has_the_form_of_the_first(member_id: str) -> None:
    faults = read_visits("v.json", visits_file(with_coverages(FIRST, {**SECOND, "member_id": member_id}))).faults
    assert {one.field for one in faults} == {"coverages.2.member_id"}
    assert not any(member_id in one.what for one in faults if len(member_id) > 1)


def test_a_fourth_coverage_is_refused_aloud() -> None:
    fault = fault_of(with_coverages(FIRST, SECOND, THIRD, SECOND))
    assert fault.field == "coverages"
    assert "3 items" in fault.what


def test_a_visit_without_a_coverage_is_refused() -> None:
    assert fault_of(with_coverages()).field == "coverages.1"


def test_the_reason_that_medicare_is_second_is_a_code_of_the_guide() -> None:
    assert fault_of(with_coverages(FIRST, {**SECOND, "medicare_second_reason": "99"})).field == (
        "coverages.2.medicare_second_reason"
    )
    taken = only(visits_file(with_coverages(FIRST, SECOND)))
    amended = amend(taken.document, (("coverages.2.medicare_second_reason", "12"),))
    assert isinstance(amended, Taken)
    assert amended.visit.coverages[1].medicare_second_reason == "12"


def test_a_row_gives_up_to_three_coverages_by_the_number_in_their_columns() -> None:
    cells, columns = row(
        coverage3_payer_name="Supplement One",
        coverage2_payer_id="BLUE7",
        coverage2_member_id="BLM4410250",
        coverage2_relationship="self",
    )
    assert covered_by(cells, columns) == [
        ("PAYER1", "", "M100200300"),
        ("BLUE7", "", "BLM4410250"),
        ("", "Supplement One", ""),
    ]


def test_a_second_coverage_is_never_taken_for_the_first() -> None:
    cells, columns = row(coverage2_payer_id="BLUE7", coverage2_member_id="BLM4410250")
    empty = {**cells, "coverage.payer_id": "", "coverage.member_id": ""}
    faults = read_visits("v.csv", csv_file(empty, columns=columns)).faults
    assert [one.field for one in faults] == ["coverages.1.payer_id", "coverages.1.member_id"]


def test_a_third_coverage_is_never_taken_for_the_second() -> None:
    cells, columns = row(coverage2_payer_id="", coverage3_payer_id="BLUE7", coverage3_member_id="BLM4410250")
    (fault,) = read_visits("v.csv", csv_file(cells, columns=columns)).faults
    assert fault.field == "coverages.2.payer_name"


def test_the_schema_says_what_the_first_must_have_and_the_others_may_lack() -> None:
    schema = json_schema()["$defs"]
    coverages = schema["VisitDocument"]["properties"]["coverages"]
    assert (coverages["minItems"], coverages["maxItems"]) == (1, 3)
    assert coverages["prefixItems"] == [{"$ref": "#/$defs/CoverageDocument"}]
    assert coverages["items"] == {"$ref": "#/$defs/OtherCoverageDocument"}
    assert schema["CoverageDocument"]["required"] == ["payer_id", "member_id"]
    assert "required" not in schema["OtherCoverageDocument"]
