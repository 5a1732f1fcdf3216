"""Files that came in: the bytes first, once for the same bytes, then what was read in them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, insert, select, update

from gateway.errors import LedgerConflict
from gateway.event import Event
from gateway.ledger import events
from gateway.ledger.tables import acknowledgments, inbound_files, inbound_names


class InboundState(StrEnum):
    """Where an inbound file stands."""

    STORED = "stored"
    POSTED = "posted"
    SET_ASIDE = "set aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundFile:
    """A file as it came. The bytes are read by `bytes_of`."""

    id: int
    partner: str
    name: str
    size: int
    sha256: str
    state: InboundState
    why: str
    received_at: datetime


_STORED = select(*[column for column in inbound_files.c if column.name != "body"])


def store(
    tx: Connection,
    practice: str,
    *,
    partner: str,
    name: str,
    body: bytes,
    sha256: str,
    event: Event,
    at: datetime,
) -> InboundFile | None:
    """Store the bytes, with their event. Gives None if this partner already sent the same bytes, under any name."""
    known = select(inbound_files.c.id).where(
        inbound_files.c.practice == practice, inbound_files.c.partner == partner, inbound_files.c.sha256 == sha256
    )
    if tx.execute(known).first() is not None:
        return None
    key = tx.execute(
        insert(inbound_files).values(
            practice=practice,
            partner=partner,
            name=name,
            size=len(body),
            sha256=sha256,
            body=body,
            state=InboundState.STORED,
            why="",
            received_at=at,
        )
    ).inserted_primary_key
    assert key is not None
    events.write(tx, practice, event, at=at)
    return by_id(tx, practice, key[0])


def by_id(tx: Connection, practice: str, inbound_id: int) -> InboundFile:
    """Give the file of that id."""
    query = _STORED.where(inbound_files.c.practice == practice, inbound_files.c.id == inbound_id)
    return _stored(tx.execute(query).mappings().one())


def find(tx: Connection, practice: str, inbound_id: int) -> InboundFile | None:
    """Give the file of that id, if this practice has one."""
    query = _STORED.where(inbound_files.c.practice == practice, inbound_files.c.id == inbound_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else _stored(row)


def files(
    tx: Connection,
    practice: str,
    *,
    states: tuple[InboundState, ...] = (),
    partner: str = "",
    after: int = 0,
    limit: int = 100,
) -> tuple[InboundFile, ...]:
    """List files in the order they came, from the one behind id `after`."""
    query = _STORED.where(inbound_files.c.practice == practice, inbound_files.c.id > after)
    if states:
        query = query.where(inbound_files.c.state.in_(states))
    if partner:
        query = query.where(inbound_files.c.partner == partner)
    return tuple(_stored(row) for row in tx.execute(query.order_by(inbound_files.c.id).limit(limit)).mappings())


def bytes_of(tx: Connection, practice: str, inbound_id: int) -> bytes:
    """Read the bytes of a file that came in."""
    query = select(inbound_files.c.body).where(inbound_files.c.practice == practice, inbound_files.c.id == inbound_id)
    body: bytes = tx.execute(query).scalar_one()
    return body


def move(
    tx: Connection, practice: str, file: InboundFile, after: InboundState, *, why: str, event: Event, at: datetime
) -> None:
    """Say what became of a file, with its event. Raises LedgerConflict if somebody else did so first."""
    moved = tx.execute(
        update(inbound_files)
        .where(inbound_files.c.id == file.id, inbound_files.c.state == file.state)
        .values(state=after, why=why)
    )
    if moved.rowcount != 1:
        raise LedgerConflict(f"inbound file {file.id} is not {file.state} any more; read it again before acting")
    events.write(tx, practice, event, at=at)


def is_name_seen(tx: Connection, practice: str, partner: str, name: str, size: int, modified: int) -> bool:
    """Tell whether this very listing entry was read before, so that it need not be fetched again."""
    n = inbound_names.c
    query = select(n.id).where(
        n.practice == practice, n.partner == partner, n.name == name, n.size == size, n.modified == modified
    )
    return tx.execute(query).first() is not None


def remember_name(tx: Connection, practice: str, partner: str, name: str, size: int, modified: int) -> None:
    """Keep that this listing entry was read."""
    if not is_name_seen(tx, practice, partner, name, size, modified):
        tx.execute(
            insert(inbound_names).values(practice=practice, partner=partner, name=name, size=size, modified=modified)
        )


def acknowledge(
    tx: Connection,
    practice: str,
    *,
    inbound_id: int,
    interchange_id: int | None,
    claim_version_id: int | None,
    kind: str,
    verdict: str,
    codes: str,
    what: str,
    at: datetime,
) -> None:
    """Keep one answer: what kind, about which file or claim, with which verdict and codes."""
    tx.execute(
        insert(acknowledgments).values(
            practice=practice,
            inbound_id=inbound_id,
            interchange_id=interchange_id,
            claim_version_id=claim_version_id,
            kind=kind,
            verdict=verdict,
            codes=codes,
            what=what,
            at=at,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """One acknowledgment as it was kept."""

    inbound_id: int
    kind: str
    verdict: str
    codes: str
    what: str
    at: datetime


def answers_about(
    tx: Connection, practice: str, *, claim_version_id: int | None = None, interchange_id: int | None = None
) -> tuple[StoredAnswer, ...]:
    """Give the acknowledgments of a claim version, or of a file, oldest first."""
    query = select(acknowledgments).where(acknowledgments.c.practice == practice)
    if claim_version_id is not None:
        query = query.where(acknowledgments.c.claim_version_id == claim_version_id)
    if interchange_id is not None:
        query = query.where(acknowledgments.c.interchange_id == interchange_id)
    rows = tx.execute(query.order_by(acknowledgments.c.id)).mappings()
    return tuple(StoredAnswer(**{name: row[name] for name in StoredAnswer.__dataclass_fields__}) for row in rows)


def _stored(row: RowMapping) -> InboundFile:
    fields = {name: row[name] for name in InboundFile.__dataclass_fields__ if name != "state"}
    return InboundFile(**fields, state=InboundState(row["state"]))
