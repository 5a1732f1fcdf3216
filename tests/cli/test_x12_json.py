"""gateway x12 json, from-json and schema: through pipes, on long files, with the statuses of every command."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.x12_files import professional_file, remittance_file
from tests.cli.test_x12 import gateway
from tests.edi.write.test_rewriting import PROFESSIONAL, REMITTANCES, SAMPLES, bare

CLAIMS = SAMPLES / "837p" / "dependent.edi"


def converted(*words: str, pipe: bytes) -> tuple[int, bytes, str]:
    command = [sys.executable, "-m", "gateway", "x12", *words]
    done = subprocess.run(command, input=pipe, capture_output=True, check=False, timeout=120)
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize("form", [(), ("--lines",)])
@pytest.mark.parametrize("raw", [PROFESSIONAL[1], REMITTANCES[0]])
def test_what_goes_through_both_pipes_is_what_came(form: tuple[str, ...], raw: bytes) -> None:
    status, text, _ = converted("json", "-", *form, pipe=raw)
    assert (status, json.loads(text.splitlines()[0] if form else text)["schema"][:12]) == (0, "gateway.x12.")
    assert converted("from-json", "-", pipe=text) == (0, bare(raw), "")


def test_a_file_with_findings_is_converted_and_they_are_told_without_values() -> None:
    raw = bare(CLAIMS.read_bytes()).replace(b"*CH~", b"*SECRET~")
    status, text, said = converted("json", "-", pipe=raw)
    assert (status, "1 finding" in said, "BHT06" in said, "SECRET" in said) == (1, True, True, False)
    status, again, said = converted("from-json", "-", pipe=text)
    assert (status, again, "what was written has 1 finding" in said) == (1, raw, True)


@pytest.mark.parametrize(
    ("command", "pipe", "said"),
    [
        ("json", b"no X12", "neither an 837P"),
        ("json", bare(CLAIMS.read_bytes())[:-40], "cannot be carried over"),
        ("from-json", b"no JSON", "the document: is no JSON"),
        ("from-json", b'{"schema": "gateway.x12.837p/1", "interchanges": [3]}', "interchanges[0]: is not an object"),
    ],
)
def test_what_cannot_be_converted_is_refused_with_status_3(command: str, pipe: bytes, said: str) -> None:
    status, _, told = converted(command, "-", pipe=pipe)
    assert status == 3
    assert said in told or "the file ends before" in told
    assert "use nothing of it" in told


def test_a_file_that_is_not_there_is_a_usage_error() -> None:
    status, _, said = gateway("json", "/nowhere/claims.837")
    assert (status, "cannot be read" in said) == (2, True)


@pytest.mark.parametrize("which", ["837p", "835"])
@pytest.mark.parametrize("form", [(), ("--lines",)])
def test_the_schema_is_json_schema(which: str, form: tuple[str, ...]) -> None:
    status, out, _ = gateway("schema", which, *form)
    assert (status, json.loads(out)["$schema"]) == (0, "https://json-schema.org/draft/2020-12/schema")


PEAK = """
import sys
from gateway.cli.face.run import run
status = run(["x12", *sys.argv[1:]])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(status, peak.split()[1], file=sys.stderr)
"""


def peak_megabytes(*words: str) -> int:
    command = [sys.executable, "-c", PEAK, *words]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, text=True)
    status, kilobytes = done.stderr.splitlines()[-1].split()
    assert status == "0"
    return int(kilobytes) // 1024


@pytest.mark.parametrize("make", [professional_file, remittance_file])
def test_memory_does_not_grow_with_the_file(make: Callable[[int], bytes], tmp_path: Path) -> None:
    peaks = []
    for count in (500, 1_500):
        path, lines = tmp_path / "file.edi", tmp_path / "file.jsonl"
        path.write_bytes(make(count))
        lines.write_bytes(converted("json", str(path), "--lines", pipe=b"")[1])
        peaks.append((peak_megabytes("json", str(path)), peak_megabytes("from-json", str(lines))))
    assert all(long < short + 4 for short, long in zip(*peaks, strict=True)), peaks
