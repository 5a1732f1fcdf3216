"""What a remittance comes to: which amount goes to which line of ours, what is parked, how each claim stands afterwards.

Nothing is read or written here. Payments are taken one after the other, each on what those before it have left.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gateway.denials.due import due_on
from gateway.denials.kind import is_denial
from gateway.denials.table import advise
from gateway.event import Event, EventSeverity
from gateway.ledger import remittances as money
from gateway.ledger.claims import StoredLine
from gateway.ledger.denials import NewDenial
from gateway.ledger.inbound import InboundFile
from gateway.ledger.remittances import LinePosting, NewPayment, Parked, StandingKey
from gateway.lifecycle import MOVES, ClaimState
from gateway.money import cents, from_cents, shown
from gateway.remit.match import match
from gateway.remit.posting import Bucket, Posting, Unplaceable
from gateway.remit.posting import post as place
from gateway.remittance import Adjustment, ClaimPayment, GroupCode, Remittance
from gateway.service.money.claims_answered import Ours
from gateway.service.office import Office


@dataclass(slots=True)
class Opened:
    """A denial that a payment opens. `payment` is its place among the payments; `new` does not know its id yet."""

    payment: int
    new: NewDenial
    payer: str
    stands: bool = True


@dataclass(slots=True)
class Reckoned:
    """What is to be written of one remittance, in its order.

    settled  lines of which an earlier denial is settled: they are reversed, or answered anew
    told     events, and parked money, which is told of in its turn
    posted, parked  cents that went to our lines, and that did not
    looks    whether a person has to look
    """

    payments: list[NewPayment] = field(default_factory=list)
    denials: list[Opened] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    told: list[Event | Parked] = field(default_factory=list)
    posted: int = 0
    parked: int = 0
    looks: bool = False


def reckon(office: Office, file: InboundFile, remittance: Remittance, ours: dict[str, Ours]) -> Reckoned:
    """Work out a remittance on the claims that it answers, which are changed. Raises ArithmeticError if it does not come out."""
    reckoning = _Reckoning(office, file, remittance)
    # A reversal goes before the correction that follows it, in whatever order the payer lists them.
    for payment in sorted(remittance.claims, key=lambda one: not one.is_reversal):
        reckoning.take(payment, ours.get(payment.patient_control_number))
    reckoning.take_provider_adjustments()
    done = reckoning.done
    if done.posted + done.parked != cents(remittance.payment):
        raise ArithmeticError("posted and parked money do not add up to BPR02")
    return done


class _Reckoning:
    """One remittance being worked out."""

    def __init__(self, office: Office, file: InboundFile, remittance: Remittance) -> None:
        self.office = office
        self.file = file
        self.remittance = remittance
        self.done = Reckoned(looks=bool(remittance.provider_adjustments))
        self.open_on: dict[int, list[Opened]] = {}

    def take(self, payment: ClaimPayment, ours: Ours | None) -> None:
        """Post a payment to our lines, or park it."""
        amounts = _placed(payment, ours)
        if ours is None or isinstance(amounts, str):
            if ours is not None:
                ours.learn(payment.payer_claim_number)
            reason = "claim not ours" if ours is None else money.DOES_NOT_FIT
            reference, said = payment.patient_control_number, str(amounts)
            self._park(Parked(reason=reason, reference=reference, cents=cents(payment.paid), said=said))
            self.done.looks = True
            return
        self._post(payment, ours, amounts)
        self.done.posted += cents(payment.paid)

    def take_provider_adjustments(self) -> None:
        """Park what is taken from the practice as a whole, or given to it (PLB)."""
        for one in self.remittance.provider_adjustments:
            if one.amount:
                reason, said = "provider adjustment", f"provider adjustment {one.reason}"
                self._park(Parked(reason=reason, reference=one.reference, cents=-cents(one.amount), said=said))

    def _park(self, parked: Parked) -> None:
        self.done.told.append(parked)
        self.done.parked += parked.cents

    def _post(self, payment: ClaimPayment, ours: Ours, amounts: tuple[LinePosting, ...]) -> None:
        number = len(self.done.payments)
        self.done.payments.append(NewPayment(ours.claim.id, payment, amounts))
        ours.learn(payment.payer_claim_number)
        # A new answer, or the reversal of one, settles what was open on the lines that it speaks of.
        self._settle({one.line_id for one in amounts})
        after = _state_after(payment, ours, amounts)
        # A claim that a later one stands for opens no denial: there is nothing to correct on it any more.
        if after in MOVES[ours.state] and not payment.is_reversal:
            self._open_denials(number, ours, amounts)
        self._move(payment, ours, after, amounts)
        ours.stand(amounts)

    def _settle(self, lines: set[int]) -> None:
        self.done.settled += lines
        for line_id in lines:
            for one in self.open_on.pop(line_id, ()):
                one.stands = False

    def _open_denials(self, number: int, ours: Ours, amounts: tuple[LinePosting, ...]) -> None:
        lines = {line.id: line for line in ours.lines}
        for one in amounts:
            paid = from_cents(sum(p.cents for p in amounts if p.line_id == one.line_id and p.bucket == Bucket.PAID))
            if one.bucket == Bucket.DENIED or (one.group_code and is_denial(_adjustment(one), one.rarcs, paid)):
                self._open(number, ours, lines[one.line_id], one)
                self.done.looks = True

    def _open(self, number: int, ours: Ours, line: StoredLine, amount: LinePosting) -> None:
        payer = self.office.settings.payer(ours.claim.payer)
        advice = advise(
            carc=amount.carc,
            rarcs=amount.rarcs,
            group=GroupCode(amount.group_code),
            procedure=line.procedure,
            payer=payer,
        )
        new = NewDenial(
            payment_id=0,
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
            due_on=due_on(advice, payer=payer, day_of_service=ours.claim.day, decided_on=self.remittance.paid_on),
        )
        opened = Opened(number, new, ours.claim.payer)
        self.done.denials.append(opened)
        self.open_on.setdefault(line.id, []).append(opened)

    def _move(self, payment: ClaimPayment, ours: Ours, after: ClaimState, amounts: tuple[LinePosting, ...]) -> None:
        """Move the claim by what it says now."""
        said = self._answered(payment, ours, after, amounts)
        if after in MOVES[ours.state]:
            ours.state = after
            self.done.told.append(said)
            self.done.looks |= said.severity is not EventSeverity.ROUTINE
        elif not payment.is_reversal:
            # A replaced or closed claim keeps its state. Its money is on its lines all the same, and nobody expects it.
            unexpected = replace(
                said,
                kind="answer.unexpected",
                said=f"{said.said}; the claim is {ours.state}",
                severity=EventSeverity.WAKE,
                after="",
                before="",
                next_command=f"gateway claims show {ours.claim.pcn}",
            )
            self.done.told.append(unexpected)
            self.done.looks = True

    def _answered(
        self, payment: ClaimPayment, ours: Ours, after: ClaimState, amounts: tuple[LinePosting, ...]
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
            before=ours.state,
            after=after,
            artefact=f"inbound {self.file.id}",
            actor=self.office.actor,
            next_command=f"gateway {'denials' if reasons else 'claims'} show {ours.claim.pcn}"
            if reasons or silent
            else "",
        )


def _placed(payment: ClaimPayment, ours: Ours | None) -> tuple[LinePosting, ...] | str:
    """Place a payment on our lines, or say why it cannot be."""
    if ours is None:
        return "we did not send this claim to this partner"
    placed = place(payment, match(payment, ours.billed.lines), is_denial)
    if isinstance(placed, Unplaceable):
        return f"claim {ours.claim.pcn}, segment {placed.ordinal}: {placed.why}"
    ids = {line.control: line.id for line in ours.lines}
    amounts = tuple(_posting(one, ids) for one in placed)
    if payment.is_reversal:
        return _taken_back(amounts, ours.standing) or (
            f"claim {ours.claim.pcn}: it reverses other amounts than were posted"
        )
    answered = ours.answered
    if any(one.line_id in answered for one in amounts):
        return f"claim {ours.claim.pcn} was answered before, and that answer was not reversed"
    return amounts


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


def _taken_back(amounts: Sequence[LinePosting], stands: dict[StandingKey, int]) -> tuple[LinePosting, ...]:
    """Give the exact negatives of what stands, if a reversal takes back just that; nothing otherwise.

    They are compared by line, group and reason. Which bucket an amount was put in depended on its remarks, and payers
    leave those out of a reversal: so it is taken out of the bucket that it was put in.
    """
    spoken_of = {one.line_id for one in amounts}
    standing = sorted((key, its_cents) for key, its_cents in stands.items() if key.line_id in spoken_of)
    left: Counter[tuple[int, str, str]] = Counter()
    for one in amounts:
        left[one.line_id, one.group_code, one.carc] += one.cents
    for key, its_cents in standing:
        left[key.line_id, key.group_code, key.carc] += its_cents
    if any(left.values()):
        return ()
    return tuple(
        LinePosting(line_id=key.line_id, bucket=key.bucket, cents=-its_cents, group_code=key.group_code, carc=key.carc)
        for key, its_cents in standing
        if its_cents
    )


def _state_after(payment: ClaimPayment, ours: Ours, amounts: tuple[LinePosting, ...]) -> ClaimState:
    sums: Counter[tuple[int, str]] = Counter()
    for key, its_cents in ours.standing.items():
        sums[key.line_id, key.bucket] += its_cents
    for one in amounts:
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
