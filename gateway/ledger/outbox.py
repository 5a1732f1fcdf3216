"""Interchanges, whose bytes never change, and their deliveries, whose state does."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    false,
    func,
    insert,
    select,
    true,
    union,
    update,
)

from gateway.delivery import DECISIONS, MOVES, UNCERTAIN, Delivery, Manner
from gateway.errors import LedgerConflict, UsageError
from gateway.event import Event
from gateway.ledger import events
from gateway.ledger.lists import Elsewhere, Indexed, List, Page, page
from gateway.ledger.parameters import some_at_once
from gateway.ledger.tables import claim_versions, deliveries, interchange_claims, interchanges
from gateway.listing import Asked, Condition, asked_for


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """An outbound file and where its delivery stands. `id` is the interchange's; the bytes are read by `bytes_of`.

    wire_size, wire_sha256  of its bytes as they leave: encrypted, where the partner wants that
    manner          how it gets its final name; None until it is first uploaded
    temporary_name  a path from the mailbox's root, or a name in the outbound folder
    refusals        how often in a row the partner has refused the step that is due
    resends         how often people decided to send the same bytes again
    mailbox         fingerprint of the mailbox it is meant for; empty if that was not kept yet when it was sealed
    """

    id: int
    partner: str
    cycle: int
    interchange: int
    group_control: int
    reference: str
    name: str
    size: int
    sha256: str
    wire_size: int
    wire_sha256: str
    sealed_at: datetime
    state: Delivery
    fence: int
    manner: Manner | None
    temporary_name: str
    held_from: str
    refusals: int
    resends: int
    mailbox: str
    why: str
    sent_at: datetime | None
    answer_due_at: datetime | None

    @property
    def may_have_left(self) -> bool:
        """Whether its bytes may be at the partner under their final name. An answer to a file that has not left is not its."""
        if self.resends or self.state in UNCERTAIN:
            return True
        return self.state is Delivery.HELD and self.held_from in UNCERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """What sealing stores.

    mailbox  fingerprint of the mailbox it is meant for (MailboxAddress.destination)
    wire     what leaves, where that is not the body itself
    """

    partner: str
    cycle: int
    interchange: int
    group_control: int
    reference: str
    name: str
    size: int
    sha256: str
    body: bytes
    mailbox: str
    wire: bytes | None = None


ITS_DELIVERY: Final = and_(
    deliveries.c.practice == interchanges.c.practice, deliveries.c.interchange_id == interchanges.c.id
)
"""Which delivery is an interchange's: with its practice, for the index of deliveries begins with that."""
_NOT_THE_BODY = [column for column in interchanges.c if column.name not in {"body", "wire"}]
_STORED = select(
    *_NOT_THE_BODY,
    deliveries.c.state,
    deliveries.c.fence,
    deliveries.c.manner,
    deliveries.c.temporary_name,
    deliveries.c.held_from,
    deliveries.c.refusals,
    deliveries.c.resends,
    deliveries.c.mailbox,
    deliveries.c.why,
    deliveries.c.sent_at,
    deliveries.c.answer_due_at,
).join(deliveries, ITS_DELIVERY)


def seal(
    tx: Connection, practice: str, new: NewFile, claim_version_ids: tuple[int, ...], *, event: Event, at: datetime
) -> SealedFile:
    """Store the bytes for good, tie the claim versions to them, and start the delivery; all with its event."""
    fields = {name: getattr(new, name) for name in NewFile.__dataclass_fields__ if name != "mailbox"}
    leaves = new.body if new.wire is None else new.wire
    fields |= {"wire_size": len(leaves), "wire_sha256": sha256(leaves).hexdigest()}
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
            mailbox=new.mailbox,
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


def by_name(tx: Connection, practice: str, name: str, *, partner: str = "") -> SealedFile | None:
    """Give the file of that name. Raises UsageError if several partners have one and none is named."""
    query = _STORED.where(interchanges.c.practice == practice, interchanges.c.name == name)
    rows = tx.execute(query.where(interchanges.c.partner == partner) if partner else query).mappings().all()
    if len(rows) > 1:
        partners = ", ".join(sorted(row["partner"] for row in rows))
        raise UsageError(f"several files are called {name} ({partners}); say which with --partner")
    return _stored(rows[0]) if rows else None


def carrying(tx: Connection, practice: str, claim_version_id: int) -> SealedFile | None:
    """Give the file that carries a claim version; None if none does yet, or it was cancelled before it left."""
    query = _STORED.join(interchange_claims, interchange_claims.c.interchange_id == interchanges.c.id).where(
        interchange_claims.c.practice == practice,
        interchange_claims.c.claim_version_id == claim_version_id,
        interchange_claims.c.withdrawn == false(),
    )
    row = tx.execute(query).mappings().first()
    return None if row is None else _stored(row)


