"""Inbound files as people and programs ask to see them. Nothing here changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.ledger import events, inbound
from gateway.ledger import remittances as money
from gateway.ledger.events import Logged
from gateway.ledger.inbound import InboundFile, InboundState
from gateway.ledger.remittances import RemittanceState, StoredRemittance
from gateway.service.inbound.outcome import numbered
from gateway.service.office import Office
from gateway.service.views.page import Page, page


def inbox_listed(
    office: Office,
    *,
    states: Sequence[InboundState] = (),
    partner: str = "",
    unmatched: bool = False,
    after: int = 0,
    limit: int = 100,
) -> Page[InboundFile]:
    """List inbound files; only those with an answer about nothing that we sent, if asked."""
    with office.ledger.reading() as tx:
        rows = inbound.files(
            tx,
            office.practice.key,
            states=tuple(states),
            partner=partner,
            unmatched=unmatched,
            after=after,
            limit=limit,
        )
    return page(rows, limit)


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
