"""Collection: whatever a partner's folder holds, each file comes in once and whole, or is left with the reason."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway.clock import Clock
from gateway.errors import ConfigError, LineLost, NotReached, PartnerRefusal, Paused
from gateway.event import Event, EventSeverity
from gateway.ledger import arrivals, events, inbound
from gateway.ledger.events import Logged
from gateway.partner import MailboxAddress, MailboxKind, TradingPartner
from gateway.service.inbound import collect as collect_module
from gateway.service.inbound.collect import Collected, Limits, collect, foresee
from gateway.service.office import Office
from gateway.service.partners.calls import pause
from gateway.transport.listing import NAMES_MAX, Entry, Stat
from gateway.transport.mailbox import Mailbox, open_mailbox
from tests.contract.memory_mailbox import MemoryMailbox
from tests.people import CHICAGO, NOW
from tests.service import clinic
from tests.service.clinic import answer_999, ta1
from tests.transport.paramiko_server import Behaviour, ParamikoServer

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from tests.contract.daemon import Daemon
    from tests.contract.openssh import SshKeys

HOSTILE = (
    "../../etc/cron.d/x",
    "..",
    "/etc/passwd",
    "a\nb.835",
    "a\x1b[2Jb.835",
    "x" * 300,
    "con.835;rm -rf",
    "\u202egpj.835",
    ".hidden",
    "-rf",
    "a/b.835",
    "",
    "=cmd|'/c calc'!A1.835",
    "nul\0.835",
    "a b.835",
    "\uff41.835",
    "bad\udcff.835",
)
SECRETS = ("passwd", "cron", "rm -rf", "calc", "\x1b", "\u202e", "gpj")


@dataclass
class Box(MemoryMailbox):
    """A mailbox whose listing may say other things than its files, and whose files change under the reader's hands.

    listed         names listed beside those that are there
    lies           sizes that the listing gives instead
    on_fetch       what the partner does while a file is read
    unsearchable   names that may not be looked at
    """

    listed: tuple[str, ...] = ()
    lies: dict[str, int | None] = field(default_factory=dict)
    on_fetch: Callable[["Box", str], None] | None = None
    unsearchable: set[str] = field(default_factory=set)
    undated: bool = False

    def open(self, partner: TradingPartner) -> "Box":
        self.over = False
        return self if partner.name == "north" else Box(files={"out/.keep": b""})

    def list(self, folder: str, *, names_max: int = NAMES_MAX) -> tuple[Entry, ...]:
        there = super().list(folder, names_max=names_max)
        told = tuple(
            entry._replace(
                size=self.lies.get(entry.name, entry.size), modified=None if self.undated else entry.modified
            )
            for entry in there
        )
        return told + tuple(Entry(name, 5, self.modified, regular=True) for name in self.listed)

    def fetch(self, name: str, into: "SupportsWrite[bytes]", size_max: int) -> int:
        size = super().fetch(name, into, size_max)
        if self.on_fetch is not None:
            self.on_fetch(self, name)
        return size

    def stat(self, name: str) -> Stat | None:
        if name in self.unsearchable:
            raise PartnerRefusal(f"{name}: permission denied")
        told = super().stat(name)
        return told._replace(modified=None) if told is not None and self.undated else told


def north(office: Office, **mailbox: object) -> Office:
    """The office with only this partner, whose mailbox differs in this."""
    one = clinic.partner("north", mailbox=dict(mailbox))
    return replace(office, settings=replace(office.settings, partners={"north": one}))


def at(office: Office, moment: datetime) -> Office:
    return replace(office, clock=Clock(read=lambda: moment, zone=CHICAGO))


def young(office: Office) -> Office:
    """One minute after the files of a memory mailbox were written."""
    return at(office, MemoryMailbox().modified + timedelta(minutes=1))


def once(office: Office, box: Box, limits: Limits | None = None) -> Collected:
    (one,) = collect(office, box.open, partner="north", limits=limits or Limits(reserve_bytes=0))
    return one


def stored(office: Office) -> dict[str, bytes]:
    with office.ledger.reading() as tx:
        key = office.practice.key
        return {one.name: inbound.bytes_of(tx, key, one.id) for one in inbound.files(tx, key)}


def logged(office: Office, kind: str) -> list[Logged]:
    with office.ledger.reading() as tx:
        return list(events.read(tx, office.practice.key, kind=kind))


def spooled(office: Office) -> list[str]:
    return [path.name for path in (office.settings.home / "spool").iterdir()]


# --- F57 to F60 ---------------------------------------------------------------------------------------------------


def test_f57_a_file_that_grows_while_it_is_read_is_left_and_taken_once_whole(office: Office) -> None:
    whole = answer_999(1)
    box = Box(files={"out/a.999": whole[:-1]})
    box.on_fetch = lambda it, name: it.files.update({name: whole})
    first = once(office, box)
    assert (first.files, [name for name, _ in first.later], first.left) == ((), ["a.999"], ())
    box.on_fetch = None
    assert once(office, box).files == ("a.999",)
    assert stored(office) == {"a.999": whole}


def test_f57_a_young_file_without_its_end_waits_and_is_taken_once_it_has_it(office: Office) -> None:
    whole = answer_999(1)
    box = Box(files={"out/a.999": whole[:-20]})
    assert once(young(office), box).files == ()
    box.files["out/a.999"] = whole
    assert once(young(office), box).files == ("a.999",)
    assert stored(office) == {"a.999": whole}


def test_f57_a_file_of_unknown_or_future_time_is_old_once_we_have_seen_it_unchanged_for_long(office: Office) -> None:
    for undated in (True, False):
        box = Box(files={"out/a.txt": b"a report %d" % undated}, undated=undated)
        early = box.modified - timedelta(days=2)
        assert once(at(office, early), box).files == ()
        assert once(at(office, early + timedelta(minutes=5)), box).files == ()
        box.files["out/a.txt"] += b" and more"
        assert once(at(office, early + timedelta(minutes=11)), box).files == ()
        assert once(at(office, early + timedelta(minutes=22)), box).files == ("a.txt",)


def test_f57_a_file_that_is_rewritten_at_the_same_size_while_it_is_read_is_left(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1)})

    def touch(it: Box, _: str) -> None:
        it.modified += timedelta(seconds=1)

    box.on_fetch = touch
    assert once(office, box).files == ()


def test_f57_a_listing_that_lies_about_the_size_does_not_keep_a_whole_file_back(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1), "out/b.999": answer_999(2)}, lies={"a.999": 3, "b.999": None})
    assert set(once(office, box).files) == {"a.999", "b.999"}


def test_f58_the_same_bytes_under_a_new_name_are_known_and_the_name_is_remembered(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1)})
    leaving = north(office, archive="")
    assert once(leaving, box).files == ("a.999",)
    box.files["out/z.999"] = answer_999(1)
    again = once(leaving, box)
    assert (again.files, again.known) == ((), 1)
    box.cut_before = {"fetch"}
    assert once(leaving, box) == Collected(partner="north", files=(), known=0, left=())


def test_f58_a_recycled_name_with_new_bytes_is_a_new_file(office: Office) -> None:
    box = Box(files={"out/response.999": answer_999(1)})
    leaving = north(office, archive="")
    once(leaving, box)
    box.files["out/response.999"] = answer_999(12345)
    assert once(leaving, box).files == ("response.999",)
    box.modified += timedelta(hours=1)
    box.files["out/response.999"] = answer_999(12346)
    assert once(leaving, box).files == ("response.999",)
    with office.ledger.reading() as tx:
        assert [one.name for one in inbound.files(tx, office.practice.key)] == ["response.999"] * 3


def test_f59_a_name_that_is_listed_twice_or_in_another_order_is_read_once(office: Office) -> None:
    box = Box(files={"out/b.999": answer_999(1), "out/a.999": answer_999(2)}, listed=("a.999", "b.999", "a.999"))
    assert once(office, box).files == ("a.999", "b.999")


def test_f59_a_file_that_vanishes_before_or_while_it_is_read_is_no_trouble(office: Office) -> None:
    box = Box(files={"out/b.999": answer_999(1), "out/c.999": answer_999(2)}, listed=("a.999",))

    def take_b(it: Box, name: str) -> None:
        if name == "out/b.999":
            del it.files[name]

    box.on_fetch = take_b
    one = once(office, box)
    assert (one.files, one.left, one.problem) == (("c.999",), (), None)
    assert [name for name, _ in one.later] == ["a.999", "b.999"]


def test_f60_a_line_that_fails_within_a_file_stores_nothing_and_the_next_round_reads_it(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1)}, cut_before={"fetch"})
    assert isinstance(once(office, box).problem, NotReached)
    assert (stored(office), spooled(office)) == ({}, [])
    box.cut_before = set()
    assert once(office, box).files == ("a.999",)


def test_f60_a_file_during_which_the_line_always_fails_lets_the_others_go_first(office: Office) -> None:
    def fail(_: Box, name: str) -> None:
        if name == "out/a.999":
            raise LineLost("reset")

    box = Box(files={"out/a.999": answer_999(1), "out/b.999": answer_999(2)}, on_fetch=fail)
    assert once(office, box).files == ()
    second = once(office, box)
    assert (second.files, isinstance(second.problem, LineLost)) == (("b.999",), True)
    with office.ledger.reading() as tx:
        assert arrivals.looks(tx, office.practice.key, "north")["a.999"].failures == 2


def test_f60_a_round_that_ends_between_storing_and_archiving_is_finished_by_the_next(office: Office) -> None:
    for ends in ("cut_before", "cut_after"):
        box = Box(files={"out/a.999": answer_999(len(ends)), "out/x.part": b""})
        setattr(box, ends, {"rename_no_clobber"})
        assert once(office, box).files == ("a.999",)
        setattr(box, ends, set())
        again = once(office, box)
        assert (again.files, again.problem) == ((), None)
        assert sorted(box.files) == ["archive/a.999", "out/x.part"]
    assert len(logged(office, "inbound.stored")) == 2


def test_f60_another_file_that_has_taken_the_name_meanwhile_is_not_put_away_unread(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1)}, cut_before={"rename_no_clobber"})
    once(office, box)
    box.cut_before, box.files["out/a.999"] = set(), answer_999(12345)
    listed_before = replace(box, lies={"a.999": len(answer_999(1))})
    listed_before.files = box.files
    once(office, listed_before)
    assert box.files == {"out/a.999": answer_999(12345)}
    assert once(office, box).files == ("a.999",)


# --- after reading ------------------------------------------------------------------------------------------------


def test_a_file_is_removed_only_where_the_profile_says_so_and_only_once_it_is_stored(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1)})
    removing = north(office, archive="", removes_read=True)
    box.cut_before = {"remove"}
    assert once(removing, box).files == ("a.999",)
    assert "out/a.999" in box.files
    box.cut_before = set()
    assert once(removing, box).problem is None
    assert box.files == {}
    leaving = north(office, archive="")
    box.files["out/b.999"] = answer_999(2)
    once(leaving, box)
    assert list(box.files) == ["out/b.999"]


def test_a_file_that_may_not_be_put_away_is_said_once_and_tried_again(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1)})
    plain = once(office, box)
    assert plain.left == ()
    box = Box(files={"out/b.999": answer_999(2)}, unsearchable={"out/b.999"})
    for _ in range(3):
        one = once(office, box)
        assert (one.files, one.left[0][0]) == ((), "b.999")
    (said,) = logged(office, "inbound.left")
    assert (said.event.severity, said.event.next_command) == (
        EventSeverity.CAN_WAIT,
        "gateway collect --partner north --dry-run",
    )
    assert stored(office) == {"a.999": answer_999(1)}


def test_an_archive_in_which_every_name_is_taken_loses_nothing(office: Office) -> None:
    body = answer_999(1)
    own = f"archive/a.999.{sha256(body).hexdigest()[:12]}"
    stamp = int(MemoryMailbox().modified.timestamp())
    box = Box(files={"out/a.999": body, "archive/a.999": b"1", own: b"2", f"{own}.{stamp}": b"3"})
    one = once(office, box)
    assert (one.files, one.left) == (
        ("a.999",),
        (("a.999", "stored here, but not archived there: its names are taken in the archive"),),
    )
    assert box.files["out/a.999"] == body
    del box.files[own]
    once(office, box)
    assert box.files[own] == body


def test_a_refused_archive_does_not_keep_the_others_back(office: Office) -> None:
    class Refusing(Box):
        def rename_no_clobber(self, old: str, new: str) -> None:
            raise PartnerRefusal(f"{old} to {new}: permission denied")

    box = Refusing(files={"out/a.999": answer_999(1), "out/b.999": answer_999(2)})
    one = once(office, box)
    assert (one.files, len(one.left), one.problem) == (("a.999", "b.999"), 2, None)


# --- S7 to S10 ----------------------------------------------------------------------------------------------------


def test_s7_hostile_names_are_described_and_never_repeated(office: Office) -> None:
    box = Box(files={"out/ok.999": answer_999(1), "out/x.part": b""}, listed=HOSTILE)
    one = once(office, box)
    assert (one.files, len(one.left)) == (("ok.999",), len(HOSTILE))
    said = repr((one, logged(office, "inbound")))
    assert not [secret for secret in SECRETS if secret in said]
    assert len(logged(office, "inbound.left")) == len(HOSTILE)
    assert once(office, box).problem is None
    assert len(logged(office, "inbound.left")) == len(HOSTILE)


REAL = pytest.mark.parametrize(
    "kind",
    [
        "folder",
        pytest.param("openssh", marks=pytest.mark.openssh),
        pytest.param("proftpd", marks=pytest.mark.proftpd),
    ],
)


@REAL
def test_s7_s8_on_a_real_mailbox_only_plain_files_are_taken(
    office: Office, kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links, folders, pipes, sockets and hostile names stay where they are, untouched."""
    address = _real(kind, request, tmp_path)
    folder = (Path(address.root) if kind == "folder" else request.getfixturevalue(kind).root) / "inbound"
    (tmp_path / "secret").write_bytes(b"not theirs to give")
    (folder / "ok.999").write_bytes(answer_999(1))
    (folder / "link.999").symlink_to(tmp_path / "secret")
    (folder / "hard-to-read").mkdir()
    os.mkfifo(folder / "pipe.999")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(folder)  # the path of a socket has to be short
        listening.bind("socket.999")
    planted = [
        name for name in HOSTILE if name and "/" not in name and "\0" not in name and len(name) < 256 and name != ".."
    ]
    for name in planted:
        (folder / name).write_bytes(b"x")
    before = {path.name for path in folder.iterdir()}
    one = _real_round(office, address)
    assert (one.files, len(one.left), one.problem) == (("ok.999",), len(planted) - 1, None)
    assert [name for name, _ in one.later] == [".hidden"], "it is young"
    assert {path.name for path in folder.iterdir()} == before - {"ok.999"}
    assert (folder.parent / "archive" / "ok.999").read_bytes() == answer_999(1)
    assert spooled(office) == []


