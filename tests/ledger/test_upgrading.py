"""Upgrades that a full ledger survives: stopped anywhere, and gone on with."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from gateway.errors import ConfigError, LedgerBusy, LedgerConflict
from gateway.event import Event
from gateway.ledger import Ledger, claims, events, migrate, visits
from gateway.ledger.indexes import NewIndex, concurrent_index, make
from gateway.ledger.upgrading import _config, bring_up
from tests.e2e.command import ROOT, environment
from tests.ledger.killed_upgrade import REVISIONS
from tests.ledger.numbering import take
from tests.ledger.test_ledger import stored_claim
from tests.people import NOW, PRACTICE, claim
from tests.servers.databases import ON_POSTGRESQL

P = PRACTICE.key
LONG = (REVISIONS / "long",)
SAID = Event(kind="claim.ready", about="PCN1", said="clean")


def quiet(_step: str) -> None:
    pass


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    with ledger.writing() as tx:
        for number in range(30):
            events.write(tx, P, Event(kind="claim.ready", about=f"PCN{number}", said="clean"), at=NOW)
    return ledger


def indexes_of(ledger: Ledger) -> dict[str, set[str]]:
    with ledger.reading() as tx:
        there = inspect(tx)
        return {
            table: {str(one["name"]) for one in there.get_indexes(table)}
            for table in ("events", "claim_versions", "practices")
        }


def lines(ledger: Ledger) -> list[tuple[object, ...]]:
    with ledger.reading() as tx:
        return [tuple(row) for row in tx.execute(text("SELECT id, practice, about, said, at FROM events ORDER BY id"))]


def require_guarded(ledger: Ledger) -> None:
    for statement in ("UPDATE events SET said = 'other'", "DELETE FROM events"):
        with pytest.raises(DBAPIError, match="append-only"), ledger.engine.begin() as tx:
            tx.execute(text(statement))


def test_the_newest_revision_is_that_of_the_newest_script() -> None:
    scripts = ScriptDirectory.from_config(_config(()))
    assert scripts.get_current_head() == migrate.NEWEST
    assert migrate.known() == tuple(sorted(script.revision for script in scripts.walk_revisions()))


def test_each_step_is_told_before_it_is_taken(ledger: Ledger) -> None:
    told: list[str] = []
    bring_up(ledger, told.append, LONG)
    assert told == [
        "revision 9001, 1 of 3: index ix_try_events, 1 of 3",
        "revision 9001, 1 of 3: index ix_try_claims, 2 of 3",
        "revision 9001, 1 of 3: index uq_try_practices, 3 of 3",
        "revision 9001, 1 of 3: Indexes on tables that may be large.",
        "revision 9002, 2 of 3: A guarded table rebuilt.",
        "revision 9003, 3 of 3: One thing more.",
    ]
    bring_up(ledger, told.append, LONG)
    assert len(told) == 6, "nothing is left to do"


def test_a_revision_that_breaks_off_leaves_nothing_and_the_ones_before_it_stand(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError):
        bring_up(ledger, quiet, (REVISIONS / "broken",))
    assert migrate.current(ledger) == "9101"
    with ledger.reading() as tx:
        there = inspect(tx).get_table_names()
    assert "good" in there
    assert "bad" not in there


def test_an_upgrade_that_is_killed_again_and_again_goes_on_and_ends_where_an_undisturbed_one_does(
    filled: Ledger, database_url: str
) -> None:
    before, killed, statements = lines(filled), 0, 1
    filled.close()
    while True:
        ran = subprocess.run(
            [sys.executable, "-m", "tests.ledger.killed_upgrade", database_url, str(statements)],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode != -signal.SIGKILL:
            break
        killed += 1
        statements += 1
    assert ran.returncode == 0, ran.stderr
    assert killed >= 10, "as many places as the issue names"
    assert migrate.current(filled) == "9003"
    assert lines(filled) == before
    there = indexes_of(filled)
    assert "ix_try_events" in there["events"]
    assert "ix_try_claims" in there["claim_versions"]
    assert "uq_try_practices" in there["practices"]
    with filled.reading() as tx:
        assert tx.execute(text("SELECT id, more FROM tried ORDER BY id")).all() == [(1, 7), (2, 8)]
    require_guarded(filled)


def test_a_rebuilt_table_keeps_its_triggers_and_its_rows(filled: Ledger) -> None:
    before = lines(filled)
    bring_up(filled, quiet, LONG)
    assert lines(filled) == before
    require_guarded(filled)


def test_a_migration_that_would_leave_rows_without_parents_is_refused_whole(filled: Ledger) -> None:
    with pytest.raises((ConfigError, LedgerConflict)):
        bring_up(filled, quiet, (REVISIONS / "orphans",))
    assert migrate.current(filled) == migrate.newest()
    with filled.reading() as tx:
        assert tx.execute(text("SELECT count(*) FROM practices")).scalar_one() == 2
    with filled.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_a_revision_that_is_not_known_is_refused(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="install a newer gateway"):
        migrate.upgrade(ledger)


def test_an_index_is_made_once_and_keeps_its_law(filled: Ledger) -> None:
    index = concurrent_index("uq_try_about", "events", "practice", "about", unique=True, where="kind = 'claim.ready'")
    make(filled, index)
    make(filled, index)
    assert "uq_try_about" in indexes_of(filled)["events"]
    with filled.writing() as tx:
        events.write(tx, P, Event(kind="other", about="PCN1", said="clean"), at=NOW)
    with pytest.raises(LedgerConflict), filled.writing() as tx:
        events.write(tx, P, SAID, at=NOW)


# SQLite makes an index whole or not at all.
@ON_POSTGRESQL
def test_an_index_that_was_broken_off_is_found_and_made_anew(filled: Ledger) -> None:
    with filled.writing() as tx:
        events.write(tx, P, SAID, at=NOW)
    index = concurrent_index("uq_try_about", "events", "practice", "about", unique=True)
    with pytest.raises(LedgerConflict):
        make(filled, index)
    valid = text("SELECT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname = :name")
    with filled.reading() as tx:
        assert tx.execute(valid, {"name": index.name}).scalars().all() == [False]
    again = concurrent_index("uq_try_about", "events", "practice", "about", "id", unique=True)
    make(filled, again)
    with filled.reading() as tx:
        assert tx.execute(valid, {"name": index.name}).scalars().all() == [True]
    assert migrate.current(filled) == migrate.newest()


@contextmanager
def index_in_the_making(ledger: Ledger, index: NewIndex) -> Iterator[Connection]:
    """Let another session make an index that waits for the transaction of the connection that is given."""
    making = f"CREATE INDEX CONCURRENTLY {index.name} ON {index.table} ({', '.join(index.columns)})"
    alone = ledger.engine.execution_options(isolation_level="AUTOCOMMIT")

    def other() -> None:
        with alone.connect() as connection:
            connection.execute(text(making))

    with ledger.reading() as looking, ThreadPoolExecutor(1) as threads, alone.connect() as asking:
        looking.execute(text("SELECT count(*) FROM events"))
        made = threads.submit(other)
        # It is being made before others can see that there is one.
        begun = text("SELECT 1 FROM pg_stat_progress_create_index WHERE to_regclass(:name) IS NOT NULL")
        while not asking.execute(begun, {"name": index.name}).first() and not made.done():
            pass
        yield looking
        looking.rollback()
        made.result()


# SQLite makes an index in the process that was killed.
@ON_POSTGRESQL
def test_an_index_that_the_server_still_makes_for_a_killed_process_is_waited_for_and_kept(
    filled: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = concurrent_index("ix_try_about", "events", "practice", "about")
    identity = text("SELECT CAST(CAST('ix_try_about' AS regclass) AS oid)")
    with index_in_the_making(filled, index) as looking, filled.engine.connect() as asking:
        before = asking.execute(identity).scalar_one()
        asking.rollback()
        with monkeypatch.context() as hasty:
            hasty.setattr("gateway.ledger.indexes._PATIENCE_SECONDS", -1)
            with pytest.raises(LedgerBusy, match="still making an index of events"):
                make(filled, index)
        monkeypatch.setattr("gateway.ledger.indexes.time.sleep", lambda _seconds: looking.rollback())
        make(filled, index)
        assert asking.execute(identity).scalar_one() == before, "dropped, and made a second time"


def test_the_claims_of_a_ledger_are_read_as_before_once_it_is_upgraded(ledger: Ledger) -> None:
    stored = stored_claim(ledger)
    bring_up(ledger, quiet, LONG)
    with ledger.reading() as tx:
        assert claims.body_of(tx, P, stored.id) == claim(stored.pcn)
        assert visits.find(tx, P, "V1") is not None
    with ledger.writing() as tx:
        assert take(tx, P, "north") == (1, 1)
