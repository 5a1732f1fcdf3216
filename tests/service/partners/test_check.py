"""`partners check` proves each capability at the other side, keeps what it saw, and leaves nothing there."""

from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from typing import Any

import pytest

from gateway.capability import Answer, Capability
from gateway.delivery import Manner
from gateway.errors import ConfigError, LineLost, LoginRefused, NotReached, PartnerRefusal
from gateway.event import EventSeverity
from gateway.ledger import events
from gateway.service.office import Office
from gateway.service.outbound.deliver import deliver, seen_at
from gateway.service.partners.check import Checked, check
from gateway.service.partners.host_keys import standing_of
from gateway.standing import StandingState
from gateway.transport.listing import NAMES_MAX, Entry, Stat
from tests.contract.memory_mailbox import MemoryMailbox
from tests.people import NOW
from tests.service.partner_side import Server, file_of

C = Capability
YES, NO, UNKNOWN = Answer
FOLDERS = {"out/kept": b"", "archive/kept": b""}


def box(**changes: Any) -> MemoryMailbox:
    return replace(MemoryMailbox(files=dict(FOLDERS), modified=NOW.astimezone(UTC)), **changes)


def checked(office: Office, mailbox: MemoryMailbox) -> tuple[Checked, dict[Capability, Answer]]:
    done = check(office, "north", lambda _: mailbox, wait=lambda: None)
    assert set(mailbox.files) == set(FOLDERS), "something was left behind"
    return done, {one.capability: one.answer for one in done.seen}


def test_a_good_server_gets_its_files_by_rename_and_every_answer_is_kept(office: Office) -> None:
    done, seen = checked(office, box())
    assert seen == {
        C.LOG_IN: YES,
        C.LIST_ANSWERS: YES,
        C.ARCHIVE: YES,
        C.CREATE: YES,
        C.SYNC: NO,
        C.SEE_SIZE: YES,
        C.READ_BACK: YES,
        C.LIST_OURS: YES,
        C.CLOCK: YES,
        C.TAKES_TEMPORARY: NO,
        C.RENAME: YES,
        C.RENAME_OVERWRITES: NO,
        C.HARDLINK: YES,
        C.REMOVE: YES,
    }
    assert (done.manner, done.problem) == (Manner.RENAME, None)
    assert seen_at(office, office.settings.partner("north")) == seen
    with office.ledger.reading() as tx:
        (said,) = [one.event for one in events.read(tx, office.practice.key, kind="partner.checked")]
    assert "by rename" in said.said


@dataclass
class NoLinks(MemoryMailbox):
    def link_no_clobber(self, old: str, new: str) -> None:
        raise PartnerRefusal(f"{old} cannot be linked to {new}")


@pytest.mark.parametrize(("kind", "manner"), [(MemoryMailbox, Manner.HARDLINK), (NoLinks, Manner.DIRECT)])
def test_where_a_rename_replaces_files_another_manner_is_chosen(
    sealed: Office, kind: type[MemoryMailbox], manner: Manner
) -> None:
    done, seen = checked(sealed, kind(files=dict(FOLDERS), replaces=True))
    assert (seen[C.RENAME_OVERWRITES], done.manner) == (YES, manner)
    deliver(sealed, Server().open)
    assert file_of(sealed).manner is manner


