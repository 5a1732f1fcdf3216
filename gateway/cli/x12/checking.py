"""One file checked for `x12 check`, in this process or in one of several."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.x12.source import again, opened

if TYPE_CHECKING:
    from gateway.edi.check import Report
    from gateway.edi.overlay import Overlay
    from gateway.edi.second_opinion import Opinion


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How files are to be checked: see `gateway.edi.check.check`; and whether pyx12 is asked too."""

    overlays: "tuple[Overlay, ...]"
    snip: int
    today: date
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
    with ProcessPoolExecutor(min(jobs, len(paths)), mp_context=get_context("spawn")) as workers:
        return list(workers.map(check_one, paths, [wanted] * len(paths)))


def check_one(path: Path, wanted: Wanted) -> Checked:
    """Check a file. Raises click.UsageError if it cannot be read."""
    from gateway.edi.check import check

    if not wanted.second_opinion:
        with opened(path) as source:
            report = check(source, overlays=wanted.overlays, snip=wanted.snip, today=wanted.today)
        return Checked(path=path, report=report)
    from gateway.edi.second_opinion import compared

    with again(path) as anew:
        report = check(anew(), overlays=wanted.overlays, snip=wanted.snip, today=wanted.today)
        return Checked(path=path, report=report, second=compared(report.findings, anew().read()))
