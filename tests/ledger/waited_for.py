"""Waiting until something is so, and never for a time: a loaded machine only makes it later."""

import threading
import time
from collections.abc import Callable

from gateway.errors import LedgerBusy
from gateway.ledger import Ledger
from gateway.ledger.lock import require_nobody_alone

LONG_SECONDS = 50.0
"""After so long a test has failed; below what one who wants to work alone waits."""


def until(is_so: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < LONG_SECONDS, "it did not come"
        time.sleep(0.01)


def wants_alone(ledger: Ledger) -> Callable[[], bool]:
    """Whether somebody waits to work alone on the ledger, or does."""

    def asked() -> bool:
        try:
            require_nobody_alone(ledger)
        except LedgerBusy:
            return True
        return False

    return asked


def hold_on(ends: threading.Event) -> None:
    """Stay at work alone until it is said to be over."""
    ends.wait(LONG_SECONDS)
