"""gateway x12 diff, as a person and a pipe call it."""

import json
from pathlib import Path

import pytest

from tests.cli.test_x12 import CLEAN, gateway
from tests.edi.checking.test_check import FAULTLESS


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.837"
    path.write_bytes(FAULTLESS.replace(b"*CH~", b"*RP~"))
    return path


def test_the_same_in_other_line_breaks_is_the_same() -> None:
    pipe = FAULTLESS.replace(b"~", b"~\r\n")
    assert gateway("diff", str(CLEAN), "-", pipe=pipe) == (0, "the files hold the same\n", "")


def test_what_differs_is_told_with_its_name_and_its_places(other: Path) -> None:
    status, out, _ = gateway("diff", str(CLEAN), str(other))
    assert status == 1
    assert out.splitlines() == [
        "set 837 at 3,3",
        "  4,4 HEADER BHT06 Claim or Encounter Identifier: CH | RP",
        "1 unit differs",
    ]
    status, out, _ = gateway("diff", str(CLEAN), str(other), "--json")
    told = json.loads(out)
    assert (status, told["same"], told["more"]) == (1, False, 0)
    assert told["units"][0]["differences"][0]["after"] == "RP"


@pytest.mark.parametrize(("words", "status"), [(("-", "-"), 2), ((str(CLEAN), "-"), 3), ((str(CLEAN), "/nowhere"), 2)])
def test_what_cannot_be_compared_is_said(words: tuple[str, ...], status: int) -> None:
    assert gateway("diff", *words, pipe=b"hello")[0] == status
