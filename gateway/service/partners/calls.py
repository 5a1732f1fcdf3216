"""Call a partner, or leave it alone: paused by a person, refused, or waiting after calls that did not reach it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum

from gateway.errors import (
    ConfigError,
    GatewayError,
    HostKeyRefused,
    LineLost,
    LoginRefused,
    NotReached,
    PartnerRefusal,
    Paused,
)
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, standings
from gateway.partner import TradingPartner
from gateway.service.office import Office
from gateway.standing import ALARM_AFTER, Standing, StandingState, is_worth_saying, wait_after
from gateway.transport.mailbox import Mailbox

OpenMailbox = Callable[[TradingPartner], Mailbox]

TROUBLE = (PartnerRefusal, NotReached, LineLost, ConfigError)
"""What ends a partner's round, and only that partner's."""


class Calls(StrEnum):
    """Which partners a round calls."""

    NOW = "now"
    """All that are open."""
    WHEN_DUE = "when due"
    """Not those that are left alone for a while, because calls in a row have not reached them."""


def not_called(office: Office, partner: TradingPartner, calls: Calls) -> GatewayError | None:
    """Say why a partner is not called now: Paused, PartnerRefusal, or NotReached while it is left alone. None if it is."""
    with office.ledger.reading() as tx:
        standing = standings.of(tx, office.practice.key, partner.name)
    if standing.state is StandingState.PAUSED:
        return Paused(
            f"paused by {standing.actor}: {standing.reason}; when that is over: {resume_command(partner.name)}"
        )
    if standing.state is StandingState.REFUSED:
        return PartnerRefusal(
            f"not called again since this: {standing.reason}; when it is mended: {resume_command(partner.name)}"
        )
    if calls is Calls.WHEN_DUE and standing.next_try_at is not None and office.clock.now() < standing.next_try_at:
        return NotReached(
            f"{standing.failures} calls in a row did not reach it, so it is left alone until "
            f"{standing.next_try_at:%Y-%m-%d %H:%M:%S} UTC; --now calls it all the same"
        )
    return None


@contextmanager
def reached(office: Office, partner: TradingPartner, open_mailbox: OpenMailbox) -> Iterator[Mailbox]:
    """Open a partner's mailbox, and keep what became of the call in its standing.

    Raises, after it has been written into the log, PartnerRefusal, NotReached, LineLost or ConfigError.
    """
    try:
        with open_mailbox(partner) as mailbox:
            yield mailbox
    except TROUBLE as trouble:
        with office.ledger.writing() as tx:
            _failed(office, tx, partner, trouble)
        raise
    with office.ledger.reading() as tx:
        failed_before = standings.of(tx, office.practice.key, partner.name).failures
    if failed_before:
        with office.ledger.writing() as tx:
            _answered_again(office, tx, partner)


def _failed(office: Office, tx: Transaction, partner: TradingPartner, trouble: GatewayError) -> None:
    practice, at = office.practice.key, office.clock.now()
    before = standings.of(tx, practice, partner.name)
    failures = before.failures + 1
    locked = isinstance(trouble, LoginRefused | HostKeyRefused)
    # A fault of our own is not waited for: once it is mended, the next call may be made at once.
    waits = not isinstance(trouble, ConfigError)
    after = replace(
        before, failures=failures, next_try_at=at + wait_after(partner.name, failures) if waits else None, since=at
    )
    if locked and before.state is StandingState.OPEN:
        after = replace(after, state=StandingState.REFUSED, actor=office.actor, reason=str(trouble), next_try_at=None)
    said = _trouble(office, partner, trouble, failures)
    standings.put(tx, practice, after, event=said if locked or is_worth_saying(failures) else None, at=at)


def _answered_again(office: Office, tx: Transaction, partner: TradingPartner) -> None:
    before = standings.of(tx, office.practice.key, partner.name)
    said = Event(
        kind="partner.reached",
        about=partner.name,
        partner=partner.name,
        said=f"{partner.name} is reached again, after {before.failures} calls that failed",
        artefact="mailbox",
        actor=office.actor,
    )
    at = office.clock.now()
    standings.put(tx, office.practice.key, replace(before, failures=0, next_try_at=None), event=said, at=at)


def _trouble(office: Office, partner: TradingPartner, trouble: GatewayError, failures: int) -> Event:
    refused = isinstance(trouble, PartnerRefusal | ConfigError)
    locked = isinstance(trouble, LoginRefused | HostKeyRefused)
    times = f" ({failures} times in a row)" if failures > 1 else ""
    return Event(
        kind="partner.refused" if refused else "partner.not_reached",
        about=partner.name,
        partner=partner.name,
        said=f"{trouble}{times}",
        severity=EventSeverity.WAKE if refused or failures >= ALARM_AFTER else EventSeverity.CAN_WAIT,
        artefact="mailbox",
        actor=office.actor,
        next_command=resume_command(partner.name) if locked else f"gateway partners check {partner.name}",
    )


def resume_command(name: str) -> str:
    """Say what to type so that a partner is called again."""
    return f"gateway partners resume {name} --by NAME --reason TEXT"


def pause(office: Office, name: str, *, reason: str) -> Standing:
    """Stop calling a partner until a person resumes it. Raises ConfigError if there is no such partner."""
    return _decide(office, name, StandingState.PAUSED, reason)


def resume(office: Office, name: str, *, reason: str) -> Standing:
    """Call a partner again: it was paused, or had refused us. Raises ConfigError if there is no such partner."""
    return _decide(office, name, StandingState.OPEN, reason)


def _decide(office: Office, name: str, state: StandingState, reason: str) -> Standing:
    partner, at = office.settings.partner(name), office.clock.now()
    after = Standing(partner=partner.name, state=state, actor=office.actor, reason=reason, since=at)
    with office.ledger.writing() as tx:
        before = standings.of(tx, office.practice.key, name)
        said = Event(
            kind="partner.decided",
            about=name,
            partner=name,
            said=f"partner {name} is {'paused' if state is StandingState.PAUSED else 'called again'}",
            before=before.state,
            after=state,
            artefact="person",
            actor=office.actor,
            reason=reason,
        )
        standings.put(tx, office.practice.key, after, event=said, at=at)
    return after
