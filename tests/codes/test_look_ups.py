from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes.carc import CarcKind, carc
from gateway.codes.claim_status import CategoryState, category, status
from gateway.codes.icd10cm import Standing, bare, diagnosis, in_force
from gateway.codes.lists import Kind, Listed, listed
from gateway.codes.modifiers import (
    DISCIPLINE_MODIFIERS,
    assistant_conflict,
    discipline_modifier,
    discipline_modifiers,
    discipline_of,
    is_released,
)
from gateway.codes.mue import mue
from gateway.codes.npi import is_npi
from gateway.codes.procedure import TherapyClass, TimeClass, procedure, procedures
from gateway.codes.ptp import pair
from gateway.codes.rarc import RarcKind, rarc
from gateway.visit import Discipline

IN_2024 = date(2024, 8, 1)
IN_FY2026 = date(2026, 5, 4)
AFTER_FY2026 = date(2026, 11, 2)


@pytest.mark.parametrize("npi", ["1234567893", "1245319599", "2234567891"])
def test_a_number_with_a_right_check_digit_is_an_npi(npi: str) -> None:
    assert is_npi(npi)


@pytest.mark.parametrize(
    "text", ["", "123456789", "12345678931", "3234567890", "1234567890", "12345x7893", "١٢٣٤٥٦٧٨٩٣"]
)
def test_anything_else_is_no_npi(text: str) -> None:
    assert not is_npi(text)


@given(st.integers(10**8, 3 * 10**8 - 1))
def test_exactly_one_check_digit_makes_an_npi(stem: int) -> None:
    valid = [digit for digit in range(10) if is_npi(f"{stem}{digit}")]
    assert len(valid) == 1


def test_procedures_say_how_their_time_counts() -> None:
    classes = {code: one.time_class for code in ("97110", "97150", "97129") if (one := procedure(code))}
    assert classes == {"97110": TimeClass.TIMED, "97150": TimeClass.UNTIMED, "97129": TimeClass.OTHER}


def test_procedures_say_who_bills_them_and_whether_medicare_pays() -> None:
    massage, pack, evaluation = procedure("97124"), procedure("97010"), procedure("97161")
    assert massage is not None
    assert pack is not None
    assert evaluation is not None
    assert massage.disciplines == {"PT", "OT", "DC", "LMT"}
    assert massage.therapy is TherapyClass.ALWAYS
    assert not pack.medicare_payable
    assert evaluation.is_evaluation
    assert evaluation.disciplines == {"PT"}


def test_a_procedure_exists_from_its_first_day() -> None:
    new = procedure("98985")
    assert new is not None
    assert not new.exists_on(date(2025, 12, 31))
    assert new.exists_on(date(2026, 1, 1))


def test_every_base_of_an_add_on_is_in_the_list() -> None:
    for one in procedures().values():
        assert all(procedure(base) for base in one.bases), one.code


def test_an_unlisted_procedure_is_none() -> None:
    assert procedure("00000") is None


def test_places_of_service_hold_by_date() -> None:
    assert listed(Kind.PLACE, "10", date(2024, 1, 1)) is Listed.YES
    assert listed(Kind.PLACE, "10", date(2021, 12, 31)) is Listed.NO
    assert listed(Kind.PLACE, "98", date(2024, 1, 1)) is Listed.NO


@pytest.mark.parametrize("code", ["M54.50", "m5450", "S13.4XXA", "B20", "Z99.89"])
def test_a_code_without_subdivisions_is_billable(code: str) -> None:
    assert diagnosis(code, IN_FY2026) is Standing.BILLABLE


@pytest.mark.parametrize("code", ["M54.5", "M54", "S13.4", "S13.4XX", "M51.36"])
def test_a_code_with_more_specific_ones_below_is_not_specific(code: str) -> None:
    assert diagnosis(code, IN_FY2026) is Standing.NOT_SPECIFIC
    assert diagnosis(code, AFTER_FY2026) is Standing.NOT_SPECIFIC


@pytest.mark.parametrize("code", ["", "M5", "Q00X9", "code", "M54.5\n0", "ZZZ"])
def test_an_unknown_code_is_only_assumed_after_the_end_of_the_list(code: str) -> None:
    assert diagnosis(code, IN_FY2026) is Standing.UNKNOWN
    assert diagnosis(code, AFTER_FY2026) is Standing.ASSUMED


def test_the_diagnoses_are_in_force_for_their_fiscal_year() -> None:
    assert in_force(date(2025, 10, 1))
    assert in_force(date(2026, 9, 30))
    assert not in_force(date(2025, 9, 30))
    assert not in_force(date(2026, 10, 1))
    assert bare(" m54.50 ") == "M5450"


