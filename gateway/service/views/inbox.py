"""Inbound files as people and programs ask to see them. Nothing here changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from gateway.ledger import events, inbound
from gateway.ledger import remittances as money
from gateway.ledger.events import Logged
from gateway.ledger.inbound import InboundFile, InboundState, Reason
from gateway.ledger.remittances import RemittanceState, StoredRemittance
from gateway.listing import Field, Kind
from gateway.service.inbound.outcome import numbered
from gateway.service.office import Office
from gateway.service.views.lists import Lister

INBOX: Final = Lister(
    plural="inbound files",
    fields=(
        Field(name="state", kind=Kind.CHOICE, says="what became of it", choices=tuple(InboundState)),
        Field(name="partner", kind=Kind.CODE, says="the trading partner that it came from"),
        Field(name="reason", kind=Kind.CHOICE, says="why it was set aside", choices=tuple(Reason)),
        Field(
            name="unmatched",
            kind=Kind.CHOICE,
            says="yes: it has an answer about nothing that we sent",
            choices=("yes",),
        ),
        Field(name="file", kind=Kind.CODE, says="its name"),
        Field(name="age", kind=Kind.AGE, says="days since it came"),
    ),
    source=inbound.LIST,
    page_of=inbound.page_of,
    configured={"partner": attrgetter("partners")},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundShown:
    """An inbound file, what the log says of it, the remittances in it, and what to type next (empty: nothing)."""

    file: InboundFile
    timeline: tuple[Logged, ...]
    remittances: tuple[StoredRemittance, ...]
    next_command: str


def inbound_shown(office: Office, inbound_id: int) -> InboundShown:
    """Show an inbound file by its number. Raises UsageError if there is none."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        file = numbered(tx, practice, inbound_id)
        held = money.of_file(tx, practice, inbound_id)
        return InboundShown(
            file=file,
            timeline=events.read(tx, practice, about=file.name, partner=file.partner, limit=1000),
            remittances=held,
            next_command=_next_for(file, held),
        )


def _next_for(file: InboundFile, held: Sequence[StoredRemittance]) -> str:
    if file.state is InboundState.STORED:
        return "gateway post"
    if file.state is InboundState.SET_ASIDE:
        decided = "--by NAME --reason TEXT"
        return f"gateway inbox reprocess {file.id} {decided}, or: gateway inbox ignore {file.id} {decided}"
    if any(one.state is RemittanceState.SET_ASIDE for one in held):
        return f"gateway inbox reprocess {file.id} --by NAME --reason TEXT, once its objection is met"
    if file.unmatched:
        return f"gateway inbox ignore {file.id} --by NAME --reason TEXT, once you know what it answers"
    return ""
