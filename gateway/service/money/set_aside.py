"""A remittance that is set aside stands on the desk, until it is posted after all or a person closes it."""

from gateway.desk import ItemKind, ItemState
from gateway.ledger import Transaction, desk
from gateway.ledger.desk import DeskItem, NewItem
from gateway.ledger.remittances import StoredRemittance
from gateway.money import cents
from gateway.remittance import Remittance
from gateway.service.office import Office


def put_on_desk(tx: Transaction, office: Office, stored: StoredRemittance, remittance: Remittance, why: str) -> int:
    """Put a remittance on the desk, unless it stands there. Gives the number of its item."""
    item = _on_desk(tx, office, stored)
    if item is not None:
        return item.id
    # A debit takes from the practice.
    amount = -cents(remittance.payment) if remittance.is_debit else cents(remittance.payment)
    new = NewItem(
        kind=ItemKind.SET_ASIDE,
        reference=remittance.trace,
        cents=amount,
        why=why,
        is_parked=False,
        owner="practice manager",
    )
    (number,) = desk.add_all(tx, office.practice.key, stored.id, stored.payer_id, [new], (), at=office.clock.now())
    return number


def take_from_desk(tx: Transaction, office: Office, stored: StoredRemittance) -> None:
    """Take a remittance from the desk that is posted after all."""
    item = _on_desk(tx, office, stored)
    if item is not None:
        desk.settle(tx, office.practice.key, item, 0, ItemState.TAKEN_UP)


def _on_desk(tx: Transaction, office: Office, stored: StoredRemittance) -> DeskItem | None:
    known = desk.of_remittance(tx, office.practice.key, stored.id)
    return next((one for one in known if one.kind is ItemKind.SET_ASIDE and one.state is ItemState.OPEN), None)
