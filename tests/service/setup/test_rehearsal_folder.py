"""A rehearsal's folder is wiped for the next one, unless somebody has worked in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.clock import Clock
from gateway.errors import UsageError
from gateway.ledger import open_ledger
from gateway.service.office import Office
from gateway.service.partners.calls import pause
from gateway.service.setup.establish import register, write_configuration
from gateway.service.setup.rehearsal_folder import make_room, remember, require_untouched
from gateway.settings import load
from tests.people import CHICAGO, NOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a rehearsal leaves it, as far as the folder is concerned."""
    folder = tmp_path / "demo"
    make_room(folder)
    write_configuration(folder / "clinic")
    remember(folder, folder / "clinic")
    register(load(folder / "clinic"), Clock(read=lambda: NOW, zone=CHICAGO))
    return folder


def decided(folder: Path, actor: str) -> None:
    settings = load(folder / "clinic")
    ledger = open_ledger(settings.database_url)
    clock = Clock(read=lambda: NOW, zone=CHICAGO)
    pause(Office(ledger=ledger, settings=settings, clock=clock, actor=actor), "northgate", reason="r")
    ledger.close()


def test_what_a_rehearsal_does_by_itself_is_no_work_of_anybody(folder: Path) -> None:
    decided(folder, "demo")
    require_untouched(folder, folder / "clinic")
    make_room(folder)
    assert [path.name for path in folder.iterdir()] == [".gateway-demo"]


def change(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text("x")


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (change("clinic/gateway.toml"), "clinic/gateway.toml was changed"),
        (change("clinic/payers/new.toml"), "clinic/payers/new.toml was added"),
        (change("clinic/export.csv"), "clinic/export.csv was added"),
        (change("letters.txt"), "letters.txt was added"),
        (lambda folder: (folder / "clinic" / "gateway.db").write_text("x" * 5000), "cannot be read"),
        (
            lambda folder: (folder / "clinic" / "payers" / "hlth1.toml").unlink(),
            "clinic/payers/hlth1.toml was added or",
        ),
        (lambda folder: decided(folder, "Ana Reyes"), "partner.decided at 2026-11-16 15:00:00 UTC"),
    ],
)
def test_work_in_it_is_named_and_nothing_is_wiped(folder: Path, work: Callable[[Path], object], said: str) -> None:
    work(folder)
    with pytest.raises(UsageError, match="nothing was touched") as refused:
        require_untouched(folder, folder / "clinic")
    assert said in str(refused.value)
    assert "--wipe" in str(refused.value)


def test_a_rehearsal_that_was_stopped_at_any_point_may_be_wiped(tmp_path: Path) -> None:
    require_untouched(tmp_path / "none", tmp_path / "none" / "clinic")
    make_room(tmp_path / "demo")
    require_untouched(tmp_path / "demo", tmp_path / "demo" / "clinic")
    write_configuration(tmp_path / "demo" / "clinic")
    (tmp_path / "demo" / "clinic" / "gateway.db").touch()
    require_untouched(tmp_path / "demo", tmp_path / "demo" / "clinic")
