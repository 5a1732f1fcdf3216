"""Upgrade a ledger and tell what it wrote, or be killed in the midst of one of its writes.

`python -m tests.bench.mortal_upgrade URL [REVISION WRITE SECONDS]`: SIGKILL comes that many seconds into that write of that
revision (they are counted from 0), and at the latest when it has been written but not committed.

Counted by revision, for whoever is called again begins a revision anew: its writes are then the same ones again.
"""

import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sqlalchemy import Engine, event

from gateway.errors import LedgerBusy
from gateway.ledger import migrate, open_ledger

BUSY: Final = 6
_NOT_WRITTEN: Final = ("BEGIN", "SELECT", "PRAGMA", "DROP INDEX CONCURRENTLY")
"""How a statement begins that is not counted: what writes nothing, and what is only done after an index was broken off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One statement of an upgrade that writes: which of its revision's, how long it took, how it begins."""

    revision: str
    number: int
    seconds: float
    words: str


@dataclass(slots=True)
class Watch:
    """What an upgrade has written so far. It dies in the midst of `last`."""

    last: tuple[str, int, float] | None
    writes: list[Write] = field(default_factory=list)
    revision: str = ""
    number: int = 0
    began: float = 0.0

    def told(self, step: str) -> None:
        """Hear `revision 0006, 1 of 3: what is done`."""
        revision = step.split()[1].rstrip(",")
        if revision != self.revision:
            self.revision, self.number = revision, 0

    def follow(self, engine: Engine) -> None:
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def _before(self, _connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        self.began = time.monotonic()
        if self.last and _writes(statement) and (self.revision, self.number) == self.last[:2]:
            threading.Timer(self.last[2], _die).start()

    def _after(self, _connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        if not self.revision or not _writes(statement):
            return
        if self.last and (self.revision, self.number) == self.last[:2]:
            _die()
        seconds, words = time.monotonic() - self.began, " ".join(statement.split())[:70]
        self.writes.append(Write(revision=self.revision, number=self.number, seconds=seconds, words=words))
        self.number += 1


def _writes(statement: str) -> bool:
    return not statement.lstrip().upper().startswith(_NOT_WRITTEN)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, *last: str) -> int:
    watch = Watch((last[0], int(last[1]), float(last[2])) if last else None)
    ledger = open_ledger(url)
    watch.follow(ledger.engine)
    try:
        migrate.upgrade(ledger, watch.told)
    except LedgerBusy as busy:
        print(f"revision {watch.revision}, write {watch.number}: {busy.__cause__}", file=sys.stderr)  # noqa: T201
        return BUSY
    ledger.close()
    print(json.dumps([asdict(write) for write in watch.writes]))  # noqa: T201 whoever started it reads them
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
