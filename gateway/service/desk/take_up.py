"""An answer that came before its claim had left is taken up once it has: it names our own number, so nobody has to look."""

from gateway.desk import ItemKind
from gateway.errors import UsageError
from gateway.ledger import desk
from gateway.ledger.desk import DeskItem
from gateway.remit.ladder import Step
from gateway.service.claims.answered import sent_claims
from gateway.service.desk.place import place
from gateway.service.office import Office


def take_up(office: Office) -> None:
    """Place what is on the desk for claims that have left since. What does not fit stays, for a person."""
    for item in _known_now(office):
        try:
            place(office, item.id, item.reference, reason="", found_by=Step.CONTROL)
        except UsageError:
            continue


def _known_now(office: Office) -> list[DeskItem]:
    practice = office.practice.key
    with office.ledger.reading() as tx:
        references = desk.references_open(tx, practice, ItemKind.STRANGER)
        known = sent_claims(tx, practice, references, partners=set(office.settings.partners)) if references else {}
        items = desk.of_kind(tx, practice, ItemKind.STRANGER, references=known) if known else ()
        return [
            one
            for one in items
            if sent_claims(tx, practice, {one.reference}, partners=office.settings.answered_by(one.partner))
        ]
