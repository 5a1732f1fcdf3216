"""The reconciliation log, in order. Nothing here changes anything."""

from gateway.event import EventSeverity
from gateway.ledger import events
from gateway.ledger.events import Logged
from gateway.service.office import Office


def log_read(
    office: Office,
    *,
    after: int,
    claim: str = "",
    partner: str = "",
    about: str = "",
    kind: str = "",
    severities: tuple[EventSeverity, ...] = (),
    limit: int = 500,
) -> tuple[Logged, ...]:
    """Read the log in order, from the line behind number `after`."""
    with office.ledger.reading() as tx:
        return events.read(
            tx,
            office.practice.key,
            after=after,
            limit=limit,
            claim=claim,
            partner=partner,
            about=about,
            kind=kind,
            severities=severities,
        )


def log_end(office: Office) -> int:
    """Give the number of the newest line of the log."""
    with office.ledger.reading() as tx:
        return events.last_number(tx, office.practice.key)
