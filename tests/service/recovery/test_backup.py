"""Backups are tried out before they count, and put back only where there is nothing. On both databases."""

import json
import os
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from gateway.errors import ConfigError, LedgerHeld, UsageError
from gateway.ledger import append_only, events, migrate, open_ledger
from gateway.service.identity.instance import require_released
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.recovery.backup import BackedUp, back_up, newest, restore
from gateway.service.recovery.ledger_check import check_ledger
from gateway.service.setup.doctor import Health, examine
from gateway.service.setup.establish import register
from gateway.service.visits.scrub import scrub_visits
from gateway.settings import Settings
from tests.ledger.numbering import take
from tests.people import PRACTICE
from tests.service.clinic import partner, taken, visit
from tests.service.homes import another_database, at, begun, office_in, settings_in
from tests.together import run_together


def quiet(_done: int) -> None:
    pass


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """A home with one sealed file."""
    made = begun(tmp_path / "home", database_url, partner("north"))
    with office_in(made) as office:
        taken(office, visit())
        scrub_visits(office)
        seal_batches(office)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def made_backup(settings: Settings, folder: Path, *, hours: float = 0, keep: int = 14) -> BackedUp:
    with office_in(settings, hours=hours) as office:
        return back_up(office, folder, keep=keep, progress=quiet)


