"""Control numbers: each kind of each partner of each practice counts for itself, forward only, over the end of a cycle."""

import pytest

from gateway.errors import UsageError
from gateway.ledger import Ledger, numbers
from gateway.ledger.numbers import LAST, Number
from tests.people import PRACTICE

OURS, THEIRS = PRACTICE.key, "other"


@pytest.mark.parametrize(
    ("start", "steps", "then"),
    [
        (Number(1, 1), 0, Number(1, 1)),
        (Number(1, 1), 5, Number(1, 6)),
        (Number(1, LAST - 1), 1, Number(1, LAST)),
        (Number(1, LAST), 1, Number(2, 1)),
        (Number(3, LAST), LAST + 2, Number(5, 2)),
    ],
)
def test_a_number_so_many_steps_on_goes_over_the_end_of_its_cycle(start: Number, steps: int, then: Number) -> None:
    assert start.plus(steps) == then


def test_a_jump_is_kept_for_that_kind_of_that_partner_of_that_practice(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        assert numbers.jump(tx, OURS, "north", "interchange", Number(1, 40)) is None
        assert numbers.jump(tx, OURS, "north", "interchange", Number(1, 41)) == Number(1, 40)
        assert numbers.take(tx, OURS, "north", "interchange") == Number(1, 42)
        assert numbers.take(tx, OURS, "south", "interchange") == Number(1, 1)
        assert numbers.take(tx, OURS, "north", "group") == Number(1, 1)
        assert numbers.take(tx, THEIRS, "north", "interchange") == Number(1, 1)
        assert numbers.jump(tx, OURS, "north", "interchange", Number(2, 1)) == Number(1, 42)
        assert numbers.every(tx, OURS) == {
            ("interchange", "north"): Number(2, 1),
            ("interchange", "south"): Number(1, 1),
            ("group", "north"): Number(1, 1),
        }


@pytest.mark.parametrize("to", [Number(1, 1), Number(1, LAST)])
def test_a_jump_may_go_to_either_end_of_a_cycle(ledger: Ledger, to: Number) -> None:
    with ledger.writing() as tx:
        numbers.jump(tx, OURS, "north", "interchange", to)
        assert numbers.last(tx, OURS, "north", "interchange") == to


@pytest.mark.parametrize(
    ("before", "to", "said"),
    [
        (Number(2, 7), Number(2, 7), "000000007 of cycle 2 was used last, and 000000007 of cycle 2"),
        (Number(2, 7), Number(1, 9), "000000007 of cycle 2 was used last, and 000000009 of cycle 1"),
        (None, Number(1, 0), "no number was used last, and 000000000 of cycle 1"),
        (None, Number(1, LAST + 1), "no number was used last, and 1000000000 of cycle 1"),
    ],
)
def test_a_jump_that_is_not_forward_is_refused_whole(
    ledger: Ledger, before: Number | None, to: Number, said: str
) -> None:
    with ledger.writing() as tx:
        if before is not None:
            numbers.jump(tx, OURS, "north", "interchange", before)
    with pytest.raises(UsageError) as refused, ledger.writing() as tx:
        numbers.jump(tx, OURS, "north", "interchange", to)
    assert str(refused.value) == f"control numbers only go forward: {said} is not behind it; nothing was changed"
    with ledger.reading() as tx:
        assert numbers.last(tx, OURS, "north", "interchange") == before
