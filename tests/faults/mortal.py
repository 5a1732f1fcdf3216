"""The gateway's own doors, with numbered points at which something strikes: nothing is replaced by a fake.

A point lies before and after every request to the SFTP server (of which a mailbox's verbs are made: look, create, write,
sync, release, rename), and before and after every commit of the ledger.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.ledger import Ledger
from gateway.partner import TradingPartner
from gateway.transport.mailbox import Mailbox, open_mailbox
from gateway.transport.sftp_mailbox import SftpMailbox
from gateway.transport.sftp_requests import Attributes, Session


def die(process: int) -> None:
    """The strike of a plain kill."""
    os.kill(process, signal.SIGKILL)


def fall_asleep(process: int) -> None:
    """Pause a process until somebody wakes it."""
    os.kill(process, signal.SIGSTOP)


Strike = Callable[[int], None]
"""What is done to, or around, the process of that id."""


@dataclass(slots=True)
class Points:
    """Counts the points that were reached, and strikes at some of them. Each is named in the file `marks`, if there is one."""

    at: tuple[int, ...] = ()
    strike: Strike = die
    marks: int = -1
    reached: int = 0

    def reach(self, what: str) -> None:
        self.reached += 1
        if self.marks >= 0:
            os.write(self.marks, f"{what}\n".encode())
        if self.reached in self.at:
            self.strike(os.getpid())

    @contextmanager
    def around(self, what: str) -> Iterator[None]:
        """Only what succeeds has a point behind it: what fails is followed by another request, or by the end."""
        self.reach(what)
        yield
        self.reach(f"{what} done")


@dataclass(frozen=True, slots=True)
class MortalLedger(Ledger):
    points: Points

    @contextmanager
    def writing(self, *, beside: bool = False) -> Iterator[Connection]:
        with Ledger.writing(self, beside=beside) as tx:
            yield tx
            self.points.reach("commit")
        self.points.reach("commit done")


class MortalSession(Session):
    """The same session on the same line; it only counts its requests."""

    def __init__(self, real: Session, points: Points) -> None:
        vars(self).update(vars(real))
        self._points = points

    def look(self, path: str) -> Attributes | None:
        with self._points.around("look"):
            return super().look(path)

    def create(self, path: str) -> bytes:
        with self._points.around("create"):
            return super().create(path)

    def write(self, opened: bytes, offset: int, body: bytes) -> None:
        with self._points.around("write"):
            super().write(opened, offset, body)

    def sync(self, opened: bytes) -> None:
        with self._points.around("sync"):
            super().sync(opened)

    def release(self, opened: bytes) -> None:
        with self._points.around("release"):
            super().release(opened)

    def rename(self, old: str, new: str) -> None:
        with self._points.around("rename"):
            super().rename(old, new)


def open_mortal(partner: TradingPartner, points: Points) -> Mailbox:
    """Open the partner's real mailbox over SFTP, with points."""
    points.reach("connect")
    mailbox = open_mailbox(partner.mailbox, partner=partner.name)
    assert isinstance(mailbox, SftpMailbox), "the harness kills deliveries over SFTP"
    mailbox._session = MortalSession(mailbox._session, points)
    return mailbox
