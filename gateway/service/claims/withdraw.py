"""A person takes a ready claim out of the next batch.

Its visit is WITHDRAWN, a state of its own. It is not held: no finding holds it, and the next scrub run would send what was
just kept back. It is not unbilled either: nobody has given it up. It is listed until a person sends it after all, corrects
it, or decides that it is not billed. Of a correction of what a payer has answered only the correction goes: what it was to
replace stands again.
"""

from dataclasses import replace

from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import Transaction, claims, visits
from gateway.ledger.claims import StoredClaim
from gateway.lifecycle import IN_FLIGHT, ClaimState, VisitState
from gateway.service.claims.named import named
from gateway.service.claims.restore import replaced_by, restore
from gateway.service.claims.withdrawn_visit import withdraw_visit
from gateway.service.office import Office


def withdraw_claim(office: Office, name: str, *, reason: str) -> StoredClaim:
    """Take a ready claim out of the next batch; nothing of it or its visit is lost.

    name  its patient control number, or the key of its visit
    Raises UsageError, with what to do instead, if it does not wait for a batch.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        claim = named(tx, office, name, waiting=True)
        if claim.state is not ClaimState.READY and not (claim.is_void and claim.state is ClaimState.REJECTED):
            raise UsageError(f"claim {claim.pcn} is {claim.state}, and waits for no batch; {_instead(claim)}")
        said = Event(
            kind="claim.withdrawn",
            about=claim.pcn,
            claim=claim.pcn,
            partner=claim.partner,
            said=f"claim {claim.pcn} is withdrawn: it goes with no batch",
            before=claim.state,
            after=ClaimState.REPLACED,
            artefact="person",
            actor=office.actor,
            reason=reason,
        )
        # What a void was to take back stands as it did.
        earlier = None if claim.is_void else replaced_by(tx, office, claim)
        if earlier is not None:
            _require_no_change_is_proposed(tx, office, claim)
        claims.move(tx, practice, claim, ClaimState.REPLACED, event=said, at=at)
        if earlier is not None:
            restore(tx, office, earlier, reason=reason, because=f"claim {claim.pcn}, which was to stand for it,")
        elif not claim.is_void:
            what = f"visit {claim.visit_key} is withdrawn from billing for now"
            event = replace(said, kind="visit.decided", about=claim.visit_key, claim="", said=what)
            withdraw_visit(tx, office, claim.visit_key, event=event)
    return claim


def _require_no_change_is_proposed(tx: Transaction, office: Office, claim: StoredClaim) -> None:
    """Raise UsageError if a change of the visit waits for a decision: which version stands then, a person says first."""
    visit = visits.find(tx, office.practice.key, claim.visit_key)
    if visit is not None and visit.state is not VisitState.CLAIMED:
        raise UsageError(
            f"visit {visit.key} is {visit.state}: decide about the change first (gateway visits fix {visit.key} --decline "
            "--by NAME --reason TEXT, or without --decline), then withdraw; nothing was changed"
        )


def _instead(claim: StoredClaim) -> str:
    if claim.state is ClaimState.SEALED:
        return "if its file has not left, take that back: gateway deliveries cancel FILE --by NAME --reason TEXT"
    if claim.state in IN_FLIGHT:
        return "it may be at the payer: wait for its answer (gateway collect)"
    if claim.state is ClaimState.REPLACED:
        return f"see: gateway claims show {claim.visit_key}"
    return f"to give it up: gateway claims close {claim.pcn} --by NAME --reason TEXT"
