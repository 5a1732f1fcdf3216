"""A file of several transaction sets: each is posted whole or not at all, once, wherever posting is broken off."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, event, func, select

from gateway.edi.write.envelope import OutboundSet
from gateway.errors import LedgerConflict
from gateway.ledger import Transaction, denials, events, inbound, open_ledger
from gateway.ledger import remittances as money
from gateway.ledger.inbound import InboundFile, InboundState, Reason
from gateway.ledger.remittances import RemittanceState
from gateway.ledger.tables import inbound_sets
from gateway.lifecycle import ClaimState
from gateway.remittance import Remittance
from gateway.service.inbound.inbox import reprocess
from gateway.service.inbound.post import post, post_one
from gateway.service.inbound.sandbox import TRIAL
from gateway.service.money.post_remittance import Prepared, Remitting
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.views.inbox import inbound_shown
from gateway.service.visits.scrub import scrub_visits
from tests.servers.databases import copied
from tests.service import clinic
from tests.service.clinic import (
    answer_277ca,
    answer_835,
    answer_999,
    arrived,
    denied,
    file_835,
    paid_in_full,
    set_835,
    ta1,
    taken,
    the_claim,
    visit,
)
from tests.together import run_together

ROOT = Path(__file__).parents[3]
VISITS = ("V-1", "V-2", "V-3")


class Killed(BaseException):
    """The process ends here: nothing of ours may catch it."""


@pytest.fixture
def sent(office: Office) -> Office:
    taken(office, *(visit(key) for key in VISITS))
    scrub_visits(office)
    clinic.delivered(office)
    return office


def three_sets(office: Office) -> tuple[OutboundSet, ...]:
    """One paid, one denied in part, one paid with something taken from the practice and a stranger's claim."""
    first, second, third = (the_claim(office, key) for key in VISITS)
    stranger = tuple(text.replace(third.pcn, "STRANGER") for text in paid_in_full(third))
    return (
        set_835("140.5", paid_in_full(first), trace="T1", st="0001"),
        set_835("100", denied(second), trace="T2", st="0002"),
        set_835("271", paid_in_full(third), stranger, trace="T3", st="0003", plb="PLB*1234567893*20261231*WO:OLD1*10"),
    )


def file_of(office: Office, number: int) -> InboundFile:
    with office.ledger.reading() as tx:
        return inbound.by_id(tx, office.practice.key, number)


def assert_posted_once(office: Office, number: int, *, readings: int = 1) -> None:
    """Each set of `three_sets` stands once, to the cent, and every law holds."""
    file, outcome = file_of(office, number), reconcile(office)
    assert (file.state, file.sets, file.sets_done) == (InboundState.POSTED, 3, 3)
    assert {name: str(amount) for name, amount in outcome.buckets.items() if amount} == {
        "paid": "381.00",
        "contractual": "60.00",
        "patient": "40.00",
        "denied": "60.50",
    }
    assert (str(outcome.parked), outcome.holds, outcome.remittances_set_aside) == ("140.50", True, 0)
    assert {name: str(amount) for name, amount in outcome.accounts.items()} == {"recovered": "-10.00"}
    with office.ledger.reading() as tx:
        stored = money.of_file(tx, office.practice.key, number)
        assert sorted((one.trace, one.state) for one in stored) == [
            (f"T{n}", RemittanceState.POSTED) for n in (1, 2, 3)
        ]
        assert [len(money.payments_of(tx, office.practice.key, remittance_id=one.id)) for one in stored] == [1, 1, 1]
        assert len(denials.listed(tx, office.practice.key)) == 1
        said = [one.event.kind for one in events.read(tx, office.practice.key, limit=1000)]
    assert [said.count(kind) for kind in ("remittance.posted", "inbound.posted", "money.parked")] == [3, readings, 2]
    assert [the_claim(office, key).state for key in VISITS] == [ClaimState.PAID, ClaimState.PARTIAL, ClaimState.PAID]


# --- broken off anywhere --------------------------------------------------------------------------------------------


