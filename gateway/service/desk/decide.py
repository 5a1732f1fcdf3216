"""A person pays money of the desk back, says that it needs nothing more, or which ids a payer pays under."""

from gateway.desk import ItemKind, ItemState
from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import Transaction, answers, claims, desk, events
from gateway.ledger import remittances as money
from gateway.ledger.answers import Changed
from gateway.ledger.desk import DeskItem, NewItem
from gateway.ledger.remittances import RemittanceState
from gateway.money import from_cents, shown
from gateway.remit.overpayment import resumed, suspended
from gateway.remit.standing import Fate
from gateway.service.decisions import require_authority
from gateway.service.desk.open_item import answer_of, item_numbered, open_item
from gateway.service.money.set_off import set_off
from gateway.service.office import Office

_KEPT_BACK = frozenset({ItemKind.REFUND, ItemKind.SET_ASIDE})


def give_back(office: Office, number: int, *, reason: str) -> DeskItem:
    """Keep that an item was paid back to the payer. What it paid back waits until the payer acknowledges it (PLB 72).

    Raises UsageError if there is no such item, or it is not money that came.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        item = open_item(tx, practice, number)
        if item.kind in _KEPT_BACK or item.left_cents <= 0:
            raise UsageError(
                f"item {number} is no money that came to the practice: {item.kind}, {shown(from_cents(item.left_cents))}; "
                "nothing was changed"
            )
        require_authority(office, from_cents(item.left_cents), f"item {number}")
        answer = answer_of(tx, office, item)
        _end(tx, practice, item, ItemState.RETURNED)
        refund = NewItem(
            kind=ItemKind.REFUND,
            reference=answer.payer_claim_number if answer is not None else item.reference,
            claim=item.claim,
            cents=-item.left_cents,
            why=f"paid back for item {number}; the payer has not acknowledged it yet",
            is_parked=False,
            state=ItemState.RETURNED,
        )
        desk.add_all(tx, practice, item.remittance_id, item.payer, [refund], (), at=at)
        said = f"{shown(from_cents(item.left_cents))} of item {number} were paid back to the payer"
        events.write(tx, practice, _decided(office, item, "money.returned", said, reason), at=at)
        set_off(tx, office, item.payer)
        return item_numbered(tx, practice, number)


def close_item(office: Office, number: int, *, reason: str) -> DeskItem:
    """Keep a person's word that an item needs nothing more: it is not ours, or the proof is there.

    Raises UsageError if there is no such item, or it is not open.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        item = open_item(tx, practice, number)
        require_authority(office, from_cents(item.left_cents), f"item {number}")
        _end(tx, practice, item, ItemState.CLOSED)
        if item.kind is ItemKind.SET_ASIDE:
            money.decide(tx, practice, item.remittance_id, RemittanceState.CLOSED)
        said = f"item {number}, {item.kind} of {shown(from_cents(item.left_cents))}, needs nothing more"
        events.write(tx, practice, _decided(office, item, "money.closed", said, reason), at=at)
        return item_numbered(tx, practice, number)


def investigate(office: Office, number: int, *, reason: str, is_over: bool = False) -> DeskItem:
    """Keep that a person looks into an overpayment in good faith, which suspends its day; or, with `is_over`, no more.

    Raises UsageError if there is no such item, it is not open, has no day by law, or that was said before.
    """
    practice, today = office.practice.key, office.clock.today()
    with office.ledger.writing() as tx:
        item = open_item(tx, practice, number)
        since, due = item.investigated_on, item.due_on
        if due is None:
            raise UsageError(
                f"item {number} has no day by which it is returned by law, so there is none to suspend; nothing was changed"
            )
        if is_over and since is None:
            raise UsageError(f"item {number} is not looked into; nothing was changed; see: gateway money show {number}")
        if not is_over and since is not None:
            raise UsageError(
                f"item {number} is looked into since {since} and due {due}; nothing was changed; once you know: "
                f"gateway money investigate {number} --over --by NAME --reason TEXT"
            )
        if not is_over and today > due:
            raise UsageError(f"item {number} was to be returned by {due}: its day has passed; nothing was changed")
        if is_over and since is not None:
            due, used = resumed(due, item.suspended_days, since, today)
            desk.investigate(tx, practice, item, None, due, used)
            said = f"item {number} was looked into from {since} to {today}; it is to be returned by {due}"
        else:
            due = suspended(due, item.suspended_days)
            desk.investigate(tx, practice, item, today, due, item.suspended_days)
            said = f"item {number} is looked into since {today}, which suspends its day: to be returned by {due} at the latest"
        events.write(tx, practice, _decided(office, item, "money.investigated", said, reason), at=office.clock.now())
        return item_numbered(tx, practice, number)


def _end(tx: Transaction, practice: str, item: DeskItem, state: ItemState) -> None:
    """End an item; its answer stands no more, though a reversal of it may come."""
    desk.settle(tx, practice, item, item.left_cents, state)
    if item.answer_id is not None:
        answers.change_all(tx, practice, [Changed(item.answer_id, Fate.ENDED, item.held_cents)])


def _decided(office: Office, item: DeskItem, kind: str, said: str, reason: str) -> Event:
    return Event(
        kind=kind,
        about=item.trace,
        claim=item.claim,
        partner=item.partner,
        said=said,
        before=item.state,
        artefact="person",
        actor=office.actor,
        reason=reason,
    )


def same_payer(office: Office, payer: str, other: str, *, reason: str) -> bool:
    """Keep that a payer pays under another id too (N1*PR N104 of an 835); tells whether that is new.

    The payer's own numbers of claims that it has answered under that id are learned now.

    Raises UsageError if no claim was billed to that payer and it is not configured.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        if payer not in office.settings.payers and not claims.is_billed(tx, practice, payer):
            raise UsageError(f"no payer {payer} is configured, and no claim was billed to it; nothing was changed")
        if not desk.alias(tx, practice, payer, other):
            return False
        said = Event(
            kind="payer.named",
            about=payer,
            said=f"payer {payer} pays under the id {other} too",
            artefact="person",
            actor=office.actor,
            reason=reason,
        )
        events.write(tx, practice, said, at=at)
        claims.learn_numbers(tx, practice, payer, other)
    return True
