"""Whole deliveries and collections at a real ProFTPD, as it comes and as partners set it up, with deaths and cuts."""

import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.delivery import Delivery, Manner
from gateway.errors import PartnerRefusal
from gateway.ledger import inbound
from gateway.partner import Publish
from gateway.service.inbound.collect import collect
from gateway.service.inbound.post import post
from gateway.service.office import Office
from gateway.service.outbound.deliver import REFUSALS_MAX, Round
from gateway.service.outbound.release import Way as Released
from gateway.service.outbound.release import release
from gateway.service.partners.check import check
from gateway.service.partners.host_keys import mailbox_of
from tests.contract.proftpd import ProFtpd, denied
from tests.faults.mortal import Points, open_mortal
from tests.faults.sealed import Arrivals, Shelf, at, one_round, rounds, the_file
from tests.servers import chaos_proxy
from tests.servers.chaos_proxy import Trouble, Way
from tests.service import clinic

pytestmark = pytest.mark.proftpd

Start = Callable[..., ProFtpd]
SEED = 20261116
DEATHS, CUTS = 4, 3


@dataclass(slots=True, kw_only=True)
class Places(Points):
    """Points that are told by their names too: at the nth, or at the one of that name, the server's sessions die."""

    server: ProFtpd
    name: str = ""

    def reach(self, what: str) -> None:
        self.reached += 1
        if what == self.name or self.reached in self.at:
            self.server.signal_sessions(signal.SIGKILL)


def struck(office: Office, server: ProFtpd, place: str | int = 0) -> tuple[Round, int]:
    """Make one round in which the server dies at one place, and give how many places there were."""
    places = Places(server=server, **({"name": place} if isinstance(place, str) else {"at": (place,)}))
    return one_round(office, lambda partner: open_mortal(partner, places)), places.reached


@pytest.mark.parametrize(
    ("publish", "line"),
    [
        (Publish.RENAME, "AllowOverwrite off"),
        (Publish.RENAME, "HiddenStores on"),
        (Publish.RENAME, "SFTPExtensions -fsync"),
        (Publish.HARDLINK, "AllowOverwrite off"),
        (Publish.DIRECT, "AllowOverwrite off"),
        (Publish.DIRECT, "HiddenStores on"),
    ],
)
def test_a_file_arrives_once_by_each_manner_and_leaves_nothing_beside_it(
    sqlite_office: Office, start_proftpd: Start, publish: Publish, line: str
) -> None:
    server = start_proftpd(line)
    there = Arrivals(server.root)
    office = at(sqlite_office, server.address(), publish=publish, reads_back=True)
    (made,) = rounds(office)
    assert (made.problem, the_file(office).manner) == (None, Manner(publish))
    there.must_be_once(office)
    assert there.temporary == []


def test_where_renames_are_seen_to_be_refused_it_is_written_directly(
    sqlite_office: Office, start_proftpd: Start
) -> None:
    server = start_proftpd(denied("RNFR"))
    office = at(sqlite_office, server.address())
    check(office, "north", mailbox_of, wait=lambda: None)
    rounds(office)
    assert the_file(office).manner is Manner.DIRECT
    Arrivals(server.root).must_be_once(office)


def test_at_a_drop_box_it_is_presumed_until_its_answer_comes(sqlite_office: Office, start_proftpd: Start) -> None:
    server = start_proftpd(denied("LIST NLST RETR LSTAT STAT DELE"))
    office = at(sqlite_office, server.address())
    check(office, "north", mailbox_of, wait=lambda: None)
    rounds(office)
    Arrivals(server.root).must_be_once(office, Delivery.PRESUMED)
    clinic.arrived(office, clinic.ta1(1))
    post(office)
    Arrivals(server.root).must_be_once(office)


@pytest.mark.parametrize("line", [denied("RNFR"), denied("STOR"), "MaxStoreFileSize 1 Kb"])
def test_what_is_refused_again_and_again_is_held_and_goes_once_the_partner_has_mended_it(
    sqlite_office: Office, start_proftpd: Start, line: str
) -> None:
    server = start_proftpd(line)
    there = Arrivals(server.root)
    office = at(sqlite_office, server.address())
    for made in rounds(office):
        assert isinstance(made.problem, PartnerRefusal)
    assert (the_file(office).state, there.finals) == (Delivery.HELD, [])
    server.stop()
    server.lines = ()
    server.start()
    name = the_file(office).name
    release(replace(office, actor="Ana Reyes"), name, Released.AGAIN, reason="they allow it now")
    rounds(office)
    there.must_be_once(office)
    assert there.temporary == []


