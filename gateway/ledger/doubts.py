"""Claims that a lost ledger may have sent. They are kept back when files are sealed, until a person frees them."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from gateway.ledger.practices import secret_of
from gateway.ledger.tables import doubts


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One claim in doubt; see the columns of `doubts` in tables.py. `freed_by` is empty while it is kept back."""

    id: int
    partner: str
    pcn: str
    likeness: str
    was_seen: bool
    why: str
    freed_by: str
    at: datetime


def likeness(tx: Connection, practice: str, *, member: str, day: date, cents: int) -> str:
    """Give what finds the same service under another number. It is keyed: nobody can try out member ids on it."""
    said = f"{member.strip().upper()}|{day.isoformat()}|{cents}"
    return hashlib.blake2b(said.encode(), key=secret_of(tx, practice), digest_size=32).hexdigest()


def add(
    tx: Connection, practice: str, *, partner: str, pcn: str, like: str, was_seen: bool, why: str, at: datetime
) -> None:
    """Keep a claim back. One that was only feared becomes one that was seen; a person's word for it ends then."""
    key = (doubts.c.practice == practice, doubts.c.partner == partner, doubts.c.pcn == pcn)
    known = tx.execute(select(doubts.c.was_seen).where(*key)).scalar()
    fields = {"partner": partner, "likeness": like, "was_seen": was_seen, "why": why, "freed_by": "", "at": at}
    if known is None:
        tx.execute(insert(doubts).values(practice=practice, pcn=pcn, **fields))
    elif was_seen or not known:
        tx.execute(update(doubts).where(*key).values(**fields))


def kept_back(tx: Connection, practice: str, *, partner: str = "") -> tuple[Doubt, ...]:
    """List the doubts that nobody has settled."""
    return tuple(one for one in every(tx, practice, partner=partner) if not one.freed_by)


def every(tx: Connection, practice: str, *, partner: str = "") -> tuple[Doubt, ...]:
    """List every doubt there ever was."""
    query = select(doubts).where(doubts.c.practice == practice).order_by(doubts.c.id)
    rows = tx.execute(query.where(doubts.c.partner == partner) if partner else query).mappings()
    return tuple(Doubt(**{name: row[name] for name in Doubt.__dataclass_fields__}) for row in rows)


def free(tx: Connection, practice: str, name: str, *, by: str) -> bool:
    """Let a claim be sealed after all, or whatever is new to a partner; tells whether it was kept back."""
    meant = (doubts.c.pcn == name) | ((doubts.c.partner == name) & (doubts.c.pcn == ""))
    freed = tx.execute(
        update(doubts).where(doubts.c.practice == practice, meant, doubts.c.freed_by == "").values(freed_by=by)
    )
    return freed.rowcount > 0


def free_unseen(tx: Connection, practice: str, *, by: str) -> int:
    """Let every claim that was never seen to have left be sealed; gives how many doubts were settled."""
    freed = tx.execute(
        update(doubts)
        .where(doubts.c.practice == practice, doubts.c.was_seen.is_(False), doubts.c.freed_by == "")
        .values(freed_by=by)
    )
    return int(freed.rowcount)
