import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from gateway.denials.due import due_on
from gateway.denials.route import Route
from gateway.denials.table import Advice, advise, rows
from gateway.errors import ConfigError
from gateway.payer import CountedFrom, Payer, Program
from gateway.remittance import GroupCode
from gateway.settings import CONFIG_SHIPPED, load

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


SERVICE, REMITTANCE, LETTER = CountedFrom.SERVICE, CountedFrom.REMITTANCE, CountedFrom.LETTER


@pytest.mark.parametrize(
    ("counted_from", "days", "filed_by", "expected"),
    [
        # Served 10 January, decided 1 March: 90 days from either.
        (REMITTANCE, 90, None, date(2026, 5, 30)),
        (LETTER, 90, None, date(2026, 5, 30)),
        (SERVICE, 90, None, date(2026, 4, 10)),
        # From the service, within the limit of a first claim: the earlier of both.
        (SERVICE, 365, 180, date(2026, 7, 9)),
        (SERVICE, 120, 180, date(2026, 5, 10)),
        # From the remittance the limit of a first claim does not bind, though it has passed by then.
        (REMITTANCE, 180, 30, date(2026, 8, 28)),
    ],
)
def test_a_corrected_claim_is_counted_from_what_the_payer_names_and_the_earliest_limit_binds(
    counted_from: CountedFrom, days: int, filed_by: int | None, expected: date, make_payer: MakePayer
) -> None:
    payer = make_payer(corrected_from=counted_from, corrected_by_days=days, filed_by_days=filed_by)
    assert due(about("11", payer), payer) == expected


@pytest.mark.parametrize(
    ("counted_from", "expected"),
    [(SERVICE, date(2026, 4, 10)), (REMITTANCE, date(2026, 5, 30)), (LETTER, date(2026, 5, 30))],
)
def test_an_appeal_is_counted_from_what_the_payer_names(
    counted_from: CountedFrom, expected: date, make_payer: MakePayer
) -> None:
    payer = make_payer(appeal_from=counted_from, appeal_by_days=90)
    assert due(about("50", payer), payer) == expected


@pytest.mark.parametrize(
    ("counted_from", "days", "expected"),
    [(REMITTANCE, 30, date(2026, 3, 31)), (LETTER, 30, date(2026, 3, 31)), (SERVICE, 60, date(2026, 3, 11))],
)
def test_records_are_due_as_the_payer_says(
    counted_from: CountedFrom, days: int, expected: date, make_payer: MakePayer
) -> None:
    payer = make_payer(records_from=counted_from, records_by_days=days)
    assert due(about("252", payer, "M127"), payer) == expected


@pytest.mark.parametrize(
    ("days", "expected"), [(365, date(2027, 1, 10)), (730, date(2027, 1, 10)), (90, date(2026, 4, 10))]
)
def test_medicares_year_from_the_service_is_made_longer_by_no_setting(
    days: int, expected: date, make_payer: MakePayer
) -> None:
    payer = make_payer(Program.MEDICARE, filed_by_days=days)
    assert due(about("31", payer), payer) == expected


def test_medicares_year_is_a_calendar_year(make_payer: MakePayer) -> None:
    """2028 has a day more: the same day of the next year, and not 365 days."""
    payer = make_payer(Program.MEDICARE)
    advice = about("31", payer)
    assert due_on(advice, payer=payer, day_of_service=date(2027, 6, 1), decided_on=date(2027, 8, 1)) == date(2028, 6, 1)


def test_late_filing_is_not_appealed_to_medicare_whatever_else_the_remittance_says(make_payer: MakePayer) -> None:
    """Such a denial is no initial determination (42 CFR 405.926 (n))."""
    payer = make_payer(Program.MEDICARE)
    remarks = {row["rarc"] for row in rows()} - {""}
    advised = {about("29", payer, *some).route for some in ((), *((one,) for one in sorted(remarks)))}
    assert Route.APPEAL not in advised


def test_what_payers_files_say_of_their_clocks_is_read_with_where_it_is_written() -> None:
    payers = load(CONFIG_SHIPPED).payers
    medicaid, commercial, other = payers["MDCD1"], payers["HLTH1"], payers["BLUE7"]
    assert (medicaid.corrected_from, "corrected_from" in medicaid.sources) == (SERVICE, True)
    assert (commercial.records_from, commercial.records_by_days) == (LETTER, 30)
    assert (other.corrected_from, other.records_from, other.records_by_days) == (REMITTANCE, REMITTANCE, 45)


def test_a_clock_that_there_is_not_is_refused_with_its_key(tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(CONFIG_SHIPPED, home)
    path = home / "payers" / "mdcd1.toml"
    path.write_text(path.read_text().replace('corrected_from = "service"', 'corrected_from = "whenever"'))
    with pytest.raises(ConfigError, match=r"payers/mdcd1\.toml: corrected_from:"):
        load(home)
