"""A visit of which no claim is to go, or stands, any more: a person decides what becomes of it."""

from dataclasses import replace

from gateway.event import Event
from gateway.ledger import Transaction, visits
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
