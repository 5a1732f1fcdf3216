"""Prove what a partner's server can do, and keep what was seen."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC

from gateway.capability import Answer, Capability, manner_of
from gateway.delivery import Manner
from gateway.errors import ConfigError, GatewayError, PartnerRefusal
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, capabilities, standings
from gateway.ledger.capabilities import SeenCapability
from gateway.partner import TradingPartner
from gateway.service.office import Office
from gateway.service.partners.calls import TROUBLE, OpenMailbox, reached
from gateway.service.partners.probe import Probe, Seen
from gateway.standing import StandingState


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check of a partner came to.

    seen     each capability, in the order it was tried
    manner   how files will get their final names; None if none will be sent
    problem  why the check ended early, or why deliveries will not work as the profile stands
    """

    partner: str
    seen: tuple[SeenCapability, ...]
    manner: Manner | None = None
    problem: GatewayError | None = None


def check(office: Office, name: str, open_mailbox: OpenMailbox, *, wait: Callable[[], None]) -> Checked:
    """Try everything that delivery and collection rest on, at the live server, and keep what was seen.

    wait  gives the partner time to take a temporary file, which it must not do
    A partner that is paused, or was refused, is called all the same: a person asks. Raises ConfigError for an unknown one.
    """
    partner = office.settings.partner(name)
    at, began = office.clock.now(), office.clock.read().astimezone(UTC)
    seen: list[SeenCapability] = []

    def keep(capability: Capability, found: Seen) -> None:
        seen.append(SeenCapability(capability=capability, answer=found[0], said=found[1], at=at))

    try:
        with reached(office, partner, open_mailbox) as mailbox:
            keep(Capability.LOG_IN, (Answer.YES, mailbox.evidence()))
            for capability, found in Probe(office.clock, partner, mailbox, wait, began).results():
                keep(capability, found)
    except TROUBLE as trouble:
        if not seen:
            keep(Capability.LOG_IN, (Answer.NO, str(trouble)))
        return Checked(partner=name, seen=tuple(seen), problem=trouble)
    done = _judged(partner, tuple(seen))
    _store(office, partner, done)
    return done


def _judged(partner: TradingPartner, seen: tuple[SeenCapability, ...]) -> Checked:
    done = Checked(partner=partner.name, seen=seen)
    by_name = {one.capability: one for one in seen}
    for needed in (Capability.LIST_ANSWERS, Capability.CREATE):
        if by_name[needed].answer is Answer.NO:
            return replace(done, problem=PartnerRefusal(by_name[needed].said))
    try:
        return replace(done, manner=manner_of(partner, {one.capability: one.answer for one in seen}))
    except ConfigError as unfit:
        return replace(done, problem=unfit)


def _store(office: Office, partner: TradingPartner, done: Checked) -> None:
    said = Event(
        kind="partner.checked",
        about=partner.name,
        partner=partner.name,
        said=f"partner {partner.name} was checked: files get their final names by {done.manner}"
        if done.manner
        else f"partner {partner.name} was checked: {done.problem}",
        severity=EventSeverity.ROUTINE if done.manner else EventSeverity.WAKE,
        artefact="mailbox",
        actor=office.actor,
        next_command="" if done.manner else f"gateway partners check {partner.name}",
    )
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        address = partner.mailbox.fingerprint
        capabilities.put(tx, practice, partner.name, done.seen, address=address, event=said, at=at)
        _call_again(office, tx, partner)


def _call_again(office: Office, tx: Transaction, partner: TradingPartner) -> None:
    """Its login works again, so a refusal is over; what a person has paused stays paused."""
    before = standings.of(tx, office.practice.key, partner.name)
    if before.state is StandingState.REFUSED:
        at = office.clock.now()
        after = replace(before, state=StandingState.OPEN, actor=office.actor, reason="a check logged in", since=at)
        standings.put(tx, office.practice.key, after, event=None, at=at)
