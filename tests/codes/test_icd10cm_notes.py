"""Sides and Excludes1 notes of ICD-10-CM, as the shipped lists hold them."""

from datetime import date

import pytest

from gateway.codes.icd10cm_notes import Sides, excluded, in_force, sides
from gateway.codes.lists import Kind, code_list
from gateway.codes.table import load

BILLABLE = code_list(Kind.DIAGNOSIS)


def test_an_open_side_has_its_two_sides_beside_it() -> None:
    assert sides("M25519") == Sides("M25511", "M25512", ("shoulder",))
    assert sides("M1710") == Sides("M1711", "M1712", ("knee",))
    assert sides("S43409D") == Sides("S43401", "S43402", ("shoulder",))
    assert sides("M25511") is None
    assert sides("M5450") is None


def test_every_code_of_a_side_is_billable_or_wants_its_seventh_character() -> None:
    for row in load("icd10cm_sides").rows():
        for name in ("code", "right", "left"):
            code = row[name]
            assert code in BILLABLE.always or f"\n{code}" in BILLABLE.lines, code


@pytest.mark.parametrize(
    ("a", "b", "together"), [("M5450", "M5126", False), ("M5450", "M5136", True), ("M62830", "M7918", False)]
)
def test_a_note_holds_both_ways(a: str, b: str, *, together: bool) -> None:
    assert excluded(a, b) is not together
    assert excluded(b, a) is not together


def test_no_code_excludes_itself() -> None:
    assert not [row for row in load("icd10cm_excludes1").rows() if excluded(row["code"], row["code"])]


def test_the_lists_say_for_when_they_were_published() -> None:
    assert in_force(date(2026, 9, 30))
    assert not in_force(date(2026, 10, 1))
