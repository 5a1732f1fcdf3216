"""What was seen in a partner's folder: names that were read, and names that were left for a later look."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from gateway.ledger.tables import inbound_looks, inbound_names

_NAMES_IN_A_QUERY = 500


class Listed(NamedTuple):
    """A name as a folder lists it: bytes, and seconds since 1970, UTC. Names recycle, so all three are the file."""

    name: str
    size: int
    modified: int


def read_before(tx: Connection, practice: str, partner: str, names: Sequence[str]) -> dict[Listed, str]:
    """Give what was read under these names, with the hash of its bytes ("" where an older gateway kept none)."""
    found: dict[Listed, str] = {}
    n = inbound_names.c
    for start in range(0, len(names), _NAMES_IN_A_QUERY):
        some = names[start : start + _NAMES_IN_A_QUERY]
        query = select(n.name, n.size, n.modified, n.sha256).where(
            n.practice == practice, n.partner == partner, n.name.in_(some)
        )
        found |= {Listed(name, size, modified): sha256 for name, size, modified, sha256 in tx.execute(query)}
    return found


def remember(tx: Connection, practice: str, partner: str, listed: Listed, sha256: str) -> None:
    """Keep that this very name, size and time was read, so that it need not be fetched again."""
    if listed not in read_before(tx, practice, partner, (listed.name,)):
        fields = listed._asdict()
        tx.execute(insert(inbound_names).values(practice=practice, partner=partner, sha256=sha256, **fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A file that was seen and not taken.

    size, modified  as listed; None where the server does not say
    first_at        when it was first seen with this size and time, by our own clock
    failures        how often the line failed while it was being read
    """

    name: str
    size: int | None
    modified: int | None
    first_at: datetime
    failures: int = 0


def looks(tx: Connection, practice: str, partner: str) -> dict[str, Look]:
    """Give the files of a partner that were seen and not taken, by name."""
    k = inbound_looks.c
    query = select(k.name, k.size, k.modified, k.first_at, k.failures).where(
        k.practice == practice, k.partner == partner
    )
    return {row["name"]: Look(**row) for row in tx.execute(query).mappings()}


def keep_look(tx: Connection, practice: str, partner: str, look: Look) -> None:
    """Keep how a file was seen, in place of what was kept under its name."""
    k = inbound_looks.c
    fields = {one: getattr(look, one) for one in Look.__dataclass_fields__ if one != "name"}
    mine = (k.practice == practice, k.partner == partner, k.name == look.name)
    if not tx.execute(update(inbound_looks).where(*mine).values(**fields)).rowcount:
        tx.execute(insert(inbound_looks).values(practice=practice, partner=partner, name=look.name, **fields))


def forget_looks(tx: Connection, practice: str, partner: str, names: Collection[str]) -> None:
    """Drop what was kept of names that were taken, or are gone."""
    k = inbound_looks.c
    for name in names:
        tx.execute(delete(inbound_looks).where(k.practice == practice, k.partner == partner, k.name == name))
