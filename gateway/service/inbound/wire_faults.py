"""What is wrong with how a posted file is written: posting takes what it can read for certain, see gateway.edi.read.inbound_file."""

from dataclasses import dataclass
from typing import Final

from gateway.edi.checking.check import check
from gateway.errors import ConfigError, PgpRefused
from gateway.ledger.inbound import InboundFile, InboundState
from gateway.service.files.pgp import content
from gateway.service.office import Office

_SNIP: Final = 3
"""How far it is looked at: the envelope, the guide, balances."""
_SHOWN_MAX: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How many there are (5,000 stand for more), and the first of them in words: places, and no value."""

    count: int = 0
    first: tuple[str, ...] = ()


def faults_of(office: Office, file: InboundFile) -> Faults:
    """Check a file that was posted. Of one that was not, its `why` tells, and it may have been made to keep us busy.

    Nothing is said of a file that cannot be decrypted any more.
    """
    if file.state is not InboundState.POSTED:
        return Faults()
    try:
        with office.ledger.reading() as tx:
            found = check(content(office, tx, file), snip=_SNIP).findings
    except (PgpRefused, ConfigError):
        return Faults()
    return Faults(count=len(found), first=tuple(map(str, found[:_SHOWN_MAX])))