@REAL
def test_a_real_mailbox_can_be_emptied_by_removing(
    office: Office, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    address = replace(_real(kind, request, tmp_path), archive="", removes_read=True)
    root = Path(address.root) if kind == "folder" else request.getfixturevalue(kind).root
    for number in (1, 2, 3):
        (root / "inbound" / f"{number}.999").write_bytes(answer_999(number))
    assert _real_round(office, address).files == ("1.999", "2.999", "3.999")
    assert list((root / "inbound").iterdir()) == []


def _real(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> MailboxAddress:
    if kind != "folder":
        server: Daemon = request.getfixturevalue(kind)
        return server.address()
    for name in ("inbound", "outbound", "archive"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return MailboxAddress(
        kind=MailboxKind.FOLDER,
        root=str(tmp_path / "box"),
        inbound="inbound",
        outbound="outbound",
        archive="archive",
    )


def _real_round(office: Office, address: MailboxAddress) -> Collected:
    one = replace(clinic.partner("north"), mailbox=address)
    there = replace(office, settings=replace(office.settings, partners={"north": one}))
    (done,) = collect(there, _open, limits=Limits(reserve_bytes=0))
    return done


def _open(partner: TradingPartner) -> Mailbox:
    return open_mailbox(partner.mailbox, partner=partner.name)


def test_s9_a_file_that_is_too_long_by_its_listing_is_not_even_opened(office: Office) -> None:
    box = Box(files={"out/a.835": b"x" * 101, "out/b.999": answer_999(1)})
    one = once(office, box, Limits(bytes_max=100, reserve_bytes=0))
    assert [name for name, _ in one.left] == ["a.835", "b.999"]
    assert all("longer than 100 bytes" in why for _, why in one.left)


def test_s9_a_file_that_is_longer_than_its_listing_says_is_cut_off_while_it_is_read(office: Office) -> None:
    box = Box(files={"out/a.835": b"x" * 5000, "out/b.999": answer_999(1)}, lies={"a.835": 10})
    one = once(office, box, Limits(bytes_max=1000, reserve_bytes=0))
    assert (one.files, one.left[0][0], spooled(office)) == (("b.999",), "a.835", [])


@pytest.mark.openssh
def test_s9_a_file_without_end_is_cut_off_on_a_lying_server_too(
    office: Office, ssh_keys: "SshKeys", tmp_path: Path
) -> None:
    root = tmp_path / "theirs"
    (root / "inbound").mkdir(parents=True)
    (root / "inbound" / "a.835").write_bytes(b"x")
    server = ParamikoServer(root, Behaviour(endless=True), ssh_keys.path("host_ed25519"))
    one = replace(clinic.partner("north"), mailbox=server.address(ssh_keys.path("client")))
    there = replace(office, settings=replace(office.settings, partners={"north": one}))
    (done,) = collect(there, _open, limits=Limits(bytes_max=300_000, reserve_bytes=0))
    server.stop()
    assert (done.files, len(done.left), stored(office)) == ((), 1, {})


def test_s9_a_disk_without_room_takes_nothing_and_says_so(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1)})
    one = once(office, box, Limits(reserve_bytes=1 << 62))
    assert isinstance(one.problem, ConfigError)
    assert (stored(office), list(box.files), spooled(office)) == ({}, ["out/a.999"], [])
    assert once(office, box).files == ("a.999",)


def test_s10_a_round_fetches_so_many_files_and_the_next_one_goes_on(office: Office) -> None:
    box = Box(files={f"out/{number}.999": answer_999(number) for number in range(5)})
    limits = Limits(files_max=2, reserve_bytes=0)
    rounds = [once(office, box, limits) for _ in range(3)]
    assert [len(one.files) for one in rounds] == [2, 2, 1]
    assert rounds[0].later == (("3 files", "this round has fetched enough; the next one goes on"),)
    assert len(stored(office)) == 5


def test_s10_a_round_has_its_time_and_what_is_left_over_waits(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1)})
    one = once(office, box, Limits(seconds_max=-1, reserve_bytes=0))
    assert (one.files, one.problem, one.left, len(one.later)) == ((), None, (), 1)


