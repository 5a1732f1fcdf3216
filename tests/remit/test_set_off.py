"""What payers carry forward meets what they recover: by the claim or the trace that is named, whichever came first."""

from itertools import permutations

import pytest

from gateway.remit.set_off import Entry, meet

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
