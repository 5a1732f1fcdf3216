"""A clock that jumps, and control numbers that several processes take at once. On both databases."""

import os
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from gateway.errors import GatewayError, LedgerConflict
from gateway.ledger import claims, numbers, open_ledger, outbox
from gateway.ledger.numbers import LAST, Number
from gateway.lifecycle import ClaimState
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import deliver
from gateway.service.visits.scrub import scrub_visits
from tests.contract.memory_mailbox import MemoryMailbox
from tests.service.clinic import arrived, partner, settings, ta1, taken, the_claim, visit
from tests.service.homes import at

YEAR = 24 * 365


def file_bytes(office: Office, interchange: int) -> bytes:
    with office.ledger.reading() as tx:
        file = outbox.by_interchange(tx, office.practice.key, "north", interchange)
        assert file is not None
        return outbox.bytes_of(tx, office.practice.key, file.id)


def test_f54_a_clock_that_jumps_keeps_deadlines_and_isa_dates_sane(office: Office) -> None:
    """Sealed a year ahead, delivered an hour back, answered now: each step says the moment it was done at."""
    taken(office, visit())
    scrub_visits(office)
    seal_batches(replace(office, clock=at(YEAR)))
    assert file_bytes(office, 1)[70:81] == b"271116*0900"
    box = MemoryMailbox()
    (done,) = deliver(replace(office, clock=at(-1)), lambda _: box)
    assert [file.state for file in done.files] == ["sent"]
    with office.ledger.reading() as tx:
        file = outbox.by_interchange(tx, office.practice.key, "north", 1)
    assert file is not None
    assert file.sent_at == at(-1).now()
    assert file.answer_due_at == at(-1).now() + timedelta(minutes=partner().acknowledged_minutes)
    assert reconcile(replace(office, clock=at(22))).overdue == ()
    assert len(reconcile(replace(office, clock=at(YEAR))).overdue) == 1
    assert reconcile(replace(office, clock=at(0))).overdue == ()
    # The TA1 names the date of the file as it was written.
    arrived(office, ta1(1).replace(b"261116*1200*A", b"271116*0900*A"))
    post(replace(office, clock=at(-2)))
    assert the_claim(office).state is ClaimState.SENT
    assert reconcile(replace(office, clock=at(YEAR))).overdue == ()
    assert reconcile(office).holds


def test_f55_several_processes_seal_over_the_end_of_the_cycle_and_no_number_is_missing_or_twice(office: Office) -> None:
    count, workers = 8, 3
    office = replace(office, settings=settings(partner("north", claims_max=1), partner("south")))
    taken(office, *(visit(f"V-{number}") for number in range(count)))
    scrub_visits(office)
    with office.ledger.writing() as tx:
        numbers.jump(tx, office.practice.key, "north", partner("north").envelope.parties, Number(1, LAST - 3))
    url = office.ledger.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    office.ledger.close()  # a forked process must not inherit a connection

    def seal_all() -> None:
        ledger = open_ledger(url)
        mine = replace(office, ledger=ledger)
        while waiting(mine):
            try:
                seal_batches(mine)
            except LedgerConflict:
                continue  # another process was first: look again
        ledger.close()

    assert forked([seal_all] * workers) == [0] * workers
    with office.ledger.reading() as tx:
        files = outbox.files(tx, office.practice.key)
    taken_numbers = sorted(Number(file.cycle, file.interchange) for file in files)
    assert taken_numbers == [Number(1, LAST - 3).plus(step) for step in range(1, count + 1)]
    assert len({file.name for file in files}) == count
    assert reconcile(office).holds
    assert reconcile(office).duplicated == 0


def waiting(office: Office) -> bool:
    with office.ledger.reading() as tx:
        return bool(claims.current(tx, office.practice.key, states=(ClaimState.READY,)))


def forked(works: list[Callable[[], None]]) -> list[int]:
    """Run each in a process of its own; gives their exit statuses."""
    processes = []
    for work in works:
        process = os.fork()
        if process == 0:
            status = 1
            try:
                work()
                status = 0
            except (GatewayError, AssertionError):
                traceback.print_exc()
            finally:
                os._exit(status)
        processes.append(process)
    return [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]
