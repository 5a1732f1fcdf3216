"""An overpayment is looked into before it is returned: its day stands still meanwhile (42 CFR 401.305)."""

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UsageError
from gateway.payer import Program
from gateway.remit.overpayment import report_by, resumed, suspended
from gateway.service.desk.decide import close_item, investigate
from gateway.service.office import Office
from tests.service import clinic
from tests.service.clinic import answer_835, paid_in_full, the_claim
from tests.service.desk.played import kinds_said, posted, the_item


def of_program(office: Office, program: Program) -> Office:
    known = MappingProxyType({**office.settings.payers, "PAYER1": clinic.payer("PAYER1", program=program)})
    return replace(office, actor="Ana Reyes", settings=replace(office.settings, payers=known))


def paid_too_much(office: Office) -> None:
    posted(office, answer_835("140.5", paid_in_full(the_claim(office))))
    posted(office, answer_835("140.5", paid_in_full(the_claim(office)), trace="T2"))


def later(office: Office, days: int) -> Office:
    today = office.clock.today() + timedelta(days=days)
    return replace(office, clock=replace(office.clock, pinned=today))


def test_its_day_stands_still_and_goes_on_once_the_investigation_is_over(sent: Office) -> None:
    office = of_program(sent, Program.MEDICARE)
    paid_too_much(office)
    item = the_item(office)
    today = office.clock.today()
    assert item.due_on == today + timedelta(days=60)
    # Twenty of the sixty days are gone when it begins.
    begun = investigate(later(office, 20), item.id, reason="asked which visit")
    assert (begun.investigated_on, begun.due_on) == (today + timedelta(days=20), today + timedelta(days=240))
    over = investigate(later(office, 50), item.id, reason="they were right", is_over=True)
    assert (over.investigated_on, over.due_on) == (None, today + timedelta(days=90))
    assert kinds_said(office, the_claim(office).pcn).count("money.investigated") == 2


def test_it_suspends_no_more_than_180_days(sent: Office) -> None:
    office = of_program(sent, Program.MEDICAID)
    paid_too_much(office)
    item = the_item(office)
    investigate(office, item.id, reason="asked")
    late = investigate(later(office, 200), item.id, reason="at last", is_over=True)
    assert late.due_on == office.clock.today() + timedelta(days=240)


def test_what_has_no_day_was_begun_or_is_ended_is_refused(sent: Office) -> None:
    paid_too_much(sent)
    office = replace(sent, actor="Ana Reyes")
    item = the_item(office)
    with pytest.raises(UsageError, match=f"item {item.id} has no day by which it is returned by law"):
        investigate(office, item.id, reason="x")
    close_item(office, item.id, reason="x")
    with pytest.raises(UsageError, match=f"item {item.id}"):
        investigate(office, item.id, reason="x")


def test_a_second_one_has_what_the_first_left_and_a_day_that_passed_is_not_revived(sent: Office) -> None:
    office = of_program(sent, Program.MEDICARE)
    paid_too_much(office)
    item, today = the_item(office), office.clock.today()
    investigate(office, item.id, reason="asked")
    investigate(later(office, 170), item.id, reason="they were right", is_over=True)
    again = investigate(later(office, 180), item.id, reason="another visit of it")
    assert again.due_on == today + timedelta(days=240)
    ended = investigate(later(office, 230), item.id, reason="x", is_over=True)
    assert (ended.due_on, ended.suspended_days) == (today + timedelta(days=240), 180)
    with pytest.raises(UsageError, match="its day has passed; nothing was changed"):
        investigate(later(office, 241), item.id, reason="x")


def test_it_begins_once_and_ends_once(sent: Office) -> None:
    office = of_program(sent, Program.MEDICARE)
    paid_too_much(office)
    item = the_item(office)
    with pytest.raises(UsageError, match=f"item {item.id} is not looked into"):
        investigate(office, item.id, reason="x", is_over=True)
    begun = investigate(office, item.id, reason="x")
    with pytest.raises(UsageError, match=f"gateway money investigate {item.id} --over"):
        investigate(office, item.id, reason="x")
    assert the_item(office) == begun


@given(found=st.dates(date(2026, 1, 1), date(2030, 1, 1)), waits=st.integers(0, 60), takes=st.integers(0, 400))
def test_only_the_days_that_it_took_are_suspended(found: date, waits: int, takes: int) -> None:
    due = report_by(Program.MEDICARE, found)
    assert due is not None
    began = found + timedelta(days=waits)
    until = suspended(due, 0)
    assert until == began + timedelta(days=180 + 60 - waits)
    over, used = resumed(until, 0, began, began + timedelta(days=takes))
    assert (over, used) == (due + timedelta(days=min(takes, 180)), min(takes, 180))
    # All investigations together suspend no more than 180 days.
    assert suspended(over, used) == until
    assert report_by(Program.COMMERCIAL, found) is None