def test_s10_a_folder_of_a_million_names_is_refused_whole_and_somebody_is_told(office: Office) -> None:
    class Crowded(Box):
        def list(self, folder: str, *, names_max: int = NAMES_MAX) -> tuple[Entry, ...]:
            raise PartnerRefusal(f"{folder}: more than {names_max} names")

    one = once(office, Crowded())
    assert isinstance(one.problem, PartnerRefusal)
    assert logged(office, "partner.refused")[0].event.severity is EventSeverity.WAKE


# --- the rest -----------------------------------------------------------------------------------------------------


def test_a_file_that_may_not_be_read_does_not_keep_the_others_back(office: Office) -> None:
    def refuse(_: Box, name: str) -> None:
        if name == "out/a.999":
            raise PartnerRefusal(f"{name}: permission denied")

    box = Box(files={"out/a.999": answer_999(1), "out/b.999": answer_999(2)}, on_fetch=refuse)
    one = once(office, box)
    assert (one.files, one.left) == (("b.999",), (("a.999", "out/a.999: permission denied"),))


def test_a_hidden_file_is_one_that_its_server_still_receives_until_it_is_old(office: Office) -> None:
    """ProFTPD's HiddenStores: nobody is to be called for what has its name in a moment."""
    box = Box(files={"out/.in.a.999.": answer_999(1)}, modified=NOW)
    one = once(office, box)
    assert (one.files, one.left) == ((), ())
    assert one.later == ((".in.a.999.", "it is hidden, and may still be being received"),)
    box.modified = NOW - timedelta(minutes=10)
    one = once(office, box)
    assert (one.later, len(one.left)) == ((), 1)


