"""Where a ledger may lie, who may work on it together, and what is said of one that cannot be used."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from gateway.errors import ConfigError, LedgerBusy, LedgerHeld
from gateway.ledger import Ledger, instance, lock, migrate, numbers, open_ledger, practices
from gateway.ledger.filesystem import _try_locks, kind_of, require_local
from gateway.ledger.health import altered_files, damage, settings_of, shape_of
from gateway.ledger.lock import alone, at_work
from gateway.ledger.numbers import LAST, Number
from tests.ledger.numbering import take
from tests.people import NOW, PRACTICE
from tests.together import run_together

WIDE = """
INSERT INTO schedules (practice, job, partner, known_until, paused_by, pause_reason) VALUES (:p, randomblob(200000), 'x', 'now', '', '')
"""
MOUNTS = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
28 27 0:44 / /srv rw,relatime shared:1 - {kind} server:/export rw
29 28 0:45 / /srv/my\\040disk rw - xfs /dev/vdb rw
30 27 0:46 / /srv/hidden rw - nfs4 server:/x rw
31 30 0:47 / /srv/hidden rw - ext4 /dev/vdc rw
"""


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.rclone", "virtiofs"])
def test_f45_a_ledger_on_a_network_file_system_is_refused(kind: str) -> None:
    with pytest.raises(ConfigError, match=rf"network file system \({kind}\)"):
        require_local(Path("/srv/clinic"), MOUNTS.format(kind=kind))


def test_f45_the_mount_that_holds_the_folder_decides() -> None:
    mounts = MOUNTS.format(kind="nfs4")
    for folder, kind in {"/srvx": "ext4", "/srv/my disk/clinic": "xfs", "/srv/hidden": "ext4", "/srv": "nfs4"}.items():
        assert kind_of(Path(folder), mounts) == kind


@pytest.mark.parametrize("kind", ["overlay", "fuse.gocryptfs", "something-new"])
def test_f45_a_file_system_that_is_not_known_has_its_locks_tried(kind: str, tmp_path: Path) -> None:
    mounts = f"27 1 254:0 / / rw - {kind} /dev/vda rw\n"
    assert require_local(tmp_path, mounts) == kind
    assert list(tmp_path.iterdir()) == []
    _try_locks(tmp_path / "not there", kind)


def test_f45_this_machines_own_disk_is_taken(tmp_path: Path) -> None:
    assert require_local(tmp_path) == kind_of(tmp_path)


def test_commands_work_beside_each_other_and_an_upgrade_works_alone(
    empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "ALONE_SECONDS", 0.1)
    monkeypatch.setattr(lock, "AT_WORK_SECONDS", 0.1)
    with at_work(empty_ledger), at_work(empty_ledger), pytest.raises(LedgerBusy, match="at work"), alone(empty_ledger):
        pass
    with alone(empty_ledger), pytest.raises(LedgerBusy, match="try again when it is done"), at_work(empty_ledger):
        pass
    with alone(empty_ledger):
        pass