@dataclass
class Poor(MemoryMailbox):
    """Does what its name in `cannot` says not, or badly."""

    cannot: set[str] = field(default_factory=set)

    def create_exclusive(self, name: str, body: bytes) -> None:
        if "create" in self.cannot:
            raise PartnerRefusal("no room")
        super().create_exclusive(name, body[:-1] if "short" in self.cannot else body)

    def stat(self, name: str) -> Stat | None:
        if "stat" in self.cannot:
            raise PartnerRefusal("may not look")
        seen = super().stat(name)
        if seen is None or "hide" in self.cannot:
            return None
        return Stat(None if "size" in self.cannot else seen.size, None if "time" in self.cannot else seen.modified)

    def read(self, name: str, size_max: int) -> bytes:
        if "open" in self.cannot:
            raise PartnerRefusal("may not read")
        return b"other" if "read" in self.cannot else super().read(name, size_max)

    def rename_no_clobber(self, old: str, new: str) -> None:
        if "rename" in self.cannot:
            raise PartnerRefusal("may not rename")
        if "lie" not in self.cannot:
            super().rename_no_clobber(old, new)
        if "admit" in self.cannot:
            raise LineLost("may have been done")

    def link_no_clobber(self, old: str, new: str) -> None:
        if "clobber" in self.cannot:
            self.files.pop(new, None)
        super().link_no_clobber(old, new)

    def list(self, folder: str, *, names_max: int = NAMES_MAX) -> tuple[Entry, ...]:
        if "list" in self.cannot:
            raise PartnerRefusal("may not list")
        return () if "name" in self.cannot else super().list(folder, names_max=names_max)

    def remove(self, name: str) -> None:
        if "remove" in self.cannot:
            raise PartnerRefusal("may not remove")
        super().remove(name)


@pytest.mark.parametrize(
    ("cannot", "capability", "answer", "manner"),
    [
        ("stat", C.SEE_SIZE, NO, Manner.DIRECT),
        ("hide", C.SEE_SIZE, NO, Manner.DIRECT),
        ("short", C.READ_BACK, NO, None),
        ("size", C.SEE_SIZE, YES, Manner.RENAME),
        ("read", C.READ_BACK, NO, None),
        ("open", C.READ_BACK, UNKNOWN, Manner.RENAME),
        ("time", C.CLOCK, NO, Manner.RENAME),
        ("rename", C.RENAME, NO, Manner.DIRECT),
        ("rename", C.RENAME_OVERWRITES, UNKNOWN, Manner.DIRECT),
        ("lie", C.RENAME, NO, Manner.DIRECT),
        ("admit", C.RENAME, NO, Manner.DIRECT),
        ("clobber", C.HARDLINK, NO, Manner.RENAME),
        ("name", C.LIST_OURS, NO, Manner.RENAME),
        ("list", C.LIST_ANSWERS, NO, None),
        ("create", C.CREATE, NO, None),
    ],
)
def test_each_weakness_is_seen_and_decides_the_manner(
    office: Office, cannot: str, capability: Capability, answer: Answer, manner: Manner | None
) -> None:
    done, seen = checked(office, Poor(files=dict(FOLDERS), modified=NOW, cannot={cannot}))
    assert (seen[capability], done.manner) == (answer, manner)
    assert (done.problem is None) == (manner is not None)


def test_a_partner_that_lets_us_remove_nothing_is_seen_alike_every_time(office: Office) -> None:
    """What a check has to leave there does not stand in the way of the next one."""
    files = dict(FOLDERS)

    def seen(at: Office) -> dict[Capability, Answer]:
        done = check(at, "north", lambda _: Poor(files=files, modified=NOW, cannot={"remove"}), wait=lambda: None)
        assert done.manner is Manner.RENAME
        return {one.capability: one.answer for one in done.seen}

    first = seen(office)
    assert (first[C.RENAME], first[C.HARDLINK], first[C.REMOVE]) == (YES, YES, NO)
    later = replace(office.clock, read=lambda: NOW + timedelta(minutes=1))
    assert seen(replace(office, clock=later)) == first


def test_what_a_check_that_died_has_left_is_taken_away_and_nothing_else(office: Office) -> None:
    theirs = {
        "in/gateway-check-of-theirs": b"",
        "in/gateway-check-of-theirs.part": b"",
        "in/gateway-check-2026\\b.part": b"",
        **FOLDERS,
    }
    files = {"in/gateway-check-20260101T000000-a.part": b"", **theirs}
    check(office, "north", lambda _: box(files=files), wait=lambda: None)
    assert set(files) == set(theirs)