def test_what_would_be_fetched_is_told_without_fetching_or_writing_anything_down(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1), "out/b.part": b""}, listed=(".hidden",))
    (one,) = foresee(office, box.open, partner="north")
    assert (one.files, len(one.left), one.later) == (("a.999",), 1, (("b.part", "it is still being written"),))
    assert (stored(office), logged(office, "inbound"), sorted(box.files)) == ({}, [], ["out/a.999", "out/b.part"])
    box.cut_before = {"list"}
    (one,) = foresee(office, box.open, partner="north")
    assert isinstance(one.problem, NotReached)
    assert logged(office, "partner") == []


def test_a_partner_that_is_paused_is_not_called_to_foresee_either(office: Office) -> None:
    pause(office, "north", reason="they move their server")

    def reach(partner: TradingPartner) -> Mailbox:
        raise AssertionError(f"{partner.name} was called")

    (one,) = foresee(office, reach, partner="north")
    assert (type(one.problem), one.called) == (Paused, False)


def test_a_partner_that_was_not_called_is_told_from_one_that_had_nothing(office: Office) -> None:
    pause(office, "north", reason="they move their server")
    north, south = collect(office, Box().open)
    assert (type(north.problem), north.called, north.files) == (Paused, False, ())
    assert (south.problem, south.called, south.files) == (None, True, ())


