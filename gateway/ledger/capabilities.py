"""What `gateway partners check` saw at each partner, kept with the address at which it was seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from gateway.capability import Answer, Capability
from gateway.event import Event
from gateway.ledger import events
from gateway.ledger.tables import capabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCapability:
    """One thing that was tried. `said` is what was seen; `at` is in UTC."""

    capability: Capability
    answer: Answer
    said: str
    at: datetime


def of(tx: Connection, practice: str, partner: str, *, address: str) -> tuple[SeenCapability, ...]:
    """Give what was seen at that very address; nothing if it was never checked, or the profile has changed since."""
    c = capabilities.c
    query = select(capabilities).where(c.practice == practice, c.partner == partner, c.address == address)
    return tuple(
        SeenCapability(
            capability=Capability(row["capability"]), answer=Answer(row["answer"]), said=row["said"], at=row["at"]
        )
        for row in tx.execute(query).mappings()
    )


def put(
    tx: Connection,
    practice: str,
    partner: str,
    seen: Iterable[SeenCapability],
    *,
    address: str,
    event: Event,
    at: datetime,
) -> None:
    """Keep what a check saw, in place of what an earlier one saw, with its event."""
    c = capabilities.c
    tx.execute(delete(capabilities).where(c.practice == practice, c.partner == partner))
    tx.execute(
        insert(capabilities),
        [
            {
                "practice": practice,
                "partner": partner,
                "capability": one.capability,
                "answer": one.answer,
                "said": one.said,
                "address": address,
                "at": at,
            }
            for one in seen
        ],
    )
    events.write(tx, practice, event, at=at)
