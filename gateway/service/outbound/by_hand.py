"""A person uploads a sealed file by hand: it leaves the courier's queue, and only a person's word brings it back.

The order is: an empty file at the path, the ledger's commit, the bytes. Before the commit there is nothing that could be
uploaded by hand; after it the courier does not send the file, whatever becomes of the path. A crash between the two leaves
an exported file without its copy, which waits for a person; the other order would leave a copy in a person's hands beside
a file that the courier still sends, and so could send its claims twice.
"""

import os
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from gateway.delivery import DECISIONS, Delivery
from gateway.errors import ConfigError, UsageError
from gateway.event import Event
from gateway.ledger import Transaction, claims, inbound, outbox
from gateway.ledger.outbox import SealedFile, Step
from gateway.lifecycle import ClaimState
from gateway.service.files.new_file import new_file
from gateway.service.identity.instance import remember, require_released
from gateway.service.office import Office
from gateway.service.outbound.sealed_files import answer_due, claims_sent, named, not_exported
from gateway.service.outbound.test_or_production import refuse_mixed

_SEE: Final = "nothing was changed; see: gateway deliveries show {}"


def export(office: Office, name: str, to: Path, *, reason: str, partner: str = "") -> SealedFile:
    """Take a file that has not left out of the queue, and write its bytes as they would leave into a new file.

    Raises UsageError if there is no such file, it may have left, or the path is taken; ConfigError if its bytes are not
    what was sealed, it is of the other environment, or the disk is full; LedgerHeld; LedgerConflict if it moves meanwhile.
    """
    require_released(office)
    body = _bytes_of(office, name, partner)
    with new_file(to) as opened:
        try:
            file = _taken_out(office, name, partner, reason)
        except BaseException:
            to.unlink(missing_ok=True)
            raise
        # As before a rename: should the ledger's journal be lost, the home knows that it had come this far.
        remember(office)
        try:
            _write(opened, body)
        except BaseException as fault:
            to.unlink(missing_ok=True)
            if not isinstance(fault, OSError):
                raise
            raise ConfigError(
                f"{to}: could not be written ({fault.strerror}); {name} is exported, and there is no copy of it; put that "
                f"right, then: gateway deliveries not-uploaded {name} --by NAME --reason TEXT, and export it again"
            ) from None
    return file


def uploaded(office: Office, name: str, evidence: str, *, reason: str, partner: str = "") -> SealedFile:
    """Keep that an exported file was uploaded: its claims are sent, and its answer is due.

    evidence  by what the person knows: the portal's receipt, say
    Raises UsageError if it was not exported.
    """
    why = f"uploaded by hand, says {office.actor}: {evidence}"
    with office.ledger.writing() as tx:
        file = _exported(tx, office, name, partner)
        due = answer_due(office, file.partner)
        step = Step(after=Delivery.SENT, why=why, sent_at=office.clock.now(), answer_due_at=due)
        moved = _decide(tx, office, file, step, "file.decided", reason)
        claims_sent(office, tx, moved, artefact=f"{office.actor}'s decision")
    return moved


def not_uploaded(office: Office, name: str, *, reason: str, partner: str = "") -> SealedFile:
    """Bring an exported file back into the queue: the person says that no copy of it was uploaded, nor will be.

    Raises UsageError if it was not exported, or was answered: then it is there.
    """
    practice = office.practice.key
    with office.ledger.writing() as tx:
        file = _exported(tx, office, name, partner)
        waiting = (claim.state is ClaimState.SEALED for claim in claims.in_interchange(tx, practice, file.id))
        if inbound.answers_about(tx, practice, interchange_id=file.id) or not all(waiting):
            raise UsageError(
                f"file {name} was answered, so it is at {file.partner}; nothing was changed; "
                f"gateway deliveries uploaded {name} --evidence TEXT --by NAME --reason TEXT"
            )
        why = f"not uploaded by hand, says {office.actor}"
        return _decide(tx, office, file, Step(after=Delivery.SEALED, why=why), "file.decided", reason)


def _bytes_of(office: Office, name: str, partner: str) -> bytes:
    """Read what would leave, and check it as the courier does before it gives a file its name."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        file = named(tx, office, name, partner)
        _may_be_exported(file)
        raw, body = outbox.bytes_of(tx, practice, file.id), outbox.wire_of(tx, practice, file.id)
    if sha256(body).hexdigest() != file.wire_sha256:
        raise ConfigError(f"file {name}: the stored bytes no longer have their hash; {_SEE.format(name)}")
    refuse_mixed(office.settings, office.settings.partner(file.partner), file.name, raw)
    return body


def _may_be_exported(file: SealedFile) -> None:
    not_exported(file)
    if file.may_have_left:
        raise UsageError(
            f"file {file.name} is {file.state} and may be at {file.partner}: a copy by hand could double its claims; "
            + _SEE.format(file.name)
        )
    if Delivery.EXPORTED not in DECISIONS[file.state]:
        raise UsageError(f"file {file.name} is {file.state} and leaves no more; {_SEE.format(file.name)}")


def _taken_out(office: Office, name: str, partner: str, reason: str) -> SealedFile:
    """Move it, if it still has not left: a courier that has it under way cannot make its next step after that."""
    with office.ledger.writing() as tx:
        file = named(tx, office, name, partner)
        _may_be_exported(file)
        why = f"exported for an upload by hand by {office.actor}"
        step = Step(after=Delivery.EXPORTED, why=why, answer_due_at=answer_due(office, file.partner))
        return _decide(tx, office, file, step, "file.exported", reason)


def _exported(tx: Transaction, office: Office, name: str, partner: str) -> SealedFile:
    file = named(tx, office, name, partner)
    if file.state is not Delivery.EXPORTED:
        raise UsageError(f"file {name} is {file.state}, not exported; {_SEE.format(name)}")
    return file


def _decide(tx: Transaction, office: Office, file: SealedFile, step: Step, kind: str, reason: str) -> SealedFile:
    said = Event(
        kind=kind,
        about=file.name,
        partner=file.partner,
        said=f"file {file.name}: {step.why}",
        before=file.state,
        after=step.after,
        artefact="person",
        actor=office.actor,
        reason=reason,
    )
    return outbox.decide(tx, office.practice.key, file, step, event=said, at=office.clock.now())


def _write(opened: BinaryIO, body: bytes) -> None:
    opened.write(body)
    opened.flush()
    os.fsync(opened.fileno())
