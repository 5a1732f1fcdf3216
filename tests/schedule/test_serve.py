"""The service as an operator has it: a process that is started, stopped, killed, and told to read its configuration again."""

import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.command import COMMAND, environment, gateway
from tests.service.clinic import visit, visits_file


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A practice with a drop folder and a cutoff, whose service has come to know its jobs."""
    where = tmp_path / "home"
    assert gateway("init", home=where).status == 0
    for profile in (where / "partners").glob("*.toml"):
        text = re.sub(r"(?m)^collects = .*$", "collects = []", profile.read_text())
        profile.write_text(text.replace("[schedule]", "[schedule]\ndelivers = []"))
    assert gateway("serve", "--once", home=where).status == 0
    return where


def as_if_it_rested(home: Path, job: str, hours: float) -> None:
    """Let the service believe that it last looked at a job so long ago."""
    then = (datetime.now(tz=UTC) - timedelta(hours=hours)).isoformat(timespec="microseconds")
    with sqlite3.connect(home / "gateway.db") as ledger:
        ledger.execute("UPDATE schedules SET known_until = ? WHERE job = ?", (then, job))


def drop(home: Path, name: str = "today.json", *keys: str) -> None:
    (home / "in").mkdir(exist_ok=True)
    path = home / "in" / name
    path.write_bytes(visits_file(*(visit(key, "HLTH1") for key in keys or ("V-1",))))
    os.utime(path, (time.time() - 60,) * 2)


class Served:
    """A service that runs, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str], said: Path) -> None:
        self.process = process
        self._said = said

    @property
    def said(self) -> str:
        return self._said.read_text()

    def waits_for(self, what: str, seconds: float = 30.0) -> None:
        until = time.monotonic() + seconds
        while what not in self.said:
            assert time.monotonic() < until, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.05)

    def ends(self, how: int = signal.SIGTERM) -> tuple[int, float]:
        """End it by a signal; gives its status, and after how many seconds."""
        begun = time.monotonic()
        self.process.send_signal(how)
        return self.process.wait(20), time.monotonic() - begun


@contextmanager
def serving(home: Path, name: str = "one") -> Iterator[Served]:
    said = home.parent / f"{name}.said"
    with said.open("w") as file:
        process = subprocess.Popen(
            [*COMMAND, "--home", str(home), "serve"],
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(),
        )
    try:
        yield Served(process, said)
    finally:
        process.kill()
        process.wait()


def test_once_does_what_is_due_and_ends(home: Path) -> None:
    drop(home)
    assert gateway("serve", "--once", home=home).err.count("take-in") <= 1  # a minute may have begun
    drop(home, "late.json", "V-2")
    as_if_it_rested(home, "take-in", 1)
    ran = gateway("serve", "--once", home=home)
    assert ran.status == 0
    assert "(late): " in ran.err
    assert (home / "in" / "done" / "late.json").exists()
    listed = gateway("visits", "list", "--json", home=home).facts["visits"]
    assert {one["visit"]["key"] for one in listed} == {"V-1", "V-2"}
    assert gateway("schedule", "next", "--json", home=home).facts["open"] == []


def test_it_serves_until_it_is_told_to_stop_and_does_what_was_missed(home: Path) -> None:
    drop(home)
    as_if_it_rested(home, "take-in", 1)
    as_if_it_rested(home, "reconcile", 30)
    with serving(home) as one:
        one.waits_for("serving elm: practice, northgate, southport")
        one.waits_for("1 file taken in with 1 visit")
        one.waits_for("every law holds")
        # Others work beside it, and alone on the ledger, whenever they like.
        assert gateway("scrub", "run", home=home).status in {0, 1}
        assert gateway("reconcile", "--hold", "--by", "Ana", "--reason", "test", home=home).status == 0
        status, seconds = one.ends()
    assert (status, seconds < 10) == (143, True)
    assert "stopped; what was done stays done" in one.said


def test_f51_a_second_one_stands_by_and_takes_over_when_the_first_is_killed(home: Path) -> None:
    with serving(home, "first") as first:
        first.waits_for("serving elm")
        with serving(home, "second") as second:
            second.waits_for("another gateway process serves this practice")
            once = gateway("serve", "--once", home=home)
            assert (once.status, "what is due is its to do" in once.err) == (6, True)
            first.process.kill()
            first.process.wait()
            drop(home)
            as_if_it_rested(home, "take-in", 1)
            second.waits_for("serving elm")
            second.waits_for("1 file taken in with 1 visit")


def test_a_wrong_key_is_named_and_the_configuration_before_stays(home: Path) -> None:
    profile = home / "partners" / "northgate.toml"
    before = profile.read_text()
    with serving(home) as one:
        one.waits_for("serving elm")
        profile.write_text(before.replace("Mon-Fri 16:30", "Mon-Fri 25:30"))
        one.process.send_signal(signal.SIGHUP)
        one.waits_for("the configuration is not taken, the one before stays: partners/northgate.toml: schedule.sends.0")
        (home / "partners" / "southport.toml").rename(home / "southport.toml")
        profile.write_text(before)
        for payer in (home / "payers").glob("*.toml"):
            payer.write_text(payer.read_text().replace('"southport"', '"northgate"'))
        one.process.send_signal(signal.SIGHUP)
        one.waits_for("the configuration was read again: practice, northgate\n")
        assert one.ends(signal.SIGINT)[0] == 143


def test_a_job_is_done_by_hand_and_rests(home: Path) -> None:
    drop(home)
    ran = gateway("schedule", "run", "take-in", home=home)
    assert (ran.status, ran.out) == (0, "take-in: 1 file taken in with 1 visit\n")
    nobody = gateway("schedule", "run", "send", "--partner", "nobody", home=home)
    assert (nobody.status, "there is: send northgate, send southport" in nobody.err) == (2, True)
    words = ("send", "--partner", "northgate", "--by", "Ana Reyes", "--reason", "they move")
    assert gateway("schedule", "pause", *words, home=home).status == 0
    shown = gateway("schedule", "next", home=home).out
    assert "by Ana Reyes (they move)" in shown
    assert "nobody serves" in shown
    assert gateway("schedule", "resume", *words, home=home).out.startswith("send northgate goes on")
