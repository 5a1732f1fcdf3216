"""An inbound file by its number, and what became of it, as a value and as an event."""

from collections import Counter
from dataclasses import dataclass

from gateway.errors import UsageError
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, inbound
from gateway.ledger.inbound import InboundFile, InboundState, Reason
from gateway.service.office import Office


class Refused(Exception):
    """A file that reads well may nevertheless not be posted."""

    def __init__(self, reason: Reason, why: str) -> None:
        super().__init__(why)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of one inbound file. `kinds` counts what it held; `why` is said when it was set aside."""

    id: int
    name: str
    partner: str
    state: InboundState
    kinds: dict[str, int]
    why: str
    needs_a_person: bool


def numbered(tx: Transaction, practice: str, inbound_id: int) -> InboundFile:
    """Give the inbound file of that number. Raises UsageError if there is none."""
    file = inbound.find(tx, practice, inbound_id)
    if file is None:
        raise UsageError(f"there is no inbound file {inbound_id}; `gateway inbox list` shows what there is")
    return file


def put_aside(office: Office, file: InboundFile, reason: Reason, why: str) -> Posted:
    """Set a file aside; its bytes are kept. Raises LedgerConflict if another process had it first."""
    with office.ledger.writing() as tx:
        event, at = _said_set_aside(file, why), office.clock.now()
        inbound.move(tx, office.practice.key, file, InboundState.SET_ASIDE, why=why, reason=reason, event=event, at=at)
    return posted(file, InboundState.SET_ASIDE, Counter(), why, needs_a_person=True)


def posted(file: InboundFile, state: InboundState, kinds: Counter[str], why: str, *, needs_a_person: bool) -> Posted:
    """Say what became of a file."""
    return Posted(
        id=file.id,
        name=file.name,
        partner=file.partner,
        state=state,
        kinds=dict(kinds),
        why=why,
        needs_a_person=needs_a_person,
    )


def _said_set_aside(file: InboundFile, why: str) -> Event:
    return Event(
        kind="inbound.set_aside",
        about=file.name,
        partner=file.partner,
        said=f"{file.name}: {why}",
        severity=EventSeverity.WAKE,
        before=file.state,
        after=InboundState.SET_ASIDE,
        artefact=f"inbound {file.id}",
        next_command=f"gateway inbox show {file.id}",
    )


def read_event(file: InboundFile, kinds: Counter[str], why: str) -> Event:
    """Say in the log what a file held."""
    held = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    after = InboundState.UNPACKED if "file" in kinds else InboundState.POSTED
    return Event(
        kind=f"inbound.{after}",
        about=file.name,
        partner=file.partner,
        said=f"{file.name}: " + "; ".join(part for part in (held, why) if part),
        before=file.state,
        after=after,
        artefact=f"inbound {file.id}",
    )
