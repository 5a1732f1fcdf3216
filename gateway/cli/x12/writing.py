"""Files that are there whole or not at all: written under another name beside the place, then put there."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gateway.errors import UsageError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Write a file's next contents: it is replaced at the end, with its permissions, and left as it was if anything raises.

    Raises UsageError if its folder cannot be written to.
    """
    path = path.resolve()
    written = path.with_name(f".{path.name}.rewriting")
    opened = create(written)
    try:
        with opened:
            yield opened
            finish(opened)
        shutil.copymode(path, written)
        written.replace(path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise
    sync(path.parent)


def create(path: Path) -> BinaryIO:
    """Open a new file that only its owner may read. Raises UsageError if there is one, or none can be made."""
    try:
        return os.fdopen(os.open(path, _NEW, 0o600), "wb")
    except FileExistsError:
        raise UsageError(f"{path} exists already; it was not touched; move it away first") from None
    except OSError as refused:
        raise UsageError(f"{path}: cannot be written ({refused.strerror}); nothing was changed") from None


def finish(opened: BinaryIO) -> None:
    """Have what was written on the disk."""
    opened.flush()
    os.fsync(opened.fileno())


def sync(folder: Path) -> None:
    """Have the names of a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put(names: Iterable[tuple[Path, Path]]) -> None:
    """Give files their names, all or none. Raises UsageError if one of the names is taken: nothing is overwritten."""
    done: list[Path] = []
    try:
        for written, name in names:
            _link(written, name)
            done.append(name)
    except BaseException:
        for name in done:
            name.unlink(missing_ok=True)
        raise


def _link(written: Path, name: Path) -> None:
    try:
        os.link(written, name, follow_symlinks=False)
    except FileExistsError:
        raise UsageError(
            f"{name} exists already; it was not touched, and no part was kept; name another folder"
        ) from None
