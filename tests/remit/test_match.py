from typing import Any

from gateway.remit.match import match


def controls(found: Any) -> list[tuple[str, str]]:
    return [(line.control, answer.procedure) for line, answer in found.matched]


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


def test_a_line_claimed_by_control_is_not_given_away_by_likeness(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97110", "60.00")]
    answers = [
        make.answer("97110", "60.00", "60.00", ordinal=20),
        make.answer("97110", "60.00", "60.00", control="1", ordinal=22),
    ]
    found = match(make.payment("120.00", "120.00", *answers), lines)
    assert [(line.control, answer.ordinal) for line, answer in found.matched] == [("1", 22), ("2", 20)]


def test_procedure_modifiers_charge_units_and_day_all_count(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00", "GP", units=2)]
    for answer in (
        make.answer("97112", "60.00", "60.00", modifiers=("GP",), units="2"),
        make.answer("97110", "60.00", "60.00", modifiers=("GO",), units="2"),
        make.answer("97110", "61.00", "61.00", modifiers=("GP",), units="2"),
        make.answer("97110", "60.00", "60.00", modifiers=("GP",), units="1"),
    ):
        found = match(make.payment("60.00", "60.00", answer), lines)
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


def test_two_answers_to_one_line_use_it_once(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00")]
    answers = [make.answer("97110", "60.00", "60.00", control="1"), make.answer("97110", "60.00", "60.00", control="1")]
    found = match(make.payment("120.00", "120.00", *answers), lines)
    assert len(found.matched) == 1
    assert len(found.unmatched) == 1


def test_an_answer_without_lines_leaves_all_unanswered(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00")]
    found = match(make.payment("60.00", "60.00"), lines)
    assert found.unanswered == tuple(lines)
    assert found.lines == tuple(lines)
