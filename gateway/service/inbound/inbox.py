"""What a person does with an inbound file: have it read again, decide that it needs nothing more, take out its bytes."""

from pathlib import Path

from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import events, inbound
from gateway.ledger import remittances as money
from gateway.ledger.inbound import InboundFile, InboundState, Reason
from gateway.ledger.remittances import RemittanceState
from gateway.service.files.new_file import new_file
from gateway.service.inbound.outcome import Posted, numbered
from gateway.service.inbound.post import post_one
from gateway.service.inbound.sandbox import TRIAL, Trial
from gateway.service.office import Office


def reprocess(
    office: Office, inbound_id: int, *, reason: str, although: Reason | None = None, trial: Trial = TRIAL
) -> Posted:
    """Read a file again that was set aside or ignored, or of which a remittance was set aside.

    although  the objection that a person has looked into and overrules: that an interchange's number was used before, or that another
              payment has the same trace, day and amount

    Raises UsageError if there is no such file, or all of it was posted.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        file = numbered(tx, practice, inbound_id)
        if file.state is InboundState.UNPACKED or (
            file.state is InboundState.POSTED
            and all(one.state is RemittanceState.POSTED for one in money.of_file(tx, practice, inbound_id))
        ):
            raise UsageError(f"inbound file {inbound_id} was {file.state}; reading it again would change nothing")
        said = _decided(office, file, f"{file.name} is read again", InboundState.STORED, reason)
        inbound.move(tx, practice, file, InboundState.STORED, why="", event=said, at=at)
        inbound.look_again(tx, practice, inbound_id)
        again = inbound.by_id(tx, practice, inbound_id)
    return post_one(office, again, trial, although=although)


def ignore(office: Office, inbound_id: int, *, reason: str) -> InboundFile:
    """Keep a person's decision that a file which was set aside, or answers nothing of ours, needs nothing more.

    Raises UsageError if there is no such file, or it does not wait for a person.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        file = numbered(tx, practice, inbound_id)
        if file.state is InboundState.SET_ASIDE:
            said = _decided(office, file, f"{file.name} needs nothing more", InboundState.IGNORED, reason)
            inbound.move(tx, practice, file, InboundState.IGNORED, why=file.why, reason=file.reason, event=said, at=at)
        elif file.unmatched:
            said = _decided(office, file, f"what {file.name} answers needs nothing more", file.state, reason)
            inbound.settle_unmatched(tx, practice, file.id, event=said, at=at)
        else:
            raise UsageError(f"inbound file {inbound_id} is {file.state} and waits for nobody; nothing was changed")
        return inbound.by_id(tx, practice, inbound_id)


def export(office: Office, inbound_id: int, to: Path) -> InboundFile:
    """Write a file's bytes as they came into a new file that only its owner may read; the log says who did.

    Raises UsageError if there is no such inbound file, or the other one exists or cannot be made.
    """
    practice = office.practice.key
    with office.ledger.reading() as tx:
        file = numbered(tx, practice, inbound_id)
        body = inbound.bytes_of(tx, practice, inbound_id)
    try:
        with new_file(to) as opened:
            opened.write(body)
    except OSError as error:
        raise UsageError(f"{to}: cannot be written ({error.strerror}); name another file") from None
    said = Event(
        kind="inbound.exported",
        about=file.name,
        partner=file.partner,
        said=f"the bytes of {file.name} were written to a file",
        artefact="person",
        actor=office.actor,
    )
    with office.ledger.writing() as tx:
        events.write(tx, practice, said, at=office.clock.now())
    return file


def _decided(office: Office, file: InboundFile, said: str, after: InboundState, reason: str) -> Event:
    """Say what a person decided about an inbound file."""
    return Event(
        kind="inbound.decided",
        about=file.name,
        partner=file.partner,
        said=said,
        before=file.state,
        after=after,
        artefact="person",
        actor=office.actor,
        reason=reason,
    )
