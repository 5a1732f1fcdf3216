"""Slots: the times that have come at which work is done by itself. Each is begun and ended once, by whoever holds its fence."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select, update

from gateway.errors import LedgerChanged
from gateway.ledger.tables import schedules, slots
from gateway.timetable import Job, Occurrence, Timetable, job_name


class SlotState(StrEnum):
    """Where a slot stands.

    A begun one whose process has ended, or whose work failed, is begun again; MERGED are missed ones that a later slot of the
    same job did together with its own.
    """

    DUE = "due"
    BEGUN = "begun"
    DONE = "done"
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One time of one job.

    local     its wall clock, such as 2026-11-27T16:30
    tries     how often it was begun
    again_at  not before that moment it is begun again; None where it may be
    said      what became of it last
    """

    id: int
    job: Job
    partner: str
    local: str
    due_at: datetime
    state: SlotState
    tries: int
    begun_at: datetime | None
    ended_at: datetime | None
    again_at: datetime | None
    said: str

    @property
    def name(self) -> str:
        """What people call its job, such as `send northgate`."""
        return job_name(self.job, self.partner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Up to when a job's times are slots, and who has stopped it; `paused_at` is None while it goes on."""

    known_until: datetime
    paused_at: datetime | None = None
    paused_by: str = ""
    reason: str = ""


def standing_of(tx: Connection, practice: str, table: Timetable) -> Standing | None:
    """Give how far a job has come; None if it was never seen."""
    row = tx.execute(select(schedules).where(*_mine(practice, table.job, table.partner))).mappings().first()
    if row is None:
        return None
    return Standing(
        known_until=row["known_until"],
        paused_at=row["paused_at"],
        paused_by=row["paused_by"],
        reason=row["pause_reason"],
    )


def begin_with(tx: Connection, practice: str, table: Timetable, *, at: datetime) -> None:
    """Keep that a job's times become slots from a moment on: what was before the gateway knew of them was not missed."""
    tx.execute(
        insert(schedules).values(
            practice=practice, job=table.job, partner=table.partner, known_until=at, paused_by="", pause_reason=""
        )
    )


def put(tx: Connection, practice: str, table: Timetable, came: Iterable[Occurrence], *, until: datetime) -> int:
    """Make slots of the times that have come, and keep up to when they are known; gives how many are new."""
    known = {one.local: one for one in came}
    there = select(slots.c.local).where(*_of_job(practice, table.job, table.partner), slots.c.local.in_(known))
    new = [known[local] for local in known.keys() - set(tx.execute(there).scalars())] if known else []
    rows = [
        {
            "practice": practice,
            "job": table.job,
            "partner": table.partner,
            "local": one.local,
            "due_at": one.at,
            "state": SlotState.DUE,
            "fence": "",
            "tries": 0,
            "said": "",
        }
        for one in sorted(new, key=lambda one: one.at)
    ]
    if rows:
        tx.execute(insert(slots), rows)
    tx.execute(update(schedules).where(*_mine(practice, table.job, table.partner)).values(known_until=until))
    return len(rows)


def open_of(tx: Connection, practice: str, job: Job, partner: str) -> tuple[Slot, ...]:
    """Give a job's slots that are not done, the earliest first."""
    return _open(tx, _of_job(practice, job, partner))


def all_open(tx: Connection, practice: str) -> tuple[Slot, ...]:
    """Give every slot that is not done, the earliest first."""
    return _open(tx, (slots.c.practice == practice,))


def _open(tx: Connection, which: tuple[ColumnElement[bool], ...]) -> tuple[Slot, ...]:
    query = select(*_COLUMNS).where(*which, slots.c.state.in_(_OPEN)).order_by(slots.c.due_at, slots.c.id)
    return tuple(map(_slot, tx.execute(query).mappings()))


def begin(tx: Connection, practice: str, slot: Slot, *, fence: str, tries: int, at: datetime) -> None:
    """Begin a slot: from now on only the holder of the fence may end it. Raises LedgerChanged if it was ended meanwhile.

    tries  how often its job was begun since it was done last, this time counted
    """
    _moved(
        tx.execute(
            update(slots)
            .where(*_this(practice, slot.id), slots.c.state.in_(_OPEN))
            .values(state=SlotState.BEGUN, fence=fence, tries=tries, begun_at=at, again_at=None)
        ).rowcount
    )


def end(tx: Connection, practice: str, slot: Slot, *, fence: str, at: datetime, said: str) -> None:
    """Keep that a slot's work is done, or say more of one that is. Raises LedgerChanged if another process has begun it since."""
    ours = (SlotState.BEGUN, SlotState.DONE)
    _moved(
        tx.execute(
            update(slots)
            .where(*_this(practice, slot.id), slots.c.state.in_(ours), slots.c.fence == fence)
            .values(state=SlotState.DONE, ended_at=at, said=said, again_at=None)
        ).rowcount
    )


def failed(tx: Connection, practice: str, slot: Slot, *, fence: str, tries: int, again_at: datetime, said: str) -> bool:
    """Keep why a slot's work failed, and when it is begun again; False where it had ended before, or is another process's."""
    query = (
        update(slots)
        .where(*_this(practice, slot.id), slots.c.state == SlotState.BEGUN, slots.c.fence == fence)
        .values(state=SlotState.DUE, tries=tries, again_at=again_at, said=said)
    )
    return tx.execute(query).rowcount == 1


def merge(tx: Connection, practice: str, earlier: Collection[Slot], into: Slot, *, at: datetime) -> None:
    """Let missed slots be done together with a later one of their job."""
    ids = [one.id for one in earlier]
    if ids:
        tx.execute(
            update(slots)
            .where(slots.c.practice == practice, slots.c.id.in_(ids))
            .values(state=SlotState.MERGED, ended_at=at, again_at=None, said=f"missed; done with {into.local}")
        )


def set_paused(
    tx: Connection, practice: str, table: Timetable, *, at: datetime | None, by: str = "", reason: str = ""
) -> None:
    """Stop a job, or with `at` None let it go on."""
    tx.execute(
        update(schedules)
        .where(*_mine(practice, table.job, table.partner))
        .values(paused_at=at, paused_by=by, pause_reason=reason)
    )


def skip_to(tx: Connection, practice: str, table: Timetable, *, at: datetime) -> None:
    """Let what came up to a moment become no slots."""
    tx.execute(update(schedules).where(*_mine(practice, table.job, table.partner)).values(known_until=at))


def take_back(tx: Connection, practice: str, table: Timetable, *, after: datetime) -> None:
    """Let a job's times behind a moment be such as have not come: a clock that was ahead had made slots of them."""
    mine = _of_job(practice, table.job, table.partner)
    tx.execute(delete(slots).where(*mine, slots.c.due_at > after))
    skip_to(tx, practice, table, at=after)


def end_strays(tx: Connection, practice: str, known: Collection[tuple[Job, str]], *, at: datetime) -> None:
    """End open slots of jobs that are none of the known ones."""
    strays = [one.id for one in all_open(tx, practice) if (one.job, one.partner) not in known]
    if strays:
        tx.execute(
            update(slots)
            .where(slots.c.practice == practice, slots.c.id.in_(strays))
            .values(state=SlotState.MERGED, ended_at=at, again_at=None, said="not done: its job has no times any more")
        )


def forget(tx: Connection, practice: str, *, before: datetime) -> int:
    """Drop slots that ended before a moment; their times stay known, and none comes again."""
    ended = (SlotState.DONE, SlotState.MERGED)
    query = delete(slots).where(slots.c.practice == practice, slots.c.state.in_(ended), slots.c.due_at < before)
    return tx.execute(query).rowcount


_OPEN = (SlotState.DUE, SlotState.BEGUN)
_COLUMNS = (
    slots.c.id,
    slots.c.job,
    slots.c.partner,
    slots.c.local,
    slots.c.due_at,
    slots.c.state,
    slots.c.tries,
    slots.c.begun_at,
    slots.c.ended_at,
    slots.c.again_at,
    slots.c.said,
)


def _mine(practice: str, job: Job, partner: str) -> tuple[ColumnElement[bool], ...]:
    return schedules.c.practice == practice, schedules.c.job == job, schedules.c.partner == partner


def _of_job(practice: str, job: Job, partner: str) -> tuple[ColumnElement[bool], ...]:
    return slots.c.practice == practice, slots.c.job == job, slots.c.partner == partner


def _this(practice: str, slot_id: int) -> tuple[ColumnElement[bool], ...]:
    return slots.c.practice == practice, slots.c.id == slot_id


def _moved(rows: int) -> None:
    if rows != 1:
        raise LedgerChanged("another gateway process does this slot; this one leaves it alone")


def _slot(row: RowMapping) -> Slot:
    return Slot(**{**row, "job": Job(row["job"]), "state": SlotState(row["state"])})
