"""The slots of one timetable: made of the times that have come, begun, done, and tried again where the work failed.

Times that were missed while nobody was there to do them are done together with the last of them, each once, and said to be
late. Of a job that the gateway has not known before, nothing was missed.
"""

import secrets
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from traceback import extract_tb
from typing import Final, NamedTuple

from gateway.errors import GatewayError, LedgerBusy, LedgerChanged, LedgerHeld, UsageError
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, events, slots
from gateway.ledger.slots import Slot, SlotState, Standing
from gateway.schedule.steps import STEPS, Step
from gateway.service.office import Office
from gateway.service.outbound.batch import AtEnd
from gateway.timetable import Job, Timetable

LATE: Final = timedelta(minutes=5)
"""Begun so long after its time a slot is late."""
_KEPT: Final = timedelta(days=40)
_MISSED_MAX: Final = 1000
"""Times of one job that become slots after a rest; all but the last are done together anyway."""
_LEAP: Final = timedelta(minutes=10)
"""A clock that is put back by less is worth no word."""
_AGAIN_FIRST: Final = timedelta(minutes=1)
_AGAIN_MAX: Final = timedelta(hours=1)
_AGAIN_HELD: Final = timedelta(minutes=10)
_WAKES_AT: Final = 3
_TIDIES_EVERY: Final = 100
"""Slots, after which old ones are forgotten."""
_TOLD: Final = frozenset({Job.SEND, Job.BACKUP, Job.RECONCILE})
"""Jobs of which being late is worth a line of the log. The others come again within the hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a slot.

    late          whether it was begun long after its time, or others were missed before it
    failed        why it has to be begun again; empty where it is done
    is_something  whether anything was done in it
    """

    slot: Slot
    late: bool
    said: str
    failed: str = ""
    is_something: bool = True


def perform(office: Office, table: Timetable, step: Step | None = None) -> Done | None:
    """Do what has come of a timetable; None where nothing has. Only the one that serves calls it.

    Whatever the step raises, its slot is begun again later: after a minute, then two, an hour at most. Raises LedgerChanged
    and LedgerBusy, after which nothing more may be written here, and what is no Exception: then the slot stays begun.
    """
    found = _come(office, table)
    if not found:
        return None
    *earlier, slot = found
    if slot.again_at is not None and slot.again_at > office.clock.now():
        return None
    fence, at = secrets.token_hex(16), office.clock.now()
    begun = _Begun(slot, fence, 1 + max(one.tries for one in found), bool(earlier) or at - slot.due_at >= LATE)
    with office.ledger.writing() as tx:
        slots.merge(tx, office.practice.key, earlier, slot, at=at)
        slots.begin(tx, office.practice.key, slot, fence=fence, tries=begun.tries, at=at)
        if slot.state is SlotState.BEGUN and begun.tries == _WAKES_AT:
            events.write(tx, office.practice.key, _never_ends(office, slot), at=at)
        if slot.id % _TIDIES_EVERY == 0:
            slots.forget(tx, office.practice.key, before=at - _KEPT)
    try:
        came = (step or STEPS[table.job])(office, table.partner, _ending(office, begun))
    except (LedgerChanged, LedgerBusy):
        raise
    except GatewayError as trouble:
        # A ledger that is held says so wherever somebody looks; its jobs wait, and wake nobody.
        return _failed(office, begun, str(trouble), is_told=not isinstance(trouble, LedgerHeld))
    except BaseException as bug:
        # A fault of ours in one job is kept and told, and keeps no other from its turn; Ctrl-C and the like are none.
        if not isinstance(bug, Exception):
            raise
        return _failed(office, begun, fault(bug))
    with office.ledger.writing() as tx:
        slots.end(tx, office.practice.key, slot, fence=fence, at=office.clock.now(), said=came.said)
        if begun.late and table.job in _TOLD:
            events.write(tx, office.practice.key, _was_late(office, slot, earlier, came.said), at=office.clock.now())
    return Done(slot=slot, late=begun.late, said=came.said, is_something=came.is_something)


