"""Two people decide that the same bytes are sent again: the one thing in this house that can double a claim.

It is always the same file: same bytes, same ISA13, same name, so that the partner's own duplicate check can catch it.
Building a new file with new numbers for claims whose old one is unresolved is not to be had.
"""

from gateway.accounts import Account
from gateway.delivery import UNCERTAIN, Delivery
from gateway.errors import NotAllowed, UsageError
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, claims, events, inbound, outbox, resends
from gateway.ledger.outbox import SealedFile, Step
from gateway.lifecycle import ClaimState
from gateway.service.office import Office
from gateway.service.outbound.sealed_files import named, not_exported


def resend(
    office: Office,
    name: str,
    *,
    reason: str,
    approved_by: str = "",
    second: Account | None = None,
    partner: str = "",
) -> SealedFile:
    """Have a file uploaded again that nobody has acknowledged; `gateway deliver` then does it.

    approved_by  the second person. Left out, where the partner refuses a second interchange of one ISA13 by itself:
                 somebody then countersigns later
    second       their account, which has shown itself: where the practice has accounts, a name alone approves nothing
    Raises UsageError if it may not be done: it has certainly not left, was answered, or lacks its second person.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        file = named(tx, office, name, partner)
        not_exported(file)
        _may_be_resent(tx, office, file)
        _second_person(office, file, approved_by, second)
        why = f"to be sent again, as {office.actor}" + (f" and {approved_by} decided" if approved_by else " decided")
        said = Event(
            kind="file.resent",
            about=file.name,
            partner=file.partner,
            said=f"file {file.name}: {why}",
            severity=EventSeverity.ROUTINE if approved_by else EventSeverity.CAN_WAIT,
            before=file.state,
            after=Delivery.UPLOADING,
            artefact="person",
            actor=office.actor,
            reason=reason,
            next_command="" if approved_by else f"gateway deliveries countersign {file.name} --by NAME --reason TEXT",
        )
        outbox.count_resend(tx, practice, file)
        resends.record(tx, practice, file.id, decided_by=office.actor, reason=reason, approved_by=approved_by, at=at)
        # Two people send it to the partner as it is now, also where its mailbox has moved.
        step = Step(
            after=Delivery.UPLOADING, why=why, mailbox=office.settings.partner(file.partner).mailbox.destination
        )
        return outbox.decide(tx, practice, file, step, event=said, at=at)


def _may_be_resent(tx: Transaction, office: Office, file: SealedFile) -> None:
    if not file.may_have_left:
        raise UsageError(f"file {file.name} is {file.state} and has not left; there is nothing to send again")
    unanswered = {ClaimState.SEALED, ClaimState.SENT}
    if inbound.answers_about(tx, office.practice.key, interchange_id=file.id) or any(
        claim.state not in unanswered for claim in claims.in_interchange(tx, office.practice.key, file.id)
    ):
        raise UsageError(f"file {file.name} was answered: it is there; sending it again would only double its claims")
    if file.state not in UNCERTAIN | {Delivery.HELD} or file.state is Delivery.COMMITTING:
        raise UsageError(f"file {file.name} is {file.state}; first run: gateway deliver (it looks before it acts)")
    known = office.settings.partners.get(file.partner)
    if known is None:
        raise UsageError(f"partner {file.partner} of file {file.name} is not configured any more")


def _second_person(office: Office, file: SealedFile, approved_by: str, second: Account | None) -> None:
    if office.account is not None and approved_by and (second is None or second.name != approved_by):
        raise NotAllowed(
            f"{approved_by} has not shown that it is them: their own key is asked for; nothing was changed"
        )
    if approved_by and (_same(approved_by, office.actor) or (second is not None and second == office.account)):
        raise UsageError("--approved-by: want another person than --by; nothing was changed")
    if not approved_by and not office.settings.partner(file.partner).deduplicates:
        raise UsageError(
            f"{file.partner} may take the same interchange twice (its profile does not say that it deduplicates), so two "
            "people decide this: --by NAME --approved-by ANOTHER; nothing was changed"
        )


def countersign(office: Office, name: str, *, reason: str, partner: str = "") -> SealedFile:
    """Put the second person's name under a resend that one person decided.

    Raises UsageError if nothing waits for it, or it is the same person.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        file = named(tx, office, name, partner)
        waiting = [one for one in resends.of_file(tx, practice, file.id) if not one.approved_by]
        if not waiting:
            raise UsageError(f"no resend of file {name} waits for a second person; nothing was changed")
        if any(_same(one.decided_by, office.actor) for one in waiting):
            raise UsageError(f"{office.actor} decided it; want another person; nothing was changed")
        resends.countersign(tx, practice, file.id, approved_by=office.actor, at=at)
        said = Event(
            kind="file.countersigned",
            about=file.name,
            partner=file.partner,
            said=f"file {file.name}: its resend is countersigned",
            artefact="person",
            actor=office.actor,
            reason=reason,
        )
        events.write(tx, practice, said, at=at)
    return file


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())
