"""Remittances as people and programs ask to see them. Nothing here changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.errors import UsageError
from gateway.ledger import remittances as money
from gateway.ledger.remittances import Parked, RemittanceState, StoredPayment, StoredRemittance
from gateway.service.office import Office
from gateway.service.views.page import Page, page


def remits_listed(
    office: Office, *, states: Sequence[RemittanceState] = (), after: int = 0, limit: int = 100
) -> Page[StoredRemittance]:
    """List remittances."""
    with office.ledger.reading() as tx:
        rows = money.listed(tx, office.practice.key, states=tuple(states), after=after, limit=limit)
    return page(rows, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceShown:
    """A remittance whole: what it paid on which claim, and what is parked."""

    remittance: StoredRemittance
    payments: tuple[StoredPayment, ...]
    parked: tuple[Parked, ...]


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
            parked=money.parked_of(tx, practice, remittance_id),
        )
