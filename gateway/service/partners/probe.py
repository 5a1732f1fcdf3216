"""Try what a partner's server can do, at the live server, with harmless files that are removed again.

The files' names end as temporary files do, so that the partner picks none of them up; whether it does so all the same is one
of the things that are tried. They are this probe's own, and no trial needs one removed: a partner that lets us remove
nothing is told the same as the first time.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gateway.capability import Answer, Capability
from gateway.clock import Clock
from gateway.errors import LineLost, NameTaken, NotReached, PartnerRefusal
from gateway.partner import TradingPartner
from gateway.transport.mailbox import Mailbox, safe_name

_BODY: Final = b"A harmless file of a connection check. It may be deleted.\n"
_PREFIX: Final = "gateway-check-"
_CLOCKS_APART: Final = timedelta(minutes=5)
_LEFT_ALONE: Final = timedelta(hours=1)
"""So long another check may still be at work with its files."""

Seen = tuple[Answer, str]


@dataclass(frozen=True, slots=True)
class Probe:
    """One check of a mailbox. `results` gives each capability as it is tried; a line that breaks ends it.

    wait   gives the partner time to take a temporary file, which it must not do
    began  in UTC; it makes the files' names this check's own
    """

    clock: Clock
    partner: TradingPartner
    mailbox: Mailbox
    wait: Callable[[], None]
    began: datetime

    def results(self) -> Iterator[tuple[Capability, Seen]]:
        """Give each capability with what was seen. Raises NotReached or LineLost where the line broke."""
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
        with suppress(PartnerRefusal):
            self._clear_earlier()
        created = _tried(lambda: self.mailbox.create_exclusive(self._first, _BODY))
        yield Capability.CREATE, created
        yield Capability.SYNC, (Answer.YES if self.mailbox.syncs() else Answer.NO, "fsync of a written file")
        if created[0] is Answer.NO:
            return
        sized = _tried(self._size)
        yield Capability.SEE_SIZE, sized
        yield Capability.READ_BACK, self._same_bytes()
        yield Capability.LIST_OURS, _tried(self._listed)
        if sized[0] is Answer.YES:
            yield Capability.CLOCK, _tried(self._clock)
            yield Capability.TAKES_TEMPORARY, self._takes_temporary()
            yield from self._names()
        yield Capability.REMOVE, _tried(self._clear)

    def _names(self) -> Iterator[tuple[Capability, Seen]]:
        """Rename, rename over what is there then, and link that; where renaming fails, whatever of it is there."""
        renamed = _tried(self._rename)
        yield Capability.RENAME, renamed
        there = self._first if self.mailbox.stat(self._second) is None else self._second
        if renamed[0] is Answer.YES:
            yield Capability.RENAME_OVERWRITES, self._overwrites(there)
        else:
            yield Capability.RENAME_OVERWRITES, (Answer.UNKNOWN, "nothing can be renamed")
        yield Capability.HARDLINK, _tried(lambda: self._link(there))

    @property
    def _working(self) -> str:
        return self.partner.mailbox.temporary_folder or self.partner.mailbox.outbound

    @property
    def _first(self) -> str:
        return self._name("a", self._working)

    @property
    def _second(self) -> str:
        return self._name("b", self.partner.mailbox.outbound)

    @property
    def _third(self) -> str:
        return self._name("c", self._working)

    @property
    def _link_name(self) -> str:
        return self._name("d", self.partner.mailbox.outbound)

    def _name(self, which: str, folder: str) -> str:
        return f"{folder}/{_begun_by(self.began)}-{which}{self.partner.mailbox.temporary}"

    def _clear(self) -> None:
        for name in (self._first, self._third, self._second, self._link_name):
            self.mailbox.remove(name)

    def _clear_earlier(self) -> None:
        """Take away what a check that died has left; one that is still at work keeps its files."""
        old = _begun_by(self.began - _LEFT_ALONE)
        for folder in {self._working, self.partner.mailbox.outbound}:
            for entry in self.mailbox.list(folder):
                ours = entry.name.startswith(_PREFIX) and entry.name.endswith(self.partner.mailbox.temporary)
                if ours and entry.name < old and safe_name(entry.name):
                    self.mailbox.remove(f"{folder}/{entry.name}")

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

    def _listed(self) -> str:
        names = {entry.name for entry in self.mailbox.list(self._working)}
        if self._first.rpartition("/")[2] not in names:
            raise PartnerRefusal(
                f"our file is in {self._working}, and is not among its {len(names)} names: where it keeps answers, it may "
                "show as little"
            )
        return f"it is among {len(names)} names"

    def _clock(self) -> str:
        seen = self.mailbox.stat(self._first)
        if seen is None or seen.modified is None:
            raise PartnerRefusal("it tells no time")
        apart = abs(self.clock.read().astimezone(UTC) - seen.modified)
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
        if self.mailbox.stat(self._first) is None:  # they have taken it
            self.mailbox.create_exclusive(self._first, _BODY)
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

    def _overwrites(self, there: str) -> Seen:
        try:
            self.mailbox.create_exclusive(self._third, _BODY)
            replaced = self.mailbox.rename_replaces(self._third, there)
        except (PartnerRefusal, NameTaken) as no:
            return Answer.UNKNOWN, str(no)
        return (
            (Answer.YES, "the file under the new name was lost") if replaced else (Answer.NO, "refused, both are there")
        )

    def _link(self, there: str) -> str:
        self.mailbox.link_no_clobber(there, self._link_name)
        try:
            self.mailbox.link_no_clobber(there, self._link_name)
        except NameTaken:
            return "and refuses to link over a file"
        raise PartnerRefusal("a second link to a taken name was not refused")


def _begun_by(moment: datetime) -> str:
    """Begin the names of a check's files; they sort as the checks began."""
    return f"{_PREFIX}{moment:%Y%m%dT%H%M%S%f}"


def _tried(attempt: Callable[[], str | None]) -> Seen:
    try:
        return Answer.YES, attempt() or "works"
    except (PartnerRefusal, NameTaken) as no:
        return Answer.NO, str(no)
