"""What came on the desk meets its counterpart.

What is carried forward meets what is recovered later, and what was paid back its acknowledgment, also in parts. What was paid
twice meets the payer's recovery of just that; a stranger's payment meets its reversal.
"""

from collections.abc import Collection
from typing import Final

from gateway.desk import Account, ItemKind, ItemState
from gateway.event import Event
from gateway.ledger import Transaction, answers, desk, events
from gateway.ledger.answers import Changed
from gateway.ledger.desk import DeskItem
from gateway.money import from_cents, shown
from gateway.remit.accounts import meets
from gateway.remit.set_off import Entry, meet
from gateway.remit.standing import Fate
from gateway.service.office import Office

_RECOVERY: Final = meets(Account.RECOVERED)


def set_off(tx: Transaction, office: Office, payer: str) -> None:
    """Set off the open entries of a payer that meet: of one claim, or of what else they name."""
    practice = office.practice.key
    items = {one.id: one for one in desk.to_meet(tx, practice, payer)}
    _meet_in_whole(tx, office, items)
    entries = [_entry(one, family) for one in items.values() if (family := _family(one))]
    for number, left in meet(entries).items():
        _settle(tx, office, items[number], left)


def set_off_strangers(tx: Transaction, office: Office, payer: str, references: Collection[str]) -> None:
    """Set off payments of claims that are not ours against their reversals: of one payer, both numbers and amount.

    What was paid back is taken back by its reversal too; that it was paid back stands in an item of its own.
    """
    states = ItemState.OPEN, ItemState.RETURNED
    known = desk.of_kind(tx, office.practice.key, ItemKind.STRANGER, references=references, states=states)
    by_amount: dict[tuple[str, str, int], list[DeskItem]] = {}
    for one in known:
        document = desk.document_of(tx, office.practice.key, one.id) if one.payer == payer else None
        number = document.payer_claim_number if document is not None else ""
        if not number:
            continue
        others = by_amount.get((one.reference, number, -one.left_cents))
        if others:
            for each in (others.pop(0), one):
                _settle(tx, office, each, 0)
        else:
            by_amount.setdefault((one.reference, number, one.left_cents), []).append(one)


def reopen(tx: Transaction, office: Office, item: DeskItem) -> None:
    """Open what the payer recovered of an overpayment again: the payment itself has been taken back by a reversal."""
    practice = office.practice.key
    for one in desk.of_claims(tx, practice, [item.claim], states=(ItemState.SET_OFF,)):
        if one.account and _family(one) == _RECOVERY and one.cents == -item.cents and one.payer == item.payer:
            desk.settle(tx, practice, one, one.cents, ItemState.OPEN)
            now = desk.find(tx, practice, item.id)
            assert now is not None, "it was read a moment ago"
            desk.settle(tx, practice, now, item.cents, ItemState.TAKEN_UP)
            return


def _meet_in_whole(tx: Transaction, office: Office, items: dict[int, DeskItem]) -> None:
    """Let what was paid too much meet what the payer recovers of that claim, where it is just that; both are done with."""
    recovered: dict[tuple[str, int], list[DeskItem]] = {}
    for one in items.values():
        if one.claim and _family(one) == _RECOVERY:
            recovered.setdefault((one.claim, one.left_cents), []).append(one)
    for over in [one for one in items.values() if one.kind is ItemKind.OVERPAID]:
        able = recovered.get((over.claim, -over.left_cents))
        if not able:
            continue
        kept_back = able.pop(0)
        for each in (over, kept_back):
            _settle(tx, office, each, 0)
            del items[each.id]
        if over.answer_id is not None:
            answers.change_all(tx, office.practice.key, [Changed(over.answer_id, Fate.ENDED, over.held_cents)])


def _settle(tx: Transaction, office: Office, item: DeskItem, left: int) -> None:
    desk.settle(tx, office.practice.key, item, left, ItemState.OPEN if left else ItemState.SET_OFF)
    _say(tx, office, item, left)


def _family(one: DeskItem) -> str:
    """Tell with what an item may meet, in parts too; empty if with nothing."""
    if one.kind is ItemKind.REFUND:
        return Account.REFUND_ACKNOWLEDGED
    if one.account == Account.OTHER:
        return f"{one.account} {one.code}"
    return meets(Account(one.account)) if one.account else ""


def _entry(one: DeskItem, family: str) -> Entry:
    return Entry(one.id, one.left_cents, family, one.claim, one.reference, one.trace)


def _say(tx: Transaction, office: Office, item: DeskItem, left: int) -> None:
    amount = shown(from_cents(abs(item.left_cents - left)))
    rest = f"; {shown(from_cents(left))} are open still" if left else ""
    said = Event(
        kind="money.set_off",
        about=item.trace,
        claim=item.claim,
        partner=item.partner,
        said=f"{amount} of item {item.id}, {item.account or item.kind}, met its counterpart{rest}",
        artefact=f"remittance {item.remittance_id}",
        actor=office.actor,
    )
    events.write(tx, office.practice.key, said, at=office.clock.now())
