"""Who reads the log on from a number never passes a line that commits later."""

import threading
import time

import pytest

from gateway.event import Event
from gateway.ledger import Ledger, Transaction, events
from tests.people import NOW, PRACTICE
from tests.servers.databases import ON_POSTGRESQL
from tests.together import run_together

P = PRACTICE.key
LONG = 20


def say(tx: Transaction, about: str) -> None:
    events.write(tx, P, Event(kind="try.said", about=about, said=about), at=NOW)


def read_on(ledger: Ledger, after: int) -> tuple[int, list[str]]:
    """Read the lines behind a number, and give the number of the last."""
    with ledger.reading() as tx:
        lines = events.read(tx, P, after=after, limit=10_000)
    return (lines[-1].number if lines else after), [one.event.about for one in lines]


@ON_POSTGRESQL
def test_a_line_of_a_transaction_that_was_open_for_long_comes_behind_those_that_were_read(ledger: Ledger) -> None:
    seen, _ = read_on(ledger, 0)
    with ledger.writing(beside=True) as old:
        say(old, "the older one")
        with ledger.writing(beside=True) as young:
            say(young, "the younger one")
        seen, lines = read_on(ledger, seen)
        assert lines == ["the younger one"]
    assert read_on(ledger, seen)[1] == ["the older one"]


@ON_POSTGRESQL
def test_whoever_writes_alone_waits_for_those_who_write_beside_each_other_and_they_for_it(ledger: Ledger) -> None:
    order: list[str] = []
    holds = threading.Event()

    def alone() -> None:
        holds.wait(LONG)
        with ledger.writing():
            order.append("alone")

    def beside() -> None:
        with ledger.writing(beside=True):
            holds.set()
            time.sleep(0.3)
            order.append("beside")

    run_together([alone, beside])
    assert order == ["beside", "alone"]


@ON_POSTGRESQL
def test_many_that_write_at_once_are_read_whole_and_in_order(ledger: Ledger) -> None:
    """Threads give lines of their own, in turn; a reader follows meanwhile."""
    each, writers = 40, 4
    done = threading.Event()
    followed: list[str] = []
    first, _ = read_on(ledger, 0)

    def write(name: str) -> None:
        for number in range(each):
            with ledger.writing(beside=number % 7 > 0) as tx:
                say(tx, f"{name} {number}")
                time.sleep(0.001 * (number % 4))

    def follow() -> None:
        after, is_over = first, False
        while not is_over:
            is_over = done.is_set()
            after, lines = read_on(ledger, after)
            followed.extend(lines)

    reader = threading.Thread(target=follow)
    reader.start()
    try:
        run_together([lambda name=name: write(name) for name in "ABCD"])  # type: ignore[misc]
    finally:
        done.set()
        reader.join(LONG)
    assert len(followed) == each * writers
    for name in "ABCD":
        assert [one for one in followed if one.startswith(name)] == [f"{name} {number}" for number in range(each)]


def test_a_transaction_that_fails_leaves_no_line(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger.writing(beside=True) as tx:
            say(tx, "never said")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert "never said" not in read_on(ledger, 0)[1]
