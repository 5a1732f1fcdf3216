"""A person's decision as the log keeps it: with their name and their reason."""

from gateway.event import Event
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import VisitState
from gateway.service.office import Office


def visit_decided(visit: StoredVisit, after: VisitState, said: str, office: Office, reason: str) -> Event:
    """Say that a person has decided what becomes of a visit."""
    return Event(
        kind="visit.decided",
        about=visit.key,
        said=said,
        before=visit.state,
        after=after,
        artefact="person",
        actor=office.actor,
        reason=reason,
    )
