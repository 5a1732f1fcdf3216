"""A person decides about a file that is held."""

from enum import StrEnum

from gateway.delivery import UNCERTAIN, Delivery
from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import outbox
from gateway.ledger.outbox import SealedFile, Step
from gateway.service.office import Office
from gateway.service.outbound.sealed_files import claims_sent, named, not_exported


class Way(StrEnum):
    """What a release does."""

    AGAIN = "again"
    """Take it up again: what was only being uploaded is uploaded anew, what may have been renamed is looked at."""
    SENT = "sent"
    """The person knows that it arrived: from the partner's portal, say."""


def release(office: Office, name: str, way: Way, *, reason: str, partner: str = "") -> SealedFile:
    """Let a held file go on; a presumed one may be said to have arrived. Raises UsageError if it is neither.

    A file that may have been renamed is never uploaded again by this; it is only looked at.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        file = named(tx, office, name, partner)
        not_exported(file)
        presumed = file.state is Delivery.PRESUMED and way is Way.SENT
        if file.state is not Delivery.HELD and not presumed:
            raise UsageError(f"file {name} is {file.state}, not held; nothing was changed")
        uncertain = file.held_from in UNCERTAIN
        after = Delivery.SENT if way is Way.SENT else Delivery.COMMITTING if uncertain else Delivery.UPLOADING
        why = f"released by {office.actor}: {way}"
        said = Event(
            kind="file.decided",
            about=file.name,
            partner=file.partner,
            said=f"file {file.name}: {why}",
            before=file.state,
            after=after,
            artefact="person",
            actor=office.actor,
            reason=reason,
        )
        moved = outbox.decide(tx, practice, file, Step(after=after, why=why), event=said, at=at)
        if after is Delivery.SENT:
            claims_sent(office, tx, moved, artefact=f"{office.actor}'s decision")
    return moved
