"""Prove what a partner's server can do, with harmless files that are removed again, and keep what was seen.

The files' names end as temporary files do, so that the partner picks none of them up; whether it does so all the same is one
of the things that are tried.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Final

from gateway.capability import Answer, Capability, manner_of
from gateway.delivery import Manner
from gateway.errors import ConfigError, GatewayError, LineLost, NameTaken, NotReached, PartnerRefusal
from gateway.event import Event, EventSeverity
from gateway.ledger import Transaction, capabilities, standings
from gateway.ledger.capabilities import SeenCapability
from gateway.partner import TradingPartner
from gateway.service.office import Office
from gateway.service.reach import TROUBLE, OpenMailbox, reached
from gateway.standing import StandingState
from gateway.transport.mailbox import Mailbox

_BODY: Final = b"A harmless file of a connection check. It may be deleted.\n"
_PREFIX: Final = "gateway-check-"
_CLOCKS_APART: Final = timedelta(minutes=5)

Seen = tuple[Answer, str]


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
    at = office.clock.now()
    seen: list[SeenCapability] = []

    def keep(capability: Capability, found: Seen) -> None:
        seen.append(SeenCapability(capability=capability, answer=found[0], said=found[1], at=at))

    try:
        with reached(office, partner, open_mailbox) as mailbox:
            keep(Capability.LOG_IN, (Answer.YES, mailbox.evidence()))
            for capability, found in _Check(office, partner, mailbox, wait).results():
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


@dataclass(slots=True)
class _Check:
    """One check. `results` gives each capability as it is tried; a line that breaks ends it.

    mark  in its files' names, where those of an earlier check may be there and cannot be removed
    """

    office: Office
    partner: TradingPartner
    mailbox: Mailbox
    wait: Callable[[], None]
    mark: str = ""

    def results(self) -> Iterator[tuple[Capability, Seen]]:
        box = self.partner.mailbox
        yield Capability.LIST_ANSWERS, _tried(lambda: f"{len(self.mailbox.list(box.inbound))} names in {box.inbound}")
        if box.archive:
            yield Capability.ARCHIVE, _tried(lambda: f"{len(self.mailbox.list(box.archive))} names in {box.archive}")
        try:
            yield from self._files()
        finally:
            # On a line that broke nothing can be put away: what broke it is the thing to tell.
            with suppress(PartnerRefusal, NotReached):
                self._clear()

    def _files(self) -> Iterator[tuple[Capability, Seen]]:
        try:
            self._clear()
        except PartnerRefusal:
            self.mark = f"{self.office.clock.read():%Y%m%d%H%M%S%f}-"
        created = _tried(lambda: self.mailbox.create_exclusive(self._first, _BODY))
        yield Capability.CREATE, created
        yield Capability.SYNC, (Answer.YES if self.mailbox.syncs() else Answer.NO, "fsync of a written file")
        if created[0] is Answer.NO:
            return
        sized = _tried(self._size)
        yield Capability.SEE_SIZE, sized
        yield Capability.READ_BACK, self._same_bytes()
        if sized[0] is Answer.YES:
            yield Capability.CLOCK, _tried(self._clock)
            yield Capability.TAKES_TEMPORARY, self._takes_temporary()
            yield from self._names()
        yield Capability.REMOVE, _tried(self._clear)

    def _names(self) -> Iterator[tuple[Capability, Seen]]:
        """Rename, rename over another, and link; each begins with both names as it needs them."""
        yield Capability.RENAME, _tried(self._rename)
        yield Capability.RENAME_OVERWRITES, self._overwrites()
        yield Capability.HARDLINK, _tried(self._link)

    @property
    def _first(self) -> str:
        return self._name("a", self.partner.mailbox.temporary_folder or self.partner.mailbox.outbound)

    @property
    def _second(self) -> str:
        return self._name("b", self.partner.mailbox.outbound)

    def _name(self, which: str, folder: str) -> str:
        return f"{folder}/{_PREFIX}{self.mark}{which}{self.partner.mailbox.temporary}"

    def _clear(self) -> None:
        for name in (self._first, self._second):
            self.mailbox.remove(name)

    def _anew(self, *names: str) -> None:
        self._clear()
        for name in names:
            self.mailbox.create_exclusive(name, _BODY)

    def _size(self) -> str:
        seen = self.mailbox.stat(self._first)
        if seen is None:
            raise PartnerRefusal("a file that was written is not to be seen")
        if seen.size not in {None, len(_BODY)}:
            raise PartnerRefusal(f"{len(_BODY)} bytes were written, it shows {seen.size}")
        return "the size is not told" if seen.size is None else f"{seen.size} bytes"

    def _same_bytes(self) -> Seen:
        try:
            same = self.mailbox.read(self._first, len(_BODY)) == _BODY
        except PartnerRefusal as no:
            return Answer.UNKNOWN, str(no)
        return (
            (Answer.YES, "the bytes that were written")
            if same
            else (Answer.NO, "other bytes came back than were written")
        )

    def _clock(self) -> str:
        seen = self.mailbox.stat(self._first)
        if seen is None or seen.modified is None:
            raise PartnerRefusal("it tells no time")
        apart = abs(self.office.clock.read().astimezone(UTC) - seen.modified)
        if apart > _CLOCKS_APART:
            raise PartnerRefusal(
                f"{apart.total_seconds():.0f} seconds apart: what is old, and what still grows, is guessed wrong"
            )
        return f"{apart.total_seconds():.0f} seconds apart"

    def _takes_temporary(self) -> Seen:
        self.wait()
        if self.mailbox.stat(self._first) is None:
            return Answer.YES, f"a file ending in {self.partner.mailbox.temporary} was taken away"
        return Answer.NO, "it was left alone"

    def _rename(self) -> str:
        self._anew(self._first)
        try:
            self.mailbox.rename_no_clobber(self._first, self._second)
        except LineLost as unclear:
            with suppress(NotReached):  # the line itself has gone; else the server has done it and said that it failed
                if self.mailbox.stat(self._second) is not None:
                    raise PartnerRefusal("it says that it failed, and the names show that it was done") from unclear
            raise
        if self.mailbox.stat(self._first) is not None or self.mailbox.stat(self._second) is None:
            raise PartnerRefusal("it says that it was done, and the names show that it was not")
        return "the old name is gone, the new one is there"

    def _overwrites(self) -> Seen:
        try:
            self._anew(self._first, self._second)
            replaced = self.mailbox.rename_replaces(self._first, self._second)
        except PartnerRefusal as no:
            return Answer.UNKNOWN, str(no)
        return (
            (Answer.YES, "the file under the new name was lost") if replaced else (Answer.NO, "refused, both are there")
        )

    def _link(self) -> str:
        self._anew(self._first)
        self.mailbox.link_no_clobber(self._first, self._second)
        try:
            self.mailbox.link_no_clobber(self._first, self._second)
        except NameTaken:
            return "and refuses to link over a file"
        raise PartnerRefusal("a second link to a taken name was not refused")


def _tried(attempt: Callable[[], str | None]) -> Seen:
    try:
        return Answer.YES, attempt() or "works"
    except (PartnerRefusal, NameTaken) as no:
        return Answer.NO, str(no)
