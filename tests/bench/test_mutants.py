"""Mutants are drawn alike each time, are one fault each, and reach whoever has imported the function."""

from collections.abc import Iterator, Sequence

import pytest

from gateway.remit import accounts, nearness
from gateway.remit.nearness import distance
from tests.bench.mutants_made import ROOT, Mutant, apply, files, sample

ACCOUNTS, NEARNESS = "gateway/remit/accounts.py", "gateway/remit/nearness.py"
FUNCTIONS = (accounts.account_of, accounts.is_booked, accounts.meets, nearness.nearness, nearness._pairs, distance)


@pytest.fixture(scope="module")
def mutants() -> Sequence[Mutant]:
    return sample(1, 1000, [ACCOUNTS, NEARNESS])[0]


@pytest.fixture
def _whole() -> Iterator[None]:
    """Give the functions back as they were."""
    codes = [one.__code__ for one in FUNCTIONS]
    yield
    for one, code in zip(FUNCTIONS, codes, strict=True):
        one.__code__ = code


def test_the_modules_of_posting_matching_and_the_desk_are_mutated() -> None:
    assert {ACCOUNTS, NEARNESS, "gateway/service/money/reckon.py", "gateway/service/desk/place.py"} < set(files())
    assert all((ROOT / one).is_file() for one in files())


def test_a_sample_is_the_same_for_a_seed_and_another_for_another() -> None:
    some, count = sample(1, 5, [ACCOUNTS])
    assert (sample(1, 4, [ACCOUNTS])[0], len({one.key for one in some})) == (some[:4], 5)
    others, same = sample(2, 5, [ACCOUNTS])
    assert (same, others == some) == (count, False)


@pytest.mark.usefixtures("_whole")
def test_a_mutant_has_one_fault_which_is_told(mutants: Sequence[Mutant]) -> None:
    for mutant in mutants:
        before = (ROOT / mutant.file).read_text().splitlines()
        after = mutant.source.splitlines()
        changed = [number for number, pair in enumerate(zip(before, after, strict=True), start=1) if pair[0] != pair[1]]
        assert len(changed) == 1
        assert mutant.lines[0] <= changed[0] <= mutant.lines[1]
        apply(mutant)


@pytest.mark.usefixtures("_whole")
def test_a_fault_reaches_whoever_has_imported_the_function(mutants: Sequence[Mutant]) -> None:
    assert distance("AB", "AB") == 0
    (fault,) = (one for one in mutants if "(a == b)" in one.diff[2])
    apply(fault)
    assert distance("AB", "AB") == 2
