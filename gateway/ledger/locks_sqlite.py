"""The locks of those at work on an SQLite ledger: `flock` on two files beside it.

LEDGER.lock is held by whoever is at work: shared, or by one alone. LEDGER.gate is passed on the way in, and closed by
whoever waits to work alone, or does.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from gateway.ledger.database import Ledger
from gateway.ledger.lock_files import lock_file

_LOOKING: Final = os.O_RDONLY
_WORKING: Final = os.O_CREAT | os.O_RDWR


class FileLocks:
    """Both files, opened. One that is not there, where nothing can be written, is None: nobody has locked it, or can."""

    def __init__(self, gate: int | None, work: int | None) -> None:
        self._gate = gate
        self._work = work

    def come_in(self) -> bool:
        """Come to work beside others; tells whether the gate was open."""
        if not _took(self._gate, fcntl.LOCK_SH):
            return False
        try:
            return _took(self._work, fcntl.LOCK_SH)
        finally:
            _let_go(self._gate)

    def go_out(self) -> None:
        """Be at work no more."""
        _let_go(self._work)

    def is_closed(self) -> bool:
        """Tell whether somebody waits to work alone, or does."""
        if not _took(self._gate, fcntl.LOCK_SH):
            return True
        _let_go(self._gate)
        return False

    def close_gate(self) -> bool:
        """Let nobody in any more; tells whether it was ours to close."""
        return _took(self._gate, fcntl.LOCK_EX)

    def take_all(self) -> bool:
        """Work alone; tells whether nobody is at work any more."""
        return _took(self._work, fcntl.LOCK_EX)


@contextmanager
def file_locks(ledger: Ledger) -> Iterator[FileLocks]:
    """Open the files. Every lock on them ends with this, or with the process. Raises ConfigError."""
    how = _LOOKING if ledger.look_only else _WORKING
    with ExitStack() as opened:
        gate, work = (
            None
            if ledger.look_only and not os.path.exists(path)  # noqa: PTH110 a string, as SQLAlchemy has it
            else opened.enter_context(lock_file(path, how))
            for path in (f"{ledger.engine.url.database}.gate", f"{ledger.engine.url.database}.lock")
        )
        yield FileLocks(gate, work)


def _took(descriptor: int | None, how: int) -> bool:
    if descriptor is not None:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _let_go(descriptor: int | None) -> None:
    # Said, not left to the file's closing: a child that this process forked has the same lock.
    if descriptor is not None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
