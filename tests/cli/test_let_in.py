"""What a person sees while a command waits for others on the same ledger."""

import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.ledger import Ledger, open_ledger
from gateway.ledger.lock import alone, at_work
from gateway.settings import load
from tests.e2e.command import COMMAND, environment, gateway
from tests.ledger.waited_for import LONG_SECONDS

HOLD = ("reconcile", "--hold", "--by", "Ana Reyes", "--reason", "the machine was set back")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    assert gateway("init", home=made).status == 0
    return made


class Waited(NamedTuple):
    said: str
    status: int
    out: str
    err: str


def waited_for(home: Path, lock: AbstractContextManager[object], *arguments: str) -> Waited:
    """Run a command that comes while we have the lock, which ends when the command has said that it waits."""
    with lock:
        running = subprocess.Popen(
            [*COMMAND, "--home", str(home), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        assert running.stderr is not None
        said = running.stderr.readline()
    try:
        out, err = running.communicate(timeout=LONG_SECONDS)
    finally:
        running.kill()
        running.communicate()
    return Waited(said, running.returncode, out, err)


@pytest.fixture
def ledger(home: Path) -> Iterator[Ledger]:
    opened = open_ledger(load(home).database_url)
    yield opened
    opened.close()


def test_what_works_alone_says_that_it_waits_for_others_and_works_when_they_are_done(
    home: Path, ledger: Ledger
) -> None:
    held = waited_for(home, at_work(ledger), *HOLD)
    assert held.said == (
        "other gateway processes are at work on this ledger; this waits for them, for 60 seconds at most\n"
    )
    assert (held.status, held.err) == (0, "")
    assert "HELD" in held.out


def test_a_newcomer_says_that_it_waits_for_one_who_works_alone_and_then_works(home: Path, ledger: Ledger) -> None:
    listed = waited_for(home, alone(ledger), "claims", "list")
    assert listed.said == (
        "the ledger is being upgraded, released or changed as a whole by another gateway process, or is to be; this "
        "waits for it, for 90 seconds at most\n"
    )
    assert (listed.status, listed.err) == (0, "")


def test_the_log_is_read_and_the_ledger_examined_without_waiting(home: Path, ledger: Ledger) -> None:
    with alone(ledger):
        assert gateway("tail", home=home).status == 0
        said = gateway("doctor", home=home).out
    assert "look  lock: the ledger is being upgraded" in said
