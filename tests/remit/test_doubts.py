from decimal import Decimal
from typing import Any

import pytest

from gateway.claim import ServiceLine
from gateway.remit.doubts import doubts
from gateway.remit.match import match
from gateway.remittance import ClaimPayment


def told(payment: ClaimPayment, *lines: ServiceLine) -> list[str]:
    found = match(payment, lines)
    assert found.unmatched == ()
    return list(doubts(payment, found))


def test_an_answer_to_what_was_billed_leaves_no_doubt(make: Any) -> None:
    answer = make.answer("97110", "60.00", "60.00", modifiers=("59", "GP"), units="2", control="1")
    assert told(make.payment("60.00", "60.00", answer), make.line("1", "97110", "60.00", "GP", "59", units=2)) == []


def test_what_was_adjudicated_is_told_beside_what_was_billed(make: Any) -> None:
    answer = make.answer("97161", "150.00", "90.00", ("CO", "150", "60.00"), billed="97163:GP", modifiers=("GP",))
    assert told(make.payment("150.00", "90.00", answer), make.line("1", "97163", "150.00", "GP")) == [
        "97163 was billed, and 97161 is answered"
    ]


def test_what_the_payer_takes_as_billed_and_was_not_is_told(make: Any) -> None:
    answer = make.answer("97110", "60.00", "60.00", billed="97112", billed_units="3", units="2", control="1")
    assert told(make.payment("60.00", "60.00", answer), make.line("1", "97110", "60.00", units=2)) == [
        "97110 was billed, and the payer says that 97112 was",
        "2 units of 97110 were billed, and the payer says that 3 were",
    ]


@pytest.mark.parametrize(
    ("units", "billed_units", "said"),
    [
        ("1", None, ["of 2 units of 97110, 1 are answered"]),
        ("1", "2", ["of 2 units of 97110, 1 are answered"]),
        ("3", None, ["2 units of 97110 were billed, and 3 are answered"]),
        ("2", "2", []),
        (None, None, []),
    ],
)
def test_units_that_differ_are_told(make: Any, units: str | None, billed_units: str | None, said: list[str]) -> None:
    answer = make.answer("97110", "60.00", "60.00", units=units, billed_units=billed_units, control="1")
    assert told(make.payment("60.00", "60.00", answer), make.line("1", "97110", "60.00", units=2)) == said


@pytest.mark.parametrize(("modifiers", "shown"), [((), "no modifier"), (("GP",), "GP"), (("GO", "59"), "GO 59")])
def test_dropped_and_changed_modifiers_are_told(make: Any, modifiers: tuple[str, ...], shown: str) -> None:
    answer = make.answer("97110", "60.00", "60.00", modifiers=modifiers)
    assert told(make.payment("60.00", "60.00", answer), make.line("1", "97110", "60.00", "GP", "59")) == [
        f"97110 was billed with GP 59, and is answered with {shown}"
    ]


@pytest.mark.parametrize(
    ("modifiers", "said"), [((), []), (("GP",), []), (("GO",), ["GO"]), (("59", "GP", "KX"), ["59 GP KX"])]
)
def test_a_modifier_that_was_left_out_is_not_told_where_our_control_is(
    make: Any, modifiers: tuple[str, ...], said: list[str]
) -> None:
    answer = make.answer("97110", "60.00", "60.00", modifiers=modifiers, control="1")
    assert told(make.payment("60.00", "60.00", answer), make.line("1", "97110", "60.00", "GP", "59")) == [
        f"97110 was billed with GP 59, and is answered with {one}" for one in said
    ]


def test_pieces_are_told_unless_their_units_are_the_lines(make: Any) -> None:
    line = make.line("1", "97110", "120.00", units=2)

    def said(units: str | None) -> list[str]:
        pieces = [make.answer("97110", "60.00", "60.00", control="1", units=units) for _ in range(2)]
        return told(make.payment("120.00", "120.00", *pieces), line)

    in_pieces = "97110 is answered in 2 pieces, which were added up by their charges"
    assert said("1") == []
    assert said(None) == [in_pieces]
    assert said("2") == ["2 units of 97110 were billed, and 4 are answered", in_pieces]


@pytest.mark.parametrize(
    ("units", "more"), [("3", []), (None, []), ("1", ["of their 3 units together, 1 are answered"])]
)
def test_joined_lines_are_told_once(make: Any, units: str | None, more: list[str]) -> None:
    lines = [make.line("1", "97110", "60.00", units=2), make.line("2", "97110", "30.00")]
    joint = make.answer("97110", "90.00", "90.00", units=units)
    assert told(make.payment("90.00", "90.00", joint), *lines) == [
        "2 lines of 97110 are answered as one over $90.00: its amounts are shared over them by their charges",
        *more,
    ]


def test_of_a_reversal_nothing_is_told(make: Any) -> None:
    answer = make.answer("97110", "-60.00", "-60.00", modifiers=("GP",), units="-1")
    assert told(make.payment("-60.00", "-60.00", answer, status="22"), make.line("1", "97110", "60.00", units=2)) == []


def test_more_than_was_charged_is_told(make: Any) -> None:
    answer = make.answer("97110", "60.00", "70.00", ("CO", "94", "-10.00"), control="1")
    assert told(make.payment("60.00", "70.00", answer), make.line("1", "97110", "60.00")) == [
        "$70.00 are paid for 97110, which was charged $60.00"
    ]
    payment = make.payment("60.00", "70.00", cas=(("CO", "94", "-10.00"),))
    assert payment.paid == Decimal("70.00")
    assert told(payment, make.line("1", "97110", "60.00")) == ["$70.00 are paid, and $60.00 were charged"]
