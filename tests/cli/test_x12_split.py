"""gateway x12 split: parts in a folder, all or none, nothing overwritten."""

import json
from pathlib import Path

import pytest

from tests.bench.x12_files import professional_file, remittance_file
from tests.cli.test_x12 import gateway
from tests.cli.test_x12_fmt import names
from tests.edi.checking.test_check import FAULTLESS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "claims.837"
    path.write_bytes(professional_file(7))
    return path


def test_claims_are_parted_into_files_that_are_clean_and_nobody_else_can_read(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "parts"
    status, said, _ = gateway("split", str(file), "--out", str(out), "--by", "claims", "--count", "3")
    assert (status, names(out)) == (0, ["claims-0001.837", "claims-0002.837", "claims-0003.837"])
    assert "claims-0003.837: interchange 000000003, 1 transaction set, 1 claim, " in said
    assert gateway("check", *(str(out / name) for name in names(out)))[0] == 0
    assert {(out / name).stat().st_mode & 0o777 for name in names(out)} == {0o600}


def test_nothing_is_overwritten_and_then_nothing_is_written(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "parts"
    out.mkdir()
    (out / "claims-0002.837").write_text("mine")
    status, _, err = gateway("split", str(file), "--out", str(out), "--by", "claims", "--count", "3")
    assert (status, "claims-0002.837 exists already" in err) == (2, True)
    assert (names(out), (out / "claims-0002.837").read_text()) == (["claims-0002.837"], "mine")


def test_a_dry_run_says_the_same_and_writes_nothing(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "parts"
    words = ("split", str(file), "--out", str(out), "--by", "set")
    status, planned, _ = gateway(*words, "--dry-run", "--json")
    assert (status, out.exists()) == (0, False)
    status, said, _ = gateway(*words, "--json")
    assert {**json.loads(planned), "written": True} == json.loads(said)
    assert json.loads(said)["parts"][0]["claims"] == 7


@pytest.mark.parametrize(
    ("raw", "more", "status"),
    [
        (FAULTLESS[:-20], (), 3),
        (b"hello", (), 3),
        (remittance_file(2), ("--by", "claims"), 2),
        (FAULTLESS, ("--count", "5"), 2),
    ],
)
def test_what_cannot_be_split_leaves_nothing(tmp_path: Path, raw: bytes, more: tuple[str, ...], status: int) -> None:
    file, out = tmp_path / "file.x12", tmp_path / "parts"
    file.write_bytes(raw)
    assert gateway("split", str(file), "--out", str(out), *more)[0] == status
    assert not out.exists() or names(out) == []
