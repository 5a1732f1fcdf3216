from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes.official import editions
from gateway.codes.official.download import day
from gateway.codes.official.kinds import KINDS, joined, rows_of, with_retired, written
from gateway.codes.table import load, parse
from gateway.errors import IntakeError
from tests.codes import downloads


@pytest.mark.parametrize("text", [downloads.ORDER, downloads.CODES, "\ufeff" + downloads.ORDER.replace("\n", "\r\n")])
def test_billable_diagnoses_are_read_from_either_file(text: str) -> None:
    assert rows_of(KINDS["icd10cm"], [text]) == (("A000", "", ""), ("A001", "", ""), ("Z9989", "", ""))


@pytest.mark.parametrize("text", [downloads.CARC_COPIED, downloads.CARC_CSV, downloads.CARC_PAGE])
def test_x12s_list_is_read_copied_saved_or_as_csv(text: str) -> None:
    assert list(rows_of(KINDS["carc"], [text])) == downloads.CARC_ROWS


def test_places_keep_our_names_and_their_days() -> None:
    rows = rows_of(KINDS["place-of-service"], [downloads.PLACES_PAGE])
    assert [row[0] for row in rows] == ["02", "10", "11", "12", "67", "99"]
    assert rows[1] == ("10", "telehealth, patient at home", "yes", "2022-01-01", "")
    assert rows[4] == ("67", "place 67", "no", "2027-10-01", "")


def test_procedures_and_modifiers_are_read_with_their_days() -> None:
    assert rows_of(KINDS["hcpcs"], [downloads.HCPCS]) == (
        ("G0283", "2001-01-01", ""),
        ("G0129", "2000-01-01", "2025-12-31"),
        ("GP", "1999-01-01", ""),
    )


def test_taxonomy_codes_are_read() -> None:
    rows = rows_of(KINDS["taxonomy"], ["\ufeff" + downloads.TAXONOMY])
    assert rows == (("225100000X", "", ""), ("225X00000X", "", ""), ("235Z00000X", "", ""))


def test_pairs_that_therapy_can_meet_are_read_and_those_that_never_bound_are_not() -> None:
    first, _, rest = downloads.PAIRS.partition("98940")
    assert rows_of(KINDS["ptp"], [first, "98940" + rest]) == (
        ("97140", "97124", "0", "2000-01-01", ""),
        ("98940", "97140", "1", "1996-01-01", ""),
        ("97140", "97530", "1", "2000-01-01", "2019-12-31"),
    )


def test_limits_are_read_with_their_indicator() -> None:
    assert rows_of(KINDS["mue"], [downloads.LIMITS]) == (
        ("97110", "8", "3", "", ""),
        ("97140", "6", "3", "", ""),
        ("97161", "1", "2", "", ""),
    )


