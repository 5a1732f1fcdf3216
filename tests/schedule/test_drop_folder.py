"""Files that were dropped: taken in once they lie still, moved away, and refused with a report that names no patient."""

import json
import os
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import ConfigError
from gateway.ledger import visits
from gateway.schedule import drop_folder
from gateway.schedule.drop_folder import STILL_SECONDS, take_dropped
from gateway.service.office import Office
from gateway.service.visits.import_visits import take_in
from tests.service.clinic import visit, visits_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    where = tmp_path / "in"
    where.mkdir()
    return where


@pytest.fixture
def dropping(office: Office, folder: Path) -> Office:
    return replace(office, settings=replace(office.settings, drop_folder=folder))


def drop(folder: Path, name: str, body: bytes, *, age: float = 60.0) -> Path:
    path = folder / name
    path.write_bytes(body)
    os.utime(path, (time.time() - age,) * 2)
    return path


def keys(office: Office) -> set[str]:
    with office.ledger.reading() as tx:
        return {one.key for one in visits.current(tx, office.practice.key, limit=100)}


def test_a_file_that_lies_still_is_taken_in_and_moved_away(dropping: Office, folder: Path) -> None:
    drop(folder, "monday.json", visits_file(visit("V-1"), visit("V-2")))
    assert str(take_dropped(dropping)) == "1 file taken in with 2 visits"
    assert keys(dropping) == {"V-1", "V-2"}
    assert sorted(str(one.relative_to(folder)) for one in folder.rglob("*.*")) == ["done/monday.json"]
    assert stat.S_IMODE((folder / "done").stat().st_mode) == 0o700
    assert str(take_dropped(dropping)) == "nothing was dropped"


def test_a_file_that_is_still_being_written_waits(dropping: Office, folder: Path) -> None:
    path = drop(folder, "monday.json", visits_file(visit()), age=STILL_SECONDS / 2)
    assert str(take_dropped(dropping)) == "nothing was dropped"
    assert path.exists()
    os.utime(path, (time.time() + 3,) * 2)  # of a machine whose clock is a little ahead
    assert str(take_dropped(dropping)) == "nothing was dropped"
    os.utime(path, (time.time() + 9999,) * 2)  # far ahead: it is looked at twice
    assert take_dropped(dropping).taken == 1


def test_a_file_that_grows_while_it_is_taken_stays(
    dropping: Office, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(folder, "monday.json", visits_file(visit()))
    real = take_in

    def grows(*given: Any) -> Any:
        done = real(*given)
        with path.open("ab") as file:
            file.write(b" ")
        return done

    with monkeypatch.context() as patched:
        patched.setattr(drop_folder, "take_in", grows)
        assert take_dropped(dropping).taken == 0
    assert path.exists()
    os.utime(path, (time.time() - 60,) * 2)
    assert take_dropped(dropping).taken == 1


def test_what_is_no_file_of_visits_is_refused_with_a_report_beside_it(dropping: Office, folder: Path) -> None:
    drop(folder, "letter.json", b"Dear Sirs")
    assert take_dropped(dropping).refused == 1
    assert (folder / "refused" / "letter.json").read_bytes() == b"Dear Sirs"
    report = folder / "refused" / "letter.json.report.txt"
    assert "nothing was taken in" in report.read_text()
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_rows_that_were_not_taken_are_told_without_the_patient(dropping: Office, folder: Path) -> None:
    broken = visit("V-2", discipline="XX")
    drop(folder, "monday.json", visits_file(visit("V-1"), broken))
    assert str(take_dropped(dropping)) == "1 file taken in with 1 visit, rows that were not: 1, see the reports in done"
    report = (folder / "done" / "monday.json.report.txt").read_text()
    assert "visit V-2, discipline:" in report
    patient = broken["patient"]
    assert not any(str(one) in report for one in (patient["last_name"], patient["birth_date"], json.dumps(patient)))
    assert keys(dropping) == {"V-1"}


def test_the_same_name_again_is_kept_beside_the_first(dropping: Office, folder: Path) -> None:
    for key in ("V-1", "V-2"):
        drop(folder, "day.json", visits_file(visit(key)))
        take_dropped(dropping)
    assert sorted(one.name for one in (folder / "done").iterdir()) == ["day-2.json", "day.json"]


def test_other_files_links_and_half_written_names_are_left_alone(
    dropping: Office, folder: Path, tmp_path: Path
) -> None:
    elsewhere = drop(tmp_path, "real.json", visits_file(visit()))
    (folder / "link.json").symlink_to(elsewhere)
    for name in (".hidden.json", "scan.pdf", "half.json.part"):
        drop(folder, name, b"x")
    assert str(take_dropped(dropping)) == "nothing was dropped"
    assert len(list(folder.iterdir())) == 4


def test_who_is_stopped_between_taking_in_and_moving_away_does_nothing_twice(
    dropping: Office, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(folder, "monday.json", visits_file(visit("V-1")))

    def cut(*_: object) -> None:
        raise OSError("cut")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", cut)
        with pytest.raises(ConfigError, match="1 of the files that lie there still cannot be read or moved away"):
            take_dropped(dropping)
    assert take_dropped(dropping).taken == 1
    with dropping.ledger.reading() as tx:
        assert [one.version for one in visits.versions(tx, dropping.practice.key, "V-1")] == [1]


def test_the_folder_is_made_and_where_none_is_named_it_is_said(office: Office, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="drop_folder"):
        take_dropped(office)
    new = replace(office, settings=replace(office.settings, drop_folder=tmp_path / "a" / "in"))
    assert str(take_dropped(new)) == "nothing was dropped"
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be made"):
        take_dropped(replace(office, settings=replace(office.settings, drop_folder=tmp_path / "file")))


def test_a_file_that_cannot_be_read_keeps_no_other_back_and_is_named(
    dropping: Office, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(folder, "a.json", visits_file(visit("V-1")), age=90)
    drop(folder, "b.json", visits_file(visit("V-2")))
    opens: Any = Path.open

    def refuses(path: Path, *rest: str) -> Any:
        if path.name == "a.json":
            raise PermissionError(13, "Permission denied")
        return opens(path, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuses)
        with pytest.raises(ConfigError, match=r"\(Permission denied\).*1 file taken in with 1 visit"):
            take_dropped(dropping)
    assert keys(dropping) == {"V-2"}
    assert (folder / "a.json").exists()


def test_a_name_as_long_as_a_disk_takes_is_no_trouble_and_no_name_is_said(dropping: Office, folder: Path) -> None:
    drop(folder, f"{'QUILL MARA ' * 21}.json", b"Dear Sirs")
    told = take_dropped(dropping)
    assert (told.refused, "QUILL" in str(told)) == (1, False)
    assert len(list((folder / "refused").iterdir())) == 2
