"""The gateway's own doors, with numbered points at which the process may be killed: nothing is replaced by a fake.

A point lies before and after every request to the SFTP server (of which a mailbox's verbs are made: look, create, write,
sync, release, rename), and before and after every commit of the ledger.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.ledger import Ledger
from gateway.partner import TradingPartner
from gateway.transport.mailbox import Mailbox, open_mailbox
from gateway.transport.sftp_mailbox import SftpMailbox
from gateway.transport.sftp_requests import Attributes, Session


@dataclass(slots=True)
class Points:
    """Counts the points that were reached, and dies at one of them; at none if `dies_at` is 0."""

    dies_at: int = 0
    reached: int = 0

    def reach(self) -> None:
        self.reached += 1
        if self.reached == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self) -> Iterator[None]:
        """Only what succeeds has a point behind it: what fails is followed by another request, or by the end."""
        self.reach()
        yield
        self.reach()


@dataclass(frozen=True, slots=True)
class MortalLedger(Ledger):
    points: Points

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with Ledger.writing(self) as tx:
            yield tx
            self.points.reach()
        self.points.reach()


class MortalSession(Session):
    """The same session on the same line; it is only told when to die."""

    def __init__(self, real: Session, points: Points) -> None:
        vars(self).update(vars(real))
        self._points = points

    def look(self, path: str) -> Attributes | None:
        with self._points.around():
            return super().look(path)

    def create(self, path: str) -> bytes:
        with self._points.around():
            return super().create(path)

    def write(self, opened: bytes, offset: int, body: bytes) -> None:
        with self._points.around():
            super().write(opened, offset, body)

    def sync(self, opened: bytes) -> None:
        with self._points.around():
            super().sync(opened)

    def release(self, opened: bytes) -> None:
        with self._points.around():
            super().release(opened)

    def rename(self, old: str, new: str) -> None:
        with self._points.around():
            super().rename(old, new)


def open_mortal(partner: TradingPartner, points: Points) -> Mailbox:
    """Open the partner's real mailbox over SFTP, with points."""
    points.reach()
    mailbox = open_mailbox(partner.mailbox, partner=partner.name)
    assert isinstance(mailbox, SftpMailbox), "the harness kills deliveries over SFTP"
    mailbox._session = MortalSession(mailbox._session, points)
    return mailbox
