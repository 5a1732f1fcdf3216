"""gateway reconcile: a page for a manager, a line for scripts, and the exit status of both."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.cli.face import show
from gateway.clock import Clock
from gateway.ledger import open_ledger
from gateway.service.office import Office
from gateway.settings import load
from tests.e2e.command import ROOT, Ran, gateway
from tests.service.clinic import answer_835, arrived

TODAY = ("--today", "2026-11-16")
TITLES = (
    "WHERE THE CLAIMS ARE",
    "WHERE THE MONEY IS",
    "WHAT CAME AND IS ON NO CLAIM",
    "WHAT SOMEBODY HAS TO DO NEXT",
    "THE LAWS",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic whose visits are taken in and scrubbed; of two of its answers we do not know the claim."""
    home = tmp_path_factory.mktemp("reconciled") / "clinic"
    assert gateway("init", home=home).status == 0
    gateway(*TODAY, "visits", "import", ROOT / "samples" / "visits" / "clinic.json", home=home)
    gateway(*TODAY, "scrub", "run", home=home)
    ledger = open_ledger(f"sqlite:///{home / 'gateway.db'}")
    clock = Clock(read=lambda: datetime(2026, 11, 6, 12, tzinfo=UTC), zone=ZoneInfo("America/Chicago"), pinned=None)
    settings = load(home)
    office = Office(ledger=ledger, settings=settings, clock=clock, actor="test")
    stranger = ("CLP*{}*1*100*60**CI*ICN7*11*1", "CAS*CO*45*40", "NM1*QC*1*DOE*JO****MI*M1")
    raw = answer_835(
        "120",
        *((stranger[0].format(name), *stranger[1:]) for name in ("OLD1", "OLD2")),
        payee=settings.practice.billing.npi,
    )
    arrived(office, raw, name="a.835")
    ledger.close()
    gateway("--today", "2026-11-06", "post", home=home)
    return home


def sections(ran: Ran) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in ran.out.splitlines():
        if line in TITLES:
            found[line] = []
        elif line.strip():
            found[list(found)[-1]].append(line)
    return found


def test_the_page_says_where_everything_is_and_what_is_next(home: Path) -> None:
    ran = gateway(*TODAY, "reconcile", home=home)
    told, facts = sections(ran), gateway(*TODAY, "reconcile", "--json", home=home).facts["reconciled"]
    assert (ran.status, ran.err, tuple(told)) == (0, "", TITLES)
    held, ready = facts["visits"]["held"], facts["claims"]["ready"]
    assert f"{held} held" in told[TITLES[0]][0]
    assert re.search(rf"^ +ready +{ready} +\$[\d,]+\.\d\d  clean", told[TITLES[0]][2])
    assert re.search(r"^ +not yet answered +\$[\d,]+\.\d\d +100\.0 %", told[TITLES[1]][0])
    assert told[TITLES[1]][-1].split()[:2] == ["=", "charged"]
    assert [line.split("  ")[2:] for line in told[TITLES[2]][1:]] == [
        ["claim not ours", "2 items", "$120.00", "oldest 10 days"]
    ]
    assert f"{ready} claims" in "\n".join(told[TITLES[3]])
    assert told[TITLES[4]] == [f"  all {len(facts['laws'])} laws hold"]


def test_the_dollars_of_a_section_stand_under_each_other(home: Path) -> None:
    told = sections(gateway(*TODAY, "reconcile", home=home))
    ends = {re.match(r".*?\$[\d,]+\.\d\d", line).end() for line in told[TITLES[1]]}  # type: ignore[union-attr]
    assert len(ends) == 1


def test_every_command_that_the_page_names_is_one_that_works(home: Path) -> None:
    told = sections(gateway(*TODAY, "reconcile", home=home))[TITLES[3]]
    named = [line.partition("  gateway ")[2].split() for line in told]
    assert ["visits", "list", "--state", "held"] in named
    assert ["money", "list", "kind:claim_not_ours"] in named
    for command in named:
        assert gateway(*TODAY, *command, "--help", home=home).status == 0
        if command[1] == "list":
            listed = gateway(*TODAY, *command, home=home)
            assert (listed.status, listed.out.startswith("nothing")) == (0, False), command


