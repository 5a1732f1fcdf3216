"""Temporary files and folders that go when their work ends, and are swept by the next run where it was killed.

Each is locked (`flock`) by whoever works in it, for as long as that process lives: what can be locked is left over.
Names tell nothing (a process number is another's in another container), nor do ages (clocks are set).
"""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def workplace(folder: Path, prefix: str) -> Iterator[Path]:
    """Give a new folder, 0700, in a folder; it goes at the end. Others of that prefix that nobody works in go now.

    Raises OSError if it cannot be made.
    """
    for left in folder.glob(f"{prefix}*"):
        _sweep(left)
    while True:
        made = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
        try:
            descriptor = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # another run took it for left over before it was locked
        try:
            with suppress(OSError):  # a folder over a network may know no locks: then nobody sweeps it either
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not made.exists():
                continue
            yield made
            return
        finally:
            shutil.rmtree(made, ignore_errors=True)
            os.close(descriptor)


@contextmanager
def draft(path: Path) -> Iterator[tuple[Path, int]]:
    """Give a new file beside a path, 0600, and its descriptor: to be written, and to take that path's place.

    It goes at the end if it is still there, and so do those of runs that were killed. Raises OSError.
    """
    while True:
        written = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(written, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not os.fstat(descriptor).st_nlink:
                continue  # as above
            yield written, descriptor
        finally:
            written.unlink(missing_ok=True)
            os.close(descriptor)
        break
    ours = re.compile(re.escape(path.name) + r"\.\d+\.[0-9a-f]{8}")
    for left in path.parent.glob(f"{path.name}.*"):
        if ours.fullmatch(left.name):
            _sweep(left)


def _sweep(left: Path) -> None:
    """Remove a file or folder that nobody has locked; one that is at work, or is not ours to open, stays."""
    with suppress(OSError):
        descriptor = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()
        finally:
            os.close(descriptor)
