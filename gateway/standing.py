"""How a trading partner stands with us: whether the gateway may call it, and when again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final


class StandingState(StrEnum):
    """Whether a partner is called."""

    OPEN = "open"
    PAUSED = "paused"
    """A person has stopped it."""
    REFUSED = "refused"
    """It refused our login, or its host key is not the pinned one: a second attempt could lock the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A partner's standing.

    actor, reason  who paused it and why; or what was refused
    since          UTC; None if nothing ever happened
    failures       calls in a row that did not reach it
    next_try_at    UTC; before it the partner is not called by itself
    """

    partner: str
    state: StandingState = StandingState.OPEN
    actor: str = ""
    reason: str = ""
    since: datetime | None = None
    failures: int = 0
    next_try_at: datetime | None = None


ALARM_AFTER: Final = 3
"""Calls in a row that did not reach the partner, after which a person is woken."""

_FIRST: Final = timedelta(seconds=30)
_LONGEST: Final = timedelta(minutes=30)


def wait_after(partner: str, failures: int) -> timedelta:
    """Say how long to leave a partner alone after so many failures in a row: doubled each time, 30 seconds to 30 minutes.

    A quarter is added or taken by the partner's name and the count, so that partners who failed together are not all
    called again at one moment. It is a function of both, so that it can be foretold.
    """
    doubled: int = 2 ** min(max(failures - 1, 0), 10)
    wait = min(_LONGEST, _FIRST * doubled)
    spread = int.from_bytes(blake2b(f"{partner}/{failures}".encode(), digest_size=2).digest(), "big") / 0xFFFF
    return wait * (0.75 + spread / 2)


def is_worth_saying(failures: int) -> bool:
    """Whether a failure is written into the log: the first, the one that wakes a person, then each time they doubled."""
    return failures == 1 or (failures % ALARM_AFTER == 0 and (failures // ALARM_AFTER).bit_count() == 1)
