"""Entries of a payer that meet each other, whole or in part, the oldest first."""

from itertools import permutations

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


# Three payments in a row, as a payer writes them that owes less than it takes back: T1 carries $120.75 forward, T2 recovers
# that and has to carry as much forward again, under its own trace, and T3 recovers it at last.
CHAIN = (
    Entry(1, 12075, "carried", "", "T1", "T1"),
    Entry(2, -12075, "carried", "", "T1", "T2"),
    Entry(3, 12075, "carried", "", "T2", "T2"),
    Entry(4, -12075, "carried", "", "T2", "T3"),
)


@pytest.mark.parametrize("order", list(permutations(CHAIN)))
def test_what_is_carried_forward_again_and_again_meets_to_the_end_in_any_order(order: tuple[Entry, ...]) -> None:
    assert meet(order) == dict.fromkeys(range(1, 5), 0)


@pytest.mark.parametrize("first", list(permutations(CHAIN, 2)))
def test_the_two_of_one_payment_never_meet_each_other(first: tuple[Entry, ...]) -> None:
    met = meet(first)
    assert bool(met) == ({one.reference for one in first} in ({"T1"}, {"T2"}))


def test_a_recovery_may_name_the_trace_alone_of_what_names_a_claim() -> None:
    carried = Entry(1, 5000, "carried", "C1", "ICN1", "T1")
    assert meet((carried, Entry(2, -2000, "carried", "", "T1", "T2"))) == {1: 3000, 2: 0}
    same_payment = Entry(2, -2000, "carried", "", "T1", "T1")
    assert meet((carried, same_payment)) == {}
