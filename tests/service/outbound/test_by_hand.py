"""A file uploaded by hand: it has one way out at a time, whoever dies where, and only a person's word brings it back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from gateway.delivery import Delivery
from gateway.errors import ConfigError, LedgerConflict, LineLost, UsageError
from gateway.event import EventSeverity
from gateway.ledger import Transaction, claims, events, outbox
from gateway.ledger.outbox import SealedFile
from gateway.ledger.tables import interchanges
from gateway.lifecycle import ClaimState
from gateway.partner import Usage
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound import by_hand, sealed_files
from gateway.service.outbound.by_hand import export, not_uploaded, uploaded
from gateway.service.outbound.cancel import cancel
from gateway.service.outbound.deliver import REFUSALS_MAX, deliver
from gateway.service.outbound.deliver import by_hand as exported_files
from gateway.service.outbound.mailbox_meant import readdress
from gateway.service.outbound.release import Way, release
from gateway.service.outbound.resend import resend
from gateway.service.outbound.sealed_files import answer_due
from gateway.service.views.deliveries import delivery_shown
from tests.people import NOW, TODAY
from tests.service import clinic
from tests.service.clinic import answer_835, answer_999, paid_in_full, the_claim
from tests.service.partner_side import NAME, Connection, Killed, Server, body_of, file_of

WHY = "their SFTP is down"


def taken_out(office: Office, to: Path) -> SealedFile:
    return export(replace(office, actor="Ana Reyes"), NAME, to, reason=WHY)


def states_of_claims(office: Office) -> set[ClaimState]:
    with office.ledger.reading() as tx:
        return {one.state for one in claims.in_interchange(tx, office.practice.key, file_of(office).id)}


def said_last(office: Office) -> tuple[str, str, str, str]:
    with office.ledger.reading() as tx:
        *_, last = events.read(tx, office.practice.key, about=NAME, kind="file")
    event = last.event
    return event.kind, event.after, event.actor, event.reason


def test_an_exported_file_has_the_sealed_bytes_only_for_its_owner_and_is_never_sent(
    sealed: Office, tmp_path: Path
) -> None:
    to, server = tmp_path / "upload.837", Server()
    file = taken_out(sealed, to)
    assert (to.read_bytes(), to.stat().st_mode & 0o777) == (body_of(sealed), 0o600)
    assert (file.state, file.may_have_left) == (Delivery.EXPORTED, True)
    assert said_last(sealed) == ("file.exported", "exported", "Ana Reyes", WHY)
    for _ in range(3):
        assert deliver(sealed, server.open) == ()
    assert (server.files, server.calls) == ({}, 0)
    assert [one.name for one in exported_files(sealed)] == [NAME]
    assert states_of_claims(sealed) == {ClaimState.SEALED}
    assert delivery_shown(sealed, NAME).may_be == (
        f"gateway deliveries uploaded {NAME} --by NAME --reason TEXT --evidence TEXT",
        f"gateway deliveries not-uploaded {NAME} --by NAME --reason TEXT",
    )


def test_what_a_person_has_uploaded_is_sent_and_its_answer_is_waited_for(sealed: Office, tmp_path: Path) -> None:
    taken_out(sealed, tmp_path / "a")
    later = replace(sealed, actor="Bo Lund", clock=replace(sealed.clock, read=lambda: NOW + timedelta(hours=2)))
    file = uploaded(later, NAME, "receipt 4711", reason="the portal")
    assert (file.state, file.why) == (Delivery.SENT, "uploaded by hand, says Bo Lund: receipt 4711")
    assert (file.sent_at, file.answer_due_at) == (NOW + timedelta(hours=2), answer_due(later, "north"))
    assert said_last(sealed) == ("file.decided", "sent", "Bo Lund", "the portal")
    assert states_of_claims(sealed) == {ClaimState.SENT}
    server = Server()
    assert (deliver(sealed, server.open), server.files) == ((), {})
    with pytest.raises(UsageError, match="is sent, not exported; nothing was changed"):
        uploaded(later, NAME, "again", reason="x")
    with pytest.raises(UsageError, match="is sent, not exported; nothing was changed"):
        not_uploaded(later, NAME, reason="x")


def test_what_was_not_uploaded_is_sent_by_the_gateway_once(sealed: Office, tmp_path: Path) -> None:
    taken_out(sealed, tmp_path / "a")
    file = not_uploaded(replace(sealed, actor="Bo Lund"), NAME, reason="it is up again")
    assert (file.state, file.may_have_left) == (Delivery.SEALED, False)
    assert said_last(sealed) == ("file.decided", "sealed", "Bo Lund", "it is up again")
    assert states_of_claims(sealed) == {ClaimState.SEALED}
    server = Server()
    deliver(sealed, server.open)
    assert (server.arrivals(), file_of(sealed).state) == ([body_of(sealed)], Delivery.SENT)
    assert reconcile(sealed).holds


def test_it_may_be_exported_again_or_cancelled_once_it_is_back(sealed: Office, tmp_path: Path) -> None:
    taken_out(sealed, tmp_path / "a")
    not_uploaded(sealed, NAME, reason="lost the copy")
    taken_out(sealed, tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == body_of(sealed)
    not_uploaded(sealed, NAME, reason="not at all")
    assert cancel(sealed, NAME, reason="wrong fees").state is Delivery.CANCELLED


@pytest.mark.parametrize(
    "verb",
    [
        lambda office, to: export(office, NAME, to, reason="x"),
        lambda office, _: cancel(office, NAME, reason="x"),
        lambda office, _: release(office, NAME, Way.AGAIN, reason="x"),
        lambda office, _: release(office, NAME, Way.SENT, reason="x"),
        lambda office, _: resend(office, NAME, reason="x", approved_by="Bo Lund"),
        lambda office, _: readdress(office, NAME, reason="x"),
    ],
    ids=["export", "cancel", "release", "release as sent", "resend", "readdress"],
)
def test_every_other_way_says_what_to_do_and_changes_nothing(
    sealed: Office, tmp_path: Path, verb: Callable[[Office, Path], object]
) -> None:
    before = taken_out(sealed, tmp_path / "a")
    with pytest.raises(UsageError, match=f"not-uploaded {NAME} --by NAME --reason TEXT") as refused:
        verb(sealed, tmp_path / "b")
    assert f"gateway deliveries uploaded {NAME} --evidence TEXT" in str(refused.value)
    assert (file_of(sealed), (tmp_path / "b").exists()) == (before, False)


@pytest.mark.parametrize("dies_at", range(1, 12))
def test_a_courier_that_died_anywhere_and_a_person_never_both_have_it(
    sealed: Office, tmp_path: Path, dies_at: int
) -> None:
    """After each step at the partner: either it may have left, and is not exported, or it never gets its name there."""
    to, server = tmp_path / "a", Server(dies_at=dies_at)
    try:
        deliver(sealed, server.open)
    except Killed:
        server.dies_at = 0
    if file_of(sealed).may_have_left:
        with pytest.raises(UsageError, match="may be at north"):
            taken_out(sealed, to)
        assert not to.exists()
        deliver(sealed, server.open)
        assert len(server.arrivals()) == 1
    else:
        taken_out(sealed, to)
        deliver(sealed, server.open)
        assert (server.arrivals(), to.read_bytes()) == ([], body_of(sealed))
        not_uploaded(sealed, NAME, reason="it is up again")
        deliver(sealed, server.open)
        assert server.arrivals() == [body_of(sealed)]


class Paused(Connection):
    """While the courier uploads its temporary file, a person exports: it has not left yet."""

    office: Office
    to: Path

    def create_exclusive(self, name: str, body: bytes) -> None:
        super().create_exclusive(name, body)
        taken_out(type(self).office, type(self).to)


def test_a_courier_that_is_under_way_cannot_make_its_next_step(sealed: Office, tmp_path: Path) -> None:
    server = Server()
    Paused.office, Paused.to = sealed, tmp_path / "a"
    deliver(sealed, lambda _partner: Paused(files=server.files, server=server))
    assert (file_of(sealed).state, server.arrivals()) == (Delivery.EXPORTED, [])
    assert (tmp_path / "a").read_bytes() == body_of(sealed)


def dying(_office: object, *_: object, **__: object) -> None:
    raise Killed


def test_a_death_before_the_commit_leaves_it_with_the_courier_alone(
    sealed: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "a"
    monkeypatch.setattr(outbox, "decide", dying)
    with pytest.raises(Killed):
        taken_out(sealed, to)
    assert (file_of(sealed).state, to.exists()) == (Delivery.SEALED, False)


@pytest.mark.parametrize("dies_in", ["remember", "_write"])
def test_a_death_after_the_commit_leaves_it_with_nobody_until_a_person_decides(
    sealed: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    to, server = tmp_path / "a", Server()
    monkeypatch.setattr(by_hand, dies_in, dying)
    with pytest.raises(Killed):
        taken_out(sealed, to)
    assert not to.exists() or to.read_bytes() == b""
    assert file_of(sealed).state is Delivery.EXPORTED
    assert (deliver(sealed, server.open), server.files) == ((), {})
    not_uploaded(sealed, NAME, reason="there is no copy")
    deliver(sealed, server.open)
    assert server.arrivals() == [body_of(sealed)]


def test_a_full_disk_is_told_with_what_to_do_and_leaves_no_part_of_it(
    sealed: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(by_hand, "_write", full)
    with pytest.raises(ConfigError, match=r"No space left on device.*there is no copy of it.*not-uploaded"):
        taken_out(sealed, tmp_path / "a")
    assert (file_of(sealed).state, (tmp_path / "a").exists()) == (Delivery.EXPORTED, False)


def test_a_file_that_a_courier_takes_up_meanwhile_is_not_exported(
    sealed: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def overtaken(tx: Transaction, office: Office, name: str, partner: str) -> SealedFile:
        file = sealed_files.named(tx, office, name, partner)
        return replace(file, fence=file.fence - 1)

    monkeypatch.setattr(by_hand, "named", overtaken)
    with pytest.raises(LedgerConflict):
        taken_out(sealed, tmp_path / "a")
    assert (file_of(sealed).state, (tmp_path / "a").exists()) == (Delivery.SEALED, False)


def test_a_path_that_is_taken_or_nowhere_changes_nothing(sealed: Office, tmp_path: Path) -> None:
    there, link = tmp_path / "there", tmp_path / "link"
    there.write_text("mine")
    link.symlink_to(tmp_path / "elsewhere")
    for to, said in ((there, "exists already"), (link, "exists already"), (tmp_path / "no" / "x", "No such file")):
        with pytest.raises(UsageError, match=said):
            taken_out(sealed, to)
    assert (there.read_text(), file_of(sealed).state) == ("mine", Delivery.SEALED)
    with pytest.raises(UsageError, match="there is no file nothing"):
        export(sealed, "nothing", tmp_path / "a", reason="x")


def test_a_file_that_the_partner_keeps_refusing_may_go_by_hand_and_one_that_may_have_left_may_not(
    sealed: Office, tmp_path: Path
) -> None:
    class Full(Connection):
        def create_exclusive(self, name: str, body: bytes) -> None:
            super().create_exclusive(name, body[:10])

    server = Server()
    for _ in range(REFUSALS_MAX):
        deliver(sealed, lambda _partner: Full(files=server.files, server=server))
    assert file_of(sealed).state is Delivery.HELD
    assert f"gateway deliveries export {NAME} --by NAME --reason TEXT --to PATH" in delivery_shown(sealed, NAME).may_be
    assert taken_out(sealed, tmp_path / "a").state is Delivery.EXPORTED
    uploaded(sealed, NAME, "receipt", reason="x")
    with pytest.raises(UsageError, match="is sent and may be at north: a copy by hand could double its claims"):
        taken_out(sealed, tmp_path / "b")
    resend(sealed, NAME, reason="never came", approved_by="Bo Lund")
    with pytest.raises(UsageError, match="is uploading and may be at north"):
        taken_out(sealed, tmp_path / "b")


def test_a_file_held_because_it_may_have_left_and_one_that_was_cancelled_are_not_exported(
    sealed: Office, tmp_path: Path
) -> None:
    cancel(sealed, NAME, reason="x")
    with pytest.raises(UsageError, match="is cancelled and leaves no more"):
        taken_out(sealed, tmp_path / "a")
    assert "export" not in "".join(delivery_shown(sealed, NAME).may_be)


def test_a_file_in_doubt_is_not_exported(sealed: Office, tmp_path: Path) -> None:
    server = Server(cut_after={"rename_no_clobber"}, greedy=True)
    (one,) = deliver(sealed, server.open)
    assert isinstance(one.problem, LineLost)
    for state in (Delivery.COMMITTING, Delivery.PRESUMED):
        assert file_of(sealed).state is state
        with pytest.raises(UsageError, match=f"is {state} and may be at north"):
            taken_out(sealed, tmp_path / "a")
        server.cut_after = set()
        deliver(sealed, server.open)


def test_bytes_that_were_altered_or_are_of_the_other_environment_are_not_handed_out(
    sealed: Office, tmp_path: Path
) -> None:
    production = replace(sealed, settings=replace(sealed.settings, environment=Usage.PRODUCTION))
    with pytest.raises(ConfigError, match="environment is production"):
        taken_out(production, tmp_path / "a")
    with sealed.ledger.writing() as tx:
        tx.execute(update(interchanges).values(body=body_of(sealed).replace(b"ISA", b"ISB", 1)))
    with pytest.raises(ConfigError, match="no longer have their hash"):
        taken_out(sealed, tmp_path / "a")
    assert (file_of(sealed).state, (tmp_path / "a").exists()) == (Delivery.SEALED, False)


def test_an_acknowledgment_proves_that_it_was_uploaded(sealed: Office, tmp_path: Path) -> None:
    taken_out(sealed, tmp_path / "a")
    clinic.arrived(sealed, answer_999(file_of(sealed).group_control))
    assert not post(sealed)[-1].needs_a_person
    assert (file_of(sealed).state, states_of_claims(sealed)) == (Delivery.SENT, {ClaimState.RECEIVED})


def test_a_payment_counts_and_then_nobody_can_say_that_it_was_not_uploaded(sealed: Office, tmp_path: Path) -> None:
    taken_out(sealed, tmp_path / "a")
    clinic.arrived(sealed, answer_835("140.50", paid_in_full(the_claim(sealed))))
    post(sealed)
    assert the_claim(sealed).state is ClaimState.PAID
    with pytest.raises(UsageError, match=f"was answered, so it is at north.*uploaded {NAME}"):
        not_uploaded(sealed, NAME, reason="x")
    uploaded(sealed, NAME, "it was paid", reason="x")
    assert states_of_claims(sealed) == {ClaimState.PAID, ClaimState.SENT}
    assert reconcile(sealed).holds


def test_one_that_nobody_decides_about_wakes_somebody_once_and_is_overdue(sealed: Office, tmp_path: Path) -> None:
    taken_out(sealed, tmp_path / "a")
    assert reconcile(sealed).overdue == ()
    late = replace(sealed.clock, pinned=TODAY + timedelta(days=30))
    office, server = replace(sealed, clock=late), Server()
    for _ in range(2):
        deliver(office, server.open)
    assert len(reconcile(office).overdue) == 1
    with office.ledger.reading() as tx:
        (woken,) = [
            one.event
            for one in events.read(tx, office.practice.key, about=NAME)
            if one.event.severity is EventSeverity.WAKE
        ]
    assert woken.next_command == f"gateway deliveries show {NAME}"
    assert server.files == {}
