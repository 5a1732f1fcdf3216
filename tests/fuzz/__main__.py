"""The long form: `python -m tests.fuzz TARGET SECONDS`, or `./run bench fuzz TARGET SECONDS`; TARGET may be `all`.

Lets atheris (libFuzzer, led by which lines of gateway.edi a file reaches) spoil files for so long, and adds what was tried to
a total that is kept in totals.json beside this file. A file at which something breaks off, takes longer than ten seconds or
needs more than a gigabyte is put into samples/crashers/, where the tests find it. Exit status: 0; 1 if there was one.

It is run by hand: `.venv/bin/python -m pip install atheris` first.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests import totals
from tests.fuzz.targets import CRASHERS, TARGETS

TOTALS: Final = Path(__file__).with_name("totals.json")
_RUN_SECONDS_MAX, _MEGABYTES_MAX, _BYTES_MAX = 10, 1024, 16_000
_RUNS: Final = re.compile(r"stat::number_of_executed_units:\s+(\d+)")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Spoil files and see what breaks off.")
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("seconds", type=int, help="how long to try each target")
    asked = parser.parse_args()
    if find_spec("atheris") is None:
        parser.error("this needs atheris: .venv/bin/python -m pip install atheris")
    found = 0
    for target in TARGETS if asked.target == "all" else [asked.target]:
        runs, crashers = strike(target, asked.seconds)
        total = added(target, runs, asked.seconds)
        found += len(crashers)
        print(f"{target}: {runs:,} runs in {asked.seconds:,} s, {total['runs']:,} in {total['seconds']:,} s in all")  # noqa: T201
        for path in crashers:
            print(f"  broke off: {path}")  # noqa: T201
    return 1 if found else 0


def strike(target: str, seconds: int) -> tuple[int, list[Path]]:
    """Try one target. Gives how many files were tried, and those that broke it, as they are kept."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, broken = Path(folder, "corpus"), Path(folder, "broken")
        corpus.mkdir()
        broken.mkdir()
        for number, raw in enumerate(TARGETS[target].seeds()):
            (corpus / f"{number}.edi").write_bytes(raw)
        command = [
            *(sys.executable, "-m", "tests.fuzz.striking", target, str(corpus)),
            *(f"-max_total_time={seconds}", f"-timeout={_RUN_SECONDS_MAX}", f"-rss_limit_mb={_MEGABYTES_MAX}"),
            *(f"-max_len={_BYTES_MAX}", f"-artifact_prefix={broken}/", "-print_final_stats=1"),
        ]
        done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
        said = _RUNS.search(done.stderr)
        if said is None:
            raise SystemExit(f"{target}: the fuzzer did not run:\n{done.stderr[-2000:]}")
        return int(said[1]), [_keep(target, path) for path in sorted(broken.iterdir())]


def _keep(target: str, path: Path) -> Path:
    raw = path.read_bytes()
    place = CRASHERS / f"{target}_{sha256(raw).hexdigest()[:12]}.edi"
    place.write_bytes(raw)
    return place


def added(target: str, runs: int, seconds: int) -> dict[str, int]:
    """Add to what earlier calls have tried. Gives the total."""
    before = totals.kept(TOTALS, target) or {"runs": 0, "seconds": 0}
    total = {"runs": before["runs"] + runs, "seconds": before["seconds"] + seconds}
    totals.keep(TOTALS, target, total)
    return total


if __name__ == "__main__":
    sys.exit(main())
