"""Faults F38, F44, F46, F48, F55 and F56: a database that fails at a COMMIT, is busy, or is asked for the same by many at once."""

import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event, text, update

from gateway.delivery import Delivery
from gateway.errors import ConfigError, LedgerBusy
from gateway.event import Event
from gateway.ledger import Ledger, events, numbers, open_ledger, outbox, turns, visits
from gateway.ledger.tables import control_numbers
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import deliver
from gateway.service.visits.import_visits import Taking, take_in
from gateway.service.visits.scrub import scrub_visits
from tests.contract.memory_mailbox import MemoryMailbox
from tests.people import NOW
from tests.service import clinic

NOTE = Event(kind="note", about="fault", said="a note")
_PROCESSES = 3
_VISITS = 25


def noted(ledger: Ledger) -> int:
    with ledger.reading() as tx:
        return len(events.read(tx, "elm", kind="note"))


def note(tx: Connection) -> None:
    events.write(tx, "elm", NOTE, at=NOW)


def refused_at_the_commit(ledger: Ledger) -> None:
    """Write a note on a connection that will not commit, ever."""
    with ledger.writing() as tx:
        note(tx)
        connection = tx.connection.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        connection.set_authorizer(lambda _action, what, *_: sqlite3.SQLITE_DENY if what == "COMMIT" else 0)


def orphaned_at_the_commit(ledger: Ledger) -> None:
    """Write a note, and lose the process of the server that is to commit it: everything but the COMMIT was done."""

    def end(tx: Connection) -> None:
        process = tx.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
        with ledger.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})

    event.listen(ledger.engine, "commit", end, once=True)
    with ledger.writing() as tx:
        note(tx)


@pytest.mark.parametrize(
    ("shelf", "failing"),
    [
        pytest.param("sqlite_shelf", refused_at_the_commit, id="sqlite"),
        pytest.param("postgres_shelf", orphaned_at_the_commit, id="postgresql", marks=pytest.mark.postgres),
    ],
)
def test_f38_f46_a_commit_that_fails_is_said_to_be_unknown_and_its_connection_is_never_used_again(
    request: pytest.FixtureRequest, shelf: str, failing: Callable[[Ledger], None]
) -> None:
    with request.getfixturevalue(shelf).taken() as office:
        with pytest.raises(ConfigError, match="may be stored or not"):
            failing(office.ledger)
        assert noted(office.ledger) == 0
        with office.ledger.writing() as tx:
            note(tx)
        assert noted(office.ledger) == 1


@pytest.mark.postgres
def test_f48_a_transaction_whose_session_is_ended_in_its_midst_leaves_nothing_of_itself(
    request: pytest.FixtureRequest,
) -> None:
    """As idle_in_transaction_session_timeout ends it."""
    with request.getfixturevalue("postgres_shelf").taken() as office:
        with pytest.raises(ConfigError, match="the database refused"):
            orphaned_in_the_middle(office.ledger)
        assert noted(office.ledger) == 0
        with office.ledger.writing() as tx:
            note(tx)
        assert noted(office.ledger) == 1


