"""One claim that a remittance answers: what stands of it now, and the difference from what is posted.

The rows of an answer that was posted before and stands no more are negated under its own remittance, and its money is parked
there; what had waited and stands now is posted there. So every remittance stays divided to the cent. What waits, and what is
too much on the claim, is an item on the desk.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from gateway.desk import ItemKind, ItemState
from gateway.event import Event, EventSeverity
from gateway.ledger.answers import Changed, NewAnswer
from gateway.ledger.desk import NewItem, Waiting
from gateway.ledger.inbound import InboundFile
from gateway.ledger.remittances import NewPayment
from gateway.lifecycle import MOVES, ClaimState
from gateway.money import ZERO, cents
from gateway.remit.claim_state import claim_state
from gateway.remit.overpayment import report_by
from gateway.remit.posting import Bucket
from gateway.remit.standing import Fate, Outcome, settle
from gateway.remittance import INTEREST, ClaimPayment, Remittance
from gateway.service.money.claim_told import Telling
from gateway.service.money.claims_answered import Ours
from gateway.service.money.laid_on_lines import (
    Laid,
    Laying,
    Sums,
    by_bucket,
    line_posting,
    summed,
    together,
    without_remarks,
)
from gateway.service.money.open_denials import denials_of
from gateway.service.money.reckoned import Excess, Reckoned
from gateway.service.office import Office

_NOTHING_TO_TAKE_BACK: Final = "it reverses other amounts than were posted"
_ANSWERED_BEFORE: Final = "it was answered before, and that answer was not reversed"
_TOO_MUCH: Final = "more was paid than was charged"
"""An overpayment of Medicare or Medicaid is reported and returned within 60 days of being identified (42 CFR 401.305)."""


def settle_claim(
    done: Reckoned,
    office: Office,
    file: InboundFile,
    remittance: Remittance,
    ours: Ours,
    new: Sequence[ClaimPayment],
) -> None:
    """Work out what stands of a claim with some new answers to it, and add what is to be written."""
    _Claim(done, office, file, remittance, ours).take(new)


class _Claim:
    def __init__(self, done: Reckoned, office: Office, file: InboundFile, remittance: Remittance, ours: Ours) -> None:
        self.done = done
        self.office = office
        self.remittance = remittance
        self.ours = ours
        self.payer = office.settings.payer(ours.claim.payer)
        self.laying = Laying(ours, self.payer)
        self.telling = Telling(done, office, file, remittance, ours)

    def take(self, new: Sequence[ClaimPayment]) -> None:
        laying = self.laying
        known = [laying.known(one) for one in self.ours.answers]
        known += [laying.new(-1 - number, payment, self.remittance) for number, payment in enumerate(new)]
        outcomes = settle([one.answer for one in known])
        before = {one.answer.id: summed(one.stored.posted if one.stored else ()) for one in known}
        after = {one.answer.id: laying.cents(outcomes[one.answer.id].posted) for one in known}
        was, becomes = ({number: without_remarks(sums) for number, sums in each.items()} for each in (before, after))
        changed = [one for one in known if was[one.answer.id] != becomes[one.answer.id]]
        # An answer and its reversal may both be posted now, and what stands is as it was.
        stood, stands = together(was.values()), together(becomes.values())
        lines = {key.line_id for key in {*stood, *stands} if stood[key] != stands[key]}
        rows = {one.answer.id: self._post(one, before[one.answer.id], after[one.answer.id]) for one in changed}
        for one in known:
            self._keep(one, outcomes[one.answer.id])
        self._see_excess(stands)
        self._settle_denials(known, outcomes, rows, lines)
        self._learn(known, outcomes)
        news = [one for one in known if self._is_news(one, outcomes[one.answer.id])]
        self.telling.is_by_a_person = bool(self.ours.taken_off)
        if changed or any(outcomes[one.answer.id].fate is Fate.STANDS for one in news):
            self._move(known, outcomes, stands)
        for one in news:
            self.telling.tell(one, outcomes[one.answer.id])
        self.telling.tell_of_overtaken(known, outcomes)

    def _is_news(self, one: Laid, outcome: Outcome) -> bool:
        """Tell whether an answer is new, or stands now where it had waited."""
        waited = one.stored is not None and one.payment is not None and one.stored.fate != Fate.STANDS
        return one.stored is None or (waited and outcome.fate is Fate.STANDS)

    def _post(self, one: Laid, before: Sums, after: Sums) -> int:
        """Post the difference, under the answer's own remittance; gives the row's place among the payments."""
        amounts = tuple(
            line_posting(key, after[key] - before[key])
            for key in dict.fromkeys((*before, *after))
            if after[key] != before[key]
        )
        stored, answer = one.stored, one.answer
        is_first, is_last = not before, not any(after.values())
        charge = answer.charge if is_first else -answer.charge if is_last else ZERO
        paid = sum(each.cents for each in amounts if each.bucket == Bucket.PAID)
        self.done.payments.append(
            NewPayment(
                claim_version_id=self.ours.claim.id,
                remittance_id=stored.remittance_id if stored else 0,
                answer_id=stored.id if stored else len(self.done.answers) - 1 - answer.id,
                status=one.payment.status if one.payment else (stored.status if stored else ""),
                is_reversal=answer.is_reversal if is_first else not answer.is_reversal,
                payer_claim_number=answer.number,
                charge_cents=cents(charge),
                paid_cents=paid,
                amounts=amounts,
            )
        )
        if stored is None:
            self.done.posted += paid
        return len(self.done.payments) - 1

    def _keep(self, one: Laid, outcome: Outcome) -> None:
        """Keep what becomes of an answer, and park what of its money waits, or take it out of what is parked."""
        waits, stored = cents(outcome.waits), one.stored
        is_parked = outcome.fate in _WAITING or waits != 0
        if stored is None:
            assert one.payment is not None
            found_by = self.ours.found_by.get(one.payment.ordinal, "")
            self.done.answers.append(NewAnswer(self.ours.claim.id, one.payment, outcome.fate, waits, found_by))
            if is_parked:
                self._put(one, waits, place=len(self.done.answers) - 1)
            return
        was_parked = stored.fate in _WAITING or stored.waits_cents != 0
        if (stored.fate, stored.waits_cents) != (outcome.fate, waits):
            self.done.changed.append(Changed(stored.id, outcome.fate, waits))
        if was_parked and not is_parked:
            self.done.told.append(Waiting(stored.id, -stored.waits_cents, "what it waited for has come"))
        elif is_parked and not was_parked:
            self._put(one, waits)
        elif waits != stored.waits_cents:
            self.done.told.append(Waiting(stored.id, waits - stored.waits_cents, self._why(one)))

    def _put(self, one: Laid, amount: int, place: int | None = None) -> None:
        """Put an answer that waits on the desk: as paid twice where nothing else is wrong with it."""
        pcn, why, payment = self.ours.claim.pcn, self._why(one), one.payment
        is_twice = why == _ANSWERED_BEFORE and amount > 0
        self.done.put(
            NewItem(
                kind=ItemKind.OVERPAID if is_twice else ItemKind.MISFIT,
                reference=one.answer.number or (payment.patient_control_number if payment else pcn),
                claim=pcn,
                cents=amount,
                why=f"claim {pcn}: {why}",
                ordinal=one.answer.order.ordinal,
                answer=place,
                answer_id=one.stored.id if one.stored else None,
                due_on=self._report_by() if is_twice else None,
                remittance_id=one.stored.remittance_id if one.stored else 0,
            )
        )

    def _see_excess(self, stands: Sums) -> None:
        """Put on the desk what the claim was paid above its charge, less what has been seen to."""
        paid = sum(its_cents for key, its_cents in stands.items() if key.bucket == Bucket.PAID)
        # Interest is the practice's own, though it stands on the claim (a negative amount that adds to what is paid).
        interest = -sum(its_cents for key, its_cents in stands.items() if key.carc == INTEREST)
        excess = paid - interest - sum(line.charge_cents for line in self.ours.lines)
        pcn = self.ours.claim.pcn
        # One that names a later version is of what was paid on both (`paid_twice`).
        known = [
            one
            for one in self.ours.items
            if one.kind is ItemKind.OVERPAID and one.answer_id is None and one.reference == pcn
        ]
        if excess <= 0:
            # It is all taken back: what a person did about it then says nothing of what may be too much later.
            self.done.told += [Excess(one) for one in known if one.state in {*_DECIDED, ItemState.OPEN}]
            return
        excess -= sum(one.cents for one in known if one.state in _SEEN_TO)
        is_open = next((one for one in known if one.state is ItemState.OPEN), None)
        if is_open is not None and is_open.cents == excess:
            return
        if is_open is not None:
            self.done.told.append(Excess(is_open))
        if excess > 0:
            self.done.put(
                NewItem(
                    kind=ItemKind.OVERPAID,
                    reference=pcn,
                    claim=pcn,
                    cents=excess,
                    why=f"claim {pcn}: {_TOO_MUCH}",
                    is_parked=False,
                    # What was known to be too much keeps its day, though its amount is another one now.
                    due_on=is_open.due_on if is_open else self._report_by(),
                    investigated_on=is_open.investigated_on if is_open else None,
                    suspended_days=is_open.suspended_days if is_open else 0,
                )
            )

    def _report_by(self) -> date | None:
        """Give by when an overpayment is to be returned, where the law says so."""
        return report_by(self.payer.program, self.office.clock.today())

    def _why(self, one: Laid) -> str:
        if one.answer.id in self.ours.taken_off:
            return "a person took it off the claim"
        if one.misfit:
            return one.misfit
        if one.answer.is_reversal:
            return _NOTHING_TO_TAKE_BACK
        if one.answer.is_later:
            return "a later payer answers another amount than the earlier one left"
        return _ANSWERED_BEFORE

    def _settle_denials(
        self,
        known: Sequence[Laid],
        outcomes: Mapping[int, Outcome],
        rows: Mapping[int, int],
        lines: set[int],
    ) -> None:
        """Settle what was open on lines whose answer is another one now, and open what that denies."""
        self.done.settled += lines
        # A claim that a later one stands for opens no denial: there is nothing to correct on it any more.
        if not lines or self.ours.state in _ENDED:
            return
        for one in known:
            outcome = outcomes[one.answer.id]
            if outcome.stands:
                sums = self.laying.cents(outcome.stands)
                amounts = [line_posting(key, its_cents) for key, its_cents in sums.items() if key.line_id in lines]
                # One that was posted already, and taken back by what takes another one back now, has its row.
                before = one.stored.payment_id if one.stored else 0
                number = rows.get(one.answer.id, -before)
                self.done.denials += denials_of(number, amounts, self.ours, self.payer, self.remittance)
        self.done.looks |= bool(self.done.denials)

    def _learn(self, known: Sequence[Laid], outcomes: Mapping[int, Outcome]) -> None:
        """Keep the payer's own number of the claim: that of the newest answer that was posted.

        A second payer's, or another payer's, is not the one that a replacement has to name to the first.
        """
        posted = [
            one
            for one in known
            if outcomes[one.answer.id].posted and not one.answer.is_reversal and self.ours.is_by_its_payer(one.payer_id)
        ]
        first = [one for one in posted if not one.answer.is_later] or posted
        standing = [one for one in first if outcomes[one.answer.id].fate is Fate.STANDS] or first
        if standing:
            self.ours.learn(max(standing, key=lambda one: one.answer.order).answer.number)

    def _move(self, known: Sequence[Laid], outcomes: Mapping[int, Outcome], stands: Sums) -> None:
        """Move the claim by what stands now."""
        left = by_bucket(stands)
        ours, charged = self.ours, {line.id for line in self.ours.lines if line.charge_cents}
        after = claim_state(left, charged)
        ours.is_posted_to = True
        said = self.telling.answered(known, outcomes, left, after)
        if after in MOVES[ours.state] or after is ours.state:
            ours.state = after
            self.done.told.append(said)
            self.done.looks |= said.severity is not EventSeverity.ROUTINE
            return
        # A replaced or closed claim keeps its state. Its money is on its lines all the same, and nobody expects it.
        if after is not ClaimState.REVERSED:
            unexpected = Event(
                kind="answer.unexpected",
                about=said.about,
                claim=said.claim,
                partner=said.partner,
                said=f"{said.said}; the claim is {ours.state}",
                severity=EventSeverity.WAKE,
                artefact=said.artefact,
                actor=said.actor,
                next_command=f"gateway claims show {ours.claim.pcn}",
            )
            self.done.told.append(unexpected)
            self.done.looks = True


_DECIDED: Final = frozenset({ItemState.RETURNED, ItemState.CLOSED})
_SEEN_TO: Final = frozenset({*_DECIDED, ItemState.SET_OFF})
_WAITING: Final = (Fate.WAITS, Fate.ENDED)
_ENDED: Final = (ClaimState.REPLACED, ClaimState.CLOSED)
