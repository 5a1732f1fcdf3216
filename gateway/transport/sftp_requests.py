"""SFTP requests, one at a time: what the server has confirmed is known, and what it has not is not assumed.

paramiko's own file calls are not used, because they promise less than delivery needs: `put` truncates what is there,
`close` swallows the server's answer (a quota is often reported there), `listdir` reads without end. So each request of
draft-ietf-secsh-filexfer-02 (SFTP version 3) is asked here, with its answer, one after the other.
"""

import contextlib
import struct
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

import paramiko
from paramiko import sftp as wire

CHUNK_SIZE: Final = 32_768
"""Bytes per read or write: the most that every server has to take (filexfer-02, section 3)."""

CUT: Final = (paramiko.SSHException, wire.SFTPError, EOFError, OSError, struct.error, ValueError, LookupError)
"""What paramiko raises when the line fails, or what comes over it is not what it should be."""

_EXTENDED_MAX: Final = 64
_ANSWER_MAX: Final = 256 * 1024  # as OpenSSH has it
_STATUS: Final[Mapping[int, str]] = dict(enumerate(wire.SFTP_DESC))


class Broken(Exception):
    """The line failed, or what came over it is not SFTP. The session is over."""


class Answered(Exception):
    """The server answered with a status that is not OK.

    code  SSH_FX_*: 1 end of file, 2 no such file, 3 permission denied, 4 failure, 8 not supported; newer ones above
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{_STATUS.get(code, 'status')} ({code}): {printable(text)}")
        self.code = code


class Attributes(NamedTuple):
    """What the server tells about a file; None for what it leaves out. `modified` is in seconds since 1970, UTC."""

    size: int | None
    mode: int | None
    modified: int | None


def printable(text: str) -> str:
    """Give at most 200 characters of what a server said, with nothing in it that a terminal or a log would obey."""
    return text.encode("unicode_escape").decode("ascii")[:200]


class Requests(paramiko.SFTPClient):
    """SFTP requests, each with its answer checked and its errors told apart."""

    if TYPE_CHECKING:  # not in the stubs

        def _request(self, command: int, *fields: object) -> tuple[int, paramiko.Message]: ...
        def _send_packet(self, command: int, packet: paramiko.Message) -> None: ...
        def _read_packet(self) -> tuple[int, bytes]: ...

    def __init__(self, channel: paramiko.Channel, timeout_seconds: float) -> None:
        self.extensions: frozenset[bytes] = frozenset()
        self._channel = channel
        self._seconds = timeout_seconds
        self._deadline = 0.0
        super().__init__(channel)

    def _within(self) -> paramiko.Channel:
        """Give the channel until the deadline of this request: one that dribbles is as late as one that is silent."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._channel.settimeout(left)
        return self._channel

    def _write_all(self, out: bytes) -> None:
        while out:
            sent = self._within().send(out)
            if sent <= 0:
                raise EOFError
            out = out[sent:]

    def _read_all(self, wanted: int) -> bytes:
        if wanted > _ANSWER_MAX:
            raise wire.SFTPError(f"an answer of {wanted} bytes")
        read = bytearray()
        while len(read) < wanted:
            chunk = self._within().recv(wanted - len(read))
            if not chunk:
                raise EOFError
            read += chunk
        return bytes(read)

    def _send_version(self) -> int:
        """Agree on version 3, and remember which extensions the server offers: an unknown request may end a session."""
        self._deadline = time.monotonic() + self._seconds
        hello = paramiko.Message()
        hello.add_int(3)
        self._send_packet(wire.CMD_INIT, hello)
        kind, body = self._read_packet()
        if kind != wire.CMD_VERSION:
            raise wire.SFTPError("the server's first answer is not its version")
        answer = paramiko.Message(body)
        version = answer.get_int()
        offered: set[bytes] = set()
        while len(offered) < _EXTENDED_MAX and (name := answer.get_binary()):
            offered.add(name)
            answer.get_binary()
        self.extensions = frozenset(offered)
        return version

    def _convert_status(self, answer: paramiko.Message) -> None:
        code, text = answer.get_int(), answer.get_binary()
        if code != wire.SFTP_OK:
            raise Answered(code, text.decode("utf-8", errors="replace"))

    def ask(self, wanted: int, command: int, *fields: object) -> paramiko.Message:
        """Ask one request, give its answer of the wanted kind. Raises Answered, Broken."""
        self._deadline = time.monotonic() + self._seconds
        try:
            kind, answer = self._request(command, *fields)
        except CUT as error:
            said = "no answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
            # paramiko names a reason behind its colon, and often there is none.
            raise Broken(printable(said).rstrip(": ")) from error
        if kind != wanted:
            raise Broken(f"the server answered kind {kind} where {wanted} is due")
        return answer


