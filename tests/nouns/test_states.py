"""The tables of states are whole: each state is explained, reachable, and leaves only along its moves."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from gateway import delivery, lifecycle

TABLES: list[
    tuple[type[StrEnum], Mapping[StrEnum, frozenset[StrEnum]], Mapping[StrEnum, tuple[str, str]], set[str]]
] = [
    (lifecycle.ClaimState, lifecycle.MOVES, lifecycle.EXPLAINED, {"ready"}),  # type: ignore[list-item]
    (lifecycle.VisitState, lifecycle.VISIT_MOVES, lifecycle.VISIT_EXPLAINED, {"new", "proposed"}),  # type: ignore[list-item]
    (delivery.Delivery, delivery.MOVES, delivery.EXPLAINED, {"sealed"}),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("states", "moves", "explained", "starts"), TABLES)
def test_every_state_is_explained_and_can_be_reached(
    states: type[StrEnum],
    moves: Mapping[StrEnum, frozenset[StrEnum]],
    explained: Mapping[StrEnum, tuple[str, str]],
    starts: set[str],
) -> None:
    assert set(moves) == set(explained) == set(states)
    assert all(meaning and what_to_do for meaning, what_to_do in explained.values())
    reached = {state for targets in moves.values() for state in targets}
    assert {str(state) for state in set(states) - reached} <= starts


def test_nothing_leaves_the_uncertain_window_but_on_evidence() -> None:
    assert delivery.Delivery.UPLOADING not in delivery.MOVES[delivery.Delivery.COMMITTING]
    assert delivery.Delivery.UPLOADING not in delivery.MOVES[delivery.Delivery.PRESUMED]
    assert delivery.MOVES[delivery.Delivery.SENT] == frozenset()
