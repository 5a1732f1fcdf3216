"""What X12 refuses and nobody can mean is refused where it comes in, by field."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.write.wording import plain
from gateway.intake import Taken
from gateway.intake.fields import is_key
from gateway.intake.read import checked
from tests.intake.files import ADDRESS, CSV_ROW, VISIT, csv_file, fault_of, only, visits_file

PATIENT = VISIT["patient"]
COVERAGE = VISIT["coverages"][0]


def at(path: str, value: object) -> dict[str, Any]:
    """The visit with one field of it set."""
    document: dict[str, Any] = json.loads(json.dumps(VISIT))
    document["facility"] = {"name": "East Clinic", "address": dict(ADDRESS)}
    document["accident"] = {"kind": "auto", "happened_on": "2026-10-01"}
    document["note"] = {}
    document["order"] = {"dated": "2026-10-01", "signed": True}
    employer = {"organization": "Mill Works", "address": dict(ADDRESS)}
    document["coverages"] = [{**COVERAGE, "relationship": "employee", "subscriber": employer}]
    place: Any = document
    *parents, leaf = path.split(".")
    for part in parents:
        place = place[int(part) - 1] if part.isdigit() else place[part]
    place[leaf] = value
    return document


def refused(path: str, value: object) -> str:
    """What is said of the field when it holds this; nothing else is found wrong."""
    fault = fault_of(at(path, value))
    assert fault.field.replace("subscriber.PersonDocument", "subscriber") == path
    assert fault.visit_key == "V-1"
    if isinstance(value, str) and len(value) > 1:
        assert value not in fault.what + fault.fix
    return fault.what


@pytest.mark.parametrize("path", ["date", "patient.birth_date", "onset", "order.dated"])
@pytest.mark.parametrize("value", [0, 1654646400, "0", "1654646400", 1.5, True, "2026-13-01"])
def test_a_date_is_text_and_never_a_count_of_seconds(path: str, value: object) -> None:
    assert refused(path, value) == "is not a date"


@pytest.mark.parametrize("value", [0, "0", "1654646400"])
def test_neither_is_a_time(value: object) -> None:
    assert refused("note.signed_at", value) == "is not a date and time"
    assert refused("services.1.start", value) == "is not a time of day"


def test_a_date_in_a_csv_cell_is_no_count_of_seconds_either() -> None:
    assert only(csv_file(CSV_ROW)).visit.day.isoformat() == "2026-11-02"
    result = checked({**VISIT, "date": "20261102"})
    assert not isinstance(result, Taken)


@pytest.mark.parametrize("value", ["ZZ", "XX", "UK"])
@pytest.mark.parametrize("path", ["patient.address.state", "facility.address.state", "accident.state"])
def test_a_state_is_one_the_post_knows(path: str, value: str) -> None:
    assert "USPS" in refused(path, value)


@pytest.mark.parametrize("value", ["dc", "PR", "GU", "AE", " il "])
def test_territories_and_the_armed_forces_are_states_here(value: str) -> None:
    visit = only(visits_file(at("patient.address.state", value))).visit
    assert visit.patient.address.state == value.strip().upper()
    assert only(visits_file(at("accident.state", ""))).visit.accident


@pytest.mark.parametrize(("code", "day"), [("98", "2026-11-02"), ("10", "2021-12-31")])
def test_a_place_of_service_is_one_on_the_date_of_the_visit(code: str, day: str) -> None:
    fault = fault_of({**VISIT, "place_of_service": code, "date": day})
    assert (fault.field, code in fault.what) == ("place_of_service", False)
    assert only(visits_file({**VISIT, "place_of_service": "10"})).visit.place_of_service == "10"


def test_codes_are_taken_in_small_letters_and_kept_in_capitals() -> None:
    service = {"code": "g0283", "modifiers": ["gp"], "units": 1}
    visit = only(visits_file({**VISIT, "diagnoses": ["s39.012d"], "services": [service]})).visit
    assert (visit.diagnoses, visit.services[0].code, visit.services[0].modifiers) == (("S39012D",), "G0283", ("GP",))


def test_nobody_alive_was_born_before_1850() -> None:
    assert refused("patient.birth_date", "1849-12-31") == "is before 1850"
    assert isinstance(checked(at("patient.birth_date", "1850-01-01")), Taken)


WORDS = (
    "patient.last_name",
    "patient.first_name",
    "patient.middle_name",
    "patient.address.line1",
    "patient.address.line2",
    "patient.address.city",
    "facility.name",
    "coverages.1.payer_name",
    "rendering.last_name",
)


@pytest.mark.parametrize("path", WORDS)
def test_a_name_holds_a_letter_or_digit_that_a_claim_can_carry(path: str) -> None:
    for unreadable in ("李小龍", "--", "..."):
        assert "letter or digit" in refused(path, unreadable)
    assert isinstance(checked(at(path, "Žižková 2")), Taken)


@pytest.mark.parametrize("path", WORDS)
def test_a_name_is_no_longer_than_its_element_once_it_is_written_out(path: str) -> None:
    assert "too long" in refused(path, "a" + "㎧" * 20)
    assert "at most" in refused(path, "a" * 61)


def test_a_street_is_no_longer_than_n301() -> None:
    assert isinstance(checked(at("patient.address.line1", "a" * 55)), Taken)
    assert "at most 55" in refused("patient.address.line1", "a" * 56)


@given(st.text(max_size=40))
def test_a_last_name_that_is_taken_in_is_within_nm103_as_the_writer_folds_it(name: str) -> None:
    taken = checked(at("patient.last_name", name))
    if isinstance(taken, Taken):
        written = plain(taken.visit.patient.last_name)
        assert 1 <= len(written) <= 60
        assert any(mark.isascii() and mark.isalnum() for mark in written)


def test_an_employer_has_a_readable_name_too() -> None:
    result = checked(at("coverages.1.subscriber.organization", "李"))
    assert not isinstance(result, Taken)
    assert any(fault.field.endswith("organization") and "letter or digit" in fault.what for fault in result)


def test_a_long_payer_id_wants_a_name_beside_it() -> None:
    long = {**COVERAGE, "payer_id": "P" * 61}
    fault = fault_of({**VISIT, "coverages": [long]})
    assert fault.field == "coverages.1.payer_name"
    assert "P" * 61 not in repr(fault)
    assert isinstance(checked({**VISIT, "coverages": [{**long, "payer_name": "Plan"}]}), Taken)
    assert isinstance(checked({**VISIT, "coverages": [{**long, "payer_id": "P" * 60}]}), Taken)


@pytest.mark.parametrize(
    "path", [*WORDS, "rendering.credential", "coverages.1.group_number", "coverages.1.claim_number", "note.signed_by"]
)
@pytest.mark.parametrize("mark", ["\x00", "\n", "\x1b", "\x7f", "\x85"])
def test_a_control_character_is_refused(path: str, mark: str) -> None:
    assert refused(path, f"Qu{mark}ill") == "holds a control character"


def test_a_note_may_have_lines_and_tabs_but_no_other_control_character() -> None:
    assert isinstance(checked(at("note.plan", "one\r\n\ttwo")), Taken)
    for mark in ("\x00", "\x1b", "\x08"):
        assert refused("note.plan", f"one{mark}two") == "holds a control character"


@pytest.mark.parametrize("digits", ["١٩١٢٣٤٥٦٧٩", "191234567"])
def test_an_npi_is_of_plain_digits(digits: str) -> None:
    assert "form" in refused("rendering.npi", digits)


def test_the_form_of_a_key() -> None:
    assert is_key("V-1")
    assert is_key("a" * 40)
    assert not any(map(is_key, ("", "a" * 41, "-a", "a b", "a\n", "é", "a|b")))
