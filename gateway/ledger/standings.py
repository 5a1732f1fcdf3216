"""How each partner stands: one row each, changed by what happened and by what a person decided."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from gateway.event import Event
from gateway.ledger import events
from gateway.ledger.tables import standings
from gateway.standing import Standing, StandingState


def of(tx: Connection, practice: str, partner: str) -> Standing:
    """Give a partner's standing; open if nothing ever happened."""
    query = select(standings).where(standings.c.practice == practice, standings.c.partner == partner)
    row = tx.execute(query).mappings().first()
    if row is None:
        return Standing(partner=partner)
    fields = {name: row[name] for name in Standing.__dataclass_fields__ if name != "state"}
    return Standing(**fields, state=StandingState(row["state"]))


def put(tx: Connection, practice: str, standing: Standing, *, event: Event | None, at: datetime) -> None:
    """Set a partner's standing, with its event if there is one to tell."""
    tx.execute(delete(standings).where(standings.c.practice == practice, standings.c.partner == standing.partner))
    tx.execute(insert(standings).values(practice=practice, **{**asdict(standing), "since": standing.since or at}))
    if event is not None:
        events.write(tx, practice, event, at=at)
