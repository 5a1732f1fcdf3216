"""A mailbox over SFTP: what each answer of the server, and each silence, means for a file."""

import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from gateway.errors import LineLost, NameTaken, NotReached, PartnerRefusal
from gateway.partner import MailboxAddress
from gateway.transport.keyfile import key_path, read_key
from gateway.transport.listing import NAMES_MAX, Entry, Stat, inside
from gateway.transport.sftp import connect
from gateway.transport.sftp_requests import CHUNK_SIZE, Answered, Attributes, Broken, Session

_NO_SUCH_FILE: Final = 2
_LONG_FORMAT_KINDS: Final = frozenset("dlbcps")


class SftpMailbox:
    """A mailbox on an SFTP server. See gateway/transport/mailbox.py for what each verb promises."""

    def __init__(self, session: Session, root: str) -> None:
        self._session = session
        self._root = root
        self._over = False

    @classmethod
    def open(cls, address: MailboxAddress, *, partner: str, environment: Mapping[str, str]) -> Self:
        """Connect and log in. Raises ConfigError, PartnerRefusal, NotReached."""
        key_file = key_path(address.key, partner=partner, environment=environment)
        key = read_key(key_file, partner=partner)
        return cls(connect(address, partner=partner, key_file=key_file, key=key), address.root)

    def create_exclusive(self, name: str, body: bytes) -> None:
        """Write a new file, sync it if the server offers that. Raises NameTaken, PartnerRefusal, LineLost, NotReached."""
        path = self._path(name)
        with self._explained("create", name):
            if self._is_seen(path):
                raise NameTaken(self._taken(name))
        with self._explained("create", name, changes=True):
            try:
                opened = self._session.create(path)
            except Answered as answer:
                # The protocol has no word for "exists": the name itself has to be looked at.
                if self._is_seen(path):
                    raise NameTaken(self._taken(name)) from answer
                raise
            try:
                self._fill(opened, body)
            except Answered:
                self._give_up(opened, path)
                raise

    def overwrite(self, name: str, body: bytes) -> None:
        """Write over a file that exists. Raises PartnerRefusal, LineLost, NotReached."""
        with self._explained("write over", name, changes=True):
            self._fill(self._session.open_for_writing(self._path(name)), body)

    def stat(self, name: str) -> Stat | None:
        """Give size and time, None if absent. Raises PartnerRefusal, NotReached."""
        path = self._path(name)
        with self._explained("look at", name):
            told = self._session.look(path)
            return None if told is None else Stat(told.size, _moment(told))

    def rename_no_clobber(self, old: str, new: str) -> None:
        """Rename by the plain request. Raises NameTaken, PartnerRefusal, LineLost, NotReached.

        Both names are looked at before, because some servers replace what has the new name; and after an error,
        because some do it and report an error nevertheless.
        """
        before, after = self._path(old), self._path(new)
        both = f"{old} to {new}"
        with self._explained("rename", both):
            if self._session.look(before) is None:
                raise PartnerRefusal(
                    f"{self.evidence()}, rename {both}: there is no {old}; nothing was renamed; look there"
                )
            if self._session.look(after) is not None:
                raise NameTaken(self._taken(new))
        with self._explained("rename", both, changes=True):
            try:
                self._session.rename(before, after)
            except Answered as answer:
                there, taken = (self._session.look(path) is not None for path in (before, after))
                if there and taken:
                    raise NameTaken(self._taken(new)) from answer
                if not there:
                    raise LineLost(
                        f"{self.evidence()}, rename {both}: the server says no ({answer}), but {old} is gone; "
                        f"it may have been done; look before trying again"
                    ) from answer
                raise

    def link_no_clobber(self, old: str, new: str) -> None:
        """Link by OpenSSH's extension. Raises NameTaken, PartnerRefusal, LineLost, NotReached."""
        before, after = self._path(old), self._path(new)
        with self._explained("link", f"{old} to {new}", changes=True):
            try:
                self._session.link(before, after)
            except Answered as answer:
                if self._is_seen(after):
                    raise NameTaken(self._taken(new)) from answer
                raise

    def rename_replaces(self, old: str, new: str) -> bool:
        """Try it, and look. Raises PartnerRefusal, LineLost, NotReached."""
        before, after = self._path(old), self._path(new)
        with self._explained("rename", f"{old} to {new}", changes=True):
            if self._session.look(before) is None or self._session.look(after) is None:
                raise PartnerRefusal(f"{self.evidence()}, rename {old} to {new}: one of them is not there; try again")
            with suppress(Answered):
                self._session.rename(before, after)
            return self._session.look(before) is None

    def syncs(self) -> bool:
        """Whether the server offers fsync@openssh.com."""
        return self._session.syncs()

    def list(self, folder: str, *, names_max: int = NAMES_MAX) -> tuple[Entry, ...]:
        """Give the names of a folder. Raises PartnerRefusal, NotReached."""
        path = self._path(folder) if folder else self._root or "."
        found: list[Entry] = []
        with self._explained("list", folder):
            for seen, (name, line, told) in enumerate(self._session.names(path), start=1):
                if name not in (".", ".."):
                    found.append(Entry(name, told.size, _moment(told), _regular(told, line)))
                if len(found) > names_max or seen > names_max + len((".", "..")):
                    raise PartnerRefusal(
                        f"{self.evidence()}, list {folder}: more than {names_max} names; none was read; "
                        f"have it emptied, or name an archive folder"
                    )
        return tuple(found)

    def read(self, name: str, size_max: int) -> bytes:
        """Give a regular file's bytes. Raises PartnerRefusal, NotReached."""
        path = self._path(name)
        body = bytearray()
        with self._explained("read", name):
            told = self._session.look(path)
            if told is not None and not _regular(told):
                raise PartnerRefusal(f"{self.evidence()}, read {name}: is not a regular file; it was left alone")
            opened = self._session.open(path)
            while len(body) <= size_max and (chunk := self._session.read(opened, len(body))):
                body += chunk
            self._session.release(opened)
        if len(body) > size_max:
            raise PartnerRefusal(
                f"{self.evidence()}, read {name}: longer than {size_max} bytes; it was left there; look at it by hand"
            )
        return bytes(body)

    def remove(self, name: str) -> None:
        """Remove a file; absent is fine. Raises PartnerRefusal, LineLost, NotReached."""
        path = self._path(name)
        with self._explained("remove", name, changes=True):
            try:
                self._session.remove(path)
            except Answered as answer:
                if answer.code != _NO_SUCH_FILE:
                    raise

    def evidence(self) -> str:
        """Say which server this is, and by which host key it has proved it."""
        return self._session.said

    def close(self) -> None:
        """End the session."""
        self._over = True
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _path(self, name: str) -> str:
        path = "/".join(inside(name))
        return f"{self._root.rstrip('/')}/{path}" if self._root else path

    def _is_seen(self, path: str) -> bool:
        """Whether a name is there, as far as the server shows. A write-only drop box shows nothing: O_EXCL decides there."""
        try:
            return self._session.look(path) is not None
        except Answered:
            return False

    def _fill(self, opened: bytes, body: bytes) -> None:
        for offset in range(0, len(body), CHUNK_SIZE):
            self._session.write(opened, offset, body[offset : offset + CHUNK_SIZE])
        self._session.sync(opened)
        self._session.release(opened)

    def _taken(self, name: str) -> str:
        return f"{self.evidence()}: {name} exists already; it was not touched"

    def _give_up(self, opened: bytes, path: str) -> None:
        """Take away what we have begun to write: it is ours, we created it. The first error is the one to tell."""
        with suppress(Answered):
            self._session.release(opened)
        with suppress(Answered):
            self._session.remove(path)

    @contextmanager
    def _explained(self, verb: str, name: str, *, changes: bool = False) -> Iterator[None]:
        """Turn an answer or a silence of the server into what it means for the partner's mailbox."""
        where = f"{self.evidence()}, {verb} {name}"
        if self._over or not self._session.alive():
            self.close()
            raise NotReached(f"{where}: this session is over; nothing was changed; open a new one")
        try:
            yield
        except Answered as answer:
            raise PartnerRefusal(
                f"{where}: the server says {answer}; it was not done; have the partner put that right, then try again"
            ) from answer
        except Broken as broken:
            self.close()
            if changes:
                raise LineLost(
                    f"{where}: {broken}; it may or may not have been done; look before trying again"
                ) from broken
            raise NotReached(f"{where}: {broken}; nothing was changed; try again later") from broken


def _moment(told: Attributes) -> datetime | None:
    return None if told.modified is None else datetime.fromtimestamp(told.modified, UTC)


def _regular(told: Attributes, line: str = "") -> bool:
    """Whether it is a regular file. Some servers tell only permissions, or none: then their `ls -l` line has to do."""
    if told.mode is not None and stat.S_IFMT(told.mode):
        return stat.S_ISREG(told.mode)
    return line[:1] not in _LONG_FORMAT_KINDS
