"""One remittance posted: what is ours goes to our lines to the cent, what is not is parked, what does not add up waits.

After each remittance posted + parked = BPR02, or our own arithmetic is wrong and nothing of the file is kept.
"""

from collections import Counter
from dataclasses import dataclass, replace

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
from gateway.money import cents, from_cents, shown
from gateway.remit import balance
from gateway.remit.match import match
from gateway.remit.posting import Bucket, Posting, Unplaceable
from gateway.remit.posting import post as place
from gateway.remittance import Adjustment, ClaimPayment, GroupCode, Remittance
from gateway.service.claims.answered import sent_claim
from gateway.service.office import Office


@dataclass(frozen=True, slots=True)
class _Ours:
    """A claim of ours that a payment answers, with its lines as they stand."""

    claim: StoredClaim
    body: Claim
    lines: tuple[StoredLine, ...]
    standing: tuple[LinePosting, ...]
    """What stands on its lines: every posting, those that took an earlier one back among them, added up."""

    @property
    def answered(self) -> frozenset[int]:
        """The lines on which an answer stands that was not taken back."""
        return frozenset(one.line_id for one in self.standing if one.cents)


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
            self._keep(remittance, RemittanceState.SET_ASIDE, why)
            self._say_set_aside(remittance, why)
            return True
        stored = self._keep(remittance, RemittanceState.POSTED, "")
        posted = parked = 0
        looks = bool(remittance.provider_adjustments)
        # A reversal goes before the correction that follows it, in whatever order the payer lists them.
        for payment in sorted(remittance.claims, key=lambda one: not one.is_reversal):
            ours = self._ours(payment)
            amounts = self._placed(payment, ours)
            if ours is None or isinstance(amounts, str):
                if ours is not None:
                    claims.learn_payer_number(self.tx, ours.claim, payment.payer_claim_number)
                self._park(stored, "claim not ours" if ours is None else money.DOES_NOT_FIT, payment, str(amounts))
                parked += cents(payment.paid)
                looks = True
                continue
            looks |= self._post(stored, remittance, payment, ours, amounts)
            posted += cents(payment.paid)
        parked += self._provider_adjustments(stored, remittance)
        if posted + parked != cents(remittance.payment):
            raise ArithmeticError("posted and parked money do not add up to BPR02")
        self._say_posted(stored, remittance, posted, parked)
        return looks

    def was_set_aside(self, remittance: Remittance) -> bool:
        """Tell whether this remittance is of a file that was read before, and was set aside then."""
        return money.set_aside_before(self.tx, self.practice, remittance, inbound_id=self.file.id) is not None

    def _unfit(self, remittance: Remittance) -> str:
        """Say why a remittance cannot be posted; empty when it can."""
        try:
            balance.check(remittance)
        except OutOfBalance as wrong:
            return str(wrong)
        before = money.posted_before(self.tx, self.practice, remittance)
        if before is not None:
            return f"it was posted before, as remittance {before.id}; nothing was posted twice"
        partner = self.office.settings.partners.get(self.file.partner)
        if not self._pays_us(remittance):
            return (
                "this remittance is for another payee; ask the partner whose it is. If the payee is you, add its NPI or "
                f"tax id to payees in partners/{self.file.partner}.toml, then: gateway inbox reprocess {self.file.id}"
            )
        if partner and partner.payers and remittance.payer_id not in partner.payers:
            return (
                f"its payer is none of those that may pay through {self.file.partner}; ask the partner. If it may, add "
                f"its id to payers in partners/{self.file.partner}.toml, then: gateway inbox reprocess {self.file.id}"
            )
        return ""

    def _pays_us(self, remittance: Remittance) -> bool:
        """Whether its payee is the practice, one that the partner's profile names, or who billed one of its claims."""
        payee, partner = remittance.payee_id.replace("-", ""), self.office.settings.partners.get(self.file.partner)
        billing = self.office.practice.billing
        if payee in {billing.npi, billing.tax_id, *(partner.payees if partner else ())}:
            return True
        ours = (self._ours(payment) for payment in remittance.claims)
        return any(payee in {one.body.billing.npi, one.body.billing.tax_id} for one in ours if one is not None)

    def _ours(self, payment: ClaimPayment) -> _Ours | None:
        pcn = payment.patient_control_number
        claim = sent_claim(self.tx, self.practice, pcn, partner=self.file.partner)
        if claim is None:
            return None
        return _Ours(
            claim=claim,
            body=claims.body_of(self.tx, self.practice, claim.id),
            lines=claims.lines_of(self.tx, self.practice, claim.id),
            standing=money.standing(self.tx, self.practice, claim.id),
        )

    def _placed(self, payment: ClaimPayment, ours: _Ours | None) -> tuple[LinePosting, ...] | str:
        """Place a payment on our lines, or say why it cannot be."""
        if ours is None:
            return "we did not send this claim to this partner"
        placed = place(payment, match(payment, ours.body.lines), is_denial)
        if isinstance(placed, Unplaceable):
            return f"claim {ours.claim.pcn}, segment {placed.ordinal}: {placed.why}"
        ids = {line.control: line.id for line in ours.lines}
        amounts = tuple(_posting(one, ids) for one in placed)
        if payment.is_reversal:
            return _taken_back(amounts, ours.standing) or (
                f"claim {ours.claim.pcn}: it reverses other amounts than were posted"
            )
        if any(one.line_id in ours.answered for one in amounts):
            return f"claim {ours.claim.pcn} was answered before, and that answer was not reversed"
        return amounts

    def _post(
        self,
        stored: StoredRemittance,
        remittance: Remittance,
        payment: ClaimPayment,
        ours: _Ours,
        amounts: tuple[LinePosting, ...],
    ) -> bool:
        payment_id = money.add_payment(self.tx, self.practice, stored, ours.claim.id, payment, amounts)
        claims.learn_payer_number(self.tx, ours.claim, payment.payer_claim_number)
        # A new answer, or the reversal of one, settles what was open on the lines that it speaks of.
        denials_kept.close_of_lines(self.tx, self.practice, (one.line_id for one in amounts))
        after = _state_after(payment, ours, amounts)
        # A claim that a later one stands for opens no denial: there is nothing to correct on it any more.
        stands = after in MOVES[ours.claim.state]
        opened = 0
        if stands and not payment.is_reversal:
            opened = self._open_denials(payment_id, remittance, ours, amounts)
        return self._move(payment, ours, after, amounts) or opened > 0

    def _open_denials(
        self, payment_id: int, remittance: Remittance, ours: _Ours, amounts: tuple[LinePosting, ...]
    ) -> int:
        lines = {line.id: line for line in ours.lines}
        opened = 0
        for one in amounts:
            paid = from_cents(sum(p.cents for p in amounts if p.line_id == one.line_id and p.bucket == Bucket.PAID))
            if one.bucket == Bucket.DENIED or (one.group_code and is_denial(_adjustment(one), one.rarcs, paid)):
                self._open(payment_id, remittance, ours, lines[one.line_id], one)
                opened += 1
        return opened

    def _open(
        self, payment_id: int, remittance: Remittance, ours: _Ours, line: StoredLine, amount: LinePosting
    ) -> None:
        payer = self.office.settings.payer(ours.claim.payer)
        advice = advise(
            carc=amount.carc,
            rarcs=amount.rarcs,
            group=GroupCode(amount.group_code),
            procedure=line.procedure,
            payer=payer,
        )
        new = NewDenial(
            payment_id=payment_id,
            line_id=line.id,
            claim_version_id=ours.claim.id,
            group_code=amount.group_code,
            carc=amount.carc,
            rarcs=" ".join(amount.rarcs),
            procedure=line.procedure,
            cents=amount.cents,
            category=advice.category,
            owner=advice.owner,
            note_section=advice.note_section,
            cause=advice.cause,
            missing=advice.missing,
            fix=advice.fix + (f" ({advice.route_because})" if advice.route_because else ""),
            route=advice.route,
            decided_by=advice.decided_by,
            due_on=due_on(advice, payer=payer, day_of_service=ours.claim.day, decided_on=remittance.paid_on),
        )
        denials_kept.add(self.tx, self.practice, new, at=self.at)

    def _move(self, payment: ClaimPayment, ours: _Ours, after: ClaimState, amounts: tuple[LinePosting, ...]) -> bool:
        """Move the claim by what it says now; tells whether a person has to look."""
        said = self._answered(payment, ours, after, amounts)
        if after not in MOVES[ours.claim.state]:
            # A replaced or closed claim keeps its state. Its money is on its lines all the same, and nobody expects it.
            unexpected = replace(
                said,
                kind="answer.unexpected",
                said=f"{said.said}; the claim is {ours.claim.state}",
                severity=EventSeverity.WAKE,
                after="",
                before="",
                next_command=f"gateway claims show {ours.claim.pcn}",
            )
            if not payment.is_reversal:
                events.write(self.tx, self.practice, unexpected, at=self.at)
            return not payment.is_reversal
        claims.move(self.tx, self.practice, ours.claim, after, event=said, at=self.at)
        return said.severity is not EventSeverity.ROUTINE

    def _answered(
        self, payment: ClaimPayment, ours: _Ours, after: ClaimState, amounts: tuple[LinePosting, ...]
    ) -> Event:
        reasons = ", ".join(
            dict.fromkeys(f"{one.group_code} {one.carc}" for one in amounts if one.bucket == Bucket.DENIED)
        )
        silent = 0 if payment.is_reversal else len(ours.lines) - len(ours.answered | {a.line_id for a in amounts})
        return Event(
            kind=f"claim.{after}",
            about=ours.claim.pcn,
            claim=ours.claim.pcn,
            partner=self.file.partner,
            said=f"claim {ours.claim.pcn}: {shown(payment.paid)} paid of {shown(payment.charge)}"
            + (f"; denied by {reasons}" if reasons and not payment.is_reversal else "")
            + (f"; {silent} of its lines are not answered yet" if silent else ""),
            severity=EventSeverity.CAN_WAIT if reasons or silent else EventSeverity.ROUTINE,
            before=ours.claim.state,
            after=after,
            artefact=f"inbound {self.file.id}",
            actor=self.office.actor,
            next_command=f"gateway {'denials' if reasons else 'claims'} show {ours.claim.pcn}"
            if reasons or silent
            else "",
        )

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

    def _keep(self, remittance: Remittance, state: RemittanceState, why: str) -> StoredRemittance:
        before = money.set_aside_before(self.tx, self.practice, remittance, inbound_id=self.file.id)
        if before is not None:
            return money.take_up(self.tx, self.practice, before, state, why)
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


