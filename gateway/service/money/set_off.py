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
    """Set off payments of claims that are not ours against their reversals: of one payer, claim and amount.

    What was paid back is taken back by its reversal too; that it was paid back stands in an item of its own.
    """
    states = ItemState.OPEN, ItemState.RETURNED
    known = desk.of_kind(tx, office.practice.key, ItemKind.STRANGER, references=references, states=states)
    by_amount: dict[tuple[str, int], list[DeskItem]] = {}
    for one in known:
        if one.payer == payer:
            others = by_amount.get((one.reference, -one.left_cents))
            if others:
                for each in (others.pop(0), one):
                    _settle(tx, office, each, 0)
            else:
                by_amount.setdefault((one.reference, one.left_cents), []).append(one)


def _meet_in_whole(tx: Transaction, office: Office, items: dict[int, DeskItem]) -> None:
    """Let what was paid too much meet what the payer recovers of that claim, where it is just that; both are done with."""
    for over in [one for one in items.values() if one.kind is ItemKind.OVERPAID]:
        kept_back = next(
            (
                one
                for one in items.values()
                if _family(one) == _RECOVERY and one.claim == over.claim and one.left_cents == -over.left_cents
            ),
            None,
        )
        if kept_back is None:
            continue
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