class Session:
    """A logged-in SFTP session. Paths are as the server takes them. Every verb raises Answered or Broken."""

    def __init__(self, transport: paramiko.Transport, requests: Requests, said: str) -> None:
        self._transport = transport
        self._requests = requests
        self.said = said

    def alive(self) -> bool:
        """Whether the line is up, as far as we know."""
        return self._transport.is_active()

    def look(self, path: str) -> Attributes | None:
        """Give what the server tells about a name, without following a link; None if it is absent."""
        try:
            return _attributes(self._requests.ask(wire.CMD_ATTRS, wire.CMD_LSTAT, path))
        except Answered as answer:
            if answer.code == wire.SFTP_NO_SUCH_FILE:
                return None
            raise

    def create(self, path: str) -> bytes:
        """Open a new file for writing. TRUNC is left out, so even a server that ignores EXCL empties nothing."""
        flags = wire.SFTP_FLAG_WRITE | wire.SFTP_FLAG_CREATE | wire.SFTP_FLAG_EXCL
        return self._open(wire.CMD_OPEN, path, flags, paramiko.SFTPAttributes())

    def open(self, path: str) -> bytes:
        """Open a file for reading."""
        return self._open(wire.CMD_OPEN, path, wire.SFTP_FLAG_READ, paramiko.SFTPAttributes())

    def open_for_writing(self, path: str) -> bytes:
        """Open a file that exists for writing; neither made nor emptied."""
        return self._open(wire.CMD_OPEN, path, wire.SFTP_FLAG_WRITE, paramiko.SFTPAttributes())

    def write(self, opened: bytes, offset: int, body: bytes) -> None:
        """Write at most CHUNK_SIZE bytes."""
        self._requests.ask(wire.CMD_STATUS, wire.CMD_WRITE, opened, wire.int64(offset), body)

    def read(self, opened: bytes, offset: int) -> bytes:
        """Read at most CHUNK_SIZE bytes; empty at the end of the file."""
        try:
            answer = self._requests.ask(wire.CMD_DATA, wire.CMD_READ, opened, wire.int64(offset), CHUNK_SIZE)
        except Answered as answered:
            if answered.code == wire.SFTP_EOF:
                return b""
            raise
        body = answer.get_binary()
        if not 0 < len(body) <= CHUNK_SIZE:
            raise Broken(f"the server answered a read of {CHUNK_SIZE} bytes with {len(body)}")
        return body

    def syncs(self) -> bool:
        """Whether the server offers to write a file to its disk."""
        return b"fsync@openssh.com" in self._requests.extensions

    def sync(self, opened: bytes) -> None:
        """Have the file on the server's disk, if it offers that."""
        if self.syncs():
            self._requests.ask(wire.CMD_STATUS, wire.CMD_EXTENDED, "fsync@openssh.com", opened)

    def release(self, opened: bytes) -> None:
        """Close an open file or listing, and hear what the server says to that."""
        self._requests.ask(wire.CMD_STATUS, wire.CMD_CLOSE, opened)

    def rename(self, old: str, new: str) -> None:
        """Rename as version 3 has it, which fails if the new name exists; never posix-rename, which replaces it."""
        self._requests.ask(wire.CMD_STATUS, wire.CMD_RENAME, old, new)

    def link(self, old: str, new: str) -> None:
        """Give a file a second name, which fails if that exists (OpenSSH PROTOCOL, section 4.7: hardlink@openssh.com)."""
        if b"hardlink@openssh.com" not in self._requests.extensions:
            raise Answered(wire.SFTP_OP_UNSUPPORTED, "no hard links are offered")
        self._requests.ask(wire.CMD_STATUS, wire.CMD_EXTENDED, "hardlink@openssh.com", old, new)

    def remove(self, path: str) -> None:
        """Remove a file."""
        self._requests.ask(wire.CMD_STATUS, wire.CMD_REMOVE, path)

    def names(self, path: str) -> Iterator[tuple[str, str, Attributes]]:
        """Give name, the server's `ls -l` line and attributes of each entry, with . and .. among them; maybe endless."""
        opened = self._open(wire.CMD_OPENDIR, path)
        while (answer := self._more_names(opened)) is not None:
            count = answer.get_int()
            if count == 0:
                raise Broken("the server goes on listing without naming anything")
            for _ in range(count):
                name, line = (answer.get_binary().decode("utf-8", errors="replace") for _ in range(2))
                yield name, line, _attributes(answer)
        self.release(opened)

    def close(self) -> None:
        """End the session. Never raises."""
        with contextlib.suppress(*CUT):
            self._requests.close()
        self._transport.close()

    def _open(self, command: int, *fields: object) -> bytes:
        return self._requests.ask(wire.CMD_HANDLE, command, *fields).get_binary()

    def _more_names(self, opened: bytes) -> paramiko.Message | None:
        try:
            return self._requests.ask(wire.CMD_NAME, wire.CMD_READDIR, opened)
        except Answered as answered:
            if answered.code == wire.SFTP_EOF:
                return None
            raise


def _attributes(answer: paramiko.Message) -> Attributes:
    """Read ATTRS of version 3, section 5. paramiko's own reader would loop as often as a hostile count says."""
    flags = answer.get_int()
    size = answer.get_int64() if flags & paramiko.SFTPAttributes.FLAG_SIZE else None
    if flags & paramiko.SFTPAttributes.FLAG_UIDGID:
        answer.get_int64()
    mode = answer.get_int() if flags & paramiko.SFTPAttributes.FLAG_PERMISSIONS else None
    modified = None
    if flags & paramiko.SFTPAttributes.FLAG_AMTIME:
        answer.get_int()
        modified = answer.get_int()
    extended = answer.get_int() if flags & paramiko.SFTPAttributes.FLAG_EXTENDED else 0
    if extended > _EXTENDED_MAX:
        raise Broken(f"the server tells {extended} extended attributes of one file")
    for _ in range(2 * extended):
        answer.get_binary()
    return Attributes(size, mode, modified)
