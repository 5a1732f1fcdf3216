"""An item of the desk that a person means, and the answer it was kept with."""

from gateway.desk import ItemState
from gateway.errors import UsageError
from gateway.ledger import Transaction, answers, desk
from gateway.ledger import remittances as money
from gateway.ledger.desk import DeskItem
from gateway.money import cents
from gateway.remittance import ClaimPayment
from gateway.service.money.read_again import is_same, said_by
from gateway.service.office import Office


def item_numbered(tx: Transaction, practice: str, number: int) -> DeskItem:
    """Give the item of that number. Raises UsageError if there is none."""
    item = desk.find(tx, practice, number)
    if item is None:
        raise UsageError(f"there is no item {number} on the desk; `gateway money list` shows what there is")
    return item


def open_item(tx: Transaction, practice: str, number: int) -> DeskItem:
    """Give the item of that number that nobody has decided about. Raises UsageError."""
    item = item_numbered(tx, practice, number)
    if item.state is not ItemState.OPEN:
        raise UsageError(f"item {number} is {item.state} already; nothing was changed")
    return item


def answer_of(tx: Transaction, office: Office, item: DeskItem) -> ClaimPayment | None:
    """Give the answer that an item is about; None if it is about none, or cannot be read any more."""
    practice = office.practice.key
    kept = desk.document_of(tx, practice, item.id)
    if kept is not None:
        return kept
    if item.answer_id is not None:
        return answers.document_of(tx, practice, item.answer_id)
    return _read_again(tx, office, item) if not item.account and item.held_cents else None


def _read_again(tx: Transaction, office: Office, item: DeskItem) -> ClaimPayment | None:
    """Find the answer in its file: it came before answers were kept on the desk."""
    stored = money.find(tx, office.practice.key, item.remittance_id)
    assert stored is not None, "an item is of a remittance"
    came = said_by(office, tx, stored.inbound_id) or ()
    meant = [
        payment
        for one in came
        if is_same(stored, one)
        for payment in one.claims
        if payment.patient_control_number == item.reference and cents(payment.paid) == item.cents
    ]
    return meant[0] if len(meant) == 1 else None
