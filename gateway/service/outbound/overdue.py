"""Files that the partner should have acknowledged by now, or a person decided about: said once, and never sent again for it."""

from datetime import datetime

from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, events, laws
from gateway.service.office import Office

_KIND = "file.overdue"


def report_overdue(office: Office) -> tuple[str, ...]:
    """Wake a person, once for each file that is overdue. Gives the names of those that became so since the last call."""
    practice, now = office.practice.key, office.clock.now()
    with office.ledger.reading() as tx:
        if not _fresh(tx, office):
            return ()
    with office.ledger.writing() as tx:
        # Looked at once more where nobody else writes: several processes and lanes deliver at the same time.
        overdue = _fresh(tx, office)
        for partner, name, due in overdue:
            said = Event(
                kind=_KIND,
                about=name,
                partner=partner,
                said=f"file {name}: {partner} was to answer, or a person to decide, by {due:%Y-%m-%d %H:%M} UTC",
                severity=EventSeverity.WAKE,
                artefact=f"file {name}",
                actor=office.actor,
                next_command=f"gateway deliveries show {name}",
            )
            events.write(tx, practice, said, at=now)
    return tuple(name for _, name, _ in overdue)


def _fresh(tx: Transaction, office: Office) -> list[tuple[str, str, datetime]]:
    """Give partner, name and due moment of the files that are overdue and of which nobody was told."""
    practice = office.practice.key
    return [
        (partner, name, due)
        for partner, name, due in laws.overdue_files(tx, practice, office.clock.now())
        if not any(one.at >= due for one in events.read(tx, practice, about=name, partner=partner, kind=_KIND))
    ]
