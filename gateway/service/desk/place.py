"""Money of the desk placed on a claim: as its answer says, or as a person types it; balanced, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from gateway.desk import ItemKind, ItemState
from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import Transaction, answers, desk, events, inbound, visits
from gateway.ledger import remittances as money
from gateway.ledger.answers import Changed, StoredAnswer
from gateway.ledger.desk import DeskItem, NewItem
from gateway.ledger.remittances import StoredRemittance
from gateway.lifecycle import ClaimState
from gateway.money import from_cents, shown
from gateway.remit.ladder import Step
from gateway.remit.posting import ANSWER, negated
from gateway.remit.standing import Fate
from gateway.remittance import REVERSAL, ClaimPayment
from gateway.service.claims.void import see_to_voids
from gateway.service.decisions import require_authority
from gateway.service.desk.claim_meant import claim_meant
from gateway.service.desk.open_item import answer_of, open_item
from gateway.service.desk.told_again import as_remittance
from gateway.service.desk.typed import TypedLine, adjusted, as_typed, without_lines
from gateway.service.money.claims_answered import ClaimsAnswered, Ours
from gateway.service.money.reckoned import Reckoned
from gateway.service.money.settle_claim import settle_claim
from gateway.service.money.write_reckoned import write_reckoned
from gateway.service.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What was placed, in dollars, on which claim, and how that stands now."""

    item: int
    claim: str
    amount: Decimal
    state: ClaimState


@dataclass(frozen=True, slots=True)
class _Placing:
    """An item about to be placed."""

    item: DeskItem
    stored: StoredRemittance
    payment: ClaimPayment
    answered: ClaimsAnswered
    ours: Ours
    done: Reckoned


def place(
    office: Office,
    number: int,
    claim: str,
    *,
    reason: str,
    says: Sequence[TypedLine] = (),
    on_lines: Mapping[int, int] = {},
    found_by: Step = Step.PERSON,
    dry_run: bool = False,
) -> Placed:
    """Place an item on a claim.

    claim     its patient control number, or the key of its visit
    says      what was paid and adjusted of which line; without it what the answer itself says
    on_lines  which line of the claim each line of the answer is about, both counted from 1, where the answer does not say
    found_by  by what it is known that the claim is meant

    Raises UsageError if there is no such item or claim, or it does not come out to the cent: then nothing was changed.
    """
    practice = office.practice.key
    with office.ledger.writing() as tx:
        placing = _worked_out(tx, office, number, claim, says, on_lines, found_by)
        item, ours = placing.item, placing.ours
        placed = Placed(item=item.id, claim=ours.claim.pcn, amount=from_cents(item.left_cents), state=ours.state)
        if dry_run:
            return placed
        if found_by is Step.PERSON:
            require_authority(office, max(abs(placed.amount), adjusted(says)), f"item {number}")
        visits.lock(tx, practice, list(placing.answered.visit_ids))
        desk.move(tx, practice, item, -item.held_cents, ItemState.PLACED, f"placed on claim {ours.claim.pcn}")
        desk.tie(tx, practice, item, ours.claim.pcn)
        if item.answer_id is not None:
            answers.change_all(tx, practice, [Changed(item.answer_id, Fate.PLACED, 0)])
        write_reckoned(tx, office, placing.stored, placing.done, [ours])
        see_to_voids(tx, office, [(ours.claim, ours.state)], artefact=f"item {item.id}")
        events.write(tx, practice, _said(office, item, placed, reason, found_by), at=office.clock.now())
    return placed


def _worked_out(
    tx: Transaction,
    office: Office,
    number: int,
    name: str,
    says: Sequence[TypedLine],
    on_lines: Mapping[int, int],
    found_by: Step,
) -> _Placing:
    practice = office.practice.key
    item = open_item(tx, practice, number)
    if not item.held_cents and item.kind not in {ItemKind.STRANGER, ItemKind.MISFIT}:
        raise UsageError(
            f"item {number} is {item.kind}: its money is not on the desk, so it cannot be placed on a claim"
        )
    if item.answer_id is not None and answers.is_posted(tx, practice, item.answer_id):
        raise UsageError(
            f"a part of the answer of item {number} stands on claim {item.claim}, so that it cannot be placed elsewhere; pay the "
            "item back, or close it with the proof; nothing was changed"
        )
    if item.left_cents != item.cents:
        raise UsageError(
            f"a part of item {number} is settled already; only a whole one is placed; close it with the proof"
        )
    answered, ours = _claim(tx, office, item, name, found_by)
    payment = _payment(tx, office, item, ours, says, on_lines)
    stored = money.find(tx, practice, item.remittance_id)
    assert stored is not None, "an item is of a remittance"
    ours.found_by[payment.ordinal] = found_by
    done = Reckoned()
    settle_claim(
        done, office, inbound.by_id(tx, practice, stored.inbound_id), as_remittance(stored, payment), ours, [payment]
    )
    waits = next((one for one in done.told if isinstance(one, NewItem) and one.is_parked), None)
    if waits is not None:
        raise UsageError(
            f"item {number} cannot be placed on claim {ours.claim.pcn}: {waits.why.partition(': ')[2]}; nothing was "
            f"changed; {_instead(number, waits)}"
        )
    return _Placing(item, stored, payment, answered, ours, done)


