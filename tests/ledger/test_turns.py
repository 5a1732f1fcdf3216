"""Nobody is refused because somebody else writes: everybody's turn comes, and soon."""

import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.errors import LedgerBusy
from gateway.event import Event
from gateway.ledger import Ledger, events, open_ledger, turns
from tests.e2e.command import ROOT, environment
from tests.people import NOW, PRACTICE

_WRITER = """
import sys, time
from gateway.event import Event
from gateway.ledger import events, open_ledger
from tests.people import NOW, PRACTICE
ledger, name, until = open_ledger(sys.argv[1]), sys.argv[2], time.time() + 3
print("ready", flush=True)
sys.stdin.readline()
while time.time() < until:
    with ledger.writing() as tx:
        events.write(tx, PRACTICE.key, Event(kind="try.written", about=name, said=name), at=NOW)
        time.sleep(0.02)
"""


def url_of(ledger: Ledger) -> str:
    return ledger.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")


@contextmanager
def writers(ledger: Ledger, names: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that write one transaction behind the other for three seconds, once they are let go."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, url_of(ledger), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment(),
        )
        for name in names
    ]
    try:
        for one in running:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        yield running
        for one in running:
            one.communicate(timeout=60)
            assert one.returncode == 0
    finally:
        for one in running:
            one.kill()
            one.communicate()


def let_go(running: list[subprocess.Popen[str]]) -> None:
    for one in running:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()


def test_several_processes_that_never_pause_all_get_on_alike(ledger: Ledger) -> None:
    ledger.close()
    with writers(ledger, "ABCD") as running:
        let_go(running)
    with ledger.reading() as tx:
        wrote = Counter(one.event.about for one in events.read(tx, PRACTICE.key, kind="try", limit=10_000))
    assert set(wrote) == set("ABCD")
    # Where other work keeps one of them from the processor, it is not in the queue: what may not be is that one starves.
    assert min(wrote.values()) * 6 >= max(wrote.values()), wrote


def test_who_comes_while_another_writes_on_and_on_waits_for_a_turn_or_two(ledger: Ledger) -> None:
    with writers(ledger, "A") as running:
        let_go(running)
        time.sleep(0.5)
        for _ in range(5):
            begun = _written(ledger)
            with ledger.writing() as tx:
                events.write(tx, PRACTICE.key, Event(kind="other.written", about="us", said="us"), at=NOW)
            assert _written(ledger) - begun <= 5
            time.sleep(0.1)


def _written(ledger: Ledger) -> int:
    with ledger.reading() as tx:
        return len(events.read(tx, PRACTICE.key, kind="try", limit=10_000))


def test_a_turn_that_does_not_end_is_told_with_its_process(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "STUCK_SECONDS", 0.3)
    holds, ends = threading.Event(), threading.Event()

    def hold() -> None:
        with sqlite_ledger.writing():
            holds.set()
            ends.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    holds.wait(20)
    try:
        with pytest.raises(LedgerBusy, match=r"process \d+ has been writing"), sqlite_ledger.writing():
            pass
    finally:
        ends.set()
        holder.join()
    with sqlite_ledger.writing():
        pass


def test_a_turn_ends_with_the_process_that_had_it(sqlite_ledger: Ledger) -> None:
    code = (
        "import sys; from gateway.ledger import open_ledger\n"
        f"turn = open_ledger({url_of(sqlite_ledger)!r}).writing(); turn.__enter__()\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()
    with sqlite_ledger.writing() as tx:
        assert tx.in_transaction()


@pytest.fixture
def sqlite_ledger(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Ledger]:
    path = tmp_path_factory.mktemp("turns") / "ledger.db"
    shutil.copyfile(migrated_sqlite, path)
    opened = open_ledger(f"sqlite:///{path}")
    yield opened
    opened.close()
