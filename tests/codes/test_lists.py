import re
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.codes.lists import Kind, Listed, code_list, listed
from gateway.codes.table import load

IN_2024 = date(2024, 8, 1)
IN_FY2026 = date(2026, 5, 4)
AFTER_FY2026 = date(2026, 11, 2)

IMPORTED = frozenset({Kind.TAXONOMY, Kind.PROCEDURE, Kind.MODIFIER})
PYX12 = {
    "states": Kind.STATE,
    "country": Kind.COUNTRY,
    "entity_id": Kind.ENTITY,
    "remark_code": Kind.RARC,
    "claim_status_cat": Kind.STATUS_CATEGORY,
    "claim_status": Kind.STATUS,
    "pos": Kind.PLACE,
}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.STATE, "DC"),
        (Kind.STATE, "PW"),
        (Kind.STATE, "QC"),
        (Kind.COUNTRY, "US"),
        (Kind.COUNTRY, "GB"),
        (Kind.CURRENCY, "USD"),
        (Kind.PLACE, "11"),
        (Kind.PLACE, "66"),
        (Kind.CARC, "45"),
        (Kind.CARC, "308"),
        (Kind.CARC, "B7"),
        (Kind.RARC, "N30"),
        (Kind.RARC, "MA130"),
        (Kind.RARC, "N940"),
        (Kind.STATUS_CATEGORY, "A7"),
        (Kind.STATUS_CATEGORY, "F3N"),
        (Kind.STATUS, "562"),
        (Kind.ENTITY, "QC"),
        (Kind.ENTITY, "PR"),
        (Kind.DIAGNOSIS, "M5450"),
        (Kind.TAXONOMY, "225100000X"),
        (Kind.PROCEDURE, "97110"),
        (Kind.PROCEDURE, "0552T"),
        (Kind.PROCEDURE, "G0283"),
        (Kind.MODIFIER, "59"),
        (Kind.MODIFIER, "GP"),
    ],
)
def test_what_is_listed_is_listed_past_the_end_as_well(kind: Kind, code: str) -> None:
    assert listed(kind, code, date(2026, 9, 1)) is Listed.YES
    assert listed(kind, code, AFTER_FY2026) is Listed.YES


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.STATE, "XX"),
        (Kind.STATE, "oh"),
        (Kind.COUNTRY, "UK"),
        (Kind.COUNTRY, "USA"),
        (Kind.CURRENCY, "US"),
        (Kind.PLACE, "00"),
        (Kind.PLACE, "98"),
        (Kind.CARC, "045"),
        (Kind.CARC, "999"),
        (Kind.CARC, "ZZ"),
        (Kind.RARC, "N9999"),
        (Kind.RARC, "MA999"),
        (Kind.STATUS_CATEGORY, "ZZ"),
        (Kind.STATUS, "999"),
        (Kind.STATUS, "9999"),
        (Kind.ENTITY, "Z9"),
        (Kind.DIAGNOSIS, "M54.50"),
        (Kind.DIAGNOSIS, "M545"),
        (Kind.DIAGNOSIS, "M5"),
        (Kind.TAXONOMY, "225100000"),
        (Kind.PROCEDURE, "9711"),
        (Kind.PROCEDURE, "ABCDE"),
        (Kind.MODIFIER, "gp"),
        (Kind.MODIFIER, "GPX"),
        *((kind, "") for kind in Kind),
    ],
)
def test_what_never_was_a_code_is_denied_past_the_end_as_well(kind: Kind, code: str) -> None:
    assert listed(kind, code, IN_FY2026) is Listed.NO
    assert listed(kind, code, AFTER_FY2026) is Listed.NO


@pytest.mark.parametrize(
    ("kind", "code", "within", "past"),
    [
        (Kind.CARC, "309", IN_FY2026, AFTER_FY2026),
        (Kind.RARC, "N941", IN_FY2026, AFTER_FY2026),
        (Kind.STATUS_CATEGORY, "A9", IN_FY2026, AFTER_FY2026),
        (Kind.STATUS, "809", IN_2024, IN_FY2026),
        (Kind.DIAGNOSIS, "U0999", IN_FY2026, AFTER_FY2026),
    ],
)
def test_what_may_have_come_since_is_only_assumed(kind: Kind, code: str, within: date, past: date) -> None:
    assert listed(kind, code, within) is Listed.NO
    assert listed(kind, code, past) is Listed.ASSUMED


def test_a_diagnosis_that_was_whole_before_the_list_began_is_only_assumed() -> None:
    assert listed(Kind.DIAGNOSIS, "M5136", date(2024, 5, 1)) is Listed.ASSUMED


@pytest.mark.parametrize(
    ("kind", "code", "last"),
    [
        (Kind.COUNTRY, "YU", date(2003, 7, 23)),
        (Kind.COUNTRY, "AN", date(2010, 12, 15)),
        (Kind.CURRENCY, "HRK", date(2022, 12, 31)),
    ],
)
def test_a_code_holds_to_its_last_day(kind: Kind, code: str, last: date) -> None:
    assert listed(kind, code, last) is Listed.YES
    assert listed(kind, code, date.fromordinal(last.toordinal() + 1)) is Listed.NO


