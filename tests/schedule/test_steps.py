"""What each job does, with a partner that is a folder: a cutoff sends once, whatever happens in the middle of it."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from gateway.errors import LedgerChanged
from gateway.ledger import Transaction, events, outbox
from gateway.partner import MailboxKind
from gateway.schedule import steps
from gateway.schedule.slots import perform
from gateway.schedule.steps import Came
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.recovery.backup import back_up
from gateway.timetable import Job, Timetable, read_times
from tests.schedule.conftest import Hands
from tests.service import clinic
from tests.service.clinic import taken, visit

CUTOFF = Timetable(job=Job.SEND, partner="north", zone="America/Chicago", times=(read_times("16:30"),))


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    where = tmp_path / "mailbox"
    for name in ("in", "out", "archive"):
        (where / name).mkdir(parents=True)
    return where


@pytest.fixture
def ready(office: Office, mailbox: Path, hands: Hands) -> Office:
    """Two visits that wait for the cutoff of 16:30, which has just come."""
    north = clinic.partner("north", mailbox={"kind": MailboxKind.FOLDER, "root": str(mailbox)})
    known = MappingProxyType({**office.settings.partners, "north": north})
    office = replace(office, settings=replace(office.settings, partners=known))
    hands.at("2026-11-16T20:00:00")
    taken(office, visit(), visit("V-2"))
    assert perform(office, CUTOFF) is None
    hands.at("2026-11-16T22:30:00")
    return office


def arrived(mailbox: Path) -> list[str]:
    return sorted(one.name for one in (mailbox / "in").iterdir())


def sealed(office: Office) -> int:
    with office.ledger.reading() as tx:
        return len(outbox.files(tx, office.practice.key, limit=100))


def test_a_cutoff_scrubs_seals_and_delivers(ready: Office, mailbox: Path) -> None:
    done = perform(ready, CUTOFF)
    assert done is not None
    assert done.said == "2 visits scrubbed, 0 held; 2 claims sealed in 1 file; 1 file taken up"
    assert len(arrived(mailbox)) == 1
    assert perform(ready, CUTOFF) is None


def test_who_dies_behind_the_seal_has_done_its_slot_and_delivering_goes_on(
    ready: Office, mailbox: Path, monkeypatch: pytest.MonkeyPatch, hands: Hands
) -> None:
    class Killed(BaseException):
        pass

    def dies(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as killing:
        killing.setattr(steps, "deliver", dies)
        with pytest.raises(Killed):
            perform(ready, CUTOFF)
    assert (sealed(ready), arrived(mailbox)) == (1, [])
    taken(ready, visit("V-3"))  # came behind the cutoff: it goes with the next one
    assert perform(ready, CUTOFF) is None
    assert steps.redeliver(ready, "north", None).said == "1 file taken up"
    assert (sealed(ready), len(arrived(mailbox))) == (1, 1)
    hands.at("2026-11-17T22:30:00")
    assert perform(ready, CUTOFF) is not None
    assert (sealed(ready), len(arrived(mailbox))) == (2, 2)


def test_a_slot_that_is_another_processs_by_now_seals_nothing(ready: Office) -> None:
    def lost(_tx: Transaction) -> None:
        raise LedgerChanged("another gateway process does this slot")

    with pytest.raises(LedgerChanged):
        steps.send(ready, "north", lost)
    assert sealed(ready) == 0
    assert steps.send(ready, "north", None).said.endswith("2 claims sealed in 1 file; 1 file taken up")


def test_a_cutoff_without_claims_is_done_too(ready: Office, hands: Hands) -> None:
    perform(ready, CUTOFF)
    hands.at("2026-11-17T22:30:00")
    done = perform(ready, CUTOFF)
    assert done is not None
    assert done.said == "0 visits scrubbed, 0 held; 0 claims sealed in 0 files; nothing to deliver"
    assert perform(ready, CUTOFF) is None


def test_a_partner_that_is_not_there_delays_the_file_and_not_the_slot(ready: Office, mailbox: Path) -> None:
    (mailbox / "in").rename(mailbox / "gone")
    done = perform(ready, CUTOFF)
    assert done is not None
    assert (done.failed, "2 claims sealed in 1 file" in done.said) == ("", True)
    assert perform(ready, CUTOFF) is None
    assert sealed(ready) == 1


def test_answers_are_fetched_and_posted(ready: Office, mailbox: Path) -> None:
    perform(ready, CUTOFF)
    answer = mailbox / "out" / "answer.ta1"
    answer.write_bytes(b"no X12 at all")
    os.utime(answer, (ready.clock.now().timestamp() - 3600,) * 2)
    assert steps.fetch(ready, "north", None) == Came("1 file fetched; 1 file read, 1 to be looked at", looks=True)
    assert steps.post_all(ready, "", None) == Came("0 files read", is_something=False)


def test_the_laws_are_looked_at_and_a_broken_one_wakes_somebody(ready: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert steps.look_over(ready, "", None) == Came("every law holds")
    whole = reconcile(ready)
    broken = replace(whole, laws=tuple(replace(one, broken=("x",)) for one in whole.laws))
    assert not broken.holds
    monkeypatch.setattr(steps, "reconcile", lambda _: broken)
    assert steps.look_over(ready, "", None).looks
    with ready.ledger.reading() as tx:
        (told,) = events.read(tx, ready.practice.key, kind="laws.broken")
    assert told.event.severity.value == "wake"


def test_every_job_has_its_step() -> None:
    assert set(steps.STEPS) == set(Job)


def test_a_backup_that_could_not_be_tried_out_is_told(
    ready: Office, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not steps.keep_copy(ready, "", None).looks
    real = back_up

    def unsure(*given: Any, **named: Any) -> Any:
        made = real(*given, **named)
        return replace(made, manifest=replace(made.manifest, verified=False, said="not verified: no right to"))

    monkeypatch.setattr(steps, "back_up", unsure)
    hands.now += timedelta(hours=1)
    assert steps.keep_copy(ready, "", None).looks
    with ready.ledger.reading() as tx:
        (told,) = events.read(tx, ready.practice.key, kind="backup.not_tried_out")
    assert "not verified: no right to" in told.event.said
