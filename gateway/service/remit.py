"""One remittance posted: what is ours goes to our lines to the cent, what is not is parked, what does not add up waits.

After each remittance posted + parked = BPR02, or our own arithmetic is wrong and nothing of the file is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.claim import Claim
from gateway.denials.due import due_on
from gateway.denials.kind import is_denial
from gateway.denials.table import advise
from gateway.errors import OutOfBalance
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, claims, events
from gateway.ledger import denials as denials_kept
from gateway.ledger import remittances as money
from gateway.ledger.claims import StoredClaim, StoredLine
from gateway.ledger.denials import NewDenial
from gateway.ledger.inbound import InboundFile
from gateway.ledger.remittances import LinePosting, Parked, RemittanceState, StoredRemittance
from gateway.lifecycle import MOVES, ClaimState
from gateway.money import ZERO, cents, from_cents, shown
from gateway.remit import balance
from gateway.remit.match import match
from gateway.remit.posting import Bucket, Posting, Unplaceable
from gateway.remit.posting import post as place
from gateway.remittance import Adjustment, ClaimPayment, Remittance
from gateway.service.office import Office


@dataclass(frozen=True, slots=True)
class _Ours:
    """A claim of ours that a payment answers, with its lines as they stand."""

    claim: StoredClaim
    body: Claim
    lines: tuple[StoredLine, ...]
    balances: dict[int, dict[str, int]]

    @property
    def is_answered(self) -> bool:
        """Whether an answer stands on it that was not taken back."""
        return any(amount for buckets in self.balances.values() for amount in buckets.values())


class Remitting:
    """The remittances of one inbound file, inside its transaction."""

    def __init__(self, office: Office, tx: Transaction, file: InboundFile) -> None:
        self.office = office
        self.tx = tx
        self.file = file
        self.practice = office.practice.key
        self.at = office.clock.now()

    def apply(self, remittance: Remittance) -> bool:
        """Post a remittance, or set it aside; tells whether a person has to look."""
        why = self._unfit(remittance)
        if why:
            self._add(remittance, RemittanceState.SET_ASIDE, why)
            self._say_set_aside(remittance, why)
            return True
        stored = self._add(remittance, RemittanceState.POSTED, "")
        posted = parked = 0
        denied = False
        # A reversal goes before the correction that follows it, in whatever order the payer lists them.
        for payment in sorted(remittance.claims, key=lambda one: not one.is_reversal):
            ours = self._ours(payment)
            amounts = self._placed(payment, ours)
            if ours is None or isinstance(amounts, str):
                self._park(stored, "claim not ours" if ours is None else "does not fit", payment, str(amounts or ""))
                parked += cents(payment.paid)
                continue
            denied |= self._post(stored, remittance, payment, ours, amounts)
            posted += cents(payment.paid)
        parked += self._provider_adjustments(stored, remittance)
        assert posted + parked == cents(remittance.payment), "posted and parked money do not add up to BPR02"
        self._say_posted(stored, remittance, posted, parked)
        return denied or parked != 0

    def _unfit(self, remittance: Remittance) -> str:
        """Say why a remittance cannot be posted; empty when it can."""
        try:
            balance.check(remittance)
        except OutOfBalance as wrong:
            return str(wrong)
        before = money.posted_before(self.tx, self.practice, remittance)
        if before is not None:
            return f"it was posted before, as remittance {before.id}; nothing was posted twice"
        billing = self.office.practice.billing
        mine = {billing.npi, billing.tax_id}
        if remittance.payee_id not in mine and not any(self._ours(one) for one in remittance.claims):
            return "its payee is another provider and none of its claims is ours; ask the partner whose it is"
        return ""

    def _ours(self, payment: ClaimPayment) -> _Ours | None:
        claim = claims.by_pcn(self.tx, self.practice, payment.patient_control_number)
        carrier = claims.interchange_of(self.tx, self.practice, claim.id) if claim else None
        if claim is None or carrier is None or carrier[0] != self.file.partner:
            return None
        return _Ours(
            claim=claim,
            body=claims.body_of(self.tx, self.practice, claim.id),
            lines=claims.lines_of(self.tx, self.practice, claim.id),
            balances=money.balances(self.tx, self.practice, claim.id),
        )

    def _placed(self, payment: ClaimPayment, ours: _Ours | None) -> tuple[Posting, ...] | str:
        """Place a payment on our lines, or say why it cannot be."""
        if ours is None:
            return "we did not send this claim to this partner"
        if ours.is_answered and not payment.is_reversal:
            return f"claim {ours.claim.pcn} was answered before, and that answer was not reversed"
        placed = place(payment, match(payment, ours.body.lines), is_denial)
        if isinstance(placed, Unplaceable):
            return f"claim {ours.claim.pcn}, segment {placed.ordinal}: {placed.why}"
        if payment.is_reversal and not _takes_back(placed, ours):
            return f"claim {ours.claim.pcn}: it reverses other amounts than were posted"
        return placed

    def _post(
        self,
        stored: StoredRemittance,
        remittance: Remittance,
        payment: ClaimPayment,
        ours: _Ours,
        placed: Sequence[Posting],
    ) -> bool:
        ids = {line.control: line.id for line in ours.lines}
        amounts = tuple(
            LinePosting(
                line_id=ids[one.line],
                bucket=one.bucket,
                cents=cents(one.amount),
                group_code=one.group or "",
                carc=one.carc,
                rarcs=one.remarks,
            )
            for one in placed
        )
        payment_id = money.add_payment(self.tx, self.practice, stored, ours.claim.id, payment, amounts)
        claims.learn_payer_number(self.tx, ours.claim, payment.payer_claim_number)
        # A new answer, or the reversal of one, settles what was open before.
        denials_kept.close_of_claim(self.tx, self.practice, ours.claim.id)
        opened = 0 if payment.is_reversal else self._open_denials(payment_id, remittance, ours, placed)
        self._move(payment, ours, placed)
        return opened > 0

    def _open_denials(self, payment_id: int, remittance: Remittance, ours: _Ours, placed: Sequence[Posting]) -> int:
        lines = {line.control: line for line in ours.lines}
        payer = self.office.settings.payer(ours.claim.payer)
        opened = 0
        for one in placed:
            paid = sum((p.amount for p in placed if p.line == one.line and p.bucket is Bucket.PAID), ZERO)
            if one.group is None or not is_denial(_adjustment(one), one.remarks, paid):
                continue
            line = lines[one.line]
            advice = advise(carc=one.carc, rarcs=one.remarks, group=one.group, procedure=line.procedure, payer=payer)
            denials_kept.add(
                self.tx,
                self.practice,
                NewDenial(
                    payment_id=payment_id,
                    line_id=line.id,
                    claim_version_id=ours.claim.id,
                    group_code=one.group,
                    carc=one.carc,
                    rarcs=" ".join(one.remarks),
                    procedure=line.procedure,
                    cents=cents(one.amount),
                    category=advice.category,
                    owner=advice.owner,
                    note_section=advice.note_section,
                    cause=advice.cause,
                    missing=advice.missing,
                    fix=advice.fix + (f" ({advice.route_because})" if advice.route_because else ""),
                    route=advice.route,
                    decided_by=advice.decided_by,
                    due_on=due_on(advice, payer=payer, day_of_service=ours.claim.day, decided_on=remittance.paid_on),
                ),
                at=self.at,
            )
            opened += 1
        return opened

    def _move(self, payment: ClaimPayment, ours: _Ours, placed: Sequence[Posting]) -> None:
        after = _state_after(payment, placed)
        if after not in MOVES[ours.claim.state]:
            return  # a replaced or closed claim keeps its state; its money is on its lines all the same
        denied = after in {ClaimState.DENIED, ClaimState.PARTIAL}
        reasons = ", ".join(
            dict.fromkeys(f"{one.group} {one.carc}" for one in placed if one.bucket is Bucket.DENIED and one.group)
        )
        said = Event(
            kind=f"claim.{after}",
            about=ours.claim.pcn,
            claim=ours.claim.pcn,
            partner=self.file.partner,
            said=f"claim {ours.claim.pcn}: {shown(payment.paid)} paid of {shown(payment.charge)}"
            + (f"; denied by {reasons}" if reasons else ""),
            severity=EventSeverity.CAN_WAIT if denied else EventSeverity.ROUTINE,
            before=ours.claim.state,
            after=after,
            artefact=f"inbound {self.file.id}",
            actor=self.office.actor,
            next_command=f"gateway denials show {ours.claim.pcn}" if denied else "",
        )
        claims.move(self.tx, self.practice, ours.claim, after, event=said, at=self.at)

    def _provider_adjustments(self, stored: StoredRemittance, remittance: Remittance) -> int:
        total = 0
        for one in remittance.provider_adjustments:
            if one.amount:
                said = f"provider adjustment {one.reason}"
                parked = Parked(
                    reason="provider adjustment", reference=one.reference, cents=-cents(one.amount), said=said
                )
                self._keep_parked(stored, parked)
                total += parked.cents
        return total

    def _park(self, stored: StoredRemittance, reason: str, payment: ClaimPayment, said: str) -> None:
        reference = payment.patient_control_number
        self._keep_parked(stored, Parked(reason=reason, reference=reference, cents=cents(payment.paid), said=said))

    def _keep_parked(self, stored: StoredRemittance, parked: Parked) -> None:
        money.park(self.tx, self.practice, stored, parked)
        said = Event(
            kind="money.parked",
            about=stored.trace,
            partner=self.file.partner,
            said=f"{shown(from_cents(parked.cents))} of remittance {stored.id} is parked: {parked.reason}; {parked.said}",
            severity=EventSeverity.CAN_WAIT,
            artefact=f"inbound {self.file.id}",
            next_command=f"gateway remits show {stored.id}",
        )
        events.write(self.tx, self.practice, said, at=self.at)

    def _add(self, remittance: Remittance, state: RemittanceState, why: str) -> StoredRemittance:
        return money.add(
            self.tx,
            self.practice,
            remittance,
            inbound_id=self.file.id,
            partner=self.file.partner,
            state=state,
            why=why,
            at=self.at,
        )

    def _say_set_aside(self, remittance: Remittance, why: str) -> None:
        said = Event(
            kind="remittance.set_aside",
            about=remittance.trace,
            partner=self.file.partner,
            said=f"remittance {remittance.trace} over {shown(remittance.payment)}: {why}",
            severity=EventSeverity.WAKE,
            after=RemittanceState.SET_ASIDE,
            artefact=f"inbound {self.file.id}",
            next_command="gateway remits list --state 'set aside'",
        )
        events.write(self.tx, self.practice, said, at=self.at)

    def _say_posted(self, stored: StoredRemittance, remittance: Remittance, posted: int, parked: int) -> None:
        said = Event(
            kind="remittance.posted",
            about=remittance.trace,
            partner=self.file.partner,
            said=f"remittance {stored.id}, trace {remittance.trace}: {shown(remittance.payment)} = "
            f"{shown(from_cents(posted))} posted + {shown(from_cents(parked))} parked",
            after=RemittanceState.POSTED,
            artefact=f"inbound {self.file.id}",
            actor=self.office.actor,
        )
        events.write(self.tx, self.practice, said, at=self.at)


def _adjustment(posting: Posting) -> Adjustment:
    assert posting.group is not None
    return Adjustment(group=posting.group, carc=posting.carc, amount=posting.amount)


def _takes_back(placed: Sequence[Posting], ours: _Ours) -> bool:
    """Tell whether a reversal takes back exactly what stands on the claim, line by line and bucket by bucket."""
    ids = {line.control: line.id for line in ours.lines}
    left = {(line, bucket): amount for line, buckets in ours.balances.items() for bucket, amount in buckets.items()}
    for one in placed:
        key = (ids[one.line], str(one.bucket))
        left[key] = left.get(key, 0) + cents(one.amount)
    return not any(left.values())


def _state_after(payment: ClaimPayment, placed: Sequence[Posting]) -> ClaimState:
    if payment.is_reversal:
        return ClaimState.REVERSED
    denied = any(one.bucket is Bucket.DENIED and one.amount > 0 for one in placed)
    if not denied:
        return ClaimState.PAID
    return ClaimState.PARTIAL if payment.paid > 0 else ClaimState.DENIED
