"""Whatever file a command of x12 is given, it ends with a status that it promises and without a fault of ours."""

from pathlib import Path

import pytest

from gateway.cli.face.run import run
from gateway.cli.face.status import Status
from tests.cli.test_x12 import CLEAN
from tests.edi.read.test_whole_file import CORPUS

PROMISED = {Status.DONE, Status.NEEDS_A_PERSON, Status.USAGE, Status.UNUSABLE_INPUT}


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS, reason="the corpus of third-party files is not here")
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_every_command_ends_as_promised(path: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    file, out = str(path), str(tmp_path)
    calls = (
        ("show", file),
        ("show", file, "--claim", "26463774"),
        ("explain", file, "--segment", "7"),
        ("explain", file, "--segment", "7", "--json"),
        ("fmt", file),
        ("fmt", file, "--compact", "--delimiters", "|>!~"),
        ("diff", file, str(CLEAN), "--json"),
        ("diff", str(CLEAN), file, "--ignore-numbers"),
        ("split", file, "--out", out, "--by", "interchange"),
        ("split", file, "--out", out, "--by", "set", "--dry-run"),
        ("split", file, "--out", out, "--by", "claims", "--count", "1", "--dry-run", "--json"),
    )
    for words in calls:
        assert run(["x12", *words]) in PROMISED, words
    assert b"Traceback" not in capsysbinary.readouterr().err
