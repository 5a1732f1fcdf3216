"""The SFTP door, on 127.0.0.1 only: login by key, each trading partner in a folder of its own.

SFTP version 3 as in draft-ietf-secsh-filexfer-02: open (an exclusive create is one), read, write, stat, lstat, list,
rename (never onto an existing name), remove, mkdir. Names that would leave the partner's folder are refused.
"""

import errno
import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

import paramiko
from paramiko import SFTPAttributes
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED, OPEN_SUCCEEDED
from paramiko.sftp import SFTP_OK

from gateway.simulator.keys import authorized
from gateway.simulator.mailroom import Inode

LOOPBACK: Final = "127.0.0.1"


class Uploads:
    """Which files are being written right now, by inode, and whom to tell when one is done."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._open: dict[Inode, int] = {}
        self.wake = wake

    def begins(self, inode: Inode) -> None:
        """One more writer has it open."""
        with self._lock:
            self._open[inode] = self._open.get(inode, 0) + 1

    def ends(self, inode: Inode) -> None:
        """A writer has closed it."""
        with self._lock:
            self._open[inode] -= 1
            if not self._open[inode]:
                del self._open[inode]
        self.wake()

    def now(self) -> frozenset[Inode]:
        """Give those that are open."""
        with self._lock:
            return frozenset(self._open)


def _told(do: Callable[[], object]) -> int:
    """Do it, and give SFTP's word for what came of it."""
    try:
        do()
    except OSError as error:
        return int(paramiko.SFTPServer.convert_errno(error.errno or errno.EIO))
    return SFTP_OK


class _File(paramiko.SFTPHandle):
    """One open file."""

    def __init__(self, descriptor: int, flags: int, uploads: Uploads) -> None:
        super().__init__(flags)
        self._descriptor = descriptor
        self._uploads = uploads
        told = os.fstat(descriptor)
        self._inode = Inode(told.st_dev, told.st_ino)
        self._writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
        self._is_open = True
        if self._writes:
            uploads.begins(self._inode)

    def read(self, offset: int, length: int) -> bytes | int:
        """Give up to `length` bytes, none at the end."""
        try:
            return os.pread(self._descriptor, length, offset)
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno or errno.EIO))

    def write(self, offset: int, data: bytes) -> int:  # type: ignore[override]  # the stubs say str, the library gives bytes
        """Write all of it."""
        return _told(lambda: self._write(offset, data))

    def _write(self, offset: int, body: bytes) -> None:
        done = 0
        while done < len(body):
            done += os.pwrite(self._descriptor, body[done:], offset + done)

    def stat(self) -> SFTPAttributes:
        """Give size, mode and times."""
        return SFTPAttributes.from_stat(os.fstat(self._descriptor))

    def close(self) -> None:
        """Have it on disk, then let it be taken."""
        if not self._is_open:
            return
        self._is_open = False
        if self._writes:
            with suppress(OSError):  # the answer to a close cannot carry it; the next read of the file will tell
                os.fsync(self._descriptor)
        os.close(self._descriptor)
        if self._writes:
            self._uploads.ends(self._inode)


