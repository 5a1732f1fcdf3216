"""The 835 that a stored remittance came in, read again from the bytes that are kept."""

from gateway.edi.read.inbound_file import read_answers
from gateway.errors import ConfigError, InboundWireError, PgpRefused
from gateway.ledger import Transaction, inbound
from gateway.ledger.remittances import StoredRemittance
from gateway.money import cents
from gateway.remittance import Remittance
from gateway.service.files.pgp import content
from gateway.service.office import Office


def said_by(office: Office, tx: Transaction, inbound_id: int) -> tuple[Remittance, ...] | None:
    """Give the remittances of a file; None if it cannot be read now, such as for want of a key."""
    try:
        raw = content(office, tx, inbound.by_id(tx, office.practice.key, inbound_id))
        return tuple(one.what for one in read_answers(raw) if isinstance(one.what, Remittance))
    except (InboundWireError, PgpRefused, ConfigError):
        return None


def is_same(stored: StoredRemittance, came: Remittance) -> bool:
    """Tell whether a remittance of a file is the one that was kept."""
    return (stored.set_control, stored.trace, stored.originator, stored.paid_on, stored.payment_cents) == (
        came.control,
        came.trace,
        came.originator,
        came.paid_on,
        cents(came.payment),
    )
