"""Long work steps aside for who works alone, and goes on only with the ledger that it knew."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.delivery import Delivery
from gateway.errors import LedgerBusy, LedgerChanged
from gateway.ledger import events, instance, lock, migrate, open_ledger, outbox, visits
from gateway.ledger.lock import alone
from gateway.ledger.upgrading import bring_up
from gateway.lifecycle import VisitState
from gateway.partner import TradingPartner
from gateway.service.identity.instance import opened, read_marker, remember, write_marker
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import deliver
from gateway.service.partners.renamed import rename
from gateway.service.recovery.recover import hold, recover, release
from gateway.service.visits import import_visits, waiting
from gateway.service.visits.import_visits import take_in
from gateway.service.visits.scrub import scrub_visits
from gateway.settings import Settings
from tests.contract.memory_mailbox import MemoryMailbox
from tests.e2e.command import ROOT, environment
from tests.ledger.test_upgrading import LONG
from tests.ledger.waited_for import LONG_SECONDS, hold_on, until, wants_alone
from tests.service import clinic
from tests.service.clinic import answer_999, arrived, delivered, taken, visit, visits_file
from tests.service.homes import Partners, at, begun, office_in

KEYS = [f"V-{number}" for number in range(1, 5)]
VISITS = [visit(key) for key in KEYS]
Work = Callable[[Office], object]


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(waiting, "PAGE", 1)
    monkeypatch.setattr(import_visits, "_PAGE", 1)
    return begun(tmp_path / "home", database_url, clinic.partner("north"))


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def work_alone(settings: Settings, work: Work) -> None:
    """As a command of another process does it."""
    ledger = open_ledger(settings.database_url)
    try:
        with alone(ledger), opened(ledger, settings.home, settings.practice.key) as found:
            work(Office(ledger=found.ledger, settings=settings, clock=at(), actor="Ana Reyes"))
    finally:
        ledger.close()


class Wanting:
    """Somebody who wants to work alone from a moment on, as a loop tells of it."""

    def __init__(self, threads: ThreadPoolExecutor, settings: Settings, work: Work, *, after: int = 1) -> None:
        self._threads, self._settings, self._work, self._after = threads, settings, work, after
        self.done: Future[None] | None = None

    def __call__(self, count: int = 1) -> None:
        if self.done is None and count >= self._after:
            self.done = self._threads.submit(work_alone, self._settings, self._work)
            ledger = open_ledger(self._settings.database_url)
            until(wants_alone(ledger))
            ledger.close()

    def result(self) -> None:
        assert self.done is not None
        self.done.result(LONG_SECONDS)


def nothing(_office: Office) -> None:
    pass


def hold_it(office: Office) -> None:
    hold(office, reason="the machine was set back")


def release_anew(office: Office) -> None:
    hold_it(office)
    recover(office, Partners("north").open)
    release(office, reason="it was not, after all")


def upgrade_it(office: Office) -> None:
    bring_up(office.ledger, lambda _step: None, LONG)


def scrubbed(settings: Settings) -> dict[str, VisitState]:
    with office_in(settings) as office, office.ledger.reading() as tx:
        return {one.key: one.state for one in visits.find_all(tx, office.practice.key, KEYS).values()}


def logged(office: Office, kind: str) -> int:
    with office.ledger.reading() as tx:
        return len(events.read(tx, office.practice.key, kind=kind, limit=1000))


def test_a_scrub_lets_somebody_in_between_two_pages_and_goes_on(
    settings: Settings, threads: ThreadPoolExecutor
) -> None:
    let_in: list[int] = []
    with office_in(settings) as office:
        taken(office, *VISITS)
        other = Wanting(threads, settings, lambda _: let_in.append(len(pages)))
        pages: list[int] = []

        def progress(count: int) -> None:
            pages.append(count)
            other(count)

        assert len(scrub_visits(office, progress=progress)) == len(KEYS)
        other.result()
    assert let_in == [1]
    assert set(scrubbed(settings).values()) == {VisitState.CLAIMED}


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (release_anew, "the ledger was released as epoch 2; run the same again; what was done before stays done"),
        (hold_it, "the ledger was HELD: Ana Reyes holds it: the machine was set back; next: gateway reconcile"),
        (upgrade_it, f"the ledger was upgraded from revision {migrate.NEWEST} to 9003; run the same again"),
    ],
)
def test_a_scrub_does_not_go_on_with_another_ledger_than_it_knew_and_what_it_did_stands(
    settings: Settings, threads: ThreadPoolExecutor, work: Work, said: str
) -> None:
    with office_in(settings) as office:
        taken(office, *VISITS)
    other = Wanting(threads, settings, work)
    with pytest.raises(LedgerChanged) as stopped, office_in(settings) as office:
        scrub_visits(office, progress=other)
    assert said in str(stopped.value)
    other.result()
    assert sorted(scrubbed(settings).values()) == [VisitState.CLAIMED] + [VisitState.NEW] * 3
    if work is hold_it:
        work_alone(settings, release_held)
    with office_in(settings) as office:
        assert office.ledger.engine.get_execution_options().get(instance.HELD) is None, "its marker is the newer one"
        scrub_visits(office)
        assert reconcile(office).holds
    assert set(scrubbed(settings).values()) == {VisitState.CLAIMED}


def release_held(office: Office) -> None:
    recover(office, Partners("north").open)
    release(office, reason="it was not, after all")


def test_who_was_stopped_leaves_the_marker_that_the_release_has_written(
    settings: Settings, threads: ThreadPoolExecutor
) -> None:
    with office_in(settings) as office:
        taken(office, *VISITS)
    with pytest.raises(LedgerChanged), office_in(settings) as office:
        take_in(office, "visits.json", visits_file(*VISITS), tell=Wanting(threads, settings, release_anew))
    marker = read_marker(settings.home)
    assert marker is not None
    assert marker.epoch == 2
    with office_in(settings) as office:
        assert instance.HELD not in office.ledger.engine.get_execution_options()


def test_a_home_that_works_with_a_later_epoch_is_not_set_back_by_one_who_knows_an_earlier_one(
    settings: Settings,
) -> None:
    with office_in(settings) as office:
        marker = read_marker(settings.home)
        assert marker is not None
        write_marker(settings.home, replace(marker, epoch=2))
        taken(office, *VISITS)
        remember(office)
    assert read_marker(settings.home) == replace(marker, epoch=2)


def test_who_cannot_come_back_to_work_leaves_the_marker_to_the_one_who_works_alone(
    settings: Settings, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "AT_WORK_SECONDS", 0.3)
    ends = threading.Event()
    other = Wanting(threads, settings, lambda _: hold_on(ends))
    before = read_marker(settings.home)
    try:
        with pytest.raises(LedgerBusy, match="what was done before stays done"), office_in(settings) as office:
            take_in(office, "visits.json", visits_file(*VISITS), tell=other)
        assert read_marker(settings.home) == before
    finally:
        ends.set()
    other.result()
    with office_in(settings) as office:
        taken(office, *VISITS)
    assert set(scrubbed(settings)) == set(KEYS)


def test_an_import_and_a_post_step_aside_too(settings: Settings, threads: ThreadPoolExecutor) -> None:
    importing, posting = Wanting(threads, settings, nothing), Wanting(threads, settings, nothing)
    with office_in(settings) as office:
        taking = take_in(office, "visits.json", visits_file(*VISITS), tell=importing)
        assert sum(taking.counts.values()) == len(KEYS)
        importing.result()
        scrub_visits(office)
        delivered(office)
        arrived(office, answer_999(1), name="first")
        arrived(office, answer_999(1, "R"), name="second")
        assert len(post(office, tell=posting)) == 2
        posting.result()


def wanted_at_the_second_file(office: Office, other: Wanting) -> Office:
    calls: list[int] = []

    def give_way() -> None:
        calls.append(1)
        other(len(calls))
        office.give_way()

    return replace(office, give_way=give_way)


def test_sealing_stops_between_two_files_and_takes_it_for_no_fault_of_the_partner(
    database_url: str, tmp_path: Path, threads: ThreadPoolExecutor
) -> None:
    settings = begun(tmp_path / "home", database_url, clinic.partner("north", claims_max=1))
    with office_in(settings) as office:
        taken(office, *VISITS)
        scrub_visits(office)
    other = Wanting(threads, settings, release_anew, after=2)
    with pytest.raises(LedgerChanged, match="epoch 2"), office_in(settings) as office:
        seal_batches(wanted_at_the_second_file(office, other))
    other.result()
    with office_in(settings) as office:
        assert logged(office, "partner.unfit") == 0
        with office.ledger.reading() as tx:
            assert len(outbox.files(tx, office.practice.key)) == 1


def test_a_partner_that_was_renamed_meanwhile_is_not_worked_for_under_its_old_name(
    settings: Settings, threads: ThreadPoolExecutor
) -> None:
    polar = replace(settings.partner("north"), name="polar")
    payers = {key: replace(one, partner="polar") for key, one in settings.payers.items()}
    anew = replace(settings, partners={"polar": polar}, payers=payers)

    def rename_it(_office: Office) -> None:
        rename(replace(_office, settings=anew), "north", "polar", reason="they are called so now")

    with office_in(settings) as office:
        taken(office, *VISITS[:1])
        scrub_visits(office)
        seal_batches(office)
        taken(office, *VISITS[1:])
    with pytest.raises(LedgerChanged, match="a partner got another name"), office_in(settings) as office:
        scrub_visits(office, progress=Wanting(threads, settings, rename_it))
    assert sorted(scrubbed(settings).values()) == [VisitState.CLAIMED] * 2 + [VisitState.NEW] * 2


class _Uploading(MemoryMailbox):
    """A mailbox in the middle of whose first upload somebody begins to wait."""

    def __init__(self, meanwhile: Callable[[], None], order: list[str]) -> None:
        super().__init__()
        self._meanwhile, self._order = meanwhile, order

    def create_exclusive(self, name: str, body: bytes) -> None:
        self._meanwhile()
        super().create_exclusive(name, body)

    def rename_no_clobber(self, old: str, new: str) -> None:
        super().rename_no_clobber(old, new)
        self._order.append("uploaded")


def test_a_delivery_in_the_middle_of_an_upload_is_waited_for(settings: Settings, threads: ThreadPoolExecutor) -> None:
    order: list[str] = []
    with office_in(settings) as office:
        taken(office, *VISITS)
        scrub_visits(office)
        seal_batches(office)
    other = Wanting(threads, settings, lambda _: order.append("alone"))

    def mailbox(_partner: TradingPartner) -> MemoryMailbox:
        return _Uploading(other, order)

    with office_in(settings) as office:
        (done,) = deliver(office, mailbox)
        assert done.problem is None
        order.append("delivered")
        with office.ledger.reading() as tx:
            assert [one.state for one in outbox.files(tx, office.practice.key)] == [Delivery.SENT]
    other.result()
    assert order == ["uploaded", "delivered", "alone"]


@contextmanager
def a_scrub_at_its_second_page(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.service.identity.stepping_scrub",
            str(settings.home),
            settings.database_url,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
    )
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == "one page is done\n"
        yield running
    finally:
        running.kill()
        running.communicate()


def test_an_upgrade_is_let_in_while_another_process_scrubs_and_comes_to_its_end_before_it(
    settings: Settings, threads: ThreadPoolExecutor
) -> None:
    with office_in(settings) as office:
        taken(office, *VISITS)
    with a_scrub_at_its_second_page(settings) as running:
        other = Wanting(threads, settings, upgrade_it)
        other()
        out, err = running.communicate("\n", timeout=LONG_SECONDS)
        other.result()
    assert (running.returncode, out) == (5, ""), err
    assert f"the ledger was upgraded from revision {migrate.NEWEST} to 9003; run the same again" in err
    assert sorted(scrubbed(settings).values()) == [VisitState.CLAIMED] + [VisitState.NEW] * 3


def test_a_scrub_that_is_killed_keeps_nobody_out(settings: Settings, threads: ThreadPoolExecutor) -> None:
    with office_in(settings) as office:
        taken(office, *VISITS)
    with a_scrub_at_its_second_page(settings) as running:
        other = Wanting(threads, settings, upgrade_it)
        other()
        running.kill()
        other.result()
