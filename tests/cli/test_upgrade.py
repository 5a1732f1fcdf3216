"""`gateway db upgrade` as a person calls it."""

from pathlib import Path

import pytest

from gateway.ledger import migrate, open_ledger
from gateway.service.setup.establish import write_configuration
from gateway.settings import load
from tests.e2e.command import gateway
from tests.service.setup.test_upgrade import OLDER, older


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    write_configuration(made)
    older(load(made))
    return made


def revision(home: Path) -> str | None:
    ledger = open_ledger(load(home).database_url)
    try:
        return migrate.current(ledger)
    finally:
        ledger.close()


def test_it_tells_each_step_and_keeps_a_backup(home: Path) -> None:
    assert gateway("claims", "list", home=home).status == 5
    ran = gateway("db", "upgrade", home=home)
    assert (ran.status, ran.out) == (0, f"the ledger is at revision {migrate.newest()}\n")
    assert "found whole" in ran.err
    assert "revision 0005, 1 of" in ran.err
    assert len(list((home / "backups").glob("gateway-*.db"))) == 1
    assert gateway("claims", "list", home=home).status == 0
    again = gateway("db", "upgrade", home=home)
    assert (again.status, again.err) == (0, "")


@pytest.mark.parametrize(
    "words", [("--no-backup",), ("--no-backup", "--by", "Ana"), ("--by", "Ana", "--reason", "as agreed")]
)
def test_who_wants_no_backup_says_who_and_why(home: Path, words: tuple[str, ...]) -> None:
    assert gateway("db", "upgrade", *words, home=home).status == 2
    assert revision(home) == OLDER


def test_a_backup_can_be_declined(home: Path) -> None:
    ran = gateway("db", "upgrade", "--no-backup", "--by", "Ana Reyes", "--reason", "the disk is copied", home=home)
    assert ran.status == 0
    assert not (home / "backups").exists()
    assert "Ana Reyes" in gateway("tail", "--json", home=home).out


def test_init_on_an_older_ledger_upgrades_it_the_same_way_and_is_silent_on_a_new_one(
    home: Path, tmp_path: Path
) -> None:
    assert "revision 0005, 1 of" in gateway("init", home=home).err
    assert len(list((home / "backups").glob("gateway-*.db"))) == 1
    assert gateway("init", home=tmp_path / "new").err == ""
