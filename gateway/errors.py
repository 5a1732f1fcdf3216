"""The errors a caller can meet, as one tree.

GatewayError                    caught only in service/ and in a face (cli, console, schedule)
├── ConfigError                 ours, at start: file, key, what is wanted; refuse to run
│   ├── LedgerChanged           upgraded, released, held or restored while this process had stepped aside: run it again
│   └── LedgerHeld              restored, copied or moved: nothing is numbered or sent until a person has released it
├── IntakeError                 theirs (the practice): the file is unreadable as a whole; row faults are Findings
├── UsageError                  theirs (the caller): what was asked for does not exist or is not allowed now
│   └── NotAllowed              nobody whom the practice knows, or an account without the right or above its limit
├── OutboundWireError           ours: we were about to write bad X12; nothing is sent
├── InboundWireError            theirs: the bytes are not X12; the whole file is set aside, nothing is posted
├── ConversionRefused           theirs: what is in a file cannot be carried over whole; the result is not to be used
├── OutOfBalance                theirs: an 835 does not add up; that ST is set aside whole
├── PartnerRefusal              they said no (permission, quota): permanent, a person acts
│   ├── LoginRefused            ... to our login: another attempt may lock the account
│   └── HostKeyRefused          the host key is not a pinned one: it may be somebody else's server
├── PgpRefused                  theirs: not encrypted for us, or not signed as agreed; the file is set aside whole
├── Paused                      a person has stopped calls to this partner: a person resumes them
├── LineLost                    we do not know what arrived: never a blind resend
├── NotReached                  nothing arrived: the file is as it was
├── NameTaken                   the mailbox already holds a file of that name
├── LedgerRefusal               the database refuses a value that came in from outside
└── LedgerConflict              another worker moved it first: read again
    └── LedgerBusy              another process holds the lock

A message has four parts: where, what was seen, what it means, what to do. It never holds a patient's data.
"""


class GatewayError(Exception):
    """Whatever the gateway raises on purpose."""


class ConfigError(GatewayError):
    """A configuration file, or the data folder, is not as it has to be. Nothing was started."""


class LedgerChanged(ConfigError):
    """Another process changed the ledger as a whole while this one had stepped aside. What was done before stays done."""


class LedgerHeld(ConfigError):
    """The ledger may be older than what the partners have seen. Nothing is numbered or sent until it is released."""


class IntakeError(GatewayError):
    """A file of visits, or of codes, cannot be read as a whole. Nothing of it was stored."""


class UsageError(GatewayError):
    """What was asked for does not exist, or may not be done now. Nothing changed."""


class NotAllowed(UsageError):
    """Whoever asks is not known, or their account may not do it. Nothing changed."""


class OutboundWireError(GatewayError):
    """We were about to write X12 that the guide refuses. Nothing was sealed, nothing is sent."""


class InboundWireError(GatewayError):
    """Their bytes are not X12. The file is kept whole and set aside; none of it is posted.

    ordinal  the segment's place in the file, from 1; 0 of the file as a whole
    """

    def __init__(self, *, ordinal: int, said: str) -> None:
        place = f"segment {ordinal}" if ordinal else "the file"
        super().__init__(f"{place}: {said}; the file is set aside, nothing was posted; ask them to resend it")
        self.ordinal = ordinal
        self.said = said


class ConversionRefused(GatewayError):
    """A file cannot be turned into JSON, or JSON into a file, without loss. What was written so far is not to be used."""

    def __init__(self, *, where: str, said: str, fix: str) -> None:
        super().__init__(f"{where}: {said}; what was written is not whole, use nothing of it; {fix}")
        self.where = where
        self.said = said


class OutOfBalance(GatewayError):
    """An 835 does not add up. The transaction set is set aside whole; nothing of it is posted."""


class PartnerRefusal(GatewayError):
    """The partner said no: login, host key, permission or quota. A person acts; it is not retried by itself."""


class LoginRefused(PartnerRefusal):
    """The partner refused our login. It is not called again until a person says so: attempts can lock an account."""


class HostKeyRefused(PartnerRefusal):
    """The server's host key is not the pinned one: it may be somebody else's. It is not called until a person says so."""


class Paused(GatewayError):
    """A person has stopped calls to this partner. Nothing was tried; a person resumes them."""


class PgpRefused(GatewayError):
    """Their file is not encrypted for us, or not signed as agreed. It is kept whole and set aside; none of it is used."""


class LineLost(GatewayError):
    """The line broke while something was under way: what arrived is not known. It is never resent blindly."""


class NotReached(GatewayError):
    """The partner could not be reached and nothing arrived there. Try again later."""


class NameTaken(GatewayError):
    """The mailbox already holds a file of that name; it was not overwritten."""


class LedgerConflict(GatewayError):
    """Somebody else moved it first. Read again before acting."""


class LedgerRefusal(GatewayError):
    """The database refuses a value: too long, or not text. Nothing of that transaction was kept."""


class LedgerBusy(LedgerConflict):
    """Another process holds the lock. Try again when it is done."""
