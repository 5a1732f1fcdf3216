"""Files that came in: the bytes first, once for the same bytes, then what was read in them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import Connection, RowMapping, func, insert, select, text, update

from gateway.errors import LedgerConflict
from gateway.event import Event
from gateway.ledger import events
from gateway.ledger.lists import Elsewhere, Indexed, List, Page, Plain, page
from gateway.ledger.tables import acknowledgments, inbound_files, inbound_interchanges, inbound_sets
from gateway.listing import Asked, asked_for


class InboundState(StrEnum):
    """Where an inbound file stands."""

    STORED = "stored"
    """Its bytes are here; it was not read yet, or not all of its transaction sets are posted."""
    POSTED = "posted"
    """Read, and what it says was done."""
    SET_ASIDE = "set aside"
    """It could not be read or posted. Its bytes are kept, and a person decides."""
    UNPACKED = "unpacked"
    """An archive: what was in it became files of their own."""
    IGNORED = "ignored"
    """It was set aside, and a person decided that nothing more is needed."""
    REPORT = "report"
    """A report for people, by its name: kept, and not read."""


class SetState(StrEnum):
    """Where one transaction set of a file stands. A TA1, which stands in none, counts as one."""

    WAITING = "waiting"
    """It was read, and is still to be posted."""
    POSTED = "posted"
    """What it says was done."""
    SET_ASIDE = "set aside"
    """A remittance that may not be posted as it is; it is looked at again when the file is."""


class Reason(StrEnum):
    """Why a file was set aside, as a code."""

    NOT_X12 = "not x12"
    USAGE = "test or production"
    NUMBER_REUSED = "number reused"
    PAYMENT_REUSED = "payment reused"
    ARCHIVE = "archive"
    CRASHED = "reader crashed"
    TOO_SLOW = "reader too slow"
    TOO_BIG = "reader out of memory"
    CANNOT_POST = "cannot post"
    PGP = "not decrypted"
    REPORT = "report not understood"


INBOUND_EXPLAINED: Final[dict[InboundState, tuple[str, str]]] = {
    InboundState.STORED: ("its bytes are here; it was not read yet, or not all of its sets are posted", "gateway post"),
    InboundState.POSTED: ("read, and what it says was done", "nothing"),
    InboundState.SET_ASIDE: (
        "it could not be read or posted; its bytes are kept",
        "gateway inbox show NUMBER, then gateway inbox reprocess NUMBER or gateway inbox ignore NUMBER",
    ),
    InboundState.UNPACKED: ("an archive; what was in it are files of their own", "nothing"),
    InboundState.IGNORED: ("it was set aside, and a person decided that nothing more is needed", "nothing"),
    InboundState.REPORT: (
        "a report for people, known by its name (reports in the partner's profile); kept, and read where its layout is known",
        "nothing; gateway inbox export NUMBER to read it",
    ),
}
"""For each state of an inbound file: what it means, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundFile:
    """A file as it came. The bytes are read by `bytes_of`.

    reason     why it was set aside, as a code (`Reason`); empty while it is not
    strikes    how often reading it came to no end; three, and it is tried no more
    unmatched  how many of its answers are about nothing that we sent to that partner
    sets       how many transaction sets of it are known; 0 until the first is posted, and of files read by older gateways
    sets_done  how many of those stand: posted, or set aside each by itself
    """

    id: int
    partner: str
    name: str
    size: int
    sha256: str
    state: InboundState
    why: str
    received_at: datetime
    reason: str = ""
    strikes: int = 0
    unmatched: int = 0
    sets: int = 0
    sets_done: int = 0

    @property
    def progress(self) -> str:
        """Say how many of its sets stand, where it is not done with as a whole; empty otherwise."""
        stand = f"{self.sets_done} of {self.sets} sets posted"
        if self.state is InboundState.STORED and self.sets_done:
            return f"{stand}; goes on with the next `gateway post`"
        return stand if 0 < self.sets_done < self.sets else ""


_ITS_SETS = (
    select(func.count())
    .where(inbound_sets.c.practice == inbound_files.c.practice, inbound_sets.c.inbound_id == inbound_files.c.id)
    .correlate(inbound_files)
)
_STORED = select(
    *[column for column in inbound_files.c if column.name != "body"],
    _ITS_SETS.scalar_subquery().label("sets"),
    _ITS_SETS.where(inbound_sets.c.state != SetState.WAITING).scalar_subquery().label("sets_done"),
)


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
            reason="",
            strikes=0,
            unmatched=0,
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


