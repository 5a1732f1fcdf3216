"""What taking visits in and scrubbing them costs, in CPU and memory of the very commands, beside the old revision's."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench import filled

_COMMAND: Final = [sys.executable, "-m", "gateway"]
_FSYNCS: Final = "fdatasync,fsync"


class Cost(NamedTuple):
    """CPU seconds of a command, and the largest memory it had, in megabytes."""

    seconds: float
    megabytes: int


Measure = Callable[[list[str], Path], tuple[float, int]]


def visits_file(folder: Path, count: int, mark: str = "") -> Path:
    """Give a JSON file of that many invented visits; it is made once. `mark` begins their ids: others are other visits."""
    path = folder / f"visits-{mark}{count}.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file = filled.visits(count)
        for one in file["visits"]:
            one["visit_id"] = f"{mark}{one['visit_id']}"
        path.write_text(json.dumps(file), encoding="utf-8")
    return path


def commands(folder: Path, count: int, gateway: Path, today: str, measure: Measure) -> Iterator[tuple[str, Cost]]:
    """Take that many new visits in and scrub them, in a fresh home; gives what each command cost.

    The last is what a command costs that does next to nothing.
    """
    home = folder / "writing"
    shutil.rmtree(home, ignore_errors=True)
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(gateway)}
    subprocess.run(
        [*_COMMAND, "--home", str(home), "init"], cwd=gateway, env=environment, stdout=subprocess.DEVNULL, check=True
    )
    shutil.copytree(gateway / "config", home, dirs_exist_ok=True)
    ours = [*_COMMAND, "--home", str(home), "--today", today]
    for name, words in (
        ("import", ["visits", "import", str(visits_file(folder, count))]),
        ("scrub", ["scrub", "run"]),
        ("base", ["visits", "list", "--limit", "1"]),
    ):
        yield name, Cost(*measure([*ours, *words], gateway))
    shutil.rmtree(home)


def syncs_of_scrub(folder: Path, count: int, today: str) -> int:
    """Count how often `scrub run` of that many new visits has the disk write; -1 where there is no strace."""
    if shutil.which("strace") is None:
        return -1
    said = folder / "strace"

    def traced(words: list[str], gateway: Path) -> tuple[float, int]:
        environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(gateway)}
        watched = ["strace", "-f", "-c", "-o", str(said), "-e", f"trace={_FSYNCS}"] if "scrub" in words else []
        subprocess.run([*watched, *words], cwd=gateway, env=environment, stdout=subprocess.DEVNULL, check=False)
        return 0.0, 0

    for _ in commands(folder, count, filled.ROOT, today, traced):
        pass
    # The columns are: share, seconds, microseconds a call, calls, errors if any, name.
    rows = [line.split() for line in said.read_text(encoding="ascii").splitlines()]
    return sum(int(row[3]) for row in rows if row and row[-1] in _FSYNCS.split(","))
