"""PGP around the files of partners whose profile asks for it: closed once, when a file is sealed; opened whenever one is read.

What came in is kept as it came, so that its signature stays evidence; what leaves is kept as it leaves, so that a resend is
the very same bytes.
"""

import os
from typing import Final

from gateway.ledger import Transaction, inbound
from gateway.ledger.inbound import InboundFile
from gateway.partner import TradingPartner
from gateway.service.files.zip_archive import is_member
from gateway.service.office import Office

_SIZE_MAX: Final = 256 * 1024 * 1024


def closed(office: Office, partner: TradingPartner, raw: bytes) -> bytes | None:
    """Encrypt a file for its partner; None where it leaves as it is. Raises ConfigError: both keys are in our hands."""
    policy = partner.pgp
    if policy is None or not policy.recipient:
        return None
    from gateway.transport.pgp import encrypt  # noqa: PLC0415 gnupg is loaded where it is used

    return encrypt(raw, policy, office.settings.home, partner=partner.name, environment=os.environ)


def opened(office: Office, partner: str, raw: bytes) -> bytes:
    """Decrypt a file that came from a partner, where its profile says that they come encrypted.

    Raises PgpRefused (theirs: not for us, not signed as agreed), ConfigError (our key, or its passphrase).
    """
    known = office.settings.partners.get(partner)
    if known is None or known.pgp is None or not known.pgp.key:
        return raw
    from gateway.transport.pgp import decrypt  # noqa: PLC0415 as above

    return decrypt(raw, known.pgp, office.settings.home, _SIZE_MAX, partner=partner, environment=os.environ)


def content(office: Office, tx: Transaction, file: InboundFile) -> bytes:
    """Give what an inbound file holds, decrypted where its partner encrypts. What came out of an archive was so already.

    Raises what `opened` raises.
    """
    raw = inbound.bytes_of(tx, office.practice.key, file.id)
    return raw if is_member(file.name) else opened(office, file.partner, raw)
