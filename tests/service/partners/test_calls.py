"""Which partners are called: not those a person paused, not those that refused us, and failing ones after a while."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.clock import Clock
from gateway.delivery import Delivery
from gateway.errors import ConfigError, GatewayError, HostKeyRefused, LoginRefused, NotReached, PartnerRefusal, Paused
from gateway.event import Event, EventSeverity
from gateway.ledger import events
from gateway.partner import TradingPartner
from gateway.service.inbound.collect import collect
from gateway.service.inbound.post import post
from gateway.service.office import Office
from gateway.service.outbound.deliver import deliver
from gateway.service.partners.calls import Calls, OpenMailbox, pause, resume
from gateway.service.partners.check import check
from gateway.service.partners.host_keys import standing_of
from gateway.standing import StandingState, wait_after
from tests.contract.memory_mailbox import MemoryMailbox
from tests.people import CHICAGO, NOW
from tests.service import clinic
from tests.service.partner_side import Server, file_of


def failing(error: GatewayError, calls: list[str] | None = None) -> OpenMailbox:
    def open_mailbox(partner: TradingPartner) -> MemoryMailbox:
        if calls is not None:
            calls.append(partner.name)
        raise error

    return open_mailbox


def at(office: Office, later: timedelta) -> Office:
    return replace(office, clock=Clock(read=lambda: NOW + later, zone=CHICAGO))


def said(office: Office, kind: str) -> list[Event]:
    with office.ledger.reading() as tx:
        return [one.event for one in events.read(tx, office.practice.key, kind=kind)]


def test_a_paused_partner_is_not_called_until_a_person_resumes_it(sealed: Office) -> None:
    ana = replace(sealed, actor="Ana Reyes")
    pause(ana, "north", reason="portal down")
    server = Server()
    (one,) = deliver(sealed, server.open)
    assert (one.files, one.waiting, type(one.problem)) == ((), 1, Paused)
    assert "paused by Ana Reyes: portal down" in str(one.problem)
    assert server.calls == 0
    resume(ana, "north", reason="portal up")
    deliver(sealed, server.open)
    assert file_of(sealed).state is Delivery.SENT
    assert [(one.actor, one.reason) for one in said(sealed, "partner.decided")] == [
        ("Ana Reyes", "portal down"),
        ("Ana Reyes", "portal up"),
    ]


def test_what_a_person_decides_about_a_partner_is_told_whole(sealed: Office) -> None:
    ana = at(replace(sealed, actor="Ana Reyes"), timedelta(hours=1))
    pause(ana, "north", reason="portal down")
    standing = standing_of(sealed, "north")
    assert (standing.state, standing.actor, standing.reason) == (StandingState.PAUSED, "Ana Reyes", "portal down")
    assert standing.since == NOW + timedelta(hours=1)
    resume(ana, "north", reason="portal up")
    paused = Event(
        kind="partner.decided",
        about="north",
        partner="north",
        said="partner north is paused",
        before="open",
        after="paused",
        artefact="person",
        actor="Ana Reyes",
        reason="portal down",
    )
    resumed = replace(paused, said="partner north is called again", before="paused", after="open", reason="portal up")
    assert said(sealed, "partner.decided") == [paused, resumed]
    assert standing_of(sealed, "south").state is StandingState.OPEN


def test_a_partner_that_answers_again_is_told_whole_and_waited_for_no_longer(sealed: Office) -> None:
    for _ in range(2):
        deliver(sealed, failing(NotReached("no banner")))
    assert standing_of(sealed, "north").next_try_at is not None
    deliver(sealed, Server().open)
    assert said(sealed, "partner.reached") == [
        Event(
            kind="partner.reached",
            about="north",
            partner="north",
            said="north is reached again, after 2 calls that failed",
            artefact="mailbox",
            actor="test",
        )
    ]
    standing = standing_of(sealed, "north")
    assert (standing.failures, standing.next_try_at) == (0, None)


def test_each_kind_of_trouble_is_told_with_what_to_type(sealed: Office) -> None:
    deliver(sealed, failing(NotReached("no banner")))
    deliver(sealed, failing(ConfigError("no key")))
    not_reached = Event(
        kind="partner.not_reached",
        about="north",
        partner="north",
        said="no banner",
        severity=EventSeverity.CAN_WAIT,
        artefact="mailbox",
        actor="test",
        next_command="gateway partners check north",
    )
    assert said(sealed, "partner.not_reached") == [not_reached]
    deliver(sealed, failing(LoginRefused("they refuse our key")))
    assert said(sealed, "partner.refused")[-1] == replace(
        not_reached,
        kind="partner.refused",
        said="they refuse our key (3 times in a row)",
        severity=EventSeverity.WAKE,
        next_command="gateway partners resume north --by NAME --reason TEXT",
    )


def test_a_refusal_is_kept_with_who_was_at_work_and_since_when(sealed: Office) -> None:
    deliver(at(sealed, timedelta(hours=2)), failing(NotReached("no banner")))
    assert standing_of(sealed, "north").since == NOW + timedelta(hours=2)
    deliver(at(sealed, timedelta(hours=3)), failing(LoginRefused("no")))
    standing = standing_of(sealed, "north")
    assert (standing.actor, standing.since, standing.next_try_at) == ("test", NOW + timedelta(hours=3), None)


@pytest.mark.parametrize("error", [LoginRefused("they refuse our key"), HostKeyRefused("another key")])
def test_f14_f15_a_refused_login_or_host_key_is_not_tried_again_by_itself(sealed: Office, error: GatewayError) -> None:
    calls: list[str] = []
    for _ in range(5):
        deliver(sealed, failing(error, calls))
    assert calls == ["north"]
    standing = standing_of(sealed, "north")
    assert (standing.state, standing.reason) == (StandingState.REFUSED, str(error))
    (one,) = said(sealed, "partner.refused")
    assert (one.severity, one.next_command) == (
        EventSeverity.WAKE,
        "gateway partners resume north --by NAME --reason TEXT",
    )
    assert file_of(sealed).state is Delivery.SEALED
    resume(replace(sealed, actor="Ana Reyes"), "north", reason="they fixed it")
    server = Server()
    deliver(sealed, server.open)
    assert file_of(sealed).state is Delivery.SENT


def test_a_check_that_logs_in_ends_a_refusal_but_not_a_pause(sealed: Office) -> None:
    deliver(sealed, failing(LoginRefused("no")))
    box = MemoryMailbox(files={"out/x": b"", "archive/x": b""})
    check(sealed, "north", lambda _: box, wait=lambda: None)
    assert standing_of(sealed, "north").state is StandingState.OPEN
    pause(sealed, "north", reason="r")
    check(sealed, "north", lambda _: replace(box, over=False), wait=lambda: None)
    assert standing_of(sealed, "north").state is StandingState.PAUSED


def test_f12_a_partner_that_is_not_reached_is_left_alone_for_longer_each_time(sealed: Office) -> None:
    later = timedelta()
    for failures in range(1, 5):
        office = at(sealed, later)
        (one,) = deliver(office, failing(NotReached("connection refused")), calls=Calls.WHEN_DUE)
        assert isinstance(one.problem, NotReached)
        assert standing_of(office, "north").failures == failures
        (one,) = deliver(at(sealed, later + timedelta(seconds=1)), Server().open, calls=Calls.WHEN_DUE)
        assert f"{failures} calls in a row" in str(one.problem)
        later += wait_after("north", failures)
    assert file_of(sealed).state is Delivery.SEALED
    deliver(at(sealed, later), Server().open, calls=Calls.WHEN_DUE)
    assert file_of(sealed).state is Delivery.SENT
    assert standing_of(sealed, "north").failures == 0


def test_f13_the_third_failure_in_a_row_wakes_a_person_and_the_log_is_not_flooded(sealed: Office) -> None:
    for _ in range(10):
        deliver(sealed, failing(NotReached("no banner")))
    assert [one.severity for one in said(sealed, "partner.not_reached")] == [
        EventSeverity.CAN_WAIT,
        EventSeverity.WAKE,
        EventSeverity.WAKE,
    ]
    deliver(sealed, Server().open)
    (one,) = said(sealed, "partner.reached")
    assert "after 10 calls that failed" in one.said


def test_a_person_may_call_at_once_what_is_left_alone(sealed: Office) -> None:
    deliver(sealed, failing(NotReached("no")))
    deliver(sealed, Server().open, calls=Calls.NOW)
    assert file_of(sealed).state is Delivery.SENT


def test_a_fault_of_our_own_is_not_waited_for(sealed: Office) -> None:
    deliver(sealed, failing(ConfigError("the key is not there")))
    deliver(sealed, Server().open, calls=Calls.WHEN_DUE)
    assert file_of(sealed).state is Delivery.SENT


def test_a_refusal_that_is_no_refused_login_is_tried_again(sealed: Office) -> None:
    deliver(sealed, failing(PartnerRefusal("SFTP is not started")))
    assert standing_of(sealed, "north").state is StandingState.OPEN
    deliver(sealed, Server().open)
    assert file_of(sealed).state is Delivery.SENT


def test_collecting_leaves_the_same_partners_alone(sealed: Office) -> None:
    pause(sealed, "north", reason="portal down")
    calls: list[str] = []
    collect(sealed, failing(NotReached("no"), calls))
    assert calls == ["south"]


def test_a_file_that_nobody_answers_in_time_wakes_a_person_once_and_stays_as_it_is(sealed: Office) -> None:
    deliver(sealed, Server().open)
    for _ in range(3):
        deliver(at(sealed, timedelta(days=2)), Server().open)
    (one,) = said(sealed, "file.overdue")
    assert (one.severity, one.next_command) == (EventSeverity.WAKE, f"gateway deliveries show {file_of(sealed).name}")
    assert file_of(sealed).state is Delivery.SENT


def test_a_file_that_was_answered_is_never_overdue(sealed: Office) -> None:
    deliver(sealed, Server().open)
    clinic.arrived(sealed, clinic.ta1(1))
    post(sealed)
    deliver(at(sealed, timedelta(days=2)), Server().open)
    assert said(sealed, "file.overdue") == []