def was_killed(office: Office, url: str, moment: str, number: int) -> bool:
    """Post in a process of its own that is killed at the so-manieth such moment; False if it came to its end before."""
    process = os.fork()
    if process == 0:
        left = iter(range(number, 0, -1))

        def count(*_: object) -> None:
            if next(left, 0) == 1:
                os.kill(os.getpid(), signal.SIGKILL)

        ledger = open_ledger(url)
        event.listen(ledger.engine, moment, count)
        try:
            post(replace(office, ledger=ledger))
        finally:
            os._exit(0)
    _, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize(
    ("moment", "small"), [("after_cursor_execute", 1 << 20), ("commit", 0)], ids=["statement", "commit, a large file"]
)
def test_a_post_that_is_killed_anywhere_goes_on_with_the_next_set_and_posts_none_twice(
    sent: Office, database_url: str, monkeypatch: pytest.MonkeyPatch, moment: str, small: int
) -> None:
    """A large file is done with in a transaction of its own, when all of its sets stand."""
    monkeypatch.setattr("gateway.service.inbound.post_sets.SMALL_BYTES", small)
    number = arrived(sent, file_835(*three_sets(sent)))
    sent.ledger.close()
    stood, turn, killed = set(), 0, True
    while killed:
        turn += 1
        url = copied(database_url, turn)
        killed = was_killed(sent, url, moment, turn)
        office = replace(sent, ledger=open_ledger(url))
        stood.add(file_of(office, number).sets_done)
        post(office)
        assert_posted_once(office, number)
        office.ledger.close()
    assert stood == {0, 1, 2, 3}
    assert turn > (50 if moment == "after_cursor_execute" else 3)


@pytest.mark.parametrize("commits", [2, 3])
def test_a_process_that_is_killed_between_two_sets_leaves_whole_sets(
    sent: Office, database_url: str, commits: int
) -> None:
    """The first commit says that the file is being read."""
    number = arrived(sent, file_835(*three_sets(sent)))
    sent.ledger.close()
    command = [sys.executable, "-m", "tests.service.inbound.killed_post", database_url]
    killed = subprocess.run([*command, str(commits)], cwd=ROOT, check=False)
    assert killed.returncode == -9
    file = file_of(sent, number)
    assert (file.state, file.sets, 0 < file.sets_done + 1 < 3) == (
        InboundState.STORED,
        3 if file.sets_done else 0,
        True,
    )
    works = [subprocess.Popen([*command, "0"], cwd=ROOT) for _ in range(2)]
    assert [work.wait() for work in works] == [0, 0]
    assert_posted_once(sent, number)


def test_a_file_some_sets_of_which_are_posted_is_listed_as_such_and_says_what_to_type(sent: Office) -> None:
    number = arrived(sent, file_835(*three_sets(sent)))
    told: list[str] = []

    def end_at_the_second(set_: str) -> None:
        told.append(set_)
        if len(told) == 2:
            raise Killed

    with pytest.raises(Killed):
        post(sent, tell_set=end_at_the_second)
    assert told == ["answer, set 1 of 3", "answer, set 2 of 3"]
    file = file_of(sent, number)
    assert file.progress == "1 of 3 sets posted; goes on with the next `gateway post`"
    assert inbound_shown(sent, number).next_command == "gateway post"
    assert reconcile(sent).holds
    (done,) = post(sent)
    assert (done.kinds, file_of(sent, number).progress) == ({"835": 2}, "")
    with sent.ledger.reading() as tx:
        (said,) = events.read(tx, sent.practice.key, kind="inbound.posted")
        sets = events.read(tx, sent.practice.key, kind="remittance.posted")
    assert said.event.said == "answer: 2 835; 1 of its 3 sets stood before"
    assert [one.event.said.rpartition("; ")[2] for one in sets] == [f"{n} of the 3 sets of its file" for n in (1, 2, 3)]
    assert_posted_once(sent, number)


def test_acknowledgments_beside_a_remittance_are_sets_too(sent: Office) -> None:
    claim = the_claim(sent)
    raw = ta1(1) + answer_999(1) + answer_277ca("1000000001", (claim.pcn, "A2:20:PR", "ICN9"))
    number = arrived(sent, raw + answer_835("140.5", paid_in_full(claim)))
    states = []

    def note(_: str) -> None:
        states.append(the_claim(sent).state)

    (done,) = post(sent, tell_set=note)
    assert states == [ClaimState.SENT, ClaimState.SENT, ClaimState.RECEIVED, ClaimState.ACCEPTED]
    assert (done.kinds, the_claim(sent).state) == ({"TA1": 1, "999": 1, "277CA": 1, "835": 1}, ClaimState.PAID)
    assert (file_of(sent, number).sets, reconcile(sent).holds) == (4, True)


