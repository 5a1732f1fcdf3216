"""Fetch a partner's answers: list, fetch into the spool, store durably, and only then touch the mailbox.

One transaction stores the bytes, the name they came under, and the event. A round that is killed before it leaves
nothing here; one that is killed after it finds the file known, and only puts it away. A file that cannot be fetched, or
may not be whole, never keeps the others back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from gateway.errors import GatewayError, LedgerConflict, LineLost, NameTaken, NotReached, PartnerRefusal
from gateway.event import Event, EventSeverity
from gateway.ledger import arrivals, events, inbound
from gateway.partner import TradingPartner
from gateway.service.files.spool import RESERVE_BYTES, Spool
from gateway.service.inbound.select_files import TAIL, Picked, listed, looked_at, pick, plain_files, seconds, unfinished
from gateway.service.office import Office, quietly
from gateway.service.partners.calls import TROUBLE, Calls, OpenMailbox, not_called, reached
from gateway.service.partners.renamed import renamed
from gateway.transport.mailbox import Entry, Mailbox

_ENDS_A_ROUND: Final = (*TROUBLE, LedgerConflict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one round at one partner may cost.

    files_max      how many files it fetches; the next round goes on from there
    seconds_max    how long it takes, also within a file
    bytes_max      how long a file may be, counted while it is read
    settled        how old a file without its end has to be before it is taken as it is
    reserve_bytes  what has to stay free on our disk
    """

    files_max: int = 1000
    seconds_max: float = 1800.0
    bytes_max: int = 256 * 1024 * 1024
    settled: timedelta = timedelta(minutes=10)
    reserve_bytes: int = RESERVE_BYTES


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a round brought from one partner, or would bring.

    files    names of what is new
    known    files whose very bytes had come before
    left     names that were not taken, or not put away: somebody has to look after each, with the reason
    later    names that the next round looks at again, each with the reason
    problem  why the partner was not called, or the round ended early
    """

    partner: str
    files: tuple[str, ...]
    known: int
    left: tuple[tuple[str, str], ...]
    later: tuple[tuple[str, str], ...] = ()
    problem: GatewayError | None = None


def collect(
    office: Office,
    open_mailbox: OpenMailbox,
    *,
    partner: str = "",
    calls: Calls = Calls.NOW,
    limits: Limits = LIMITS,
    tell: Callable[[int], None] = quietly,
) -> tuple[Collected, ...]:
    """Collect from every partner, or the one named; one partner's trouble does not keep another's files back.

    `tell` is told, after each file, how many this partner's round has fetched.
    """
    return tuple(_Round(office, one, limits).fetch(open_mailbox, calls, tell) for one in _partners(office, partner))


def foresee(
    office: Office, open_mailbox: OpenMailbox, *, partner: str = "", limits: Limits = LIMITS
) -> tuple[Collected, ...]:
    """List what `collect` would fetch. Nothing is fetched, moved or written down.

    A partner that is paused or has refused us is not called: a look is a login too, and logins can lock an account.
    """
    return tuple(_Round(office, one, limits).look(open_mailbox) for one in _partners(office, partner))


def _partners(office: Office, partner: str) -> list[TradingPartner]:
    names = [partner] if partner else sorted(office.settings.partners)
    return [office.settings.partner(name) for name in names]


class _Round:
    """One round at one partner."""

    def __init__(self, office: Office, partner: TradingPartner, limits: Limits) -> None:
        self.office = office
        self.practice = office.practice.key
        self.partner = partner
        self.limits = limits
        self.spool = Spool(office.settings.home, limits.reserve_bytes)
        self.until = monotonic() + limits.seconds_max
        self.looks: dict[str, arrivals.Look] = {}
        self.files: list[str] = []
        self.left: list[tuple[str, str]] = []
        self.later: list[tuple[str, str]] = []
        self.known = 0

    def look(self, open_mailbox: OpenMailbox) -> Collected:
        problem = not_called(self.office, self.partner, Calls.NOW)
        if problem is not None:
            return self._ended(problem)
        try:
            with open_mailbox(self.partner) as mailbox:
                self.files = [entry.name for entry in self._picked(mailbox).fresh[: self.limits.files_max]]
        except _ENDS_A_ROUND as refused:
            problem = refused
        return self._ended(problem)

    def fetch(self, open_mailbox: OpenMailbox, calls: Calls, tell: Callable[[int], None]) -> Collected:
        # Under a new name its answers would be about nothing that was sent.
        problem = not_called(self.office, self.partner, calls) or renamed(self.office, self.partner)
        if problem is not None:
            return self._ended(problem)
        try:
            self.spool.clear()
            with reached(self.office, self.partner, open_mailbox) as mailbox:
                picked = self._picked(mailbox)
                for entry, digest in picked.known:
                    self._put_away(mailbox, entry, digest)
                self._take_all(mailbox, picked.fresh, tell)
        except _ENDS_A_ROUND as refused:
            problem = refused
        self._say_left()
        return self._ended(problem)

    def _ended(self, problem: GatewayError | None) -> Collected:
        return Collected(
            partner=self.partner.name,
            files=tuple(self.files),
            known=self.known,
            left=tuple(self.left),
            later=tuple(self.later),
            problem=problem,
        )

    def _picked(self, mailbox: Mailbox) -> Picked:
        entries = mailbox.list(self.partner.mailbox.inbound)
        names = sorted(plain_files(entries)[0])
        with self.office.ledger.reading() as tx:
            read_before = arrivals.read_before(tx, self.practice, self.partner.name, names)
            self.looks = arrivals.looks(tx, self.practice, self.partner.name)
        picked = pick(
            entries,
            temporary=self.partner.mailbox.temporary,
            size_max=self.limits.bytes_max,
            read_before=read_before,
            looks=self.looks,
            young=self._now() - self.limits.settled,
        )
        self.left += picked.left
        self.later += picked.later
        return picked

    def _take_all(self, mailbox: Mailbox, fresh: tuple[Entry, ...], tell: Callable[[int], None]) -> None:
        gone = self.looks.keys() - {entry.name for entry in fresh}
        if gone:
            with self.office.ledger.writing() as tx:
                arrivals.forget_looks(tx, self.practice, self.partner.name, gone)
        for done, entry in enumerate(fresh):
            if done >= self.limits.files_max or monotonic() > self.until:
                self.later.append((f"{len(fresh) - done} files", "this round has fetched enough; the next one goes on"))
                return
            self._take(mailbox, entry)
            tell(done + 1)

    def _take(self, mailbox: Mailbox, entry: Entry) -> None:
        path = f"{self.partner.mailbox.inbound}/{entry.name}"
        try:
            body, digest, doubt = self._read(mailbox, path, entry)
        except PartnerRefusal as refused:
            self._could_not_read(mailbox, path, entry, refused)
        except (NotReached, LineLost):
            # The line may fail because of this very file: next time the others go first.
            self._keep_look(entry, failed=1)
            raise
        else:
            if doubt:
                self.later.append((entry.name, doubt))
                self._keep_look(entry)
                return
            self._store(entry, body, digest)
            self._put_away(mailbox, entry, digest)

    def _read(self, mailbox: Mailbox, path: str, entry: Entry) -> tuple[bytes, str, str]:
        """Give the bytes, their hash, and why they may not be all; empty if they are."""
        with self.spool.opened(until=self.until) as spooled:
            spooled.require_space(entry.size or 0)
            mailbox.fetch(path, spooled, self.limits.bytes_max)
            after = mailbox.stat(path)
            body = spooled.bytes()
            doubt = unfinished(
                entry,
                after,
                size=spooled.size,
                tail=body[-TAIL:],
                look=self.looks.get(entry.name),
                now=self._now(),
                settled=self.limits.settled,
            )
            return body, spooled.sha256, doubt

    def _could_not_read(self, mailbox: Mailbox, path: str, entry: Entry, refused: PartnerRefusal) -> None:
        try:
            gone = mailbox.stat(path) is None
        except PartnerRefusal:
            gone = False
        if gone:
            self.later.append((entry.name, "it was gone when its turn came"))
        else:
            self.left.append((entry.name, str(refused)))

    def _now(self) -> datetime:
        """Give the real moment, also where a day is pinned: files are as old as they are."""
        return self.office.clock.read()

    def _keep_look(self, entry: Entry, *, failed: int = 0) -> None:
        look = looked_at(entry, self.looks.get(entry.name), now=self._now(), failed=failed)
        with self.office.ledger.writing() as tx:
            arrivals.keep_look(tx, self.practice, self.partner.name, look)

    def _store(self, entry: Entry, body: bytes, digest: str) -> None:
        at, name = self.office.clock.now(), self.partner.name
        said = Event(
            kind="inbound.stored",
            about=entry.name,
            partner=name,
            said=f"{entry.name} from {name}, {len(body)} bytes, sha256 {digest[:12]}",
            after="stored",
            artefact=f"sha256 {digest[:12]}",
            actor=self.office.actor,
        )
        with self.office.ledger.writing() as tx:
            stored = inbound.store(
                tx, self.practice, partner=name, name=entry.name, body=body, sha256=digest, event=said, at=at
            )
            seen = listed(entry)
            if seen is not None:
                arrivals.remember(tx, self.practice, name, seen, digest)
            if entry.name in self.looks:
                arrivals.forget_looks(tx, self.practice, name, (entry.name,))
        if stored is None:
            self.known += 1
        else:
            self.files.append(entry.name)

    def _put_away(self, mailbox: Mailbox, entry: Entry, digest: str) -> None:
        """Archive or remove what is stored here. If that fails, the next round finds it known and tries again."""
        box = self.partner.mailbox
        path = f"{box.inbound}/{entry.name}"
        if not box.archive and not box.removes_read:
            return
        try:
            if not _is_still(mailbox, path, entry):
                return
            if box.removes_read:
                mailbox.remove(path)
            elif not _archived(mailbox, path, f"{box.archive}/{entry.name}", digest, entry):
                self.left.append(
                    (entry.name, "stored here, but not archived there: its names are taken in the archive")
                )
        except PartnerRefusal as refused:
            self.left.append((entry.name, f"stored here, but not put away there: {refused}"))

    def _say_left(self) -> None:
        """Write into the log what somebody has to look after, once for the same file and reason."""
        if not self.left:
            return
        with self.office.ledger.writing() as tx:
            for name, why in self.left:
                said = Event(
                    kind="inbound.left",
                    about=name,
                    partner=self.partner.name,
                    said=f"{name} at {self.partner.name}: {why}",
                    severity=EventSeverity.CAN_WAIT,
                    artefact="mailbox",
                    actor=self.office.actor,
                    next_command=f"gateway collect --partner {self.partner.name} --dry-run",
                )
                before = events.read(tx, self.practice, about=name, partner=self.partner.name, kind=said.kind)
                if all(one.event.said != said.said for one in before):
                    events.write(tx, self.practice, said, at=self.office.clock.now())


def _is_still(mailbox: Mailbox, path: str, entry: Entry) -> bool:
    """Whether the name still is the file that was read: partners use names again, and a new one was not read yet."""
    now = mailbox.stat(path)
    return (
        now is not None
        and (now.size is None or entry.size is None or now.size == entry.size)
        and (now.modified is None or entry.modified is None or seconds(now.modified) == seconds(entry.modified))
    )


def _archived(mailbox: Mailbox, path: str, wanted: str, digest: str, entry: Entry) -> bool:
    """Move a file to its name in the archive, or one that its content and time make its own. False if all are taken."""
    own = f"{wanted}.{digest[:12]}"
    for name in (wanted, own, f"{own}.{seconds(entry.modified) or 0}"):
        try:
            mailbox.rename_no_clobber(path, name)
        except NameTaken:
            continue
        return True
    return False
