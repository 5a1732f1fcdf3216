"""A partner's mailbox: the few verbs that delivery and collection rest on, and what each failure means.

Four outcomes are told apart, because they decide who acts (see gateway/errors.py):

NameTaken       the name exists; what is there was not touched
PartnerRefusal  they said no, and what was asked for was not done: a person acts
NotReached      the line failed before anything could arrive, or while only looking: try again later
LineLost        the line failed while something may have arrived: look at the names before doing anything

After NotReached or LineLost a mailbox is over: every further verb raises NotReached. Open a new one.
"""

import os
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from gateway.partner import MailboxAddress, MailboxKind
from gateway.transport.folder import FolderMailbox
from gateway.transport.listing import NAMES_MAX, Entry, Stat, safe_name

__all__ = ["NAMES_MAX", "Entry", "Mailbox", "Stat", "open_mailbox", "safe_name"]


class Mailbox(Protocol):
    """A partner's mailbox. Names are relative to its root, such as "inbound/x.999"; others raise UsageError."""

    def create_exclusive(self, name: str, body: bytes) -> None:
        """Write a new file, and have it on the other side's disk where the server can be asked to.

        Raises NameTaken if the name exists. After PartnerRefusal the part that was written has been removed again, if
        the partner let us: look. Raises LineLost once the name may have come to exist, NotReached before.
        """

    def stat(self, name: str) -> Stat | None:
        """Give size and time, without following a link; None if there is no such name.

        Raises PartnerRefusal if the partner will not say, NotReached if the line fails.
        """

    def rename_no_clobber(self, old: str, new: str) -> None:
        """Give a file its other name. What already has the new name is never replaced.

        Raises NameTaken if the new name exists, PartnerRefusal if the old one does not or they said no and the file is
        seen to be where it was, LineLost when it may have happened, NotReached before.
        """

    def link_no_clobber(self, old: str, new: str) -> None:
        """Give a file a second name. What already has the new name is never replaced.

        Raises NameTaken if the new name exists, PartnerRefusal if the old one does not or they said no (a server without
        hard links says no), LineLost when it may have happened, NotReached before.
        """

    def overwrite(self, name: str, body: bytes) -> None:
        """Write a body over a file that exists, from its first byte; no file is made, and nothing behind it is cut off.

        Raises PartnerRefusal if there is none or they said no, LineLost, NotReached.
        """

    def rename_replaces(self, old: str, new: str) -> bool:
        """Try whether the server's own rename replaces a file. For the harmless files of a check: both have to be there.

        Raises PartnerRefusal, LineLost, NotReached.
        """

    def syncs(self) -> bool:
        """Whether a written file is known to be on the other side's disk before its name changes."""

    def list(self, folder: str, *, names_max: int = NAMES_MAX) -> tuple[Entry, ...]:
        """Give the names of a folder ("" is the root), in the server's order, perhaps twice, perhaps hostile.

        Raises PartnerRefusal if there is no such folder or it holds more than `names_max` names, NotReached.
        """

    def read(self, name: str, size_max: int) -> bytes:
        """Give a regular file's bytes.

        Raises PartnerRefusal if it is absent, not a regular file, or turns out longer than `size_max` bytes (counted
        while reading, whatever the listing says); NotReached if the line fails.
        """

    def remove(self, name: str) -> None:
        """Remove a file; one that is already absent is fine. Raises PartnerRefusal, LineLost, NotReached."""

    def evidence(self) -> str:
        """Say who is at the other end, for the event of a delivery: server, host key; or the folder."""

    def close(self) -> None:
        """End the session. Never raises; may be called twice."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_mailbox(address: MailboxAddress, *, partner: str, environment: Mapping[str, str] | None = None) -> Mailbox:
    """Reach a partner's mailbox.

    partner      its name, for messages that say `gateway partners trust NAME`
    environment  where a key reference `env:NAME` is looked up; the process's own unless given

    Raises ConfigError (our key), PartnerRefusal (host key, login, no SFTP), NotReached (nothing arrived).
    """
    if address.kind is MailboxKind.FOLDER:
        return FolderMailbox(address.root)
    from gateway.transport.sftp_mailbox import SftpMailbox  # noqa: PLC0415  paramiko is slow to import: a folder goes without

    return SftpMailbox.open(address, partner=partner, environment=os.environ if environment is None else environment)
