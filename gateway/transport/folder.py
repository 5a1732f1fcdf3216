"""A mailbox that is a folder on this machine: for a partner whose own program fetches it, for a demo, for tests.

Every name is opened part by part from the root's descriptor without following links, so that no link planted in the
folder leads out of it.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from gateway.errors import GatewayError, LineLost, NameTaken, NotReached, PartnerRefusal
from gateway.transport.listing import NAMES_MAX, Entry, Stat, inside

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OVER: Final = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# A pipe would otherwise keep us waiting for its writer.
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# The disk, or the network folder below it, has failed: what it holds now is not known.
_LOST: Final = frozenset({errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENXIO, errno.ENODEV})


class FolderMailbox:
    """A mailbox in a local folder. See gateway/transport/mailbox.py for what each verb promises."""

    def __init__(self, root: str) -> None:
        if not Path(root).is_absolute():
            raise PartnerRefusal(f"mailbox folder {root!r}: is relative; write it in full, nothing was touched")
        self._root = root
        try:
            # The root itself may be a link: it is ours to choose.
            self._descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except PermissionError as error:
            raise PartnerRefusal(f"mailbox folder {root}: we may not open it; nothing was touched; grant it") from error
        except OSError as error:
            raise NotReached(
                f"mailbox folder {root}: {error.strerror}; nothing was touched; create it, or mount what holds it"
            ) from error

    def create_exclusive(self, name: str, body: bytes) -> None:
        """Write a new file and sync it and its folder. Raises NameTaken, PartnerRefusal, LineLost, NotReached."""
        with self._explained("create", name, changes=True), self._folder(inside(name)[:-1]) as folder:
            leaf = inside(name)[-1]
            try:
                descriptor = os.open(leaf, _NEW, 0o640, dir_fd=folder)
            except FileExistsError as error:
                raise NameTaken(self._taken(name)) from error
            try:
                with os.fdopen(descriptor, "wb") as opened:
                    opened.write(body)
                    opened.flush()
                    os.fsync(opened.fileno())
            except OSError:
                with suppress(OSError):
                    os.unlink(leaf, dir_fd=folder)
                raise
            os.fsync(folder)

    def stat(self, name: str) -> Stat | None:
        """Give size and time, None if absent. Raises PartnerRefusal, NotReached."""
        with self._explained("look at", name):
            try:
                with self._folder(inside(name)[:-1]) as folder:
                    status = os.stat(inside(name)[-1], dir_fd=folder, follow_symlinks=False)
            except FileNotFoundError:
                return None
            return Stat(status.st_size, _moment(status))

    def rename_no_clobber(self, old: str, new: str) -> None:
        """Link the new name, then unlink the old one: link(2), unlike rename(2), refuses a name that exists.

        Killed between the two, both names are the same file; done again, the old one is unlinked.
        Raises NameTaken, PartnerRefusal, LineLost, NotReached.
        """
        with (
            self._explained("rename", f"{old} to {new}", changes=True),
            self._folder(inside(old)[:-1]) as before,
            self._folder(inside(new)[:-1]) as after,
        ):
            leaf, other = inside(old)[-1], inside(new)[-1]
            try:
                os.link(leaf, other, src_dir_fd=before, dst_dir_fd=after, follow_symlinks=False)
            except FileExistsError as error:
                if old == new or not _same_file(before, leaf, after, other):
                    raise NameTaken(self._taken(new)) from error
            try:
                os.fsync(after)
                os.unlink(leaf, dir_fd=before)
                os.fsync(before)
            except OSError as error:
                raise LineLost(
                    f"{self.evidence()}: {new} is there, but {old} could not be taken away ({error.strerror}); "
                    f"look at both before trying again"
                ) from error

    def link_no_clobber(self, old: str, new: str) -> None:
        """Link the new name. Raises NameTaken, PartnerRefusal, LineLost, NotReached."""
        with (
            self._explained("link", f"{old} to {new}", changes=True),
            self._folder(inside(old)[:-1]) as before,
            self._folder(inside(new)[:-1]) as after,
        ):
            try:
                os.link(inside(old)[-1], inside(new)[-1], src_dir_fd=before, dst_dir_fd=after, follow_symlinks=False)
            except FileExistsError as error:
                raise NameTaken(self._taken(new)) from error
            os.fsync(after)

    def overwrite(self, name: str, body: bytes) -> None:
        """Write over a file that exists, and sync it. Raises PartnerRefusal, LineLost, NotReached."""
        with self._explained("write over", name, changes=True), self._folder(inside(name)[:-1]) as folder:
            descriptor = os.open(inside(name)[-1], _OVER, dir_fd=folder)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(body)
                opened.flush()
                os.fsync(opened.fileno())

    def rename_replaces(self, old: str, new: str) -> bool:
        """Files get their names here by link(2), which never replaces; tried all the same. Raises as its rename does."""
        try:
            self.rename_no_clobber(old, new)
        except NameTaken:
            return False
        return True

    def syncs(self) -> bool:
        """Files and folders are synced by fsync(2)."""
        return True

    def list(self, folder: str, *, names_max: int = NAMES_MAX) -> tuple[Entry, ...]:
        """Give the names of a folder. Raises PartnerRefusal, NotReached."""
        found: list[Entry] = []
        with (
            self._explained("list", folder),
            self._folder(inside(folder) if folder else ()) as descriptor,
            os.scandir(descriptor) as names,
        ):
            for seen, name in enumerate(names, start=1):
                if seen > names_max:
                    raise PartnerRefusal(
                        f"{self.evidence()}, list {folder}: more than {names_max} names; none was read; "
                        f"have it emptied, or name an archive folder"
                    )
                with suppress(FileNotFoundError):  # taken away while we were listing
                    status = name.stat(follow_symlinks=False)
                    regular = stat.S_ISREG(status.st_mode)
                    found.append(Entry(name.name, status.st_size, _moment(status), regular))
        return tuple(found)

    def read(self, name: str, size_max: int) -> bytes:
        """Give a regular file's bytes. Raises PartnerRefusal, NotReached."""
        with self._explained("read", name), self._folder(inside(name)[:-1]) as folder:
            descriptor = os.open(inside(name)[-1], _READ, dir_fd=folder)
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise PartnerRefusal(f"{self.evidence()}, read {name}: is not a regular file; it was left alone")
                with os.fdopen(descriptor, "rb", closefd=False) as opened:
                    body = opened.read(size_max + 1)
            finally:
                os.close(descriptor)
        if len(body) > size_max:
            raise PartnerRefusal(
                f"{self.evidence()}, read {name}: longer than {size_max} bytes; it was left there; look at it by hand"
            )
        return body

    def remove(self, name: str) -> None:
        """Remove a file; absent is fine. Raises PartnerRefusal, LineLost, NotReached."""
        with (
            self._explained("remove", name, changes=True),
            suppress(FileNotFoundError),
            self._folder(inside(name)[:-1]) as folder,
        ):
            os.unlink(inside(name)[-1], dir_fd=folder)
            os.fsync(folder)

    def evidence(self) -> str:
        """Name the folder."""
        return f"folder {self._root}"

    def close(self) -> None:
        """Let go of the folder."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _taken(self, name: str) -> str:
        return f"{self.evidence()}: {name} exists already; it was not touched"

    @contextmanager
    def _folder(self, parts: tuple[str, ...]) -> Iterator[int]:
        """Open a folder below the root, link by link refused, and close it again."""
        if self._descriptor < 0:
            raise NotReached(f"{self.evidence()}: this session is over; open a new one")
        descriptor = os.dup(self._descriptor)
        try:
            for part in parts:
                deeper = os.open(part, _FOLDER, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = deeper
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def _explained(self, verb: str, name: str, *, changes: bool = False) -> Iterator[None]:
        """Turn an error of the operating system into what it means for the partner's mailbox."""
        try:
            yield
        except GatewayError:
            raise
        except OSError as error:
            said = f"{self.evidence()}, {verb} {name}: {error.strerror}"
            if error.errno not in _LOST:
                raise PartnerRefusal(f"{said}; it was not done; put that right, then try again") from error
            if changes:
                raise LineLost(f"{said}; it may or may not have been done; look before trying again") from error
            raise NotReached(f"{said}; nothing was changed; try again later") from error


def _moment(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(int(status.st_mtime), UTC)


def _same_file(before: int, leaf: str, after: int, other: str) -> bool:
    """Whether two names are one file, left so by a rename that was cut in two."""
    one = os.stat(leaf, dir_fd=before, follow_symlinks=False)
    two = os.stat(other, dir_fd=after, follow_symlinks=False)
    return os.path.samestat(one, two)