def _posting(one: Posting, ids: dict[str, int]) -> LinePosting:
    return LinePosting(
        line_id=ids[one.line],
        bucket=one.bucket,
        cents=cents(one.amount),
        group_code=one.group or "",
        carc=one.carc,
        rarcs=one.remarks,
    )


def _adjustment(posting: LinePosting) -> Adjustment:
    return Adjustment(group=GroupCode(posting.group_code), carc=posting.carc, amount=from_cents(posting.cents))


def _taken_back(amounts: tuple[LinePosting, ...], standing: tuple[LinePosting, ...]) -> tuple[LinePosting, ...]:
    """Give the exact negatives of what stands, if a reversal takes back just that; nothing otherwise.

    They are compared by line, group and reason. Which bucket an amount was put in depended on its remarks, and payers
    leave those out of a reversal: so it is taken out of the bucket that it was put in.
    """
    spoken_of = {one.line_id for one in amounts}
    standing = tuple(one for one in standing if one.line_id in spoken_of)
    left: Counter[tuple[int, str, str]] = Counter()
    for one in (*amounts, *standing):
        left[one.line_id, one.group_code, one.carc] += one.cents
    if any(left.values()):
        return ()
    return tuple(replace(one, cents=-one.cents) for one in standing if one.cents)


def _state_after(payment: ClaimPayment, ours: _Ours, amounts: tuple[LinePosting, ...]) -> ClaimState:
    sums: Counter[tuple[int, str]] = Counter()
    for one in (*ours.standing, *amounts):
        sums[one.line_id, one.bucket] += one.cents
    if payment.is_reversal and not any(sums.values()):
        return ClaimState.REVERSED
    denied = any(cents_left > 0 for (_, bucket), cents_left in sums.items() if bucket == Bucket.DENIED)
    paid = any(cents_left > 0 for (_, bucket), cents_left in sums.items() if bucket == Bucket.PAID)
    whole = {line for (line, _), cents_left in sums.items() if cents_left} >= {
        line.id for line in ours.lines if line.charge_cents
    }
    if not whole or (denied and paid):
        return ClaimState.PARTIAL
    return ClaimState.DENIED if denied else ClaimState.PAID