class _Begun(NamedTuple):
    """A slot at work: under which fence, for the how many-th time since its job was done last, and whether late."""

    slot: Slot
    fence: str
    tries: int
    late: bool


def end_strays(office: Office) -> None:
    """End the slots of jobs that have no times any more, such as of a partner whose file is gone: nobody would do them."""
    known = {(one.job, one.partner) for one in office.settings.timetables}
    with office.ledger.writing() as tx:
        slots.end_strays(tx, office.practice.key, known, at=office.clock.now())


def _come(office: Office, table: Timetable) -> tuple[Slot, ...]:
    """Make slots of the times that have come, and give those that are not done, the earliest first."""
    practice, now = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        stands = slots.standing_of(tx, practice, table)
        if stands is None:
            slots.begin_with(tx, practice, table, at=now)
            return ()
        if stands.paused_at is not None:
            return ()
        if stands.known_until > now + _LEAP:
            _tell_once(tx, office, _is_behind(office, table, stands.known_until))
        elif stands.known_until < now:
            came = deque(table.between(stands.known_until, now), maxlen=_MISSED_MAX)
            slots.put(tx, practice, table, came, until=now)
        return slots.open_of(tx, practice, table.job, table.partner)


def _is_behind(office: Office, table: Timetable, until: datetime) -> Event:
    """Say that the clock shows less than it did: which of the two was right, nobody here can know."""
    return _event(
        office,
        "slot.clock_behind",
        table,
        f"the clock is behind: {table.name} was done for times up to {until:%Y-%m-%d %H:%M} UTC, and is not done again before",
        EventSeverity.WAKE,
        "gateway schedule again --by NAME --reason TEXT, if the clock had been ahead; else set it right",
    )


def _event(
    office: Office,
    kind: str,
    about: Timetable | Slot,
    said: str,
    severity: EventSeverity = EventSeverity.ROUTINE,
    then: str = "",
) -> Event:
    """Say something of a job, as the service does; `then` is what a person types."""
    return Event(
        kind=kind,
        about=about.name,
        partner=about.partner,
        said=said,
        severity=severity,
        artefact="schedule",
        actor=office.actor,
        next_command=then,
    )


def _tell_once(tx: Transaction, office: Office, event: Event) -> None:
    before = events.read(tx, office.practice.key, kind=event.kind, about=event.about, limit=1000)
    if not any(one.event.said == event.said for one in before):
        events.write(tx, office.practice.key, event, at=office.clock.now())


def _never_ends(office: Office, slot: Slot) -> Event:
    """Say that work was begun and not ended twice: nobody is there to tell of a process that was killed."""
    said = (
        f"{slot.name} of {slot.local} was begun twice and came to no end: the process was killed, or the ledger changed"
    )
    return _event(office, "slot.failed", slot, said, EventSeverity.WAKE, "gateway schedule next")


def _ending(office: Office, begun: _Begun) -> AtEnd:
    def ended(tx: Transaction) -> None:
        slots.end(tx, office.practice.key, begun.slot, fence=begun.fence, at=office.clock.now(), said="sealed")

    return ended


def _failed(office: Office, begun: _Begun, why: str, *, is_told: bool = True) -> Done:
    """Let a slot be begun again, and say so: the first time and the third.

    One whose work had ended before it failed (its files are sealed) is done: what failed behind it is told, and `deliver` goes on.
    """
    slot, at = begun.slot, office.clock.now()
    again = at + (min(_AGAIN_FIRST * 2 ** min(begun.tries - 1, 10), _AGAIN_MAX) if is_told else _AGAIN_HELD)
    with office.ledger.writing() as tx:
        # What nobody is told of does not count: the next failure of another kind is the first.
        tries = begun.tries if is_told else 0
        is_open = slots.failed(tx, office.practice.key, slot, fence=begun.fence, tries=tries, again_at=again, said=why)
        what = f"could not be done, {begun.tries} times so far: {why}; it is tried again"
        if not is_open:
            what = f"was sealed, and then: {why}; what is sealed is taken up by the next deliver"
        if is_told and (not is_open or begun.tries in {1, _WAKES_AT}):
            severity = EventSeverity.WAKE if begun.tries == _WAKES_AT else EventSeverity.CAN_WAIT
            then = "gateway schedule next" if is_open else "gateway deliver"
            event = _event(office, "slot.failed", slot, f"{slot.name} of {slot.local} {what}", severity, then)
            events.write(tx, office.practice.key, event, at=at)
    if not is_open:
        return Done(slot=slot, late=begun.late, said=f"sealed, and then: {why}")
    return Done(slot=slot, late=begun.late, said="", failed=why)


