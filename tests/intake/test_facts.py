"""The three states of a fact inside a note, a plan, an order and a report: given, none, not supplied."""

import pytest

from gateway.intake import csv_columns, visit_of
from gateway.visit import NOT_SUPPLIED, Note, Order, PlanOfCare, Progress
from tests.intake.files import CSV_ROW, VISIT, csv_file, only, visits_file

NOTE = tuple(name.removeprefix("note.") for name, _ in csv_columns() if name.startswith("note."))
FACTS = ("subjective", "objective", "assessment", "plan", "signed_by", "signed_at")
PLAN = {"plan_of_care": "", "plan_of_care.established": "10/12/2026"}


def note_of(**cells: str) -> Note:
    taken = only(csv_file({**CSV_ROW, **{f"note.{name}": cell for name, cell in cells.items()}}, columns=columns()))
    assert isinstance(taken.visit.note, Note)
    assert visit_of(taken.document) == taken.visit
    return taken.visit.note


def columns() -> list[str]:
    return [*CSV_ROW, *(f"note.{name}" for name in NOTE)]


def test_the_columns_of_the_note_are_its_fields() -> None:
    assert set(NOTE) == set(Note.__dataclass_fields__)


@pytest.mark.parametrize("field", NOTE)
def test_none_in_a_cell_of_the_note_says_that_there_is_none(field: str) -> None:
    """Beside it the others are empty, which says nothing of them."""
    note = note_of(**{"subjective" if field != "subjective" else "plan": "Better.", field: "none"})
    assert not getattr(note, field)
    for name in FACTS:
        expected = None if name == field else NOT_SUPPLIED
        if name != ("subjective" if field != "subjective" else "plan"):
            assert getattr(note, name) is expected


def test_a_note_may_be_all_none() -> None:
    note = note_of(**dict.fromkeys(NOTE, "None"))
    assert note == Note(subjective=None, objective=None, assessment=None, plan=None, signed_by=None, signed_at=None)


@pytest.mark.parametrize("field", ["certified_on", "delay_reason", "sent_to_referrer_on"])
def test_what_is_known_of_a_certification_is_given_none_or_not_supplied(field: str) -> None:
    def plan(cell: str) -> PlanOfCare:
        row = {**CSV_ROW, **PLAN, f"plan_of_care.{field}": cell}
        found = only(csv_file(row, columns=list(row))).visit.plan_of_care
        assert isinstance(found, PlanOfCare)
        return found

    assert getattr(plan(""), field) is NOT_SUPPLIED
    assert getattr(plan("none"), field) is None
    assert getattr(plan("2026-11-02"), field)


def test_null_in_a_text_that_is_no_fact_is_as_if_it_were_empty() -> None:
    document = {
        **VISIT,
        "plan_of_care": {"established": "2026-10-12", "certified_by": None},
        "order": {"dated": "2026-10-01", "signed": True, "ordered_by_npi": None},
        "progress": {"last_report": "2026-10-26", "written_by": None},
    }
    taken = only(visits_file(document))
    visit = taken.visit
    assert isinstance(visit.plan_of_care, PlanOfCare)
    assert isinstance(visit.order, Order)
    assert isinstance(visit.progress, Progress)
    assert (visit.plan_of_care.certified_by, visit.order.ordered_by_npi, visit.progress.written_by) == ("", "", "")
    assert visit_of(taken.document) == visit


@pytest.mark.parametrize("number", ["1EG4-TE5-MK73", "1EG4 TE5 MK73"])
def test_a_medicare_number_comes_in_as_the_card_prints_it(number: str) -> None:
    document = {**VISIT, "coverages": [{"payer_id": "MCRB1", "member_id": number}]}
    assert only(visits_file(document)).visit.coverage.member_id == number
