"""The files that the commands of x12 are given: from a folder or a pipe, with progress."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from gateway.cli.face import show
from gateway.cli.face.say import say
from gateway.cli.face.status import Status

if TYPE_CHECKING:
    from gateway.edi.read.whole_file import Contents
    from gateway.edi.tools.reformat import Reformatting

_MEGABYTE = 1_000_000
_BATCH = 1_000

file_or_pipe = click.Path(path_type=Path, allow_dash=True)


class Told:
    """A file that tells how many megabytes of it have been read."""

    def __init__(self, source: BinaryIO, advance: Callable[[int], None]) -> None:
        self._source = source
        self._advance = advance
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        """Read up to so many bytes."""
        piece = self._source.read(size)
        before, self._read = self._read, self._read + len(piece)
        if self._read // _MEGABYTE > before // _MEGABYTE:
            self._advance(self._read // _MEGABYTE)
        return piece


@contextmanager
def opened(path: Path, *, said: str = "MB read") -> Iterator[BinaryIO]:
    """Open a file, or the pipe for `-`, to be read once. Raises click.UsageError if it cannot be."""
    with show.progress(said) as advance, unheard(path) as source:
        yield Told(source, advance)  # type: ignore[misc]  # only read is used


@contextmanager
def unheard(path: Path) -> Iterator[BinaryIO]:
    """As `opened`, for those who have progress of their own to tell."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    with _file(path) as source:
        yield source


@contextmanager
def again(path: Path) -> Iterator[Callable[[], BinaryIO]]:
    """Give what opens a file anew, for those who go through it more than once. A pipe is kept in memory."""
    if str(path) == "-":
        kept = sys.stdin.buffer.read()
        yield lambda: BytesIO(kept)
        return
    with _file(path) as source, show.progress("MB read") as advance:

        def begun() -> BinaryIO:
            source.seek(0)
            return Told(source, advance)  # type: ignore[return-value]  # only read is used

        yield begun


def print_lines(lines: Iterable[str]) -> int:
    """Print lines, many at a time: a file has millions. Gives how many there were."""
    printed, rest = 0, iter(lines)
    while some := list(islice(rest, _BATCH)):
        say(*some)
        printed += len(some)
    return printed


def read_to_the_end(path: Path, read: "Contents | Reformatting") -> int:
    """Say on stderr if something of a file that was gone through stands in no segment. Gives the status."""
    if read.is_all:
        return Status.DONE
    left_out = f"{show.counted(read.left_out, 'character')} in no segment (outside of an interchange, or cut off)"
    said = left_out if read.left_out else "a segment without end, and what may stand behind it,"
    say(f"{path}: {said} left out; see: gateway x12 check {path}", err=True)
    return Status.NEEDS_A_PERSON


def unusable(path: Path, why: str) -> int:
    """Say that a file cannot be used. Gives the status."""
    say(f"{path}: {why}", err=True)
    return Status.UNUSABLE_INPUT


def no_x12(path: Path) -> int:
    """Say that a file holds no interchange. Gives the status."""
    return unusable(path, "this is not X12: there is no ISA; look at what was sent")


def _file(path: Path) -> Any:  # noqa: ANN401 a context manager of a file
    try:
        return path.open("rb")
    except OSError as refused:
        raise click.UsageError(f"{path}: cannot be read ({refused.strerror})") from None
