import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.remit.nearness import distance, nearness

NUMBER = "7K3MQ9ZX2WVBT"


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("", "", 0),
        ("", "AB", 2),
        ("AB", "", 2),
        ("ABC", "ABC", 0),
        ("ABC", "ABD", 1),
        ("ABC", "AC", 1),
        ("AC", "ABC", 1),
        ("ABC", "ACB", 1),
        ("ABCD", "BADC", 2),
        ("KITTEN", "SITTING", 3),
        ("CA", "ABC", 3),
    ],
)
def test_each_character_put_in_left_out_changed_or_moved_by_one_counts_once(one: str, other: str, steps: int) -> None:
    assert distance(one, other) == steps


words = st.text("ABC", max_size=7)


@given(words, words, words)
def test_a_distance_is_the_same_from_both_sides_and_at_most_the_longer_one(one: str, other: str, more: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))
    assert distance(one + more, other + more) <= distance(one, other)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        (NUMBER, 1),
        (f"00{NUMBER}", 0.95),
        (f"{NUMBER}-1", 0.95),
        (NUMBER[:-1], 12 / 13),
        (NUMBER[:5], 0.6),
        (NUMBER[-5:], 0.6),
        (NUMBER[:4], 0),
        ("7K3MQ9XZ2WVBT", 12 / 13),
        ("7K3MQ8ZX2WVBT", 12 / 13),
        ("7K3MQ8ZX2WVB", 11 / 13),
        ("7K3MQ9ZX2" + "0000", 9 / 13),
        ("7K3MQ9Z" + "000000", 0),
        ("8L4NR0AY3XWCU", 0),
        ("7030Q0Z020VBT", 0),  # five are changed, and two pairs are left
        ("7030Q0Z0X2VBT", 8 / 13),
        ("STRANGER1", 0),
        ("", 0),
    ],
)
def test_a_number_is_near_by_the_share_of_it_that_needs_no_change(text: str, near: float) -> None:
    assert nearness(text, NUMBER) == pytest.approx(near)


def test_numbers_that_share_no_pairs_are_far_however_alike_their_characters() -> None:
    assert nearness("AXBXCXDXEX", "AYBYCYDYEY") == 0
