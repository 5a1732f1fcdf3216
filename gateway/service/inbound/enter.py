"""A paper EOB typed in: checked to the cent, written as an 835, and from there the way of every 835.

So what was typed is kept as bytes, is read again whenever stored money is checked, and posts by the same rules as what
a payer sends. Nothing is kept of one that does not add up, or was posted before.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from gateway.edi.read.inbound_file import read_answers
from gateway.edi.write.envelope import OutboundGroup, OutboundSet, interchange
from gateway.edi.write.remittance import GUIDE, segments
from gateway.errors import UsageError
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, desk
from gateway.ledger import remittances as money
from gateway.ledger.desk import NewItem
from gateway.ledger.inbound import InboundFile, InboundState
from gateway.ledger.remittances import RemittanceState
from gateway.listing import asked_for
from gateway.money import ZERO, cents, from_cents, shown
from gateway.partner import TradingPartner
from gateway.remittance import ClaimPayment, Remittance
from gateway.service.decisions import require_authority
from gateway.service.desk.claim_meant import claim_meant
from gateway.service.desk.typed import adjusted
from gateway.service.identity.instance import require_released
from gateway.service.inbound.by_hand import FOLDER, keep, plain_name
from gateway.service.inbound.outcome import Posted
from gateway.service.inbound.post import post_one
from gateway.service.inbound.sandbox import TRIAL
from gateway.service.inbound.typed_claim import TypedClaim, answer_typed
from gateway.service.money.claims_answered import Ours
from gateway.service.money.post_remittance import Prepared, Remitting
from gateway.service.office import Office

CHECK: Final = "CHK"
_NOTHING: Final = "NON"
_SENDER: Final = "BYHAND"
_TRACE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]{0,49}").fullmatch
_PAYER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,49}").fullmatch
_ORIGINATOR: Final = 10
"""Characters of TRN03."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper EOB as a person types it.

    payer   the payer's id, as on its other remittances
    trace   the number of the check or transfer, or of the EOB where nothing was paid
    amount  what was paid in all, dollars
    """

    payer: str
    trace: str
    paid_on: date
    amount: Decimal
    claims: tuple[TypedClaim, ...]
    method: str = CHECK


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEntered:
    """What was typed of one claim, and the state in which it leaves it (one that goes to the desk leaves it as it was)."""

    claim: str
    paid: Decimal
    patient_share: Decimal
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What became, or would become, of a paper EOB.

    posted, parked  dollars that go to lines of ours, and to the desk
    looks           whether a person has to look at something, and `at` says at what
    file            what became of its file; None where it was only tried
    """

    partner: str
    claims: tuple[ClaimEntered, ...]
    posted: Decimal
    parked: Decimal
    looks: bool
    at: tuple[str, ...]
    file: Posted | None


def enter(office: Office, paper: Paper, *, reason: str, partner: str = "", dry_run: bool = False) -> Entered:
    """Post a paper EOB as a remittance of its own.

    partner  whose claims it answers; left out, it is the one that its claims went out through

    Raises UsageError if it is not well typed, a claim is not found, a line or the whole does not come out, or it was posted
    before; NotAllowed if it is above the limit of whoever types; ConfigError if there is no such partner; LedgerHeld. Then
    nothing was kept.
    """
    require_released(office)
    _well_typed(paper)
    with office.ledger.reading() as tx:
        meant = [claim_meant(tx, office, one.claim)[1] for one in paper.claims]
        known = _partner(office, meant, partner)
        remittance = _remittance(office, tx, paper, meant)
        _not_posted_before(tx, office, remittance)
    raw = _as_835(office, known, remittance)
    name = f"{FOLDER}/eob-{plain_name(paper.trace)}.835"
    prepared = _prepared(office, known, name, raw)
    if dry_run:
        return _entered(known, prepared, None)
    taken_off = sum((adjusted(one.lines) for one in paper.claims), ZERO)
    require_authority(office, max(paper.amount, taken_off), f"the EOB {paper.trace}")
    said = (
        f"{name}, a paper EOB typed in by {office.actor}: trace {paper.trace}, {shown(paper.amount)} of payer "
        f"{paper.payer} for {len(paper.claims)} claims"
    )
    with office.ledger.writing() as tx:
        kept = keep(tx, office, name, raw, partner=known.name, said=said, reason=reason)
    if not kept.is_new:
        raise UsageError(f"this EOB was typed in before: inbound file {kept.file.id}; nothing was done twice")
    return _entered(known, prepared, post_one(office, kept.file, TRIAL))


def _well_typed(paper: Paper) -> None:
    if not paper.claims:
        raise UsageError("no claim is told of; name each with --claim; nothing was kept")
    if not _TRACE(paper.trace):
        raise UsageError("--trace: want the number of the check or transfer, letters and digits; nothing was kept")
    if not _PAYER(paper.payer):
        raise UsageError("--payer: want the payer's id, letters and digits; nothing was kept")
    if paper.amount < 0:
        raise UsageError("--amount: a payment is 0.00 or more; nothing was kept")


def _partner(office: Office, meant: Sequence[Ours], name: str) -> TradingPartner:
    """Give the partner that all these claims went out through, or one that answers for those."""
    known = office.settings.partner(name or meant[0].claim.partner)
    for one in meant:
        if one.claim.partner not in office.settings.answered_by(known.name):
            raise UsageError(
                f"claim {one.claim.pcn} went out through {one.claim.partner}, not {known.name}; type its part of the EOB by "
                "itself; nothing was kept"
            )
    return known


