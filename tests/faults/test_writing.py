"""The short form of `python -m tests.faults.writing`."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from gateway.service.visits import import_visits, waiting
from gateway.service.visits.correct import fix_visit
from tests.faults import writing
from tests.faults.count import Result
from tests.faults.mortal import Points
from tests.service import clinic

SEED = 20261116
RUNS = {"sqlite": 24, "postgresql": 10}


def rehearsed(url: str) -> Result:
    runs = RUNS[url.partition(":")[0]]
    return writing.rehearse(writing.prepared(url, SEED), 0, runs)


def test_whoever_is_killed_anywhere_while_writing_leaves_one_claim_of_each_visit_and_one_payment_of_each_claim(
    database_url: str,
) -> None:
    # It forks, and whoever forks may have no other thread.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        result = pool.submit(rehearsed, database_url).result()
    print(result)  # noqa: T201 the figures are what the docs promise
    assert result.faults == ()
    assert (result.lost, result.duplicated) == (0, 0)
    assert result.killed > result.runs // 2, "hardly anybody was killed: nothing was tested"


@pytest.mark.parametrize("twice", [False, True])
def test_what_was_not_posted_or_came_into_a_second_claim_is_counted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    twice: bool,  # noqa: FBT001
) -> None:
    # What the work sets for its own process is as it was for the tests behind this one.
    monkeypatch.setattr(import_visits, "_PAGE", writing.PAGE)
    monkeypatch.setattr(waiting, "PAGE", writing.PAGE)
    campaign = writing.prepared(f"sqlite:///{tmp_path}/ledger.db", SEED)
    campaign.databases.renew("empty", "run")
    office = campaign.office("run")
    north = office.settings.partner("north")
    writing._until_sealed(office, north, Points())
    if twice:
        writing._paid_for(office)
        writing._posted(office, north, Points())
        # What a person does by name is what a machine may never do: a second version of a claim that was paid.
        fix_visit(office, "V-1", (("date", "2026-11-03"),), reason="r")
        clinic.delivered(office)
    counted = writing._counted(office)
    office.ledger.close()
    assert (counted.lost, counted.duplicated) == ((1, 1) if twice else (writing.VISITS, 0))
    assert counted.faults
