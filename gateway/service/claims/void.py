"""A person takes a claim back that the payer has adjudicated: a void (frequency 8) goes out with the next batch.

The void is a version of its own, with the content of the claim and the payer's number of it (REF*F8). What the payer
answered stands on the earlier version until the payer's reversal takes it back; then both are VOIDED, and the visit may be
billed anew. A payer that takes no voids is written to: Medicare Part B takes neither 7 nor 8.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from gateway.claim import Frequency
from gateway.errors import UsageError
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, claims, denials, events, numbers, standing_amounts, visits
from gateway.ledger.claims import NewClaim, StoredClaim
from gateway.lifecycle import IN_FLIGHT, MOVES, ClaimState
from gateway.money import from_cents
from gateway.payer import Payer, Program
from gateway.service.claims.answered import earlier_of, is_taken_back
from gateway.service.claims.named import named
from gateway.service.claims.replacing import PAST
from gateway.service.claims.resubmit import same_content
from gateway.service.claims.withdrawn_visit import reclaim_visit, withdraw_visit
from gateway.service.decisions import require_authority
from gateway.service.office import Office

_ADJUDICATED = (ClaimState.PAID, ClaimState.PARTIAL, ClaimState.DENIED, ClaimState.CLOSED, ClaimState.REPLACED)
_TAKEN_BACK: Final = (ClaimState.REVERSED, ClaimState.CLOSED, ClaimState.REPLACED)
"""Where a claim may stand once the payer has taken back what it paid for it."""


def void_claim(office: Office, name: str, *, reason: str) -> tuple[StoredClaim, str]:
    """Make the void of an adjudicated claim ready for the next batch. Gives the claim, and the void's control number.

    name  its patient control number, or the key of its visit
    Raises UsageError, with what to do instead, if the payer holds nothing to take back, or takes no voids.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        claim = named(tx, office, name)
        payer = office.settings.payer(claim.payer)
        why = _why_not(tx, office, claim, payer)
        if why:
            raise UsageError(f"{why}; nothing was changed")
        require_authority(office, from_cents(claim.charge_cents), f"claim {claim.pcn}")
        (pcn,) = numbers.patient_control_numbers(tx, 1)
        body = replace(
            same_content(claims.body_of(tx, practice, claim.id), pcn),
            frequency=Frequency.VOID,
            payer_claim_number=claim.payer_claim_number,
        )
        versions = visits.versions(tx, practice, claim.visit_key)
        visit = next(one for one in versions if one.id == claim.visit_version_id)
        ready = Event(
            kind="claim.ready",
            about=pcn,
            claim=pcn,
            partner=payer.partner,
            said=f"void claim {pcn} is to take back claim {claim.pcn}",
            after=ClaimState.READY,
            artefact="person",
            actor=office.actor,
            reason=reason,
        )
        asked = replace(ready, kind="claim.void_asked", about=claim.pcn, claim=claim.pcn, after="")
        claims.add_all(tx, practice, [NewClaim(visit=visit, claim=body, partner=payer.partner, event=ready)], at=at)
        events.write(tx, practice, asked, at=at)
    return claim, pcn


def _why_not(tx: Transaction, office: Office, claim: StoredClaim, payer: Payer) -> str:
    """Say why a claim cannot be taken back, and what to do instead; empty if it can."""
    why, earlier = _why_not_as_it_stands(claim), earlier_of(tx, office, [claim.visit_id])[claim.visit_id]
    if not why and claim not in earlier.held:
        past = "is taken back already" if is_taken_back(claim, earlier.versions) else "was never adjudicated"
        why = f"claim {claim.pcn} {past}: the payer holds nothing of it to take back"
    if not why and claim.state is ClaimState.REPLACED:
        why = _why_not_replaced(claim, earlier.versions)
    if not why and not payer.takes_replacements:
        why = _by_hand(payer)
    if why:
        return why
    if not claim.payer_claim_number.strip():
        return (
            f"claim {claim.pcn} has no claim number of the payer yet, which a void must name; post its remittance first, or, if it "
            f"was answered under another id of the payer: gateway money alias {claim.payer} ID --by NAME --reason TEXT"
        )
    void = next((one for one in earlier.versions if one.is_void and one.state not in (*PAST, ClaimState.CLOSED)), None)
    return f"void claim {void.pcn} of it is {void.state} already: gateway claims show {void.pcn}" if void else ""


def _why_not_as_it_stands(claim: StoredClaim) -> str:
    said = f"claim {claim.pcn} is {claim.state}"
    if claim.is_void:
        return f"claim {claim.pcn} is itself a void, and {claim.state}: gateway claims show {claim.pcn}"
    if claim.state is ClaimState.READY:
        return f"{said} and has not left: gateway claims withdraw {claim.pcn} --by NAME --reason TEXT"
    if claim.state in IN_FLIGHT:
        return f"{said}: wait for its answer (gateway collect), a void names the payer's number of it"
    if claim.state not in _ADJUDICATED:
        return f"{said}: the payer holds nothing of it to take back; see: gateway claims show {claim.visit_key}"
    return ""


