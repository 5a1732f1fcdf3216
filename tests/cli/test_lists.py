"""Lists as a person types them: what is asked, what is refused, and how it is printed."""

import csv
import io
import json
import shlex
import shutil
from contextlib import redirect_stderr, redirect_stdout
from os import terminal_size
from pathlib import Path
from typing import Any

import click
import pytest

from gateway.cli.face import lists
from gateway.cli.face.run import run
from tests.e2e.command import ROOT, Ran
from tests.service.clinic import answer_835, visit, visits_file

DAY = ("--today", "2026-11-16")
SAMPLE = ROOT / "samples" / "visits" / "claims-only.csv"
FORMULA = b'=HYPERLINK("x"),+1'
"""The name of a payer that a spreadsheet would work out, with a comma and quotes in it."""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def gateway(home: Path, *arguments: str | Path, on: io.StringIO | None = None) -> Ran:
    """Run a command in this process; `on`: where it prints."""
    out, err = on or io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run(["--home", str(home), *DAY, *map(str, arguments)])
    return Ran(status, click.unstyle(out.getvalue()), err.getvalue())


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    assert gateway(home, "init").status == 0
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty claims that were sent; the first four were denied by a payer with an odd name, then a visit came in."""
    folder = tmp_path_factory.mktemp("clinic")
    home, box = folder / "home", folder / "box"
    assert gateway(home, "init").status == 0
    for name in ("inbound", "outbound", "archive"):
        (box / name).mkdir(parents=True)
    profile = home / "partners" / "northgate.toml"
    profile.write_text(profile.read_text().replace('kind = "sftp"', f'kind = "folder"\nroot = "{box}"'))
    for command in (
        ("visits", "import", SAMPLE),
        ("scrub", "run"),
        ("batch", "seal"),
        ("deliver", "--partner", "northgate"),
    ):
        assert gateway(home, *command).status == 0
    four = listed(home)[:4]
    for payer in {one["payer"] for one in four}:
        who = ("--by", "Ana Reyes", "--reason", "their letter")
        assert gateway(home, "money", "alias", payer, "PAYER1", *who).status == 0
    raw = answer_835("0", *map(denied, four), trace="880012345").replace(b"PAYER ONE", FORMULA)
    (box / "outbound" / "pay.835").write_bytes(raw)
    assert gateway(home, "collect", "--partner", "northgate").status == 0
    assert gateway(home, "post").status == 1
    (folder / "later.json").write_bytes(visits_file(visit()))
    assert gateway(home, "visits", "import", folder / "later.json").status == 0
    return home


def denied(claim: dict[str, Any]) -> tuple[str, ...]:
    charge = f"{claim['charge_cents'] / 100:g}"
    return (f"CLP*{claim['pcn']}*4*{charge}*0**CI*P1*11*1", f"CAS*CO*50*{charge}", "NM1*QC*1*QUILL*MARA****MI*M1")


def facts(home: Path, *arguments: str) -> Any:
    ran = gateway(home, *arguments[:2], "-o", "json", *arguments[2:])
    assert ran.status == 0, ran.err
    return json.loads(ran.out)


def listed(home: Path, *arguments: str) -> list[dict[str, Any]]:
    claims: list[dict[str, Any]] = facts(home, "claims", "list", *arguments)["claims"]
    return claims


def test_terms_must_all_hold_however_they_are_typed(home: Path) -> None:
    everything = listed(home)
    assert len(everything) == 20
    dear = [one["pcn"] for one in everything if one["state"] == "sent" and one["charge_cents"] >= 15000]
    assert 0 < len(dear) < 16
    assert [one["pcn"] for one in listed(home, "state:sent charge:>=150")] == dear
    assert [one["pcn"] for one in listed(home, "state:sent", "charge:>=150")] == dear
    assert [one["pcn"] for one in listed(home, "--state", "sent", "charge:>=150")] == dear
    assert listed(home, "carc:50 state:denied,paid") == everything[:4]
    assert listed(home, "charge:>0 -state:denied,paid") == everything[4:]
    assert facts(home, "remits", "list", "state:set_aside")["remittances"] == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("claims", "list", "colour:red"), "its fields are state, payer, partner"),
        (("claims", "list", "denied"), "its fields are state, payer, partner"),
        (("claims", "list", "state:gone"), "ready, sealed, sent"),
        (("claims", "list", "--state", "gone"), "ready, sealed, sent"),
        (("claims", "list", "payer:NOBODY"), "there is ACME1"),
        (("claims", "list", "partner:nobody"), "northgate, southport"),
        (("claims", "list", "carc:51"), "there is 50"),
        (("claims", "list", "charge:many"), "an amount such as 120.50"),
        (("claims", "list", "age:old"), "an age such as 30d or 4w"),
        (("claims", "list", "day:soon"), "a day such as 2026-11-16"),
        (("claims", "list", "state:"), "state: has no value"),
        (("claims", "list", "--sort", "colour"), "charge"),
        (("claims", "list", "--after", "nowhere"), "take it from `more:` or next_after"),
        (("claims", "list", "--columns", "claim,colour"), "claim, visit, date"),
        (("tail", "kind:claim.eaten"), "claim.ready"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(home: Path, command: tuple[str, ...], said: str) -> None:
    ran = gateway(home, *command)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


def test_a_refusal_is_an_object_where_json_was_asked_for(home: Path) -> None:
    ran = gateway(home, "claims", "list", "state:gone", "--json")
    assert (ran.status, json.loads(ran.out)["error"]["status"]) == (2, 2)


def test_no_match_is_told_from_nothing_at_all(home: Path, empty: Path) -> None:
    assert gateway(home, "claims", "list", "state:paid").out == "nothing matches state:paid\n"
    assert gateway(home, "claims", "list", "--state", "paid").out == "nothing matches state:paid\n"
    for unquoted in ("reason:not x12", 'reason:"not x12"', "reason:not_x12"):
        assert gateway(home, "inbox", "list", unquoted).out.startswith("nothing matches reason:")
    assert gateway(empty, "claims", "list").out.startswith("no claims yet; ")
    assert gateway(empty, "claims", "list", "state:paid").status == 0
    assert "there are no claims yet" in gateway(empty, "claims", "list", "claim:P1").err


def test_under_a_list_stand_the_rows_and_dollars_of_all_its_pages(home: Path) -> None:
    cents = sum(one["charge_cents"] for one in listed(home))
    for limit in ("3", "100"):
        told = gateway(home, "claims", "list", "--limit", limit).out.splitlines()
        assert f"20 claims, ${cents / 100:,.2f}" in told
    assert facts(home, "claims", "list", "--limit", "3")["total"] == {"count": 20, "cents": cents}
    assert gateway(home, "deliveries", "list").out.splitlines()[-1] == "1 file"


def test_rows_are_sorted_both_ways_and_else_as_they_came(home: Path) -> None:
    charges = [one["charge_cents"] for one in listed(home)]
    assert charges != sorted(charges)
    assert [one["charge_cents"] for one in listed(home, "--sort", "charge")] == sorted(charges)
    assert [one["charge_cents"] for one in listed(home, "--sort", "-charge")] == sorted(charges, reverse=True)


@pytest.mark.parametrize(
    "asked",
    [
        (),
        ("--sort", "-charge"),
        ("charge:>=10 -state:denied", "--sort", "charge"),
        ("--", "-state:denied,paid"),
        ("-state:denied,paid",),
        ("-state:denied payer:ACME1", "--sort", "-charge"),
        ("--sort", "-charge", "--", "-state:denied"),
        ("state:sealed,sent", "age:>1d"),
        ("payer:ACME1,ZENI2",),
    ],
)
def test_the_next_page_is_typed_as_it_is_told_and_pages_join_up(home: Path, asked: tuple[str, ...]) -> None:
    whole = [one["pcn"] for one in listed(home, *asked)]
    assert len(whole) > 3
    joined, command = [], ["claims", "list", *asked]
    while command:
        ran = gateway(home, *command[:2], "--limit", "3", "--columns", "claim", *command[2:])
        assert ran.status == 0, ran.err
        _, *lines = ran.out.splitlines()
        joined += [line for line in lines if line in whole]
        *_, last = lines
        typed = shlex.split(last.removeprefix("more: ")) if last.startswith("more: ") else []
        assert typed[:1] in ([], ["gateway"])
        command = typed[1:]
    assert joined == whole


def test_json_says_how_the_filter_was_understood_and_where_the_next_page_begins(home: Path) -> None:
    first = facts(home, "claims", "list", "state:sent charge:>=10", "--limit", "1")
    assert [(one["field"], one["wanted"], one["least"]) for one in first["filter"]] == [
        ("state", ["sent"], None),
        ("charge", [], 1000),
    ]
    assert isinstance(first["next_after"], int)
    assert isinstance(facts(home, "claims", "list", "--sort", "charge", "--limit", "1")["next_after"], str)
    assert facts(home, "claims", "list")["next_after"] == 0
    assert facts(home, "claims", "list", "--sort", "charge")["next_after"] == 0
    assert [one["field"] for one in facts(home, "denials", "list")["filter"]] == ["state"]


def test_s31_csv_is_quoted_and_no_cell_of_it_is_a_formula(home: Path) -> None:
    ran = gateway(home, "remits", "list", "-o", "csv")
    (row,) = csv.DictReader(io.StringIO(ran.out))
    assert (row["payer"], row["trace"]) == ("'" + FORMULA.decode(), "880012345")
    claims = list(csv.DictReader(io.StringIO(gateway(home, "claims", "list", "-o", "csv").out)))
    assert [one["claim"] for one in claims] == [one["pcn"] for one in listed(home)]
    assert "claims, " not in gateway(home, "claims", "list", "-o", "csv").out


def test_columns_are_chosen_in_their_order_also_for_a_spreadsheet(home: Path) -> None:
    chosen = ("claims", "list", "state:denied", "--columns", "state,claim")
    head, row, *_ = gateway(home, *chosen).out.splitlines()
    assert (head.split(), row.split()[0]) == (["state", "claim"], "denied")
    assert gateway(home, *chosen, "-o", "csv").out.splitlines()[0] == "state,claim"
    assert gateway(home, "claims", "list", "--columns", "what_to_do").out.startswith("what to do")


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 80 columns."""
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: terminal_size((80, 24)))
    return Terminal()


