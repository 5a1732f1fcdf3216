from collections.abc import Callable

import pytest

from gateway.codes.carc import carc
from gateway.codes.procedure import procedure
from gateway.codes.rarc import rarc
from gateway.codes.table import load
from gateway.denials.route import Deadline, Route
from gateway.denials.table import advise, key, rows, table
from gateway.finding import Owner
from gateway.payer import Payer, Program
from gateway.remittance import GroupCode

CO, PR, OA = GroupCode.CONTRACTUAL, GroupCode.PATIENT, GroupCode.OTHER
MakePayer = Callable[..., Payer]


def test_every_row_is_well_formed() -> None:
    assert len(rows()) >= 120
    for row in rows():
        assert Route(row["route"])
        assert Deadline(row["deadline_class"])
        assert Owner(row["owner"])
        assert not row["program"] or Program(row["program"])
        for column in ("category", "note_section", "cause", "missing", "fix", "source"):
            assert row[column].strip(), (key(row), column)


def test_no_two_rows_are_about_the_same() -> None:
    keys = [key(row) for row in rows()]
    assert len(set(keys)) == len(keys)


def test_every_code_of_a_row_is_in_its_list() -> None:
    for row in rows():
        assert not row["carc"] or carc(row["carc"])
        assert not row["rarc"] or rarc(row["rarc"])
        assert not row["procedure"] or procedure(row["procedure"])


def test_every_listed_reason_has_its_own_row(make_payer: MakePayer) -> None:
    for listed in load("carc").rows():
        advice = advise(carc=listed["code"], rarcs=(), group=CO, procedure="", payer=make_payer())
        assert advice.decided_by.startswith(f"CARC {listed['code']}")


def test_an_unknown_reason_is_for_a_person(make_payer: MakePayer) -> None:
    advice = advise(carc="999", rarcs=("ZZ9",), group=CO, procedure="97110", payer=make_payer())
    assert advice.decided_by == "no row: a person reads it"
    assert advice.route is Route.NONE


def test_massage_denied_as_unnecessary_says_what_the_note_must_show(make_payer: MakePayer) -> None:
    advice = advise(carc="50", rarcs=("N115",), group=CO, procedure="97124", payer=make_payer())
    assert advice.decided_by == "CARC 50, procedure 97124"
    assert advice.owner is Owner.CLINICIAN
    assert "region" in advice.missing
    assert advice.note_section.startswith("Objective")
    assert advice.route is Route.APPEAL


def test_massage_beside_manual_therapy_is_not_released(make_payer: MakePayer) -> None:
    advice = advise(carc="236", rarcs=("M80",), group=CO, procedure="97124", payer=make_payer())
    assert advice.route is Route.WRITE_OFF
    assert "indicator 0" in advice.fix


@pytest.mark.parametrize("code", ["97110", "97140", "97530"])
def test_too_many_units_of_a_timed_code_ask_for_minutes(code: str, make_payer: MakePayer) -> None:
    advice = advise(carc="151", rarcs=(), group=CO, procedure=code, payer=make_payer())
    assert "minutes" in advice.missing
    assert "minutes per code" in advice.note_section


@pytest.mark.parametrize("code", ["98940", "98941", "98942"])
def test_manipulation_without_at_is_reopened_at_medicare(code: str, make_payer: MakePayer) -> None:
    advice = advise(carc="4", rarcs=(), group=CO, procedure=code, payer=make_payer(Program.MEDICARE))
    assert advice.route is Route.MEDICARE_REOPENING
    assert "AT" in advice.missing


def test_the_remark_decides_where_the_reason_is_silent(make_payer: MakePayer) -> None:
    advice = advise(carc="16", rarcs=("MA01", "M81"), group=CO, procedure="97110", payer=make_payer())
    assert advice.decided_by == "remark M81"


def test_the_reason_decides_where_it_speaks(make_payer: MakePayer) -> None:
    advice = advise(carc="29", rarcs=("M81",), group=CO, procedure="97110", payer=make_payer())
    assert advice.decided_by == "CARC 29"


def test_reason_and_remark_together_decide_before_either(make_payer: MakePayer) -> None:
    advice = advise(carc="97", rarcs=("N390",), group=CO, procedure="92507", payer=make_payer())
    assert advice.decided_by == "CARC 97, remark N390"
    assert advice.route is Route.WRITE_OFF


