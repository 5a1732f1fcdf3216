"""Deliveries by hardlink and directly, for servers whose rename cannot be relied upon: once, or visibly in doubt."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from gateway.capability import Answer, Capability
from gateway.delivery import Delivery, Manner
from gateway.errors import NotReached, PartnerRefusal
from gateway.event import Event
from gateway.ledger import capabilities, events
from gateway.ledger.capabilities import SeenCapability
from gateway.partner import Publish, TradingPartner
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.deliver import REFUSALS_MAX, deliver
from gateway.service.outbound.release import Way, release
from tests.people import NOW
from tests.service import clinic
from tests.service.clinic import the_claim
from tests.service.partner_side import NAME, Connection, Killed, Server, body_of, file_of

ENDED = {Delivery.SENT, Delivery.PRESUMED, Delivery.HELD}


def by(office: Office, publish: Publish, **changes: Any) -> Office:
    north = clinic.partner("north", publish=publish, **changes)
    return replace(office, settings=clinic.settings(north, clinic.partner("south")))


def temporaries(server: Server) -> list[str]:
    return [name for name in server.files if name.endswith(".part")]


@pytest.mark.parametrize("publish", [Publish.HARDLINK, Publish.DIRECT, Publish.RENAME])
def test_a_file_arrives_once_by_each_manner_and_leaves_nothing_beside_it(sealed: Office, publish: Publish) -> None:
    server = Server()
    office = by(sealed, publish)
    deliver(office, server.open)
    file = file_of(office)
    assert (file.state, file.manner) == (Delivery.SENT, Manner(publish))
    assert server.files == {f"in/{NAME}": body_of(office)}
    assert deliver(office, server.open) == ()
    assert reconcile(office).holds


@pytest.mark.parametrize("takes_unfinished", [True, False])
@pytest.mark.parametrize("greedy", [False, True])
@pytest.mark.parametrize("publish", [Publish.HARDLINK, Publish.DIRECT])
@pytest.mark.parametrize("dies_at", range(1, 13))
def test_killed_anywhere_it_arrives_once_or_is_held(
    sealed: Office,
    publish: Publish,
    dies_at: int,
    greedy: bool,  # noqa: FBT001
    takes_unfinished: bool,  # noqa: FBT001
) -> None:
    office = by(sealed, publish, takes_unfinished=takes_unfinished)
    server = Server(greedy=greedy, dies_at=dies_at)
    try:
        deliver(office, server.open)
    except Killed:
        deliver(office, server.open)
    deliver(office, server.open)
    state = file_of(office).state
    assert state in ENDED
    assert len(server.arrivals()) <= 1
    if state is not Delivery.HELD:
        assert server.arrivals() == [body_of(office)]
    if server.arrivals():
        clinic.arrived(office, clinic.ta1(1))
        post(office)
        assert file_of(office).state is Delivery.SENT, "its acknowledgment ends every doubt"


@pytest.mark.parametrize("publish", [Publish.HARDLINK, Publish.DIRECT, Publish.RENAME])
@pytest.mark.parametrize("verb", ["create_exclusive", "rename_no_clobber", "link_no_clobber", "remove"])
@pytest.mark.parametrize("greedy", [False, True])
def test_a_line_lost_after_any_verb_never_doubles(
    sealed: Office,
    publish: Publish,
    verb: str,
    greedy: bool,  # noqa: FBT001
) -> None:
    office = by(sealed, publish)
    server = Server(greedy=greedy, cut_after={verb})
    deliver(office, server.open)
    server.cut_after = set()
    deliver(office, server.open)
    assert file_of(office).state in ENDED
    assert len(server.arrivals()) <= 1
    if file_of(office).state is not Delivery.HELD:
        assert server.arrivals() == [body_of(office)]


def test_both_links_are_told_apart_from_a_strangers_file_by_the_bytes(sealed: Office) -> None:
    office = by(sealed, Publish.HARDLINK)
    server = Server(cut_after={"link_no_clobber"})
    deliver(office, server.open)
    assert file_of(office).state is Delivery.COMMITTING
    server.cut_after = set()
    mine = server.files[f"in/{NAME}"]
    server.files[f"in/{NAME}"] = bytes(len(mine))
    deliver(office, server.open)
    assert (file_of(office).state, "other bytes" in file_of(office).why) == (Delivery.HELD, True)
    server.files[f"in/{NAME}"] = mine
    release(replace(office, actor="Ana Reyes"), NAME, Way.AGAIN, reason="they put our file back")
    deliver(office, server.open)
    assert file_of(office).state is Delivery.SENT
    assert temporaries(server) == []


def test_both_links_at_a_partner_that_lets_nobody_read_are_held(sealed: Office) -> None:
    office = by(sealed, Publish.HARDLINK)
    server = Server(cut_after={"link_no_clobber"})
    deliver(office, server.open)

    def unreadable(_partner: TradingPartner) -> Connection:
        return Unreadable(files=server.files, server=server)

    deliver(office, unreadable)
    assert (file_of(office).state, "does not let us read" in file_of(office).why) == (Delivery.HELD, True)


@dataclass
class Unreadable(Connection):
    def read(self, name: str, size_max: int) -> bytes:
        raise PartnerRefusal(f"{name} may not be read ({size_max})")


@dataclass
class Blind(Connection):
    """A write-only drop box: it lists nothing, and will not say what is there."""

    def stat(self, name: str) -> None:
        raise PartnerRefusal(f"{name} may not be looked at")

    def list(self, folder: str, *, names_max: int = 0) -> tuple[()]:
        raise PartnerRefusal(f"{folder} may not be listed ({names_max})")


def blind(server: Server) -> "type[Server]":
    class BlindServer(Server):
        def open(self, _partner: TradingPartner) -> Connection:
            return Blind(files=server.files, server=server, cut_after=set(server.cut_after))

    return BlindServer


def seen(office: Office, **answers: Answer) -> None:
    """Keep what a check would have seen at north."""
    found = [
        SeenCapability(capability=Capability[name], answer=answer, said="seen", at=NOW)
        for name, answer in answers.items()
    ]
    address = office.settings.partner("north").mailbox.fingerprint
    said = Event(kind="partner.checked", about="north", said="checked")
    with office.ledger.writing() as tx:
        capabilities.put(tx, office.practice.key, "north", found, address=address, event=said, at=NOW)


def test_f33_a_write_only_drop_box_is_served_directly_and_its_answer_closes_it(sealed: Office) -> None:
    seen(sealed, SEE_SIZE=Answer.NO)
    server = Server()
    deliver(sealed, blind(server)().open)
    file = file_of(sealed)
    assert (file.state, file.manner) == (Delivery.PRESUMED, Manner.DIRECT)
    assert server.arrivals() == [body_of(sealed)]
    clinic.arrived(sealed, clinic.ta1(1))
    post(sealed)
    assert file_of(sealed).state is Delivery.SENT


def test_f33_what_is_uncertain_at_a_write_only_drop_box_is_held_until_its_answer(sealed: Office) -> None:
    seen(sealed, SEE_SIZE=Answer.NO)
    server = Server(cut_after={"create_exclusive"})
    deliver(sealed, blind(server)().open)
    server.cut_after = set()
    deliver(sealed, blind(server)().open)
    assert file_of(sealed).state is Delivery.HELD
    assert len(server.arrivals()) == 1
    clinic.arrived(sealed, clinic.ta1(1))
    post(sealed)
    assert file_of(sealed).state is Delivery.SENT


def test_what_was_seen_at_another_address_does_not_count(sealed: Office) -> None:
    seen(sealed, SEE_SIZE=Answer.NO)
    north = sealed.settings.partner("north")
    moved = replace(north, mailbox=replace(north.mailbox, root="/elsewhere"))
    office = clinic.anywhere(replace(sealed, settings=clinic.settings(moved, clinic.partner("south"))))
    server = Server()
    deliver(office, server.open)
    assert file_of(office).manner is Manner.RENAME


def test_f31_nothing_is_sent_where_temporary_names_were_seen_to_be_taken(sealed: Office) -> None:
    seen(sealed, TAKES_TEMPORARY=Answer.YES)
    server = Server()
    (one,) = deliver(sealed, server.open)
    assert "takes files under their temporary name" in str(one.problem)
    assert (server.files, file_of(sealed).state) == ({}, Delivery.SEALED)


@dataclass
class NoRename(Connection):
    def rename_no_clobber(self, old: str, new: str) -> None:
        raise PartnerRefusal(f"{old} may not become {new}")


def test_f29_a_rename_that_never_works_holds_the_file_and_wakes_a_person(sealed: Office) -> None:
    server = Server()

    def stubborn(_partner: TradingPartner) -> Connection:
        return NoRename(files=server.files, server=server)

    for _ in range(REFUSALS_MAX - 1):
        (one,) = deliver(sealed, stubborn)
        assert isinstance(one.problem, PartnerRefusal)
        assert file_of(sealed).state is Delivery.COMMITTING
    deliver(sealed, stubborn)
    assert file_of(sealed).state is Delivery.HELD
    assert len(temporaries(server)) == 1, "in COMMITTING nothing is uploaded again"
    with sealed.ledger.reading() as tx:
        said = [one.event for one in events.read(tx, sealed.practice.key, about=NAME)]
    assert [one.kind for one in said if one.severity == "wake"] == ["file.refused", "file.held"]
    release(replace(sealed, actor="Ana Reyes"), NAME, Way.AGAIN, reason="they allow it now")
    deliver(sealed, server.open)
    assert server.arrivals() == [body_of(sealed)]


@pytest.mark.parametrize("manner", [Publish.RENAME, Publish.HARDLINK])
def test_after_a_denied_rename_nothing_is_uploaded_a_second_time(sealed: Office, manner: Publish) -> None:
    """Not in the same round, where the name would be taken, not in a later one, and not once it was held and released."""
    office, server, uploads = by(sealed, manner), Server(), list[str]()

    @dataclass
    class Denied(NoRename):
        def create_exclusive(self, name: str, body: bytes) -> None:
            uploads.append(name)
            super().create_exclusive(name, body)

        def link_no_clobber(self, old: str, new: str) -> None:
            self.rename_no_clobber(old, new)

    for _ in range(2):
        for _ in range(REFUSALS_MAX + 1):
            deliver(office, lambda _: Denied(files=server.files, server=server))
        assert file_of(office).state is Delivery.HELD
        release(replace(office, actor="Ana Reyes"), NAME, Way.AGAIN, reason="they say that they allow it now")
    assert uploads == [temporaries(server)[0]]
    deliver(office, server.open)
    assert (file_of(office).state, len(uploads)) == (Delivery.HELD if manner is Publish.HARDLINK else Delivery.SENT, 1)


def test_f21_an_upload_that_is_always_refused_is_held_and_released(sealed: Office) -> None:
    @dataclass
    class Full(Connection):
        def create_exclusive(self, name: str, body: bytes) -> None:
            raise PartnerRefusal(f"no room for {len(body)} bytes of {name}")

    server = Server()
    for times in range(1, REFUSALS_MAX + 1):
        deliver(sealed, lambda _: Full(files=server.files, server=server))
        assert file_of(sealed).refusals == (times if times < REFUSALS_MAX else 0)
    assert file_of(sealed).state is Delivery.HELD
    release(replace(sealed, actor="Ana Reyes"), NAME, Way.AGAIN, reason="they made room")
    deliver(sealed, server.open)
    assert server.arrivals() == [body_of(sealed)]


def test_f32_where_temporary_files_are_purged_a_vanished_one_is_held(sealed: Office) -> None:
    office = by(sealed, Publish.RENAME, purges_temporary=True)
    server = Server(cut_before={"rename_no_clobber"})
    deliver(office, server.open)
    assert file_of(office).state is Delivery.COMMITTING
    server.files.clear()
    server.cut_before = set()
    deliver(office, server.open)
    assert (file_of(office).state, server.arrivals()) == (Delivery.HELD, [])


@dataclass
class Cut(Connection):
    """Loses the line when half of a file is written under its final name."""

    def create_exclusive(self, name: str, body: bytes) -> None:
        super().create_exclusive(name, body[: len(body) // 2])
        self.over = True
        raise NotReached("cut in the middle")


@pytest.mark.parametrize("takes_unfinished", [True, False])
def test_a_beginning_is_completed_only_where_nobody_takes_unfinished_files(
    sealed: Office,
    takes_unfinished: bool,  # noqa: FBT001
) -> None:
    office = by(sealed, Publish.DIRECT, takes_unfinished=takes_unfinished)
    server = Server()
    deliver(office, lambda _: Cut(files=server.files, server=server))
    deliver(office, server.open)
    if takes_unfinished:
        assert file_of(office).state is Delivery.HELD
        assert server.arrivals() == [body_of(office)[: len(body_of(office)) // 2]]
    else:
        assert file_of(office).state is Delivery.SENT
        assert server.arrivals() == [body_of(office)]


def test_a_name_that_appears_while_writing_directly_is_looked_at(sealed: Office) -> None:
    office = by(sealed, Publish.DIRECT)

    @dataclass
    class Late(Connection):
        def create_exclusive(self, name: str, body: bytes) -> None:
            self.files[name] = b"somebody else's"
            super().create_exclusive(name, body)

    server = Server()
    deliver(office, lambda _: Late(files=server.files, server=server))
    assert file_of(office).state is Delivery.HELD
    assert server.files[f"in/{NAME}"] == b"somebody else's"
    assert the_claim(office).state == "sealed"


def test_temporary_files_may_have_a_folder_of_their_own(sealed: Office) -> None:
    north = sealed.settings.partner("north")
    apart = replace(north, mailbox=replace(north.mailbox, temporary_folder="work"))
    office = replace(sealed, settings=clinic.settings(apart, clinic.partner("south")))
    server = Server(cut_before={"rename_no_clobber"})
    deliver(office, server.open)
    assert temporaries(server) == [f"work/{NAME}.1.part"]
    server.cut_before = set()
    # The profile changes while the file is on its way: what is pinned to it stays.
    deliver(sealed, server.open)
    assert server.files == {f"in/{NAME}": body_of(office)}
