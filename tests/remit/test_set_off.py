"""Entries of a payer that meet each other, whole or in part, the oldest first."""

import pytest

from gateway.remit.set_off import Entry, meet


def entry(
    number: int, cents: int, *, claim: str = "", reference: str = "", trace: str = "", family: str = "recovered"
) -> Entry:
    return Entry(number, cents, family, claim, reference, trace or f"T{number}")


@pytest.mark.parametrize(
    ("carried", "recovered", "left"),
    [
        ((10000,), (-10000,), {1: 0, 2: 0}),
        ((1,), (-1,), {1: 0, 2: 0}),
        ((-1,), (1,), {1: 0, 2: 0}),
        ((10000,), (-6000,), {1: 4000, 2: 0}),
        ((10000,), (-6000, -4000), {1: 0, 2: 0, 3: 0}),
        ((10000,), (-6000, -5000), {1: 0, 2: 0, 3: -1000}),
        ((6000, 4000), (-10000,), {1: 0, 2: 0, 3: 0}),
        ((6000, 4000), (-7000,), {1: 0, 2: 3000, 3: 0}),
        ((6000, 4000), (5000,), {}),
    ],
)
def test_what_is_carried_forward_is_recovered_from_the_oldest(
    carried: tuple[int, ...], recovered: tuple[int, ...], left: dict[int, int]
) -> None:
    assert meet([entry(at, cents, claim="C1") for at, cents in enumerate((*carried, *recovered), start=1)]) == left


def test_a_recovery_may_name_the_remittance_that_carried_it_forward() -> None:
    assert meet([entry(1, 500, reference="X1", trace="T1"), entry(2, -500, reference="T1")]) == {1: 0, 2: 0}
    # The other way round it names nothing: a trace is not known before it came.
    assert meet([entry(1, -500, reference="X1"), entry(2, 500, reference="X2")]) == {}


def test_the_claim_goes_before_the_number_beside_it() -> None:
    older = entry(1, 500, reference="R1")
    named = entry(2, 500, claim="C1", reference="R2")
    assert meet([older, named, entry(3, -500, claim="C1", reference="R1")]) == {2: 0, 3: 0}
    assert meet([older, named, entry(3, -700, claim="C1", reference="R1")]) == {1: 300, 2: 0, 3: 0}


def test_what_names_nothing_or_is_of_another_kind_meets_nothing() -> None:
    assert meet([entry(1, 500, trace="T"), entry(2, -500, trace="T")]) == {}
    assert meet([entry(1, 500, claim="C1"), entry(2, -500, claim="C1", family="advance")]) == {}
    assert meet([entry(1, 500, claim="C1"), entry(2, -500, claim="C2")]) == {}
    # The same letters as a claim and as a reference are two things.
    assert meet([entry(1, 500, claim="C1"), entry(2, -500, reference="C1")]) == {}
