"""Files of visits that are dropped into a folder: taken in once they lie still, then moved to `done` or `refused`.

Beside a refused file, and one of which rows were not taken, lies a report: which row, which field, what is wrong, what to
do. It holds nothing of a patient; and as people call files by their patients, the service's own lines say no name. Whoever is
stopped before a file is moved finds it again: taking it in twice changes nothing. One bad file keeps no other back.
"""

import os
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from gateway.errors import ConfigError, IntakeError
from gateway.finding import RowFault
from gateway.scrub.rule import BUGS
from gateway.service.files.new_file import new_file
from gateway.service.office import Office
from gateway.service.visits.import_visits import TakenIn, take_in

STILL_SECONDS: Final = 10.0
"""A file that was changed later may still be written; who rests longer than this without a byte renames it at the end."""
_LOOKS_AGAIN_SECONDS: Final = 1.0
_NAME_MAX: Final = 200
"""Bytes; a report's name is longer, and a disk takes 255 bytes."""
_ENDINGS: Final = frozenset({".json", ".csv"})


class Dropped:
    """What came of the files in the folder: how many of which, and why some still lie there."""

    def __init__(self) -> None:
        self.taken = self.visits = self.rows = self.refused = 0
        self.left: list[str] = []

    def __str__(self) -> str:
        """Say it in a line."""
        if not (self.taken or self.refused or self.left):
            return "nothing was dropped"
        rows = f", rows that were not: {self.rows}, see the reports in done" if self.rows else ""
        refused = f"; {self.refused} refused: see the reports in refused" if self.refused else ""
        files, visits = (
            f"{number} {what}{'' if number == 1 else 's'}"
            for number, what in ((self.taken, "file"), (self.visits, "visit"))
        )
        return f"{files} taken in with {visits}{rows}{refused}"


def take_dropped(office: Office) -> Dropped:
    """Take in every file that lies still, the oldest first.

    Raises ConfigError without the folder, or, once all others are taken in, if some can be neither read nor moved away.
    """
    folder = office.settings.drop_folder
    if folder is None:
        raise ConfigError("no drop folder is configured: name it in gateway.toml, [schedule] drop_folder")
    _make(folder)
    outcome = Dropped()
    for path in _lying_still(folder):
        office.give_way()
        try:
            _one(office, folder, path, outcome)
        except (OSError, *BUGS) as fault:
            outcome.left.append(fault.strerror or "" if isinstance(fault, OSError) else type(fault).__name__)
    if outcome.left:
        raise ConfigError(
            f"{folder}: {len(outcome.left)} of the files that lie there still cannot be read or moved away "
            f"({', '.join(sorted(set(outcome.left)))}); let this user do both, or take them away; {outcome}"
        )
    return outcome


def _lying_still(folder: Path) -> Iterator[Path]:
    named = (path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS and not path.name.startswith("."))
    found = sorted((at, path) for path in named if (at := _still_since(path)) is not None)
    return (path for _, path in found)


def _still_since(path: Path) -> float | None:
    """Give when a file was changed last; None if that was a moment ago, or it is no file of its own, or gone."""
    try:
        before = path.lstat()
        age = time.time() - before.st_mtime
        if path.is_symlink() or not path.is_file() or abs(age) < STILL_SECONDS:
            return None
        if age < 0:
            # Written by a machine whose clock is ahead: only looking again tells whether it is still being written.
            time.sleep(_LOOKS_AGAIN_SECONDS)
            after = path.lstat()
            if _mark(before) != _mark(after):
                return None
    except FileNotFoundError:
        return None
    return before.st_mtime


def _mark(seen: os.stat_result) -> tuple[int, int]:
    return seen.st_size, seen.st_mtime_ns


def _one(office: Office, folder: Path, path: Path, outcome: Dropped) -> None:
    before = _mark(path.stat())
    try:
        with path.open("rb") as file:
            taken = take_in(office, path.name, file)
    except IntakeError as unreadable:
        if _away(path, folder / "refused", str(unreadable), before):
            outcome.refused += 1
        return
    if _away(path, folder / "done", _report(taken), before):
        outcome.taken += 1
        outcome.visits += sum(taken.counts.values())
        outcome.rows += len(taken.faults)


def _report(outcome: TakenIn) -> str:
    return "\n".join(map(_line, outcome.faults))


def _line(fault: RowFault) -> str:
    visit = f", visit {fault.visit_key}" if fault.visit_key else ""
    return f"row {fault.row}{visit}, {fault.field}: {fault.what}; {fault.fix}"


def _away(path: Path, to: Path, report: str, before: tuple[int, int]) -> bool:
    """Move a file away, under a name that is not there yet, with its report; False, and it stays, if it was changed meanwhile."""
    _make(to)
    target = _free(to, path)
    path.rename(target)
    if _mark(target.stat()) != before:
        target.rename(path)
        return False
    if report:
        with new_file(target.with_name(f"{target.name}.report.txt")) as file:
            file.write(f"{report}\n".encode())
    return True


def _free(to: Path, path: Path) -> Path:
    """Give a name that neither a file nor a report there has, and that is short enough for both."""
    stem = (
        path.stem
        if len(os.fsencode(path.name)) <= _NAME_MAX
        else sha256(path.name.encode("utf-8", "replace")).hexdigest()[:16]
    )
    target, number = to / f"{stem}{path.suffix}", 1
    while target.exists() or target.with_name(f"{target.name}.report.txt").exists():
        number += 1
        target = to / f"{stem}-{number}{path.suffix}"
    return target


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refused:
        raise ConfigError(
            f"{folder}: cannot be made ({os.strerror(refused.errno or 0)}); name another drop folder"
        ) from None
