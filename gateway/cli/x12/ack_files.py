"""The answers to checked files, as files of their own: `gateway x12 check --ack-out`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.face import show
from gateway.cli.face.say import say

if TYPE_CHECKING:
    from gateway.edi.answer.acknowledging import Acknowledgment
    from gateway.edi.checking.check import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An answer and the file that it was written into."""

    file: Path
    answer: "Acknowledgment"


def write_answers(folder: Path, reports: Sequence[tuple[Path, "Report"]], first: int) -> list[list[Written]]:
    """Answer each file into the folder, which is made if there is none; gives the answers by file.

    There is no ledger here, so our control numbers go up from `first`, and whoever sends the answers keeps count.
    Raises click.UsageError if a name is taken, with nothing written; and if the folder cannot be written to.
    """
    from gateway.edi.answer.acknowledging import acknowledge

    at = datetime.now(tz=UTC).astimezone()
    answers: list[list[Written]] = []
    used = 0
    for path, report in reports:
        stem = path.stem if str(path) != "-" else "stdin"
        several = acknowledge(report.interchanges, at=at, control=first + used)
        names = (f"{stem}_{answer.control:09}.{answer.kind.lower()}" for answer in several)
        answers.append([Written(file=folder / name, answer=one) for name, one in zip(names, several, strict=True)])
        used += len(several)
    _write(folder, [one for several in answers for one in several])
    return answers


def _write(folder: Path, several: Sequence[Written]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if taken := [one.file for one in several if one.file.exists()]:
            raise click.UsageError(
                f"--ack-out: {taken[0]} is there already; no answer was written; give --ack-control another number"
            )
        for one in several:
            with one.file.open("xb") as file:
                file.write(one.answer.body)
    except OSError as refused:
        raise click.UsageError(f"--ack-out: {folder} cannot be written to ({refused.strerror})") from None


def facts(several: Iterable[Written]) -> list[dict[str, object]]:
    """Give what --json says of the answers."""
    return [
        {
            "file": str(one.file),
            "kind": one.answer.kind,
            "control": one.answer.control,
            "interchange": one.answer.interchange,
            "group": one.answer.group,
            "verdict": one.answer.verdict,
            "untold": one.answer.untold,
        }
        for one in several
    ]


def print_answers(several: Iterable[Written]) -> None:
    """Name each file with what it says."""
    for one in several:
        answer = one.answer
        about = f"group {answer.group}" if answer.group else f"interchange {answer.interchange}"
        untold = f"; {show.counted(answer.untold, 'fault')} more than it tells" if answer.untold else ""
        say(f"  {answer.kind} wrote {one.file}: {about} {answer.verdict}{untold}")
