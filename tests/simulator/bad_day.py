"""A clinic with a sealed file, and a simulated clearinghouse that can be started anew with other faults."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from gateway.clock import Clock
from gateway.event import EventSeverity
from gateway.ledger import claims, events
from gateway.ledger.outbox import SealedFile
from gateway.lifecycle import ClaimState
from gateway.partner import MailboxAddress, MailboxKind
from gateway.service.inbound.collect import Collected, collect
from gateway.service.inbound.outcome import Posted
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import Round, deliver, waiting
from gateway.service.partners.check import Checked, check
from gateway.service.partners.host_keys import mailbox_of
from gateway.service.visits.scrub import scrub_visits
from gateway.simulator.faults import all_planned
from gateway.simulator.keys import make_key_pair
from gateway.simulator.simulator import Simulator
from tests.faults import sealed
from tests.faults.sealed import CLAIMS
from tests.people import CHICAGO, TODAY
from tests.service import clinic

PARTNER = "north"
TIMEOUT_SECONDS = 2.5
_ROUNDS_MAX = 8


@dataclass
class BadDay:
    """One clinic's day with one partner. `told` is what the simulator said; `late` moves the clinic's clock."""

    folder: Path
    ledger: Office
    told: list[str] = field(default_factory=list)
    late: timedelta = timedelta()
    profile: dict[str, Any] = field(default_factory=dict)
    port: int = 0
    fingerprint: str = ""

    @contextmanager
    def goes_wrong(self, *faults: str) -> Iterator[Simulator]:
        """Start the clearinghouse where it was, with these faults; without any, it is well."""
        simulator = Simulator(
            self.folder / "simulator",
            self.folder,
            port=self.port,
            is_open=True,
            partners=(PARTNER,),
            faults=all_planned(faults),
            tell=self.told.append,
        )
        self.port, self.fingerprint = simulator.port, simulator.fingerprint
        simulator.authorize(PARTNER, self.key.with_suffix(".pub").read_text(encoding="ascii"))
        with simulator:
            yield simulator

    def is_well(self) -> AbstractContextManager[Simulator]:
        return self.goes_wrong()

    @property
    def key(self) -> Path:
        path = self.folder / "keys" / PARTNER
        if not path.exists():
            make_key_pair(path)
        return path

    @property
    def office(self) -> Office:
        """The clinic, with its partner's mailbox at the simulator."""
        address = MailboxAddress(
            kind=MailboxKind.SFTP,
            host="127.0.0.1",
            port=self.port,
            user=PARTNER,
            key=f"file:{self.key}",
            host_keys=(self.fingerprint,),
            outbound="inbound",
            inbound="outbound",
            archive="archive",
            timeout_seconds=TIMEOUT_SECONDS,
        )
        clock = Clock(read=lambda: datetime.now(UTC) + self.late, zone=CHICAGO, pinned=TODAY)
        north = replace(clinic.partner(PARTNER), mailbox=address, **self.profile)
        settings = clinic.settings(north, home=self.folder / "home")
        return clinic.anywhere(replace(self.ledger, settings=settings, clock=clock))

    @property
    def file(self) -> SealedFile:
        return sealed.the_file(self.ledger)

    def deliver(self) -> Round:
        (made,) = deliver(self.office, mailbox_of)
        return made

    def deliver_until_nothing_waits(self) -> list[Round]:
        made: list[Round] = []
        while waiting(self.office):
            assert len(made) < _ROUNDS_MAX, f"it goes on for ever: {made[-1].problem}"
            made.append(self.deliver())
        return made

    def deliver_often(self, times: int) -> None:
        for _ in range(times):
            if waiting(self.office):
                self.deliver()

    def seal_another(self) -> None:
        """Take in, scrub and seal one more visit, into a second file."""
        clinic.taken(self.office, clinic.visit("V-ANOTHER"))
        scrub_visits(self.office)
        assert seal_batches(self.office).claims == 1

    def collect(self) -> Collected:
        (made,) = collect(self.office, mailbox_of)
        return made

    def post(self) -> tuple[Posted, ...]:
        return post(self.office)

    def answers(self) -> None:
        """Fetch and post what there is; nothing may be wrong with it."""
        made = self.collect()
        assert (made.problem, made.left, made.later) == (None, (), ())
        assert not any(one.needs_a_person for one in self.post())

    def check(self) -> Checked:
        return check(self.office, PARTNER, mailbox_of, wait=lambda: None)

    @property
    def arrivals(self) -> list[bytes]:
        """Claim files that the clearinghouse has, under whatever name, but for temporary files that it leaves alone."""
        box = self.folder / "simulator" / PARTNER
        found = [path for name in ("inbound", "taken") for path in sorted((box / name).glob("*"))]
        return [path.read_bytes() for path in found if path.name.startswith("elm") and not path.name.endswith(".part")]

    @property
    def woken(self) -> list[str]:
        with self.ledger.ledger.reading() as tx:
            said = events.read(tx, self.ledger.practice.key)
        return [one.event.kind for one in said if one.event.severity is EventSeverity.WAKE]

    @property
    def claims(self) -> Counter[ClaimState]:
        with self.ledger.ledger.reading() as tx:
            return Counter(one.state for one in claims.current(tx, self.ledger.practice.key, limit=100))

    def must_be_once(self) -> None:
        """The file arrived once, byte for byte, and all laws hold."""
        assert [sha256(body).hexdigest() for body in self.arrivals] == [self.file.wire_sha256]
        assert reconcile(self.office).holds
        assert sum(self.claims.values()) == CLAIMS
