"""Interchanges, whose bytes never change, and their deliveries, whose state does."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from gateway.delivery import MOVES, Delivery
from gateway.errors import LedgerConflict
from gateway.event import Event
from gateway.ledger import events
from gateway.ledger.tables import deliveries, interchange_claims, interchanges


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """An outbound file and where its delivery stands. `id` is the interchange's; the bytes are read by `bytes_of`."""

    id: int
    partner: str
    cycle: int
    interchange: int
    group_control: int
    reference: str
    name: str
    size: int
    sha256: str
    sealed_at: datetime
    state: Delivery
    fence: int
    temporary_name: str
    held_from: str
    why: str
    sent_at: datetime | None
    answer_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """What sealing stores."""

    partner: str
    cycle: int
    interchange: int
    group_control: int
    reference: str
    name: str
    size: int
    sha256: str
    body: bytes


_NOT_THE_BODY = [column for column in interchanges.c if column.name != "body"]
_STORED = select(
    *_NOT_THE_BODY,
    deliveries.c.state,
    deliveries.c.fence,
    deliveries.c.temporary_name,
    deliveries.c.held_from,
    deliveries.c.why,
    deliveries.c.sent_at,
    deliveries.c.answer_due_at,
).join(deliveries, deliveries.c.interchange_id == interchanges.c.id)


def seal(
    tx: Connection, practice: str, new: NewFile, claim_version_ids: tuple[int, ...], *, event: Event, at: datetime
) -> SealedFile:
    """Store the bytes for good, tie the claim versions to them, and start the delivery; all with its event."""
    fields = {name: getattr(new, name) for name in NewFile.__dataclass_fields__}
    key = tx.execute(insert(interchanges).values(practice=practice, sealed_at=at, **fields)).inserted_primary_key
    assert key is not None
    tx.execute(
        insert(interchange_claims),
        [{"practice": practice, "interchange_id": key[0], "claim_version_id": one} for one in claim_version_ids],
    )
    tx.execute(
        insert(deliveries).values(
            practice=practice,
            interchange_id=key[0],
            state=Delivery.SEALED,
            fence=0,
            temporary_name="",
            held_from="",
            why="sealed",
        )
    )
    events.write(tx, practice, event, at=at)
    return by_id(tx, practice, key[0])


def by_id(tx: Connection, practice: str, interchange_id: int) -> SealedFile:
    """Give the file of that id."""
    query = _STORED.where(interchanges.c.practice == practice, interchanges.c.id == interchange_id)
    return _stored(tx.execute(query).mappings().one())


def by_name(tx: Connection, practice: str, name: str) -> SealedFile | None:
    """Give the newest file of that name."""
    return _newest(tx, practice, interchanges.c.name == name)


def by_interchange(tx: Connection, practice: str, partner: str, interchange: int) -> SealedFile | None:
    """Give the newest file with that ISA13 to that partner."""
    return _newest(tx, practice, interchanges.c.partner == partner, interchanges.c.interchange == interchange)


def by_group(tx: Connection, practice: str, partner: str, group_control: int) -> SealedFile | None:
    """Give the newest file with that GS06 to that partner."""
    return _newest(tx, practice, interchanges.c.partner == partner, interchanges.c.group_control == group_control)


def by_reference(tx: Connection, practice: str, partner: str, reference: str) -> SealedFile | None:
    """Give the file with that BHT03 to that partner."""
    return _newest(tx, practice, interchanges.c.partner == partner, interchanges.c.reference == reference)


def _newest(tx: Connection, practice: str, *conditions: ColumnElement[bool]) -> SealedFile | None:
    query = _STORED.where(interchanges.c.practice == practice, *conditions).order_by(interchanges.c.id.desc()).limit(1)
    row = tx.execute(query).mappings().first()
    return None if row is None else _stored(row)


def files(
    tx: Connection,
    practice: str,
    *,
    states: tuple[Delivery, ...] = (),
    partner: str = "",
    after: int = 0,
    limit: int = 100,
) -> tuple[SealedFile, ...]:
    """List files in the order of their sealing, from the one behind id `after`."""
    query = _STORED.where(interchanges.c.practice == practice, interchanges.c.id > after)
    if states:
        query = query.where(deliveries.c.state.in_(states))
    if partner:
        query = query.where(interchanges.c.partner == partner)
    return tuple(_stored(row) for row in tx.execute(query.order_by(interchanges.c.id).limit(limit)).mappings())


def bytes_of(tx: Connection, practice: str, interchange_id: int) -> bytes:
    """Read the bytes of a sealed file."""
    query = select(interchanges.c.body).where(interchanges.c.practice == practice, interchanges.c.id == interchange_id)
    body: bytes = tx.execute(query).scalar_one()
    return body


def take_up(tx: Connection, practice: str, interchange_id: int) -> SealedFile:
    """Take a delivery over: the fence goes up, so that whoever had it before cannot make its next step."""
    tx.execute(
        update(deliveries)
        .where(deliveries.c.practice == practice, deliveries.c.interchange_id == interchange_id)
        .values(fence=deliveries.c.fence + 1)
    )
    return by_id(tx, practice, interchange_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a delivery goes, and what it leaves behind."""

    after: Delivery
    why: str
    temporary_name: str | None = None
    sent_at: datetime | None = None
    answer_due_at: datetime | None = None


def move(tx: Connection, practice: str, file: SealedFile, step: Step, *, event: Event, at: datetime) -> SealedFile:
    """Move a delivery, with its event.

    Raises LedgerConflict if the file is no longer in the state, or under the fence, it was read with.
    """
    assert step.after in MOVES[file.state], f"{file.state} to {step.after} is not a move"
    fields: dict[str, object] = {"state": step.after, "why": step.why}
    if step.after is Delivery.HELD:
        fields["held_from"] = file.state
    for name in ("temporary_name", "sent_at", "answer_due_at"):
        if getattr(step, name) is not None:
            fields[name] = getattr(step, name)
    moved = tx.execute(
        update(deliveries)
        .where(
            deliveries.c.interchange_id == file.id,
            deliveries.c.state == file.state,
            deliveries.c.fence == file.fence,
        )
        .values(**fields)
    )
    if moved.rowcount != 1:
        raise LedgerConflict(f"file {file.name} is not {file.state} any more; read it again before acting")
    events.write(tx, practice, event, at=at)
    return by_id(tx, practice, file.id)


def _stored(row: RowMapping) -> SealedFile:
    fields = {name: row[name] for name in SealedFile.__dataclass_fields__ if name != "state"}
    return SealedFile(**fields, state=Delivery(row["state"]))
