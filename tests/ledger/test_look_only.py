"""A ledger that cannot be written is looked at, with its newest rows or not at all."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.errors import ConfigError
from gateway.ledger import Ledger, look_only, open_ledger, practices
from tests.people import NOW, PRACTICE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def path(empty_ledger: Ledger) -> Path:
    """A ledger's file, closed and whole."""
    with empty_ledger.writing() as tx:
        practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
    empty_ledger.close()
    return Path(empty_ledger.engine.url.database or "")


def not_ours(monkeypatch: pytest.MonkeyPatch, refused: Path) -> None:
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, how: path != refused and allowed(path, how))


def on_read_only_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_only, "_is_on_read_only_disk", lambda _path: True)


def shows_its_practice(ledger: Ledger) -> bool:
    try:
        with ledger.reading() as tx:
            return practices.is_registered(tx, PRACTICE.key)
    finally:
        ledger.close()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_one_that_is_not_ours_to_write_is_looked_at_and_says_why(
    path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    not_ours(monkeypatch, path if what == "file" else path.parent)
    ledger = open_ledger(f"sqlite:///{path}")
    assert ledger.look_only == f"its {what} is not ours to write"
    with pytest.raises(ConfigError, match="the ledger is read-only here"), ledger.writing():
        pass
    assert shows_its_practice(ledger)


def test_one_that_can_be_written_is_not_looked_at_only(path: Path) -> None:
    assert open_ledger(f"sqlite:///{path}").look_only == ""


def test_on_a_read_only_disk_nothing_is_written_beside_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_read_only_disk(monkeypatch)
    ledger = open_ledger(f"sqlite:///{path}")
    with ledger.reading():
        assert not path.with_name(path.name + "-shm").exists()
    assert shows_its_practice(ledger)


def test_what_stands_in_the_journal_is_shown_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken for immutable, the file alone would show an older moment."""
    on_read_only_disk(monkeypatch)
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("UPDATE practices SET key = 'newest'")
        writer.commit()
        assert path.with_name(path.name + "-wal").stat().st_size > 0
        assert not shows_its_practice(open_ledger(f"sqlite:///{path}"))


def test_where_even_looking_would_risk_wrong_rows_it_is_refused_with_what_to_do(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    not_ours(monkeypatch, path.parent)

    def cannot_open(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(sqlite3, "connect", cannot_open)
    said = "its folder is not ours to write, and it cannot be looked at here either .*run this as the ledger's owner"
    with pytest.raises(ConfigError, match=said), open_ledger(f"sqlite:///{path}").reading():
        pass
