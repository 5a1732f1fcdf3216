"""A trace of the kernel's work: nothing is said, and nothing is asked of a partner, before it is on our disk."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.contract.openssh import OpenSsh
from tests.faults import traced
from tests.faults.crash import Campaign
from tests.faults.durable import ANSWERS, REQUESTS, moments

pytestmark = [pytest.mark.openssh, pytest.mark.skipif(traced.missing() != "", reason=traced.missing())]


def test_every_step_is_on_the_disk_before_its_answer_and_before_the_next_request_to_the_partner(
    openssh: OpenSsh, tmp_path: Path
) -> None:
    """Import (D1), seal (D2), deliver (D3 to D5) and collect, on SQLite: an fdatasync lies in every commit."""
    campaign = Campaign(
        kind="trace",
        seed=1,
        runs=1,
        database_url=f"sqlite:///{tmp_path / 'ledger.db'}",
        mailbox=openssh.address(),
        root=openssh.root,
    )
    passed = moments(campaign)
    said = [moment.what for moment in passed]
    assert set(ANSWERS) <= set(said)
    assert said.index("import answered") < said.index("connect") < said.index("collect answered")
    for moment in passed:
        if moment.what in {*ANSWERS, *REQUESTS, "commit done", "connect"}:
            assert not moment.unsynced, f"{moment.what}: {sorted(moment.unsynced)} not on the disk yet"
    commits = [(one, other) for one, other in pairwise(passed) if one.what == "commit"]
    assert len(commits) > len(["D1", "D2", "D3", "D4", "D5"])
    for begun, done in commits:
        assert done.what == "commit done"
        assert done.synced > begun.synced, "a commit without an fdatasync"
    # D3 lies before the first write to the partner, D4 between the last of them and the rename, D5 behind the probe.
    create, closed, rename = said.index("create"), said.index("release done"), said.index("rename")
    assert "commit done" in said[said.index("connect") : create]
    assert "commit done" in said[closed:rename]
    assert "commit done" in said[said.index("look done", rename) :]
