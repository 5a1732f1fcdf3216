"""gateway docs: the pages, as whoever has only the package reads them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import ROOT, environment, gateway

PAGES = {"readme": ROOT / "README.md", **{path.stem: path for path in sorted((ROOT / "docs").glob("*.md"))}}


def test_the_pages_are_listed_with_what_stands_in_each(tmp_path: Path) -> None:
    ran = gateway("docs", home=tmp_path / "none")
    assert (ran.status, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines() if not line.startswith(" ")] == list(PAGES)
    assert "biller         Visits in, what holds them" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_printed_as_it_is(name: str) -> None:
    ran = gateway("docs", name)
    assert (ran.status, ran.out, ran.err) == (0, PAGES[name].read_text(encoding="utf-8"), "")


def test_where_a_page_is_can_be_asked() -> None:
    assert gateway("docs", "operator", "--path").out == f"{PAGES['operator']}\n"
    assert gateway("docs", "--path").out == f"{ROOT / 'docs'}\n"


def test_a_page_that_there_is_not_is_answered_with_the_one_that_was_meant() -> None:
    ran = gateway("docs", "operators")
    assert (ran.status, "operators is not a page; did you mean operator?" in ran.err) == (2, True)
    assert "`gateway docs` lists them" in gateway("docs", "x").err


def test_reading_a_page_loads_nothing_heavy_and_makes_no_home_folder(tmp_path: Path) -> None:
    heavy = ("alembic", "cryptography", "lxml", "paramiko", "pydantic", "pyx12", "rich", "sqlalchemy")
    code = (
        "import sys; from gateway.cli.face.run import run;"
        "assert run(['docs']) == run(['docs', 'biller']) == 0;"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, env=environment(), check=True
    )
    assert (done.stderr, list(tmp_path.iterdir())) == ("[]\n", [])
