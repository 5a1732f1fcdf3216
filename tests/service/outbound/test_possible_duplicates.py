"""What people may decide about a file in doubt: resend it with two names, countersign, cancel; and what they may not."""

from dataclasses import replace

import pytest

from gateway.accounts import Account, Role
from gateway.delivery import Delivery
from gateway.errors import LedgerConflict, UsageError
from gateway.event import Event, EventSeverity
from gateway.ledger import claims, events, outbox, resends
from gateway.ledger.outbox import SealedFile
from gateway.lifecycle import ClaimState
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.cancel import cancel
from gateway.service.outbound.deliver import deliver
from gateway.service.outbound.release import Way, release
from gateway.service.outbound.resend import countersign, resend
from gateway.service.views.deliveries import delivery_shown
from tests.people import NOW
from tests.service import clinic
from tests.service.clinic import the_claim
from tests.service.partner_side import NAME, Server, body_of, file_of


def as_(office: Office, name: str) -> Office:
    return replace(office, actor=name)


def deduplicating(office: Office) -> Office:
    north = replace(office.settings.partner("north"), deduplicates=True)
    return replace(office, settings=clinic.settings(north, clinic.partner("south")))


@pytest.fixture
def presumed(sealed: Office) -> tuple[Office, Server]:
    """A greedy partner took the file while the line was lost: nobody saw it under its final name."""
    server = Server(greedy=True, cut_after={"rename_no_clobber"})
    deliver(sealed, server.open)
    server.cut_after = set()
    deliver(sealed, server.open)
    assert file_of(sealed).state is Delivery.PRESUMED
    return sealed, server


def again(office: Office) -> SealedFile:
    return resend(as_(office, "Ana Reyes"), NAME, reason="they never got it", approved_by="Bo Lund")


def account(name: str, role: Role = Role.BILLER) -> Account:
    return Account(name=name, person=f"A {name}", roles=frozenset({role}), created_at=NOW)


def test_with_accounts_the_second_person_is_another_account_that_has_shown_itself(
    presumed: tuple[Office, Server],
) -> None:
    ana = replace(presumed[0], account=account("ana"), actor="ana")
    for approved_by, second, why in (
        ("bo", None, "has not shown that it is them"),
        ("bo", account("cy"), "has not shown that it is them"),
        ("ana", account("ana"), "want another person"),
    ):
        with pytest.raises(UsageError, match=why):
            resend(ana, NAME, reason="r", approved_by=approved_by, second=second)
    assert file_of(ana).state is Delivery.PRESUMED
    assert resend(ana, NAME, reason="r", approved_by="bo", second=account("bo")).state is Delivery.UPLOADING


def test_a_resend_is_the_same_bytes_under_the_same_name_and_keeps_both_people(presumed: tuple[Office, Server]) -> None:
    office, server = presumed
    server.taken.clear()  # it never arrived after all
    assert again(office).state is Delivery.UPLOADING
    deliver(office, server.open)
    assert file_of(office).state is Delivery.SENT
    assert server.arrivals() == [body_of(office)]
    (decided,) = delivery_shown(office, NAME).resends
    assert (decided.decided_by, decided.approved_by, decided.reason) == ("Ana Reyes", "Bo Lund", "they never got it")
    with office.ledger.reading() as tx:
        (said,) = [one.event for one in events.read(tx, office.practice.key, kind="file.resent")]
    assert (said.actor, said.reason, said.severity) == ("Ana Reyes", "they never got it", EventSeverity.ROUTINE)
    assert reconcile(office).holds


@pytest.mark.parametrize("second", ["Ana Reyes", "ana  reyes"])
def test_the_second_person_is_another_one(presumed: tuple[Office, Server], second: str) -> None:
    with pytest.raises(UsageError, match="another person"):
        resend(as_(presumed[0], "Ana Reyes"), NAME, reason="r", approved_by=second)


def test_alone_nobody_resends_to_a_partner_that_may_take_it_twice(presumed: tuple[Office, Server]) -> None:
    office, _ = presumed
    with pytest.raises(UsageError, match="two people"):
        resend(as_(office, "Ana Reyes"), NAME, reason="r")
    assert (file_of(office).state, file_of(office).resends) == (Delivery.PRESUMED, 0)


