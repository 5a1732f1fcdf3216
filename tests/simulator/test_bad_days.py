"""Each fault through the gateway's own services: no claim is lost, none arrives twice, and the promise of docs/operator.md holds."""

import os
import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.cli.face.status import worst
from gateway.delivery import Delivery, Manner
from gateway.errors import ConfigError, LineLost
from gateway.ledger.inbound import InboundState
from gateway.lifecycle import ClaimState
from gateway.service.money.reconcile import reconcile
from gateway.service.outbound.deliver import deliver
from gateway.service.outbound.release import Way, release
from gateway.service.outbound.resend import resend
from gateway.service.partners.calls import resume
from gateway.service.partners.host_keys import mailbox_of
from gateway.simulator.faults import Fault
from gateway.simulator.mailroom import OUTBOUND
from tests.faults.ledgers import databases_at
from tests.faults.sealed import CLAIMS, Shelf, shelf
from tests.simulator.bad_day import PARTNER, BadDay
from tests.simulator.promised import AT_ONCE, FIFTH, PROMISED, THIRD

PAID = {ClaimState.PAID: CLAIMS}
OF_UPLOADS = [
    fault for fault, one in PROMISED.items() if one.command == "deliver" and fault is not Fault.PURGES_TEMPORARY
]
OF_ANSWERS = [fault for fault, one in PROMISED.items() if one.command == "collect"]
LATER = timedelta(minutes=11)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelf(databases_at(f"sqlite:///{tmp_path_factory.mktemp('sealed') / 'ledger.db'}"))


@pytest.fixture
def day(prepared: Shelf, tmp_path: Path) -> Iterator[BadDay]:
    (tmp_path / "home").mkdir()
    with prepared.taken() as office:
        yield BadDay(tmp_path, office)


def ends_well(day: BadDay) -> None:
    """The fault is over: what a person has to decide is decided, and every claim is paid once."""
    with day.is_well() as simulator:
        resume(day.office, PARTNER, reason="they have mended it")
        if day.file.state is Delivery.HELD:
            release(day.office, day.file.name, Way.AGAIN, reason="they have mended it", partner=PARTNER)
        day.deliver_until_nothing_waits()
        simulator.process_now()
        assert day.collect().problem is None
        day.post()
        assert simulator.trouble == ""
    assert day.file.state is Delivery.SENT
    assert day.claims == PAID
    day.must_be_once()


@pytest.mark.parametrize("fault", OF_UPLOADS)
def test_an_upload_that_goes_wrong_ends_as_promised_and_then_well(day: BadDay, fault: Fault) -> None:
    promise = PROMISED[fault]
    with day.goes_wrong(promise.asked(fault)):
        made = day.deliver()
    assert worst([made.problem], attention=day.file.state is Delivery.HELD) is promise.status
    assert day.file.state is promise.state
    assert bool(day.woken) is (promise.wakes == AT_ONCE)
    assert bool(day.told) is (fault is not Fault.OVERWRITES)
    assert all(line.startswith(f"fault {fault}: ") for line in day.told)
    ends_well(day)


@pytest.mark.parametrize("fault", OF_UPLOADS)
def test_an_upload_that_goes_wrong_all_day_and_is_checked_in_between_loses_and_doubles_nothing(
    day: BadDay, fault: Fault
) -> None:
    argument = PROMISED[fault].played.partition(",")[0]
    with day.goes_wrong(f"{fault}{argument},1000"):
        day.deliver_often(2)
        day.check()
        day.deliver_often(5)
        assert len(day.arrivals) <= 1
        assert not any(patient in line.upper() for line in day.told for patient in ("QUILL", "MARA", "MV1"))
        assert reconcile(day.office).holds
    with day.is_well():
        assert day.check().manner is Manner.RENAME
    ends_well(day)


@pytest.mark.parametrize("fault", OF_ANSWERS)
def test_an_answer_that_goes_wrong_ends_as_promised_and_then_well(day: BadDay, fault: Fault) -> None:
    promise = PROMISED[fault]
    with day.goes_wrong(promise.asked(fault)) as simulator:
        assert day.deliver().problem is None
        simulator.process_now()
        made = day.collect()
        assert worst([made.problem], attention=bool(made.left)) is promise.status
        assert day.file.state is promise.state
        assert bool(day.woken) is (promise.wakes == AT_ONCE)
        assert day.told
        day.post()
    ends_well(day)


@pytest.mark.parametrize("fault", [fault for fault in OF_UPLOADS if PROMISED[fault].wakes == THIRD])
def test_somebody_is_woken_the_third_time(day: BadDay, fault: Fault) -> None:
    argument = PROMISED[fault].played.partition(",")[0]
    with day.goes_wrong(f"{fault}{argument},3"):
        day.deliver_often(2)
        assert day.woken == []
        day.deliver_often(1)
        assert day.woken == ["partner.not_reached"]
    ends_well(day)


