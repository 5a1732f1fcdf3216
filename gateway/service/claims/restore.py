"""A correction that is withdrawn before it left: what it was to replace stands again, as the payer's answers left it."""

from gateway.event import Event
from gateway.ledger import Transaction, claims, denials, events, remittances, visits
from gateway.ledger.claims import StoredClaim
from gateway.ledger.visits import NewVersion
from gateway.lifecycle import ClaimState, VisitState
from gateway.remit.claim_state import claim_state
from gateway.remit.posting import Bucket
from gateway.service.claims.replacing import PAST
from gateway.service.office import Office


def replaced_by(tx: Transaction, office: Office, withdrawn: StoredClaim) -> StoredClaim | None:
    """Give the version that a payer answered last and that nothing stands for any more; None if there is none."""
    practice = office.practice.key
    others = [one for one in claims.of_visit(tx, practice, withdrawn.visit_id) if not one.is_void]
    others = [one for one in others if one.id != withdrawn.id]
    if any(one.state not in PAST for one in others):
        return None
    answered = remittances.adjudicated_among(tx, practice, {one.id: one.pcn for one in others})
    last = next((one for one in reversed(others) if one.id in answered), None)
    return last if last is not None and last.state is ClaimState.REPLACED else None


def restore(tx: Transaction, office: Office, claim: StoredClaim, *, reason: str, because: str) -> None:
    """Let a replaced claim, its denials and its visit's content stand again.

    because  what was withdrawn
    """
    practice, at = office.practice.key, office.clock.now()
    balances = {one: each.whole for one, each in remittances.balances(tx, practice, claim.id).items()}
    charged = {one.id for one in claims.lines_of(tx, practice, claim.id) if one.charge_cents}
    told = events.read(tx, practice, claim=claim.pcn, kind="claim.replaced", limit=100)
    was_closed = bool(told) and told[-1].event.before == ClaimState.CLOSED
    left = {(line, bucket): cents for line, buckets in balances.items() for bucket, cents in buckets.items()}
    after = ClaimState.CLOSED if was_closed else claim_state(left, charged)
    said = Event(
        kind="claim.stands_again",
        about=claim.pcn,
        claim=claim.pcn,
        partner=claim.partner,
        said=f"claim {claim.pcn} stands again: {because} is withdrawn",
        before=claim.state,
        after=after,
        artefact="person",
        actor=office.actor,
        reason=reason,
    )
    claims.restore(tx, practice, claim, after, event=said, at=at)
    if not was_closed:
        denied = [line for line, buckets in balances.items() if buckets.get(Bucket.DENIED, 0) > 0]
        denials.reopen_of_lines(tx, practice, denied)
    _restore_visit(tx, office, claim, reason=reason)


def _restore_visit(tx: Transaction, office: Office, claim: StoredClaim, *, reason: str) -> None:
    """Make what was claimed the newest version of the visit again, for later corrections to build on."""
    practice, at = office.practice.key, office.clock.now()
    known = visits.versions(tx, practice, claim.visit_key)
    then, now = next(one for one in known if one.id == claim.visit_version_id), known[-1]
    for one in known:
        if one.state is VisitState.CLAIMED and one is not now:
            visits.move(tx, practice, one, VisitState.SUPERSEDED, event=None, at=at)
    event = Event(
        kind="visit.decided",
        about=claim.visit_key,
        said=f"visit {claim.visit_key}: what claim {claim.pcn} says of it stands again",
        before=now.state,
        after=VisitState.SUPERSEDED,
        artefact="person",
        actor=office.actor,
        reason=reason,
    )
    visits.move(tx, practice, now, VisitState.SUPERSEDED, event=event, at=at)
    again = {name: getattr(then, name) for name in NewVersion.__dataclass_fields__}
    again |= {"state": VisitState.CLAIMED, "imported": False, "actor": office.actor, "reason": reason}
    visits.add(tx, practice, NewVersion(**again), at=at)
