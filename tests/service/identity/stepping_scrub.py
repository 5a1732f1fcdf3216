"""Scrub visit by visit in a process of its own: `python -m tests.service.identity.stepping_scrub HOME URL`.

It says when the first page is done, and goes on when it reads a line. Status 5 and the words on stderr where it is stopped.
"""

import sys
from pathlib import Path

from gateway.errors import LedgerChanged
from gateway.service.visits import waiting
from gateway.service.visits.scrub import scrub_visits
from tests.service.clinic import partner
from tests.service.homes import office_in, settings_in


def main(home: str, url: str) -> int:
    def told(done: int) -> None:
        if done == 1:
            print("one page is done", flush=True)  # noqa: T201 the test reads it
            sys.stdin.readline()

    waiting.PAGE = 1
    try:
        with office_in(settings_in(Path(home), url, partner("north"))) as office:
            done = scrub_visits(office, progress=told)
    except LedgerChanged as stopped:
        print(stopped, file=sys.stderr)  # noqa: T201 the test reads it
        return 5
    print(len(done))  # noqa: T201 the test reads it
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
