"""How long a partner is left alone after calls that did not reach it, and when that is said."""

from datetime import timedelta

import pytest

from gateway.standing import ALARM_AFTER, is_worth_saying, wait_after


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 30), (1, 30), (2, 60), (3, 120), (6, 960), (7, 1800), (8, 1800), (99, 1800)]
)
def test_the_wait_doubles_up_to_half_an_hour_give_or_take_a_quarter(failures: int, seconds: int) -> None:
    wait = wait_after("northgate", failures)
    assert timedelta(seconds=seconds * 0.75) <= wait <= timedelta(seconds=seconds * 1.25)


def test_partners_that_failed_together_are_not_called_again_together() -> None:
    waits = {wait_after(f"partner{number}", 1) for number in range(50)}
    assert len(waits) > 45
    assert [wait_after("northgate", failures).total_seconds() for failures in (1, 2, 11, 12)] == pytest.approx(
        [28.865, 67.854, 2247.514, 1781.522], abs=0.001
    )


def test_the_first_failure_and_the_alarm_are_said_and_then_each_doubling() -> None:
    assert ALARM_AFTER == 3
    assert [failures for failures in range(1, 50) if is_worth_saying(failures)] == [1, 3, 6, 12, 24, 48]