def test_progress_is_told_and_one_partners_trouble_is_its_own(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1), "out/b.999": answer_999(2)})
    told: list[int] = []

    def reach(partner: TradingPartner) -> Mailbox:
        if partner.name == "south":
            raise PartnerRefusal("no such user")
        return box.open(partner)

    rounds = collect(office, reach, tell=told.append)
    assert told == [1, 2]
    assert [(one.partner, len(one.files), one.problem is None) for one in rounds] == [
        ("north", 2, True),
        ("south", 0, False),
    ]
    with pytest.raises(ConfigError):
        collect(office, reach, partner="west")


def test_what_was_seen_of_names_that_are_gone_is_forgotten(office: Office) -> None:
    box = Box(files={"out/a.txt": b"a report", "out/b.999": answer_999(1)})
    once(young(office), box)
    with office.ledger.reading() as tx:
        assert set(arrivals.looks(tx, office.practice.key, "north")) == {"a.txt"}
    del box.files["out/a.txt"]
    box.files["out/c.999"] = ta1(1)
    once(young(office), box)
    with office.ledger.reading() as tx:
        assert arrivals.looks(tx, office.practice.key, "north") == {}


def test_a_server_that_gives_neither_size_nor_time_is_read_each_round_and_known_by_content(office: Office) -> None:
    box = Box(files={"out/a.999": answer_999(1)}, lies={"a.999": None}, undated=True)
    leaving = north(office, archive="")
    assert once(leaving, box).files == ("a.999",)
    assert once(leaving, box).known == 1
    assert box.modified < NOW


