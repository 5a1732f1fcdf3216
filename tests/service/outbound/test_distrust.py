"""What delivery does not take on trust: its own stored bytes, what a server says it has, and that it will say yes some day."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import update

from gateway.delivery import Delivery
from gateway.errors import LedgerBusy, LedgerConflict, NameTaken, PartnerRefusal
from gateway.event import Event, EventSeverity
from gateway.ledger import events, outbox
from gateway.ledger.tables import interchanges
from gateway.partner import TradingPartner
from gateway.service.office import Office
from gateway.service.outbound import sealed_files
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import REFUSALS_MAX, Round, deliver
from gateway.service.outbound.release import Way, release
from gateway.service.visits.scrub import scrub_visits
from gateway.transport.listing import Stat
from tests.service import clinic
from tests.service.partner_side import NAME, Connection, Server, body_of, file_of


def only(rounds: tuple[Round, ...]) -> Round:
    (one,) = rounds
    return one


def opened_as(kind: type[Connection], server: Server) -> Any:
    return lambda _partner: kind(files=server.files, server=server)


def test_stored_bytes_that_are_no_longer_those_that_were_sealed_are_held_and_never_leave(sealed: Office) -> None:
    changed = body_of(sealed).replace(b"ISA", b"ISB", 1)
    with sealed.ledger.writing() as tx:
        tx.execute(update(interchanges).values(body=changed))
    server = Server()
    deliver(sealed, server.open)
    assert (file_of(sealed).state, server.files) == (Delivery.HELD, {})
    assert file_of(sealed).why == "the stored bytes no longer have their hash"


@dataclass
class SaysTaken(Connection):
    """It creates the file and says that somebody else's was there."""

    def create_exclusive(self, name: str, body: bytes) -> None:
        super().create_exclusive(name, body)
        raise NameTaken(f"{name} exists already")


def test_a_server_that_creates_and_denies_it_is_met_with_another_name_the_next_time(sealed: Office) -> None:
    server = Server()
    said = only(deliver(sealed, opened_as(SaysTaken, server))).problem
    assert isinstance(said, PartnerRefusal)
    assert "was refused, though its name is there; it is not sent" in str(said)
    assert (file_of(sealed).state, server.arrivals()) == (Delivery.UPLOADING, [])
    deliver(sealed, server.open)
    assert (file_of(sealed).state, server.arrivals()) == (Delivery.SENT, [body_of(sealed)])


@dataclass
class Forgetful(Connection):
    """It acknowledges an upload and then knows nothing of it."""

    def create_exclusive(self, name: str, body: bytes) -> None:
        super().create_exclusive(name, body)
        del self.files[name]


@dataclass
class Sizeless(Connection):
    """It tells no sizes."""

    def stat(self, name: str) -> Stat | None:
        seen = super().stat(name)
        return None if seen is None else Stat(None, seen.modified)


@dataclass
class Garbling(Connection):
    """It keeps as many bytes as it was given, but others."""

    def create_exclusive(self, name: str, body: bytes) -> None:
        super().create_exclusive(name, bytes(len(body)))


def test_an_upload_that_is_gone_at_once_is_held_and_not_made_again(sealed: Office) -> None:
    """Who has it cannot be known: the partner may have taken it under its temporary name."""
    server = Server()
    deliver(sealed, opened_as(Forgetful, server))
    assert (file_of(sealed).state, "which is gone" in file_of(sealed).why) == (Delivery.HELD, True)
    calls = server.calls
    deliver(sealed, opened_as(Forgetful, server))
    assert (server.calls, server.arrivals()) == (calls, [])


def test_an_upload_is_read_back_where_the_profile_says_so(sealed: Office) -> None:
    reading = clinic.settings(clinic.partner("north", reads_back=True), clinic.partner("south"))
    sealed = replace(sealed, settings=reading)
    server = Server()
    said = only(deliver(sealed, opened_as(Garbling, server))).problem
    assert "arrived with other bytes than were sent; it is not sent" in str(said)
    assert (file_of(sealed).state, server.arrivals()) == (Delivery.UPLOADING, [])
    server.files.clear()
    deliver(sealed, server.open)
    assert (file_of(sealed).state, server.arrivals()) == (Delivery.SENT, [body_of(sealed)])


