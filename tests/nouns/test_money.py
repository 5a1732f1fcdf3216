from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.money import cents, dollars, exact, from_cents, shown, wire

AMOUNTS = st.integers(-(10**14), 10**14)


@given(AMOUNTS)
def test_cents_and_the_wire_give_the_same_amount_back(count: int) -> None:
    amount = from_cents(count)
    assert cents(amount) == count
    assert dollars(wire(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "written"), [("0.00", "0"), ("12.50", "12.5"), ("100.00", "100"), ("-0.50", "-.5"), ("0.05", ".05")]
)
def test_the_wire_carries_no_needless_zero(amount: str, written: str) -> None:
    assert wire(Decimal(amount)) == written


@pytest.mark.parametrize("text", ["", "x", "1.234", "NaN", "Infinity", "1E+30", "1e2", "--1", "9" * 20])
def test_what_is_not_dollars_and_cents_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        dollars(text)


def test_fractions_of_a_cent_are_refused_rather_than_rounded() -> None:
    with pytest.raises(ValueError, match="amount"):
        exact(Decimal("1.005"))


def test_people_read_a_dollar_sign_and_commas() -> None:
    assert (shown(Decimal("1234.5")), shown(Decimal(-3))) == ("$1,234.50", "-$3.00")
