from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from gateway.remit.match import match
from gateway.remittance import LinePayment


def controls(found: Any) -> list[tuple[str, str]]:
    return [(line.control, answer.procedure) for line, answer in found.matched]


def places(found: Any) -> list[tuple[str, int]]:
    return [(line.control, answer.ordinal) for line, answer in found.matched]


def test_lines_are_found_by_our_control_in_any_order(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00", "GP"), make.line("2", "97140", "40.00", "GP")]
    payment = make.payment(
        "100.00",
        "100.00",
        make.answer("97140", "40.00", "40.00", control="2"),
        make.answer("97110", "60.00", "60.00", control="1"),
    )
    found = match(payment, lines)
    assert controls(found) == [("1", "97110"), ("2", "97140")]
    assert found.is_whole


def test_a_control_decides_even_where_the_payer_changed_the_code(make: Any) -> None:
    lines = [make.line("1", "97014", "30.00")]
    found = match(make.payment("30.00", "30.00", make.answer("G0283", "30.00", "30.00", control="1")), lines)
    assert controls(found) == [("1", "G0283")]


def test_without_controls_like_lines_are_taken_in_order(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00", "GP", "59"), make.line("2", "97110", "60.00", "GP", "59")]
    answers = [
        make.answer("97110", "60.00", "60.00", modifiers=("59", "GP"), ordinal=20),
        make.answer("97110", "60.00", "0.00", ("CO", "18", "60.00"), modifiers=("59", "GP"), ordinal=22),
    ]
    found = match(make.payment("120.00", "60.00", *answers), lines)
    assert [(line.control, answer.ordinal) for line, answer in found.matched] == [("1", 20), ("2", 22)]


def test_without_controls_the_assistants_line_is_told_by_its_modifier(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00", "GP"), make.line("2", "97110", "60.00", "GP", "CQ")]
    answers = [
        make.answer("97110", "60.00", "51.00", ("CO", "45", "9.00"), modifiers=("GP", "CQ"), ordinal=20),
        make.answer("97110", "60.00", "60.00", modifiers=("GP",), ordinal=22),
    ]
    found = match(make.payment("120.00", "111.00", *answers), lines)
    assert sorted((line.control, answer.ordinal) for line, answer in found.matched) == [("1", 22), ("2", 20)]


def test_a_line_claimed_by_control_is_not_given_away_by_likeness(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97110", "60.00")]
    answers = [
        make.answer("97110", "60.00", "60.00", ordinal=20),
        make.answer("97110", "60.00", "60.00", control="1", ordinal=22),
    ]
    found = match(make.payment("120.00", "120.00", *answers), lines)
    assert [(line.control, answer.ordinal) for line, answer in found.matched] == [("1", 22), ("2", 20)]


@pytest.mark.parametrize(
    ("code", "charge", "day"), [("97112", "60.00", 4), ("97110", "61.00", 4), ("97110", "60.00", 5)]
)
def test_procedure_charge_and_day_are_never_passed_over(make: Any, code: str, charge: str, day: int) -> None:
    lines = [make.line("1", "97110", "60.00", "GP", units=2)]
    answer = make.answer(code, charge, charge, modifiers=("GP",), units="2")._replace(day=date(2026, 5, day))
    found = match(make.payment(charge, charge, answer), lines)
    assert found.matched == ()
    assert found.unmatched == (answer,)
    assert found.unanswered == tuple(lines)
    assert not found.is_whole


def test_units_that_the_payer_left_out_do_not_count(make: Any) -> None:
    answer = make.answer("97110", "60.00", "60.00", units=None)
    assert match(make.payment("60.00", "60.00", answer), [make.line("1", "97110", "60.00", units=2)]).is_whole


def test_a_reversal_is_found_by_its_negated_charge(make: Any) -> None:
    answer = make.answer("97110", "-60.00", "-60.00", units="-1")
    assert match(make.payment("-60.00", "-60.00", answer, status="22"), [make.line("1", "97110", "60.00")]).is_whole


def test_a_line_that_the_payer_made_up_is_said_to_be_nobodys(make: Any) -> None:
    lines = [make.line("1", "92521", "90.00")]
    mine = make.answer("92521", "90.00", "0.00", ("CO", "97", "90.00"), control="1")
    bundle = make.answer("92523", "0.00", "70.00", ("CO", "94", "-70.00"))
    found = match(make.payment("90.00", "70.00", mine, bundle), lines)
    assert found.unmatched == (bundle,)
    assert controls(found) == [("1", "92521")]


def test_two_answers_to_one_line_that_do_not_come_to_its_charge_are_nobodys(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00")]
    answers = [make.answer("97110", "60.00", "60.00", control="1"), make.answer("97110", "60.00", "60.00", control="1")]
    found = match(make.payment("120.00", "120.00", *answers), lines)
    assert found.matched == ()
    assert found.unmatched == tuple(answers)


def test_two_answers_to_one_line_are_not_the_pieces_of_another(make: Any) -> None:
    """Together they come to the charge of another line of the same procedure: their controls say that it is not that one."""
    lines = [make.line("1", "97110", "120.00", "GP"), make.line("2", "97110", "90.00", "GP", "59")]
    answers = [make.answer("97110", charge, charge, control="1", modifiers=("GP",)) for charge in ("60.00", "30.00")]
    found = match(make.payment("90.00", "90.00", *answers), lines)
    assert (found.matched, found.unmatched) == ((), tuple(answers))


def test_an_answer_without_lines_leaves_all_unanswered(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00")]
    found = match(make.payment("60.00", "60.00"), lines)
    assert found.unanswered == tuple(lines)
    assert found.lines == tuple(lines)


def test_a_control_is_ours_in_any_case_and_with_blanks(make: Any) -> None:
    lines = [make.line("AB01", "97110", "60.00"), make.line("AB02", "97110", "60.00")]
    answers = [
        make.answer("97110", "60.00", "60.00", control=one, ordinal=at) for one, at in ((" ab 02", 20), ("Ab01", 21))
    ]
    found = match(make.payment("120.00", "120.00", *answers), lines)
    assert places(found) == [("AB01", 21), ("AB02", 20)]
    assert found.by_content == frozenset()


def test_controls_that_were_swapped_are_not_believed(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97140", "60.00")]
    answers = [
        make.answer("97140", "60.00", "60.00", control="1"),
        make.answer("97110", "60.00", "60.00", control="2"),
    ]
    assert match(make.payment("120.00", "120.00", *answers), lines).unmatched == tuple(answers)


def test_a_changed_code_that_stands_in_another_line_too_stays_with_its_control(make: Any) -> None:
    lines = [make.line("1", "97014", "30.00"), make.line("2", "G0283", "30.00")]
    answers = [
        make.answer("G0283", "30.00", "30.00", control="1", ordinal=20),
        make.answer("G0283", "30.00", "30.00", control="2", ordinal=21),
    ]
    assert places(match(make.payment("60.00", "60.00", *answers), lines)) == [("1", 20), ("2", 21)]


def test_one_control_given_to_two_lines_gives_way_to_what_they_say(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97140", "40.00")]
    answers = [
        make.answer("97140", "40.00", "40.00", control="1", ordinal=20),
        make.answer("97110", "60.00", "60.00", control="1", ordinal=21),
    ]
    assert places(match(make.payment("100.00", "100.00", *answers), lines)) == [("1", 21), ("2", 20)]


def test_a_procedure_that_the_payer_changed_is_found_by_what_it_says_was_billed(make: Any) -> None:
    lines = [make.line("1", "97014", "30.00", "GP"), make.line("2", "97035", "30.00", "GP")]
    answers = [
        make.answer("G0283", "30.00", "20.00", billed="97014:GP", ordinal=20),
        make.answer("97035", "30.00", "25.00", modifiers=("GP",), ordinal=21),
    ]
    assert places(match(make.payment("60.00", "45.00", *answers), lines)) == [("1", 20), ("2", 21)]


def test_what_was_billed_wins_over_what_was_adjudicated(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97530", "60.00")]
    answer = make.answer("97530", "60.00", "60.00", billed="97110")
    assert controls(match(make.payment("60.00", "60.00", answer), lines)) == [("1", "97530")]


def test_units_that_were_billed_tell_lines_apart(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00", units=1), make.line("2", "97110", "60.00", units=2)]
    answer = make.answer("97110", "60.00", "30.00", ("CO", "151", "30.00"), units="1", billed_units="2", ordinal=20)
    assert places(match(make.payment("60.00", "30.00", answer), lines)) == [("2", 20)]


@pytest.mark.parametrize("modifiers", [(), ("GP",), ("GP", "GA")])
def test_dropped_or_changed_modifiers_do_not_hide_the_only_line_that_fits(
    make: Any, modifiers: tuple[str, ...]
) -> None:
    lines = [make.line("1", "97110", "60.00", "GP", "59"), make.line("2", "97140", "60.00", "GP")]
    answer = make.answer("97110", "60.00", "60.00", modifiers=modifiers, ordinal=20)
    found = match(make.payment("60.00", "60.00", answer), lines)
    assert places(found) == [("1", 20)]
    assert found.by_content == {"1"}


def test_changed_units_do_not_hide_the_only_line_that_fits(make: Any) -> None:
    answer = make.answer("97110", "60.00", "30.00", ("CO", "151", "30.00"), units="1", ordinal=20)
    assert places(match(make.payment("60.00", "30.00", answer), [make.line("1", "97110", "60.00", units=2)])) == [
        ("1", 20)
    ]


def test_without_its_modifiers_an_answer_is_not_given_to_one_of_two_lines(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00", "GP"), make.line("2", "97110", "60.00", "GP", "59")]
    answer = make.answer("97110", "60.00", "60.00")
    assert match(make.payment("60.00", "60.00", answer), lines).unmatched == (answer,)


def test_two_answers_without_modifiers_are_not_shared_out_when_they_differ(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00", "GP"), make.line("2", "97110", "60.00", "GP", "59")]
    answers = [make.answer("97110", "60.00", "60.00"), make.answer("97110", "60.00", "0.00", ("CO", "18", "60.00"))]
    assert match(make.payment("120.00", "60.00", *answers), lines).unmatched == tuple(answers)


def test_two_answers_that_say_the_same_may_go_to_either_line(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00", "GP"), make.line("2", "97110", "60.00", "GP", "59")]
    answers = [make.answer("97110", "60.00", "60.00", ordinal=at) for at in (20, 21)]
    assert match(make.payment("120.00", "120.00", *answers), lines).is_whole


def test_two_answers_all_alike_one_line_leave_the_other_to_nobody(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00", "GP"), make.line("2", "97110", "60.00", "GP", "59")]
    answers = [
        make.answer("97110", "60.00", "60.00", modifiers=("GP",)),
        make.answer("97110", "60.00", "0.00", ("CO", "18", "60.00"), modifiers=("GP",)),
    ]
    assert match(make.payment("120.00", "60.00", *answers), lines).unmatched == tuple(answers)


@pytest.mark.parametrize(
    ("modifiers", "units", "control"),
    [(("GP",), "1", ""), (("GP", "59"), "1", "2"), (("GP",), None, ""), ((), "1", "")],
)
def test_one_answer_beside_a_silent_line_goes_to_neither_if_it_may_have_lost_what_tells_them_apart(
    make: Any, modifiers: tuple[str, ...], units: str | None, control: str
) -> None:
    lines = [make.line("1", "97110", "60.00", "GP", units=2), make.line("2", "97110", "60.00", "GP", "59")]
    answer = make.answer("97110", "60.00", "60.00", modifiers=modifiers, units=units)
    found = match(make.payment("60.00", "60.00", answer), lines)
    assert [one for one, _ in controls(found)] == [one for one in (control,) if one]
    told = answer._replace(billed_units=Decimal(2), billed_modifiers=("GP",))
    assert [one for one, _ in controls(match(make.payment("60.00", "60.00", told), lines))] == ["1"]


@pytest.mark.parametrize("named", [("1", "1"), ("", ""), ("1", ""), ("", "1")])
def test_the_pieces_of_a_line_are_put_together(make: Any, named: tuple[str, str]) -> None:
    lines = [make.line("1", "97110", "120.00", "GP", units=2), make.line("2", "97140", "60.00", "GP")]
    answers = [
        make.answer(
            "97110", "60.00", "50.00", ("CO", "45", "10.00"), control=named[0], modifiers=("GP",), remarks=("N1",)
        ),
        make.answer(
            "97110",
            "60.00",
            "0.00",
            ("CO", "45", "5.00"),
            ("CO", "151", "55.00"),
            control=named[1],
            remarks=("N1", "N2"),
        ),
    ]
    found = match(make.payment("120.00", "50.00", *answers), lines)
    ((line, answer),) = found.matched
    assert line.control == "1"
    assert (answer.charge, answer.paid, answer.units) == (Decimal("120.00"), Decimal("50.00"), Decimal(2))
    assert (answer.procedure, answer.modifiers, answer.remarks) == ("97110", ("GP",), ("N1", "N2"))
    assert [(one.carc, one.amount) for one in answer.adjustments] == [
        ("45", Decimal("15.00")),
        ("151", Decimal("55.00")),
    ]
    assert found.split == {"1": tuple(answers)}
    assert found.unmatched == ()


def test_units_that_pieces_cut_are_added_up_by_reason(make: Any) -> None:
    """CAS04 tells how many units a reason took. What one piece leaves out, the others say."""

    def cut(*quantities: str | None, paid: str = "40.00") -> LinePayment:
        answer = make.answer("97110", "60.00", paid, *(("CO", "45", "10.00"), ("CO", "151", "10.00")), control="1")
        told = zip(answer.adjustments, quantities, strict=True)
        adjustments = tuple(one._replace(quantity=None if of is None else Decimal(of)) for one, of in told)
        found: LinePayment = answer._replace(adjustments=adjustments, billed_units=Decimal(2))
        return found

    pieces = [cut(None, "1"), cut(None, "2"), cut(None, None)]
    found = match(make.payment("180.00", "120.00", *pieces), [make.line("1", "97110", "180.00", units=3)])
    ((_, answer),) = found.matched
    assert [(one.carc, one.amount, one.quantity) for one in answer.adjustments] == [
        ("45", Decimal("30.00"), None),
        ("151", Decimal("30.00"), Decimal(3)),
    ]
    assert (answer.units, answer.billed_units, answer.ordinal, answer.day) == (Decimal(3), None, 20, make.day)


def test_a_piece_in_another_procedure_is_told_by_the_control(make: Any) -> None:
    answers = [make.answer(code, "60.00", "60.00", control="1") for code in ("97112", "97110")]
    ((_, answer),) = match(make.payment("120.00", "120.00", *answers), [make.line("1", "97110", "120.00")]).matched
    assert answer.procedure == "97110"


def test_a_piece_that_takes_back_is_no_piece(make: Any) -> None:
    answers = [make.answer("97110", charge, charge, control="1") for charge in ("180.00", "-60.00")]
    found = match(make.payment("120.00", "120.00", *answers), [make.line("1", "97110", "120.00")])
    assert found.unmatched == tuple(answers)


@pytest.mark.parametrize(("status", "charges"), [("1", ("0.00", "120.00")), ("22", ("-120.00", "0.00"))])
def test_a_piece_over_nothing_is_a_piece(make: Any, status: str, charges: tuple[str, str]) -> None:
    answers = [make.answer("97110", charge, charge, control="1") for charge in charges]
    payment = make.payment(str(sum(map(Decimal, charges))), "0.00", *answers, status=status)
    ((_, answer),) = match(payment, [make.line("1", "97110", "120.00")]).matched
    assert answer.charge == payment.charge


def test_pieces_that_could_be_of_either_of_two_lines_are_nobodys(make: Any) -> None:
    lines = [make.line("1", "97110", "120.00", "GP"), make.line("2", "97110", "120.00", "GP", "59")]
    answers = [make.answer("97110", "60.00", "60.00"), make.answer("97110", "60.00", "50.00", ("CO", "45", "10.00"))]
    assert match(make.payment("120.00", "110.00", *answers), lines).unmatched == tuple(answers)


def test_pieces_of_two_lines_are_told_apart_by_their_charges(make: Any) -> None:
    lines = [make.line("1", "97110", "100.00"), make.line("2", "97110", "50.00")]
    answers = [
        make.answer("97110", charge, charge, ordinal=at)
        for at, charge in enumerate(("70.00", "20.00", "30.00", "30.00"))
    ]
    for order in permutations(answers):
        found = match(make.payment("150.00", "150.00", *order), lines)
        assert {control: {one.charge for one in pieces} for control, pieces in found.split.items()} == {
            "1": {Decimal("70.00"), Decimal("30.00")},
            "2": {Decimal("20.00"), Decimal("30.00")},
        }


def test_pieces_that_can_be_put_together_in_two_ways_are_nobodys(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97110", "120.00")]
    answers = [
        make.answer("97110", "60.00", paid, ("CO", "45", rest))
        for paid, rest in (("50.00", "10.00"), ("40.00", "20.00"), ("30.00", "30.00"))
    ]
    assert match(make.payment("180.00", "120.00", *answers), lines).unmatched == tuple(answers)


def test_pieces_that_say_the_same_are_put_together_in_any_way(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97110", "120.00")]
    answers = [make.answer("97110", "60.00", "60.00", ordinal=at) for at in (20, 21, 22)]
    found = match(make.payment("180.00", "180.00", *answers), lines)
    assert found.is_whole
    assert list(found.split) == ["2"]


def test_more_pieces_than_anybody_can_follow_are_nobodys(make: Any) -> None:
    lines = [make.line(str(at), "97110", "400.00", *([str(at)] if at else [])) for at in range(8)]
    answers = [make.answer("97110", f"{at}.01", f"{at}.01") for at in range(1, 30)]
    assert match(make.payment("435.29", "435.29", *answers), lines).unmatched == tuple(answers)


@pytest.mark.parametrize("control", ["", "1", "2"])
def test_one_answer_to_several_lines_is_shared_by_their_charges(make: Any, control: str) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97110", "30.00"), make.line("3", "97140", "40.00")]
    joint = make.answer(
        "97110", "90.00", "50.00", ("CO", "45", "10.01"), ("PR", "2", "29.99"), units="2", control=control
    )
    found = match(make.payment("90.00", "50.00", joint), lines)
    assert [(line.control, answer.charge, answer.paid) for line, answer in found.matched] == [
        ("1", Decimal("60.00"), Decimal("33.34")),
        ("2", Decimal("30.00"), Decimal("16.66")),
    ]
    for line, answer in found.matched:
        assert answer.paid + answer.adjusted == line.charge
        assert (answer.units, answer.billed_units) == (Decimal(1), None)
        assert {one.quantity for one in answer.adjustments} == {None}
    assert found.joined == {"1": joint, "2": joint}
    assert found.unanswered == (lines[2],)


@pytest.mark.parametrize(
    ("code", "billed", "charge"), [("97530", "97110", "90.00"), ("97530", "", "90.00"), ("97110", "", "80.00")]
)
def test_a_joined_answer_in_another_code_or_over_another_charge_is_nobodys(
    make: Any, code: str, billed: str, charge: str
) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97110", "30.00")]
    joint = make.answer(code, charge, charge, billed=billed)
    assert match(make.payment(charge, charge, joint), lines).unmatched == (joint,)


def test_a_joined_answer_to_some_of_the_lines_that_are_left_is_nobodys(make: Any) -> None:
    lines = [make.line(str(at), "97110", "60.00", *modifiers) for at, modifiers in enumerate(((), ("59",), ("KX",)))]
    joint = make.answer("97110", "120.00", "120.00")
    assert match(make.payment("120.00", "120.00", joint), lines).unmatched == (joint,)


def test_a_joined_answer_that_does_not_add_up_is_nobodys(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97110", "30.00")]
    joint = make.answer("97110", "90.00", "50.00")
    assert match(make.payment("90.00", "50.00", joint), lines).unmatched == (joint,)


def test_a_control_with_another_charge_is_told_as_that_line(make: Any) -> None:
    answer = make.answer("97110", "50.00", "50.00", control="1")
    assert controls(match(make.payment("50.00", "50.00", answer), [make.line("1", "97110", "60.00")])) == [
        ("1", "97110")
    ]