def _why_not_replaced(claim: StoredClaim, versions: tuple[StoredClaim, ...]) -> str:
    """Say which later version the same payer has; empty where a replaced one was paid that no other stands for there."""
    later = (one for one in versions if one.version > claim.version and one.payer == claim.payer and not one.is_void)
    stands = next((one for one in later if one.state not in PAST), None)
    return f"claim {claim.pcn} is replaced: claim {stands.pcn} stands for it, see that one" if stands else ""


def _by_hand(payer: Payer) -> str:
    if payer.program is Program.MEDICARE:
        return (
            f"{payer.name} takes no voids (frequency 8): send what was paid back as a voluntary refund with the payer's form, "
            "or ask for a reopening; its reversal, once posted, takes the money off the claim"
        )
    return f"{payer.name} takes no voids (frequency 8): ask it how it takes a payment back, by a refund for one"


def see_to_voids(
    tx: Transaction, office: Office, answered: Iterable[tuple[StoredClaim, ClaimState]], *, artefact: str
) -> None:
    """See to the voids of claims that were answered just now: what they asked for has come, or does not stand any more.

    answered  each claim as it was before the answer, and its state now; their visits are locked
    artefact  what proves it: the remittance's file, or a person
    """
    some = tuple(answered)
    _settle_voids(tx, office, [claim.visit_id for claim, now in some if now in _TAKEN_BACK], artefact=artefact)
    for claim, now in some:
        if claim.state is ClaimState.VOIDED and now is not ClaimState.VOIDED:
            _stand_again(tx, office, claim, now, artefact=artefact)


def _settle_voids(tx: Transaction, office: Office, visit_ids: Collection[int], *, artefact: str) -> None:
    """Let what a payer has taken back, as a void of ours asked, be VOIDED, and the void with it.

    It is so wherever the void is by now, unless a person has withdrawn it: payers take back what they were asked for by
    telephone, or of their own accord, while it still waits.
    """
    practice = office.practice.key
    for versions in claims.of_visits(tx, practice, visit_ids).values():
        void = next((one for one in reversed(versions) if one.is_void and one.state not in PAST), None)
        if void is None:
            continue
        number = claims.body_of(tx, practice, void.id).payer_claim_number
        named_so = (one for one in reversed(versions) if (one.payer, one.payer_claim_number) == (void.payer, number))
        earlier = next((one for one in named_so if not one.is_void), None)
        if earlier is None or earlier.state not in _TAKEN_BACK:
            continue
        if standing_amounts.of_versions(tx, practice, [earlier.id]):
            continue
        _ended(tx, office, earlier, f"claim {earlier.pcn} is taken back, as void claim {void.pcn} asked", artefact)
        has_left = ClaimState.VOIDED in MOVES[void.state]
        done = "has done its work" if has_left else "is not needed any more"
        after = ClaimState.VOIDED if has_left else ClaimState.REPLACED
        _ended(tx, office, void, f"void claim {void.pcn} {done}: claim {earlier.pcn} is taken back", artefact, after)
        denials.close_of_claim(tx, practice, void.id)
        if all(one.state in PAST or one.is_void for one in versions if one != earlier):
            _withdraw(tx, office, earlier, artefact)


def _stand_again(tx: Transaction, office: Office, claim: StoredClaim, now: ClaimState, *, artefact: str) -> None:
    """Tell a person that a claim which had been taken back was answered again; its visit is claimed as before.

    now  the state that the answer led to
    """
    said = Event(
        kind="claim.stands_again",
        about=claim.pcn,
        claim=claim.pcn,
        partner=claim.partner,
        said=f"claim {claim.pcn} had been taken back, and the payer has answered it again: it is {now}",
        severity=EventSeverity.WAKE,
        artefact=artefact,
        actor=office.actor,
        next_command=f"gateway claims show {claim.pcn}",
    )
    events.write(tx, office.practice.key, said, at=office.clock.now())
    what = f"visit {claim.visit_key} is claimed: {said.said}"
    told = replace(said, kind="visit.claimed_again", about=claim.visit_key, claim="", said=what)
    reclaim_visit(tx, office, claim, event=replace(told, severity=EventSeverity.ROUTINE))


def _withdraw(tx: Transaction, office: Office, taken_back: StoredClaim, artefact: str) -> None:
    """Let a person decide what becomes of a visit of which no claim stands any more."""
    key = taken_back.visit_key
    said = Event(
        kind="visit.withdrawn",
        about=key,
        said=f"claim {taken_back.pcn} of visit {key} is taken back: a person decides whether it is billed anew",
        severity=EventSeverity.CAN_WAIT,
        artefact=artefact,
        actor=office.actor,
        next_command=f"gateway visits fix {key} --by NAME --reason TEXT; or --set ..., or --do-not-bill",
    )
    withdraw_visit(tx, office, key, event=said)


def _ended(
    tx: Transaction,
    office: Office,
    claim: StoredClaim,
    what: str,
    artefact: str,
    after: ClaimState = ClaimState.VOIDED,
) -> None:
    said = Event(
        kind=f"claim.{after}",
        about=claim.pcn,
        claim=claim.pcn,
        partner=claim.partner,
        said=what,
        before=claim.state,
        after=after,
        artefact=artefact,
        actor=office.actor,
    )
    claims.move(tx, office.practice.key, claim, after, event=said, at=office.clock.now())
