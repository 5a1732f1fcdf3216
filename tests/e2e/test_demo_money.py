"""Money that does not come as it should, from end to end: every figure, and what the payers' own files say of it."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway.ledger import open_ledger, outbox
from tests.e2e.command import Ran, gateway
from tests.simulator.arithmetic import balance

TODAY = ("--today", "2026-11-19")
MONEY = {
    "not yet answered": "155.00",
    "paid": "1939.20",
    "contractual": "642.12",
    "patient": "491.68",
}
"""The plan of the rehearsal pays 80 of 100 and leaves the patient a fifth of that, so 64 of each 100 charged are paid.

3228.00 are charged. RR-2603 (155.00) stands for nothing once it is taken back; of RR-2602 (172.00, 110.08) three quarters
are paid, and the rest of that is cut: 0.64 x (3228 - 155 - 172) + 82.56 = 1939.20; 0.16 x (3228 - 155) = 491.68.
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    folder = tmp_path_factory.mktemp("demo") / "played"
    return folder, gateway("demo", "money", "--folder", folder)


def shown(played: tuple[Path, Ran], *words: str) -> Any:
    return gateway(*TODAY, *words, "--json", home=played[0] / "clinic").facts


def test_it_ends_with_laws_that_hold_and_every_figure(played: tuple[Path, Ran]) -> None:
    ran = played[1]
    assert (ran.status, ran.err) == (0, "")
    assert "all 14 laws hold" in ran.out
    line = gateway(*TODAY, "reconcile", "--line", home=played[0] / "clinic").out.strip()
    figures = dict(part.split("=", 1) for part in line.split())
    counted = {name: int(figures[name]) for name in ("visits", "claims", "claims_paid", "claims_reversed")}
    assert counted == {"visits": 20, "claims": 20, "claims_paid": 19, "claims_reversed": 1}
    assert {name: figures[f"money_{name.replace(' ', '_')}"] for name in MONEY} == {
        k: f"${v}" for k, v in MONEY.items()
    }
    assert figures["charged"] == f"${sum(map(Decimal, MONEY.values()))}" == "$3228.00"
    assert (figures["money_parked"], figures["money_denied"], figures["money_set_aside"]) == ("$0.00",) * 3
    assert (figures["money_carried_forward"], figures["money_recovered"]) == ("$99.20", "$-99.20")
    assert (figures["lost"], figures["duplicated"], figures["unexplained"]) == ("0", "0", "$0.00")
    assert "BROKEN" not in ran.out


def test_what_the_payers_sent_is_what_stands_as_paid(played: tuple[Path, Ran]) -> None:
    """Read with string splitting alone: every remittance balances, and together they are what is paid."""
    remittances = [path.read_bytes() for path in sorted((played[0] / "simulator").rglob("*.835"))]
    assert len(remittances) == 7
    assert sum(sum(balance(one)) for one in remittances) == 193920


def test_the_claims_of_the_refused_file_are_sent_again_with_the_same_content(played: tuple[Path, Ran]) -> None:
    ledger = open_ledger(f"sqlite:///{played[0] / 'clinic' / 'gateway.db'}")
    with ledger.reading() as tx:
        first, second = (outbox.bytes_of(tx, "elm", file.id).decode() for file in outbox.files(tx, "elm"))
    ledger.close()
    numbers = [re.findall(r"~CLM\*([A-Z0-9]+)\*", text) for text in (first, second)]
    assert (len(numbers[0]), len(set(numbers[0] + numbers[1]))) == (20, 40)
    for old, new in zip(*numbers, strict=True):
        first = first.replace(old, new)
    ours = r"~(ISA|GS|ST|BHT|SE|GE|IEA)\*[^~]*"
    assert re.sub(ours, "~", f"~{first}") == re.sub(ours, "~", f"~{second}")
    assert "20 claims sent again, 0 not" in played[1].out


def test_a_correction_before_its_reversal_stands_alone_in_the_end(played: tuple[Path, Ran]) -> None:
    one = shown(played, "claims", "show", "RR-2602")
    assert one["claim"]["state"] == "paid"
    assert sum(line["buckets"]["paid"] for line in one["lines"]) == 8256
    assert one["waits"] == []
    assert [item["state"] for item in shown(played, "money", "list", "kind:overpayment", "--state", "")["items"]] == [
        "taken up"
    ]


def test_what_was_carried_forward_is_tied_to_its_claim_and_closed_by_what_was_recovered(
    played: tuple[Path, Ran],
) -> None:
    one = shown(played, "claims", "show", "RR-2603")
    assert (one["claim"]["state"], one["waits"]) == ("reversed", [])
    items = shown(played, "money", "list", "kind:provider_adjustment", "--state", "")["items"]
    assert {item["claim"] for item in items} == {one["claim"]["pcn"]}
    assert [(item["code"], item["cents"], item["left_cents"], item["state"]) for item in items] == [
        ("FB", 9920, 0, "set off"),
        ("WO", -4960, 0, "set off"),
        ("WO", -4960, 0, "set off"),
    ]


def test_money_under_a_foreign_number_is_placed_by_a_person(played: tuple[Path, Ran]) -> None:
    one = shown(played, "claims", "show", "RR-2610")
    assert one["claim"]["state"] == "paid"
    assert sum(line["buckets"]["paid"] for line in one["lines"]) == 11328
    told = gateway(*TODAY, "claims", "show", "RR-2610", home=played[0] / "clinic").out
    assert "(Ana Reyes: the EOB shows patient and day)" in told


def test_a_denial_that_is_paid_later_is_closed(played: tuple[Path, Ran]) -> None:
    one = shown(played, "claims", "show", "RR-2607")
    assert (one["claim"]["state"], [denial["state"] for denial in one["denials"]]) == ("paid", ["closed"])
    assert [line["buckets"].get("denied", 0) for line in one["lines"]] == [0]


def test_each_command_that_is_told_can_be_typed(played: tuple[Path, Ran]) -> None:
    typed = [line.strip()[2:] for line in played[1].out.splitlines() if line.startswith("  $ ")]
    verbs = {" ".join(line.split()[1:3]) for line in typed}
    assert {"claims resubmit", "money list", "money show", "money place", "claims show", "denials list"} <= verbs
    assert typed[-1] == "gateway reconcile"


def test_nobody_has_worked_in_it_until_somebody_does(tmp_path: Path) -> None:
    folder = tmp_path / "again"
    first = gateway("demo", "money", "--folder", folder, "--json")
    assert (first.status, first.facts["holds"], first.facts["on_desk"], first.facts["failed"]) == (0, True, 0, [])
    assert gateway("demo", "money", "--folder", folder, "--json").status == 0
    by = ("--by", "Ana Reyes", "--reason", "trying it")
    assert gateway("partners", "pause", "northgate", *by, home=folder / "clinic").status == 0
    refused = gateway("demo", "money", "--folder", folder)
    assert (refused.status, "somebody has worked" in refused.err) == (2, True)


def test_it_plays_its_own_visits(tmp_path: Path, played: tuple[Path, Ran]) -> None:
    visits = played[0] / "clinic" / "gateway.toml"
    ran = gateway("demo", "money", "--folder", tmp_path / "d", "--visits", visits, "--yes-invented")
    assert (ran.status, (tmp_path / "d").exists()) == (2, False)
