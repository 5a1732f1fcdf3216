"""Files of visits that are dropped into a folder: taken in once they lie still, then moved to `done` or `refused`.

Beside a refused file, and one of which rows were not taken, lies a report: which row, which field, what is wrong, what to
do. It holds nothing of a patient. Whoever is stopped between the two finds the file again: taking it in twice changes nothing.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gateway.errors import ConfigError, IntakeError
from gateway.finding import RowFault
from gateway.service.files.new_file import new_file
from gateway.service.office import Office
from gateway.service.visits.import_visits import TakenIn, take_in

STILL_SECONDS: Final = 10.0
"""A file that was changed later is still being written; those who write longer than this without a byte rename it at the end."""
_ENDINGS: Final = frozenset({".json", ".csv"})


def take_dropped(office: Office) -> str:
    """Take in every file that lies still, the oldest first; says what came of them.

    Raises ConfigError without the folder, or if one of the files cannot be read or moved: the others were taken in.
    """
    folder = office.settings.drop_folder
    if folder is None:
        raise ConfigError("no drop folder is configured: name it in gateway.toml, [schedule] drop_folder")
    _make(folder)
    told, unreadable = [], []
    for path in _lying_still(folder):
        try:
            told.append(_one(office, folder, path))
        except PermissionError as refused:
            unreadable.append(f"{path.name} ({refused.strerror})")
    if unreadable:
        raise ConfigError(
            f"{folder}: cannot be read or moved away: {', '.join(unreadable)}; let this user do both, or take it away; what could "
            f"be was taken in{': ' if told else ''}{'; '.join(told)}"
        )
    return "; ".join(told) or "nothing was dropped"


def _lying_still(folder: Path) -> Iterable[Path]:
    now, found = time.time(), []
    for path in folder.iterdir():
        seen = path.lstat()
        is_ours = path.is_file() and not path.is_symlink() and path.suffix.lower() in _ENDINGS
        # A clock that was put back makes a file of the future; it lies as still as any.
        if is_ours and not path.name.startswith(".") and not 0 <= now - seen.st_mtime < STILL_SECONDS:
            found.append((seen.st_mtime, path))
    return [path for _, path in sorted(found)]


def _one(office: Office, folder: Path, path: Path) -> str:
    office.give_way()
    before = path.stat()
    try:
        with path.open("rb") as file:
            outcome = take_in(office, path.name, file)
    except IntakeError as unreadable:
        _away(path, folder / "refused", str(unreadable))
        return f"{path.name}: refused; the report beside it says why"
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return f"{path.name}: it was changed while it was read; it is read again"
    _away(path, folder / "done", _report(outcome))
    rows = f", {len(outcome.faults)} rows not (see the report beside it)" if outcome.faults else ""
    return f"{path.name}: {sum(outcome.counts.values())} visits taken in{rows}"


def _report(outcome: TakenIn) -> str:
    return "\n".join(map(_line, outcome.faults))


def _line(fault: RowFault) -> str:
    visit = f", visit {fault.visit_key}" if fault.visit_key else ""
    return f"row {fault.row}{visit}, {fault.field}: {fault.what}; {fault.fix}"


def _away(path: Path, to: Path, report: str) -> None:
    """Move a file away, under a name that is not there yet, and its report before it: a report without a file is harmless."""
    _make(to)
    target, number = to / path.name, 1
    while target.exists():
        number += 1
        target = to / f"{path.stem}-{number}{path.suffix}"
    if report:
        beside = target.with_name(f"{target.name}.report.txt")
        beside.unlink(missing_ok=True)
        with new_file(beside) as file:
            file.write(f"{report}\n".encode())
    path.rename(target)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refused:
        raise ConfigError(
            f"{folder}: cannot be made ({os.strerror(refused.errno or 0)}); name another drop folder"
        ) from None