def test_a_lock_ends_with_the_process_that_held_it(empty_ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    url = empty_ledger.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    code = (
        "import os, sys; from gateway.ledger import open_ledger; from gateway.ledger.lock import alone\n"
        f"held = alone(open_ledger({url!r})); held.__enter__(); print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdin is not None
    try:
        assert holder.stdout.readline() == "held\n"
        with monkeypatch.context() as impatient:
            impatient.setattr(lock, "AT_WORK_SECONDS", 0.1)
            with pytest.raises(LedgerBusy), at_work(empty_ledger):
                pass
    finally:
        holder.kill()
        holder.wait()
        holder.stdin.close()
        holder.stdout.close()
    with alone(empty_ledger):  # PostgreSQL notices a moment later
        pass


def test_no_number_is_taken_from_a_held_ledger(empty_ledger: Ledger) -> None:
    with empty_ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
        assert take(tx, PRACTICE.key, "north") == (1, 1)
    found_held = instance.as_held(empty_ledger, "a test says so")
    with pytest.raises(LedgerHeld, match="a test says so"), found_held.writing() as tx:
        take(tx, PRACTICE.key, "north")
    with empty_ledger.writing() as tx:
        instance.hold(tx, "it was restored", place="here")
    with pytest.raises(LedgerHeld, match="it was restored"), empty_ledger.writing() as tx:
        numbers.patient_control_numbers(tx, 1)
    with empty_ledger.writing() as tx:
        instance.release(tx, 2)
        assert take(tx, PRACTICE.key, "north") == (1, 2)


def test_a_place_differs_by_machine_path_and_database(empty_ledger: Ledger) -> None:
    here = instance.place_of(empty_ledger)
    assert here == instance.place_of(empty_ledger)
    if empty_ledger.engine.dialect.name == "sqlite":
        assert instance.place_of(empty_ledger, machine="another") != here


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_ordinary_role_may_ask_where_it_is(empty_ledger: Ledger) -> None:
    url = empty_ledger.engine.url
    with empty_ledger.writing() as tx:
        tx.execute(text(f"CREATE ROLE {url.database}_clerk LOGIN"))
    clerk = url.set(username=f"{url.database}_clerk", drivername="postgresql")
    ledger = open_ledger(clerk.render_as_string(hide_password=False))
    assert instance.place_of(ledger) == instance.place_of(empty_ledger)
    with at_work(ledger):
        pass
    ledger.close()


def test_a_machine_is_named_without_telling_its_id(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    (tmp_path / "id").write_text("3d1219c7c4c5404aaa1f6d2a48adfda4\n")
    named = instance.machine_id((tmp_path / "none", tmp_path / "empty", tmp_path / "id"))
    assert len(named) == 16
    assert named not in "3d1219c7c4c5404aaa1f6d2a48adfda4"
    assert instance.machine_id((tmp_path / "none", tmp_path / "empty")) == "unknown"


def test_f55_a_jump_goes_over_the_end_of_the_cycle() -> None:
    assert Number(1, LAST - 1).plus(1) == (1, LAST)
    assert Number(1, LAST - 1).plus(2) == (2, 1)
    assert Number(3, 5).plus(1000) == (3, 1005)


def test_the_settings_in_effect_and_the_shape_are_told(empty_ledger: Ledger) -> None:
    with empty_ledger.reading() as tx:
        effective = settings_of(tx)
        assert damage(tx) == ()
        assert list(altered_files(tx)) == []
        shape = shape_of(tx)
    assert shape.rows["instance"] == 1
    if "fsync" in effective:
        assert (effective["fsync"], effective["full_page_writes"], effective["synchronous_commit"]) == (
            "on",
            "on",
            "on",
        )
    else:
        assert (effective["journal_mode"], effective["synchronous"]) == ("wal", "2")


@pytest.mark.postgres
@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_f39_a_postgresql_that_would_lose_what_it_promised_is_refused(postgres_url: str, setting: str) -> None:
    server = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")

    def turn(value: str) -> None:
        with server.connect() as connection:
            connection.execute(text(f"ALTER SYSTEM SET {setting} = {value}"))
            connection.execute(text("SELECT pg_reload_conf()"))
            while connection.execute(text(f"SHOW {setting}")).scalar_one() != value:  # the reload comes as a signal
                pass

    turn("off")
    try:
        ledger = open_ledger(postgres_url)
        with pytest.raises(ConfigError, match=f"{setting} is off"):
            migrate.current(ledger)
        ledger.close()
    finally:
        turn("on")
        server.dispose()


def test_f44_writers_beside_a_long_reader_neither_deadlock_nor_grow_the_journal_for_good(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    migrate.upgrade(ledger)
    with ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    journal = tmp_path / "ledger.db-wal"

    def write() -> None:
        for _ in range(20):
            with ledger.writing() as tx:
                take(tx, PRACTICE.key, "north")
                tx.execute(text(WIDE), P)

    with ledger.reading() as long_reader:
        assert numbers.last(long_reader, PRACTICE.key, "north") is None
        run_together([write] * 4)
        assert numbers.last(long_reader, PRACTICE.key, "north") is None
        grown = journal.stat().st_size
    with ledger.reading() as tx:
        assert numbers.last(tx, PRACTICE.key, "north") == (1, 80)
        limit = int(settings_of(tx)["journal_size_limit"])
    write()
    write()
    assert journal.stat().st_size < 2 * limit
    assert grown > journal.stat().st_size or grown < limit
    ledger.close()


P = {"p": PRACTICE.key}


def used_ledger(path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{path}")
    migrate.upgrade(ledger)
    with ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    ledger.close()


@pytest.mark.parametrize("content", [b"This is no database at all. " * 400, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_f43_a_file_that_is_no_database_is_refused_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.db").write_bytes(content)
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with pytest.raises(ConfigError, match="db restore"):
        migrate.require_newest(ledger)
    ledger.close()
    assert (tmp_path / "ledger.db").read_bytes() == content


def said_of(path: Path) -> str:
    """What is said of a damaged ledger when every page of it is looked at; empty if it seems whole."""
    ledger = open_ledger(f"sqlite:///{path}")
    try:
        with ledger.reading() as tx:
            shape_of(tx)
            return "; ".join(damage(tx))
    except ConfigError as refused:
        return str(refused)
    finally:
        ledger.close()


def test_f43_a_truncated_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    used_ledger(path)
    assert said_of(path) == ""
    os.truncate(path, path.stat().st_size // 2)
    assert said_of(path) != ""


def test_overwritten_bytes_within_a_page_are_found(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    used_ledger(path)
    with closing(sqlite3.connect(path)) as database:
        (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'practices'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as opened:
        opened.seek((root - 1) * size + 8)
        opened.write(b"\xff" * 6)
    assert said_of(path) != ""


# SQLite's lock is a file's: it has no connection.
@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lock_whose_connection_broke_is_left_without_a_word(empty_ledger: Ledger) -> None:
    others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with at_work(empty_ledger), empty_ledger.engine.connect() as connection:
        assert connection.execute(text(others)).scalar_one() >= 1
