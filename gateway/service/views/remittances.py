"""Remittances as people and programs ask to see them. Nothing here changes anything."""

from dataclasses import dataclass
from typing import Final

from gateway.errors import UsageError
from gateway.ledger import desk
from gateway.ledger import remittances as money
from gateway.ledger.desk import DeskItem
from gateway.ledger.remittances import RemittanceState, StoredPayment, StoredRemittance
from gateway.listing import Field, Kind
from gateway.service.office import Office
from gateway.service.views.lists import Lister

REMITTANCES: Final = Lister(
    plural="remittances",
    fields=(
        Field(name="state", kind=Kind.CHOICE, says="what became of it", choices=tuple(RemittanceState)),
        Field(name="payer", kind=Kind.CODE, says="the payer's id as the remittance says it"),
        Field(name="trace", kind=Kind.CODE, says="the check or EFT number (TRN02)"),
        Field(name="claim", kind=Kind.CODE, says="a claim that it paid or denied: its patient control number"),
        Field(name="day", kind=Kind.DAY, says="day of payment"),
        Field(name="age", kind=Kind.AGE, says="days since the payment"),
        Field(name="amount", kind=Kind.MONEY, says="what was paid in all"),
    ),
    source=money.LIST,
    page_of=money.page_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceShown:
    """A remittance whole: what it paid on which claim, and what of it came to the desk."""

    remittance: StoredRemittance
    payments: tuple[StoredPayment, ...]
    items: tuple[DeskItem, ...]


def remit_shown(office: Office, remittance_id: int) -> RemittanceShown:
    """Show a remittance. Raises UsageError if there is none of that number."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        found = money.find(tx, practice, remittance_id)
        if found is None:
            raise UsageError(f"there is no remittance {remittance_id}; `gateway remits list` shows what there is")
        return RemittanceShown(
            remittance=found,
            payments=money.payments_of(tx, practice, remittance_id=remittance_id),
            items=desk.of_remittance(tx, practice, remittance_id),
        )
