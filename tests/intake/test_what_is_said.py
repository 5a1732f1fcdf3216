"""Whatever stands in a file, what is said of it names places and our own fields, never what it holds."""

import json
from typing import Any

import pytest

from gateway.errors import IntakeError, UsageError
from gateway.intake import Taken, amend
from tests.intake.files import CSV_ROW, VISIT, csv_file, fault_of, only, read_visits, visits_file


def said_of(raw: bytes) -> str:
    """Everything that is said when nothing of the file is taken in."""
    with pytest.raises(IntakeError, match="nothing was taken in") as refused:
        read_visits("v.csv", raw)
    return str(refused.value)


def test_a_csv_without_a_header_is_refused_without_its_first_patient() -> None:
    said = said_of(b"V-1,2026-11-02,PT,Quill,1951-03-09,M100200300,Quill\n")
    assert "column 4 is not known" in said
    for secret in ("Quill", "1951", "M100200300", "V-1"):
        assert secret not in said


def test_many_unknown_columns_are_counted() -> None:
    assert "and 30 more are not known" in said_of(",".join(f"z{n}z" for n in range(40)).encode())


def test_a_known_column_that_stands_twice_is_named_and_an_unknown_one_is_not() -> None:
    said = said_of(b"visit_id,visit_id,Quill,Quill\n")
    assert "column visit_id appears twice" in said
    assert "Quill" not in said


@pytest.mark.parametrize("key", ["SECRET 9/x", "SECRET" * 8, "SECRET\nX", 1950])
def test_a_fault_names_the_visit_only_if_its_id_has_the_form_of_one(key: object) -> None:
    fault = fault_of({**VISIT, "visit_id": key})
    assert (fault.field, fault.visit_key) == ("visit_id", "")
    assert "SECRET" not in repr(fault)


def test_an_id_with_blanks_around_it_is_named_without_them() -> None:
    assert fault_of({**VISIT, "visit_id": " V-1 ", "date": None}).visit_key == "V-1"


@pytest.mark.parametrize(
    ("change", "field", "asks"),
    [
        ({"John Smith 1950": 1}, "an unknown field", "check the spelling"),
        ({"diagnosis": []}, "an unknown field", "did you mean diagnoses?"),
        ({"patient": {**VISIT["patient"], "lastname": "Q"}}, "patient.an unknown field", "did you mean last_name?"),
        ({"services": [{"code": "97110", "Unit": 1}]}, "services.1.an unknown field", "did you mean units?"),
        (
            {"patient": {**VISIT["patient"], "address": {**VISIT["patient"]["address"], "zip": "1"}}},
            "patient.address.an unknown field",
            "check the spelling",
        ),
    ],
)
def test_an_unknown_field_is_placed_and_not_repeated(change: dict[str, Any], field: str, asks: str) -> None:
    fault = fault_of({**VISIT, **change})
    assert (fault.field, fault.what) == (field, "is not a field of a visit")
    assert fault.fix.startswith(asks)
    assert "Smith" not in repr(fault)


def test_a_key_that_is_no_text_is_a_fault_of_the_visit() -> None:
    assert fault_of({**VISIT, "\ud800": 1}).field == "visit"


def test_an_unknown_field_of_a_subscriber_is_looked_for_among_the_subscribers_fields() -> None:
    person = {**VISIT["patient"], "birthdate": "1951-03-09"}
    coverage = {**VISIT["coverages"][0], "relationship": "spouse", "subscriber": person}
    faults = read_visits("x", visits_file({**VISIT, "coverages": [coverage]})).faults
    assert any(one.fix.startswith("did you mean birth_date?") for one in faults)
    assert not [one for one in faults if "birthdate" in one.field]


