"""The desk as people and programs ask to see it. Nothing here changes anything."""

from dataclasses import dataclass
from typing import Final

from gateway.desk import Account, ItemKind, ItemState
from gateway.ledger import desk
from gateway.ledger.desk import DeskItem
from gateway.listing import Field, Kind
from gateway.remit.ladder import Candidate
from gateway.remittance import ClaimPayment
from gateway.service.desk.open_item import answer_of, item_numbered
from gateway.service.money.find_claims import candidates
from gateway.service.office import Office
from gateway.service.views.lists import Lister

DESK: Final = Lister(
    plural="items",
    fields=(
        Field(name="state", kind=Kind.CHOICE, says="what became of it", choices=tuple(ItemState)),
        Field(name="kind", kind=Kind.CHOICE, says="why it is on the desk", choices=tuple(ItemKind)),
        Field(name="account", kind=Kind.CHOICE, says="of a provider adjustment (PLB)", choices=tuple(Account)),
        Field(name="payer", kind=Kind.CODE, says="the payer's id as the remittance says it"),
        Field(name="claim", kind=Kind.CODE, says="the claim that it is tied to: its patient control number"),
        Field(name="reference", kind=Kind.CODE, says="what the payer calls it (CLP01, or PLB03-2)"),
        Field(name="trace", kind=Kind.CODE, says="the check or EFT number (TRN02) that it came with"),
        Field(name="owner", kind=Kind.CHOICE, says="who should act", choices=("biller", "practice manager")),
        Field(name="due", kind=Kind.DAY, says="day by which an overpayment has to be returned"),
        Field(name="age", kind=Kind.AGE, says="days since it came to the desk"),
        Field(name="amount", kind=Kind.MONEY, says="what of it is open"),
    ),
    source=desk.LIST,
    page_of=desk.page_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """An item, the answer it was kept with, and which claims may be meant.

    answer      None if it is about none, or its file cannot be read any more
    candidates  the likeliest first, each with its score of 100 and what speaks for it; none once the item is ended
    """

    item: DeskItem
    answer: ClaimPayment | None
    candidates: tuple[Candidate, ...]


def item_shown(office: Office, number: int) -> ItemShown:
    """Show an item. Raises UsageError if there is none of that number."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        item = item_numbered(tx, practice, number)
        answer = answer_of(tx, office, item)
        is_open = item.state is ItemState.OPEN and answer is not None
        likely = candidates(tx, practice, answer, partner=item.partner) if is_open and answer is not None else ()
    return ItemShown(item=item, answer=answer, candidates=likely)
