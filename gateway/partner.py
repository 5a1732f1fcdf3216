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

    host_keys           pinned, as `SHA256:...`, several while the partner changes keys; without one it is refused
    key                 a reference (`file:/path`, `env:NAME`, `cmd:PROGRAM`), never the key itself
    passphrase          of the key, by reference; empty if it has none
    password            by reference; beside a key, for a server that wants both
    allowed_addresses   IP addresses and networks that the host may have; none means any
    without_strict_kex  why a server without strict key exchange is put up with; empty refuses it
    temporary           suffix of a file that is still being written; the partner must not pick such names up
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
    temporary: str = ".part"
    timeout_seconds: float = 30.0


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
    purges_temporary      whether it deletes temporary files by itself: then both names absent proves nothing
    reads_back            whether to read the uploaded file back and compare its hash before the rename
    acknowledged_minutes  when a TA1 or 999 is overdue
    pgp                   how files are encrypted; None for those that go and come as they are
    """

    name: str
    envelope: Envelope
    mailbox: MailboxAddress
    file_name: str = "{practice}_{partner}_{interchange}.837"
    claims_max: int = 5000
    purges_temporary: bool = False
    reads_back: bool = False
    acknowledged_minutes: int = 24 * 60
    pgp: PgpPolicy | None = None
