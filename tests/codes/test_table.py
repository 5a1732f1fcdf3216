import re
from datetime import date
from pathlib import Path

import pytest

from gateway.codes.table import holds, kept, load, parse, tables
from gateway.errors import ConfigError
from tests.e2e.command import ROOT

PACKAGE = ROOT / "gateway"
EVERY = (*tables(), *tables("gateway.codes.external"))
HEAD = "# source: somebody\n# published: 2024-07\n# retrieved: 2026-11-23\n# effective: 2024-07-01 to 2024-09-30\n"


def test_every_shipped_list_says_where_it_is_from() -> None:
    names = [table.name for table in tables()]
    assert names == sorted(
        [
            "carc",
            "claim_status",
            "icd10cm",
            "icd10cm_excludes1",
            "icd10cm_sides",
            "mue",
            "place_of_service",
            "procedures",
            "ptp",
            "rarc",
            "therapy_threshold",
        ],
    )
    assert [table.name for table in tables("gateway.codes.external")] == [
        "adjustment_reasons",
        "countries",
        "currencies",
        "entities",
        "remarks",
        "states",
        "status_categories",
        "statuses",
    ]
    for table in EVERY:
        assert table.source
        assert table.published
        assert table.starts is not None


def test_every_row_of_every_list_has_a_key_that_is_its_own() -> None:
    for table in EVERY:
        rows = [tuple(row.values()) for row in table.rows()]
        assert rows
        assert len(set(rows)) == len(rows), table.name


def test_the_pair_list_names_only_listed_procedures() -> None:
    listed = {row["code"] for row in load("procedures").rows()}
    for row in load("ptp").rows():
        assert {row["column1"], row["column2"]} <= listed


def test_a_list_is_read_with_its_head() -> None:
    table = parse("mine", HEAD + "code,from,to\nA,2024-08-01,\nB,,2024-08-31\n")
    assert (table.source, table.published, table.retrieved) == ("somebody", "2024-07", date(2026, 11, 23))
    assert table.covers(date(2024, 7, 1))
    assert table.covers(date(2024, 9, 30))
    assert not table.covers(date(2024, 6, 30))
    assert not table.covers(date(2024, 10, 1))
    first, second = table.rows()
    assert not holds(first, date(2024, 7, 31))
    assert holds(first, date(2030, 1, 1))
    assert holds(second, date(1990, 1, 1))
    assert not holds(second, date(2024, 9, 1))


def test_an_open_end_holds_until_another_list_comes() -> None:
    table = parse("mine", HEAD.replace(" 2024-09-30", "") + "code\nA\n")
    assert table.ends is None
    assert table.covers(date(2999, 1, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ends inside its head"),
        ("# source: x\n", "ends inside its head"),
        ("code\nA\n", "# source:"),
        (HEAD.replace("# retrieved: 2026-11-23", "# retrieved: lately"), "not a date"),
        (HEAD.replace("2024-09-30", "someday"), "not a date"),
    ],
)
def test_a_list_without_its_head_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parse("mine", text)


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ConfigError, match="the row A has 3 cells; want 2"):
        parse("mine", HEAD + "code,from\nA,,\n").rows()


def test_a_list_of_the_practice_goes_before_the_shipped_one(tmp_path: Path) -> None:
    assert load("rarc", folder=tmp_path).source == load("rarc").source
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "rarc.csv").write_text(HEAD + "code\nA\n")
    assert load("rarc", folder=mine).source == "somebody"
    assert kept("ptp", mine) is None


def test_a_malformed_list_of_the_practice_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "ptp.csv").write_text("code\nA\n")
    (tmp_path / "mue.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"ptp\.csv: ptp: expected a line.*import the list again"):
        load("ptp", folder=tmp_path)
    with pytest.raises(ConfigError, match=r"mue\.csv: UnicodeDecodeError"):
        load("mue", folder=tmp_path)


def test_each_code_set_has_one_reader() -> None:
    """Whether a code exists, and what our words for it are, may be two files; each is read by one module.

    What writes a new list beside the shipped one (`official`) takes over the words in it, and answers nobody.
    """
    modules = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "official"]
    sources = {path: path.read_text(encoding="utf-8") for path in modules}
    for table in EVERY:
        named = re.compile(rf'(?:load|kept|_Source)\(\s*"{table.name}"')
        assert len([path for path, text in sources.items() if named.search(text)]) == 1, table.name