@dataclass
class GarblesAndHides(Garbling):
    """It garbles an upload, and shows it to nobody for as long as the line lasts."""

    def stat(self, name: str) -> Stat | None:
        return None if name.endswith(".part") else super().stat(name)


def test_an_upload_that_was_held_unseen_is_read_back_before_it_is_renamed(sealed: Office) -> None:
    reading = clinic.settings(clinic.partner("north", reads_back=True), clinic.partner("south"))
    sealed = replace(sealed, settings=reading)
    server = Server()
    deliver(sealed, opened_as(GarblesAndHides, server))
    release(replace(sealed, actor="Ana Reyes"), NAME, Way.AGAIN, reason="their disk was full")
    deliver(sealed, server.open)
    assert (file_of(sealed).state, file_of(sealed).may_have_left) == (Delivery.HELD, True)
    assert server.arrivals() == []


def test_a_size_that_a_server_does_not_tell_is_no_fault(sealed: Office) -> None:
    server = Server()
    deliver(sealed, opened_as(Sizeless, server))
    assert server.arrivals() == [body_of(sealed)]


@dataclass
class Refusing(Connection):
    def create_exclusive(self, name: str, body: bytes) -> None:
        self.server.step()
        raise PartnerRefusal(f"no room for {name} ({len(body)})")


def test_a_partner_that_refuses_three_files_is_not_asked_for_the_fourth(office: Office) -> None:
    north = clinic.partner("north", claims_max=1)
    office = replace(office, settings=clinic.settings(north, clinic.partner("south")))
    clinic.taken(office, *(clinic.visit(f"V-{number}") for number in range(1, 5)))
    scrub_visits(office)
    seal_batches(office)
    server = Server()
    one = only(deliver(office, opened_as(Refusing, server)))
    assert isinstance(one.problem, PartnerRefusal)
    assert one.waiting == 4
    assert server.calls == 6, "a look at the final name and an upload, three times"
    with office.ledger.reading() as tx:
        files = outbox.files(tx, office.practice.key)
        assert [file.refusals for file in files] == [1, 1, 1, 0]
        assert len(events.read(tx, office.practice.key, kind="file.refused")) == 3


def test_a_refusal_is_told_once_and_the_hold_after_the_last_with_its_proof(sealed: Office) -> None:
    server = Server()
    for _ in range(REFUSALS_MAX):
        deliver(sealed, opened_as(Refusing, server))
    with sealed.ledger.reading() as tx:
        told = [one.event for one in events.read(tx, sealed.practice.key, about=NAME)]
    refused = [one for one in told if one.kind == "file.refused"]
    said = f"no room for in/{NAME}.1.part ({len(body_of(sealed))})"
    assert refused == [
        Event(
            kind="file.refused",
            about=NAME,
            partner="north",
            said=said,
            severity=EventSeverity.WAKE,
            artefact=f"file {NAME}",
            actor="test",
            next_command=f"gateway deliveries show {NAME}",
        )
    ]
    held = told[-1]
    assert (held.kind, held.artefact, held.severity) == ("file.held", "mailbox", EventSeverity.WAKE)
    assert f"the partner has refused it {REFUSALS_MAX} times: no room for" in held.said


def test_a_busy_ledger_ends_the_round_and_is_told_to_the_caller(
    sealed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise LedgerBusy("another process is writing")

    monkeypatch.setattr(outbox, "take_up", busy)
    server = Server()
    with pytest.raises(LedgerBusy):
        deliver(sealed, server.open)
    assert server.files == {}


def test_a_file_that_another_worker_moves_while_it_is_being_held_stays_with_that_worker(
    sealed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()

    def refusing(partner: TradingPartner) -> Connection:
        del partner
        return Refusing(files=server.files, server=server)

    for _ in range(REFUSALS_MAX - 1):
        deliver(sealed, refusing)
    move = sealed_files.move

    def overtaken(office: Office, file: outbox.SealedFile, step: outbox.Step, **more: Any) -> outbox.SealedFile:
        if step.after is Delivery.HELD:
            raise LedgerConflict("another worker took it up")
        return move(office, file, step, **more)

    monkeypatch.setattr(sealed_files, "move", overtaken)
    (one,) = only(deliver(sealed, refusing)).files
    assert one.state is Delivery.UPLOADING
    assert (file_of(sealed).name, file_of(sealed).refusals) == (NAME, REFUSALS_MAX)
