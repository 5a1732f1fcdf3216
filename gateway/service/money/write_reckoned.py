"""What was worked out of a remittance, written in a few statements: answers, money, denials, claims, the desk, the log."""

from collections.abc import Collection, Sequence

from gateway.desk import ItemKind, ItemState
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, answers, claims, desk, events
from gateway.ledger import denials as denials_kept
from gateway.ledger import remittances as money
from gateway.ledger.claims import Answered
from gateway.ledger.denials import PayersDenial
from gateway.ledger.desk import DeskItem, NewItem, Waiting
from gateway.ledger.remittances import StoredRemittance
from gateway.money import from_cents, shown
from gateway.service.money.claims_answered import Ours
from gateway.service.money.paid_twice import see_to_versions
from gateway.service.money.reckoned import Excess, Reckoned
from gateway.service.money.set_off import reopen
from gateway.service.office import Office


def write_reckoned(
    tx: Transaction, office: Office, stored: StoredRemittance, done: Reckoned, ours: Collection[Ours]
) -> bool:
    """Write what a remittance comes to; tells whether something that was paid too much is new on the desk.

    Raises LedgerConflict if an item of the desk has changed since it was read.
    """
    practice, at = office.practice.key, office.clock.now()
    answer_ids = answers.add_all(tx, practice, stored.id, done.answers)
    answers.change_all(tx, practice, done.changed)
    payments = [
        one if one.remittance_id else one._replace(remittance_id=stored.id, answer_id=answer_ids[one.answer_id])
        for one in done.payments
    ]
    payment_ids = money.add_payments(tx, practice, payments)
    changed = [Answered(one.claim, one.state, one.payer_claim_number) for one in ours if one.is_changed]
    claims.answer_all(tx, practice, changed)
    denials_kept.close_of_lines(tx, practice, done.settled)
    opened = (PayersDenial(one.with_its_payment(payment_ids), one.payer) for one in done.denials)
    denials_kept.add_all(tx, practice, opened, at=at)
    events.write_all(tx, practice, _told(tx, office, stored, done, answer_ids), at=at)
    is_twice = see_to_versions(tx, office, stored, ours)
    done.looks |= is_twice
    return is_twice or any(isinstance(one, NewItem) and one.kind is ItemKind.OVERPAID for one in done.told)


def _told(
    tx: Transaction, office: Office, stored: StoredRemittance, done: Reckoned, answer_ids: Sequence[int]
) -> list[Event]:
    """Put on the desk what goes there, change what changes there, and give what the log says, in its order."""
    practice, at = office.practice.key, office.clock.now()
    new = [one for one in done.told if isinstance(one, NewItem)]
    numbers = iter(desk.add_all(tx, practice, stored.id, stored.payer_id, new, answer_ids, at=at))
    waiting = [one.answer_id for one in done.told if isinstance(one, Waiting)]
    items = {one.answer_id: one for one in desk.of_answers(tx, practice, waiting)}
    told: list[Event] = []
    for one in done.told:
        if isinstance(one, NewItem):
            told.append(_said_put(office, stored, next(numbers), one))
        elif isinstance(one, Waiting):
            told += _wait(tx, office, stored, items[one.answer_id], one)
        elif isinstance(one, Excess):
            desk.settle(tx, practice, one.item, one.item.left_cents, ItemState.TAKEN_UP)
            if one.item.state is ItemState.OPEN:
                told.append(_said_moved(office, stored, one.item, -one.item.left_cents, "it is not too much any more"))
        else:
            told.append(one)
    return told


def _wait(tx: Transaction, office: Office, stored: StoredRemittance, item: DeskItem, one: Waiting) -> list[Event]:
    """Change what an answer's item holds: none of it waits any more, or another part."""
    is_over = item.held_cents + one.cents == 0
    # What was paid back, or closed, stays so: its money is on its claim now, and what was paid back is an item of its own.
    state = item.state if item.state is not ItemState.OPEN else ItemState.TAKEN_UP if is_over else ItemState.OPEN
    desk.move(tx, office.practice.key, item, one.cents, state, one.said)
    if is_over and item.state is ItemState.SET_OFF:
        reopen(tx, office, item)
    return [_said_moved(office, stored, item, one.cents, one.said)]


def _said_put(office: Office, stored: StoredRemittance, number: int, item: NewItem) -> Event:
    came = item.remittance_id or stored.id
    amount, is_booked = shown(from_cents(item.cents)), item.state is ItemState.BOOKED
    said = (
        f"{amount} of remittance {came} are booked: {item.why}"
        if is_booked
        else f"{amount} of remittance {came} {'is parked' if item.is_parked else 'is too much'}, item {number}: "
        f"{item.kind}; {item.why}"
    )
    return Event(
        kind="money.booked" if is_booked else "money.parked" if item.is_parked else "money.overpaid",
        about=stored.trace,
        claim=item.claim,
        partner=stored.partner,
        said=said,
        severity=EventSeverity.ROUTINE if is_booked else EventSeverity.CAN_WAIT,
        artefact=f"inbound {stored.inbound_id}",
        actor=office.actor,
        next_command="" if is_booked else f"gateway money show {number}",
    )


def _said_moved(office: Office, stored: StoredRemittance, item: DeskItem, cents: int, said: str) -> Event:
    """Say that money on the desk waits no more, or that more of it does."""
    amount = shown(from_cents(abs(cents)))
    told = (
        f"{amount} of item {item.id}, remittance {item.remittance_id}, wait no more: {said}"
        if abs(item.left_cents + cents) < abs(item.left_cents) or not cents
        else f"{amount} more of item {item.id}, remittance {item.remittance_id}, wait: {said}"
    )
    return Event(
        kind="money.placed",
        about=stored.trace,
        claim=item.claim,
        partner=stored.partner,
        said=told,
        artefact=f"inbound {stored.inbound_id}",
        actor=office.actor,
    )