def test_massage_and_manual_therapy_are_never_both_paid() -> None:
    edit = pair("97124", "97140", IN_2024)
    assert edit is not None
    assert (edit.column1, edit.column2, edit.indicator) == ("97140", "97124", "0")
    assert not edit.is_releasable
    assert not edit.assumed


@pytest.mark.parametrize(
    ("column1", "column2", "indicator"),
    [
        ("98940", "97140", "1"),
        ("98941", "98940", "0"),
        ("97150", "97110", "1"),
        ("97012", "97140", "1"),
        ("97113", "97036", "0"),
        ("97530", "97750", "1"),
        ("97161", "97750", "0"),
        ("97163", "97161", "0"),
        ("92526", "G0283", "0"),
        ("98940", "99213", "1"),
    ],
)
def test_pairs_are_found_in_either_order(column1: str, column2: str, indicator: str) -> None:
    edit = pair(column1, column2, IN_2024)
    assert edit is not None
    assert edit == pair(column2, column1, IN_2024)
    assert (edit.column1, edit.column2, edit.indicator) == (column1, column2, indicator)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("97530", "97116"),
        ("97140", "97530"),
        ("97161", "97140"),
        ("97110", "97164"),
        ("97110", "97112"),
        ("97124", "97530"),
        ("97110", "97110"),
        ("20560", "97140"),
    ],
)
def test_pairs_without_an_edit_that_binds_are_none(a: str, b: str) -> None:
    assert pair(a, b, IN_2024) is None


def test_a_deleted_edit_binds_to_its_last_day() -> None:
    assert pair("97530", "97140", date(2019, 12, 31)) is not None
    assert pair("97530", "97140", date(2020, 1, 1)) is None


def test_an_edit_past_the_end_of_its_list_is_assumed() -> None:
    edit, limit = pair("97140", "97124", AFTER_FY2026), mue("97110", AFTER_FY2026)
    assert edit is not None
    assert edit.assumed
    assert limit is not None
    assert limit.assumed


def test_limits_on_units_are_as_published() -> None:
    assert mue("97110", IN_2024) == (6, "3", False)
    assert mue("97161", IN_2024) == (1, "2", False)
    assert mue("97010", IN_2024) == (0, "3", False)
    assert mue("00000", IN_2024) is None


def test_each_discipline_modifier_leads_back_to_its_discipline() -> None:
    assert {discipline_of(m) for m in DISCIPLINE_MODIFIERS.values()} == {"PT", "OT", "SLP"}
    assert discipline_modifier(Discipline.PT) == "GP"
    assert discipline_modifier(Discipline.LMT) is None
    assert discipline_of("KX") is None
    assert discipline_modifiers(("59", "GP", "KX", "GO")) == ("GP", "GO")


def test_an_assistant_modifier_wants_its_own_discipline() -> None:
    assert assistant_conflict(("GP", "CO")) == ("CO", "GO")
    assert assistant_conflict(("CQ",)) == ("CQ", "GP")
    assert assistant_conflict(("CQ", "GP")) is None
    assert assistant_conflict(()) is None


def test_59_and_the_x_modifiers_release() -> None:
    assert is_released(("GP", "59"))
    assert is_released(("XS",))
    assert not is_released(("GP", "KX"))


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("4", "Modifier"),
        ("55", "experimental"),
        ("97", "inside another service"),
        ("170", "provider type"),
        ("204", "Plan"),
    ],
)
def test_reason_codes_have_their_own_meaning(code: str, word: str) -> None:
    reason = carc(code)
    assert reason is not None
    assert word in reason.cause
    assert reason.kind is CarcKind.DENIAL


def test_contractual_reasons_are_expected() -> None:
    kinds = {code: one.kind for code in ("45", "1", "133") if (one := carc(code))}
    assert kinds == {"45": CarcKind.EXPECTED, "1": CarcKind.EXPECTED, "133": CarcKind.INFORMATIONAL}
    assert carc("no such") is None


def test_remarks_tell_alerts_from_reasons_and_rejections() -> None:
    kinds = {code: one.kind for code in ("MA01", "M51", "MA130") if (one := rarc(code))}
    assert kinds == {"MA01": RarcKind.INFORMATIONAL, "M51": RarcKind.EXPLAINS, "MA130": RarcKind.REJECTION}
    assert rarc("no such") is None


def test_status_codes_say_what_to_do() -> None:
    taken, refused, npi = category("A2"), category("A7"), status("562")
    assert taken is not None
    assert refused is not None
    assert npi is not None
    assert taken.state is CategoryState.ACCEPTED
    assert refused.state is CategoryState.REJECTED
    assert "NPI" in npi.meaning
    assert category("562") is None
    assert status("A2") is None
