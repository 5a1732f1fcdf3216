"""Temporary files and folders go with the work they were for; what a killed run left is swept, what is at work is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.ledger.leftovers import draft, workplace

_WORKS = """
import sys, time
from pathlib import Path
from gateway.ledger.leftovers import draft, workplace
with (workplace(Path(sys.argv[2]), ".work-") if sys.argv[1] == "workplace" else draft(Path(sys.argv[2]) / "marker")):
    print("at work", flush=True)
    time.sleep(60)
"""


def at_work(what: str, folder: Path) -> subprocess.Popen[str]:
    started = subprocess.Popen([sys.executable, "-c", _WORKS, what, folder], stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "at work\n"
    return started


def killed(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def used(what: str, folder: Path) -> None:
    with workplace(folder, ".work-") if what == "workplace" else draft(folder / "marker"):
        pass


@pytest.mark.parametrize("what", ["workplace", "draft"])
def test_what_a_killed_run_left_goes_with_the_next_and_what_is_at_work_stays(what: str, tmp_path: Path) -> None:
    first = at_work(what, tmp_path)
    used(what, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    killed(first)
    used(what, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_work_goes_whole_also_when_the_work_fails(tmp_path: Path) -> None:
    def fails() -> None:
        with workplace(tmp_path, ".work-") as place:
            (place / "ledger.db").write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert list(tmp_path.iterdir()) == []


def test_a_draft_takes_the_place_of_what_was_there_and_leaves_what_is_not_a_draft(tmp_path: Path) -> None:
    for name in ("marker", "marker.old", "marker.1", "marker.toml.bak"):
        (tmp_path / name).write_text("old")
    (tmp_path / "marker.77.0123abcd").write_text("left over")
    with draft(tmp_path / "marker") as (written, descriptor):
        os.write(descriptor, b"new")
        written.replace(tmp_path / "marker")
    assert {path.name for path in tmp_path.iterdir()} == {"marker", "marker.old", "marker.1", "marker.toml.bak"}
    assert (tmp_path / "marker").read_text() == "new"


def test_a_link_that_stands_where_a_leftover_would_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "marker.77.0123abcd").symlink_to(tmp_path / "kept")
    used("draft", tmp_path)
    assert (tmp_path / "kept").read_text() == "kept"
