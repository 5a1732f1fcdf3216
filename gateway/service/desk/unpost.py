"""What a remittance posted is taken off its claims again: each claim is worked out anew without it, the money is on the desk."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.desk import ItemKind, ItemState
from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import Transaction, answers, claims, events, visits
from gateway.ledger import remittances as money
from gateway.ledger.remittances import RemittanceState, StoredRemittance
from gateway.lifecycle import ClaimState
from gateway.money import from_cents, shown
from gateway.remit.ladder import Step
from gateway.remit.standing import Fate
from gateway.service.decisions import require_authority
from gateway.service.desk.told_again import settle_anew
from gateway.service.money.claims_answered import Ours, read_claims
from gateway.service.money.find_claims import Found
from gateway.service.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Unposted:
    """A claim that a remittance's answers were taken off, with the cents that they had paid, and how it stands now."""

    claim: str
    cents: int
    state: ClaimState


def unpost(office: Office, number: int, *, claim: str = "", reason: str) -> tuple[Unposted, ...]:
    """Take what a remittance posted off its claims, or off one of them.

    claim  a patient control number, or the key of a visit; empty for all

    Raises UsageError if there is no such remittance, or nothing of it is posted there, NotAllowed if it is above the limit
    of whoever decides: then nothing was changed.
    """
    practice = office.practice.key
    with office.ledger.writing() as tx:
        stored = money.find(tx, practice, number)
        if stored is None or stored.state is not RemittanceState.POSTED:
            raise UsageError(
                f"there is no remittance {number} that was posted; `gateway remits list` shows what there is"
            )
        pcns = _pcns(tx, practice, stored, claim)
        found = {place: Found(pcn, Step.PERSON) for place, pcn in enumerate(pcns)}
        answered = read_claims(tx, practice, found, partners=set(office.settings.partners) | {stored.partner})
        visits.lock(tx, practice, list(answered.visit_ids))
        done = tuple(
            one for ours in answered.by_pcn.values() if (one := _take_off(tx, office, stored, ours, reason)) is not None
        )
        if not done:
            raise UsageError(f"nothing of remittance {number} stands there; nothing was changed")
        taken = from_cents(sum(abs(one.cents) for one in done))
        require_authority(office, taken, f"what is taken off of remittance {number}")
    return done


def _pcns(tx: Transaction, practice: str, stored: StoredRemittance, claim: str) -> Sequence[str]:
    """Give the claims that a remittance has answers to, or those of them that are meant."""
    known = answers.claims_of(tx, practice, stored.id)
    if not claim:
        return known
    visit = visits.find(tx, practice, claim)
    meant = [one.pcn for one in claims.of_visit(tx, practice, visit.visit_id)] if visit else [claim.strip().upper()]
    some = [pcn for pcn in known if pcn in meant]
    if not some:
        raise UsageError(
            f"remittance {stored.id} answers no claim called {claim}; see: gateway remits show {stored.id}"
        )
    return some


def _require_not_paid_back(ours: Ours) -> None:
    """Raise UsageError if what was too much on the claim was paid back: it would be paid back twice."""
    for one in ours.items:
        if one.kind is ItemKind.OVERPAID and one.answer_id is None and one.state is ItemState.RETURNED:
            raise UsageError(
                f"{shown(from_cents(one.cents))} of what was paid for claim {ours.claim.pcn} were paid back already (item "
                f"{one.id}); wait for the payer's reversal of it; nothing was changed"
            )


def _take_off(tx: Transaction, office: Office, stored: StoredRemittance, ours: Ours, reason: str) -> Unposted | None:
    practice = office.practice.key
    its = [
        one
        for one in ours.answers
        if one.remittance_id == stored.id and one.posted and one.fate in {Fate.STANDS, Fate.ENDED}
    ]
    its += [
        one
        for one in ours.answers
        if one.remittance_id == stored.id and one.fate == Fate.TAKEN_BACK and one.is_reversal
    ]
    if not its:
        return None
    _require_not_paid_back(ours)
    ours.taken_off = frozenset(one.id for one in its)
    paid = sum(posting.cents for one in its for posting in one.posted if posting.bucket == "paid")
    settle_anew(tx, office, stored, ours)
    said = Event(
        kind="money.unposted",
        about=stored.trace,
        claim=ours.claim.pcn,
        partner=stored.partner,
        said=f"{shown(from_cents(paid))} of remittance {stored.id} are taken off claim {ours.claim.pcn}",
        artefact="person",
        actor=office.actor,
        reason=reason,
    )
    events.write(tx, practice, said, at=office.clock.now())
    return Unposted(claim=ours.claim.pcn, cents=paid, state=ours.state)
