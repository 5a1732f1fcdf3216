"""Kill the gateway while it takes visits in, scrubs, seals and posts: `python -m tests.faults.writing RUNS [--database D]`.

Each run begins with a practice that has nothing but a file of visits. Workers bring it to sealed files, a partner
takes them and pays, workers post the payments; in half of the runs two to four of them are at work at once. Each may be
killed at one statement or commit of its work: at every one in turn, and some at random. Then a worker that nothing befalls
finishes, and everything is counted: each visit has one claim in one file, each claim one payment, to the cent.
"""

import argparse
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, event, select, text

from gateway.ledger import claims, migrate, open_ledger, practices
from gateway.ledger.tables import interchange_claims, payments, postings, visit_versions
from gateway.lifecycle import ClaimState, VisitState
from gateway.partner import TradingPartner
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.visits import import_visits, waiting
from gateway.service.visits.import_visits import take_in
from gateway.service.visits.scrub import scrub_visits
from tests import totals
from tests.faults.count import Result
from tests.faults.ledgers import Databases, databases_at
from tests.faults.mortal import Points
from tests.faults.workers import BROKEN, Doom, Work, start
from tests.people import NOW, PRACTICE
from tests.servers import postgres
from tests.service import clinic

VISITS: Final = 5
PAGE: Final = 2
"""So few visits to a transaction that the work has several."""
CHARGE, PAID = Decimal("180.50"), Decimal("140.50")
"""Of each claim; what is not paid is the contract's or the patient's."""
_TOTALS: Final = Path(__file__).with_name("totals.json")
_FILE: Final = clinic.visits_file(*(clinic.visit(f"V-{number}") for number in range(VISITS)))


@dataclass(frozen=True, slots=True)
class Campaign:
    """Runs on one database, whose prepared ledger has a practice and nothing else."""

    databases: Databases
    seed: int

    def office(self, name: str) -> Office:
        partner = clinic.partner("north", claims_max=PAGE)
        ledger = open_ledger(self.databases.address(name))
        return Office(ledger=ledger, settings=clinic.settings(partner), clock=clinic.clock(), actor="crash")


def prepared(url: str, seed: int) -> Campaign:
    """Make the ledger that every run begins with."""
    campaign = Campaign(databases_at(url), seed)
    campaign.databases.create("empty")
    office = campaign.office("empty")
    migrate.upgrade(office.ledger)
    with office.ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    office.ledger.close()
    return campaign


def rehearse(campaign: Campaign, first: int, runs: int) -> Result:
    """Make some runs, and count."""
    total = Result(seed=campaign.seed)
    points = [_points_of(campaign, work) for work in (_until_sealed, _posted)]
    for number in range(first, first + runs):
        campaign.databases.renew("empty", "run")
        total = total.plus(_run(campaign, number, points))
    return total


def _run(campaign: Campaign, number: int, points: list[int]) -> Result:
    rng = random.Random(f"{campaign.seed} {number}")
    office = campaign.office("run")
    killed = _struck(office, _until_sealed, points[0], number, rng)
    _paid_for(office)
    killed |= _struck(office, _posted, points[1], number, rng)
    result = replace(_counted(office), seed=campaign.seed, runs=1, killed=int(killed))
    office.ledger.close()
    return result


def _points_of(campaign: Campaign, work: Work) -> int:
    """Count the points of work that nothing befalls."""
    campaign.databases.renew("empty", "run")
    office = campaign.office("run")
    if work is _posted:
        _until_sealed(office, office.settings.partner("north"), Points())
        _paid_for(office)
    office.ledger.close()
    ended = start(work, office, office.settings.partner("north"), Doom()).ended()
    assert ended.status != BROKEN
    return ended.points