def carriers_of(tx: Connection, practice: str, claim_version_ids: Collection[int]) -> dict[int, SealedFile]:
    """Give the file that carries each of several claim versions, for those that one carries."""
    carried: dict[int, int] = {}
    for some in some_at_once(claim_version_ids):
        query = select(interchange_claims.c.claim_version_id, interchange_claims.c.interchange_id).where(
            interchange_claims.c.practice == practice,
            interchange_claims.c.claim_version_id.in_(some),
            interchange_claims.c.withdrawn == false(),
        )
        carried |= {row.claim_version_id: row.interchange_id for row in tx.execute(query)}
    known: dict[int, SealedFile] = {}
    for some in some_at_once(set(carried.values())):
        query = _STORED.where(interchanges.c.practice == practice, interchanges.c.id.in_(some))
        known |= {row["id"]: _stored(row) for row in tx.execute(query).mappings()}
    return {version_id: known[interchange_id] for version_id, interchange_id in carried.items()}


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


def _named_by(column: Column[Any]) -> Elsewhere:
    return Elsewhere(
        ids=lambda practice, asked: select(interchanges.c.id).where(
            interchanges.c.practice == practice, column.in_(asked.wanted)
        ),
        column=column,
        practice=interchanges.c.practice,
        link=interchanges.c.id,
    )


def _carriers(practice: str, asked: Condition) -> Select[tuple[int]]:
    """Which files carry a claim, or did until they were cancelled: those are looked through, for they are few.

    Only claims that are carried have an index.
    """
    i = interchange_claims.c
    meant = select(claim_versions.c.id).where(
        claim_versions.c.practice == practice, claim_versions.c.pcn.in_(asked.wanted)
    )
    carried = select(i.interchange_id).where(
        i.practice == practice, i.claim_version_id.in_(meant), i.withdrawn == false()
    )
    withdrawn = select(i.id).where(i.interchange_id == deliveries.c.interchange_id, i.claim_version_id.in_(meant))
    cancelled = select(deliveries.c.interchange_id).where(
        deliveries.c.practice == practice, deliveries.c.state == Delivery.CANCELLED, withdrawn.exists()
    )
    return select(union(carried, cancelled).subquery().c.interchange_id)


LIST: Final = List(
    id=deliveries.c.interchange_id,
    practice=deliveries.c.practice,
    stored=_STORED,
    fields={
        "state": Indexed(column=deliveries.c.state),
        "partner": _named_by(interchanges.c.partner),
        "file": _named_by(interchanges.c.name),
        "claim": Elsewhere(
            ids=_carriers,
            column=claim_versions.c.pcn,
            practice=claim_versions.c.practice,
        ),
    },
    sorts={},
    split=deliveries.c.state,
    split_values=tuple(Delivery),
)


def page_of(tx: Connection, practice: str, asked: Asked) -> Page[SealedFile]:
    """List files in the order of their sealing."""
    return page(tx, practice, LIST, asked, _stored)


def files(
    tx: Connection,
    practice: str,
    *,
    states: Collection[Delivery] = (),
    partner: str = "",
    after: int = 0,
    limit: int = 100,
) -> tuple[SealedFile, ...]:
    """Give files in the order of their sealing, from the one behind id `after`: of some states or a partner if asked."""
    return page_of(tx, practice, asked_for(after=after, limit=limit, state=states, partner=partner)).rows


def bytes_of(tx: Connection, practice: str, interchange_id: int) -> bytes:
    """Read the bytes of a sealed file."""
    query = select(interchanges.c.body).where(interchanges.c.practice == practice, interchanges.c.id == interchange_id)
    body: bytes = tx.execute(query).scalar_one()
    return body


def wire_of(tx: Connection, practice: str, interchange_id: int) -> bytes:
    """Read the bytes of a sealed file as they leave."""
    i = interchanges.c
    query = select(func.coalesce(i.wire, i.body)).where(i.practice == practice, i.id == interchange_id)
    body: bytes = tx.execute(query).scalar_one()
    return bytes(body)


WAITING = (Delivery.SEALED, Delivery.UPLOADING, Delivery.COMMITTING)
"""The states in which a delivery may be taken up."""


