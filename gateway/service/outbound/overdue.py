"""Files that the partner should have acknowledged by now, or a person decided about: said once, and never sent again for it."""

from gateway.event import Event, EventSeverity
from gateway.ledger import events, laws
from gateway.service.office import Office

_KIND = "file.overdue"


def report_overdue(office: Office) -> tuple[str, ...]:
    """Wake a person, once for each file that is overdue. Gives the names of those that became so since the last call."""
    practice, now = office.practice.key, office.clock.now()
    with office.ledger.reading() as tx:
        overdue = [
            (partner, name, due)
            for partner, name, due in laws.overdue_files(tx, practice, now)
            if not any(one.at >= due for one in events.read(tx, practice, about=name, partner=partner, kind=_KIND))
        ]
    if overdue:
        with office.ledger.writing() as tx:
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
