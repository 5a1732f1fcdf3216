"""A trading partner: who we are to each other on the wire, and where its mailbox is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

_ISA: Final = 106
"""Characters of an ISA segment; elements 1 to 16 have fixed lengths."""


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


class Parties(NamedTuple):
    """Between whom interchanges are numbered: ISA05 and ISA06, ISA07 and ISA08, and ISA15."""

    sender: str
    receiver: str
    usage: str

    @classmethod
    def of_interchange(cls, raw: bytes) -> "Parties":
        """Read them from a file of ours, which begins with an ISA: its places are fixed."""
        isa = raw[:_ISA].decode("latin-1")
        elements = [element.rstrip() for element in isa.split(isa[3])]
        return cls(f"{elements[5]}:{elements[6]}", f"{elements[7]}:{elements[8]}", elements[15])


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

    @property
    def parties(self) -> Parties:
        """Between whom its interchanges are numbered."""
        sender, receiver = f"{self.sender_qualifier}:{self.sender_id}", f"{self.receiver_qualifier}:{self.receiver_id}"
        return Parties(sender, receiver, str(self.usage))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxAddress:
    """Where files are put and fetched.

    host_keys           pinned, as `SHA256:...`, several while the partner changes keys; without one it is refused
    key                 a reference (`file:/path`, `env:NAME`, `cmd:PROGRAM`), never the key itself
    passphrase          of the key, by reference; empty if it has none
    password            by reference; beside a key, for a server that wants both
    allowed_addresses   IP addresses and networks that the host may have; none means any
    without_strict_kex  why a server without strict key exchange is put up with; empty refuses it
    temporary           suffix of a file that is still being written; the partner must not pick such names up
    removes_read        whether read files are deleted on the partner's side instead of archived
    zipped              whether answers may come in zip archives; otherwise an archive is set aside
    temporary_folder    where such files are written; empty is the outbound folder itself
    archive             folder on the partner's side into which read files are moved; empty leaves them where they are
    """

    kind: MailboxKind
    root: str = ""
    host: str = ""
    port: int = 22
    user: str = ""
    key: str = ""
    passphrase: str = ""
    password: str = ""
    host_keys: tuple[str, ...] = ()
    allowed_addresses: tuple[str, ...] = ()
    without_strict_kex: str = ""
    outbound: str
    inbound: str
    archive: str = ""
    removes_read: bool = False
    zipped: bool = False
    temporary: str = ".part"
    temporary_folder: str = ""
    timeout_seconds: float = 30.0

    @property
    def destination(self) -> str:
        """Give 32 hex digits of where a file is put. A sealed file keeps them: it goes there, or nowhere."""
        where = (self.kind, self.root, self.host.lower(), self.port, self.user, self.outbound)
        return sha256(repr(where).encode()).hexdigest()[:32]

    @property
    def fingerprint(self) -> str:
        """Give 32 hex digits that change with whatever decides what a check of this mailbox sees."""
        where = (self.kind, self.root, self.host, self.port, self.user, self.outbound, self.inbound)
        return sha256(repr((*where, self.archive, self.temporary, self.temporary_folder)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class PgpPolicy:
    """What is encrypted for a partner, and what comes from it encrypted. Fingerprints have 40 hexadecimal digits.

    recipient    the partner's key that our files are encrypted for; empty sends them as they are
    public_keys  path of the file with the partner's public keys
    key          our private key, by reference: what comes in is decrypted with it; empty takes it as it is
    passphrase   of our key, by reference; empty if it has none
    signs        whether our files are also signed with our key
    armored      whether our files are written as text (ASCII armor)
    signed_by    the partner's key that has to have signed what comes in; empty asks for no signature
    """

    recipient: str = ""
    public_keys: str = ""
    key: str = ""
    passphrase: str = ""
    signs: bool = False
    armored: bool = False
    signed_by: str = ""


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
    pgp                   how files are encrypted; None for those that go and come as they are
    payees                further NPIs and tax ids under which we are paid, beside those of the practice
    payers                ids of the payers whose remittances may come from here; empty is any
    answers_for           names of other partners whose claims are answered here too
    counts_interchanges   whether its interchange numbers (ISA13) are its own count; else the same number is no sign of the same
    reports               by which names (with * and ?) its reports for people are known: kept, and not read
    companions            paths of its companion guides: what is sealed for it has to keep them too
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
    pgp: PgpPolicy | None = None
    payees: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()
    answers_for: tuple[str, ...] = ()
    counts_interchanges: bool = True
    reports: tuple[str, ...] = ()
    companions: tuple[Path, ...] = ()
