"""A later version of a claim was paid while the payer's money still stands on an earlier one: that much is too much.

A correction asks the payer to take back what it paid before. Until its reversal comes, in this remittance or a later one, the
earlier payment is an overpayment: on the desk, with its day where the law sets one.
"""

from collections.abc import Iterable, Sequence

from gateway.desk import ItemKind, ItemState
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, claims, desk, events, standing_amounts
from gateway.ledger.claims import StoredClaim
from gateway.ledger.desk import DeskItem, NewItem
from gateway.ledger.remittances import StoredRemittance
from gateway.ledger.standing_amounts import StandingAmount
from gateway.lifecycle import ClaimState
from gateway.money import from_cents, shown
from gateway.remit.overpayment import report_by
from gateway.remit.posting import Bucket
from gateway.remittance import INTEREST
from gateway.service.money.claims_answered import Ours
from gateway.service.office import Office

_DECIDED = (ItemState.RETURNED, ItemState.CLOSED, ItemState.SET_OFF)


def see_to_versions(tx: Transaction, office: Office, stored: StoredRemittance, ours: Iterable[Ours]) -> bool:
    """See to what is paid on two versions of the claims that were just answered; tells whether an item is new on the desk."""
    answered = (one.claim for one in ours)
    visits = {one.visit_id for one in answered if one.version > 1 or one.state is ClaimState.REPLACED}
    known = claims.of_visits(tx, office.practice.key, visits) if visits else {}
    seen = [_Versions(tx, office, stored, versions).see_to_all() for versions in known.values()]
    return any(seen)


class _Versions:
    """The versions of one claim, oldest first, what is paid on each, and what the desk knows of it."""

    def __init__(
        self, tx: Transaction, office: Office, stored: StoredRemittance, versions: tuple[StoredClaim, ...]
    ) -> None:
        self.tx, self.office, self.stored = tx, office, stored
        self.practice = office.practice.key
        self.versions = versions
        amounts = standing_amounts.of_versions(tx, self.practice, [one.id for one in versions])
        self.paid = {one.id: _paid(amounts.get(one.id, ())) for one in versions}
        self.items = desk.of_claims(tx, self.practice, [one.pcn for one in versions], states=tuple(ItemState))

    def see_to_all(self) -> bool:
        """See to each version that is paid beside a later one; tells whether an item is new."""
        seen = [self._see_to(one) for one in self.versions]
        return any(seen)

    def _see_to(self, claim: StoredClaim) -> bool:
        # What is paid above the charge of this version is another matter: that item names no other version.
        known = [one for one in self.items if _is_paid_twice(one, claim)]
        paid, later = self.paid[claim.id], self._paid_later(claim)
        if later is None or paid <= 0:
            for one in known:
                if one.state in (ItemState.OPEN, *_DECIDED):
                    self._end(one)
            return False
        wanted = paid - sum(one.cents for one in known if one.state in _DECIDED)
        is_open = [one for one in known if one.state is ItemState.OPEN]
        if [one.cents for one in is_open] == [wanted]:
            return False
        for one in is_open:
            self._end(one)
        if wanted <= 0:
            return False
        self._put(claim, later, wanted, is_open)
        return True

    def _paid_later(self, claim: StoredClaim) -> StoredClaim | None:
        """Give the version after it that the same payer has paid too."""
        later = (one for one in self.versions if one.version > claim.version and one.payer == claim.payer)
        return next((one for one in later if not one.is_void and self.paid[one.id] > 0), None)

    def _put(self, claim: StoredClaim, later: StoredClaim, its_cents: int, before: Sequence[DeskItem]) -> None:
        # What was known to be too much keeps its day, and what was suspended of it, though its amount is another one now.
        known = min((one for one in before if one.due_on is not None), key=lambda one: one.at, default=None)
        today = self.office.clock.today()
        why = f"claim {claim.pcn}: paid, and the later version {later.pcn} was paid too; the payer has not taken the first back"
        item = NewItem(
            kind=ItemKind.OVERPAID,
            reference=later.pcn,
            claim=claim.pcn,
            cents=its_cents,
            why=why,
            is_parked=False,
            due_on=known.due_on if known else report_by(self.office.settings.payer(claim.payer).program, today),
            investigated_on=known.investigated_on if known else None,
            suspended_days=known.suspended_days if known else 0,
        )
        (number,) = desk.add_all(
            self.tx, self.practice, self.stored.id, self.stored.payer_id, [item], (), at=self.office.clock.now()
        )
        said = f"{shown(from_cents(its_cents))} is too much, item {number}: {item.kind}; {why}"
        self._say(claim.pcn, "money.overpaid", said, f"gateway money show {number}")

    def _end(self, item: DeskItem) -> None:
        """End an item whose money is not too much any more; what a person did about it says nothing of what may be later."""
        desk.settle(self.tx, self.practice, item, item.left_cents, ItemState.TAKEN_UP)
        if item.state is ItemState.OPEN:
            amount = shown(from_cents(item.left_cents))
            self._say(item.claim, "money.placed", f"{amount} of item {item.id} is not too much any more", "")

    def _say(self, pcn: str, kind: str, said: str, next_command: str) -> None:
        event = Event(
            kind=kind,
            about=self.stored.trace,
            claim=pcn,
            partner=self.stored.partner,
            said=said,
            severity=EventSeverity.CAN_WAIT if next_command else EventSeverity.ROUTINE,
            artefact=f"inbound {self.stored.inbound_id}",
            actor=self.office.actor,
            next_command=next_command,
        )
        events.write(self.tx, self.practice, event, at=self.office.clock.now())


def _is_paid_twice(item: DeskItem, claim: StoredClaim) -> bool:
    return (
        item.kind is ItemKind.OVERPAID
        and item.answer_id is None
        and item.claim == claim.pcn
        and item.reference != claim.pcn
    )


def _paid(amounts: Sequence[StandingAmount]) -> int:
    """Cents that the payer has paid, less its interest, which is the practice's own (a negative amount beside it)."""
    interest = -sum(one.cents for one in amounts if one.carc == INTEREST)
    return sum(one.cents for one in amounts if one.bucket == Bucket.PAID) - interest
