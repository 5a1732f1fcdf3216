"""Several processes on one PostgreSQL: each with partners of its own, beside one process that does it all; and an import beside
a post.

Each practice-sized share is one payer's visits to scrub and one partner's remittance to post. One process does the shares one
after the other; then as many processes as there are shares do one each. Both begin with a copy of the same ledger. What is
compared is the clock on the wall: the server works too, and it is on the same machine.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from threading import Thread
from types import MappingProxyType
from typing import Any, Final

from gateway.ledger import claims, migrate, open_ledger, practices
from gateway.lifecycle import ClaimState
from gateway.service.inbound.post import post
from gateway.service.office import Office
from gateway.service.visits.import_visits import take_in
from gateway.service.visits.scrub import scrub_visits
from tests.bench.filled import ROOT
from tests.faults.ledgers import PostgresqlDatabases
from tests.people import NOW, PRACTICE
from tests.servers import postgres
from tests.service import clinic

SHARES: Final = 4
EACH: Final = 1_500
"""Visits to scrub, and payments to post, of each share."""
LARGE: Final = 20_000
SET: Final = 5_000
"""Payments of the large remittance, and of each of its sets."""
RUNS: Final = 3
_PAID: Final = Decimal("140.50")
_DAYS: Final = tuple(f"2026-{month:02}-{day:02}" for month in (9, 10) for day in range(1, 29))
_WORKER: Final = """
import sys
from tests.bench.several import share, office_at
office = office_at(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in sys.argv[2:]:
    share(office, int(number))
"""


_POSTS: Final = """
import sys
from gateway.service.inbound.post import post
from tests.bench.several import office_at
assert [one.why for one in post(office_at(sys.argv[1]))] == [""]
"""


def office_at(url: str) -> Office:
    """Open the practice with a partner and a payer for each share."""
    partners = [clinic.partner(f"p{number}") for number in range(SHARES)]
    payers = [clinic.payer(f"PAYER{number}", f"p{number}") for number in range(SHARES)]
    settings = replace(clinic.settings(*partners), payers=MappingProxyType({one.id: one for one in payers}))
    return Office(ledger=open_ledger(url), settings=settings, clock=clinic.clock(), actor="bench")


def share(office: Office, number: int) -> None:
    """Do one share of the work."""
    scrubbed = scrub_visits(office, payer=f"PAYER{number}")
    posted = post(office, partner=f"p{number}")
    assert len(scrubbed) == EACH
    assert all(one.pcn for one in scrubbed)
    assert [one.why for one in posted] == [""]


def measure() -> Iterator[tuple[float, float]]:
    """Give, for each run, the seconds that one process took, and that several took."""
    with postgres.running() as url:
        databases = PostgresqlDatabases(url)
        _prepare(databases)
        for _ in range(RUNS):
            every = [str(number) for number in range(SHARES)]
            yield _timed(databases, [every]), _timed(databases, [[one] for one in every])


def beside_a_post() -> tuple[int, list[float]]:
    """Take 100 visits in, again and again, while a large remittance is posted: how many payments, and the seconds of each."""
    with postgres.running() as url:
        databases = PostgresqlDatabases(url)
        office = _begun(databases)
        take_in(office, "sent.json", clinic.visits_file(*_share("S", 0, LARGE)))
        scrub_visits(office)
        clinic.delivered(office)
        with office.ledger.reading() as tx:
            sent = claims.current(tx, PRACTICE.key, states=(ClaimState.SENT,), limit=LARGE)
        sets = [
            clinic.set_835(
                str(_PAID * len(some)),
                *(clinic.paid_in_full(one) for one in some),
                payer="PAYER0",
                trace=f"T{first}",
                st=f"{first:04}",
            )
            for first in range(0, len(sent), SET)
            for some in (sent[first : first + SET],)
        ]
        clinic.arrived(office, clinic.file_835(*sets, control=1000), name="large", from_partner="p0")
        taken: list[float] = []
        with subprocess.Popen([sys.executable, "-c", _POSTS, databases.address("base")], **_as_ours()) as running:
            while running.poll() is None:
                new = clinic.visits_file(*_share(f"B{len(taken)}", 0, 100))
                begin = time.monotonic()
                take_in(office, "new.json", new)
                taken.append(time.monotonic() - begin)
        assert running.returncode == 0
        office.ledger.close()
        return len(sent), taken


def _begun(databases: PostgresqlDatabases) -> Office:
    databases.create("base")
    office = office_at(databases.address("base"))
    migrate.upgrade(office.ledger)
    with office.ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    return office


def _prepare(databases: PostgresqlDatabases) -> None:
    """Have claims of every share sent and paid, and as many new visits taken in."""
    office = _begun(databases)
    take_in(office, "sent.json", _visits("S"))
    scrub_visits(office)
    clinic.delivered(office)
    for number in range(SHARES):
        with office.ledger.reading() as tx:
            sent = claims.current(
                tx, PRACTICE.key, states=(ClaimState.SENT,), partner=f"p{number}", limit=SHARES * EACH
            )
        bodies = [clinic.paid_in_full(one) for one in sent]
        paid = clinic.answer_835(
            str(_PAID * len(sent)), *bodies, payer=f"PAYER{number}", trace=f"T{number}", control=1000 + number
        )
        clinic.arrived(office, paid, name=f"paid{number}", from_partner=f"p{number}")
    take_in(office, "new.json", _visits("N"))
    office.ledger.close()


def _visits(mark: str) -> bytes:
    return clinic.visits_file(*(one for number in range(SHARES) for one in _share(mark, number, EACH)))


def _share(mark: str, number: int, count: int) -> Iterator[dict[str, Any]]:
    for place in range(count):
        one = clinic.visit(f"{mark}-{number}-{place}", f"PAYER{number}", date=_DAYS[place % len(_DAYS)])
        one["coverages"][0]["member_id"] = f"M{mark}{number}{place}"
        yield one


def _timed(databases: PostgresqlDatabases, shares: list[list[str]]) -> float:
    databases.copy("base", "run")
    url = databases.address("run")
    with _ready(url, shares) as let_go:
        begin = time.monotonic()
        let_go()
        return time.monotonic() - begin


def _as_ours() -> dict[str, Any]:
    return {"cwd": ROOT, "env": {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}}


@contextmanager
def _ready(url: str, shares: list[list[str]]) -> Iterator[Callable[[], None]]:
    """Start the processes, and give what lets them go and waits until all are done: their start is not measured."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _WORKER, url, *one], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **_as_ours()
        )
        for one in shares
    ]

    def let_go() -> None:
        waiting = [Thread(target=one.communicate, args=(b"\n",)) for one in running]
        for one in waiting:
            one.start()
        for one in waiting:
            one.join()
        assert [one.returncode for one in running] == [0] * len(running)

    try:
        for one in running:
            assert one.stdout is not None
            assert one.stdout.readline() == b"ready\n"
        yield let_go
    finally:
        for one in running:
            one.kill()