def test_two_checks_at_the_same_time_leave_each_other_their_files(office: Office) -> None:
    files = dict(FOLDERS)
    later = replace(office, clock=replace(office.clock, read=lambda: NOW + timedelta(minutes=1)))
    other: list[Checked] = []

    def meanwhile() -> None:
        other.append(check(later, "north", lambda _: box(files=files), wait=lambda: None))

    done = check(office, "north", lambda _: box(files=files), wait=meanwhile)
    assert [one.manner for one in (done, *other)] == [Manner.RENAME, Manner.RENAME]
    assert files == FOLDERS


def test_a_clock_that_is_far_off_is_said(office: Office) -> None:
    _, seen = checked(office, box(modified=NOW.astimezone(UTC) + timedelta(minutes=6)))
    assert seen[C.CLOCK] is NO


def test_f31_a_partner_that_takes_temporary_files_is_refused_and_a_person_woken(office: Office) -> None:
    mailbox = box()

    def takes() -> None:
        for name in [name for name in mailbox.files if name.endswith(".part")]:
            del mailbox.files[name]

    done = check(office, "north", lambda _: mailbox, wait=takes)
    assert (done.manner, isinstance(done.problem, ConfigError)) == (None, True)
    with office.ledger.reading() as tx:
        (said,) = [one.event for one in events.read(tx, office.practice.key, kind="partner.checked")]
    assert (said.severity, said.next_command) == (EventSeverity.WAKE, "gateway partners check north")


def test_a_refused_login_is_said_and_the_partner_is_not_called_again(office: Office) -> None:
    def refuse(_partner: object) -> MemoryMailbox:
        raise LoginRefused("they refuse our key")

    done = check(office, "north", refuse, wait=lambda: None)
    assert [(one.capability, one.answer) for one in done.seen] == [(C.LOG_IN, NO)]
    assert isinstance(done.problem, LoginRefused)
    assert standing_of(office, "north").state is StandingState.REFUSED


def test_a_line_that_breaks_ends_the_check_and_what_was_known_stays(office: Office) -> None:
    checked(office, box())
    before = seen_at(office, office.settings.partner("north"))
    done = check(office, "north", lambda _: box(cut_before={"create_exclusive"}), wait=lambda: None)
    assert isinstance(done.problem, NotReached)
    assert [one.capability for one in done.seen] == [C.LOG_IN, C.LIST_ANSWERS, C.ARCHIVE]
    assert seen_at(office, office.settings.partner("north")) == before


def test_a_check_tells_what_broke_the_line_and_not_that_nothing_could_be_put_away(office: Office) -> None:
    done = check(office, "north", lambda _: box(cut_after={"rename_no_clobber"}), wait=lambda: None)
    assert isinstance(done.problem, LineLost)
    assert "rename" in str(done.problem)


@dataclass
class DropBox(MemoryMailbox):
    """Shows, gives and removes nothing."""

    def stat(self, name: str) -> Stat | None:
        raise PartnerRefusal(f"may not look at {name}")

    def read(self, name: str, size_max: int) -> bytes:
        raise PartnerRefusal(f"may not read {size_max} bytes of {name}")

    def remove(self, name: str) -> None:
        raise PartnerRefusal(f"may not remove {name}")


def test_f33_a_drop_box_can_be_checked_again_although_the_files_of_the_last_check_are_still_there(
    office: Office,
) -> None:
    moments = iter(NOW + timedelta(seconds=second) for second in range(100))
    office = replace(office, clock=replace(office.clock, read=lambda: next(moments)))
    mailbox = DropBox(files=dict(FOLDERS))
    for number in (1, 2):
        done = check(office, "north", lambda _: replace(mailbox, over=False), wait=lambda: None)
        assert (done.manner, done.problem) == (Manner.DIRECT, None)
        assert len(mailbox.files.keys() - FOLDERS.keys()) == number


def test_an_unknown_partner_is_refused(office: Office) -> None:
    with pytest.raises(ConfigError, match="no trading partner west"):
        check(office, "west", lambda _: box(), wait=lambda: None)