class _Guard(paramiko.ServerInterface):
    """Lets in who holds an authorized key; remembers as whom."""

    def __init__(self, state: Path, users: tuple[str, ...]) -> None:
        self._state = state
        self._users = users
        self.user = ""

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        if username not in self._users or key.asbytes() not in authorized(self._state, username):
            return AUTH_FAILED
        self.user = username
        return AUTH_SUCCESSFUL

    def get_allowed_auths(self, username: str) -> str:
        del username
        return "publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        del chanid
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class _Folders(paramiko.SFTPServerInterface):
    """A partner's folder. Every verb answers with an SFTP status."""

    def __init__(self, server: _Guard, state: Path, uploads: Uploads) -> None:
        super().__init__(server)
        self._root = state / server.user
        self._uploads = uploads

    def _path(self, path: str) -> Path:
        """Raise OSError for a name that would leave the folder."""
        asked = PurePosixPath(path)
        if ".." in asked.parts or "\0" in path:
            raise PermissionError(errno.EACCES, "outside of the folder")
        return self._root.joinpath(*(part for part in asked.parts if part not in ("/", "//", ".")))

    def open(self, path: str, flags: int, attr: SFTPAttributes) -> _File | int:
        del attr
        opened: list[int] = []
        safe = flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        answer = _told(lambda: opened.append(os.open(self._path(path), safe, 0o600)))
        return _File(opened[0], flags, self._uploads) if answer == SFTP_OK else answer

    def stat(self, path: str) -> SFTPAttributes | int:
        return self.lstat(path)

    def lstat(self, path: str) -> SFTPAttributes | int:
        told: list[SFTPAttributes] = []
        answer = _told(lambda: told.append(SFTPAttributes.from_stat(self._path(path).lstat())))
        return told[0] if answer == SFTP_OK else answer

    def list_folder(self, path: str) -> list[SFTPAttributes] | int:
        found: list[SFTPAttributes] = []
        answer = _told(lambda: found.extend(self._listed(path)))
        return found if answer == SFTP_OK else answer

    def _listed(self, path: str) -> list[SFTPAttributes]:
        found: list[SFTPAttributes] = []
        for one in sorted(self._path(path).iterdir()):
            with suppress(FileNotFoundError):  # it may go away between the listing and the look
                found.append(SFTPAttributes.from_stat(one.lstat(), one.name))
        return found

    def rename(self, oldpath: str, newpath: str) -> int:
        answer = _told(lambda: self._renamed(self._path(oldpath), self._path(newpath)))
        self._uploads.wake()
        return answer

    def _renamed(self, old: Path, new: Path) -> None:
        """Link, then unlink: the one way to rename that can never replace. Folders stay where they are."""
        os.link(old, new, follow_symlinks=False)
        old.unlink()

    def remove(self, path: str) -> int:
        return _told(lambda: self._path(path).unlink())

    def mkdir(self, path: str, attr: SFTPAttributes) -> int:
        del attr
        return _told(lambda: self._path(path).mkdir(mode=0o700))


class SftpServer:
    """Serves until it is stopped. Port 0 picks a free one.

    Raises OSError if the port is taken.
    """

    def __init__(
        self, state: Path, users: tuple[str, ...], *, port: int, key_file: Path, wake: Callable[[], None]
    ) -> None:
        # paramiko logs each failed login with its traceback; who may not log in is told by the protocol.
        logging.getLogger("paramiko").addHandler(logging.NullHandler())
        self._state = state
        self._users = users
        self._key = paramiko.Ed25519Key.from_private_key_file(str(key_file))
        self.uploads = Uploads(wake)
        self._lines: set[paramiko.Transport] = set()
        self._socket = socket.create_server((LOOPBACK, port))
        self.port: int = self._socket.getsockname()[1]
        self.fingerprint: str = self._key.fingerprint
        self._thread = threading.Thread(target=self._serve, name="simulator-sftp", daemon=True)

    def start(self) -> None:
        """Begin to take connections."""
        self._thread.start()

    def stop(self) -> None:
        """Close the door and every line."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        if self._thread.is_alive():
            self._thread.join()
        for line in self._lines:
            line.close()
            line.join()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self._lines = {one for one in self._lines if one.is_active()}
            with suppress(paramiko.SSHException, EOFError, OSError):  # a client may leave at once
                self._greet(line)

    def _greet(self, line: socket.socket) -> None:
        transport = paramiko.Transport(line)
        self._lines.add(transport)
        transport.add_server_key(self._key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folders, self._state, self.uploads)
        # With an event it returns at once: a client that says nothing keeps nobody else waiting.
        transport.start_server(event=threading.Event(), server=_Guard(self._state, self._users))
