"""The short forms of `python -m tests.faults --kind ...`: servers that die, lines that are cut, workers that wake up."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract.openssh import OpenSsh
from tests.faults import traced
from tests.faults.count import Result
from tests.faults.crash import Campaign, run_apart
from tests.faults.kinds import ALL_POINTS
from tests.servers import postgres

pytestmark = pytest.mark.openssh
SEED = 20261116
SERVER_RUNS = {"sqlite": 20, "postgresql": 10}
RESET_RUNS = 8
SYSCALL_RUNS = 36
DISK_RUNS = 24
POSTGRES_RUNS = 9
ZOMBIE_PARTNERS = {"sqlite": ("keeping", "greedy"), "postgresql": ("greedy", "keeping")}


def counted(openssh: OpenSsh, database_url: str, kind: str, runs: int, **more: Any) -> Result:
    """Run a campaign; nothing may be lost, doubled or left to a person."""
    assert openssh.process is not None
    result = run_apart(
        Campaign(
            kind=kind,
            seed=SEED,
            runs=runs,
            database_url=database_url,
            mailbox=openssh.address(),
            root=openssh.root,
            server=openssh.process.pid,
            **more,
        )
    )
    print(f"{kind}: {result}")  # noqa: T201 the figures are what the docs promise
    assert result.faults == ()
    assert (result.lost, result.duplicated, result.held) == (0, 0, 0)
    return result


def test_a_server_that_is_killed_anywhere_gets_every_claim_exactly_once(openssh: OpenSsh, database_url: str) -> None:
    """The gateway lives, finds its line cut, and tries again."""
    runs = SERVER_RUNS[database_url.partition(":")[0]]
    result = counted(openssh, database_url, "server", runs)
    assert result.killed > runs // 2, "the server was hardly ever killed: nothing was tested"


def test_a_line_that_is_reset_at_any_byte_of_a_round_delivers_every_claim_once(
    openssh: OpenSsh, tmp_path: Path
) -> None:
    """Several files on one line; the second attempt is sometimes cut as well. F16 has the other database."""
    counted(openssh, f"sqlite:///{tmp_path / 'ledger.db'}", "resets", RESET_RUNS)


def test_f10_f11_a_worker_that_is_paused_at_any_point_and_wakes_after_another_took_over_delivers_once(
    openssh: OpenSsh, database_url: str
) -> None:
    """At every point, every other one for a greedy partner; the other database has the others. The long form has all."""
    partners = ZOMBIE_PARTNERS[database_url.partition(":")[0]]
    result = counted(openssh, database_url, "zombies", ALL_POINTS, partners=partners)
    assert result.killed == result.runs, "a worker was over before its point: it was not paused"
    assert result.runs > 20


@pytest.mark.skipif(traced.missing() != "", reason=traced.missing())
def test_killed_at_any_durable_system_call_of_a_delivery_and_a_collection_nothing_is_lost_or_doubled(
    openssh: OpenSsh, tmp_path: Path
) -> None:
    """Some of them, at a partner that keeps what it gets and at a greedy one, in turn; the long form has all."""
    result = counted(openssh, f"sqlite:///{tmp_path / 'ledger.db'}", "syscalls", SYSCALL_RUNS)
    assert result.killed > result.runs * 0.9


@pytest.mark.skipif(traced.missing() != "", reason=traced.missing())
def test_f37_f38_a_disk_that_is_full_or_fails_at_any_write_of_a_delivery_is_read_again_and_delivers_once(
    openssh: OpenSsh, tmp_path: Path
) -> None:
    """ENOSPC at writes, EIO at syncs, of every step (D2 to D5). What the failed step left is read, not assumed."""
    counted(openssh, f"sqlite:///{tmp_path / 'ledger.db'}", "disk", DISK_RUNS)


@pytest.mark.postgres
def test_f46_a_postgresql_that_is_killed_at_any_point_of_a_delivery_is_read_again_and_delivers_once(
    openssh: OpenSsh,
) -> None:
    """The server stopped at once, or kill -9 of the process that serves us; some points here, all in the long form."""
    if postgres.installed() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgres.running_server() as server:
        result = counted(openssh, server.url, "postgres", POSTGRES_RUNS, postgres=server)
    assert result.killed == result.runs