def test_somebody_is_woken_the_third_time_that_a_download_is_cut(day: BadDay) -> None:
    assert PROMISED[Fault.CUT_DOWNLOAD].wakes == THIRD
    with day.goes_wrong("cut-download:100,3") as simulator:
        day.deliver()
        simulator.process_now()
        woken = []
        for _ in range(3):
            day.collect()
            woken.append(len(day.woken))
    assert woken == [0, 0, 1]
    ends_well(day)


@pytest.mark.parametrize("fault", FIFTH)
def test_what_is_refused_again_and_again_is_held_the_fifth_time(day: BadDay, fault: Fault) -> None:
    with day.goes_wrong(str(fault)):
        day.deliver_often(4)
        assert (day.file.state, day.woken) == (PROMISED[fault].state, ["file.refused"])
        day.deliver_often(1)
        assert (day.file.state, day.woken) == (Delivery.HELD, ["file.refused", "file.held"])
    ends_well(day)


def test_cuts_strike_once_and_each_call_goes_on_from_there(day: BadDay) -> None:
    with day.goes_wrong("cut-upload:300", "cut-before-rename", "cut-after-rename"):
        made = day.deliver_until_nothing_waits()
    assert [isinstance(one.problem, LineLost) for one in made] == [True, True, True, False]
    assert [line.split(":")[0] for line in day.told] == [
        "fault cut-upload",
        "fault cut-before-rename",
        "fault cut-after-rename",
    ]
    ends_well(day)


def test_a_file_that_is_taken_during_the_cut_is_presumed_until_its_answer(day: BadDay) -> None:
    with day.goes_wrong("cut-after-rename", "greedy") as simulator:
        day.deliver_until_nothing_waits()
        assert (day.file.state, len(day.arrivals)) == (Delivery.PRESUMED, 1)
        simulator.process_now()
        day.answers()
    assert (day.file.state, day.claims) == (Delivery.SENT, PAID)
    day.must_be_once()


def test_what_was_purged_before_its_rename_is_presumed_overdue_and_sent_again_by_two_people(day: BadDay) -> None:
    promise = PROMISED[Fault.PURGES_TEMPORARY]
    day.profile = {"acknowledged_minutes": 0}
    with day.goes_wrong("cut-before-rename", "purges-temporary"):
        made = day.deliver_until_nothing_waits()
    assert (worst([made[-1].problem], attention=False), day.file.state) == (promise.status, promise.state)
    assert (day.arrivals, day.woken) == ([], [])
    assert (deliver(day.office, mailbox_of), day.woken) == ((), ["file.overdue"])
    assert [day.file.name in one for one in reconcile(day.office).overdue] == [True]
    day.profile = {}
    with day.is_well():
        resend(day.office, day.file.name, reason="they never got it", approved_by="Bo Lund", partner=PARTNER)
    ends_well(day)


def test_where_the_profile_says_that_it_purges_the_file_is_held(day: BadDay) -> None:
    day.profile = {"purges_temporary": True}
    with day.goes_wrong("cut-before-rename", "purges-temporary"):
        day.deliver_until_nothing_waits()
    assert (day.file.state, day.woken) == (Delivery.HELD, ["file.held"])


def test_what_was_taken_under_its_temporary_name_is_held_once_and_its_answer_ends_the_doubt(day: BadDay) -> None:
    with day.goes_wrong("takes-temporary") as simulator:
        day.deliver()
        assert (day.file.state, len(day.arrivals)) == (Delivery.HELD, 1)
        simulator.process_now()
        day.answers()
    assert (day.file.state, day.claims) == (Delivery.SENT, PAID)
    day.must_be_once()


def test_a_drop_box_that_was_checked_is_written_directly_once(day: BadDay) -> None:
    with day.goes_wrong("drop-box") as simulator:
        for _ in range(2):
            assert (day.check().manner, day.check().problem) == (Manner.DIRECT, None)
        assert day.deliver().problem is None
        assert day.file.state is Delivery.PRESUMED
        simulator.process_now()
        day.answers()
    assert (day.file.state, day.claims) == (Delivery.SENT, PAID)
    day.must_be_once()


def test_a_partner_that_was_seen_to_keep_half_is_sent_nothing(day: BadDay) -> None:
    with day.goes_wrong("short-write"):
        assert isinstance(day.check().problem, ConfigError)
        assert isinstance(day.deliver().problem, ConfigError)
        assert (day.file.state, day.arrivals) == (Delivery.SEALED, [])
    with day.is_well():
        day.check()
    ends_well(day)


