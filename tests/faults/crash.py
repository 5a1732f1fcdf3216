"""Kill the gateway anywhere, start it again, and count what arrived.

Each run starts from a copy of a prepared ledger whose claims are ready. A worker process seals them and delivers the files
over real SFTP to a real OpenSSH server, and is killed (SIGKILL) at a numbered point or after a random time. Sometimes the
worker after it is killed as well, and sometimes two work at once. Then a worker that is not killed finishes. What each
run does follows from the seed and the number of the run, so that a run can be repeated (the instants of timed kills
cannot).

Afterwards every claim must be at the partner exactly once, in exactly the bytes that were sealed, and the ledger's laws
must hold. pyx12's verdict on a file is taken once for the same bytes and then remembered: it depends on nothing else.
"""

import functools
import gc
import random
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from gateway.edi import conformance
from gateway.ledger import Ledger, open_ledger
from gateway.partner import MailboxAddress, TradingPartner
from gateway.service.batch import seal_batches
from gateway.service.office import Office
from tests.faults.count import Books, Result, books_of, count
from tests.faults.ledgers import Databases, databases_at, prepare
from tests.faults.partner import PartnerFolder, start_greedy, stop
from tests.faults.workers import BROKEN, DONE, Doom, Ended, Work, gateway_work, naive_work, start
from tests.service import clinic

CLAIMS_PER_FILE = 2
CLAIMS = (2, 4, 6)
"""How many claims a prepared ledger may hold: in one, two and three files, of which the first is always the same."""
_UNKILLED_MAX = 6
_COPY = "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """So many runs with one seed.

    database_url  an SQLite file, beside which ledgers are made, or a PostgreSQL database, on whose server they are
    mailbox       where the partner's SFTP server is; `root` is the folder of this machine in which its sessions begin
    partners      one for each run, in turn: `keeping` keeps what it gets, `greedy` takes a file away the moment it has its
                  final name
    naive         whether the control works instead of the gateway
    """

    seed: int
    runs: int
    database_url: str
    mailbox: MailboxAddress
    root: Path
    partners: tuple[str, ...] = ("keeping", "greedy")
    naive: bool = False
    progress: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A ledger to copy, its claims' control numbers, and what an unkilled worker takes on it."""

    name: str
    pcns: tuple[str, ...]
    points: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run's place: a copy of a prepared ledger, and a folder of the partner that no other run uses.

    office  closed whenever somebody forks, so that no connection is inherited; what SQLAlchemy has compiled is

    A killed worker's last request may still be on its way when the next run begins: it must not meet the same names.
    """

    prepared: _Prepared
    office: Office
    partner: TradingPartner
    folder: PartnerFolder


def run_apart(campaign: Campaign) -> Result:
    """Run a campaign in a process of its own: it forks, and whoever forks may have no other thread."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run_campaign, campaign).result()


def run_campaign(campaign: Campaign) -> Result:
    """Make every run, then count: what arrives late is counted too."""
    assert threading.active_count() == 1, "a process with several threads must not fork"
    conformance.judge = functools.cache(conformance.judge)
    databases = databases_at(campaign.database_url)
    databases.create(_COPY)
    ledger = open_ledger(databases.address(_COPY))
    prepared = [_prepared(campaign, databases, ledger, claims) for claims in CLAIMS]
    gc.freeze()  # what stands now is shared with every worker: none need look through it for garbage, nor copy it
    done = []
    for number in range(campaign.runs):
        rng = random.Random(f"{campaign.seed} {number}")
        run = _placed(campaign, ledger, f"run{number}", rng.choice(prepared))
        greedy = campaign.partners[number % len(campaign.partners)] == "greedy"
        done.append((run, *_ran(campaign, databases, run, rng, greedy=greedy)))
        if campaign.progress and (number + 1) % 25 == 0:
            print(f"{number + 1} of {campaign.runs} runs", file=sys.stderr)  # noqa: T201 the long form takes hours
    for name in (_COPY, *(one.name for one in prepared)):
        databases.drop(name)
    result = Result(seed=campaign.seed)
    for run, killed, books in done:
        counted = count(books, run.folder, run.prepared.pcns)
        where = run.folder.outbound.parent.name
        faults = tuple(f"{where}: {fault}" for fault in counted.faults)
        result = result.plus(replace(counted, killed=int(killed), faults=faults))
    return result