def orphaned_in_the_middle(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        note(tx)
        process = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with ledger.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
        note(tx)


def test_f48_a_process_that_uses_every_connection_is_busy_and_not_broken(sqlite_office: Office) -> None:
    pool = create_engine(sqlite_office.ledger.engine.url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    ledger = Ledger(pool)
    with ledger.reading():
        for more in (ledger.reading, ledger.writing):
            with pytest.raises(LedgerBusy, match="every connection"):
                more().__enter__()
    assert noted(ledger) == 0
    ledger.close()


@pytest.fixture(scope="session")
def others() -> Iterator[ProcessPoolExecutor]:
    """Other processes of the gateway."""
    with ProcessPoolExecutor(_PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def test_f44_a_turn_that_does_not_end_is_waited_for_a_bounded_time_and_nothing_is_written(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "STUCK_SECONDS", 0.1)
    waiting = open_ledger(sqlite_office.ledger.engine.url.render_as_string())
    with sqlite_office.ledger.writing() as tx:
        note(tx)
        with pytest.raises(LedgerBusy, match="gateway process"), waiting.writing() as late:
            note(late)
    assert noted(waiting) == 1
    waiting.close()


def test_f44_what_locks_the_file_without_taking_a_turn_is_waited_for_a_bounded_time_too(
    sqlite_office: Office,
) -> None:
    """A database browser, for one."""
    waiting = open_ledger(sqlite_office.ledger.engine.url.render_as_string())
    event.listen(waiting.engine, "connect", impatient)
    with closing(sqlite3.connect(str(waiting.engine.url.database), isolation_level=None)) as browser:
        browser.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerBusy, match="another gateway process"), waiting.writing() as late:
            note(late)
    assert noted(waiting) == 0
    waiting.close()


def impatient(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout=50")


def write_many(url: str, times: int) -> None:
    ledger = open_ledger(url)
    for _ in range(times):
        with ledger.writing() as tx:
            note(tx)
    ledger.close()


def test_f44_a_storm_of_writers_beside_a_long_reader_loses_nothing_and_locks_nobody_out(
    office: Office, others: ProcessPoolExecutor
) -> None:
    """The reader sees what it saw at first; once it is done, SQLite's journal can be emptied again."""
    url = office.ledger.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with office.ledger.reading() as tx:
        before = events.last_number(tx, "elm")
        for done in [others.submit(write_many, url, 40) for _ in range(_PROCESSES)]:
            done.result()
        assert events.last_number(tx, "elm") == before
    with office.ledger.reading() as tx:
        assert len(events.read(tx, "elm", kind="note", limit=1000)) == 40 * _PROCESSES
    if url.startswith("sqlite"):
        with office.ledger.engine.connect().execution_options(gateway_read_only=True) as tx:
            journal = Path(str(office.ledger.engine.url.database) + "-wal")
            connection = tx.connection.driver_connection
            assert isinstance(connection, sqlite3.Connection)
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            assert (busy, journal.stat().st_size) == (0, 0)


def take_same(url: str, body: bytes, times: int) -> int:
    """Take the same file in again and again, in a process of its own; give how many visits were new."""
    office = Office(ledger=open_ledger(url), settings=clinic.settings(), clock=clinic.clock(), actor="other")
    new = sum(take_in(office, "visits.json", body).counts.get(Taking.NEW, 0) for _ in range(times))
    office.ledger.close()
    return new


def test_f56_a_thousand_accepts_of_the_same_visits_at_once_make_one_version_of_each(
    office: Office, others: ProcessPoolExecutor
) -> None:
    keys = [f"S-{number}" for number in range(_VISITS)]
    body = clinic.visits_file(*map(clinic.visit, keys))
    url = office.ledger.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    times = 1 + 1000 // (_PROCESSES * _VISITS)
    made = [done.result() for done in [others.submit(take_same, url, body, times) for _ in range(_PROCESSES)]]
    assert sum(made) == _VISITS
    with office.ledger.reading() as tx:
        assert {len(visits.versions(tx, "elm", key)) for key in keys} == {1}


def test_f55_the_interchange_number_wraps_into_a_new_cycle_and_every_file_arrives_once(office: Office) -> None:
    one_each = replace(clinic.partner(), claims_max=1)
    office = replace(office, settings=clinic.settings(one_each))
    mailbox_files: dict[str, bytes] = {}
    deliver(office, lambda _: MemoryMailbox(files=mailbox_files))
    with office.ledger.writing() as tx:
        tx.execute(update(control_numbers).where(control_numbers.c.kind == "interchange").values(last=numbers.LAST - 1))
    clinic.taken(office, clinic.visit("W-1"), clinic.visit("W-2"))
    scrub_visits(office)
    seal_batches(office)
    deliver(office, lambda _: MemoryMailbox(files=mailbox_files))
    with office.ledger.reading() as tx:
        files = outbox.files(tx, "elm")
    assert [(one.cycle, one.interchange) for one in files] == [(1, 1), (1, numbers.LAST), (2, 1)]
    assert {one.state for one in files} == {Delivery.SENT}
    assert len({one.name for one in files}) == len(mailbox_files) == 3
    assert len({one.reference for one in files}) == 3