def test_a_file_of_that_name_is_never_replaced_by_a_server_that_would(day: BadDay) -> None:
    with day.goes_wrong("overwrites") as simulator:
        theirs = simulator.state / PARTNER / "inbound" / day.file.name
        theirs.write_bytes(b"theirs")
        day.deliver()
        assert (day.file.state, theirs.read_bytes()) == (Delivery.HELD, b"theirs")
        assert day.check().manner is Manner.DIRECT
        (told,) = day.told
        assert re.fullmatch(rf"fault overwrites: {PARTNER} inbound/gateway-check-[0-9T]+-b\.part", told)


def test_an_answer_that_grows_is_taken_once_it_is_whole(day: BadDay) -> None:
    with day.goes_wrong("half-answers:60") as simulator:
        day.deliver()
        simulator.process_now()
        assert len(day.collect().later) == 4
        for answer in (simulator.state / PARTNER / OUTBOUND).iterdir():
            _make_older(answer, seconds=61)
        day.answers()
    assert day.claims == PAID


def test_an_answer_that_stays_half_is_set_aside_and_comes_whole_when_they_send_it_again(day: BadDay) -> None:
    with day.goes_wrong("half-answers,1") as simulator:
        day.deliver()
        simulator.process_now()
        day.collect()
        day.late = LATER
        assert len(day.collect().files) == 1
        assert [one.state for one in day.post()].count(InboundState.SET_ASIDE) == 1
        assert day.woken == ["inbound.set_aside"]
    with day.is_well():
        day.answers()
    assert day.claims == PAID


def test_a_page_in_place_of_an_answer_is_set_aside_and_the_answer_comes_later(day: BadDay) -> None:
    with day.goes_wrong("spoils-answers") as simulator:
        day.deliver()
        simulator.process_now()
        day.late = LATER
        made = day.collect()
        assert (len(made.files), made.known) == (1, 3), "the same page four times"
        assert [one.state for one in day.post()] == [InboundState.SET_ASIDE]
        assert (day.woken, day.claims) == (["inbound.set_aside"], {ClaimState.SENT: CLAIMS})
    with day.is_well():
        day.answers()
    assert day.claims == PAID


def test_an_answer_that_comes_twice_is_known_by_its_bytes(day: BadDay) -> None:
    with day.goes_wrong("answers-twice") as simulator:
        day.deliver()
        simulator.process_now()
        made = day.collect()
        assert (len(made.files), made.known) == (4, 4)
        assert not any(one.needs_a_person for one in day.post())
        assert (day.claims, reconcile(day.office).holds) == (PAID, True)


def test_names_that_come_again_with_other_bytes_are_other_answers(day: BadDay) -> None:
    with day.goes_wrong("recycles-names") as simulator:
        day.deliver()
        simulator.process_now()
        for answer in (simulator.state / PARTNER / OUTBOUND).iterdir():
            _make_older(answer, seconds=2)  # SFTP tells times to the second, and a day here is shorter than that
        first = day.collect().files
        day.post()
        day.seal_another()
        day.deliver()
        simulator.process_now()
        second = day.collect().files
        assert first == second == ("answer-1.277", "answer-1.835", "answer-1.999", "answer-1.ta1")
        assert not any(one.needs_a_person for one in day.post())
    assert day.claims == {ClaimState.PAID: CLAIMS + 1}
    assert reconcile(day.office).holds


def test_an_answer_that_is_withheld_comes_when_nothing_goes_wrong_any_more(day: BadDay) -> None:
    with day.goes_wrong("withholds:835") as simulator:
        day.deliver()
        simulator.process_now()
        day.answers()
        assert day.claims == {ClaimState.ACCEPTED: CLAIMS}
    with day.is_well():
        day.answers()
    assert day.claims == PAID


def test_a_cut_download_stores_nothing_and_an_archive_that_refuses_fetches_nothing_twice(day: BadDay) -> None:
    with day.goes_wrong("cut-download:100", "no-archive") as simulator:
        day.deliver()
        simulator.process_now()
        assert (day.collect().files, len(day.collect().files)) == ((), 4)
        again = day.collect()
        assert (again.files, len(again.left)) == ((), 4)


def test_another_host_key_is_another_one_and_the_own_is_kept(day: BadDay) -> None:
    with day.goes_wrong("other-host-key") as simulator:
        pinned = simulator.fingerprint
        assert pinned in str(day.deliver().problem)
        other = simulator.state / "other_host_key"
        assert stat.S_IMODE(other.stat().st_mode) == 0o600
    with day.is_well() as simulator:
        assert simulator.fingerprint == pinned


def _make_older(path: Path, *, seconds: int) -> None:
    told = path.stat()
    os.utime(path, (told.st_atime, told.st_mtime - seconds))