def test_the_line_has_the_same_figures_and_nothing_else(home: Path) -> None:
    ran = gateway(*TODAY, "reconcile", "--line", home=home)
    facts = gateway(*TODAY, "reconcile", "--json", home=home).facts["reconciled"]
    figures = dict(part.split("=", 1) for part in ran.out.split())
    assert (ran.status, len(ran.out.splitlines()), ran.out.startswith("visits=")) == (0, 1, True)
    assert (figures["charged"], figures["money_parked"]) == (f"${facts['charged']}", "$120.00")
    assert int(figures["claims"]) == sum(facts["claims"].values())


def test_the_page_of_the_operator_names_every_law_as_it_is_called(home: Path) -> None:
    facts = gateway(*TODAY, "reconcile", "--json", home=home).facts["reconciled"]
    page = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    rows = page.partition("| Law | What breaks it |\n|---|---|\n")[2].partition("\n\n")[0].splitlines()
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [law["law"] for law in facts["laws"]]


def test_json_tells_of_the_desk_by_kind_and_of_denials(home: Path) -> None:
    facts = gateway(*TODAY, "reconcile", "--json", home=home).facts["reconciled"]
    assert facts["desk"] == [{"kind": "claim not ours", "items": 2, "amount": "120.00", "oldest_days": 10}]
    assert facts["denied"] == {"lines": 0, "amount": "0.00", "due_soon": 0}
    assert sum(map(Decimal, facts["claims_charged"].values())) == Decimal(facts["charged"])


@pytest.fixture
def without_owners(home: Path) -> Iterator[None]:
    """What is on the desk belongs to nobody for a while."""
    with closing(sqlite3.connect(home / "gateway.db", isolation_level=None)) as database:
        database.execute("UPDATE desk_items SET owner = ''")
        yield
        database.execute("UPDATE desk_items SET owner = 'biller'")


@pytest.mark.usefixtures("without_owners")
def test_a_broken_law_is_named_with_what_breaks_it(home: Path) -> None:
    ran = gateway(*TODAY, "reconcile", home=home)
    told = sections(ran)[TITLES[4]]
    assert ran.status == 1
    assert re.match(r"  1 of \d+ laws broken: stop, ", told[0])
    assert told[1:] == [
        "  BROKEN every sum in doubt is on the desk, with an owner, a reason and an age",
        "           item 1 lacks one of them",
        "           item 2 lacks one of them",
    ]
    assert gateway(*TODAY, "reconcile", "--line", home=home).status == 1


def test_an_empty_ledger_has_a_page_too(tmp_path: Path) -> None:
    home = tmp_path / "new"
    assert gateway("init", home=home).status == 0
    told = sections(gateway("reconcile", home=home))
    assert (told[TITLES[2]], told[TITLES[3]]) == (["  nothing"], ["  nothing"])
    assert show.counted(0, "visit") in told[TITLES[0]][0]


def test_one_form_is_asked_for_at_a_time(home: Path) -> None:
    both = gateway(*TODAY, "reconcile", "--line", "--json", home=home)
    assert (both.status, "--line or --json" in both.out + both.err) == (2, True)


def test_the_page_names_what_a_payer_has_had_for_too_long(home: Path) -> None:
    """What was sent and not answered for 45 days stands among what somebody has to do, with the list that shows it."""
    _moved(home, "ready", "accepted")
    told = sections(gateway("--today", "2027-01-20", "reconcile", home=home))[TITLES[3]]
    line = next(one for one in told if "with the payer" in one)
    assert "45 days after the service not answered: ask it" in line
    command = line.partition("gateway claims list ")[2].strip("'")
    count = re.match(r" *(\d+) claims", line)
    assert count is not None
    listed = gateway("--today", "2027-01-20", "claims", "list", command, "--json", home=home).facts
    _moved(home, "accepted", "ready")
    assert listed["total"]["count"] == int(count[1]) > 0


def _moved(home: Path, before: str, after: str) -> None:
    with closing(sqlite3.connect(home / "gateway.db")) as ledger, ledger:
        ledger.execute("UPDATE claim_versions SET state = ? WHERE state = ?", (after, before))
