"""An answer that came before its claim had left is taken up once it has: it names our own number, so nobody has to look."""

from gateway.desk import ItemKind
from gateway.errors import LedgerConflict, UsageError
from gateway.ledger import Transaction, desk
from gateway.ledger.desk import DeskItem
from gateway.remit.ladder import Step
from gateway.service.claims.answered import sent_claims
from gateway.service.desk.place import place
from gateway.service.money.find_claims import find_claims
from gateway.service.office import Office


def take_up(office: Office) -> None:
    """Place what is on the desk for claims that have left since. What does not fit is tied to its claim, for a person."""
    for item in _known_now(office):
        try:
            place(office, item.id, item.reference, reason="", found_by=Step.CONTROL)
        except UsageError:
            with office.ledger.writing() as tx:
                desk.tie(tx, office.practice.key, item, item.reference)
        except LedgerConflict:
            continue  # somebody works on it just now; the next round looks again


def _known_now(office: Office) -> list[DeskItem]:
    """Give the strangers that name a claim of ours which their partner may answer, and nothing else."""
    practice, found = office.practice.key, list[DeskItem]()
    with office.ledger.reading() as tx:
        references = desk.untied(tx, practice, ItemKind.STRANGER)
        known = sent_claims(tx, practice, references, partners=set(office.settings.partners)) if references else {}
        items = desk.of_kind(tx, practice, ItemKind.STRANGER, references=known) if known else ()
        for one in items:
            if not one.claim and _is_certain(tx, office, one):
                found.append(one)
    return found


def _is_certain(tx: Transaction, office: Office, item: DeskItem) -> bool:
    payment = desk.document_of(tx, office.practice.key, item.id)
    if payment is None:
        return False
    partners = office.settings.answered_by(item.partner)
    meant = find_claims(tx, office.practice.key, [payment], partners=partners, payer_id=item.payer)
    return any(one.pcn == item.reference for one in meant.values())
