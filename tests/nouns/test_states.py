"""The tables of states are whole: each state is explained, reachable, and leaves only along its moves."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from gateway import delivery, lifecycle

DELIVERIES = {state: moves | delivery.DECISIONS[state] for state, moves in delivery.MOVES.items()}
TABLES: list[
    tuple[type[StrEnum], Mapping[StrEnum, frozenset[StrEnum]], Mapping[StrEnum, tuple[str, ...]], set[str]]
] = [
    (lifecycle.ClaimState, lifecycle.MOVES, lifecycle.EXPLAINED, {"ready"}),  # type: ignore[list-item]
    (lifecycle.VisitState, lifecycle.VISIT_MOVES, lifecycle.VISIT_EXPLAINED, {"new", "proposed"}),  # type: ignore[list-item]
    (delivery.Delivery, DELIVERIES, delivery.EXPLAINED, {"sealed"}),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("states", "moves", "explained", "starts"), TABLES)
def test_every_state_is_explained_and_can_be_reached(
    states: type[StrEnum],
    moves: Mapping[StrEnum, frozenset[StrEnum]],
    explained: Mapping[StrEnum, tuple[str, ...]],
    starts: set[str],
) -> None:
    assert set(moves) == set(explained) == set(states)
    assert all(all(told) for told in explained.values())
    reached = {state for targets in moves.values() for state in targets}
    assert {str(state) for state in set(states) - reached} <= starts


@pytest.mark.parametrize("state", sorted(delivery.UNCERTAIN | {delivery.Delivery.HELD, delivery.Delivery.CANCELLED}))
def test_the_gateway_never_uploads_by_itself_what_may_have_left(state: delivery.Delivery) -> None:
    assert delivery.Delivery.UPLOADING not in delivery.MOVES[state]


def test_only_people_cancel_and_only_what_has_not_left() -> None:
    cancellable = {state for state, moves in delivery.DECISIONS.items() if delivery.Delivery.CANCELLED in moves}
    assert cancellable == {delivery.Delivery.SEALED, delivery.Delivery.UPLOADING, delivery.Delivery.HELD}
    assert not any(delivery.Delivery.CANCELLED in moves for moves in delivery.MOVES.values())
