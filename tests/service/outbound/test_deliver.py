"""Delivery: one file, once, whatever the line and the server do, and whoever dies where."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.delivery import Delivery
from gateway.errors import ConfigError, LedgerConflict, NotReached, PartnerRefusal, UsageError
from gateway.event import Event
from gateway.ledger import events, outbox
from gateway.ledger.outbox import Step
from gateway.lifecycle import ClaimState
from gateway.partner import TradingPartner
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import Delivered, Round, deliver, waiting
from gateway.service.outbound.release import Way, release
from gateway.service.partners.calls import Calls
from gateway.service.visits.scrub import scrub_visits
from tests.contract.memory_mailbox import MemoryMailbox
from tests.people import NOW
from tests.service import clinic
from tests.service.clinic import taken, the_claim, visit
from tests.service.partner_side import NAME, Connection, Killed, Server, body_of, file_of


def only(rounds: tuple[Round, ...]) -> Round:
    (one,) = rounds
    return one


def test_a_file_arrives_once_whole_and_its_claims_are_sent(sealed: Office) -> None:
    server = Server()
    (delivered,) = only(deliver(sealed, server.open)).files
    assert delivered.state is Delivery.SENT
    assert server.files == {f"in/{NAME}": body_of(sealed)}
    assert the_claim(sealed).state is ClaimState.SENT
    assert deliver(sealed, server.open) == ()
    assert reconcile(sealed).holds


def test_the_partners_own_time_decides_when_its_answer_is_due(sealed: Office) -> None:
    north = clinic.partner("north", acknowledged_minutes=90)
    sealed = replace(sealed, settings=clinic.settings(north, clinic.partner("south")))
    deliver(sealed, Server().open)
    assert file_of(sealed).answer_due_at == sealed.clock.now() + timedelta(minutes=90)


@pytest.mark.parametrize("greedy", [False, True])
def test_killed_at_every_call_the_file_still_arrives_exactly_once(sealed: Office, greedy: bool) -> None:  # noqa: FBT001
    """Each run dies one call later than the one before; between two deaths nothing is tidied up."""
    server = Server(greedy=greedy)
    deaths = 0
    for place in range(1, 40):
        server.calls, server.dies_at = 0, place
        try:
            deliver(sealed, server.open)
        except Killed:
            deaths += 1
        if file_of(sealed).state in {Delivery.SENT, Delivery.PRESUMED}:
            break
    server.dies_at = 0
    deliver(sealed, server.open)
    assert deaths > 0
    assert file_of(sealed).state in {Delivery.SENT, Delivery.PRESUMED}
    assert server.arrivals() == [body_of(sealed)]


@pytest.mark.parametrize("greedy", [False, True])
@pytest.mark.parametrize("dies_at", range(1, 9))
def test_killed_once_anywhere_the_next_call_finishes_it(office: Office, dies_at: int, greedy: bool) -> None:  # noqa: FBT001
    taken(office, visit())
    scrub_visits(office)
    seal_batches(office)
    server = Server(greedy=greedy, dies_at=dies_at)
    try:
        deliver(office, server.open)
    except Killed:
        deliver(office, server.open)
    assert server.arrivals() == [body_of(office)]
    state = file_of(office).state
    assert state is Delivery.SENT or (greedy and state is Delivery.PRESUMED)
    if state is Delivery.PRESUMED:
        assert the_claim(office).state is ClaimState.SEALED
        clinic.arrived(office, clinic.ta1(1))
        post(office)
        assert file_of(office).state is Delivery.SENT
    assert the_claim(office).state is ClaimState.SENT
    assert reconcile(office).holds


@pytest.mark.parametrize("verb", ["create_exclusive", "stat", "rename_no_clobber"])
def test_a_line_lost_before_or_during_a_call_is_looked_at_next_time(sealed: Office, verb: str) -> None:
    server = Server(cut_before={verb})
    assert isinstance(only(deliver(sealed, server.open)).problem, NotReached)
    server = replace(server, cut_before=set(), cut_after={verb} - {"stat"})
    deliver(sealed, server.open)
    server = replace(server, cut_after=set())
    deliver(sealed, server.open)
    assert file_of(sealed).state is Delivery.SENT
    assert server.arrivals() == [body_of(sealed)]


def test_a_name_that_is_taken_is_never_overwritten(sealed: Office) -> None:
    server = Server(files={f"in/{NAME}": b"somebody else's"})
    (delivered,) = only(deliver(sealed, server.open)).files
    assert delivered.state is Delivery.HELD
    assert server.files[f"in/{NAME}"] == b"somebody else's"
    with sealed.ledger.reading() as tx:
        woken = [one.event for one in events.read(tx, sealed.practice.key, kind="file.held")]
    assert woken[0].next_command == f"gateway deliveries show {NAME}"


def test_a_partner_that_purges_temporary_files_proves_nothing_by_their_absence(office: Office) -> None:
    purging = clinic.settings(clinic.partner("north", purges_temporary=True), clinic.partner("south"))
    office = replace(office, settings=purging)
    taken(office, visit())
    scrub_visits(office)
    seal_batches(office)
    server = Server(greedy=True, cut_after={"rename_no_clobber"})
    deliver(office, server.open)
    server.cut_after = set()
    deliver(office, server.open)
    assert file_of(office).state is Delivery.HELD


def test_one_partners_trouble_does_not_keep_anothers_files_back(office: Office) -> None:
    taken(office, visit(), visit("V-3", "PAYER2"))
    scrub_visits(office)
    seal_batches(office)
    south = Server()

    def open_mailbox(partner: TradingPartner) -> Connection:
        if partner.name == "north":
            raise PartnerRefusal("they said no")
        return south.open(partner)

    north_round, south_round = deliver(office, open_mailbox)
    assert isinstance(north_round.problem, PartnerRefusal)
    assert [file.state for file in south_round.files] == [Delivery.SENT]
    assert the_claim(office).state is ClaimState.SEALED


@pytest.fixture
def both(office: Office) -> Office:
    """The office with a file for each of its partners."""
    taken(office, visit(), visit("V-3", "PAYER2"))
    scrub_visits(office)
    seal_batches(office)
    return office


def test_a_round_may_be_for_one_partner_and_says_what_became_of_each_file(both: Office) -> None:
    north, south = Server(), Server()
    (delivered,) = only(deliver(both, north.open, partner="north")).files
    assert delivered == Delivered(file=NAME, partner="north", state=Delivery.SENT, why=delivered.why)
    assert delivered.why == "seen under its final name; memory"
    assert [(one.partner, one.state) for one in waiting(both)] == [("south", Delivery.SEALED)]
    assert (waiting(both, partner="north"), deliver(both, north.open, partner="north")) == ((), ())
    done = only(deliver(both, south.open))
    assert (done.partner, done.problem, done.waiting, len(done.files)) == ("south", None, 0, 1)
    with pytest.raises(ConfigError, match="east"):
        waiting(both, partner="east")


def test_partners_that_are_left_alone_are_called_now_or_when_due(both: Office) -> None:
    def nobody(_partner: TradingPartner) -> Connection:
        raise NotReached("the line is dead")

    assert [one.waiting for one in deliver(both, nobody)] == [1, 1]
    left_alone = deliver(both, Server().open, calls=Calls.WHEN_DUE)
    assert [(one.partner, one.waiting, one.files) for one in left_alone] == [("north", 1, ()), ("south", 1, ())]
    assert all("left alone until" in str(one.problem) for one in left_alone)
    assert [len(one.files) for one in deliver(both, Server().open)] == [1, 1]


def test_files_of_a_partner_whose_profile_is_gone_are_told_and_keep_nobody_back(both: Office) -> None:
    gone = replace(both, settings=clinic.settings(clinic.partner("south")))
    north, south = deliver(gone, Server().open)
    assert (north.partner, north.files, north.waiting) == ("north", (), 1)
    assert "add partners/north.toml" in str(north.problem)
    assert [one.state for one in south.files] == [Delivery.SENT]


def test_files_are_listed_page_by_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.service.outbound.deliver._PAGE", 1)
    for key in ("V-1", "V-2", "V-4"):
        taken(office, visit(key))
        scrub_visits(office)
        seal_batches(office)
    assert [one.interchange for one in waiting(office)] == [1, 2, 3]


def test_an_older_worker_that_wakes_up_cannot_make_its_next_step(sealed: Office) -> None:
    with sealed.ledger.writing() as tx:
        old = outbox.take_up(tx, sealed.practice.key, file_of(sealed).id)
    assert old is not None
    server = Server()
    deliver(sealed, server.open)
    step = Step(after=Delivery.UPLOADING, why="woke up")
    with pytest.raises(LedgerConflict), sealed.ledger.writing() as tx:
        outbox.move(tx, sealed.practice.key, old, step, event=Event(kind="x", about="x", said="x"), at=NOW)
    assert server.arrivals() == [body_of(sealed)]


def test_a_worker_that_listed_a_file_before_it_was_held_does_not_upload_it_again(sealed: Office) -> None:
    """A lists it and is still logging in; B uploads, renames, loses the line, looks, and holds it; then A goes on."""
    purging = clinic.settings(clinic.partner("north", purges_temporary=True), clinic.partner("south"))
    sealed = replace(sealed, settings=purging)
    server = Server(greedy=True, cut_after={"rename_no_clobber"})

    def slow(partner: TradingPartner) -> Connection:
        if file_of(sealed).state is Delivery.SEALED:
            deliver(sealed, server.open)
            server.cut_after = set()
            deliver(sealed, server.open)
            assert file_of(sealed).state is Delivery.HELD
        return server.open(partner)

    deliver(sealed, slow)
    assert server.arrivals() == [body_of(sealed)]
    assert file_of(sealed).state is Delivery.HELD


def test_a_missing_key_of_one_partner_does_not_keep_anothers_files_back(office: Office) -> None:
    taken(office, visit(), visit("V-3", "PAYER2"))
    scrub_visits(office)
    seal_batches(office)
    south = Server()

    def open_mailbox(partner: TradingPartner) -> Connection:
        if partner.name == "north":
            raise ConfigError("the key is not there")
        return south.open(partner)

    north_round, south_round = deliver(office, open_mailbox)
    assert isinstance(north_round.problem, ConfigError)
    assert [file.state for file in south_round.files] == [Delivery.SENT]


def test_files_of_one_name_at_two_partners_are_told_apart(office: Office) -> None:
    same = [clinic.partner(name, file_name="{practice}_{interchange}.837") for name in ("north", "south")]
    office = replace(office, settings=clinic.settings(*same))
    taken(office, visit(), visit("V-3", "PAYER2"))
    scrub_visits(office)
    seal_batches(office)
    deliver(office, lambda _: MemoryMailbox(files={"in/elm_000000001.837": b"old"}))
    with pytest.raises(UsageError, match="--partner"):
        release(office, "elm_000000001.837", Way.SENT, reason="r")
    moved = release(office, "elm_000000001.837", Way.SENT, reason="r", partner="north")
    assert (moved.partner, moved.state) == ("north", Delivery.SENT)
    assert the_claim(office, "V-3").state is ClaimState.SEALED


def test_a_presumed_file_may_be_said_to_have_arrived(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    seal_batches(office)
    server = Server(greedy=True, cut_after={"rename_no_clobber"})
    deliver(office, server.open)
    server.cut_after = set()
    deliver(office, server.open)
    assert file_of(office).state is Delivery.PRESUMED
    assert release(office, NAME, Way.SENT, reason="seen in the portal").state is Delivery.SENT


def held(office: Office, before: Callable[[Server], None]) -> Server:
    server = Server()
    before(server)
    deliver(office, server.open)
    assert file_of(office).state is Delivery.HELD
    return server


def test_a_held_file_is_released_by_a_person_and_goes_on(sealed: Office) -> None:
    server = held(sealed, lambda server: server.files.update({f"in/{NAME}": b"old"}))
    del server.files[f"in/{NAME}"]
    ana = replace(sealed, actor="Ana Reyes")
    release(ana, NAME, Way.AGAIN, reason="the partner removed it")
    deliver(sealed, server.open)
    assert server.arrivals() == [body_of(sealed)]
    with sealed.ledger.reading() as tx:
        (said,) = [one.event for one in events.read(tx, sealed.practice.key, kind="file.decided")]
    assert (said.actor, said.reason) == ("Ana Reyes", "the partner removed it")


def test_a_person_may_say_that_it_arrived_and_nothing_is_sent(sealed: Office) -> None:
    server = held(sealed, lambda server: server.files.update({f"in/{NAME}": b"old"}))
    release(sealed, NAME, Way.SENT, reason="seen in the portal")
    assert deliver(sealed, server.open) == ()
    assert the_claim(sealed).state is ClaimState.SENT


def test_only_a_held_file_can_be_released(sealed: Office) -> None:
    with pytest.raises(UsageError, match="not held"):
        release(sealed, NAME, Way.AGAIN, reason="r")
    with pytest.raises(UsageError, match="no file"):
        release(sealed, "other.837", Way.AGAIN, reason="r")


@dataclass
class ShortServer(Server):
    """A server that acknowledges every write and keeps one byte less."""

    def open(self, _partner: TradingPartner) -> "Connection":
        return Shortened(files=self.files, server=self)


@dataclass
class Shortened(Connection):
    def create_exclusive(self, name: str, body: bytes) -> None:
        super().create_exclusive(name, body[:-1])


def test_a_short_write_is_never_renamed_to_its_final_name(sealed: Office) -> None:
    server = ShortServer()
    one = only(deliver(sealed, server.open))
    assert isinstance(one.problem, PartnerRefusal)
    assert file_of(sealed).state is Delivery.UPLOADING
    assert server.arrivals() == []
    honest: Any = Server(files=server.files)
    deliver(sealed, honest.open)
    assert honest.arrivals() == [body_of(sealed)]
