"""The command line as a person runs it: a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "gateway")


class Ran(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def facts(self) -> Any:
        return json.loads(self.out)


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **more}


def gateway(
    *arguments: str | Path, home: Path | None = None, cwd: Path | None = None, stdin: str = "", **env: str
) -> Ran:
    """Run a command to its end."""
    where = ("--home", str(home)) if home else ()
    done = subprocess.run(
        [*COMMAND, *where, *map(str, arguments)],
        capture_output=True,
        text=True,
        input=stdin,
        cwd=cwd,
        env=environment(**env),
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@contextmanager
def simulator(
    home: Path, state: Path, port: int, *more: str, told: list[str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """`gateway sim`, up and listening; `told` gets what it says before."""
    command = [*COMMAND, "--home", str(home), "sim", "--port", str(port), "--state", str(state), *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment())
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if told is not None:
                told.append(line.rstrip())
            if line.startswith("stop it"):
                break
        else:
            raise AssertionError("the simulator ended before it listened")
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