def _instead(number: int, waits: NewItem) -> str:
    """Say what to do with money that waits for something else than for a claim."""
    if waits.kind is not ItemKind.OVERPAID:
        return "tell of each line with --says, or look whether another claim is meant"
    return (
        f"if the payer has paid it twice, pay it back: gateway money return {number} --by NAME --reason TEXT; else wait for its "
        "reversal, or look whether another claim is meant"
    )


def _claim(tx: Transaction, office: Office, item: DeskItem, name: str, found_by: Step) -> tuple[ClaimsAnswered, Ours]:
    """Find the claim that a person means. What the item itself says of it is laid over it anew, so it is left out."""
    answered, ours = claim_meant(tx, office, name, ordinal=item.ordinal, found_by=found_by, partner=item.partner)
    return answered, replace(ours, answers=tuple(one for one in ours.answers if one.id != item.answer_id))


def _payment(
    tx: Transaction,
    office: Office,
    item: DeskItem,
    ours: Ours,
    says: Sequence[TypedLine],
    on_lines: Mapping[int, int],
) -> ClaimPayment:
    """Give the answer to be posted: its own, with the lines as a person says; of what was kept back, a reversal."""
    if item.kind is ItemKind.PROVIDER and not says:
        return _taken_back(item, ours)
    payment = answer_of(tx, office, item)
    if payment is None:
        if not says:
            raise UsageError(f"of item {item.id} no answer is kept; tell of each line with --says; nothing was changed")
        payment = _without_answer(item)
    if says:
        payment = as_typed(payment, says, ours.billed.lines)
    elif on_lines:
        payment = _on_lines(payment, on_lines, ours)
    if from_cents(item.left_cents) != payment.paid:
        raise UsageError(
            f"item {item.id} is {shown(from_cents(item.left_cents))}; what you told of comes to {shown(payment.paid)}; "
            "nothing was changed"
        )
    return payment


def _taken_back(item: DeskItem, ours: Ours) -> ClaimPayment:
    """Give the reversal of what the payer kept back again: an answer that stands and paid just that."""
    standing = [
        one for one in ours.answers if _stands(one) and one.paid_cents == -item.left_cents and one.payment is not None
    ]
    if len(standing) != 1:
        raise UsageError(
            f"no answer to claim {ours.claim.pcn} that stands paid {shown(from_cents(-item.left_cents))}; wait for the "
            "payer's reversal, or close the item with the proof; nothing was changed"
        )
    payment = standing[0].payment
    assert payment is not None, "only such were looked for"
    return negated(payment)._replace(status=REVERSAL, ordinal=item.ordinal)


def _stands(one: StoredAnswer) -> bool:
    return one.fate == Fate.STANDS and not one.is_reversal


def _without_answer(item: DeskItem) -> ClaimPayment:
    status = REVERSAL if item.left_cents < 0 else ANSWER
    return without_lines(item.reference, status, ordinal=item.ordinal, paid=from_cents(item.left_cents))


def _on_lines(payment: ClaimPayment, on_lines: Mapping[int, int], ours: Ours) -> ClaimPayment:
    """Name the claim's lines in an answer, where a person says which is which. Raises UsageError."""
    lines, told = list(payment.lines), ours.billed.lines
    for at, of_claim in on_lines.items():
        if not (1 <= at <= len(lines) and 1 <= of_claim <= len(told)):
            raise UsageError(
                f"line {at}={of_claim}: the answer has {len(lines)} lines, the claim {len(told)}; nothing was changed"
            )
        lines[at - 1] = lines[at - 1]._replace(control=told[of_claim - 1].control)
    return payment._replace(lines=tuple(lines))


def _said(office: Office, item: DeskItem, placed: Placed, reason: str, found_by: Step) -> Event:
    is_by_hand = found_by is Step.PERSON
    return Event(
        kind="money.placed",
        about=item.trace,
        claim=placed.claim,
        partner=item.partner,
        said=f"{shown(placed.amount)} of item {item.id}, remittance {item.remittance_id}, are placed on claim {placed.claim}"
        + ("" if is_by_hand else f": it has left now, and is known by its {found_by}"),
        artefact="person" if is_by_hand else f"remittance {item.remittance_id}",
        actor=office.actor,
        reason=reason,
    )
