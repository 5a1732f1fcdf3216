"""Post what waits, and be killed after so many commits: `python -m tests.service.inbound.killed_post URL COMMITS`.

0 commits: work to the end.
"""

import os
import signal
import sys

from sqlalchemy import event

from gateway.ledger import open_ledger
from gateway.service.inbound.post import post
from gateway.service.office import Office
from tests.service import clinic


def main(url: str, commits: int) -> None:
    ledger = open_ledger(url)
    left = iter(range(commits, 0, -1))

    def count(*_: object) -> None:
        if next(left, 0) == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(ledger.engine, "commit", count)
    post(Office(ledger=ledger, settings=clinic.settings(), clock=clinic.clock(), actor="test"))
    ledger.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
