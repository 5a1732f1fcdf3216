"""Fetch a partner's answers: list, read, store durably, and only then touch the mailbox."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from hashlib import sha256

from gateway.errors import GatewayError, LedgerConflict, NameTaken, PartnerRefusal
from gateway.event import Event
from gateway.ledger import inbound
from gateway.partner import TradingPartner
from gateway.service.office import Office
from gateway.service.reach import TROUBLE, Calls, OpenMailbox, not_called, reached
from gateway.transport.mailbox import Entry, Mailbox, safe_name

BYTES_MAX = 256 * 1024 * 1024
_SETTLED = timedelta(minutes=10)
_TAIL = 64
_ENDS = re.compile(rb"IEA[^0-9A-Za-z]\d+[^0-9A-Za-z]\d{9}[^0-9A-Za-z]\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a round brought from one partner.

    files    names of what is new
    known    files whose very bytes had come before
    left     names that were not taken, each with the reason
    problem  why the partner was not called, or the round ended early
    """

    partner: str
    files: tuple[str, ...] = ()
    known: int = 0
    left: tuple[tuple[str, str], ...] = ()
    problem: GatewayError | None = None


def collect(
    office: Office, open_mailbox: OpenMailbox, *, partner: str = "", calls: Calls = Calls.NOW
) -> tuple[Collected, ...]:
    """Collect from every partner, or the one named; one partner's trouble does not keep another's files back."""
    names = [office.settings.partner(partner).name] if partner else sorted(office.settings.partners)
    return tuple(_Collection(office, office.settings.partner(name)).run(open_mailbox, calls) for name in names)


class _Collection:
    """One round at one partner."""

    def __init__(self, office: Office, partner: TradingPartner) -> None:
        self.office = office
        self.partner = partner
        self.files: list[str] = []
        self.left: list[tuple[str, str]] = []
        self.known = 0

    def run(self, open_mailbox: OpenMailbox, calls: Calls) -> Collected:
        why = not_called(self.office, self.partner, calls)
        if why is not None:
            return Collected(partner=self.partner.name, problem=why)
        problem: GatewayError | None = None
        try:
            with reached(self.office, self.partner, open_mailbox) as mailbox:
                for entry in self._candidates(mailbox):
                    self._take(mailbox, entry)
        except (*TROUBLE, LedgerConflict) as trouble:
            problem = trouble
        return Collected(
            partner=self.partner.name,
            files=tuple(self.files),
            known=self.known,
            left=tuple(self.left),
            problem=problem,
        )

    def _candidates(self, mailbox: Mailbox) -> Iterator[Entry]:
        seen = set()
        for entry in sorted(mailbox.list(self.partner.mailbox.inbound), key=lambda entry: entry.name):
            if entry.name in seen:
                continue
            seen.add(entry.name)
            if not entry.regular:
                continue  # folders of the partner's own are no files for us
            if not safe_name(entry.name):
                # The name may be hostile: it is described, not repeated.
                self.left.append((f"a name of {len(entry.name)} characters", "it is not a plain file name"))
            elif entry.name.endswith(self.partner.mailbox.temporary):
                self.left.append((entry.name, "it is still being written"))
            else:
                yield entry

    def _take(self, mailbox: Mailbox, entry: Entry) -> None:
        if self._is_seen(entry):
            self._archive(mailbox, entry)
            return
        path = f"{self.partner.mailbox.inbound}/{entry.name}"
        try:
            body = mailbox.read(path, BYTES_MAX)
            after = mailbox.stat(path)
        except PartnerRefusal as refused:
            # One file that cannot be read must not keep the others back.
            self.left.append((entry.name, str(refused)))
            return
        if after is None or after.size not in {None, len(body)} or self._may_be_growing(entry, body):
            self.left.append((entry.name, "it is still being written; the next round will look again"))
            return
        self._store(entry, body)
        self._archive(mailbox, entry)

    def _may_be_growing(self, entry: Entry, body: bytes) -> bool:
        """Whether this may be the beginning of a file whose upload stalls: X12 without its end, and young.

        An old one is taken as it is, to be set aside: nobody will finish it.
        """
        if not body.lstrip().startswith(b"ISA") or _ENDS.search(body[-_TAIL:]):
            return False
        now = self.office.clock.read()
        return entry.modified is None or now - entry.modified.astimezone(UTC) < _SETTLED

    def _is_seen(self, entry: Entry) -> bool:
        if entry.size is None or entry.modified is None:
            return False
        with self.office.ledger.reading() as tx:
            return inbound.is_name_seen(
                tx,
                self.office.practice.key,
                self.partner.name,
                entry.name,
                entry.size,
                int(entry.modified.astimezone(UTC).timestamp()),
            )

    def _store(self, entry: Entry, body: bytes) -> None:
        practice, at = self.office.practice.key, self.office.clock.now()
        digest = sha256(body).hexdigest()
        said = Event(
            kind="inbound.stored",
            about=entry.name,
            partner=self.partner.name,
            said=f"{entry.name} from {self.partner.name}, {len(body)} bytes, sha256 {digest[:12]}",
            after="stored",
            artefact=f"sha256 {digest[:12]}",
            actor=self.office.actor,
        )
        with self.office.ledger.writing() as tx:
            stored = inbound.store(
                tx, practice, partner=self.partner.name, name=entry.name, body=body, sha256=digest, event=said, at=at
            )
            if entry.size is not None and entry.modified is not None:
                modified = int(entry.modified.astimezone(UTC).timestamp())
                inbound.remember_name(tx, practice, self.partner.name, entry.name, entry.size, modified)
        if stored is None:
            self.known += 1
        else:
            self.files.append(entry.name)

    def _archive(self, mailbox: Mailbox, entry: Entry) -> None:
        """Move a stored file out of the partner's folder. If that fails, the next round finds it known and tries again."""
        folder = self.partner.mailbox.archive
        if not folder:
            return
        try:
            mailbox.rename_no_clobber(f"{self.partner.mailbox.inbound}/{entry.name}", f"{folder}/{entry.name}")
        except (NameTaken, PartnerRefusal) as refused:
            reason = "its name is taken in the archive" if isinstance(refused, NameTaken) else str(refused)
            self.left.append((entry.name, f"stored here, but not archived there: {reason}"))