def test_the_first_remark_decides_between_equals(make_payer: MakePayer) -> None:
    first = advise(carc="16", rarcs=("M76", "M51"), group=CO, procedure="", payer=make_payer())
    second = advise(carc="16", rarcs=("M51", "M76"), group=CO, procedure="", payer=make_payer())
    assert (first.decided_by, second.decided_by) == ("CARC 16, remark M76", "CARC 16, remark M51")


def test_the_program_decides_before_the_procedure(make_payer: MakePayer) -> None:
    advice = advise(carc="170", rarcs=(), group=CO, procedure="97124", payer=make_payer(Program.MEDICARE))
    assert advice.decided_by == "CARC 170, program medicare"


@pytest.mark.parametrize("program", list(Program))
@pytest.mark.parametrize("code", ["16", "4", "50", "999"])
def test_what_was_never_adjudicated_is_sent_anew(code: str, program: Program, make_payer: MakePayer) -> None:
    advice = advise(carc=code, rarcs=("M51", "MA130"), group=CO, procedure="98940", payer=make_payer(program))
    assert advice.route is Route.NEW_CLAIM
    assert advice.deadline is Deadline.TIMELY_FILING


def test_a_data_fault_is_replaced_or_at_medicare_reopened(make_payer: MakePayer) -> None:
    commercial = advise(carc="11", rarcs=(), group=CO, procedure="97110", payer=make_payer())
    medicare = advise(carc="11", rarcs=(), group=CO, procedure="97110", payer=make_payer(Program.MEDICARE))
    assert (commercial.route, commercial.deadline) == (Route.CORRECTED_CLAIM, Deadline.CORRECTED_CLAIM)
    assert (medicare.route, medicare.deadline) == (Route.MEDICARE_REOPENING, Deadline.REOPENING)
    assert not commercial.route_because
    assert medicare.route_because


def test_a_payer_that_takes_no_replacement_gets_a_new_claim(make_payer: MakePayer) -> None:
    payer = make_payer(takes_replacements=False)
    assert advise(carc="11", rarcs=(), group=CO, procedure="97110", payer=payer).route is Route.NEW_CLAIM


def test_an_advantage_plan_that_takes_replacements_gets_one(make_payer: MakePayer) -> None:
    payer = make_payer(Program.MEDICARE, takes_replacements=True)
    assert advise(carc="119", rarcs=(), group=CO, procedure="97110", payer=payer).route is Route.CORRECTED_CLAIM


def test_the_therapy_threshold_without_kx_is_reopened(make_payer: MakePayer) -> None:
    advice = advise(carc="119", rarcs=(), group=CO, procedure="97110", payer=make_payer(Program.MEDICARE))
    assert advice.route is Route.MEDICARE_REOPENING
    assert "KX" in advice.missing


@pytest.mark.parametrize("group", [CO, GroupCode.PAYER_INITIATED])
def test_only_group_pr_reaches_the_patient(group: GroupCode, make_payer: MakePayer) -> None:
    spared = advise(carc="204", rarcs=(), group=group, procedure="97110", payer=make_payer())
    liable = advise(carc="204", rarcs=(), group=PR, procedure="97110", payer=make_payer())
    assert spared.route is Route.WRITE_OFF
    assert liable.route is Route.BILL_PATIENT


@pytest.mark.parametrize("carc_code", ["29", "97", "236"])
@pytest.mark.parametrize("program", list(Program))
def test_late_and_bundled_services_never_become_the_patients(
    carc_code: str, program: Program, make_payer: MakePayer
) -> None:
    for code in ("97110", "97124", "97140", "97161"):
        advice = advise(carc=carc_code, rarcs=(), group=CO, procedure=code, payer=make_payer(program))
        assert advice.route is not Route.BILL_PATIENT


def test_a_write_off_under_pr_is_the_patients(make_payer: MakePayer) -> None:
    advice = advise(carc="170", rarcs=(), group=PR, procedure="", payer=make_payer())
    assert advice.route is Route.BILL_PATIENT
    assert "PR" in advice.route_because


def test_the_table_says_where_it_is_from() -> None:
    assert "X12" in table().source
