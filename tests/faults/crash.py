"""Let something befall the gateway, let it go on, and count what arrived.

Each run starts from a copy of a prepared ledger whose claims are ready. A worker process seals them and delivers the files
over real SFTP to a real OpenSSH server, while something strikes (tests/faults/kinds.py says what). Then workers that
nothing befalls finish. What each run does follows from the seed and the number of the run, so that a run can be repeated
(the instants of timed strikes cannot).

Afterwards every claim must be at the partner exactly once, in exactly the bytes that were sealed, and the ledger's laws
must hold. pyx12's verdict on a file is taken once for the same bytes and then remembered: it depends on nothing else.
"""

import gc
import random
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from tests.faults.count import Books, Result, answers_missed, books_of, count
from tests.faults.kinds import KINDS, Kind
from tests.faults.partner import start_greedy, stop
from tests.faults.stage import CLAIMS, Campaign, Run, Stage, stage_of
from tests.faults.workers import BROKEN, DONE, Doom

__all__ = ["Campaign", "run_apart"]
_UNHURT_MAX = 6


def run_apart(campaign: Campaign) -> Result:
    """Run a campaign in a process of its own: it forks, and whoever forks may have no other thread."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run_campaign, campaign).result()


def run_campaign(campaign: Campaign) -> Result:
    """Make every run, then count: what arrives late is counted too."""
    assert threading.active_count() == 1, "a process with several threads must not fork"
    stage = stage_of(campaign)
    kind = KINDS[campaign.kind](stage)
    prepared = tuple(stage.prepared(claims) for claims in kind.claims or CLAIMS)
    kind.rehearse(prepared)
    gc.freeze()  # what stands now is shared with every worker: none need look through it for garbage, nor copy it
    done = []
    for number in range(campaign.first, campaign.first + (campaign.runs or kind.turns(prepared))):
        rng = random.Random(f"{campaign.seed} {number}")
        run = stage.placed(f"run{number}", rng.choice(prepared), number)
        done.append((run, *_ran(stage, kind, run, rng)))
        if campaign.progress and (number + 1) % 25 == 0:
            print(f"{number + 1} runs", file=sys.stderr)  # noqa: T201 the long form takes hours
    stage.strike(prepared)
    result = Result(seed=campaign.seed)
    for run, struck, books in done:
        counted = count(books, run.folder, run.prepared.pcns)
        faults = tuple(f"run {run.number}: {fault}" for fault in counted.faults)
        result = result.plus(replace(counted, killed=int(struck), faults=faults))
    return result


def _ran(stage: Stage, kind: Kind, run: Run, rng: random.Random) -> tuple[bool, Books]:
    """One run: what befalls it, then workers that finish. Gives whether anything struck, and the books."""
    campaign = stage.campaign
    lap = (
        run.number // kind.turns((run.prepared,)) if kind.claims else 0
    )  # an odd one has each place meet the other partner
    greedy = campaign.partners[(run.number + lap) % len(campaign.partners)] == "greedy"
    stage.copy(run)
    taking = start_greedy(run.folder, rng) if greedy else 0
    try:
        ends = kind.befall(run, rng)
        for _ in range(_UNHURT_MAX):
            ends += stage.wave(run, (Doom(),))
            if ends[-1].status == DONE:
                break
        assert not any(end.status == BROKEN for end in ends), "a worker broke: its trace is above"
    finally:
        if taking:
            stop(taking)
    books = books_of(run.office, naive=campaign.naive)
    books = replace(books, faults=(*books.faults, *answers_missed(run.office, run.folder)))
    run.office.ledger.close()
    return any(end.struck for end in ends), books
