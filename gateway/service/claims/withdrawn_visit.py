"""A visit of which no claim is to go, or stands, any more: a person decides what becomes of it."""

from dataclasses import replace

from gateway.event import Event
from gateway.ledger import Transaction, visits
from gateway.ledger.claims import StoredClaim
from gateway.lifecycle import VisitState
from gateway.service.office import Office


def withdraw_visit(tx: Transaction, office: Office, key: str, *, event: Event) -> None:
    """Let what was claimed of a visit be WITHDRAWN; `event` tells why, where there is something to withdraw.

    After a declined change several versions of one content say that they were claimed; the newest is told of. A change that
    is proposed stays so: what was claimed stands behind it.
    """
    practice, at = office.practice.key, office.clock.now()
    claimed = [one for one in visits.versions(tx, practice, key) if one.state is VisitState.CLAIMED]
    for one in claimed:
        told = replace(event, before=one.state, after=VisitState.WITHDRAWN) if one is claimed[-1] else None
        visits.move(tx, practice, one, VisitState.WITHDRAWN, event=told, at=at)


def reclaim_visit(tx: Transaction, office: Office, claim: StoredClaim, *, event: Event) -> None:
    """Let what was withdrawn of a visit be CLAIMED again, as far as it is what that claim of it says; `event` tells why."""
    practice, at = office.practice.key, office.clock.now()
    known = visits.versions(tx, practice, claim.visit_key)
    content = next(one.sha256 for one in known if one.id == claim.visit_version_id)
    withdrawn = [one for one in known if one.state is VisitState.WITHDRAWN and one.sha256 == content]
    for one in withdrawn:
        told = replace(event, before=one.state, after=VisitState.CLAIMED) if one is withdrawn[-1] else None
        visits.move(tx, practice, one, VisitState.CLAIMED, event=told, at=at)