@pytest.mark.parametrize(
    ("line", "state", "bytes_there"),
    [
        ("AllowOverwrite on", Delivery.SENT, "whole"),
        ("AllowOverwrite off", Delivery.HELD, "a beginning"),
        ("HiddenStores on", Delivery.HELD, "nothing"),
    ],
)
def test_a_beginning_under_the_final_name_is_completed_or_held(
    sqlite_office: Office, start_proftpd: Start, line: str, state: Delivery, bytes_there: str
) -> None:
    """The server dies when it has created the file, and nothing was written yet."""
    server = start_proftpd(line)
    office = at(sqlite_office, server.address(), publish=Publish.DIRECT, takes_unfinished=False)
    assert struck(office, server, "create done")[0].problem is not None
    made = rounds(office)
    found = {"whole": 1, "a beginning": 1, "nothing": 0}[bytes_there]
    assert (the_file(office).state, len(Arrivals(server.root).finals)) == (state, found)
    if bytes_there == "whole":
        Arrivals(server.root).must_be_once(office)
    if bytes_there == "a beginning":
        assert Arrivals(server.root).finals[0].read_bytes() == b""
        assert len(made) == REFUSALS_MAX, "it may be put right meanwhile"


@pytest.mark.parametrize("publish", [Publish.RENAME, Publish.HARDLINK, Publish.DIRECT])
def test_wherever_the_server_dies_a_file_arrives_once_or_is_held(
    sqlite_shelf: Shelf, start_proftpd: Start, publish: Publish
) -> None:
    server = start_proftpd("AllowOverwrite on")
    there = Arrivals(server.root)
    with sqlite_shelf.taken() as fresh:
        _, places = struck(at(fresh, server.address(), publish=publish), server)
        there.clear()
    for place in random.Random(f"{SEED} {publish}").sample(range(1, places + 1), DEATHS):
        with sqlite_shelf.taken() as fresh:
            office = at(fresh, server.address(), publish=publish, takes_unfinished=False)
            struck(office, server, place)
            rounds(office)
            if the_file(office).state is Delivery.HELD:
                assert publish is not Publish.RENAME
                assert there.times(office) <= 1
            else:
                there.must_be_once(office)
            there.clear()


@pytest.mark.parametrize(("way", "line"), [(Way.UP, "HiddenStores on"), (Way.DOWN, "AllowOverwrite off")])
def test_wherever_the_line_is_cut_a_file_arrives_once(
    sqlite_shelf: Shelf, start_proftpd: Start, way: Way, line: str
) -> None:
    server = start_proftpd(line)
    there = Arrivals(server.root)
    with chaos_proxy.running("127.0.0.1", server.port) as proxy:
        address = replace(server.address(), port=proxy.port)
        with sqlite_shelf.taken() as fresh:
            rounds(at(fresh, address))
            there.clear()
        size = proxy.passed[-1][way]
        rng = random.Random(f"{SEED} {way} {line}")
        for byte in (rng.randint(size // 2, size) for _ in range(CUTS)):
            with sqlite_shelf.taken() as fresh:
                office = at(fresh, address)
                proxy.trouble_next(Trouble(way=way, resets_at=byte))
                rounds(office)
                there.must_be_once(office)
                there.clear()


def test_what_may_not_be_archived_there_is_stored_once_and_said(
    sqlite_office: Office, start_proftpd: Start, tmp_path: Path
) -> None:
    server = start_proftpd(denied("RNFR"))
    office = at(sqlite_office, server.address())
    office = replace(office, settings=replace(office.settings, home=tmp_path))
    (server.root / "inbound" / "a.ta1").write_bytes(clinic.ta1(1))
    (first,) = collect(office, mailbox_of, partner="north")
    (second,) = collect(office, mailbox_of, partner="north")
    assert (first.files, second.files) == (("a.ta1",), ())
    for one in (first, second):
        assert ["not put away there" in why for _, why in one.left] == [True]
    with office.ledger.reading() as tx:
        assert len(inbound.files(tx, office.practice.key)) == 1