def same_bytes(tx: Connection, practice: str, partner: str, sha256: str) -> InboundFile | None:
    """Give the file of a partner that holds these very bytes, whatever it is called."""
    f = inbound_files.c
    query = _STORED.where(f.practice == practice, f.partner == partner, f.sha256 == sha256)
    row = tx.execute(query).mappings().first()
    return None if row is None else _stored(row)


def lock(tx: Connection, practice: str, inbound_id: int) -> None:
    """Keep other writers from a file, and from its sets, until the transaction ends."""
    mine = inbound_files.c.practice == practice, inbound_files.c.id == inbound_id
    tx.execute(select(inbound_files.c.id).where(*mine).with_for_update(key_share=True))


LIST: Final = List(
    id=inbound_files.c.id,
    practice=inbound_files.c.practice,
    stored=_STORED,
    fields={
        "state": Indexed(column=inbound_files.c.state),
        "partner": Indexed(column=inbound_files.c.partner, split=True),
        "unmatched": Elsewhere(
            ids=lambda practice, _asked: select(inbound_files.c.id).where(
                inbound_files.c.practice == practice, text("unmatched > 0")
            ),
            column=inbound_files.c.name,
            practice=inbound_files.c.practice,
        ),
        "reason": Plain(column=inbound_files.c.reason),
        "file": Indexed(column=inbound_files.c.name),
        "age": Plain(column=inbound_files.c.received_at),
    },
    sorts={"size": inbound_files.c.size},
    split=inbound_files.c.state,
    split_values=tuple(InboundState),
)


def page_of(tx: Connection, practice: str, asked: Asked) -> Page[InboundFile]:
    """List files in the order they came. `unmatched` asks for those with an answer about nothing that we sent."""
    return page(tx, practice, LIST, asked, _stored)


def files(
    tx: Connection,
    practice: str,
    *,
    states: Collection[InboundState] = (),
    partner: str = "",
    after: int = 0,
    limit: int = 100,
) -> tuple[InboundFile, ...]:
    """Give files in the order they came, from the one behind id `after`: of some states or a partner if asked."""
    return page_of(tx, practice, asked_for(after=after, limit=limit, state=states, partner=partner)).rows


def bytes_of(tx: Connection, practice: str, inbound_id: int) -> bytes:
    """Read the bytes of a file that came in."""
    query = select(inbound_files.c.body).where(inbound_files.c.practice == practice, inbound_files.c.id == inbound_id)
    body: bytes = tx.execute(query).scalar_one()
    return body


def move(
    tx: Connection,
    practice: str,
    file: InboundFile,
    after: InboundState,
    *,
    why: str,
    event: Event,
    at: datetime,
    reason: str = "",
) -> None:
    """Say what became of a file, with its event. Raises LedgerConflict if somebody else did so first.

    A file that is set aside keeps its strikes, so that a person sees them; every other outcome clears them.
    """
    fields: dict[str, object] = {"state": after, "why": why, "reason": reason}
    if after not in (InboundState.SET_ASIDE, InboundState.IGNORED):
        fields["strikes"] = 0
    moved = tx.execute(
        update(inbound_files).where(inbound_files.c.id == file.id, inbound_files.c.state == file.state).values(**fields)
    )
    if moved.rowcount != 1:
        raise LedgerConflict(f"inbound file {file.id} is not {file.state} any more; read it again before acting")
    events.write(tx, practice, event, at=at)


def begin_reading(tx: Connection, practice: str, inbound_ids: Collection[int]) -> None:
    """Give a first strike to files that are about to be read in this process.

    Whatever becomes of them takes it away again. If it stands, their reader did not come to its end: from then on they
    are tried apart from us.
    """
    tx.execute(
        update(inbound_files)
        .where(
            inbound_files.c.practice == practice,
            inbound_files.c.id.in_(inbound_ids),
            inbound_files.c.state == InboundState.STORED,
            inbound_files.c.strikes == 0,
        )
        .values(strikes=1)
    )


def strike(tx: Connection, practice: str, inbound_id: int) -> int:
    """Count one more reading that came to no end. Gives how many there were."""
    mine = (inbound_files.c.practice == practice, inbound_files.c.id == inbound_id)
    tx.execute(update(inbound_files).where(*mine).values(strikes=inbound_files.c.strikes + 1))
    strikes: int = tx.execute(select(inbound_files.c.strikes).where(*mine)).scalar_one()
    return strikes