@pytest.mark.parametrize("key", ["SECRET/../x", "SECRET" * 10])
def test_rows_that_contradict_each_other_name_no_id_that_is_none(key: str) -> None:
    intake = read_visits("v.csv", csv_file({**CSV_ROW, "visit_id": key}, {**CSV_ROW, "visit_id": key, "date": "x"}))
    assert intake.taken == ()
    assert [(fault.row, fault.visit_key, fault.field) for fault in intake.faults] == [(3, "", "date")]


SECOND_SERVICE = {"visit_id": "V-1", "service.code": "97140", "service.units": "1"}


def test_a_visit_with_a_row_of_another_width_is_kept_out_whole() -> None:
    other = {**CSV_ROW, "visit_id": "V-2"}
    raw = csv_file(CSV_ROW, SECOND_SERVICE, other) + b"V-1,,,Quill\n"
    intake = read_visits("v.csv", raw)
    assert [taken.visit.key for taken in intake.taken] == ["V-2"]
    assert [(fault.row, fault.visit_key, fault.field) for fault in intake.faults] == [(5, "V-1", "row")]
    assert "Quill" not in repr(intake.faults)


def test_a_row_of_another_width_keeps_its_visit_out_wherever_it_stands() -> None:
    header, first, second = csv_file(CSV_ROW, SECOND_SERVICE).splitlines(keepends=True)
    for rows in ((first.rstrip() + b",x\r\n", second), (first, second.rstrip() + b",x\r\n")):
        assert read_visits("v.csv", header + b"".join(rows)).taken == ()


def test_a_first_cell_that_names_no_whole_row_is_not_repeated() -> None:
    intake = read_visits("v.csv", csv_file(CSV_ROW) + b"Quill,1951\n")
    assert [(fault.row, fault.visit_key) for fault in intake.faults] == [(3, "")]
    assert "Quill" not in repr(intake.faults)


def test_a_shifted_row_that_names_no_visit_refuses_the_file_with_its_line() -> None:
    columns = [name for name in CSV_ROW if name != "visit_id"] + ["visit_id"]
    raw = csv_file(CSV_ROW, columns=columns)
    _, row = raw.splitlines(keepends=True)
    assert "line 3" in said_of(raw + row.replace(b"120.00", b"1,120.00"))
    kept_out = read_visits("v.csv", raw + row.rstrip() + b",more\r\n")
    assert kept_out.taken == ()


@pytest.mark.parametrize("row", [b",2026-11-02\n", b"Mara Quill,2026-11-02\n", b"," * (len(CSV_ROW) - 1) + b"x\n"])
def test_a_row_whose_visit_cannot_be_told_refuses_the_file_with_its_line(row: bytes) -> None:
    said = said_of(csv_file(CSV_ROW) + row)
    assert "line 3" in said
    assert "Quill" not in said


NUMBERS = ["9" * 5000, "1e9999999999999999999", "1e999999", "-1e-5000"]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_nobody_can_mean_is_refused(number: str) -> None:
    raw = json.dumps([VISIT]).replace('"units": 1', f'"units": {number}').encode()
    assert number.encode() in raw
    assert "number" in said_of(raw)
    document = only(visits_file(VISIT)).document
    with pytest.raises(UsageError, match="nothing was changed"):
        amend(document, (("services.1.units", number),))


def test_a_correction_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing was changed"):
        amend(only(visits_file(VISIT)).document, (("note", "[" * 100_000),))


@pytest.mark.parametrize("place", ["²", "\u0661", "9" * 5000, "-1", "0"])
def test_a_place_in_a_list_is_written_in_plain_digits(place: str) -> None:
    with pytest.raises(UsageError, match="want a number from 1 to 1"):
        amend(only(visits_file(VISIT)).document, ((f"services.{place}.units", "2"),))


def test_a_correction_keeps_a_bare_number_as_text_where_text_is_wanted() -> None:
    corrected = amend(only(visits_file(VISIT)).document, (("coverages.1.member_id", "100200300"),))
    assert isinstance(corrected, Taken)
    assert corrected.visit.coverage.member_id == "100200300"
