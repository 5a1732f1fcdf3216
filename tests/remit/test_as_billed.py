"""What an answer names as billed, beside a line of ours."""

from decimal import Decimal
from typing import Any

import pytest

from gateway.remit.as_billed import (
    billed_of,
    content_of,
    is_alike,
    is_near,
    is_same_service,
    may_have_lost,
    plain,
    procedure_of,
)


def test_numbers_are_told_without_blanks_and_in_upper_case() -> None:
    assert [plain(text) for text in ("", " 9711 0\t", "ab-1 c")] == ["", "97110", "AB-1C"]


def test_what_was_billed_goes_before_what_was_adjudicated(make: Any) -> None:
    assert procedure_of(make.answer("97530", "60.00", "0.00", billed="97110:GP")) == "97110"
    assert procedure_of(make.answer("g0283 ", "60.00", "0.00")) == "G0283"


def test_a_day_that_is_not_named_is_no_other_day(make: Any) -> None:
    line, answer = make.line("1", "97110", "60.00"), make.answer("97110", "60.00", "60.00")
    assert is_same_service(answer, line)
    assert is_same_service(answer._replace(day=None), line)
    assert not is_same_service(answer._replace(day=make.day.replace(day=9)), line)
    assert not is_same_service(answer._replace(procedure="97112"), line)


def test_near_is_another_charge_never_and_a_reversal_always(make: Any) -> None:
    line = make.line("1", "97110", "60.00", "GP", units=2)
    assert is_near(make.answer("97110", "60.00", "60.00"), line)
    assert is_near(make.answer("97110", "-60.00", "-60.00"), line)
    assert not is_near(make.answer("97110", "59.99", "59.99"), line)
    assert not is_near(make.answer("97112", "60.00", "60.00"), line)


@pytest.mark.parametrize(
    ("modifiers", "units", "alike"),
    [
        (("GP", "59"), "2", True),
        (("59", "GP"), "2", True),
        (("GP", "59"), "-2", True),
        (("GP", "59"), None, True),
        (("GP",), "2", False),
        (("GP", "59", "KX"), "2", False),
        (("GP", "59"), "1", False),
    ],
)
def test_alike_is_all_that_it_names(
    make: Any,
    modifiers: tuple[str, ...],
    units: str | None,
    *,
    alike: bool,
) -> None:
    line = make.line("1", "97110", "60.00", "GP", "59", units=2)
    assert is_alike(make.answer("97110", "60.00", "60.00", modifiers=modifiers, units=units), line) is alike
    # What it says was billed wins over what was adjudicated.
    told = make.answer("97110", "60.00", "60.00", modifiers=("ZZ",), units="9", billed="97110:GP:59", billed_units="2")
    assert is_alike(told, line)
    assert not is_alike(told._replace(billed_units=Decimal(1)), line)


def test_what_may_have_lost_something_names_less_and_nothing_else(make: Any) -> None:
    line = make.line("1", "97110", "60.00", "GP", "59", units=2)

    def lost(*modifiers: str, units: str | None = "2", **more: Any) -> bool:
        return may_have_lost(make.answer("97110", "60.00", "60.00", modifiers=modifiers, units=units, **more), line)

    assert lost("GP", "59")
    assert lost("GP")
    assert lost()
    assert lost(units="1")
    assert lost(units=None)
    assert not lost("GP", "KX")
    assert not lost(units="3")
    # One that says what was billed has lost nothing.
    assert not lost("GP", billed="97110:GP")
    assert lost("GP", billed="97110:GP:59")
    assert not lost("GP", billed_units="1")
    assert not may_have_lost(make.answer("97110", "50.00", "50.00"), line)


def test_what_tells_answers_and_lines_apart(make: Any) -> None:
    answer = make.answer("97110", "60.00", "60.00", control="1", ordinal=20)
    assert content_of(answer) == content_of(answer._replace(control="2", ordinal=30))
    assert content_of(answer) != content_of(answer._replace(paid=Decimal("59.00")))
    line = make.line("1", "97110", "60.00", "GP", "59")
    assert billed_of(line) == billed_of(make.line("2", "97110", "60.00", "59", "GP"))
    for other in (
        make.line("1", "97112", "60.00", "GP", "59"),
        make.line("1", "97110", "60.00", "GP"),
        make.line("1", "97110", "61.00", "GP", "59"),
        make.line("1", "97110", "60.00", "GP", "59", units=2),
    ):
        assert billed_of(line) != billed_of(other)
