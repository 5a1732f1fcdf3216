"""A trading partner: who we are to each other on the wire, and where its mailbox is."""

from dataclasses import dataclass
from enum import StrEnum


class Usage(StrEnum):
    """ISA15."""

    TEST = "T"
    PRODUCTION = "P"


class MailboxKind(StrEnum):
    """How the partner's mailbox is reached."""

    SFTP = "sftp"
    FOLDER = "folder"


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
    archive       folder on the partner's side into which read files are moved; empty leaves them where they are
    removes_read  whether read files are deleted on the partner's side instead
    zipped        whether answers may come in zip archives; otherwise an archive is set aside
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
    removes_read: bool = False
    zipped: bool = False
    temporary: str = ".part"
    timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingPartner:
    """A clearinghouse or payer that takes our interchanges.

    file_name             template with {interchange} (9 digits), {partner} and {practice}
    purges_temporary      whether it deletes temporary files by itself: then both names absent proves nothing
    reads_back            whether to read the uploaded file back and compare its hash before the rename
    acknowledged_minutes  when a TA1 or 999 is overdue
    payees                further NPIs and tax ids under which we are paid, beside those of the practice
    payers                ids of the payers whose remittances may come from here; empty is any
    """

    name: str
    envelope: Envelope
    mailbox: MailboxAddress
    file_name: str = "{practice}_{partner}_{interchange}.837"
    claims_max: int = 5000
    purges_temporary: bool = False
    reads_back: bool = False
    acknowledged_minutes: int = 24 * 60
    payees: tuple[str, ...] = ()
    payers: tuple[str, ...] = ()