def _remittance(office: Office, tx: Transaction, paper: Paper, meant: Sequence[Ours]) -> Remittance:
    claims = tuple(
        _answer(typed, ours, ordinal) for ordinal, (typed, ours) in enumerate(zip(paper.claims, meant, strict=True))
    )
    paid = sum((one.paid for one in claims), ZERO)
    if paid != paper.amount:
        raise UsageError(
            f"the claims come to {shown(paid)}, and the payment is {shown(paper.amount)}; nothing was kept; look at each "
            "claim again, and whether all that the paper tells of were typed"
        )
    return Remittance(
        control="0001",
        payment=paper.amount,
        method=paper.method if paper.amount else _NOTHING,
        paid_on=paper.paid_on,
        trace=paper.trace,
        originator=_originator(office, tx, paper.payer),
        payer_name=office.settings.payers[paper.payer].name if paper.payer in office.settings.payers else paper.payer,
        payer_id=paper.payer,
        payee_id=office.practice.billing.npi,
        claims=claims,
        provider_adjustments=(),
    )


def _answer(typed: TypedClaim, ours: Ours, ordinal: int) -> ClaimPayment:
    billed = ours.billed
    return answer_typed(
        typed, ours.claim.pcn, billed.lines, member_id=billed.member_id, patient=billed.patient, ordinal=ordinal
    )


def _originator(office: Office, tx: Transaction, payer: str) -> str:
    """Give TRN03 as the payer's other remittances have it: should an 835 of this payment come too, it is known by that."""
    others = money.page_of(tx, office.practice.key, asked_for(limit=1, payer=payer)).rows
    return others[0].originator if others else payer.rjust(_ORIGINATOR, "0")[-_ORIGINATOR:]


def _not_posted_before(tx: Transaction, office: Office, remittance: Remittance) -> None:
    """Refuse what has the trace, payer, day and amount of a posted one; where nothing was paid, also the same claims."""
    practice, payer = office.practice.key, remittance.payer_id
    ids = desk.aliases(tx, practice, {payer}).get(payer, frozenset()) | {payer}
    same = asked_for(limit=100, trace=remittance.trace, state=RemittanceState.POSTED)
    for one in money.page_of(tx, practice, same).rows:
        is_same = (one.paid_on, one.payment_cents) == (remittance.paid_on, cents(remittance.payment))
        if one.payer_id in ids and is_same and (one.payment_cents or one.digest == money.digest_of(remittance)):
            raise UsageError(
                f"it was posted before, as remittance {one.id}: a payment of this payer with its trace, day and amount; "
                f"nothing was posted twice; see: gateway remits show {one.id}"
            )


def _as_835(office: Office, partner: TradingPartner, remittance: Remittance) -> bytes:
    """Write it in an envelope of our own. The same EOB has the same number; a minute later it is another interchange."""
    # Who typed it is no partner: its numbers never meet those of one.
    envelope = replace(
        partner.envelope,
        sender_qualifier="ZZ",
        sender_id=_SENDER,
        receiver_qualifier=partner.envelope.sender_qualifier,
        receiver_id=partner.envelope.sender_id,
        group_sender=_SENDER,
        group_receiver=partner.envelope.group_sender,
        wants_ta1=False,
    )
    content = tuple(segments(remittance, payee_name=office.practice.billing.name))
    control = int(sha256(repr(content).encode()).hexdigest()[:7], 16) + 1
    one = OutboundSet(code="835", control=remittance.control, segments=content)
    group = OutboundGroup(function="HP", control=control, version=GUIDE, sets=(one,))
    at = office.clock.now().astimezone(ZoneInfo(office.practice.zone))
    return interchange(envelope, control=control, at=at, groups=(group,))


def _prepared(office: Office, partner: TradingPartner, name: str, raw: bytes) -> Prepared:
    """Work out what posting will do, of the bytes as they will be read. Raises UsageError if they would be set aside."""
    if partner.payers and not {one.payer_id for one in _read(raw)} <= set(partner.payers):
        raise UsageError(
            f"the payer is none of those that may pay through {partner.name}; if it may, add its id to payers in "
            f"partners/{partner.name}.toml; nothing was kept"
        )
    file = InboundFile(
        id=0,
        partner=partner.name,
        name=name,
        size=len(raw),
        sha256=sha256(raw).hexdigest(),
        state=InboundState.STORED,
        why="",
        received_at=office.clock.now(),
    )
    (remittance,) = _read(raw)
    prepared = Remitting(office, file).prepare(remittance)
    if prepared.why or prepared.same:
        raise UsageError(f"{prepared.why or 'it was posted before'}; nothing was kept")
    return prepared


def _read(raw: bytes) -> tuple[Remittance, ...]:
    return tuple(one.what for one in read_answers(raw) if isinstance(one.what, Remittance))


def _entered(partner: TradingPartner, prepared: Prepared, file: Posted | None) -> Entered:
    claims = tuple(
        ClaimEntered(
            claim=one.patient_control_number,
            paid=one.paid,
            patient_share=one.patient_share,
            state=prepared.answered.by_pcn[one.patient_control_number].state,
        )
        for one in prepared.remittance.claims
    )
    return Entered(
        partner=partner.name,
        claims=claims,
        posted=from_cents(prepared.reckoned.posted),
        parked=from_cents(prepared.reckoned.parked),
        at=tuple(_looked_at(prepared)),
        looks=prepared.reckoned.looks if file is None else file.needs_a_person,
        file=file,
    )


def _looked_at(prepared: Prepared) -> Iterator[str]:
    for one in prepared.reckoned.told:
        if isinstance(one, NewItem):
            yield f"{shown(from_cents(one.cents))} to the desk: {one.why}"
        elif isinstance(one, Event) and one.severity is not EventSeverity.ROUTINE:
            yield one.said
