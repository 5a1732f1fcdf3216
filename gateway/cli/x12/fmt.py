"""gateway x12 fmt"""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from gateway.cli.face.status import Status
from gateway.cli.x12.source import file_or_pipe, no_x12, opened, read_to_the_end, unusable
from gateway.cli.x12.writing import replacing
from gateway.errors import UsageError

if TYPE_CHECKING:
    from gateway.edi.tools.reformat import Reformatting
    from gateway.edi.wire.segment import Delimiters

_BATCH = 10_000
_STANDARD = "standard"
_ORDER = "element, component, repetition, segment, such as '*:^~'"


@click.command(short_help="Write a file anew: a segment a line.", epilog="Example: gateway x12 fmt claims.837 | less")
@click.argument("file", type=file_or_pipe)
@click.option("--compact", "between", flag_value="", default=None, help="No line breaks, instead of one a segment.")
@click.option(
    "--delimiters",
    "wanted",
    metavar="MARKS",
    help="Write with these: element, component, repetition, segment, such as '*:^~', which `standard` is too.",
)
@click.option("--write", "in_place", is_flag=True, help="Change the file itself, whole or not at all.")
def fmt(file: Path, between: str | None, wanted: str | None, in_place: bool) -> int:
    """Write a file with one segment a line, or with none: what is in the segments stays as it is.

    The output holds patients' data.
    """
    from gateway.edi.tools.reformat import LINE, Reformatting

    marks = _marks(wanted) if wanted is not None else None
    if in_place and str(file) == "-":
        raise click.UsageError("--write changes a file; a pipe is none: leave it out")
    with opened(file) as source:
        written = Reformatting(source, between=LINE if between is None else between, marks=marks)
        if in_place:
            return _replaced(file, written)
        _write(written, sys.stdout.buffer)
    return read_to_the_end(file, written) if written.is_x12 else no_x12(file)


class _NotWholeError(Exception):
    """What would be written is not all that stands in the file."""


def _replaced(file: Path, written: "Reformatting") -> int:
    try:
        with replacing(file) as opened_file:
            _write(written, opened_file)
            _require_all(written)
    except _NotWholeError:
        if not written.is_x12:
            return no_x12(file)
        why = "there is more in it than segments, or its last one is cut off; it was left as it is; see: gateway x12 check"
        return unusable(file, why)
    except OSError as refused:
        raise UsageError(f"{file}: cannot be written ({refused.strerror}); it was left as it is") from None
    return Status.DONE


def _require_all(written: "Reformatting") -> None:
    if not written.is_all or not written.is_x12:
        raise _NotWholeError


def _write(written: "Reformatting", to: BinaryIO) -> None:
    to.writelines(batch.encode("latin-1") for batch in _batches(iter(written)))
    to.flush()


def _batches(texts: Iterator[str]) -> Iterator[str]:
    while batch := "".join(islice(texts, _BATCH)):
        yield batch


def _marks(wanted: str) -> "Delimiters":
    from gateway.edi.wire.segment import STANDARD, Delimiters

    if wanted == _STANDARD:
        return STANDARD
    if len(wanted) != len(STANDARD.all):
        raise click.UsageError(f"--delimiters: want four marks, {_ORDER}")
    try:
        return Delimiters(element=wanted[0], component=wanted[1], repetition=wanted[2], segment=wanted[3])
    except ValueError as wrong:
        raise click.UsageError(f"--delimiters: {wrong}; want {_ORDER}") from None
