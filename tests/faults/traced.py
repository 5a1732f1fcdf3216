"""Processes under strace: what they ask of the kernel, and a blow at exactly one of those requests.

A worker is attached while it waits at its gate, so that no start of Python is traced. strace counts for each thread by
itself: the nth request of a kind is that of whichever thread comes to its nth first.
"""

import functools
import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

STRACE = shutil.which("strace")
DURABLE: Final = ("fdatasync", "fsync", "pwrite64", "sendto", "unlink", "ftruncate", "rename")
"""What changes a disk or the partner's side."""

_CALL = re.compile(r"^(\d+) +(\w+)\(")


@functools.cache
def missing() -> str:
    """Say why nothing can be traced here; empty if it can."""
    if STRACE is None:
        return "strace is not installed (Debian: apt-get install strace)"
    tried = subprocess.run([STRACE, "-qq", "-e", "trace=none", "true"], check=False, capture_output=True, text=True)
    return "" if tried.returncode == 0 else f"this process may not trace others: {tried.stderr.strip()[:80]}"


@contextmanager
def gate() -> Iterator[tuple[int, int]]:
    """A pipe at whose reading end a worker waits until a byte is written at the other."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


@contextmanager
def tracing(process: int, *options: str) -> Iterator[None]:
    """Trace a process with these options of strace, from now until it is over."""
    command = [str(STRACE), "-f", *options, "-p", str(process)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        said = strace.stderr.readline()
        assert "attached" in said, f"strace: {said}"
        yield
        strace.stderr.read()


def killing(syscall: str, nth: int) -> tuple[str, ...]:
    """Options: kill it at its nth request of that kind, before that is done."""
    return ("-o", "/dev/null", "-e", f"trace={syscall}", "-e", f"inject={syscall}:signal=SIGKILL:when={nth}")


def failing(syscall: str, error: str, when: str) -> tuple[str, ...]:
    """Options: have requests of that kind fail. `when` is strace's: `3` is the third, `3+` all from there on."""
    return ("-o", "/dev/null", "-e", f"trace={syscall}", "-e", f"inject={syscall}:error={error}:when={when}")


def counted(log: Path) -> dict[str, int]:
    """How many requests of each kind the thread with the most of them made."""
    calls = Counter(match.groups() for line in log.read_text().splitlines() if (match := _CALL.match(line)))
    return {name: max(n for (_, other), n in calls.items() if other == name) for _, name in calls}


@contextmanager
def log_file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "trace"
