"""Slots: every time once, what was missed together with the last and said to be late, and what failed again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from gateway.errors import ConfigError, LedgerChanged, LedgerHeld, UsageError
from gateway.ledger import events
from gateway.ledger.leader import lead
from gateway.ledger.slots import SlotState
from gateway.ledger.tables import slots as rows
from gateway.schedule.foreseen import Foreseen, foresee, next_cutoffs
from gateway.schedule.slots import again, end_strays, pause, perform, resume
from gateway.schedule.steps import Came, Step
from gateway.service.office import Office
from gateway.service.outbound.batch import AtEnd
from gateway.timetable import Job, Timetable, read_times
from tests.schedule.conftest import Hands

CUTOFF = Timetable(job=Job.SEND, partner="north", zone="America/Chicago", times=(read_times("16:30"),))
OFTEN = Timetable(job=Job.POST, zone="America/Chicago", times=(read_times("every 30 min"),))


class Work:
    """A step that counts how often it was done, and fails as often as it is told to."""

    def __init__(self, fails: int = 0, why: Exception | None = None) -> None:
        self.times: list[str] = []
        self.fails = fails
        self.why = why or ConfigError("the profile is wrong")

    def __call__(self, _office: Office, partner: str, _ended: AtEnd | None) -> Came:
        if self.fails:
            self.fails -= 1
            raise self.why
        self.times.append(partner)
        return Came("done")


def stood(office: Office, table: Timetable = CUTOFF) -> list[tuple[str, str]]:
    """Wall clock and state of each slot of a job."""
    with office.ledger.reading() as tx:
        found = tx.execute(
            select(rows.c.local, rows.c.state).where(rows.c.job == table.job).order_by(rows.c.local)
        ).all()
    return [(local, state) for local, state in found]


def known(office: Office, hands: Hands, step: Step, table: Timetable = CUTOFF) -> None:
    """Let the service know of a job on the morning of 2026-11-16."""
    hands.at("2026-11-16T15:00:00")
    assert perform(office, table, step) is None


def test_a_time_is_done_once_when_it_has_come(office: Office, hands: Hands) -> None:
    work = Work()
    known(office, hands, work)
    hands.at("2026-11-16T22:29:59")
    assert perform(office, CUTOFF, work) is None
    hands.at("2026-11-16T22:30:00")
    done = perform(office, CUTOFF, work)
    assert done is not None
    assert (done.slot.local, done.late, done.said, work.times) == ("2026-11-16T16:30", False, "done", ["north"])
    assert perform(office, CUTOFF, work) is None
    hands.at("2026-11-16T22:31:00")
    assert perform(office, CUTOFF, work) is None
    assert stood(office) == [("2026-11-16T16:30", "done")]


def test_nothing_was_missed_before_a_job_was_known(office: Office, hands: Hands) -> None:
    work = Work()
    hands.at("2026-11-20T23:00:00")
    assert perform(office, CUTOFF, work) is None
    assert stood(office) == []


def test_f52_what_was_missed_is_done_together_with_the_last_once_and_said_to_be_late(
    office: Office, hands: Hands
) -> None:
    work = Work()
    known(office, hands, work)
    hands.at("2026-11-19T23:00:00")
    done = perform(office, CUTOFF, work)
    assert done is not None
    assert (done.slot.local, done.late, work.times) == ("2026-11-19T16:30", True, ["north"])
    assert stood(office) == [
        ("2026-11-16T16:30", "merged"),
        ("2026-11-17T16:30", "merged"),
        ("2026-11-18T16:30", "merged"),
        ("2026-11-19T16:30", "done"),
    ]
    with office.ledger.reading() as tx:
        (late,) = events.read(tx, office.practice.key, kind="slot.late")
    assert late.event.said == "send north of 2026-11-19T16:30 was done late, with 3 missed before it: done"


def test_a_clock_that_is_put_back_a_little_does_nothing_twice(office: Office, hands: Hands) -> None:
    work = Work()
    known(office, hands, work)
    hands.at("2026-11-16T22:35:00")
    assert perform(office, CUTOFF, work) is not None
    for minute in range(26, 40):
        hands.at(f"2026-11-16T22:{minute}:00")
        assert perform(office, CUTOFF, work) is None
    assert len(work.times) == 1


def test_a_clock_that_was_far_ahead_does_nothing_twice_until_a_person_says_that_it_was(
    office: Office, hands: Hands
) -> None:
    work = Work()
    office = replace(office, settings=replace(office.settings, timetables=(CUTOFF,)))
    known(office, hands, work)
    hands.at("2026-11-19T23:00:00")
    assert perform(office, CUTOFF, work) is not None
    hands.at("2026-11-16T22:30:00")
    for _ in range(3):
        assert perform(office, CUTOFF, work) is None
    with office.ledger.reading() as tx:
        (told,) = events.read(tx, office.practice.key, kind="slot.clock_behind")
    assert "was done for times up to 2026-11-19 23:00 UTC" in told.event.said
    hands.at("2026-11-16T22:20:00")
    assert again(replace(office, actor="Ana Reyes"), reason="the clock was ahead") == ("send north",)
    assert stood(office) == []
    for day in (16, 17):
        hands.at(f"2026-11-{day}T22:30:00")
        assert perform(office, CUTOFF, work) is not None
    assert stood(office) == [("2026-11-16T16:30", "done"), ("2026-11-17T16:30", "done")]
    with pytest.raises(UsageError, match="no job was done for a time that is to come"):
        again(office, reason="again")


def test_a_ledger_that_is_held_lets_jobs_wait_and_wakes_nobody(office: Office, hands: Hands) -> None:
    work = Work(fails=4, why=LedgerHeld("restored"))
    known(office, hands, work)
    hands.at("2026-11-16T22:30:00")
    for _ in range(4):
        assert perform(office, CUTOFF, work) is not None
        hands.now += timedelta(hours=1)
    with office.ledger.reading() as tx:
        assert events.read(tx, office.practice.key, kind="slot.failed") == ()
    work.fails, work.why = 1, ConfigError("and then the profile is wrong")
    assert perform(office, CUTOFF, work) is not None
    with office.ledger.reading() as tx:
        assert len(events.read(tx, office.practice.key, kind="slot.failed")) == 1
    hands.now += timedelta(hours=1)
    assert perform(office, CUTOFF, work) is not None
    assert work.times == ["north"]


def test_a_step_that_ends_its_process_each_time_wakes_somebody(office: Office, hands: Hands) -> None:
    known(office, hands, Work())
    hands.at("2026-11-16T22:30:00")

    def dies(_office: Office, _partner: str, _ended: AtEnd | None) -> Came:
        raise Killed

    for _ in range(5):
        with pytest.raises(Killed):
            perform(office, CUTOFF, dies)
    with office.ledger.reading() as tx:
        (told,) = events.read(tx, office.practice.key, kind="slot.failed")
    assert "was begun twice and came to no end" in told.event.said


def test_a_ledger_that_became_another_one_is_written_no_more(office: Office, hands: Hands) -> None:
    known(office, hands, Work())
    hands.at("2026-11-16T22:30:00")

    def changed(_office: Office, _partner: str, _ended: AtEnd | None) -> Came:
        raise LedgerChanged("the ledger was upgraded")

    with pytest.raises(LedgerChanged):
        perform(office, CUTOFF, changed)
    assert stood(office) == [("2026-11-16T16:30", "begun")]


def test_slots_of_a_partner_that_is_gone_end(office: Office, hands: Hands) -> None:
    known(office, hands, Work())
    hands.at("2026-11-16T22:30:00")
    perform(office, CUTOFF, Work(fails=1))
    end_strays(replace(office, settings=replace(office.settings, timetables=(CUTOFF,))))
    assert stood(office) == [("2026-11-16T16:30", "due")]
    end_strays(office)
    assert stood(office) == [("2026-11-16T16:30", "merged")]
    assert foresee(office, days=1).open == ()


def test_work_that_fails_is_begun_again_later_and_wakes_somebody_the_third_time(office: Office, hands: Hands) -> None:
    work = Work(fails=3)
    known(office, hands, work)
    hands.at("2026-11-16T22:30:00")
    waits = []
    while not work.times:
        done = perform(office, CUTOFF, work)
        if done is not None and done.failed:
            waits.append(hands.now)
            assert done.failed == "the profile is wrong"
        hands.now += timedelta(seconds=30)
    gaps = [(b - a).total_seconds() for a, b in pairwise(waits)]
    assert gaps == [60, 120]
    assert stood(office) == [("2026-11-16T16:30", "done")]
    with office.ledger.reading() as tx:
        told = events.read(tx, office.practice.key, kind="slot.failed")
    assert [one.event.severity.value for one in told] == ["can wait", "wake"]


def test_work_that_fails_each_time_anew_is_told_twice_and_no_more(office: Office, hands: Hands) -> None:
    often = replace(OFTEN, times=(read_times("every 1 min"),))
    work = Work(fails=100)
    known(office, hands, work, often)
    for _ in range(100):
        hands.now += timedelta(minutes=1)
        perform(office, often, work)
    with office.ledger.reading() as tx:
        told = events.read(tx, office.practice.key, kind="slot.failed")
    assert [one.event.severity.value for one in told] == ["can wait", "wake"]
    while not work.times:
        hands.now += timedelta(hours=1)
        perform(office, often, work)
    work.fails = 1
    hands.now += timedelta(minutes=1)
    perform(office, often, work)
    with office.ledger.reading() as tx:
        assert len(events.read(tx, office.practice.key, kind="slot.failed")) == 3


def test_a_fault_of_ours_is_told_by_its_place_and_never_by_its_words(office: Office, hands: Hands) -> None:
    work = Work(fails=1, why=KeyError("QUILL MARA"))
    known(office, hands, work)
    hands.at("2026-11-16T22:30:00")
    done = perform(office, CUTOFF, work)
    assert done is not None
    assert done.failed.startswith("a fault of ours (KeyError at test_slots.py:")
    assert "QUILL" not in done.failed
    seen = foresee(office, days=1)
    assert [(one.local, one.tries) for one in seen.open] == [("2026-11-16T16:30", 1)]


class Killed(BaseException):
    pass


def test_what_was_begun_and_not_done_is_begun_again(office: Office, hands: Hands) -> None:
    work = Work()
    known(office, hands, work)
    hands.at("2026-11-16T22:30:00")

    def dies(_office: Office, _partner: str, _ended: AtEnd | None) -> Came:
        raise Killed

    with pytest.raises(Killed):
        perform(office, CUTOFF, dies)
    assert stood(office) == [("2026-11-16T16:30", "begun")]
    done = perform(office, CUTOFF, work)
    assert done is not None
    assert (done.slot.tries, work.times) == (1, ["north"])
    assert stood(office) == [("2026-11-16T16:30", "done")]


def test_who_lost_its_fence_ends_nothing(office: Office, hands: Hands, another: Callable[[], Office]) -> None:
    """A process that slept while another one took its place wakes up, and what it would seal is rolled back."""
    known(office, hands, Work())
    hands.at("2026-11-16T22:30:00")
    second = Work()

    def overtaken(_office: Office, _partner: str, ended: AtEnd | None) -> Came:
        assert perform(another(), CUTOFF, second) is not None
        assert ended is not None
        with office.ledger.writing() as tx:
            ended(tx)
        return Came("never")

    with pytest.raises(LedgerChanged, match="another gateway process does this slot"):
        perform(office, CUTOFF, overtaken)
    assert second.times == ["north"]
    assert stood(office) == [("2026-11-16T16:30", "done")]


def test_a_slot_that_ended_with_its_last_file_is_not_done_again_whatever_fails_behind_it(
    office: Office, hands: Hands
) -> None:
    known(office, hands, Work())
    hands.at("2026-11-16T22:30:00")

    def seals_and_breaks(_office: Office, _partner: str, ended: AtEnd | None) -> Came:
        assert ended is not None
        with office.ledger.writing() as tx:
            ended(tx)
        raise ConfigError("the key is gone")

    done = perform(office, CUTOFF, seals_and_breaks)
    assert done is not None
    assert (done.failed, done.said) == ("", "sealed, and then: the key is gone")
    assert stood(office) == [("2026-11-16T16:30", "done")]
    with office.ledger.reading() as tx:
        (told,) = events.read(tx, office.practice.key, kind="slot.failed")
    assert told.event.next_command == "gateway deliver"
    hands.at("2026-11-16T23:59:00")
    assert perform(office, CUTOFF, Work()) is None


def test_a_job_that_rests_misses_nothing_and_goes_on_from_then(office: Office, hands: Hands) -> None:
    work = Work()
    known(office, hands, work)
    pause(office, CUTOFF, reason="they move")
    with pytest.raises(UsageError, match="is paused already"):
        pause(office, CUTOFF, reason="again")
    hands.at("2026-11-17T23:00:00")
    assert perform(office, CUTOFF, work) is None
    assert [(name, one.reason) for name, one in foresee_with(office).paused] == [("send north", "they move")]
    resume(office, CUTOFF, reason="they have moved")
    with pytest.raises(UsageError, match="is not paused"):
        resume(office, CUTOFF, reason="again")
    assert perform(office, CUTOFF, work) is None
    hands.at("2026-11-18T22:30:00")
    assert perform(office, CUTOFF, work) is not None
    assert stood(office) == [("2026-11-18T16:30", "done")]


def foresee_with(office: Office) -> Foreseen:
    return foresee(replace(office, settings=replace(office.settings, timetables=(CUTOFF, OFTEN))), days=2)


def test_what_is_foreseen_is_what_comes(office: Office, hands: Hands) -> None:
    hands.at("2026-11-25T15:00:00")
    closed = replace(CUTOFF, banking=True)
    seen = foresee(replace(office, settings=replace(office.settings, timetables=(closed, OFTEN))), days=2)
    assert [(f"{at:%m-%d %H:%M}", name) for at, _, name in seen.coming] == [("11-25 22:30", "send north")]
    assert [(f"{day:%m-%d}", why) for day, _, why in seen.closed] == [("11-26", "Thanksgiving Day")]
    assert [(name, number) for name, number, _ in seen.often] == [("post", 48)]
    assert seen.without == ("south",)
    assert next_cutoffs(replace(office, settings=replace(office.settings, timetables=(closed, OFTEN)))) == {
        "north": "Wed 2026-11-25 16:30"
    }


def test_old_slots_are_forgotten_and_come_never_again(office: Office, hands: Hands) -> None:
    backup = Timetable(job=Job.BACKUP, zone="America/Chicago", times=(read_times("01:00"),))
    work = Work()
    known(office, hands, work, backup)
    for _ in range(120):
        hands.now += timedelta(days=1)
        assert perform(office, backup, work) is not None
    there = stood(office, backup)
    assert (len(work.times), len(there) < 65, there[0][1]) == (120, True, SlotState.DONE)
    hands.now -= timedelta(minutes=9)
    assert perform(office, backup, work) is None


def test_a_long_rest_makes_no_more_slots_than_are_looked_at(office: Office, hands: Hands) -> None:
    work = Work()
    known(office, hands, work, OFTEN)
    hands.at("2027-11-16T15:00:00")
    assert perform(office, OFTEN, work) is not None
    assert (len(work.times), len(stood(office, OFTEN))) == (1, 1000)


def test_what_was_missed_before_a_job_rested_is_done_when_it_goes_on(office: Office, hands: Hands) -> None:
    work = Work()
    known(office, hands, work)
    hands.at("2026-11-17T10:00:00")
    pause(office, CUTOFF, reason="they move")
    hands.at("2026-11-20T10:00:00")
    resume(office, CUTOFF, reason="they have moved")
    assert perform(office, CUTOFF, work) is not None
    assert stood(office) == [("2026-11-16T16:30", "done")]


def test_what_nobody_did_is_foreseen_as_missed_and_whether_somebody_serves(office: Office, hands: Hands) -> None:
    known(office, hands, Work())
    hands.at("2026-11-18T23:00:00")
    seen = foresee_with(office)
    assert [(name, number, f"{last:%m-%d %H:%M}") for name, number, last in seen.missed] == [
        ("send north", 3, "11-18 22:30")
    ]
    assert not seen.is_served
    with lead(office.ledger, office.practice.key) as place:
        assert place.taken()
        assert foresee_with(office).is_served
