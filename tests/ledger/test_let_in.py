"""Who wants to work alone is let in between, and everybody else goes on behind."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from gateway.errors import LedgerBusy
from gateway.ledger import Ledger, lock, open_ledger
from gateway.ledger.lock import alone, at_work, require_nobody_alone
from tests.e2e.command import ROOT, environment
from tests.ledger.test_turns import url_of
from tests.ledger.waited_for import LONG_SECONDS, hold_on, until, wants_alone

_WAITS_ALONE = """
import sys
from gateway.ledger import open_ledger
from gateway.ledger.lock import alone
with alone(open_ledger(sys.argv[1])):
    print("alone", flush=True)
"""


@contextmanager
def another(ledger: Ledger) -> Iterator[Ledger]:
    """The same ledger, opened once more, as another process has it."""
    opened = open_ledger(url_of(ledger))
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def working_alone(ledger: Ledger, work: Callable[[], None], told: list[str] | None = None) -> None:
    with another(ledger) as theirs, alone(theirs, (told if told is not None else []).append):
        work()


def test_who_waits_is_told_once_and_let_in_when_the_one_at_work_steps_aside(
    empty_ledger: Ledger, threads: ThreadPoolExecutor
) -> None:
    order: list[str] = []
    told: list[str] = []
    with at_work(empty_ledger) as work:
        assert not work.is_asked()
        other = threads.submit(working_alone, empty_ledger, lambda: order.append("alone"), told)
        until(lambda: bool(told))
        assert work.is_asked()
        assert order == []
        work.step_aside()
        order.append("at work again")
        other.result(LONG_SECONDS)
        assert not work.is_asked()
        with pytest.raises(LedgerBusy), _at_once(), another(empty_ledger) as theirs, alone(theirs):
            pass
    assert order == ["alone", "at work again"]
    (said,) = told
    assert "other gateway processes are at work on this ledger; this waits for them" in said


@contextmanager
def _at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as impatient:
        impatient.setattr(lock, "ALONE_SECONDS", 0.0)
        impatient.setattr(lock, "AT_WORK_SECONDS", 0.0)
        yield


def test_a_newcomer_waits_while_somebody_waits_to_work_alone_and_then_works(
    empty_ledger: Ledger, threads: ThreadPoolExecutor
) -> None:
    order: list[str] = []
    told: list[str] = []
    ends = threading.Event()

    def work_alone() -> None:
        order.append("alone")
        ends.wait(LONG_SECONDS)
        order.append("alone no more")

    def newcomer() -> None:
        with another(empty_ledger) as theirs, at_work(theirs, told.append):
            order.append("newcomer")

    with at_work(empty_ledger):
        other = threads.submit(working_alone, empty_ledger, work_alone)
        until(wants_alone(empty_ledger))
        late: Future[None] = threads.submit(newcomer)
        until(lambda: bool(told))
    until(lambda: bool(order))
    ends.set()
    for one in (other, late):
        one.result(LONG_SECONDS)
    assert order == ["alone", "alone no more", "newcomer"]
    assert len(told) == 1


def test_two_who_want_to_be_alone_come_one_after_the_other(empty_ledger: Ledger, threads: ThreadPoolExecutor) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work_alone() -> None:
        inside.append(1)
        most.append(len(inside))
        threading.Event().wait(0.2)
        inside.pop()

    with at_work(empty_ledger) as work:
        others = [threads.submit(working_alone, empty_ledger, work_alone) for _ in range(3)]
        while not all(one.done() for one in others):
            if work.is_asked():
                work.step_aside()
    for one in others:
        one.result(LONG_SECONDS)
    assert most == [1, 1, 1]


def test_one_who_is_killed_while_it_waits_keeps_nobody_out(empty_ledger: Ledger) -> None:
    with at_work(empty_ledger) as work:
        waiter = subprocess.Popen(
            [sys.executable, "-c", _WAITS_ALONE, url_of(empty_ledger)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment(),
        )
        until(work.is_asked)
        waiter.kill()
        assert waiter.communicate()[0] == ""
        until(lambda: not work.is_asked())
        with another(empty_ledger) as theirs, at_work(theirs):
            pass


def test_one_who_waits_in_vain_gives_up_and_keeps_nobody_out(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "ALONE_SECONDS", 0.1)
    with at_work(empty_ledger) as work, another(empty_ledger) as theirs:
        with pytest.raises(LedgerBusy, match="nothing was changed; try again when they are done"), alone(theirs):
            pass
        assert not work.is_asked()
        require_nobody_alone(theirs)
        with at_work(theirs):
            pass


def test_who_stepped_aside_for_one_that_does_not_end_is_refused_and_not_at_work(
    empty_ledger: Ledger, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "AT_WORK_SECONDS", 0.3)
    ends = threading.Event()
    try:
        with at_work(empty_ledger) as work:
            other = threads.submit(working_alone, empty_ledger, lambda: hold_on(ends))
            until(work.is_asked)
            with pytest.raises(LedgerBusy, match="what was done before stays done"):
                work.step_aside()
            with pytest.raises(LedgerBusy):
                require_nobody_alone(empty_ledger)
    finally:
        ends.set()
    other.result(LONG_SECONDS)
    require_nobody_alone(empty_ledger)


def test_nobody_steps_aside_in_the_middle_of_a_transaction(empty_ledger: Ledger, threads: ThreadPoolExecutor) -> None:
    with at_work(empty_ledger) as work:
        other = threads.submit(working_alone, empty_ledger, lambda: None)
        until(wants_alone(empty_ledger))
        with empty_ledger.reading():
            assert not work.is_asked()
        with empty_ledger.writing():
            assert not work.is_asked()
        assert work.is_asked()
    other.result(LONG_SECONDS)