def fault(bug: BaseException) -> str:
    """Say where our code broke. What it says of itself is left out, for it may hold a patient's data."""
    last = extract_tb(bug.__traceback__)[-1]
    return f"a fault of ours ({type(bug).__name__} at {last.filename.rpartition('/')[2]}:{last.lineno})"


def _was_late(office: Office, slot: Slot, earlier: list[Slot], said: str) -> Event:
    missed = f", with {len(earlier)} missed before it" if earlier else ""
    return _event(office, "slot.late", slot, f"{slot.name} of {slot.local} was done late{missed}: {said}")


def pause(office: Office, table: Timetable, *, reason: str) -> None:
    """Let a job rest: its times become no slots. Raises UsageError if it rests already."""
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        stands = _stands(tx, office, table)
        if stands.paused_at is not None:
            raise UsageError(f"{table.name} is paused already; nothing was changed")
        if stands.known_until < at:
            # What was missed before a person let it rest is done when it goes on.
            slots.put(tx, practice, table, table.between(stands.known_until, at), until=at)
        slots.set_paused(tx, practice, table, at=at, by=office.actor, reason=reason)
        said = _decided(office, "schedule.paused", table.name, f"{table.name} is paused", reason)
        events.write(tx, practice, replace(said, partner=table.partner), at=at)


def resume(office: Office, table: Timetable, *, reason: str) -> None:
    """Let a job go on from now. What would have come meanwhile was not missed. Raises UsageError if it does not rest."""
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        if _stands(tx, office, table).paused_at is None:
            raise UsageError(f"{table.name} is not paused; nothing was changed")
        slots.set_paused(tx, practice, table, at=None)
        slots.skip_to(tx, practice, table, at=at)
        said = _decided(office, "schedule.resumed", table.name, f"{table.name} goes on", reason)
        events.write(tx, practice, replace(said, partner=table.partner), at=at)


def _stands(tx: Transaction, office: Office, table: Timetable) -> Standing:
    """Give how far a job has come; one that was never seen is known from now on."""
    stands = slots.standing_of(tx, office.practice.key, table)
    if stands is None:
        stands = Standing(known_until=office.clock.now())
        slots.begin_with(tx, office.practice.key, table, at=stands.known_until)
    return stands


def _decided(office: Office, kind: str, about: str, said: str, reason: str) -> Event:
    return Event(kind=kind, about=about, said=said, artefact="person", actor=office.actor, reason=reason)


def again(office: Office, *, reason: str) -> tuple[str, ...]:
    """Let the times that a clock had done before they came come again, as a person says; gives the names of the jobs.

    Raises UsageError if no job was done for a time that is to come.
    """
    practice, at = office.practice.key, office.clock.now()
    names = []
    with office.ledger.writing() as tx:
        for table in office.settings.timetables:
            stands = slots.standing_of(tx, practice, table)
            if stands is not None and stands.known_until > at:
                slots.take_back(tx, practice, table, after=at)
                names.append(table.name)
        if not names:
            raise UsageError(
                "no job was done for a time that is to come; nothing was changed; see: gateway schedule next"
            )
        said = f"the clock had been ahead: times behind {at:%Y-%m-%d %H:%M} UTC come again for {', '.join(names)}"
        event = _decided(office, "schedule.again", "schedule", said, reason)
        events.write(tx, practice, event, at=at)
    return tuple(names)