EACH = {
    "icd10cm": downloads.ORDER,
    "carc": downloads.CARC_COPIED,
    "place-of-service": downloads.PLACES_PAGE,
    "hcpcs": downloads.HCPCS,
    "taxonomy": downloads.TAXONOMY,
    "ptp": downloads.PAIRS,
    "mue": downloads.LIMITS,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", [*EACH, "nothing", "prose"])
def test_a_file_of_another_kind_is_refused_with_what_is_wanted(kind: str, other: str) -> None:
    if kind == other:
        return
    text = {"nothing": "", "prose": "Dear reader,\n45 of them came.\n"}.get(other, EACH.get(other, ""))
    with pytest.raises(IntakeError) as refused:
        rows_of(KINDS[kind], [text])
    assert f"want {KINDS[kind].wants}; nothing was imported" in str(refused.value)


@pytest.mark.parametrize("kind", EACH)
@given(at=st.integers(0, 4000), junk=st.text(max_size=5))
def test_a_damaged_file_is_read_or_refused_but_never_a_crash(kind: str, at: int, junk: str) -> None:
    text = EACH[kind]
    try:
        rows_of(KINDS[kind], [text[: at % len(text)] + junk + text[at % len(text) + len(junk) :]])
    except IntakeError as refused:
        assert "want " in str(refused)  # noqa: PT017 either end is right


@pytest.mark.parametrize("kind", EACH)
def test_what_is_written_is_a_table(kind: str) -> None:
    known = KINDS[kind]
    rows = rows_of(known, [EACH[kind]])
    day_of = date(2026, 10, 1)
    text = written(known, rows, published=day_of, retrieved=date(2026, 11, 26), starts=day_of, ends=known.ends(day_of))
    table = parse(known.table, text)
    assert (table.starts, table.ends, table.published) == (day_of, known.ends(day_of), "2026-10-01")
    assert [tuple(row.values()) for row in table.rows()] == list(rows)
    assert "nvented" not in text


def test_codes_that_a_publisher_takes_off_his_page_are_kept_where_remittances_still_carry_them() -> None:
    former = load("adjustment_reasons", "gateway.codes.external")
    rows = with_retired(KINDS["carc"], tuple(downloads.CARC_ROWS), former)
    assert rows[:4] == tuple(downloads.CARC_ROWS)
    assert ("17", "", "") in rows
    assert len(rows) == 408
    assert len({row[0] for row in rows}) == len(rows)
    edition = (("A000", "", ""),)
    assert with_retired(KINDS["icd10cm"], edition, load("icd10cm")) == edition


HEAD = "# source: x\n# published: 2026\n# retrieved: 2026-11-23\n# effective: {}\n"
FORMER = parse("icd10cm", HEAD.format("2025-10-01 to 2026-09-30") + "code\nA000\nA001\n")
EDITION = (("A000", "", ""), ("A002", "", ""))
JOINED = (("A000", "", ""), ("A002", "2026-10-01", ""), ("A001", "", "2026-09-30"))
OCTOBER_2025, OCTOBER_2026, OCTOBER_2027 = date(2025, 10, 1), date(2026, 10, 1), date(2027, 10, 1)


def test_an_edition_is_joined_to_the_one_it_follows() -> None:
    assert joined(KINDS["icd10cm"], EDITION, FORMER, OCTOBER_2026) == (JOINED, OCTOBER_2025)


def test_joining_an_edition_again_changes_nothing() -> None:
    rows = "".join(",".join(row) + "\n" for row in JOINED)
    once = parse("icd10cm", HEAD.format("2025-10-01 to 2027-09-30") + "code,from,to\n" + rows)
    again, starts = joined(KINDS["icd10cm"], EDITION, once, OCTOBER_2026)
    assert (set(again), starts) == (set(JOINED), OCTOBER_2025)


def test_a_code_that_comes_back_has_both_its_times() -> None:
    rows = "".join(",".join(row) + "\n" for row in JOINED)
    once = parse("icd10cm", HEAD.format("2025-10-01 to 2027-09-30") + "code,from,to\n" + rows)
    again, starts = joined(KINDS["icd10cm"], (("A001", "", ""), ("A002", "", "")), once, OCTOBER_2027)
    assert starts == OCTOBER_2025
    assert set(again) == {
        ("A000", "", "2027-09-30"),
        ("A001", "", "2026-09-30"),
        ("A001", "2027-10-01", ""),
        ("A002", "2026-10-01", ""),
    }


def test_an_edition_after_a_gap_or_of_the_same_time_stands_alone() -> None:
    assert joined(KINDS["icd10cm"], EDITION, FORMER, OCTOBER_2027) == (EDITION, OCTOBER_2027)
    assert joined(KINDS["icd10cm"], EDITION, FORMER, OCTOBER_2025) == (EDITION, OCTOBER_2025)
    assert joined(KINDS["mue"], EDITION, FORMER, OCTOBER_2026) == (EDITION, OCTOBER_2026)


def test_an_edition_is_told_by_its_files_name() -> None:
    assert editions.of_fiscal_year("icd10cm-order-2027.txt") == date(2026, 10, 1)
    assert editions.of_fiscal_year("icd10cm-codes-April-1-2026.txt") == date(2025, 10, 1)
    assert editions.of_quarter("HCPC2026_OCT_ANWEB_v2.txt") == date(2026, 10, 1)
    assert editions.of_quarter("MCR_MUE_PractitionerServices_Eff_01-01-2027.csv") == date(2027, 1, 1)
    assert editions.of_quarter("ccipra-v324r0-f1.txt") is None
    assert editions.of_half_year("nucc_taxonomy_261.csv") == date(2026, 10, 1)
    assert editions.of_half_year("nucc_taxonomy_270.csv") == date(2027, 4, 1)
    assert editions.of_fiscal_year("codes.txt") is None


def test_an_edition_ends_when_its_publisher_brings_the_next() -> None:
    assert editions.fiscal_year_ends(date(2026, 10, 1)) == date(2027, 9, 30)
    assert editions.fiscal_year_ends(date(2027, 4, 1)) == date(2027, 9, 30)
    assert editions.quarter_ends(date(2026, 10, 1)) == date(2026, 12, 31)
    assert editions.half_year_ends(date(2026, 10, 1)) == date(2027, 3, 31)
    assert editions.x12_publishes_again(date(2026, 11, 1)) == date(2027, 2, 28)
    assert editions.x12_publishes_again(date(2027, 3, 1)) == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("text", "read"),
    [("20240701", "2024-07-01"), ("7/1/2024", "2024-07-01"), ("2024-07-01", "2024-07-01"), ("*", ""), ("00000000", "")],
)
def test_days_are_read_as_publishers_write_them(text: str, read: str) -> None:
    assert day(text) == read


@pytest.mark.parametrize("text", ["20241301", "13/01/2024", "soon"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        day(text)
