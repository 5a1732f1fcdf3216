"""A sealed file moves: each step durable with its event, and its claims with it."""

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.delivery import Delivery
from gateway.errors import UsageError
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, claims, outbox, visits
from gateway.ledger.claims import StoredClaim
from gateway.ledger.outbox import SealedFile, Step
from gateway.lifecycle import ClaimState
from gateway.service.office import Office


def named(tx: Transaction, office: Office, name: str, partner: str) -> SealedFile:
    """Give the file that a person named. Raises UsageError if there is none, or several partners have one."""
    file = outbox.by_name(tx, office.practice.key, name, partner=partner)
    if file is None:
        raise UsageError(f"there is no file {name}; `gateway deliveries list` shows what there is")
    return file


def not_exported(file: SealedFile) -> None:
    """Refuse to go on with a file that a person has for an upload by hand. Raises UsageError that says what to do."""
    if file.state is Delivery.EXPORTED:
        decided = "--by NAME --reason TEXT"
        raise UsageError(
            f"file {file.name} is exported: a person has it, to upload it by hand; nothing was changed; say first what "
            f"became of it: gateway deliveries uploaded {file.name} --evidence TEXT {decided}, or, if no copy of it was "
            f"uploaded: gateway deliveries not-uploaded {file.name} {decided}"
        )


def answer_due(office: Office, partner: str) -> datetime:
    """Say until when the partner should have answered a file that is there from now on."""
    known = office.settings.partners.get(partner)
    minutes = known.acknowledged_minutes if known is not None else 24 * 60
    return office.clock.now() + timedelta(minutes=minutes)


def move(office: Office, file: SealedFile, step: Step, *, artefact: str = "") -> SealedFile:
    """Make a step durable with its event; once the file is sent, so are its claims, in the same transaction.

    artefact  what proves it, where it is not the sealed file itself
    Raises LedgerConflict if another worker has taken the file up, or moved it, meanwhile.
    """
    waits = step.after in {Delivery.SENT, Delivery.PRESUMED, Delivery.HELD}
    if waits and step.answer_due_at is None:
        step = replace(step, answer_due_at=answer_due(office, file.partner))
    proof = artefact or f"file {file.name}"
    with office.ledger.writing(beside=True) as tx:
        now = outbox.move(
            tx, office.practice.key, file, step, event=_moved(file, step, proof, office.actor), at=office.clock.now()
        )
        if step.after is Delivery.SENT:
            claims_sent(office, tx, now, artefact=proof)
    return now


def claims_sent(office: Office, tx: Transaction, file: SealedFile, *, artefact: str) -> None:
    """Move the claims of a file that is known to have arrived. Those already answered are further along."""
    practice = office.practice.key
    visits.lock(tx, practice, [claim.visit_id for claim in claims.in_interchange(tx, practice, file.id)])
    waiting = [claim for claim in claims.in_interchange(tx, practice, file.id) if claim.state is ClaimState.SEALED]
    moves = [(claim, _sent(claim, file, artefact, office.actor)) for claim in waiting]
    claims.move_all(tx, practice, moves, ClaimState.SENT, at=office.clock.now())


def _sent(claim: StoredClaim, file: SealedFile, artefact: str, actor: str) -> Event:
    return Event(
        kind="claim.sent",
        about=claim.pcn,
        claim=claim.pcn,
        partner=file.partner,
        said=f"claim {claim.pcn} is at {file.partner} in file {file.name}",
        before=claim.state,
        after=ClaimState.SENT,
        artefact=artefact,
        actor=actor,
    )


def _moved(file: SealedFile, step: Step, artefact: str, actor: str) -> Event:
    held = step.after is Delivery.HELD
    return Event(
        kind=f"file.{step.after}",
        about=file.name,
        partner=file.partner,
        said=f"file {file.name}: {step.why}",
        severity=EventSeverity.WAKE if held else EventSeverity.ROUTINE,
        before=file.state,
        after=step.after,
        artefact=artefact,
        actor=actor,
        next_command=f"gateway deliveries show {file.name}" if held else "",
    )
