"""Several who write to one PostgreSQL ledger at the same time: each visit, file and number is one's alone, in order."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from gateway.errors import LedgerConflict, UsageError
from gateway.ledger import claims, visits
from gateway.ledger.tables import interchange_claims, payments
from gateway.lifecycle import ClaimState, VisitState
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.visits import import_visits, waiting
from gateway.service.visits.correct import do_not_bill, fix_visit
from gateway.service.visits.import_visits import take_in
from gateway.service.visits.judging import judged
from gateway.service.visits.scrub import scrub_visits
from tests.servers.databases import ON_POSTGRESQL
from tests.service import clinic
from tests.together import run_together

LONG = 20
pytestmark = ON_POSTGRESQL


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_visits, "_PAGE", 4)
    monkeypatch.setattr(waiting, "PAGE", 4)


def visit(number: int, **changes: Any) -> dict[str, Any]:
    member = [{**clinic.visit()["coverages"][0], "member_id": f"M{number}"}]
    return clinic.visit(f"V-{number:02}", coverages=member, **changes)


def deadlocks(office: Office) -> int:
    with office.ledger.reading() as tx:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return int(tx.execute(text(query)).scalar_one())


def test_two_that_scrub_share_the_pages_between_them(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second does not wait for the first one's page: it takes the next."""
    clinic.taken(office, *(visit(number) for number in range(12)))
    begun, goes_on = threading.Event(), threading.Event()
    looked: Counter[str] = Counter()

    def first_waits(on: Office, grounds: Any, page: Any) -> Any:
        looked.update(one.key for one in page)
        if page and page[0].key == "V-00":
            begun.set()
            assert goes_on.wait(LONG)
        return judged(on, grounds, page)

    monkeypatch.setattr("gateway.service.visits.scrub.judged", first_waits)
    done: list[int] = []
    slow = threading.Thread(target=lambda: done.append(len(scrub_visits(office))))
    slow.start()
    assert begun.wait(LONG)
    for_the_first = threading.Timer(1, goes_on.set)  # the second waits at its end for what the first still has
    for_the_first.start()
    done.append(len(scrub_visits(office)))
    slow.join(LONG)
    assert sorted(done) == [4, 8]
    assert set(looked.values()) == {1}, "a visit was judged twice"
    assert reconcile(office).claims[ClaimState.READY] == 12


def test_all_kinds_of_work_at_once_neither_lock_each_other_out_nor_do_anything_twice(office: Office) -> None:
    """Imports that overlap, scrubs, seals, posts and people's decisions."""
    partner = clinic.partner("north", claims_max=3)
    office = replace(office, settings=clinic.settings(partner, clinic.partner("south"), home=office.settings.home))
    paid_for: set[str] = set()
    guard = threading.Lock()

    def patiently(work: Callable[[], object]) -> None:
        with suppress(LedgerConflict, UsageError):  # somebody else was first: nothing was changed
            work()

    def clerk(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(8):
            some = rng.sample(range(24), 9)
            changed = [visit(one, **({"treatment": "again"} if rng.random() < 0.1 else {})) for one in some]
            patiently(lambda changed=changed: take_in(office, "visits.json", clinic.visits_file(*changed)))  # type: ignore[misc]
            patiently(lambda: scrub_visits(office))
            if rng.random() < 0.3:
                one = f"V-{rng.randrange(24):02}"
                patiently(lambda one=one: do_not_bill(office, one, reason="a test"))  # type: ignore[misc]

    def sealer() -> None:
        for _ in range(8):
            seal_batches(office)
            with guard:
                clinic.delivered(office)
                with office.ledger.reading() as tx:
                    sent = claims.current(tx, office.practice.key, states=(ClaimState.SENT,), limit=100)
                new = [one for one in sent if one.pcn not in paid_for]
                paid_for.update(one.pcn for one in new)
                for one in new:
                    paid = clinic.answer_835(
                        "140.5", clinic.paid_in_full(one), trace=one.pcn, control=1000 + len(paid_for) + one.id
                    )
                    clinic.arrived(office, paid, name=one.pcn)
            post(office)

    run_together([lambda: clerk(1), lambda: clerk(2), sealer, sealer])
    for work in (scrub_visits, seal_batches, clinic.delivered, post):
        work(office)
    assert deadlocks(office) == 0
    assert reconcile(office).holds
    with office.ledger.reading() as tx:
        carried = Counter(tx.execute(interchange_claims.select()).mappings().all())
        numbers = [one["claim_version_id"] for one in carried]
        answered = Counter(one["claim_version_id"] for one in tx.execute(payments.select()).mappings())
        states = visits.count_by_state(tx, office.practice.key)
    assert len(set(numbers)) == len(numbers) > 0
    assert set(answered.values()) == {1}
    assert VisitState.NEW not in states


def test_a_correction_waits_for_the_page_that_is_being_written_and_sees_it(office: Office) -> None:
    clinic.taken(office, visit(1))
    scrub_visits(office)
    holds, goes_on = threading.Event(), threading.Event()

    def writes() -> None:
        with office.ledger.writing(beside=True) as tx:
            known = visits.find(tx, office.practice.key, "V-01")
            assert known is not None
            visits.lock(tx, office.practice.key, [known.visit_id])
            holds.set()
            assert goes_on.wait(LONG)

    def corrects() -> None:
        assert holds.wait(LONG)
        threading.Timer(0.3, goes_on.set).start()
        fixed = fix_visit(office, "V-01", (("coverages.1.member_id", "NEW1"),), reason="a typing error")
        assert fixed.scrubbed is not None

    run_together([writes, corrects])
    assert reconcile(office).claims[ClaimState.READY] == 1
