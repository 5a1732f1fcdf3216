"""gateway x12 fmt, to a pipe and in place."""

from pathlib import Path

import pytest

from tests.cli.test_x12 import gateway
from tests.edi.checking.test_check import FAULTLESS, segments

COMPACT = "".join(f"{one}~" for one in segments(FAULTLESS))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_segment_a_line_and_back() -> None:
    status, lines, err = gateway("fmt", "-", pipe=COMPACT.encode())
    assert (status, lines, err) == (0, COMPACT.replace("~", "~\n"), "")
    assert gateway("fmt", "-", "--compact", pipe=lines.encode()) == (0, COMPACT, "")


def test_in_place_the_file_is_changed_with_its_permissions_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file, link = tmp_path / "claims.837", tmp_path / "link.837"
    file.write_text(COMPACT)
    file.chmod(0o640)
    link.symlink_to(file)
    assert gateway("fmt", str(link), "--write") == (0, "", "")
    assert file.read_text() == COMPACT.replace("~", "~\n")
    assert (file.stat().st_mode & 0o777, link.is_symlink(), names(tmp_path)) == (
        0o640,
        True,
        ["claims.837", "link.837"],
    )


@pytest.mark.parametrize(
    ("raw", "more", "status"),
    [
        (COMPACT[:-9], (), 3),
        (COMPACT + "trailing", (), 3),
        ("hello", (), 3),
        (COMPACT, ("--delimiters", "-:^~"), 2),
    ],
)
def test_in_place_a_file_that_cannot_be_kept_whole_is_left_as_it_is(
    tmp_path: Path, raw: str, more: tuple[str, ...], status: int
) -> None:
    file = tmp_path / "claims.837"
    file.write_text(raw)
    assert gateway("fmt", str(file), "--write", *more)[0] == status
    assert (file.read_text(), names(tmp_path)) == (raw, ["claims.837"])


def test_other_delimiters_are_written(tmp_path: Path) -> None:
    status, out, _ = gateway("fmt", "-", "--compact", "--delimiters", "|>^~", pipe=COMPACT.encode())
    assert (status, out.count("*"), out.count("|")) == (0, 0, COMPACT.count("*"))
    other = tmp_path / "other.837"
    other.write_text(out)
    assert gateway("fmt", str(other), "--compact", "--delimiters", "standard") == (0, COMPACT, "")


@pytest.mark.parametrize("marks", ["*", "**:~", "A:^~", " :^~", "*:^~~"])
def test_marks_that_cannot_be_delimiters_are_a_wrong_call(marks: str) -> None:
    status, _, err = gateway("fmt", "-", "--delimiters", marks, pipe=FAULTLESS)
    assert (status, "such as '*:^~'" in err) == (2, True)


def test_a_cut_file_is_written_as_far_as_it_goes_and_says_so() -> None:
    status, out, err = gateway("fmt", "-", pipe=COMPACT[:-9].encode())
    assert (status, out.endswith("~\n"), "in no segment" in err) == (1, True, True)


def test_a_pipe_cannot_be_changed_in_place() -> None:
    assert gateway("fmt", "-", "--write", pipe=FAULTLESS)[0] == 2
