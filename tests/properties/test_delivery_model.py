"""The short form of `python -m tests.properties.delivery_model`."""

from tests.properties.delivery_model import play

SEED = 20261125


def test_in_any_order_of_work_faults_and_decisions_nothing_is_lost_and_nothing_doubled() -> None:
    steps, arrived = play(examples=25, steps=40, with_seed=SEED)
    print(f"seed={SEED} steps={steps} files arrived={arrived} lost=0 duplicated=0")  # noqa: T201
    assert steps > 500
    assert arrived > 20
