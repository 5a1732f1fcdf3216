"""The clinic at work: every step is the command that a person or cron types, and some of them are killed in their midst.

A command that is killed runs in a forked process, which counts the points that it passes: before and after every commit of
the ledger, and before every request to a partner's server. At the point that was drawn it kills itself (SIGKILL), or it is
killed after so many seconds; then the same command is simply typed again.
"""

import io
import os
import random
import secrets
import select
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, event

from gateway.cli.face.run import run
from gateway.ledger import numbers
from gateway.transport.sftp_requests import Session

_REQUESTS = ("look", "create", "write", "sync", "release", "rename", "remove", "names", "read")
OUR_BUG = 70


class Said(NamedTuple):
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


@dataclass(slots=True)
class Clinic:
    """A home, the day, and how often a command ended in which way.

    Claims' numbers, by which the payers draw what they answer, are drawn by the seed: the same month can be played again, but
    for what is killed after so many seconds.

    points  how many points a command passed the last time that it ran in a process of its own, by its words
    bugs    commands that ended with 70, and what they said
    """

    home: Path
    today: date
    rng: random.Random
    seed: int
    ended: Counter[tuple[str, int]] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    points: dict[str, tuple[int, float]] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    typed: Counter[tuple[date, str]] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)

    def types(self, *words: str) -> Said:
        """Run a command."""
        out, err = io.StringIO(), io.StringIO()
        since = time.perf_counter()
        with self._drawing(words[0]), redirect_stdout(out), redirect_stderr(err):
            status = int(run(self._line(words)))
        self.seconds[words[0]] = self.seconds.get(words[0], 0.0) + time.perf_counter() - since
        return self._noted(words, Said(status, out.getvalue(), err.getvalue()))

    def types_mortally(self, *words: str) -> bool:
        """Run a command in a process of its own that is killed; give whether it was, for it may be done before."""
        points, seconds = self.points.get(words[0], (6, 0.2))
        by_point = self.rng.random() < 0.7
        doom = self.rng.randint(1, max(1, points)) if by_point else 0
        pipe, told = os.pipe()
        since = time.monotonic()
        with self._drawing(words[0]):
            process = os.fork()
            if not process:
                _die_at(doom, told, lambda: run(self._line(words)))
        os.close(told)
        wait = None if by_point else self.rng.uniform(0.001, seconds)
        if wait is not None and not select.select([pipe], [], [], wait)[0]:
            os.kill(process, signal.SIGKILL)
        with os.fdopen(pipe, "rb") as read:
            passed = read.read()
        status = os.waitpid(process, 0)[1]
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL, f"{words[0]} died of signal {os.WTERMSIG(status)}"
            self.kills[" ".join(words[:2] if words[0] in {"visits", "batch", "scrub"} else words[:1])] += 1
            return True
        self.points[words[0]] = int(passed or b"1"), time.monotonic() - since
        if os.WEXITSTATUS(status) == OUR_BUG:
            self.bugs.append(" ".join(words))
        return False

    @contextmanager
    def _drawing(self, verb: str) -> Iterator[None]:
        """Have a command draw by the seed, the day, and how often its verb was typed that day."""
        self.typed[self.today, verb] += 1
        vars(numbers)["secrets"] = random.Random(f"{self.seed} {self.today} {verb} {self.typed[self.today, verb]}")
        try:
            yield
        finally:
            vars(numbers)["secrets"] = secrets

    def _line(self, words: Sequence[str]) -> list[str]:
        return ["--home", str(self.home), "--today", self.today.isoformat(), *words]

    def _noted(self, words: Sequence[str], said: Said) -> Said:
        self.ended[" ".join(one for one in words[:2] if not one.startswith("-")), said.status] += 1
        if said.status == OUR_BUG:
            self.bugs.append(f"{' '.join(words)}: {said.err.strip()[-300:]}")
        return said


def _die_at(doom: int, told: int, work: Callable[[], Any]) -> None:
    """Work in a forked process that kills itself at that point, counted from 1; 0 is none. It never returns."""
    status, passed = OUR_BUG, 0

    def pass_point() -> None:
        nonlocal passed
        passed += 1
        if passed == doom:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(request: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*arguments: Any, **named: Any) -> Any:
            pass_point()
            return request(*arguments, **named)

        return asked

    try:
        event.listen(Engine, "commit", lambda _: pass_point())
        event.listen(Engine, "begin", lambda _: pass_point())  # behind the commit before it
        for name in _REQUESTS:
            if request := getattr(Session, name, None):
                setattr(Session, name, counted(request))
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            status = int(work())
        os.write(told, str(passed).encode())
    finally:
        os._exit(status)
