"""What a partner may do with the files of its folder once it is logged in, and who may log in.

SFTP version 3 as in draft-ietf-secsh-filexfer-02: open (an exclusive create is one), read, write, stat, lstat, list,
rename (never onto an existing name), remove, mkdir. Names that would leave the partner's folder are refused.
"""

import errno
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

import paramiko
from paramiko import SFTPAttributes
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED, OPEN_SUCCEEDED
from paramiko.sftp import SFTP_FAILURE, SFTP_OK

from gateway.simulator.faults import Fault
from gateway.simulator.keys import authorized
from gateway.simulator.mailroom import Uploads, inode_of
from gateway.simulator.misbehaviour import LineCut, Misbehaviour
from gateway.simulator.played import Played
from gateway.simulator.strikes import Strikes


class Guard(paramiko.ServerInterface):
    """Lets in who holds an authorized key; remembers as whom. `cut` ends the caller's line."""

    def __init__(self, state: Path, users: Mapping[str, Played], strikes: Strikes, cut: Callable[[], None]) -> None:
        self._state = state
        self.users = users
        self._strikes = strikes
        self.cut = cut
        self.user = ""

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """Let in who holds a key of that user."""
        played = self.users.get(username)
        if played is None or key.asbytes() not in authorized(self._state, played.name):
            return AUTH_FAILED
        if self._strikes.strike(Fault.REFUSE_LOGIN, username):
            return AUTH_FAILED
        self.user = username
        return AUTH_SUCCESSFUL

    def get_allowed_auths(self, username: str) -> str:
        """Keys alone are taken."""
        del username
        return "publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """A session, and nothing else."""
        del chanid
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class Folders(paramiko.SFTPServerInterface):
    """A partner's folder. Every verb answers with an SFTP status."""

    def __init__(self, server: Guard, state: Path, uploads: Uploads, strikes: Strikes) -> None:
        super().__init__(server)
        self._played = server.users[server.user]
        self._root = state / self._played.name
        self.uploads = uploads
        self.faults = Misbehaviour(strikes, self._root)
        self._cut = server.cut

    def answer(self, do: Callable[[], object]) -> int:
        """Do it, and give SFTP's word for what came of it."""
        try:
            do()
        except LineCut:
            self._cut()
            return SFTP_FAILURE
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno or errno.EIO))
        return SFTP_OK

    def session_started(self) -> None:
        """Somebody has logged in."""
        self.faults.entered(self.uploads.now())

    def open(self, path: str, flags: int, attr: SFTPAttributes) -> "_File | int":
        """Open a file, or make one."""
        del attr
        opened: list[_File] = []
        answer = self.answer(lambda: opened.append(self._opened(self._path(path), flags)))
        return opened[0] if answer == SFTP_OK else answer

    def _opened(self, file: Path, flags: int) -> "_File":
        if not flags & (os.O_WRONLY | os.O_RDWR):
            self.faults.open_for_reading(file)
        descriptor = os.open(file, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        return _File(descriptor, flags, file, self)

    def stat(self, path: str) -> SFTPAttributes | int:
        """Look at a name; no link is followed."""
        return self.lstat(path)

    def lstat(self, path: str) -> SFTPAttributes | int:
        """Look at a name."""
        told: list[SFTPAttributes] = []
        answer = self.answer(lambda: told.append(self._looked_at(self._path(path))))
        return told[0] if answer == SFTP_OK else answer

    def _looked_at(self, file: Path) -> SFTPAttributes:
        seen = file.lstat()
        told = SFTPAttributes.from_stat(seen)
        told.st_size = self.faults.look(file, seen)
        return told

    def list_folder(self, path: str) -> list[SFTPAttributes] | int:
        """List a folder."""
        found: list[SFTPAttributes] = []
        answer = self.answer(lambda: found.extend(self._listed(self._path(path))))
        return found if answer == SFTP_OK else answer

    def _listed(self, folder: Path) -> list[SFTPAttributes]:
        self.faults.list(folder)
        found: list[SFTPAttributes] = []
        for one in sorted(folder.iterdir()):
            with suppress(FileNotFoundError):  # it may go away between the listing and the look
                seen = one.lstat()
                told = SFTPAttributes.from_stat(seen, one.name)
                told.st_size = self.faults.size(one, seen)
                found.append(told)
        return found

    def rename(self, oldpath: str, newpath: str) -> int:
        """Rename a file, never onto another."""
        answer = self.answer(lambda: self._renamed(self._path(oldpath), self._path(newpath)))
        self.uploads.wake()
        return answer

    def _renamed(self, old: Path, new: Path) -> None:
        """Link, then unlink: the one way to rename that can never replace. Folders stay where they are."""

        def rename() -> None:
            os.link(old, new, follow_symlinks=False)
            old.unlink()

        self.faults.rename(old, new, rename)

    def remove(self, path: str) -> int:
        """Remove a file."""
        return self.answer(lambda: self._removed(self._path(path)))

    def _removed(self, file: Path) -> None:
        self.faults.remove(file)
        file.unlink()

    def mkdir(self, path: str, attr: SFTPAttributes) -> int:
        """Make a folder."""
        del attr
        return self.answer(lambda: self._path(path).mkdir(mode=0o700))

    def _path(self, path: str) -> Path:
        """Raise OSError for a name that would leave the folder."""
        asked = PurePosixPath(path)
        if ".." in asked.parts or "\0" in path:
            raise PermissionError(errno.EACCES, "outside of the folder")
        return self._played.path(self._root, asked)


class _File(paramiko.SFTPHandle):
    """One open file."""

    def __init__(self, descriptor: int, flags: int, path: Path, folders: Folders) -> None:
        super().__init__(flags)
        self._descriptor = descriptor
        self._path = path
        self._folders = folders
        self._inode = inode_of(os.fstat(descriptor))
        self._writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
        self._is_open = True
        if self._writes:
            folders.uploads.begins(self._inode)

    def read(self, offset: int, length: int) -> bytes | int:
        """Give up to `length` bytes, none at the end."""
        read: list[bytes] = []
        answer = self._folders.answer(lambda: read.append(self._read(offset, length)))
        return read[0] if answer == SFTP_OK else answer

    def _read(self, offset: int, length: int) -> bytes:
        body = os.pread(self._descriptor, length, offset)
        return self._folders.faults.read(self._path, offset, body, os.fstat(self._descriptor))

    def write(self, offset: int, data: bytes) -> int:  # type: ignore[override]  # the stubs say str, the library gives bytes
        """Write all of it."""
        return self._folders.answer(
            lambda: self._folders.faults.write(self._path, offset, data, lambda body: self._write(offset, body))
        )

    def _write(self, offset: int, body: bytes) -> None:
        done = 0
        while done < len(body):
            done += os.pwrite(self._descriptor, body[done:], offset + done)

    def stat(self) -> SFTPAttributes:
        """Give size, mode and times."""
        return SFTPAttributes.from_stat(os.fstat(self._descriptor))

    def close(self) -> None:
        """Have it on disk, then let it be taken. An OSError is answered with failure."""
        if not self._is_open:
            return
        self._is_open = False
        if not self._writes:
            os.close(self._descriptor)
            return
        try:
            self._folders.faults.close(self._path, self._close)
        finally:
            self._folders.uploads.ends(self._inode)

    def _close(self) -> None:
        try:
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)
