from collections.abc import Callable
from datetime import date
from types import MappingProxyType

import pytest

from gateway.denials.due import due_on
from gateway.denials.table import Advice, advise
from gateway.payer import Payer, Program
from gateway.remittance import GroupCode

SERVED, DECIDED = date(2026, 1, 10), date(2026, 3, 1)
MakePayer = Callable[..., Payer]


def about(code: str, payer: Payer, *remarks: str) -> Advice:
    return advise(carc=code, rarcs=remarks, group=GroupCode.CONTRACTUAL, procedure="97110", payer=payer)


def due(advice: Advice, payer: Payer) -> date | None:
    return due_on(advice, payer=payer, day_of_service=SERVED, decided_on=DECIDED)


def test_an_appeal_is_due_by_the_payers_limit(make_payer: MakePayer) -> None:
    payer = make_payer()
    assert due(about("50", payer), payer) == date(2026, 8, 28)


def test_a_redetermination_is_due_in_120_days(make_payer: MakePayer) -> None:
    payer = make_payer(Program.MEDICARE)
    assert due(about("50", payer), payer) == date(2026, 6, 29)


def test_a_sourced_limit_goes_before_the_default(make_payer: MakePayer) -> None:
    payer = make_payer(Program.MEDICARE, appeal_by_days=60, sources=MappingProxyType({"appeal_by_days": "plan"}))
    assert due(about("50", payer), payer) == date(2026, 4, 30)


def test_a_corrected_claim_is_due_by_the_payers_limit(make_payer: MakePayer) -> None:
    payer = make_payer()
    assert due(about("11", payer), payer) == date(2026, 5, 30)


def test_a_reopening_is_due_in_a_year(make_payer: MakePayer) -> None:
    payer = make_payer(Program.MEDICARE)
    assert due(about("11", payer), payer) == date(2027, 3, 1)


def test_records_are_due_in_45_days(make_payer: MakePayer) -> None:
    payer = make_payer()
    assert due(about("252", payer, "M127"), payer) == date(2026, 4, 15)


@pytest.mark.parametrize(
    ("program", "days", "expected"),
    [
        (Program.COMMERCIAL, 90, date(2026, 4, 10)),
        (Program.COMMERCIAL, None, None),
        (Program.MEDICARE, None, date(2027, 1, 10)),
    ],
)
def test_a_new_claim_counts_from_the_date_of_service(
    program: Program, days: int | None, expected: date | None, make_payer: MakePayer
) -> None:
    payer = make_payer(program, filed_by_days=days)
    assert due(about("16", payer, "MA130"), payer) == expected


def test_nothing_is_due_for_a_write_off(make_payer: MakePayer) -> None:
    payer = make_payer()
    assert due(about("45", payer), payer) is None


def test_a_year_after_a_leap_day_is_the_last_of_february(make_payer: MakePayer) -> None:
    payer = make_payer(Program.MEDICARE)
    advice = about("11", payer)
    leap_day = date(2028, 2, 29)
    assert due_on(advice, payer=payer, day_of_service=leap_day, decided_on=leap_day) == date(2029, 2, 28)
