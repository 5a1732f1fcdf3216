from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.money import CENT, ZERO, from_cents
from gateway.remit.sharing import partition, share

signed = st.integers(-10_000_00, 10_000_00).map(from_cents)
weights = st.lists(st.integers(0, 1_000_00).map(from_cents), min_size=1, max_size=50)


def test_the_odd_cent_goes_where_it_is_due() -> None:
    assert share(Decimal("1.00"), [Decimal(1)] * 3) == (Decimal("0.33"), Decimal("0.33"), Decimal("0.34"))


@given(signed, weights)
def test_shares_add_up_and_each_is_within_a_cent_of_its_due(amount: Decimal, over: list[Decimal]) -> None:
    shares = share(amount, over)
    assert sum(shares) == amount
    total = sum(over)
    for part, weight in zip(shares, over, strict=True):
        due = amount * weight / total if total else amount / len(over)
        assert abs(part - due) <= CENT


@given(signed, weights)
def test_the_negative_amount_is_shared_the_same(amount: Decimal, over: list[Decimal]) -> None:
    assert share(-amount, over) == tuple(-part for part in share(amount, over))


@given(st.lists(signed, max_size=6), st.lists(signed, min_size=1, max_size=8))
def test_a_partition_adds_up_both_ways(some: list[Decimal], rows: list[Decimal]) -> None:
    amounts = [*some, sum(rows, ZERO) - sum(some, ZERO)]
    parts = partition(amounts, rows)
    assert [sum(row) for row in parts] == rows
    assert [sum(column) for column in zip(*parts, strict=True)] == amounts


def test_what_cannot_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one line"):
        share(Decimal("1.00"), [])
    with pytest.raises(ValueError, match="same total"):
        partition([Decimal("1.00")], [Decimal("2.00")])
    with pytest.raises(ValueError, match="same total"):
        partition([], [])
