"""Upgrade a ledger, and be killed after so many statements: `python -m tests.ledger.killed_upgrade URL STATEMENTS`."""

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from gateway.ledger import open_ledger
from gateway.ledger.upgrading import bring_up

REVISIONS = Path(__file__).parent / "revisions"


def main(url: str, statements: int) -> None:
    ledger = open_ledger(url)
    left = iter(range(statements, 0, -1))

    def count(*_: object) -> None:
        if next(left) == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(ledger.engine, "after_cursor_execute", count)
    bring_up(ledger, lambda _step: None, (REVISIONS / "long",))
    ledger.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