# --- judged whole before the first set ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda raw: raw[:-30], Reason.NOT_X12),
        (lambda raw: raw.replace(b"SE*2", b"SE*9"), Reason.NOT_X12),
        (lambda raw: raw + answer_999(1).replace(b"*T*:~", b"*P*:~"), Reason.USAGE),
        (
            lambda raw: raw + answer_835("0", trace="T8", control=77) + answer_835("0", trace="T9", control=77),
            Reason.NUMBER_REUSED,
        ),
    ],
    ids=["cut", "count", "usage", "number"],
)
def test_what_sets_a_whole_file_aside_is_seen_before_its_first_set(
    sent: Office, spoil: Callable[[bytes], bytes], reason: Reason
) -> None:
    number = arrived(sent, spoil(file_835(*three_sets(sent))))
    (done,) = post(sent)
    file = file_of(sent, number)
    assert (done.state, file.reason, file.sets) == (InboundState.SET_ASIDE, reason, 0)
    assert reconcile(sent).buckets["not yet answered"] == reconcile(sent).charged
    assert post(sent) == ()


# --- a set that cannot be posted ------------------------------------------------------------------------------------


def fails_on(monkeypatch: pytest.MonkeyPatch, *traces: str) -> None:
    prepare = Remitting.prepare

    def failing(self: Remitting, remittance: Remittance) -> Prepared:
        if remittance.trace in traces:
            raise TypeError("QUILL")
        return prepare(self, remittance)

    monkeypatch.setattr(Remitting, "prepare", failing)


