"""Whether everything that a worker wrote was on the disk by the time it said so, or acted on it."""

import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from os import O_CREAT, O_WRONLY, close, open, write  # noqa: A004 descriptors, not files
from pathlib import Path
from typing import Final

from tests.faults import traced
from tests.faults.stage import Campaign, stage_of
from tests.faults.workers import DONE, Doom
from tests.service import clinic

ANSWERS: Final = ("import answered", "scrub answered", "collect answered")
REQUESTS: Final = ("create", "write", "sync", "release", "rename")

_CALLED = re.compile(r'^(?P<thread>\d+) +(?P<name>\w+)\(\d+<(?P<path>[^>]+)>(?:, "(?P<text>[^"]*?)(?:\\n)?")?')


@dataclass(frozen=True, slots=True)
class Moment:
    """A point that a worker passed, and which files of the ledger it had written to and not yet synced. `synced` counts."""

    what: str
    unsynced: frozenset[str]
    synced: int


def moments(campaign: Campaign) -> list[Moment]:
    """Have one worker take in, seal, deliver and collect under strace, in a process of its own; give what it passed."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_moments, campaign).result()


def _moments(campaign: Campaign) -> list[Moment]:
    stage = stage_of(campaign)
    run = stage.placed("traced", stage.ready(claims=2))
    stage.copy(run)
    (run.folder.answers / "answer.999").write_bytes(clinic.answer_999(1))
    with traced.log_file() as log, traced.gate() as (waits, opens):
        marks = open(log.with_name("marks"), O_CREAT | O_WRONLY)
        worker = stage.start(run, Doom(marks=marks), gate=waits)
        options = ("-y", "-s", "64", "-o", str(log), "-e", "trace=write,pwrite64,fdatasync,fsync")
        with traced.tracing(worker.process, *options):
            write(opens, b"x")
            assert worker.ended().status == DONE, "a worker that is only watched does not finish"
        close(marks)
        return read(log.read_text(), marks=log.with_name("marks"))


_NEED_NOT_LAST: Final = ("-shm", ".turn")
"""SQLite's index of its journal, made anew after a crash; and whose turn it is, which ends with its process."""


def read(log: str, *, marks: Path) -> list[Moment]:
    """Read a log of strace. Only the worker's own thread writes marks and ledgers; its calls stand in their order."""
    found: list[Moment] = []
    unsynced: set[str] = set()
    synced = 0
    for line in log.splitlines():
        call = _CALLED.match(line)
        if call is None:
            continue
        name, path = call["name"], call["path"]
        if path == str(marks):
            found.append(Moment(call["text"], frozenset(unsynced), synced))
        elif name == "pwrite64" and not path.endswith(_NEED_NOT_LAST):
            unsynced.add(path)
        elif name in {"fdatasync", "fsync"}:
            unsynced.discard(path)
            synced += 1
    return found
