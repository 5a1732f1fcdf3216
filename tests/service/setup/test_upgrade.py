"""An upgrade of a ledger that holds something: room is asked, a backup is made or declined by name, and it is logged."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.errors import ConfigError, LedgerBusy
from gateway.event import Event, EventSeverity
from gateway.ledger import Ledger, events, lock, migrate, open_ledger, practices
from gateway.ledger.lock import at_work
from gateway.service.office import Office, quietly
from gateway.service.recovery.backup import folder_of, newest, restore
from gateway.service.setup.establish import register
from gateway.service.setup.upgrade import Declined, upgrade
from gateway.settings import Settings
from tests.ledger.waited_for import LONG_SECONDS, until
from tests.people import NOW, PRACTICE
from tests.service.clinic import partner
from tests.service.homes import another_database, at, settings_in

P = PRACTICE.key
OLDER = "0004"
SAID = Event(kind="claim.ready", about="PCN1", said="clean")
DECLINED = Declined(by="Ana Reyes", reason="the disk's own snapshot is enough")


class Stopped(BaseException):
    """The upgrade is stopped at a step."""


def stop_before(step: str) -> Callable[[str], None]:
    def told(said: str) -> None:
        if said.startswith(step):
            raise Stopped

    return told


def older(settings: Settings) -> Settings:
    """A ledger of an earlier revision, made by the migrations of that time, in which somebody has worked."""
    ledger = open_ledger(settings.database_url)
    with pytest.raises(Stopped):
        migrate.upgrade(ledger, stop_before("revision 0005"))
    with ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
        events.write(tx, P, SAID, at=NOW)
    assert migrate.current(ledger) == OLDER
    ledger.close()
    return settings


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return older(settings_in(tmp_path / "home", database_url, partner("north")))


def opened(settings: Settings) -> Ledger:
    return open_ledger(settings.database_url)


def logged(settings: Settings, kind: str) -> tuple[Event, ...]:
    """Lines of the log by their kind, whatever columns the tables have by now."""
    ledger, names = opened(settings), [field.name for field in fields(Event)]
    with ledger.reading() as tx:
        rows = tx.execute(text("SELECT * FROM events WHERE kind = :kind ORDER BY id"), {"kind": kind}).mappings()
        found = tuple(
            Event(**{**{name: row[name] for name in names}, "severity": EventSeverity(row["severity"])}) for row in rows
        )
    ledger.close()
    return found


def revision(settings: Settings) -> str | None:
    ledger = opened(settings)
    try:
        return migrate.current(ledger)
    finally:
        ledger.close()


def backups(settings: Settings) -> list[str]:
    return sorted(path.name for path in folder_of(settings.home).glob("*.json"))


def test_a_backup_is_made_before_and_named_in_the_log(settings: Settings) -> None:
    told: list[str] = []
    assert register(settings, at(1), told=told.append) is False
    manifest = newest(folder_of(settings.home), P)
    assert manifest is not None
    assert (manifest.revision, manifest.verified) == (OLDER, True)
    assert revision(settings) == migrate.newest()
    (line,) = logged(settings, "ledger.upgraded")
    assert line.said.startswith(f"upgraded from revision {OLDER} to {migrate.newest()}; backup {manifest.file}")
    assert [one.split(":")[0] for one in told[:3]] == [
        f"backup into {folder_of(settings.home)}",
        f"backup {manifest.file}",
        f"revision 0005, 1 of {len(migrate.known()) - 4}",
    ]


def test_the_backup_of_before_can_be_put_back_and_upgraded(settings: Settings, tmp_path: Path) -> None:
    register(settings, at(1))
    manifest = newest(folder_of(settings.home), P)
    assert manifest is not None
    elsewhere = settings_in(
        tmp_path / "again", another_database(settings.database_url, tmp_path / "other"), partner("north")
    )
    restore(elsewhere, at(2), folder_of(settings.home) / manifest.file, actor="test")
    assert revision(elsewhere) == OLDER
    register(elsewhere, at(3))
    assert revision(elsewhere) == migrate.newest()
    assert logged(elsewhere, "claim.ready")


def test_a_backup_is_declined_by_name_and_that_is_kept_before_and_after(settings: Settings) -> None:
    with pytest.raises(Stopped):
        register(settings, at(1), declined=DECLINED, told=stop_before("revision"))
    (line,) = logged(settings, "ledger.backup_declined")
    assert (line.actor, line.reason) == (DECLINED.by, DECLINED.reason)
    assert revision(settings) == OLDER
    register(settings, at(2), declined=DECLINED)
    (line,) = logged(settings, "ledger.upgraded")
    assert (line.actor, line.reason) == (DECLINED.by, DECLINED.reason)
    assert revision(settings) == migrate.newest()
    assert backups(settings) == []


def test_a_new_ledger_needs_neither_and_logs_nothing(database_url: str, tmp_path: Path) -> None:
    fresh = settings_in(tmp_path / "home", database_url, partner("north"))
    assert register(fresh, at()) is True
    assert not folder_of(fresh.home).exists()
    assert logged(fresh, "ledger.upgraded") == ()
    register(fresh, at(1))
    assert logged(fresh, "ledger.upgraded") == ()


def test_an_upgrade_that_was_stopped_takes_the_backup_it_has_made(settings: Settings) -> None:
    with pytest.raises(Stopped):
        register(settings, at(1), told=stop_before("revision"))
    (made,) = backups(settings)
    register(settings, at(2))
    assert backups(settings) == [made]
    (line,) = logged(settings, "ledger.upgraded")
    assert made.removesuffix(".json") in line.said


def test_it_makes_another_one_where_something_was_written_since(settings: Settings) -> None:
    with pytest.raises(Stopped):
        register(settings, at(1), told=stop_before("revision"))
    ledger = opened(settings)
    with ledger.writing() as tx:
        events.write(tx, P, SAID, at=NOW)
    ledger.close()
    register(settings, at(2))
    assert len(backups(settings)) == 2


@pytest.mark.parametrize("declined", [None, DECLINED])
def test_without_room_on_the_disk_nothing_is_changed(settings: Settings, declined: Declined | None) -> None:
    ledger = opened(settings)
    office = Office(ledger=ledger, settings=settings, clock=at(1), actor="gateway")
    if declined is not None and ledger.engine.dialect.name == "postgresql":
        assert upgrade(office, declined=declined, told=quietly, free=lambda _folder: 0) is not None
    else:
        with pytest.raises(ConfigError, match=r"0 MB are free, and upgrading .* nothing was changed; free some space"):
            upgrade(office, declined=declined, told=quietly, free=lambda _folder: 1000)
        assert migrate.current(ledger) == OLDER
    assert not folder_of(settings.home).exists()
    ledger.close()


def test_nobody_else_may_be_at_work(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "ALONE_SECONDS", 0.1)
    ledger = opened(settings)
    with at_work(ledger), pytest.raises(LedgerBusy):
        register(settings, at(1))
    ledger.close()
    assert revision(settings) == OLDER


def test_it_says_that_it_waits_for_those_at_work_and_is_let_in_when_they_are_done(settings: Settings) -> None:
    ledger, told = opened(settings), list[str]()
    with ThreadPoolExecutor(1) as threads:
        with at_work(ledger):
            upgrading = threads.submit(register, settings, at(1), told=told.append)
            until(lambda: bool(told))
            assert "this waits for them" in told[0]
            assert migrate.current(ledger) == OLDER
        upgrading.result(LONG_SECONDS)
    assert migrate.current(ledger) == migrate.newest()
    ledger.close()


def test_others_are_kept_out_between_the_revisions_too(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "AT_WORK_SECONDS", 0.01)

    def come_in(_step: str) -> None:
        ledger = opened(settings)
        with pytest.raises(LedgerBusy), at_work(ledger):
            pass
        ledger.close()

    register(settings, at(1), told=come_in)
    assert revision(settings) == migrate.newest()


def test_the_room_that_is_asked_for_is_a_few_times_the_ledger(tmp_path: Path) -> None:
    settings = older(settings_in(tmp_path / "home", f"sqlite:///{tmp_path / 'ledger.db'}", partner("north")))
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as database:
        size = database.execute("PRAGMA page_count").fetchone()[0] * database.execute("PRAGMA page_size").fetchone()[0]
    ledger = opened(settings)
    office = Office(ledger=ledger, settings=settings, clock=at(1), actor="gateway")
    with pytest.raises(ConfigError):
        upgrade(office, declined=DECLINED, told=quietly, free=lambda _folder: 2 * size - 1)
    with pytest.raises(ConfigError, match="the backup included"):
        upgrade(office, declined=None, told=quietly, free=lambda _folder: 4 * size - 1)
    assert upgrade(office, declined=None, told=quietly, free=lambda _folder: 4 * size) is not None
    ledger.close()
