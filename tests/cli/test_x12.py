"""gateway x12: files by themselves, from a folder or a pipe."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.edi.checking.check import check
from tests.edi.checking.test_check import FAULTLESS, SAMPLES

CLEAN = SAMPLES / "medicare_self.edi"
COMPANION = """guide = "005010X222A1"
[[change]]
loop = "2010BA"
segment = "REF"
code = "SY"
usage = "R"
since = 2026-11-26
why = "they want it"
source = "their guide, page 3"
"""


def gateway(*words: str, pipe: bytes = b"") -> tuple[int, str, str]:
    command = [sys.executable, "-m", "gateway", "x12", *words]
    done = subprocess.run(command, input=pipe, capture_output=True, check=False, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_a_clean_file_is_said_to_be_clean() -> None:
    status, out, _ = gateway("check", str(CLEAN))
    assert (status, out) == (
        0,
        f"{CLEAN}: clean; 1 transaction set, 33 segments\n".replace("33", str(FAULTLESS.count(b"~"))),
    )


def test_a_fault_is_told_with_place_code_and_fix_and_without_its_value() -> None:
    status, out, _ = gateway("check", "-", pipe=FAULTLESS.replace(b"*CH~", b"*SECRET~"))
    assert status == 1
    assert "-: 1 finding, would be refused; 1 transaction set" in out
    assert "error: segment 4 BHT06 (loop HEADER): " in out
    assert "[element code 7]" in out
    assert "SECRET" not in out


def test_json_gives_each_file_with_its_findings(tmp_path: Path) -> None:
    bad = tmp_path / "bad.837"
    bad.write_bytes(FAULTLESS.replace(b"*CH~", b"*SECRET~"))
    status, out, _ = gateway("check", str(CLEAN), str(bad), "--json")
    assert (status, "SECRET" in out) == (1, False)
    clean, faulty = json.loads(out)["files"]
    assert (clean["accepted"], clean["findings"], faulty["accepted"]) == (True, [], False)
    (finding,) = faulty["findings"]
    assert (finding["snip"], finding["code"], finding["segment"], finding["element"]) == (2, "7", "BHT", 6)
    assert finding["severity"] == "error"


def test_a_companion_guide_is_laid_over_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    companion = tmp_path / "payer.toml"
    companion.write_text(COMPANION)
    assert gateway("check", str(CLEAN), "--companion", str(companion))[0] == 1
    companion.write_text(COMPANION.replace("why", "because"))
    status, _, err = gateway("check", str(CLEAN), "--companion", str(companion))
    assert (status, "payer.toml, change 1: because is not known" in err) == (5, True)


@pytest.mark.parametrize(("pipe", "status"), [(b"hello", 3), (b"", 3)])
def test_what_is_no_x12_cannot_be_used(pipe: bytes, status: int) -> None:
    assert gateway("check", "-", pipe=pipe)[0] == status


def test_a_file_that_is_not_there_is_a_wrong_call() -> None:
    status, _, err = gateway("check", "/nowhere/at/all.837")
    assert (status, "cannot be read" in err) == (2, True)


def test_answers_are_written_beside_and_never_over_another(tmp_path: Path) -> None:
    bad, out = tmp_path / "bad.837", tmp_path / "new" / "answers"
    bad.write_bytes(FAULTLESS.replace(b"*CH~", b"*QQ~"))
    words = ("check", str(CLEAN), str(bad), "--ack-out", str(out))
    status, said, _ = gateway(*words, "--ack-control", "7")
    names = ["medicare_self_000000007.ta1", "medicare_self_000000008.999", "bad_000000009.ta1", "bad_000000010.999"]
    assert (status, sorted(path.name for path in out.iterdir())) == (1, sorted(names))
    group = FAULTLESS.split(b"~")[1].split(b"*")[6].decode()
    assert f"  999 wrote {out / names[1]}: group {group} accepted\n" in said
    assert f"  999 wrote {out / names[3]}: group {group} rejected\n" in said
    assert all(check((out / name).read_bytes()).accepted for name in names)
    before = (out / names[0]).read_bytes()
    status, _, err = gateway(*words, "--ack-control", "7")
    assert (status, "is there already; no answer was written" in err) == (2, True)
    assert ((out / names[0]).read_bytes(), len(list(out.iterdir()))) == (before, 4)


def test_json_tells_the_answers_of_each_file_and_the_numbers_begin_at_one(tmp_path: Path) -> None:
    _, out, _ = gateway("check", "-", "--ack-out", str(tmp_path), "--json", pipe=FAULTLESS)
    (facts,) = json.loads(out)["files"]
    assert [(one["kind"], one["control"], one["verdict"], one["untold"]) for one in facts["answers"]] == [
        ("TA1", 1, "accepted", 0),
        ("999", 2, "accepted", 0),
    ]
    assert Path(facts["answers"][0]["file"]) == tmp_path / "stdin_000000001.ta1"


def test_a_folder_that_is_none_is_a_wrong_call(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    status, _, err = gateway("check", str(CLEAN), "--ack-out", str(tmp_path / "file" / "in"))
    assert (status, "cannot be written to" in err) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        ["check", str(CLEAN)],
        ["show", str(CLEAN)],
        ["explain", str(CLEAN), "--segment", "4"],
        ["fmt", str(CLEAN)],
        ["diff", str(CLEAN), str(CLEAN)],
        ["json", str(CLEAN)],
        ["rules"],
        ["schema", "837p"],
    ],
    ids=lambda words: words[0],
)
def test_a_command_about_files_waits_for_nothing_that_only_a_gateway_needs(words: list[str]) -> None:
    """To read the configuration alone would double its time."""
    heavy = {"pydantic", "sqlalchemy", "alembic", "paramiko", "apscheduler"}
    said = f"from gateway.cli.face.run import run; import sys; print(run({['x12', *words]}), {heavy}.intersection(sys.modules))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, check=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "0 set()"
