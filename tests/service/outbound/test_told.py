"""What the log tells of a delivery, step by step: the words that a person at the partner's desk goes by, and their proof."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.delivery import Delivery
from gateway.errors import LineLost, PartnerRefusal
from gateway.event import EventSeverity
from gateway.ledger import events
from gateway.partner import Publish
from gateway.service.office import Office
from gateway.service.outbound.deliver import deliver
from gateway.service.outbound.release import Way, release
from gateway.service.outbound.sealed_files import answer_due
from gateway.transport.listing import Stat
from tests.service import clinic
from tests.service.partner_side import NAME, Connection, Server, body_of, file_of

FIRST = f"in/{NAME}.1.part"


def by(office: Office, **changes: Any) -> Office:
    return replace(office, settings=clinic.settings(clinic.partner("north", **changes), clinic.partner("south")))


def told(office: Office) -> list[tuple[str, str, str]]:
    """Every move of the file: the state, the words behind its name, the proof."""
    with office.ledger.reading() as tx:
        found = [one.event for one in events.read(tx, office.practice.key, about=NAME, kind="file")]
    return [
        (one.after, one.said.removeprefix(f"file {NAME}: "), one.artefact) for one in found if one.kind != "file.sealed"
    ]


def opened_as(kind: type[Connection], server: Server) -> Any:
    return lambda _partner: kind(files=server.files, server=server, cut_after=set(server.cut_after))


FILE, PROBE = f"file {NAME}", f"probe of {NAME}"


def test_a_delivery_by_rename(sealed: Office) -> None:
    deliver(sealed, Server().open)
    assert told(sealed) == [
        ("uploading", f"uploading as {FIRST}", FILE),
        ("committing", "uploaded and verified; about to rename", FILE),
        ("sent", "seen under its final name; memory", PROBE),
    ]


def test_a_delivery_by_hardlink(sealed: Office) -> None:
    deliver(by(sealed, publish=Publish.HARDLINK), Server().open)
    assert told(sealed) == [
        ("uploading", f"uploading as {FIRST}", FILE),
        ("committing", "uploaded and verified; about to hardlink", FILE),
        ("sent", "linked, and seen under its final name; memory", PROBE),
    ]


def test_a_direct_delivery(sealed: Office) -> None:
    deliver(by(sealed, publish=Publish.DIRECT), Server().open)
    assert told(sealed) == [
        ("uploading", "taken up", FILE),
        ("committing", "about to write it under its final name", FILE),
        ("sent", "seen under its final name, whole; memory", PROBE),
    ]
    assert file_of(sealed).temporary_name == ""


def test_a_name_that_is_taken_before_anything_was_done(sealed: Office) -> None:
    deliver(sealed, Server(files={f"in/{NAME}": b"theirs"}).open)
    assert told(sealed) == [("held", "the partner already has a file of that name", FILE)]


def test_both_links_after_a_lost_line(sealed: Office) -> None:
    office = by(sealed, publish=Publish.HARDLINK)
    server = Server(cut_after={"link_no_clobber"})
    deliver(office, server.open)
    server.cut_after = set()
    deliver(office, server.open)
    assert told(office)[-1] == ("sent", "linked: our very bytes are under its final name; memory", PROBE)
    assert server.files == {f"in/{NAME}": body_of(office)}


@dataclass
class Unreadable(Connection):
    def read(self, name: str, size_max: int) -> bytes:
        raise PartnerRefusal(f"{name} may not be read ({size_max})")


@pytest.mark.parametrize(
    ("kind", "theirs", "why"),
    [
        (Connection, True, "both names are there, and the final one holds other bytes than ours"),
        (Unreadable, False, "both names are there, and the partner does not let us read what is in them"),
    ],
)
def test_both_links_that_prove_nothing(sealed: Office, kind: type[Connection], theirs: bool, why: str) -> None:  # noqa: FBT001
    office = by(sealed, publish=Publish.HARDLINK)
    server = Server(cut_after={"link_no_clobber"})
    deliver(office, server.open)
    server.cut_after = set()
    if theirs:
        server.files[f"in/{NAME}"] = bytes(len(body_of(office)))
    deliver(office, opened_as(kind, server))
    assert told(office)[-1] == ("held", why, PROBE)


@dataclass
class NoRename(Connection):
    def rename_no_clobber(self, old: str, new: str) -> None:
        raise PartnerRefusal(f"{old} may not become {new}")


def test_a_rename_that_is_refused(sealed: Office) -> None:
    (one,) = deliver(sealed, opened_as(NoRename, Server()))
    assert str(one.problem) == (
        f"partner north: {NAME} was uploaded but not renamed; it is not sent; ask the partner whether renaming is "
        "allowed, then run: gateway deliver"
    )


@dataclass
class Halves(Connection):
    """It keeps half of what it is given, and shows it."""

    def create_exclusive(self, name: str, body: bytes) -> None:
        super().create_exclusive(name, body[: len(body) // 2])


def test_an_upload_that_arrives_short(sealed: Office) -> None:
    (one,) = deliver(sealed, opened_as(Halves, Server()))
    size = len(body_of(sealed))
    assert str(one.problem) == (
        f"partner north: the upload of {NAME} arrived with {size // 2} of {size} bytes; it is not sent; ask the partner "
        "about space and quota, then run: gateway deliver"
    )


@dataclass
class Hiding(Connection):
    """What was just uploaded is not shown."""

    def stat(self, name: str) -> Stat | None:
        seen = super().stat(name)
        return None if name.endswith(".part") else seen


def hidden_upload(office: Office) -> Server:
    server = Server()
    deliver(office, opened_as(Hiding, server))
    why = (
        f"it was written as {FIRST}, which is gone: the partner took it under its temporary name, or deleted it; "
        "gateway partners check north shows which names it leaves alone"
    )
    assert told(office)[-1] == ("held", why, PROBE)
    return server


def test_an_upload_that_shows_again_is_verified_before_it_is_renamed(sealed: Office) -> None:
    server = hidden_upload(sealed)
    release(replace(sealed, actor="Ana Reyes"), NAME, Way.AGAIN, reason="it is there")
    size = len(server.files[FIRST])
    server.files[FIRST] = server.files[FIRST][:-1]
    deliver(sealed, server.open)
    assert (file_of(sealed).state, server.arrivals()) == (Delivery.HELD, [])
    assert f"{size - 1} bytes" in told(sealed)[-1][1]


def test_an_upload_of_the_same_size_is_read_back_where_the_profile_says_so(sealed: Office) -> None:
    office = by(sealed, reads_back=True)
    server = hidden_upload(office)
    release(replace(office, actor="Ana Reyes"), NAME, Way.AGAIN, reason="it is there")
    server.files[FIRST] = bytes(len(server.files[FIRST]))
    deliver(office, server.open)
    assert told(office)[-1] == ("held", "its upload arrived with other bytes than were sent", PROBE)
    assert server.arrivals() == []


@dataclass
class DirectRefused(Connection):
    """It writes half under the final name, and says no."""

    def create_exclusive(self, name: str, body: bytes) -> None:
        self.files[name] = body[: len(body) // 2]
        raise PartnerRefusal("no room")


def test_a_direct_write_that_is_refused_half_way(sealed: Office) -> None:
    office = by(sealed, publish=Publish.DIRECT)
    server = Server()
    deliver(office, opened_as(DirectRefused, server))
    size = len(body_of(office))
    assert told(office)[-1] == ("held", f"{size // 2} bytes are there under its name, and ours are {size}", PROBE)
    completing = by(sealed, publish=Publish.DIRECT, takes_unfinished=False)
    release(replace(completing, actor="Ana Reyes"), NAME, Way.AGAIN, reason="they made room")
    deliver(completing, server.open)
    assert (file_of(sealed).state, server.arrivals()) == (Delivery.SENT, [body_of(sealed)])


def test_a_line_that_is_lost_says_so_and_leaves_the_looking_to_the_next_round(sealed: Office) -> None:
    server = Server(cut_after={"rename_no_clobber"})
    (one,) = deliver(sealed, server.open)
    assert isinstance(one.problem, LineLost)
    assert told(sealed)[-1][0] == "committing"
    server.cut_after = set()
    deliver(sealed, server.open)
    assert told(sealed)[-1] == ("sent", "seen under its final name; memory", PROBE)


def test_every_step_of_a_file_and_of_its_claims_is_told_whole(sealed: Office) -> None:
    deliver(sealed, Server().open)
    with sealed.ledger.reading() as tx:
        kept = [one.event for one in events.read(tx, sealed.practice.key)]
    steps = [one for one in kept if one.about == NAME and one.kind != "file.sealed"]
    assert [(one.kind, one.before, one.after) for one in steps] == [
        ("file.uploading", "sealed", "uploading"),
        ("file.committing", "uploading", "committing"),
        ("file.sent", "committing", "sent"),
    ]
    assert {(one.partner, one.actor, one.severity, one.next_command) for one in steps} == {
        ("north", "test", EventSeverity.ROUTINE, "")
    }
    sent = [one for one in kept if one.kind == "claim.sent"]
    assert len(sent) == 2
    for one in sent:
        assert (one.about, one.said) == (one.claim, f"claim {one.claim} is at north in file {NAME}")
        assert (one.before, one.after, one.partner, one.artefact, one.actor) == (
            "sealed",
            "sent",
            "north",
            PROBE,
            "test",
        )


def test_an_answer_is_due_when_the_partner_says_and_after_a_day_where_nobody_says(sealed: Office) -> None:
    now = sealed.clock.now()
    known = by(sealed, acknowledged_minutes=7)
    assert (answer_due(known, "north"), answer_due(known, "gone")) == (
        now + timedelta(minutes=7),
        now + timedelta(days=1),
    )
    deliver(known, Server(cut_before={"stat"}).open)
    assert file_of(known).answer_due_at is None, "it waits for no answer before it may be there"
    deliver(known, Server().open)
    assert file_of(known).answer_due_at == now + timedelta(minutes=7)