@pytest.mark.parametrize("noun", ["visits", "claims", "remits", "deliveries", "inbox"])
def test_in_a_narrow_terminal_columns_are_left_out_and_said_and_no_line_is_longer(
    home: Path, narrow: Terminal, noun: str
) -> None:
    ran = gateway(home, noun, "list", on=narrow)
    assert ran.status == 0
    table = ran.out.partition("not shown for want of room")[0].splitlines()
    assert max(map(len, table)) <= 80


def test_what_matters_least_is_left_out_first_and_no_number_is_broken(home: Path, narrow: Terminal) -> None:
    whole = listed(home)
    shown = gateway(home, "claims", "list", on=narrow).out
    (said,) = [line for line in shown.splitlines() if line.startswith("not shown")]
    left_out = said.removeprefix("not shown for want of room: ").removesuffix(" (-o wide)").split(", ")
    least_first = ["partner", "payer's number", "payer", "whose", "what to do", "date", "visit"]
    there = [one for one in least_first if one in left_out or one in shown.splitlines()[0]]
    assert left_out
    assert left_out == there[: len(left_out)]
    words = shown.split()
    assert all(one["pcn"] in words and f"${one['charge_cents'] / 100:,.2f}".lstrip("$") in shown for one in whole)


def test_wide_shows_every_column_with_each_row_in_one_line(home: Path, narrow: Terminal) -> None:
    wide = gateway(home, "claims", "list", "-o", "wide", on=narrow).out
    head, *rows = wide.splitlines()
    assert all(name in head for name in ("claim", "partner", "payer's number", "what to do"))
    assert "not shown" not in wide
    assert len(rows) == 20 + 1
    assert max(map(len, rows)) > 80


def test_the_last_lines_of_the_log_are_the_last_that_match(home: Path) -> None:
    every = gateway(home, "tail", "--needs-a-person").out.splitlines()
    newest = gateway(home, "tail", "-n", "1").out.splitlines()
    assert len(every) == 4
    for number in (1, 3):
        assert gateway(home, "tail", "-n", str(number), "--needs-a-person").out.splitlines() == every[-number:]
    assert gateway(home, "tail", "-n", "3", "kind:claim.ready").out.count("claim.ready") == 3
    assert gateway(home, "tail").out.splitlines()[-1:] == newest
    assert newest[0] not in every


def test_beside_long_text_a_long_trace_is_not_broken(narrow: Terminal) -> None:
    trace = "9" * 50
    columns: tuple[lists.Column[str], ...] = (
        lists.Column(name="trace", of=lambda row: row),
        lists.Column(name="why", of=lambda _: "not ours " * 20, wraps=True),
        lists.Column(name="note", of=lambda _: "set aside " * 20, wraps=True),
    )
    with redirect_stdout(narrow):
        lists._table(columns, [trace], wide=False)
    lines = click.unstyle(narrow.getvalue()).splitlines()
    assert (trace in lines[1], max(map(len, lines)) <= 80) == (True, True)
