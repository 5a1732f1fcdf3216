"""What a claim's timeline says of its answers: how the claim stands, and what of an answer its money does not say."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from gateway.event import Event, EventSeverity
from gateway.ledger.inbound import InboundFile
from gateway.lifecycle import ClaimState
from gateway.money import ZERO, from_cents, shown
from gateway.remit.doubts import doubts
from gateway.remit.posting import Bucket
from gateway.remit.standing import Fate, Outcome
from gateway.remittance import GroupCode, Remittance
from gateway.service.money.claims_answered import Ours
from gateway.service.money.laid_on_lines import ByBucket, Laid
from gateway.service.money.reckoned import Reckoned, said_of_claim
from gateway.service.office import Office


class Telling:
    """The events about one claim that a remittance answers."""

    def __init__(self, done: Reckoned, office: Office, file: InboundFile, remittance: Remittance, ours: Ours) -> None:
        self.done = done
        self.office = office
        self.file = file
        self.remittance = remittance
        self.ours = ours
        self.is_by_a_person = False

    def answered(
        self, known: Sequence[Laid], outcomes: Mapping[int, Outcome], stands: ByBucket, after: ClaimState
    ) -> Event:
        """Say how the claim stands now: what stands of its lines, and where that leaves it."""
        ours = self.ours
        parts = (part for one in known for part in outcomes[one.answer.id].stands)
        reasons = dict.fromkeys(f"{part.group} {part.carc}" for part in parts if part.bucket is Bucket.DENIED)
        paid = from_cents(sum(left for (_, bucket), left in stands.items() if bucket == Bucket.PAID))
        answered = {line for (line, _), left in stands.items() if left}
        charge = from_cents(sum(line.charge_cents for line in ours.lines))
        # Of a line that costs nothing nothing is said.
        unanswered = [line for line in ours.lines if line.charge_cents and line.id not in answered]
        silent = 0 if after is ClaimState.REVERSED else len(unanswered)
        # What was taken back with nothing behind it is work at once.
        is_work = bool(reasons or silent or after is ClaimState.REVERSED)
        return Event(
            kind=f"claim.{after}",
            about=ours.claim.pcn,
            claim=ours.claim.pcn,
            partner=self.file.partner,
            said=f"claim {ours.claim.pcn}: {shown(paid)} paid of {shown(charge)}"
            + (f"; denied by {', '.join(reasons)}" if reasons else "")
            + (f"; {self._taken_back()}, and no other answer stands" if after is ClaimState.REVERSED else "")
            + (f"; {silent} of its lines are not answered yet" if silent else ""),
            severity=EventSeverity.CAN_WAIT if is_work else EventSeverity.ROUTINE,
            before=ours.state,
            after=after,
            artefact=f"inbound {self.file.id}",
            actor=self.office.actor,
            next_command=f"gateway {'denials' if reasons else 'claims'} show {ours.claim.pcn}" if is_work else "",
        )

    def _taken_back(self) -> str:
        return "taken off by a person" if self.is_by_a_person else "taken back by the payer"

    def tell(self, one: Laid, outcome: Outcome) -> None:
        """Say of a new answer what its money does not say."""
        payment, match = one.payment, one.match
        assert payment is not None, "one that was posted before answers were kept is no news"
        assert match is not None, "it was laid on the lines"
        if outcome.fate is Fate.REPEATED:
            where = f"in remittance {self.remittance.trace}"
            self._say("answer.repeated", f"the same denial came again, {where}; it does not count")
        if outcome.fate is not Fate.STANDS:
            return
        for doubt in doubts(payment, match):
            self._say("answer.differs", f"{doubt}; it is posted as the payer says", looks=True)
        if not (self.ours.is_by_its_payer(one.payer_id) or payment.is_later or payment.is_reversal):
            self._tell_of_another_payer(one.payer_id)
        if payment.is_later:
            self._tell_of_later(self.remittance.payer_name if one.stored is None else "a later payer", outcome)
        spared = _left_in(outcome, Bucket.CONTRACTUAL)
        if spared > 0:
            said = f"{shown(spared)} of the patient's share may not be asked of the patient"
            self._say("claim.not_the_patients", said, looks=True)
        left, others = _left_in(outcome, Bucket.OTHER_PAYER), self.ours.billed.other_payers
        if payment.is_crossed_over:
            to = payment.next_payer or "the next payer, whom it does not name"
            said = f"sent on by the payer to {to}; what it leaves waits for that one"
            unknown = "" if others else "; the visit names no second coverage"
            self._say("claim.crossed_over", said + unknown, looks=not others)
        elif left > 0:
            self._say(
                "claim.other_payer", f"{shown(left)} are left to {', '.join(others)}: bill it by hand", looks=True
            )

    def _tell_of_another_payer(self, payer_id: str) -> None:
        """Say that it was not the claim's payer who answered, as far as we know."""
        payer = self.ours.claim.payer
        said = (
            f"billed to {payer}, answered by {payer_id}; it is posted. If that is the same payer: gateway money alias {payer} "
            f"{payer_id} --by NAME --reason TEXT; else ask who owes it"
        )
        self._say("answer.differs", said, looks=True)

    def _tell_of_later(self, payer: str, outcome: Outcome) -> None:
        """Say that a payer answers which we did not bill."""
        is_laid_over = any(each.bucket is Bucket.OTHER_PAYER and each.amount < 0 for each in outcome.stands)
        if is_laid_over:
            said = f"{payer} answers what the first payer left; see whether it is the patient's second payer"
        else:
            said = f"{payer} says that it comes second; ask who should have paid before"
        self._say("answer.later", said, looks=True)

    def tell_of_overtaken(self, known: Sequence[Laid], outcomes: Mapping[int, Outcome]) -> None:
        """Say, once, that what was denied is paid without the denial having been taken back: before anybody corrects it."""
        stands = [part for one in known for part in outcomes[one.answer.id].stands]
        paid = {part.line for part in stands if part.bucket is Bucket.PAID}
        if any(not paid.isdisjoint(_newly_overtaken(one, outcomes[one.answer.id])) for one in known):
            said = "it was denied, and is paid without that answer having been taken back; the payment stands, correct nothing"
            self._say("answer.changed", said, looks=True)

    def _say(self, kind: str, said: str, *, looks: bool = False) -> None:
        self.done.told.append(said_of_claim(self.office, self.file, self.ours, kind, said, looks=looks))
        self.done.looks |= looks


def _newly_overtaken(one: Laid, outcome: Outcome) -> frozenset[str]:
    """Give the lines that an answer has paid nothing for and that another one stands for now: of a known one, since now."""
    if one.stored is None:
        return outcome.overtaken
    if outcome.fate is Fate.OVERTAKEN:
        return frozenset() if one.stored.fate == Fate.OVERTAKEN else outcome.overtaken
    return outcome.overtaken & one.answer.kept  # others of its lines stand


def _left_in(outcome: Outcome, bucket: Bucket) -> Decimal:
    """Add up what of the patient's share an answer puts into a bucket."""
    parts = (one.amount for one in outcome.stands if one.group is GroupCode.PATIENT and one.bucket is bucket)
    return sum(parts, start=ZERO)
