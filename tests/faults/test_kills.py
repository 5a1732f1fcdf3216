"""The short form of `python -m tests.faults`: killed anywhere and started again, every claim arrives exactly once."""

from pathlib import Path

import pytest

from gateway.partner import Publish
from tests.contract.openssh import OpenSsh
from tests.faults.crash import Campaign, run_apart
from tests.faults.stage import MANNERS

pytestmark = pytest.mark.openssh
SEED = 20261116
RUNS = {"sqlite": 300, "postgresql": 200}
MANNER_RUNS = 15
CONTROL_RUNS = 25


def test_killed_anywhere_every_claim_arrives_exactly_once(openssh: OpenSsh, database_url: str) -> None:
    """At a partner that keeps what it gets and at a greedy one, in turn."""
    runs = RUNS[database_url.partition(":")[0]]
    campaign = Campaign(seed=SEED, runs=runs, database_url=database_url, mailbox=openssh.address(), root=openssh.root)
    result = run_apart(campaign)
    print(result)  # noqa: T201 the figures are what the docs promise
    assert result.faults == ()
    assert (result.runs, result.lost, result.duplicated, result.held) == (runs, 0, 0, 0)
    assert result.killed > runs // 2, "the workers were hardly ever killed: nothing was tested"


@pytest.mark.parametrize("publish", [Publish.HARDLINK, Publish.DIRECT])
def test_killed_anywhere_in_the_other_manners_nothing_is_lost_and_nothing_comes_twice(
    openssh: OpenSsh, tmp_path: Path, publish: Publish
) -> None:
    """What nobody can know is held for a person: whether a name that is gone was taken, or never there."""
    campaign = Campaign(
        seed=SEED,
        runs=MANNER_RUNS,
        database_url=f"sqlite:///{tmp_path / 'ledger.db'}",
        mailbox=openssh.address(),
        root=openssh.root,
        publish=publish,
        partners=MANNERS[publish],
    )
    result = run_apart(campaign)
    print(f"{publish}: {result}")  # noqa: T201 as above
    assert result.faults == ()
    assert (result.lost, result.duplicated) == (0, 0)
    assert result.killed > MANNER_RUNS // 2
    assert result.held < result.files // 4, "it is the exception"


def test_the_usual_way_of_sending_duplicates_claims_under_the_same_kills(openssh: OpenSsh, tmp_path: Path) -> None:
    """Without this the harness could be blind."""
    campaign = Campaign(
        seed=SEED,
        runs=CONTROL_RUNS,
        database_url=f"sqlite:///{tmp_path / 'ledger.db'}",
        mailbox=openssh.address(),
        root=openssh.root,
        partners=("greedy",),
        naive=True,
    )
    result = run_apart(campaign)
    print(f"control: {result}")  # noqa: T201 as above
    assert result.duplicated > 0