def test_what_was_stored_and_what_was_left_is_told_whole(office: Office) -> None:
    body = answer_999(1)
    box = Box(files={"out/a.999": body}, listed=(".hidden",), modified=NOW - timedelta(hours=1))
    collect(office, box.open, partner="north")
    mark = sha256(body).hexdigest()[:12]
    (stored_event,) = [one.event for one in logged(office, "inbound.stored")]
    assert stored_event == Event(
        kind="inbound.stored",
        about="a.999",
        partner="north",
        said=f"a.999 from north, {len(body)} bytes, sha256 {mark}",
        after="stored",
        artefact=f"sha256 {mark}",
        actor="test",
    )
    (left,) = [one.event for one in logged(office, "inbound.left")]
    assert left == Event(
        kind="inbound.left",
        about=left.about,
        partner="north",
        said=f"{left.about} at north: it is not a plain file name; it was left there; ask the partner to rename it",
        severity=EventSeverity.CAN_WAIT,
        artefact="mailbox",
        actor="test",
        next_command="gateway collect --partner north --dry-run",
    )


def test_what_is_left_is_told_once_for_each_name_and_each_partner(office: Office) -> None:
    boxes = {
        name: Box(files={"out/k": b""}, listed=(".hidden",), modified=NOW - timedelta(hours=1))
        for name in ("north", "south")
    }

    def reach(partner: TradingPartner) -> Mailbox:
        boxes[partner.name].over = False
        return boxes[partner.name]

    for _ in range(2):
        collect(office, reach)
    assert [one.event.partner for one in logged(office, "inbound.left")] == ["north", "south"]


@pytest.mark.parametrize(
    ("listed_as", "now", "same"),
    [
        ((5, NOW), (5, NOW), True),
        ((None, NOW), (5, NOW), True),
        ((5, NOW), (None, NOW), True),
        ((5, None), (5, NOW), True),
        ((5, NOW), (5, None), True),
        ((5, NOW), (6, NOW), False),
        ((5, NOW), (5, NOW + timedelta(seconds=1)), False),
    ],
)
def test_a_name_is_still_the_file_that_was_read_unless_it_shows_otherwise(
    listed_as: tuple[int | None, datetime | None],
    now: tuple[int | None, datetime | None],
    same: bool,  # noqa: FBT001
) -> None:
    class Looked(MemoryMailbox):
        def stat(self, name: str) -> Stat:
            assert name == "out/a"
            return Stat(*now)

    assert collect_module._is_still(Looked(), "out/a", Entry("a", *listed_as, regular=True)) is same


def test_a_name_that_is_gone_is_not_the_file_that_was_read() -> None:
    assert not collect_module._is_still(MemoryMailbox(), "out/a", Entry("a", 5, NOW, regular=True))
