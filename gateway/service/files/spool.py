"""Where a file is put while it is being fetched: below the data folder, for the owner only, and without a name.

The name is taken away as soon as the file is open. So nothing of it outlives the process, however that ends, and no
other worker can take it for its own or clear it away. What a kill between the two leaves behind is an empty file, which
the next round removes; should it be another worker's that is just being opened, that one misses nothing.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Final

from gateway.errors import ConfigError, NotReached

RESERVE_BYTES: Final = 64 * 1024 * 1024
"""What has to stay free on the disk: the ledger, which may be on the same one, has to go on writing."""

_CHECKED_EVERY: Final = 8 * 1024 * 1024
_OURS: Final = re.compile(r"[0-9a-f]{32}\.part").fullmatch
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Spooled:
    """A file while it comes in. It counts and hashes what is written, and stops when space or time is up."""

    def __init__(self, descriptor: int, folder: str, *, reserve_bytes: int, until: float) -> None:
        self._descriptor = descriptor
        self._folder = folder
        self._reserve_bytes = reserve_bytes
        self._until = until
        self._hash = sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """The hash of what was written so far."""
        return self._hash.hexdigest()

    def write(self, piece: bytes, /) -> int:
        """Write a piece. Raises ConfigError when our disk is at its end, NotReached when the time is."""
        if monotonic() > self._until:
            raise NotReached(
                f"after {self.size} bytes the time for this round was up; nothing of the file was taken; it is tried again"
            )
        if (self.size + len(piece)) // _CHECKED_EVERY > self.size // _CHECKED_EVERY:
            self.require_space(0)
        with self._explained():
            left = memoryview(piece)
            while left:
                left = left[os.write(self._descriptor, left) :]
        self._hash.update(piece)
        self.size += len(piece)
        return len(piece)

    def require_space(self, size: int) -> None:
        """Raise ConfigError unless `size` more bytes fit twice (here and in the ledger) and leave the reserve free."""
        with self._explained():
            disk = os.fstatvfs(self._descriptor)
        free = disk.f_bavail * disk.f_frsize
        if free < 2 * size + self._reserve_bytes:
            raise ConfigError(
                f"{self._folder}: {free // 1_000_000} MB are free, and {(2 * size + self._reserve_bytes) // 1_000_000} are "
                f"wanted; nothing was taken; free some space, then run: gateway collect"
            )

    def bytes(self) -> bytes:
        """Give what was written, once all of it is known to be on the disk: a failing one says so only now."""
        with self._explained():
            os.fsync(self._descriptor)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            with os.fdopen(self._descriptor, "rb", closefd=False) as opened:
                return opened.read()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ConfigError(
                f"{self._folder}: could not be written ({error.strerror}); nothing was taken; put that right, then run: "
                f"gateway collect"
            ) from error


@dataclass(frozen=True, slots=True)
class Spool:
    """The spool of one data folder."""

    home: Path
    reserve_bytes: int = RESERVE_BYTES

    @property
    def folder(self) -> Path:
        """The folder, which is made when it is first needed."""
        return self.home / "spool"

    @contextmanager
    def opened(self, *, until: float) -> Iterator[Spooled]:
        """Open a nameless file until `until` (monotonic seconds). Raises ConfigError if our disk does not let us."""
        folder = self._open_folder()
        try:
            descriptor = _nameless(folder)
        except OSError as error:
            raise ConfigError(f"{self.folder}: {error.strerror}; nothing was taken; put that right") from error
        finally:
            os.close(folder)
        try:
            yield Spooled(descriptor, str(self.folder), reserve_bytes=self.reserve_bytes, until=until)
        finally:
            os.close(descriptor)

    def clear(self) -> None:
        """Remove what a killed process may have left: files that got a name and no bytes. Raises ConfigError."""
        folder = self._open_folder()
        try:
            with os.scandir(folder) as found:
                left = [one.name for one in found if _OURS(one.name)]
            for name in left:
                with suppress(OSError):
                    os.unlink(name, dir_fd=folder)
        finally:
            os.close(folder)

    def _open_folder(self) -> int:
        try:
            with suppress(FileExistsError):
                self.folder.mkdir(mode=0o700)
            descriptor = os.open(self.folder, _FOLDER)
        except OSError as error:
            raise ConfigError(
                f"{self.folder}: {error.strerror}; it has to be a folder of ours; nothing was taken; put that right"
            ) from error
        if os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o700)
        return descriptor


def _nameless(folder: int) -> int:
    name = f"{secrets.token_hex(16)}.part"
    descriptor = os.open(name, _NEW, 0o600, dir_fd=folder)
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
    return descriptor