def _struck(office: Office, work: Work, points: int, number: int, rng: random.Random) -> bool:
    """Let workers do the work, most of them mortally, and one that is not hurt end it; tells whether one was killed."""
    office.ledger.close()
    partner = office.settings.partner("north")
    dooms = [Doom(points=(1 + number // 2 % points,))]
    if number % 2:
        dooms += [Doom(points=(rng.randint(1, 2 * points),)) for _ in range(rng.randint(1, 3))]
    running = [start(work, office, partner, doom) for doom in dooms]
    ends = [one.ended() for one in running]
    ends.append(start(work, office, partner, Doom()).ended())
    assert all(one.status != BROKEN for one in ends), "a worker broke: its trace is above"
    work(office, partner, Points())
    return any(one.killed for one in ends)


def _with_points(office: Office, points: Points, steps: Callable[[Office], object]) -> bool:
    """Do steps; every statement is a point, beside every commit."""
    import_visits._PAGE = waiting.PAGE = PAGE  # type: ignore[misc]  # this process is a worker's own, or only counts

    def reached(*_: object) -> None:
        points.reach("statement")

    event.listen(office.ledger.engine, "after_cursor_execute", reached)
    try:
        steps(office)
    finally:
        event.remove(office.ledger.engine, "after_cursor_execute", reached)
    return True


def _until_sealed(office: Office, _partner: TradingPartner, points: Points) -> bool:
    def steps(office: Office) -> None:
        take_in(office, "visits.json", _FILE)
        scrub_visits(office)
        seal_batches(office)

    return _with_points(office, points, steps)


def _posted(office: Office, _partner: TradingPartner, points: Points) -> bool:
    return _with_points(office, points, post)


def _paid_for(office: Office) -> None:
    """Have what is sealed arrive, and one remittance for each two claims come back."""
    clinic.delivered(office)
    with office.ledger.reading() as tx:
        sent = claims.current(tx, PRACTICE.key, states=(ClaimState.SENT,))
    for first in range(0, len(sent), PAGE):
        some = sent[first : first + PAGE]
        bodies = [clinic.paid_in_full(one) for one in some]
        paid = clinic.answer_835(str(PAID * len(some)), *bodies, trace=f"T{first}", control=1000 + first)
        clinic.arrived(office, paid, name=f"paid{first}")
    office.ledger.close()


def _counted(office: Office) -> Result:
    with office.ledger.reading() as tx:
        standing = claims.current(tx, PRACTICE.key, limit=1000)
        made = Counter(one.visit_key for one in claims.versions(tx, PRACTICE.key, limit=1000))
        carried = Counter(tx.execute(select(interchange_claims.c.claim_version_id)).scalars())
        answered = Counter(tx.execute(select(payments.c.claim_version_id)).scalars())
        posted = sum(tx.execute(select(postings.c.cents)).scalars())
        faults = (*_faults(tx, posted), *_deadlocks(tx))
    once = [one for one in standing if made[one.visit_key] == carried[one.id] == answered[one.id] == 1]
    paid = [one for one in once if one.state is ClaimState.PAID]
    outcome = reconcile(office)
    return Result(
        seed=0,
        files=len(carried),
        claims=VISITS,
        lost=VISITS - len(paid),
        duplicated=sum(count > 1 for each in (made, carried, answered) for count in each.values()),
        faults=(*faults, *(() if outcome.holds else ("a law does not hold",))),
    )


def _faults(tx: Connection, posted: int) -> list[str]:
    states = set(tx.execute(select(visit_versions.c.state)).scalars())
    found = [] if states == {VisitState.CLAIMED} else [f"visits are {sorted(states)}"]
    wanted = int(CHARGE * 100) * VISITS
    return found if posted == wanted else [*found, f"{posted} cents stand on the lines, and {wanted} were paid"]


def _deadlocks(tx: Connection) -> list[str]:
    """Ask PostgreSQL whether it had to break one: writers lock in one order, and there is none to break."""
    if tx.dialect.name != "postgresql":
        return []
    met = tx.execute(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")).scalar_one()
    return [f"{met} deadlocks"] if met else []


def main() -> int:
    """Add some runs to the kept total. Exit status 1 if anything was lost, doubled or wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.writing", description="Kill, and count.")
    parser.add_argument("runs", type=int)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=20261128)
    asked = parser.parse_args()
    key = f"writing {asked.database} {asked.seed}"
    with ExitStack() as stack:
        if asked.database == "postgresql":
            url = stack.enter_context(postgres.running())
        else:
            url = f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/ledger.db"
        campaign, until = prepared(url, asked.seed), _kept(key, asked.seed).runs + asked.runs
        while (total := _kept(key, asked.seed)).runs < until:
            now = rehearse(campaign, total.runs, min(50, until - total.runs))
            print(now, file=sys.stderr)  # noqa: T201 progress
            totals.keep(_TOTALS, key, asdict(total.plus(now)))
    print(total, *total.faults, sep="\n")  # noqa: T201 what it was run for
    return 0 if total.good else 1


def _kept(key: str, seed: int) -> Result:
    figures = totals.kept(_TOTALS, key)
    return Result(seed=seed) if figures is None else Result(**{**figures, "faults": tuple(figures["faults"])})


if __name__ == "__main__":
    os.environ.pop("GATEWAY_HOME", None)
    sys.exit(main())
