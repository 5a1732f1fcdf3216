"""Delivery and collection as a state machine: any order of work, faults, answers, sleeping workers and people's decisions.

The clock is the test's, the network is a partner in memory whose connections fail as planned, and the ledger is a real one,
which a worker that dies leaves as it was. After every step no file may have arrived more often than people decided; at the
end, when the faults are over, nothing may be lost.

`python -m tests.properties.delivery_model STEPS [SEED]` runs it for longer and prints what it came to.
"""

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gateway.clock import Clock
from gateway.delivery import Delivery
from gateway.edi.wire.segment import Segment
from gateway.edi.write.envelope import interchange
from gateway.errors import GatewayError, LineLost, NotReached, PartnerRefusal, UsageError
from gateway.ledger import inbound, migrate, open_ledger, outbox, practices
from gateway.ledger.inbound import InboundState
from gateway.ledger.outbox import SealedFile
from gateway.lifecycle import ClaimState
from gateway.partner import Publish, TradingPartner
from gateway.service.inbound.collect import collect
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.by_hand import export, not_uploaded, uploaded
from gateway.service.outbound.cancel import cancel
from gateway.service.outbound.deliver import deliver
from gateway.service.outbound.release import Way, release
from gateway.service.outbound.resend import resend
from gateway.service.visits.scrub import scrub_visits
from gateway.transport.listing import Stat
from tests.contract.memory_mailbox import MemoryMailbox
from tests.people import CHICAGO, NOW, PRACTICE, TODAY
from tests.service import clinic
from tests.service.partner_side import Killed

FAULTS = ("dies before", "dies after", "cut before", "cut after", "refused", "done and refused", "said done")
CALLS_MAX = 12
_KEEP = "kept"


@dataclass
class Side:
    """The partner: its files, what it has taken, and when it takes it."""

    files: dict[str, bytes] = field(default_factory=dict)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    greedy: bool = False

    def take(self) -> None:
        for name in [name for name in self.files if name.startswith("in/") and name.endswith(".837")]:
            self.taken.append((name, self.files.pop(name)))

    def arrivals(self) -> Counter[tuple[str, bytes]]:
        here = [(name, body) for name, body in self.files.items() if name.endswith(".837") and name.startswith("in/")]
        return Counter([*self.taken, *here])


@dataclass
class Line(MemoryMailbox):
    """A connection that fails at its nth call as planned, or lets something else happen there first."""

    side: Side = field(default_factory=Side)
    plan: dict[int, str] = field(default_factory=dict)
    asleep_at: int = 0
    meanwhile: Callable[[], None] = lambda: None
    calls: int = 0

    def _do(self, verb: str, done: Callable[[], Any], *, changes: bool) -> Any:
        self.calls += 1
        if self.calls == self.asleep_at:
            self.meanwhile()
        fault = self.plan.get(self.calls, "")
        self._before(verb, fault)
        if fault == "said done" and verb == "rename":
            return None
        result = done()
        if self.side.greedy:
            self.side.take()
        self._after(verb, fault, changes=changes)
        return result

    def _before(self, verb: str, fault: str) -> None:
        if fault == "dies before":
            raise Killed
        if fault == "cut before":
            self.over = True
        if self.over:
            raise NotReached(f"no line to {verb}")
        if fault == "refused":
            raise PartnerRefusal(f"they refuse to {verb}")

    def _after(self, verb: str, fault: str, *, changes: bool) -> None:
        if fault == "dies after":
            raise Killed
        if fault == "cut after":
            self.over = True
            raise LineLost(f"cut after {verb}") if changes else NotReached(f"cut after {verb}")
        if fault == "done and refused" and verb == "rename":
            raise PartnerRefusal("they say no, and have done it")

    def create_exclusive(self, name: str, body: bytes) -> None:
        self._do("create", lambda: MemoryMailbox.create_exclusive(self, name, body), changes=True)

    def stat(self, name: str) -> Stat | None:
        seen: Stat | None = self._do("stat", lambda: MemoryMailbox.stat(self, name), changes=False)
        return seen

    def rename_no_clobber(self, old: str, new: str) -> None:
        self._do("rename", lambda: MemoryMailbox.rename_no_clobber(self, old, new), changes=True)

    def link_no_clobber(self, old: str, new: str) -> None:
        self._do("link", lambda: MemoryMailbox.link_no_clobber(self, old, new), changes=True)

    def overwrite(self, name: str, body: bytes) -> None:
        self._do("overwrite", lambda: MemoryMailbox.overwrite(self, name, body), changes=True)

    def read(self, name: str, size_max: int) -> bytes:
        body: bytes = self._do("read", lambda: MemoryMailbox.read(self, name, size_max), changes=False)
        return body

    def remove(self, name: str) -> None:
        self._do("remove", lambda: MemoryMailbox.remove(self, name), changes=True)


