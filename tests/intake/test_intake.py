"""Files of visits: what goes in, and what is said of what does not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import IntakeError, UsageError
from gateway.intake import Taken, amend, csv_columns, json_schema, settings_in, visit_of
from gateway.people import Employer
from gateway.visit import NOT_SUPPLIED, Discipline, Note, TreatedBy
from tests.intake.files import ADDRESS, CSV_ROW, VISIT, csv_file, only, read_visits, visits_file


def test_a_claims_only_visit_is_taken_with_its_facts_not_supplied() -> None:
    visit = only(visits_file(VISIT)).visit
    assert visit.discipline is Discipline.PT
    assert visit.diagnoses == ("M5450",)
    assert visit.patient.address.zip_code == "627011234"
    for fact in (visit.note, visit.plan_of_care, visit.order, visit.progress, visit.authorization, visit.referring):
        assert fact is NOT_SUPPLIED
    assert visit.services[0].minutes is NOT_SUPPLIED


def test_null_says_that_there_is_none() -> None:
    visit = only(visits_file({**VISIT, "plan_of_care": None, "note": {"subjective": "x"}})).visit
    assert visit.plan_of_care is None
    assert visit.note == Note(subjective="x")


def test_the_stored_document_gives_the_same_visit_back_with_what_was_not_supplied() -> None:
    document = {**VISIT, "accident": None, "services": [{"code": "97110", "minutes": None, "treated_by": "assistant"}]}
    taken = only(visits_file(document))
    again = visit_of(taken.document)
    assert again == taken.visit
    assert again.services[0].minutes is None
    assert again.services[0].treated_by is TreatedBy.ASSISTANT
    assert again.note is NOT_SUPPLIED


def test_the_same_content_has_the_same_hash_whatever_the_order_of_its_keys() -> None:
    turned = dict(reversed(VISIT.items()))
    assert only(visits_file(VISIT)).sha256 == only(visits_file(turned)).sha256
    assert only(visits_file({**VISIT, "date": "2026-11-03"})).sha256 != only(visits_file(VISIT)).sha256


def test_a_plain_list_is_a_file_of_visits_too() -> None:
    assert len(read_visits("x", json.dumps([VISIT]).encode()).taken) == 1


def test_every_fault_of_a_file_is_named_and_the_good_visits_go_in() -> None:
    bad = {
        **VISIT,
        "visit_id": "V-2",
        "date": "02/30/2026",
        "diagnoses": [],
        "colour": "blue",
        "services": [{"code": "9711", "charge": "1.234"}],
    }
    del bad["rendering"]
    intake = read_visits("visits.json", visits_file(VISIT, bad))
    assert [taken.visit.key for taken in intake.taken] == ["V-1"]
    assert {fault.field for fault in intake.faults} == {
        "date",
        "diagnoses",
        "an unknown field",
        "services.1.code",
        "services.1.charge",
        "rendering",
    }
    assert {(fault.row, fault.visit_key) for fault in intake.faults} == {(2, "V-2")}
    assert all(fault.what and fault.fix for fault in intake.faults)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"patient": {**VISIT["patient"], "last_name": ""}}, "patient.last_name"),
        ({"patient": {**VISIT["patient"], "birth_date": "SECRET-1999"}}, "patient.birth_date"),
        ({"coverages": [{"payer_id": "P!", "member_id": "SECRET 9"}]}, "coverages.1.payer_id"),
        ({"note": {"subjective": "SECRET", "signed_at": "SECRET"}}, "note.signed_at"),
        ({"coverages": [{**VISIT["coverages"][0], "subscriber": {"last_name": "SECRET"}}]}, "coverages.1.subscriber"),
        ({"visit_id": "SECRET/../x"}, "visit_id"),
        ({"services": [{"code": "97110", "minutes": "SECRET"}]}, "services.1.minutes"),
        ({"services": [{"code": "97110", "units": 1.5}]}, "services.1.units"),
    ],
)
def test_a_fault_names_its_field_and_never_repeats_the_value(change: dict[str, Any], field: str) -> None:
    intake = read_visits("visits.json", visits_file({**VISIT, **change}))
    assert intake.taken == ()
    assert any(fault.field.startswith(field) for fault in intake.faults)
    assert "SECRET" not in repr(intake.faults)


def test_a_visit_given_twice_in_one_file_is_a_fault() -> None:
    intake = read_visits("visits.json", visits_file(VISIT, VISIT))
    assert len(intake.taken) == 1
    assert [(fault.row, fault.field) for fault in intake.faults] == [(2, "visit_id")]


def test_an_employer_can_be_the_subscriber() -> None:
    coverage = {
        **VISIT["coverages"][0],
        "relationship": "employee",
        "subscriber": {"organization": "Mill Works", "address": ADDRESS},
    }
    visit = only(visits_file({**VISIT, "coverages": [coverage]})).visit
    assert isinstance(visit.coverage.subscriber, Employer)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"   \n",
        b"\xff\xfe\x00",
        b"\x00\x01",
        visits_file(VISIT)[:-20],
        b'{"visits": 3}',
        b'{"other": []}',
        b'{"schema_version": 2, "visits": []}',
        b"[" * 100_000,
        b'visit_id,date\n"V-1',
    ],
)
def test_a_file_that_is_unreadable_as_a_whole_is_refused_with_what_to_do(raw: bytes) -> None:
    with pytest.raises(IntakeError, match="nothing was taken in"):
        read_visits("visits.json", raw)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_whatever_are_a_traceback(raw: bytes) -> None:
    try:
        intake = read_visits("x", raw)
    except IntakeError:
        return
    assert intake.taken == ()


def test_rows_of_one_visit_become_its_services() -> None:
    second = {"visit_id": "V-1", "service.code": "97140", "service.units": "1", "service.charge": "50"}
    visit = only(csv_file(CSV_ROW, second)).visit
    assert [(service.code, service.units) for service in visit.services] == [("97110", 2), ("97140", 1)]
    assert visit.services[0].modifiers == ("GP",)
    assert visit.diagnoses == ("M5450", "M6281")
    assert visit.day.isoformat() == "2026-11-02"
    assert visit.plan_of_care is None
    assert visit.note is NOT_SUPPLIED


def test_a_row_that_contradicts_the_first_of_its_visit_keeps_the_whole_visit_out() -> None:
    intake = read_visits("v.csv", csv_file(CSV_ROW, {**CSV_ROW, "date": "11/03/2026"}))
    assert intake.taken == ()
    assert [(fault.row, fault.field) for fault in intake.faults] == [(3, "date")]


def test_a_row_of_another_width_is_a_fault_of_that_row() -> None:
    raw = csv_file(CSV_ROW) + b"V-2,2026-11-02\n"
    intake = read_visits("v.csv", raw)
    assert len(intake.taken) == 1
    assert [(fault.row, fault.field) for fault in intake.faults] == [(3, "row")]


def test_a_wrong_column_is_named_with_the_one_that_was_meant() -> None:
    columns = [name.replace("service.charge", "service.charges") for name in CSV_ROW]
    with pytest.raises(IntakeError, match=r"column 22 is not known; did you mean service\.charge\?"):
        read_visits("v.csv", csv_file(columns=columns))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(IntakeError, match=r"column service\.code is missing"):
        read_visits("v.csv", csv_file(columns=[name for name in CSV_ROW if name != "service.code"]))


def test_every_csv_column_leads_to_a_field_of_the_schema() -> None:
    definitions = json_schema()["$defs"]

    def fields(name: str) -> set[str]:
        return set(definitions[name]["properties"])

    parents = {
        "patient": "PersonDocument",
        "rendering": "ProviderDocument",
        "referring": "ProviderDocument",
        "supervising": "ProviderDocument",
        "service": "ServiceDocument",
        "note": "NoteDocument",
        "plan_of_care": "PlanOfCareDocument",
        "order": "OrderDocument",
        "progress": "ProgressDocument",
        "authorization": "AuthorizationDocument",
        "accident": "AccidentDocument",
        "coverage": "CoverageDocument",
        "facility": "FacilityDocument",
        "billing": "BillingDocument",
    }
    for column, _ in csv_columns():
        parent, _, rest = column.partition(".")
        if parent in parents and rest:
            assert rest.split(".")[0] in fields(parents[parent]), column
    assert fields("ServiceDocument") == {
        c.removeprefix("service.") for c, _ in csv_columns() if c.startswith("service.")
    }


def test_a_correction_sets_a_field_and_is_checked_like_an_import() -> None:
    document = only(visits_file(VISIT)).document
    corrected = amend(document, (("services.1.units", "2"), ("note.signed_by", "Ida Stone PT"), ("accident", "null")))
    assert isinstance(corrected, Taken)
    assert corrected.visit.services[0].units == 2
    assert isinstance(corrected.visit.note, Note)
    assert corrected.visit.accident is None
    refused = amend(document, (("date", "yesterday"),))
    assert isinstance(refused, tuple)
    assert refused[0].field == "date"


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("date=2026-11-02\r\n\n note.goals = walk=run \n", (("date", "2026-11-02"), ("note.goals", " walk=run "))),
        ('{"services.1.units": 2, "accident": null}', (("services.1.units", "2"), ("accident", "null"))),
        (
            '{"services.1.charge": 120.50, "patient.last_name": "Ag\u00fcero"}',
            (("services.1.charge", '"120.50"'), ("patient.last_name", '"Ag\\u00fcero"')),
        ),
        ("", ()),
    ],
)
def test_fields_to_set_are_read_from_lines_or_a_json_object(text: str, pairs: tuple[tuple[str, str], ...]) -> None:
    assert settings_in(text) == pairs


def test_what_a_json_object_sets_comes_to_stand_in_the_visit() -> None:
    text = '{"services.1.charge": 120.50, "patient.last_name": "Ag\u00fcero", "services.1.modifiers": ["GP"]}'
    corrected = amend(only(visits_file(VISIT)).document, settings_in(text))
    assert isinstance(corrected, Taken)
    assert corrected.visit.patient.last_name == "Ag\u00fcero"
    assert (str(corrected.visit.services[0].charge), corrected.visit.services[0].modifiers) == ("120.50", ("GP",))


@pytest.mark.parametrize(
    "text", ["date=x\nQUILL", "=QUILL", '{"QUILL"', '{"a": QUILL}', "{" * 5 + '"a":' + "[" * 99_999]
)
def test_fields_that_cannot_be_read_are_refused_without_saying_what_stands_there(text: str) -> None:
    with pytest.raises(UsageError, match="nothing was changed") as refused:
        settings_in(text)
    assert "QUILL" not in str(refused.value)


@pytest.mark.parametrize("path", ["visit_id", "services.2.units", "services.x", "date.x.y"])
def test_a_correction_that_leads_nowhere_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="nothing was changed"):
        amend(only(visits_file(VISIT)).document, ((path, "1"),))


def test_a_cell_of_former_numbers_may_hold_blanks_as_cards_print_them() -> None:
    row = {**CSV_ROW, "former_member_ids": "1EG4 TE5 MK73; 1EG4-TE5-MK72", "other_patients": "V-7 V-8"}
    visit = only(csv_file(row, columns=list(row))).visit
    assert visit.former_member_ids == ("1EG4 TE5 MK73", "1EG4-TE5-MK72")
    assert visit.other_patients == ("V-7", "V-8")
