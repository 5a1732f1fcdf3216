"""One file checked for `x12 check`, in this process or in one of several."""

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from gateway.cli.x12.source import again, opened

if TYPE_CHECKING:
    from gateway.edi.checking.check import Report
    from gateway.edi.checking.second_opinion import Opinion
    from gateway.edi.guide.overlay import Overlay


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How files are to be checked: see `gateway.edi.checking.check.check`; and whether pyx12 is asked too."""

    overlays: "tuple[Overlay, ...]"
    snip: int
    today: date
    codes: Path
    second_opinion: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file and what its check came to; pyx12's opinion is None unless it was asked."""

    path: Path
    report: "Report"
    second: "Opinion | None" = None


def check_all(paths: Sequence[Path], wanted: Wanted, jobs: int) -> list[Checked]:
    """Check files, so many at a time; the answers are in the order of the files."""
    # A pipe is this process's own.
    if min(jobs, len(paths)) == 1 or Path("-") in paths:
        return [check_one(path, wanted) for path in paths]
    # Forked from a process that knows the engine: each would need a third of a second to learn it by itself.

    context = get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(min(jobs, len(paths)), mp_context=context) as workers:
        return list(workers.map(check_one, paths, [wanted] * len(paths)))


def check_one(path: Path, wanted: Wanted) -> Checked:
    """Check a file. Raises click.UsageError if it cannot be read."""
    if not wanted.second_opinion:
        with opened(path) as source:
            report = _report(source, wanted)
        return Checked(path=path, report=report)
    from gateway.edi.checking.second_opinion import compared

    with again(path) as anew:
        report = _report(anew(), wanted)
        return Checked(path=path, report=report, second=compared(report.findings, anew().read()))


def _report(source: BinaryIO, wanted: Wanted) -> "Report":
    from gateway.edi.checking.check import check

    return check(source, overlays=wanted.overlays, snip=wanted.snip, today=wanted.today, codes=wanted.codes)