@pytest.mark.parametrize(
    ("kind", "code", "first"),
    [
        (Kind.COUNTRY, "SS", date(2011, 8, 9)),
        (Kind.CURRENCY, "XCG", date(2025, 3, 31)),
        (Kind.PLACE, "10", date(2022, 1, 1)),
        (Kind.STATE, "NU", date(1999, 4, 1)),
    ],
)
def test_a_code_holds_from_its_first_day(kind: Kind, code: str, first: date) -> None:
    assert listed(kind, code, first) is Listed.YES
    assert listed(kind, code, date.fromordinal(first.toordinal() - 1)) is Listed.NO


def test_a_country_that_came_back_holds_in_both_its_times() -> None:
    days = [date(1993, 1, 1), date(2000, 1, 1), date(2005, 1, 1), date(2007, 1, 1)]
    assert [listed(Kind.COUNTRY, "CS", day) for day in days] == [Listed.YES, Listed.NO, Listed.YES, Listed.NO]


@given(st.sampled_from([kind for kind in Kind if kind not in IMPORTED]), st.text(max_size=6), st.dates())
def test_nothing_is_denied_for_a_day_that_its_list_does_not_cover_but_for_its_shape(
    kind: Kind, code: str, day: date
) -> None:
    one = code_list(kind)
    before = one.starts is not None and day < one.starts
    if before and code not in one.dated and one.addable.fullmatch(code):
        assert one.listed(code, day) is not Listed.NO


def test_every_code_of_every_list_has_a_shape_that_could_be_written() -> None:
    for kind in Kind:
        one = code_list(kind)
        for code in (*one.always, *one.dated):
            assert re.fullmatch("[0-9A-Z]{1,7}", code), (kind, code)


@pytest.mark.parametrize("kind", [Kind.CARC, Kind.RARC, Kind.STATUS_CATEGORY])
def test_the_lists_of_therapy_are_parts_of_the_whole_ones(kind: Kind) -> None:
    therapy = {
        Kind.CARC: [row["code"] for row in load("carc").rows()],
        Kind.RARC: [row["code"] for row in load("rarc").rows()],
        Kind.STATUS_CATEGORY: [row["code"] for row in load("claim_status").rows() if row["kind"] == "category"],
    }[kind]
    assert set(therapy) <= code_list(kind).always


@pytest.mark.parametrize("name", PYX12)
def test_pyx12s_list_is_part_of_ours(name: str) -> None:
    """A second source: what it holds and we lack would be a good file refused. Its countries are those of about 2000."""
    ours = code_list(PYX12[name])
    assert set(_of_pyx12(name)) <= ours.always | ours.dated.keys()


def test_series_have_the_gaps_that_are_known_and_no_other() -> None:
    """X12 told 297 reasons in force and 110 retired, 1,137 remarks in force and 79 retired (November 2025)."""
    assert (len(code_list(Kind.CARC).always), len(code_list(Kind.RARC).always)) == (407, 1216)
    remarks = sorted(int(code[1:]) for code in code_list(Kind.RARC).always if re.fullmatch("N[0-9]+", code))
    assert [(one, other) for one, other in pairwise(remarks) if other - one > 1] == [(812, 815)]
    reasons = {int(code) for code in code_list(Kind.CARC).always if code.isdigit()}
    assert reasons == set(range(1, 309))
    assert code_list(Kind.STATUS).always == {str(number) for number in range(809)}


def test_a_list_of_the_practice_decides_where_one_lies(tmp_path: Path) -> None:
    head = "# source: somebody\n# published: 2026\n# retrieved: 2026-11-23\n# effective: 2026-01-01 to 2026-12-31\n"
    (tmp_path / "hcpcs.csv").write_text(head + "code,from,to\nG0283,,\nGP,,\nKX,2020-01-01,2026-06-30\n")
    (tmp_path / "taxonomy.csv").write_text(head + "code\n225100000X\n")
    cases = {
        (Kind.PROCEDURE, "G0283"): Listed.YES,
        (Kind.PROCEDURE, "G9999"): Listed.NO,
        (Kind.PROCEDURE, "97110"): Listed.YES,
        (Kind.MODIFIER, "GP"): Listed.YES,
        (Kind.MODIFIER, "59"): Listed.YES,
        (Kind.MODIFIER, "KX"): Listed.NO,
        (Kind.MODIFIER, "QQ"): Listed.NO,
        (Kind.TAXONOMY, "225100000X"): Listed.YES,
        (Kind.TAXONOMY, "999999999X"): Listed.NO,
        (Kind.COUNTRY, "US"): Listed.YES,
    }
    assert {key: listed(*key, AFTER_FY2026, tmp_path) for key in cases} == cases
    assert listed(Kind.TAXONOMY, "999999999X", date(2027, 1, 1), tmp_path) is Listed.ASSUMED


def _of_pyx12(name: str) -> Iterator[str]:
    lists = etree.fromstring(files("pyx12.map").joinpath("codes.xml").read_bytes())
    for one in lists.iter("codeset"):
        if one.findtext("id") == name:
            yield from (code.text or "" for code in one.iter("code"))