plans = st.dictionaries(st.integers(1, CALLS_MAX), st.sampled_from(FAULTS), max_size=2)


class DeliveryModel(RuleBasedStateMachine):
    """See the head of this module."""

    steps = 0
    arrived = 0
    template: Path | None = None

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="gateway-model-"))
        self.side = Side()
        self.now: datetime = NOW
        self.visits = 0
        self.answers = 0
        self.answered: set[str] = set()
        self.said_sent: set[str] = set()

    @initialize(publish=st.sampled_from(Publish), greedy=st.booleans(), finishes=st.booleans())
    def found(self, publish: Publish, greedy: bool, finishes: bool) -> None:  # noqa: FBT001
        self.side.greedy = greedy
        # The files of the partner's other folders: MemoryMailbox knows a folder by what is in it.
        self.side.files.update({f"{folder}/{_KEEP}": b"" for folder in ("in", "out", "archive")})
        north = clinic.partner("north", publish=publish, takes_unfinished=not finishes, claims_max=2)
        ledger = open_ledger(f"sqlite:///{self._copied()}")
        self.office = Office(
            ledger=ledger,
            settings=clinic.settings(north, clinic.partner("south"), home=self.folder),
            clock=Clock(read=lambda: self.now, zone=CHICAGO, pinned=TODAY),
            actor="model",
        )

    def _copied(self) -> Path:
        cls = type(self)
        if cls.template is None:
            cls.template = Path(tempfile.mkdtemp(prefix="gateway-model-")) / "ledger.db"
            ledger = open_ledger(f"sqlite:///{cls.template}")
            migrate.upgrade(ledger)
            with ledger.writing() as tx:
                practices.register(tx, PRACTICE, secret=b"s" * 32, at=NOW)
            ledger.close()
        return Path(shutil.copy(cls.template, self.folder / "ledger.db"))

    # ---- the gateway works

    @rule(count=st.integers(1, 3))
    def bring(self, count: int) -> None:
        numbers = range(self.visits, self.visits + count)
        self.visits += count
        clinic.taken(self.office, *(clinic.visit(f"V-{number}") for number in numbers))
        scrub_visits(self.office)
        seal_batches(self.office)

    @rule(plan=plans)
    def deliver(self, plan: dict[int, str]) -> None:
        self._work(lambda line: deliver(self.office, line), plan)

    @rule(plan=plans, asleep_at=st.integers(1, CALLS_MAX))
    def deliver_beside_another_worker(self, plan: dict[int, str], asleep_at: int) -> None:
        """One worker falls asleep at some call; another does all there is to do; then the first wakes up."""
        self._work(lambda line: deliver(self.office, line), plan, asleep_at)

    @rule(plan=plans)
    def collect(self, plan: dict[int, str]) -> None:
        self._work(lambda line: collect(self.office, line, partner="north"), plan)

    @rule()
    def post(self) -> None:
        post(self.office)

    def _work(
        self, work: Callable[[Callable[[TradingPartner], Line]], object], plan: dict[int, str], asleep_at: int = 0
    ) -> None:
        def line(partner: TradingPartner) -> Line:
            side = self.side if partner.name == "north" else Side(files={"out/x": b""})
            return Line(files=side.files, side=side, plan=dict(plan), asleep_at=asleep_at, meanwhile=another)

        def another() -> None:
            deliver(self.office, lambda _: Line(files=self.side.files, side=self.side))

        try:
            work(line)
        except Killed:
            self.office.ledger.close()

    @rule(minutes=st.integers(1, 3000))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    # ---- the partner works

    @rule()
    def the_partner_takes(self) -> None:
        self.side.take()

    @rule(twice=st.booleans())
    def the_partner_answers(self, twice: bool) -> None:  # noqa: FBT001
        """A TA1 for the first file that arrived and was not answered; sometimes under two names."""
        for name, body in self.side.arrivals():
            if name not in self.answered:
                self.answered.add(name)
                self.answers += 1
                isa = body.decode("ascii")
                text = ("TA1", isa[90:99], isa[70:76], isa[77:81], "A", "000")
                raw = interchange(
                    clinic._THEIRS, control=self.answers, at=NOW, ta1=(Segment(text[0], tuple(text[1:])),)
                )
                for copy in range(1 + twice):
                    self.side.files[f"out/{self.answers}-{copy}.ta1"] = raw
                return

    # ---- people decide

    @rule(which=st.integers(0, 9), way=st.sampled_from(["again", "sent", "resend", "cancel"]))
    def a_person_decides(self, which: int, way: str) -> None:
        files = self._files()
        if not files:
            return
        file = files[which % len(files)]
        ana = replace(self.office, actor="Ana Reyes")
        decisions: dict[str, Callable[[], object]] = {
            "again": lambda: release(ana, file.name, Way.AGAIN, reason="r"),
            "sent": lambda: release(ana, file.name, Way.SENT, reason="r"),
            "resend": lambda: resend(ana, file.name, reason="r", approved_by="Bo Lund"),
            "cancel": lambda: cancel(ana, file.name, reason="r"),
        }
        try:
            decisions[way]()
        except UsageError:
            return
        if way == "sent":
            self.said_sent.add(file.name)

    @rule(which=st.integers(0, 9), way=st.sampled_from(["export", "upload", "keep back"]))
    def a_person_uploads_by_hand(self, which: int, way: str) -> None:
        files = self._files()
        if not files:
            return
        name, ana = files[which % len(files)].name, replace(self.office, actor="Ana Reyes")
        copy = self.folder / f"copy of {name}"
        try:
            if way == "export":
                export(ana, name, copy, reason="r")
            elif way == "upload":
                uploaded(ana, name, "a receipt", reason="r")
                self.side.taken.append((f"in/{name}", copy.read_bytes()))
            else:
                not_uploaded(ana, name, reason="r")
                copy.unlink()
        except UsageError:
            return

    # ---- what must hold

    def _files(self) -> tuple[SealedFile, ...]:
        with self.office.ledger.reading() as tx:
            return outbox.files(tx, self.office.practice.key, limit=10_000)

    def _bytes_of(self, file: SealedFile) -> bytes:
        with self.office.ledger.reading() as tx:
            return outbox.bytes_of(tx, self.office.practice.key, file.id)

    @invariant()
    def nothing_arrived_more_often_than_people_decided(self) -> None:
        type(self).steps += 1
        if not hasattr(self, "office"):
            return
        files = {f"in/{file.name}": file for file in self._files()}
        arrivals = self.side.arrivals()
        for (name, body), times in arrivals.items():
            assert name in files, f"{name} was never sealed"
            assert body == self._bytes_of(files[name]), f"{name} arrived with other bytes"
            assert times <= 1 + files[name].resends, f"{name} arrived {times} times"
            gone = {Delivery.CANCELLED, Delivery.EXPORTED}
            assert files[name].state not in gone, f"{name} was {files[name].state} and arrived"
        arrived = {name for name, _ in arrivals}
        for name, file in files.items():
            if file.state in {Delivery.SENT, Delivery.PRESUMED} and file.name not in self.said_sent:
                assert name in arrived, f"{name} is {file.state} and never arrived"

    def teardown(self) -> None:
        """When the faults are over, everything comes to an end, and nothing is lost."""
        try:
            if hasattr(self, "office"):
                self._settle()
        finally:
            if hasattr(self, "office"):
                self.office.ledger.close()
            shutil.rmtree(self.folder)

    def _settle(self) -> None:
        for _ in range(2):
            self._work(lambda line: deliver(self.office, line), {})
            self._work(lambda line: collect(self.office, line, partner="north"), {})
            self.post()
        self.nothing_arrived_more_often_than_people_decided()
        files = self._files()
        assert {file.state for file in files} <= {
            Delivery.SENT,
            Delivery.PRESUMED,
            Delivery.HELD,
            Delivery.CANCELLED,
            Delivery.EXPORTED,
        }
        type(self).arrived += len(self.side.arrivals())
        standing = reconcile(self.office)
        assert [law for law in standing.laws if law.broken] == []
        assert (standing.lost, standing.duplicated) == (0, 0)
        assert sum(standing.claims.values()) == self.visits
        if not any(file.state is Delivery.CANCELLED for file in files):
            assert ClaimState.READY not in standing.claims
        with self.office.ledger.reading() as tx:
            stored = [one for one in inbound.files(tx, self.office.practice.key, limit=10_000) if one.name != _KEEP]
        assert len(stored) == self.answers, "an answer was lost, or stored twice"
        assert {file.state for file in stored} <= {InboundState.POSTED}


def play(*, examples: int, steps: int, with_seed: int) -> tuple[int, int]:
    """Run the machine; gives how many steps were made, and how many files arrived."""
    DeliveryModel.steps = DeliveryModel.arrived = 0
    run_state_machine_as_test(
        seed(with_seed)(DeliveryModel),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
    return DeliveryModel.steps, DeliveryModel.arrived


def main() -> int:
    wanted, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    made = arrived = 0
    while made < wanted:
        try:
            steps, files = play(examples=50, steps=50, with_seed=first)
        except (AssertionError, GatewayError):
            print(f"seed={first} failed after {made} steps")  # noqa: T201
            raise
        made, arrived, first = made + steps, arrived + files, first + 1
        print(f"steps={made} files arrived={arrived} lost=0 duplicated=0; next seed {first}", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