def test_a_fault_of_ours_in_one_set_leaves_the_others_standing_and_is_done_when_it_is_mended(
    sent: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = arrived(sent, file_835(*three_sets(sent)))
    with monkeypatch.context() as faulty:
        fails_on(faulty, "T2")
        (done,) = post(sent)
    assert (done.state, done.kinds, done.needs_a_person) == (InboundState.SET_ASIDE, {"835": 2}, True)
    assert done.why == (
        "we could not post ST 0002 (TypeError); 2 of its 3 sets are posted and stand; update the gateway, then reprocess"
    )
    file = file_of(sent, number)
    assert (file.reason, file.progress) == (Reason.CANNOT_POST, "2 of 3 sets posted")
    assert [the_claim(sent, key).state for key in VISITS] == [ClaimState.PAID, ClaimState.SENT, ClaimState.PAID]
    assert (reconcile(sent).holds, post(sent)) == (True, ())
    assert reprocess(sent, number, reason="updated").kinds == {"835": 1}
    assert_posted_once(sent, number)


def test_a_file_of_which_nothing_could_be_posted_leaves_its_number_free(
    sent: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as faulty:
        fails_on(faulty, "T1", "T2", "T3")
        arrived(sent, file_835(*three_sets(sent), control=5), name="bad")
        (done,) = post(sent)
    assert (done.state, "nothing of it was posted" in done.why) == (InboundState.SET_ASIDE, True)
    first, *others = three_sets(sent)
    number = arrived(sent, file_835(first, *reversed(others), control=5), name="corrected")
    (done,) = post(sent)
    assert (done.state, file_of(sent, number).sets_done) == (InboundState.POSTED, 3)


def test_a_set_that_does_not_balance_is_set_aside_and_looked_at_again_when_its_file_is(sent: Office) -> None:
    first, second, third = three_sets(sent)
    off = set_835("100.01", denied(the_claim(sent, "V-2")), trace="T2", st="0002")
    number = arrived(sent, file_835(first, off, third))
    (done,) = post(sent)
    assert (done.state, done.kinds, reconcile(sent).remittances_set_aside) == (InboundState.POSTED, {"835": 3}, 1)
    assert second.control == off.control
    again = reprocess(sent, number, reason="look again")
    assert (again.kinds, again.needs_a_person, reconcile(sent).remittances_set_aside) == ({"835": 1}, True, 1)
    with sent.ledger.reading() as tx:
        assert len(money.of_file(tx, sent.practice.key, number)) == 3
    assert reconcile(sent).holds


def test_a_file_of_an_older_gateway_has_no_sets_and_what_was_set_aside_of_it_is_still_looked_at_again(
    sent: Office,
) -> None:
    first, second, third = three_sets(sent)
    other = set_835("100", denied(the_claim(sent, "V-2")), trace="T2", st="0002", payee="1456789019")
    number = arrived(sent, file_835(first, other, third))
    post(sent)
    assert second.control == other.control
    with sent.ledger.writing() as tx:
        tx.execute(delete(inbound_sets))
    assert file_of(sent, number).progress == ""
    north = replace(clinic.partner("north"), payees=("1456789019",))
    ours = replace(sent, settings=replace(sent.settings, partners={**sent.settings.partners, "north": north}))
    again = reprocess(ours, number, reason="our other NPI")
    assert again.kinds == {"835": 1}
    assert_posted_once(sent, number, readings=2)


# --- others at work -------------------------------------------------------------------------------------------------


def test_workers_that_post_the_same_file_at_once_post_each_set_once(sent: Office) -> None:
    number = arrived(sent, file_835(*three_sets(sent)))

    def work() -> None:
        post(sent)

    run_together([work] * 3)
    assert_posted_once(sent, number)


def test_a_large_file_of_which_every_set_stands_is_done_with_by_the_next_post(
    sent: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.service.inbound.post_sets.SMALL_BYTES", 0)
    number = arrived(sent, file_835(*three_sets(sent)))

    def ends(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as killed:
        killed.setattr(inbound, "move", ends)
        with pytest.raises(Killed):
            post(sent)
    assert file_of(sent, number).progress == "3 of 3 sets posted; goes on with the next `gateway post`"
    (done,) = post(sent)
    assert (done.state, done.kinds) == (InboundState.POSTED, {})
    assert_posted_once(sent, number)


@pytest.mark.parametrize("when", [1, 2, 3])
def test_a_worker_that_finds_another_one_ahead_goes_on_behind_it(sent: Office, when: int) -> None:
    number = arrived(sent, file_835(*three_sets(sent)))
    told: list[str] = []

    def overtaken(set_: str) -> None:
        told.append(set_)
        if len(told) == when:
            assert [one.id for one in post(sent)] == [number]

    assert post(sent, tell_set=overtaken) == ()
    assert_posted_once(sent, number)


def test_what_a_claim_was_answered_meanwhile_is_seen_before_anything_is_written(
    sent: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, prepare = the_claim(sent), Remitting.prepare
    arrived(sent, answer_835("140.5", paid_in_full(claim), trace="T1"), name="first")
    late = arrived(sent, answer_835("100", denied(claim), trace="T2"), name="late", from_partner="north")

    def overtaken(self: Remitting, remittance: Remittance) -> Prepared:
        prepared = prepare(self, remittance)
        if remittance.trace == "T1":
            monkeypatch.setattr(Remitting, "prepare", prepare)
            with sent.ledger.reading() as tx:
                later = inbound.by_id(tx, sent.practice.key, late)
            (done,) = [one for one in post(replace(sent, actor="other")) if one.id == later.id]
            assert done.state is InboundState.POSTED
        return prepared

    monkeypatch.setattr(Remitting, "prepare", overtaken)
    post(sent)
    outcome = reconcile(sent)
    assert outcome.holds
    assert str(outcome.parked) in {"100.00", "140.50"}
    with sent.ledger.reading() as tx:
        assert tx.execute(select(func.count()).select_from(inbound_sets)).scalar() == 2


def test_the_same_remittance_in_two_files_at_once_is_posted_once_though_no_claim_of_ours_is_in_it(
    sent: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, strangers = Remitting.prepare, paid_in_full(replace(the_claim(sent), pcn="STRANGER"))
    first = arrived(sent, answer_835("140.5", strangers, trace="T1", control=1), name="first")
    second = arrived(sent, answer_835("140.5", strangers, trace="T1", control=2), name="second")

    def overtaken(self: Remitting, remittance: Remittance) -> Prepared:
        prepared = prepare(self, remittance)
        if self.file.id == first:
            monkeypatch.setattr(Remitting, "prepare", prepare)
            assert post_one(sent, file_of(sent, second), TRIAL).state is InboundState.POSTED
        return prepared

    monkeypatch.setattr(Remitting, "prepare", overtaken)
    post(sent)
    outcome = reconcile(sent)
    assert (str(outcome.parked), outcome.holds, outcome.remittances_set_aside) == ("140.50", True, 0)


@pytest.mark.parametrize("which", [1, 2, 3])
def test_a_set_that_never_goes_together_with_the_ledger_costs_that_set_alone(
    sent: Office, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    number, write = arrived(sent, file_835(*three_sets(sent))), Remitting.write
    tries = []

    def conflicts(self: Remitting, tx: Transaction, prepared: Prepared, said: str = "") -> bool:
        if prepared.remittance.trace == f"T{which}":
            tries.append(said)
            raise LedgerConflict("somebody else wrote the same first")
        return write(self, tx, prepared, said)

    with monkeypatch.context() as contended:
        contended.setattr(Remitting, "write", conflicts)
        (done,) = post(sent)
    assert (done.state, len(tries)) == (InboundState.SET_ASIDE, 3)
    assert f"ST 000{which}: it does not go together with what the ledger holds" in done.why
    reprocess(sent, number, reason="again")
    assert_posted_once(sent, number)