def take_up(tx: Connection, practice: str, interchange_id: int) -> SealedFile | None:
    """Take a delivery over: the fence goes up, so that whoever had it before cannot make its next step.

    Gives None if it waits no longer: somebody else has brought it to its end, or it is held.
    """
    taken = tx.execute(
        update(deliveries)
        .where(
            deliveries.c.practice == practice,
            deliveries.c.interchange_id == interchange_id,
            deliveries.c.state.in_(WAITING),
        )
        .values(fence=deliveries.c.fence + 1)
    )
    return by_id(tx, practice, interchange_id) if taken.rowcount == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a delivery goes, and what it leaves behind.

    held_from  the state it is held from, where that is not the one it was in: a restored ledger has to take it that a
               file may have been renamed
    """

    after: Delivery
    why: str
    held_from: Delivery | None = None
    manner: Manner | None = None
    temporary_name: str | None = None
    sent_at: datetime | None = None
    answer_due_at: datetime | None = None
    mailbox: str | None = None


def move(tx: Connection, practice: str, file: SealedFile, step: Step, *, event: Event, at: datetime) -> SealedFile:
    """Move a delivery by evidence, with its event.

    Raises LedgerConflict if the file is no longer in the state, or under the fence, it was read with.
    """
    return _move(tx, practice, file, step, allowed=MOVES[file.state], event=event, at=at)


def decide(tx: Connection, practice: str, file: SealedFile, step: Step, *, event: Event, at: datetime) -> SealedFile:
    """Move a delivery as a person decided; the event names them and the reason. Raises LedgerConflict as `move` does."""
    assert event.actor, "a decision without a person"
    assert event.reason, "a decision without a reason"
    return _move(tx, practice, file, step, allowed=DECISIONS[file.state], event=event, at=at)


def _move(
    tx: Connection,
    practice: str,
    file: SealedFile,
    step: Step,
    *,
    allowed: frozenset[Delivery],
    event: Event,
    at: datetime,
) -> SealedFile:
    if step.after not in allowed:
        raise LedgerConflict(f"{file.state} to {step.after} is not a move of a file; read it again before acting")
    fields: dict[str, object] = {"state": step.after, "why": step.why}
    if step.after is not file.state:
        fields["refusals"] = 0
    if step.after is Delivery.HELD:
        fields["held_from"] = step.held_from or file.state
    for name in ("manner", "temporary_name", "sent_at", "answer_due_at", "mailbox"):
        if getattr(step, name) is not None:
            fields[name] = getattr(step, name)
    return _changed(tx, practice, file, fields, event=event, at=at)


def _changed(
    tx: Connection, practice: str, file: SealedFile, fields: Mapping[str, object], *, event: Event, at: datetime
) -> SealedFile:
    if tx.execute(update(deliveries).where(*_as_read(practice, file)).values(**fields)).rowcount != 1:
        raise LedgerConflict(f"file {file.name} is not {file.state} any more; read it again before acting")
    events.write(tx, practice, event, at=at)
    return by_id(tx, practice, file.id)


def _as_read(practice: str, file: SealedFile) -> tuple[ColumnElement[bool], ...]:
    """The delivery, as long as it is in the state and under the fence that it was read with."""
    d = deliveries.c
    return (d.practice == practice, d.interchange_id == file.id, d.state == file.state, d.fence == file.fence)


def readdress(
    tx: Connection, practice: str, file: SealedFile, mailbox: str, *, event: Event, at: datetime
) -> SealedFile:
    """Have a file that has not left go to another mailbox, as a person decided. Raises LedgerConflict as `move` does."""
    assert event.actor, "a decision without a person"
    assert not file.may_have_left, "a file that may be at one mailbox is not looked for in another one"
    fields = {"mailbox": mailbox, "fence": deliveries.c.fence + 1}
    return _changed(tx, practice, file, fields, event=event, at=at)


def count_refusal(tx: Connection, practice: str, file: SealedFile) -> int:
    """Count that the partner refused the step that is due; gives how often in a row. A later worker's file is not touched."""
    counted = tx.execute(
        update(deliveries)
        .where(*_as_read(practice, file))
        .values(refusals=deliveries.c.refusals + 1)
        .returning(deliveries.c.refusals)
    ).scalar_one_or_none()
    return 0 if counted is None else int(counted)


def count_resend(tx: Connection, practice: str, file: SealedFile) -> None:
    """Count that people decided to send the same bytes again: from now on an earlier copy may be answered."""
    tx.execute(
        update(deliveries)
        .where(deliveries.c.practice == practice, deliveries.c.interchange_id == file.id)
        .values(resends=deliveries.c.resends + 1)
    )


def withdraw_claims(tx: Connection, practice: str, file: SealedFile) -> None:
    """Free the claim versions of a file that was cancelled before it left: each may go into another one."""
    tx.execute(
        update(interchange_claims)
        .where(interchange_claims.c.practice == practice, interchange_claims.c.interchange_id == file.id)
        .values(withdrawn=true())
    )


def pinned_names(tx: Connection, practice: str, partner: str) -> frozenset[str]:
    """Give the temporary names that a delivery which is not at its end still needs."""
    # An exported file that comes back is uploaded under another temporary name.
    ended = (Delivery.SENT, Delivery.PRESUMED, Delivery.CANCELLED, Delivery.EXPORTED)
    query = (
        select(deliveries.c.temporary_name)
        .join(interchanges, ITS_DELIVERY)
        .where(interchanges.c.practice == practice, interchanges.c.partner == partner, deliveries.c.state.not_in(ended))
    )
    return frozenset(tx.execute(query).scalars())


def names_known(tx: Connection, practice: str, partner: str, names: frozenset[str]) -> frozenset[str]:
    """Give those of the names that files for this partner have."""
    query = select(interchanges.c.name).where(
        interchanges.c.practice == practice, interchanges.c.partner == partner, interchanges.c.name.in_(names)
    )
    return frozenset(tx.execute(query).scalars())


def _stored(row: RowMapping) -> SealedFile:
    fields = {name: row[name] for name in SealedFile.__dataclass_fields__ if name not in {"state", "manner"}}
    manner = Manner(row["manner"]) if row["manner"] else None
    return SealedFile(**fields, state=Delivery(row["state"]), manner=manner)