def test_a_backup_is_private_verified_and_says_what_it_holds(settings: Settings, folder: Path) -> None:
    made = made_backup(settings, folder)
    assert sorted(path.name for path in folder.iterdir()) == [made.path.name, made.path.name + ".json"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    manifest = made.manifest
    assert manifest.verified
    assert manifest.shape.rows["claim_versions"] == manifest.shape.rows["interchanges"] == 1
    assert ("elm", "north", "interchange", 1, 1) in manifest.shape.numbers
    assert newest(folder, PRACTICE.key) == manifest
    with office_in(settings) as office, office.ledger.reading() as tx:
        (logged,) = events.read(tx, PRACTICE.key, kind="ledger.backed_up")
    assert "found whole" in logged.event.said
    assert not list(settings.home.glob(".verify*"))


def test_a_backup_taken_while_others_write_is_of_one_moment(settings: Settings, folder: Path) -> None:
    made: list[BackedUp] = []

    def write() -> None:
        with office_in(settings) as office:
            for _ in range(30):
                with office.ledger.writing() as tx:
                    take(tx, PRACTICE.key, "south")

    run_together([write, lambda: made.append(made_backup(settings, folder))])
    assert made[0].manifest.verified


def test_only_the_newest_backups_stay(settings: Settings, folder: Path) -> None:
    names = [made_backup(settings, folder, hours=hour, keep=2).path.name for hour in range(4)]
    assert sorted(path.name for path in folder.glob("*Z.d*") if path.suffix != ".json") == names[2:]
    with pytest.raises(UsageError, match="this very second"):
        made_backup(settings, folder, hours=3)
    (folder / "gateway-elm-20991231T000000Z.db").write_bytes(b"a copy without a manifest does not count")
    last = newest(folder, PRACTICE.key)
    assert last is not None
    assert last.file == names[3]


def test_a_backup_goes_only_where_there_is_no_ledger(settings: Settings, folder: Path, tmp_path: Path) -> None:
    made = made_backup(settings, folder)
    with pytest.raises(UsageError, match="already"):
        restore(settings, at(1), made.path, actor="test")
    with office_in(settings) as office:
        require_released(office)
    new = settings_in(tmp_path / "new", another_database(settings.database_url, tmp_path / "new"), partner("north"))
    assert restore(new, at(1), made.path, actor="test") == made.manifest
    with office_in(new) as office, pytest.raises(LedgerHeld, match="restored from a backup of 2026-11-16"):
        require_released(office)
    assert register(new, at(1)) is False
    with office_in(new) as office, pytest.raises(LedgerHeld):
        seal_batches(office)


def test_a_backup_that_was_altered_or_is_not_ours_is_refused(settings: Settings, folder: Path, tmp_path: Path) -> None:
    made = made_backup(settings, folder)
    new = settings_in(tmp_path / "new", another_database(settings.database_url, tmp_path / "new"), partner("north"))
    beside = folder / f"{made.path.name}.json"
    whole, facts = made.path.read_bytes(), json.loads(beside.read_text())
    made.path.write_bytes(whole[:-1] + b"?")
    with pytest.raises(ConfigError, match="sha256"):
        restore(new, at(1), made.path, actor="test")
    made.path.write_bytes(whole)
    for changed, said in (({"practice": "oak"}, "practice oak"), ({"database": "other"}, "is of other")):
        beside.write_text(json.dumps({**facts, **changed}))
        with pytest.raises(UsageError, match=said):
            restore(new, at(1), made.path, actor="test")
    for written, said in (({**facts, "schema_version": 9}, "newer one"), ({}, "cannot be read")):
        beside.write_text(json.dumps(written))
        with pytest.raises(ConfigError, match=said):
            restore(new, at(1), made.path, actor="test")
    beside.unlink()
    with pytest.raises(ConfigError, match="two files"):
        restore(new, at(1), made.path, actor="test")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_that_is_copied_into_place_by_hand_is_held(settings: Settings, folder: Path) -> None:
    made = made_backup(settings, folder)
    database = Path(settings.database_url.removeprefix("sqlite:///"))
    database.write_bytes(made.path.read_bytes())
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    with office_in(settings) as office, pytest.raises(LedgerHeld, match="a backup that was put back"):
        require_released(office)


def test_a_copy_that_is_not_whole_is_not_kept(settings: Settings, folder: Path) -> None:
    spoil(settings)
    with pytest.raises(ConfigError, match="sealed file 1"):
        made_backup(settings, folder)
    assert list(folder.iterdir()) == []


def spoil(settings: Settings) -> None:
    """Alter the stored bytes of a sealed file, as a disk might."""
    ledger = open_ledger(settings.database_url)
    with ledger.writing() as tx:
        tx.execute(text("UPDATE interchanges SET body = :body"), {"body": b"ISA altered"})
    ledger.close()


def test_db_check_finds_altered_files_and_tells_settings(settings: Settings) -> None:
    looked = {one.what: one for one in check_ledger(settings, at())}
    assert not any(one.wrong for name, one in looked.items() if name != "data checksums")
    assert looked["charges"].said == "1 claim versions with their bodies and lines"
    assert looked["payments"].said == "0 remittances with the stored 835s"
    assert ("journal_mode=wal" in looked["settings"].said) or ("fsync=on" in looked["settings"].said)
    spoil(settings)
    looked = {one.what: one for one in check_ledger(settings, at())}
    assert looked["stored files"].wrong == ("sealed file 1 (elm_north_000000001.837) is not what was stored",)
    assert looked["stored files"].is_damage
    assert looked["laws"].wrong


def test_db_check_names_what_the_database_keeps_no_longer_and_an_altered_charge(settings: Settings) -> None:
    ledger = open_ledger(settings.database_url)
    with ledger.writing() as tx:
        append_only.drop(tx, "claim_versions")
        tx.execute(text("UPDATE claim_versions SET charge_cents = 1"))
    ledger.close()
    looked = {one.what: one for one in check_ledger(settings, at())}
    assert all("claim_versions_" in one for one in looked["append-only"].wrong)
    assert looked["append-only"].wrong
    (wrong,) = looked["charges"].wrong
    assert "its charge is $0.01, its body says $180.50, its lines $180.50" in wrong


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_scratch_database_that_a_killed_backup_left_is_dropped_by_the_next_and_no_other(
    settings: Settings, folder: Path
) -> None:
    server = make_url(settings.database_url).set(drivername="postgresql+psycopg")
    ours = f"gateway_verify_{sha256(str(server.database).encode()).hexdigest()[:12]}_"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in (f"{ours}dead", f"{ours}live", "gateway_verify_another_dead"):
            connection.execute(text(f"CREATE DATABASE {name}"))
        connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": f"{ours}live"})
        made_backup(settings, folder)
        left = "SELECT datname FROM pg_database WHERE datname LIKE 'gateway_verify_%' ORDER BY datname"
        assert set(connection.execute(text(left)).scalars()) == {f"{ours}live", "gateway_verify_another_dead"}
        for name in (f"{ours}live", "gateway_verify_another_dead"):
            connection.execute(text(f"DROP DATABASE {name}"))
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_leave_to_make_a_scratch_database_the_backup_says_that_it_is_not_verified(
    settings: Settings, folder: Path
) -> None:
    server = make_url(settings.database_url).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for command in (
            f"CREATE ROLE {server.database}_clerk LOGIN",
            f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {server.database}_clerk",
            f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {server.database}_clerk",
        ):
            connection.execute(text(command))
    engine.dispose()
    clerk = make_url(settings.database_url).set(username=f"{server.database}_clerk")
    ledger = open_ledger(clerk.render_as_string(hide_password=False))
    try:
        made = back_up(Office(ledger=ledger, settings=settings, clock=at(), actor="x"), folder, keep=1, progress=quiet)
    finally:
        ledger.close()
    assert not made.manifest.verified
    assert "permission denied" in made.manifest.said
    assert (
        f"the gateway's role needs CREATEDB: let the server's administrator run: ALTER ROLE {server.database}_clerk"
        in (made.manifest.said)
    )
    assert newest(folder, PRACTICE.key) is None


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_missing_pg_dump_is_named(settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigError, match="pg_dump is not on the PATH"):
        made_backup(settings, folder)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_f43_an_emptied_or_deleted_ledger_is_not_begun_anew_in_silence(settings: Settings) -> None:
    database = Path(settings.database_url.removeprefix("sqlite:///"))
    os.truncate(database, 0)
    for refused in (lambda: register(settings, at()), lambda: check_ledger(settings, at())):
        with pytest.raises(ConfigError, match="restore the newest backup"):
            refused()
    database.unlink()
    with pytest.raises(ConfigError, match="restore the newest backup"):
        register(settings, at())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_live_journal_that_was_left_behind_by_cp_is_noticed(settings: Settings) -> None:
    """The classic mistake: `cp gateway.db` from under a writer, without its -wal."""
    database = Path(settings.database_url.removeprefix("sqlite:///"))
    with office_in(settings) as office, office.ledger.reading():
        taken(office, visit("V-2"))
        scrub_visits(office)
        seal_batches(office)
        copied = database.read_bytes()
        assert database.with_name(database.name + "-wal").stat().st_size > 0
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    database.write_bytes(copied)
    with office_in(settings) as office, pytest.raises(LedgerHeld, match="the end is missing"):
        require_released(office)
    looked = {one.what: one for one in check_ledger(settings, at())}
    assert looked["instance"].wrong


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_f42_garbage_in_the_journal_is_never_taken_for_an_older_ledger(settings: Settings) -> None:
    database = Path(settings.database_url.removeprefix("sqlite:///"))
    journal = database.with_name(database.name + "-wal")
    with office_in(settings) as office, office.ledger.reading():
        taken(office, visit("V-2"))
        scrub_visits(office)
        seal_batches(office)
        before = database.read_bytes(), journal.read_bytes()
    for damage in (b"\xa5" * len(before[1]), before[1][:40] + b"\x00" * 5000, b""):
        database.write_bytes(before[0])
        journal.write_bytes(damage)
        database.with_name(database.name + "-shm").unlink(missing_ok=True)
        with office_in(settings) as office, pytest.raises(LedgerHeld, match="the end is missing"):
            require_released(office)


def test_doctor_tells_of_instance_lock_file_system_and_backup(settings: Settings, folder: Path) -> None:
    from gateway.service.setup.doctor import _backup, _instance  # noqa: PLC0415 the rows by themselves: this home has no files

    rows = {one.what: one for one in _instance(settings)}
    assert {one.health for one in rows.values()} == {Health.GOOD}
    assert {"instance", "lock"} <= set(rows)
    assert _backup(settings, at()).health is Health.LOOK
    made_backup(settings, settings.home / "backups")
    assert _backup(settings, at(2)).health is Health.GOOD
    assert "1 days" in _backup(settings, at(26)).said
    assert _backup(settings, at(26)).health is Health.LOOK
    (settings.home / "instance.toml").unlink()
    assert {one.what: one for one in _instance(settings)}["instance"].health is Health.BAD
    assert examine(folder, at())[0].health is Health.BAD


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_copy_holds_no_journal_and_is_marked(settings: Settings, folder: Path) -> None:
    made = made_backup(settings, folder)
    with closing(sqlite3.connect(f"file:{made.path}?mode=ro", uri=True)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert database.execute("SELECT held FROM instance").fetchone()[0] != ""
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.newest(),)