def add_unmatched(tx: Connection, practice: str, inbound_id: int) -> None:
    """Count one more answer of a file that is about nothing we sent to that partner."""
    tx.execute(
        update(inbound_files)
        .where(inbound_files.c.practice == practice, inbound_files.c.id == inbound_id)
        .values(unmatched=inbound_files.c.unmatched + 1)
    )


def settle_unmatched(tx: Connection, practice: str, inbound_id: int, *, event: Event, at: datetime) -> None:
    """Take a file off the list of unmatched answers, with the event that says who decided so."""
    tx.execute(
        update(inbound_files)
        .where(inbound_files.c.practice == practice, inbound_files.c.id == inbound_id)
        .values(unmatched=0)
    )
    events.write(tx, practice, event, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangeKey:
    """What tells one interchange of a partner from another: ISA06, ISA13, ISA09, ISA10."""

    sender: str
    interchange: int
    date: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownInterchange:
    """The file that an interchange came in, and which segment of it its ISA is."""

    inbound_id: int
    place: int


def interchange_before(tx: Connection, practice: str, partner: str, key: InterchangeKey) -> KnownInterchange | None:
    """Give the interchange that this partner has sent under that key, if it has."""
    i = inbound_interchanges.c
    query = select(i.inbound_id, i.place).where(
        i.practice == practice,
        i.partner == partner,
        i.sender == key.sender,
        i.interchange == key.interchange,
        i.date == key.date,
        i.time == key.time,
    )
    row = tx.execute(query).mappings().first()
    return None if row is None else KnownInterchange(**row)


def keep_interchange(tx: Connection, practice: str, file: InboundFile, key: InterchangeKey, *, place: int) -> None:
    """Keep that an interchange came. The ledger itself refuses a second one with its key."""
    tx.execute(
        insert(inbound_interchanges).values(
            practice=practice,
            inbound_id=file.id,
            partner=file.partner,
            place=place,
            sender=key.sender,
            interchange=key.interchange,
            date=key.date,
            time=key.time,
        )
    )


class SetPlace(NamedTuple):
    """Where a transaction set, or a TA1, stands in its file: the place of its ISA, and its own."""

    place: int
    ordinal: int


def sets_of(tx: Connection, practice: str, inbound_id: int) -> dict[SetPlace, SetState]:
    """Give the sets of a file that are known, each with where it stands."""
    query = select(inbound_sets.c.place, inbound_sets.c.ordinal, inbound_sets.c.state).where(
        inbound_sets.c.practice == practice, inbound_sets.c.inbound_id == inbound_id
    )
    return {SetPlace(place, ordinal): SetState(state) for place, ordinal, state in tx.execute(query)}


def keep_sets(tx: Connection, practice: str, inbound_id: int, sets: Mapping[SetPlace, SetState]) -> None:
    """Keep the sets of a file. The ledger itself refuses one that is known."""
    rows = [
        {"practice": practice, "inbound_id": inbound_id, "place": at.place, "ordinal": at.ordinal, "state": state}
        for at, state in sets.items()
    ]
    if rows:
        tx.execute(insert(inbound_sets), rows)


def move_set(tx: Connection, practice: str, inbound_id: int, at: SetPlace, after: SetState) -> None:
    """Say what became of a set that waits. Raises LedgerConflict if somebody else did so first."""
    mine = (
        inbound_sets.c.practice == practice,
        inbound_sets.c.inbound_id == inbound_id,
        inbound_sets.c.place == at.place,
        inbound_sets.c.ordinal == at.ordinal,
        inbound_sets.c.state == SetState.WAITING,
    )
    if tx.execute(update(inbound_sets).where(*mine).values(state=after)).rowcount != 1:
        raise LedgerConflict(f"a set of inbound file {inbound_id} does not wait any more; read it again before acting")


def look_again(tx: Connection, practice: str, inbound_id: int) -> None:
    """Let the sets of a file that were set aside wait again: a person wants it read once more."""
    mine = (inbound_sets.c.practice == practice, inbound_sets.c.inbound_id == inbound_id)
    tx.execute(
        update(inbound_sets).where(*mine, inbound_sets.c.state == SetState.SET_ASIDE).values(state=SetState.WAITING)
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