def test_where_the_partner_deduplicates_the_second_person_may_countersign_later(
    presumed: tuple[Office, Server],
) -> None:
    office = deduplicating(presumed[0])
    ana, bo = as_(office, "Ana Reyes"), as_(office, "Bo Lund")
    resend(ana, NAME, reason="they never got it")
    with office.ledger.reading() as tx:
        (said,) = [one.event for one in events.read(tx, office.practice.key, kind="file.resent")]
        assert [one.file for one in resends.not_countersigned(tx, office.practice.key)] == [NAME]
    assert (said.severity, "countersign" in said.next_command) == (EventSeverity.CAN_WAIT, True)
    with pytest.raises(UsageError, match="want another person"):
        countersign(ana, NAME, reason="r")
    countersign(bo, NAME, reason="read the ticket")
    with office.ledger.reading() as tx:
        assert resends.not_countersigned(tx, office.practice.key) == ()
    (decided,) = delivery_shown(office, NAME).resends
    assert decided.approved_by == "Bo Lund"
    with pytest.raises(UsageError, match="no resend"):
        countersign(bo, NAME, reason="again")


def test_an_answer_to_the_first_copy_ends_the_resend_before_it_is_uploaded(presumed: tuple[Office, Server]) -> None:
    office, server = presumed
    again(office)
    clinic.arrived(office, clinic.ta1(1))
    post(office)
    assert file_of(office).state is Delivery.SENT
    assert deliver(office, server.open) == ()
    assert server.arrivals() == [body_of(office)]


def test_what_was_answered_is_never_sent_again(presumed: tuple[Office, Server]) -> None:
    office, _ = presumed
    clinic.arrived(office, clinic.ta1(1))
    post(office)
    with pytest.raises(UsageError, match="was answered"):
        again(office)


def test_a_sent_file_that_nobody_answers_may_be_sent_again_by_two_people(sealed: Office) -> None:
    server = Server(greedy=True)
    deliver(sealed, server.open)
    assert file_of(sealed).state is Delivery.SENT
    again(sealed)
    deliver(sealed, server.open)
    assert server.arrivals() == [body_of(sealed)] * 2, "two people said so"


def test_a_resend_whose_name_is_still_at_the_partner_is_held(sealed: Office) -> None:
    server = Server()
    deliver(sealed, server.open)
    again(sealed)
    deliver(sealed, server.open)
    assert file_of(sealed).state is Delivery.HELD
    assert server.arrivals() == [body_of(sealed)]


def test_a_worker_that_sleeps_through_a_resend_finds_its_temporary_file_gone(sealed: Office) -> None:
    """Its own renaming would be a second copy: what is pinned to the first attempt is removed before the second."""
    server = Server(cut_before={"rename_no_clobber"})
    deliver(sealed, server.open)
    (first,) = [name for name in server.files if name.endswith(".part")]
    server.files[first] = b"cut"  # so that the file is held
    server.cut_before = set()
    deliver(sealed, server.open)
    assert file_of(sealed).state is Delivery.HELD
    again(sealed)
    deliver(sealed, server.open)
    assert file_of(sealed).state is Delivery.SENT
    assert server.files == {f"in/{NAME}": body_of(sealed)}


@pytest.mark.parametrize("state", ["sealed", "uploading", "committing"])
def test_a_file_that_goes_on_by_itself_is_not_resent(sealed: Office, state: str) -> None:
    if state != "sealed":
        cut = "create_exclusive" if state == "uploading" else "rename_no_clobber"
        deliver(sealed, Server(cut_before={cut}).open)
    assert file_of(sealed).state == state
    with pytest.raises(UsageError, match="has not left" if state != "committing" else "gateway deliver"):
        again(sealed)


def test_a_file_of_an_unknown_partner_is_not_resent(presumed: tuple[Office, Server]) -> None:
    office = replace(presumed[0], settings=clinic.settings(clinic.partner("south")))
    with pytest.raises(UsageError, match="not configured"):
        again(office)


