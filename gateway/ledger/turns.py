"""Writers of an SQLite ledger take turns, and wait for as long as the one before them gets on.

SQLite itself lets whoever asks at the right moment write, and refuses the others after a while, however short each turn
was. Here one waits at the head of the queue and is the next; the others wait behind it. A turn ends with its process.
PostgreSQL queues its writers by itself.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from gateway.errors import LedgerBusy
from gateway.ledger.lock_files import lock_file

STUCK_SECONDS = 20.0
"""For so long one turn may last before the others give up: what writes takes a second or two at most."""
_PAUSE_SECONDS: Final = 0.004
"""Everybody asks as often: were the pauses longer for who has waited longer, the last to come would be the first."""


@contextmanager
def turn(database: str) -> Iterator[None]:
    """Wait until it is our turn to write to that file's ledger.

    Raises LedgerBusy if the writer before us does not come to an end, ConfigError if the ledger's folder is not ours.
    """
    with lock_file(f"{database}.turn") as turns, lock_file(f"{database}.queue") as queue:
        before = _Watched(turns)
        # Whoever is at the head of the queue waits for the turn alone: nobody behind can be quicker.
        _wait_for(queue, before)
        _wait_for(turns, before)
        # On a full disk nobody can see that it is another turn. Whether anything can be stored, the ledger itself says.
        with suppress(OSError):
            os.pwrite(turns, f"{os.getpid():<10} {time.monotonic_ns():<20}\n".encode(), 0)
        fcntl.flock(queue, fcntl.LOCK_UN)
        yield


class _Watched:
    """The writer whose turn it is: while it changes, they get on."""

    def __init__(self, turns: int) -> None:
        self._turns = turns
        self._seen, self._since = b"", time.monotonic()

    def require_progress(self) -> None:
        """Raise LedgerBusy if the same turn has lasted for too long."""
        now = os.pread(self._turns, 32, 0)
        if now != self._seen:
            self._seen, self._since = now, time.monotonic()
        elif time.monotonic() - self._since > STUCK_SECONDS:
            process = now.split()[0].decode() if now.split() else "unknown"
            raise LedgerBusy(
                f"the ledger is busy: gateway process {process} has been writing for over {STUCK_SECONDS:.0f} seconds; "
                "look whether it is stuck, then try again"
            )


def _wait_for(descriptor: int, before: _Watched) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            before.require_progress()
        else:
            return
        time.sleep(_PAUSE_SECONDS)