def _prepared(campaign: Campaign, databases: Databases, ledger: Ledger, claims: int) -> _Prepared:
    """Prepare a ledger, have what will be sealed from it judged, and see what an unkilled worker takes on a copy."""
    name = f"ready{claims}"
    pcns = prepare(databases, name, _partner(campaign, "nowhere"), claims=claims)
    prepared = _Prepared(name=name, pcns=pcns)
    run = _placed(campaign, ledger, f"rehearsal{claims}", prepared)
    _copy(databases, run)
    sealed = seal_batches(run.office)
    ledger.close()
    assert (sealed.claims, sealed.unwritable) == (claims, ()), "not every prepared claim can be sealed"
    _copy(databases, run)
    (ended,) = _wave(campaign, run, (Doom(),))
    assert ended.status == DONE, "a worker that is not killed does not finish"
    return replace(prepared, points=ended.points, seconds=ended.seconds)


def _ran(
    campaign: Campaign, databases: Databases, run: _Run, rng: random.Random, *, greedy: bool
) -> tuple[bool, Books]:
    """One run: workers that are doomed, then one that finishes. Gives whether any was killed, and the books."""
    _copy(databases, run)
    taking = start_greedy(run.folder, rng) if greedy else 0
    try:
        ends = [end for dooms in _waves(rng, run.prepared) for end in _wave(campaign, run, dooms)]
        for _ in range(_UNKILLED_MAX):
            ends += _wave(campaign, run, (Doom(),))
            if ends[-1].status == DONE:
                break
        assert not any(end.status == BROKEN for end in ends), "a worker broke: its trace is above"
    finally:
        if taking:
            stop(taking)
    books = books_of(run.office, naive=campaign.naive)
    run.office.ledger.close()
    return any(end.killed for end in ends), books


def _waves(rng: random.Random, prepared: _Prepared) -> Iterator[tuple[Doom, ...]]:
    """One worker to be killed; then, sometimes, one that finds what that one left and is killed too; or two at once."""
    yield (_doom(rng, prepared),)
    if rng.random() < 0.3:
        yield (_doom(rng, prepared),)
    if rng.random() < 0.1:
        yield _doom(rng, prepared), _doom(rng, prepared)


def _doom(rng: random.Random, prepared: _Prepared) -> Doom:
    if rng.random() < 0.7:
        return Doom(point=rng.randint(1, prepared.points))
    return Doom(seconds=rng.uniform(0.001, prepared.seconds))


def _wave(campaign: Campaign, run: _Run, dooms: tuple[Doom, ...]) -> list[Ended]:
    workers = [start(_work(campaign), run.office, run.partner, doom) for doom in dooms]
    return [worker.ended() for worker in workers]


def _work(campaign: Campaign) -> Work:
    return naive_work if campaign.naive else gateway_work


def _partner(campaign: Campaign, place: str) -> TradingPartner:
    mailbox = replace(campaign.mailbox, outbound=f"{place}/outbound")
    return replace(clinic.partner(), mailbox=mailbox, claims_max=CLAIMS_PER_FILE)


def _placed(campaign: Campaign, ledger: Ledger, name: str, prepared: _Prepared) -> _Run:
    place = f"{campaign.seed}/{name}"  # several campaigns may share a server, one after another
    folder = PartnerFolder(campaign.root / place / "outbound", campaign.root / place / "taken")
    folder.make()
    partner = _partner(campaign, place)
    office = Office(ledger=ledger, settings=clinic.settings(partner), clock=clinic.clock(), actor="crash")
    return _Run(prepared=prepared, office=office, partner=partner, folder=folder)


def _copy(databases: Databases, run: _Run) -> None:
    databases.drop(_COPY)
    databases.copy(run.prepared.name, _COPY)
