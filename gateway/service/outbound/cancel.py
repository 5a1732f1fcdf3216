"""A person takes a sealed file back before it has left; its claims are ready again."""

from gateway.delivery import DECISIONS, Delivery
from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import Transaction, claims, outbox
from gateway.ledger.outbox import SealedFile, Step
from gateway.lifecycle import ClaimState
from gateway.service.office import Office
from gateway.service.outbound.sealed_files import named, not_exported


def cancel(office: Office, name: str, *, reason: str, partner: str = "") -> SealedFile:
    """Cancel a file that has certainly not left. Its number stays used, its bytes stay kept, its name is never used again.

    Raises UsageError if it may have left: new numbers for claims whose old file is unresolved would double them.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        file = named(tx, office, name, partner)
        not_exported(file)
        if file.may_have_left:
            raise UsageError(
                f"file {name} is {file.state} and may be at {file.partner}: its claims cannot go into a new file while that "
                f"is unresolved; nothing was changed; see: gateway deliveries show {name}"
            )
        if Delivery.CANCELLED not in DECISIONS[file.state]:
            raise UsageError(f"file {name} is {file.state}; there is nothing to cancel")
        said = Event(
            kind="file.cancelled",
            about=file.name,
            partner=file.partner,
            said=f"file {file.name} is cancelled; it had not left",
            before=file.state,
            after=Delivery.CANCELLED,
            artefact="person",
            actor=office.actor,
            reason=reason,
        )
        moved = outbox.decide(tx, practice, file, Step(after=Delivery.CANCELLED, why=reason), event=said, at=at)
        _free_claims(tx, office, moved, reason)
        outbox.withdraw_claims(tx, practice, moved)
    return moved


def _free_claims(tx: Transaction, office: Office, file: SealedFile, reason: str) -> None:
    practice, at = office.practice.key, office.clock.now()
    for claim in claims.in_interchange(tx, practice, file.id):
        said = Event(
            kind="claim.ready",
            about=claim.pcn,
            claim=claim.pcn,
            partner=file.partner,
            said=f"claim {claim.pcn} is ready again: file {file.name} was cancelled before it left",
            before=claim.state,
            after=ClaimState.READY,
            artefact=f"file {file.name}",
            actor=office.actor,
            reason=reason,
        )
        claims.move(tx, practice, claim, ClaimState.READY, event=said, at=at)