@pytest.mark.parametrize("cut", ["", "create_exclusive"])
def test_a_file_that_has_not_left_is_cancelled_and_its_claims_go_into_the_next(sealed: Office, cut: str) -> None:
    server = Server(cut_before={cut})
    if cut:
        deliver(sealed, server.open)
        server.cut_before = set()
    cancel(as_(sealed, "Ana Reyes"), NAME, reason="wrong fees")
    assert file_of(sealed).state is Delivery.CANCELLED
    assert the_claim(sealed).state is ClaimState.READY
    assert deliver(sealed, server.open) == ()
    (second,) = seal_batches(sealed).files
    assert second.interchange == 2, "its number stays used"
    deliver(sealed, server.open)
    assert [name for name in server.files if name.endswith(".837")] == [f"in/{second.name}"]
    assert the_claim(sealed).state is ClaimState.SENT
    assert reconcile(sealed).holds
    with sealed.ledger.reading() as tx:
        carrier = outbox.carrying(tx, sealed.practice.key, the_claim(sealed).id)
        assert carrier is not None
        assert carrier.name == second.name
        assert len(claims.in_interchange(tx, sealed.practice.key, file_of(sealed).id)) == 2, "what it held stays known"


def test_a_worker_that_has_the_file_stops_at_its_next_step_when_it_is_cancelled(sealed: Office) -> None:
    server = Server()

    class Interrupted(Server):
        def step(self) -> None:
            if self.calls == 3 and file_of(sealed).state is Delivery.UPLOADING:
                cancel(as_(sealed, "Ana Reyes"), NAME, reason="wrong fees")
            super().step()

    interrupted = Interrupted(files=server.files)
    deliver(sealed, interrupted.open)
    assert file_of(sealed).state is Delivery.CANCELLED
    assert server.arrivals() == []


def test_what_may_have_left_is_never_cancelled_nor_built_anew(presumed: tuple[Office, Server]) -> None:
    office, _ = presumed
    with pytest.raises(UsageError, match="may be at north"):
        cancel(as_(office, "Ana Reyes"), NAME, reason="r")
    assert seal_batches(office).files == ()
    again(office)
    with pytest.raises(UsageError, match="may be at north"):
        cancel(as_(office, "Ana Reyes"), NAME, reason="after a resend it may still have left")


def test_a_cancelled_file_is_at_its_end(sealed: Office) -> None:
    cancel(as_(sealed, "Ana Reyes"), NAME, reason="wrong fees")
    with pytest.raises(UsageError, match="nothing to cancel"):
        cancel(as_(sealed, "Ana Reyes"), NAME, reason="again")
    with pytest.raises(UsageError, match="has not left"):
        again(sealed)
    with pytest.raises(UsageError, match="not held"):
        release(sealed, NAME, Way.AGAIN, reason="r")
    clinic.arrived(sealed, clinic.ta1(1))
    (posted,) = post(sealed)
    assert posted.needs_a_person, "an answer to what never left answers nothing"
    assert the_claim(sealed).state is ClaimState.READY


def test_no_file_no_decision(sealed: Office) -> None:
    with pytest.raises(UsageError, match=r"no file other\.837"):
        resend(sealed, "other.837", reason="r", approved_by="Bo Lund")
    with pytest.raises(UsageError, match=r"no file other\.837"):
        cancel(sealed, "other.837", reason="r")
    with pytest.raises(UsageError, match=r"no file other\.837"):
        countersign(sealed, "other.837", reason="r")


def test_the_commands_that_may_be_typed_are_those_that_work(presumed: tuple[Office, Server]) -> None:
    office, _ = presumed
    typed = [command.split()[2] for command in delivery_shown(office, NAME).may_be]
    assert typed == ["release", "resend"]
    again(office)
    assert delivery_shown(office, NAME).may_be == ()


def test_a_file_that_has_not_left_may_be_cancelled_or_exported(sealed: Office) -> None:
    commands = delivery_shown(sealed, NAME).may_be
    assert f"gateway deliveries cancel {NAME} --by NAME --reason TEXT" in commands
    assert [command.split()[2] for command in commands] == ["export", "cancel"]


def test_a_move_that_is_a_persons_is_refused_to_the_gateway(presumed: tuple[Office, Server]) -> None:
    office, _ = presumed
    step = outbox.Step(after=Delivery.UPLOADING, why="by itself")
    said = Event(kind="x", about="x", said="x")
    file = file_of(office)
    with office.ledger.writing() as tx, pytest.raises(LedgerConflict, match="not a move"):
        outbox.move(tx, office.practice.key, file, step, event=said, at=NOW)
