"""A trading partner: who we are to each other on the wire, and where its mailbox is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType


class Usage(StrEnum):
    """ISA15."""

    TEST = "T"
    PRODUCTION = "P"


class MailboxKind(StrEnum):
    """How the partner's mailbox is reached."""

    SFTP = "sftp"
    FOLDER = "folder"


class Publish(StrEnum):
    """How the profile wants files to get their final names; AUTO decides by what `gateway partners check` has seen."""

    AUTO = "auto"
    RENAME = "rename"
    HARDLINK = "hardlink"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """By what a test, or a production, delivery to this partner is known. What is empty is not checked.

    receiver_id  ISA08
    file_mark    a part of every file's name, such as OATEST; the other environment's names must not have it
    user         SFTP login
    """

    receiver_id: str = ""
    file_mark: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """ISA, GS and loops 1000A and 1000B. Ids are written as given; the writer pads them."""

    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    group_sender: str
    group_receiver: str
    submitter_name: str
    submitter_id: str
    receiver_name: str
    receiver_number: str
    usage: Usage
    wants_ta1: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxAddress:
    """Where files are put and fetched.

    host_keys     pinned, as `SHA256:...`; without one the partner is refused
    key           a reference (`file:/path`, `env:NAME`), never the key itself
    temporary     suffix of a file that is still being written; the partner must not pick such names up
    temporary_folder  where such files are written; empty is the outbound folder itself
    archive       folder on the partner's side into which read files are moved; empty leaves them where they are
    """

    kind: MailboxKind
    root: str = ""
    host: str = ""
    port: int = 22
    user: str = ""
    key: str = ""
    host_keys: tuple[str, ...] = ()
    outbound: str
    inbound: str
    archive: str = ""
    temporary: str = ".part"
    temporary_folder: str = ""
    timeout_seconds: float = 30.0

    @property
    def fingerprint(self) -> str:
        """Give 32 hex digits that change with whatever decides what a check of this mailbox sees."""
        where = (self.kind, self.root, self.host, self.port, self.user, self.outbound, self.inbound)
        return sha256(repr((*where, self.archive, self.temporary, self.temporary_folder)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingPartner:
    """A clearinghouse or payer that takes our interchanges.

    file_name             template with {interchange} (9 digits), {partner} and {practice}
    name_max, size_max    the longest file name, and the largest file in bytes, that it takes
    publish               how files get their final names there
    purges_temporary      whether it deletes temporary files by itself: then both names absent proves nothing
    takes_unfinished      whether it may take a file before it is closed; only a direct delivery asks
    deduplicates          whether it refuses a second interchange of the same ISA13 (TA1 025): then a resend is harmless
    reads_back            whether to read the uploaded file back and compare its hash before the rename
    acknowledged_minutes  when a TA1 or 999 is overdue
    marks                 by what its test and its production deliveries are known
    """

    name: str
    envelope: Envelope
    mailbox: MailboxAddress
    file_name: str = "{practice}_{partner}_{interchange}.837"
    claims_max: int = 5000
    name_max: int = 128
    size_max: int = 100 * 1024 * 1024
    publish: Publish = Publish.AUTO
    purges_temporary: bool = False
    takes_unfinished: bool = True
    deduplicates: bool = False
    reads_back: bool = False
    acknowledged_minutes: int = 24 * 60
    marks: Mapping[Usage, Marks] = field(default_factory=lambda: MappingProxyType({}))
