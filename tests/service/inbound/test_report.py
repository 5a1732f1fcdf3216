"""Reports for people: kept by their names, and an answer is never taken for one."""

from dataclasses import replace

import pytest

from gateway.event import EventSeverity
from gateway.ledger import events, inbound
from gateway.ledger.inbound import InboundState, Reason
from gateway.service.inbound.inbox import reprocess
from gateway.service.inbound.outcome import Posted
from gateway.service.inbound.post import post
from gateway.service.office import Office
from gateway.service.views.inbox import INBOX
from gateway.service.views.lists import Request, rows
from tests.service import clinic
from tests.service.clinic import answer_999, arrived

TEXT = b"FILE SUMMARY\r\nISA CONTROL NUMBER 000000001\r\nCLAIMS RECEIVED 12\r\n"


def with_reports(office: Office, *patterns: str) -> Office:
    north = replace(clinic.partner("north"), reports=patterns)
    return replace(office, settings=clinic.settings(north, clinic.partner("south"), home=office.settings.home))


def came(office: Office, raw: bytes, name: str, *, from_partner: str = "north") -> Posted:
    arrived(office, raw, name=name, from_partner=from_partner)
    (done,) = post(office)
    return done


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("elm_report_20261116.txt", "*_report_*.txt"),
        ("ELM_REPORT_20261116.TXT", "*_report_*.txt"),
        ("day16.rpt", "day??.RPT"),
        ("by-hand/day16.rpt", "day??.rpt"),
    ],
)
def test_a_report_is_kept_and_nobody_is_woken(office: Office, name: str, pattern: str) -> None:
    office = with_reports(office, "other.txt", pattern)
    done = came(office, TEXT, name)
    assert (done.state, done.needs_a_person) == (InboundState.REPORT, False)
    with office.ledger.reading() as tx:
        assert inbound.bytes_of(tx, office.practice.key, done.id) == TEXT
        said = [one.event for one in events.read(tx, office.practice.key, about=name)]
    assert {one.severity for one in said} == {EventSeverity.ROUTINE}
    assert said[-1].after == "report"
    assert [one.id for one in rows(office, INBOX, Request(filter="state:report")).rows] == [done.id]
    assert post(office) == ()


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("report_1.txt", answer_999(77)),
        ("report_1.txt", b"From: us\r\n\r\n" + answer_999(77)),
        ("report_1.txt", answer_999(77)[:80]),
        ("report_1.doc", TEXT),
        ("areport_1.txt", TEXT),
    ],
    ids=["an answer", "an answer in a letter", "a cut answer", "another ending", "another beginning"],
)
def test_what_is_an_answer_or_has_another_name_is_no_report(office: Office, name: str, raw: bytes) -> None:
    done = came(with_reports(office, "report_*.txt"), raw, name)
    whole = raw == answer_999(77)
    assert done.state is (InboundState.POSTED if whole else InboundState.SET_ASIDE)
    assert done.needs_a_person


def test_another_partner_has_no_such_reports(office: Office) -> None:
    assert came(with_reports(office, "*.txt"), TEXT, "a.txt", from_partner="south").state is InboundState.SET_ASIDE


def test_one_that_was_set_aside_becomes_a_report_once_the_profile_says_so_and_is_read_again_if_it_does_no_more(
    office: Office,
) -> None:
    done = came(office, TEXT, "report_1.txt")
    assert done.state is InboundState.SET_ASIDE
    again = reprocess(with_reports(office, "report_*.txt"), done.id, reason="it is a report")
    assert again.state is InboundState.REPORT
    with office.ledger.reading() as tx:
        file = inbound.by_id(tx, office.practice.key, done.id)
    assert (file.state, file.reason, file.strikes) == (InboundState.REPORT, "", 0)
    assert reprocess(office, done.id, reason="it is none").state is InboundState.SET_ASIDE
    with office.ledger.reading() as tx:
        assert inbound.by_id(tx, office.practice.key, done.id).reason == Reason.NOT_X12
