"""The whole way, end to end: the figures of the funnel and of every bucket, and the same end after any death."""

import re
import subprocess
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway.edi.checking.second_opinion import opinion
from gateway.ledger import open_ledger, outbox
from tests.e2e.command import COMMAND, ROOT, Ran, environment, gateway, simulator

TODAY = ("--today", "2026-11-16")
CLAIMS = {"rejected": 6, "paid": 57, "partial": 2, "denied": 15}
MONEY = {
    "not yet answered": "1030.00",
    "paid": "4849.44",
    "contractual": "3876.85",
    "patient": "1186.71",
    "denied": "2745.00",
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    folder = tmp_path_factory.mktemp("demo") / "played"
    return folder, gateway("demo", "--folder", folder)


def facts(home: Path) -> dict[str, Any]:
    """What has to be the same however the end was reached."""
    reconciled = gateway(*TODAY, "reconcile", "--json", home=home).facts
    claims = gateway(*TODAY, "claims", "list", "--limit", "1000", "--json", home=home).facts["claims"]
    denials = gateway(*TODAY, "denials", "list", "--limit", "1000", "--json", home=home).facts["denials"]
    kept = {name: reconciled["reconciled"][name] for name in ("visits", "claims", "buckets", "charged", "parked")}
    return {
        **kept,
        "holds": reconciled["holds"],
        "each claim": sorted((one["visit_key"], one["state"], one["charge_cents"]) for one in claims),
        "each denial": sorted((one["visit_key"], one["carc"], one["cents"], one["route"]) for one in denials),
    }


def test_the_demo_ends_with_the_zeros_and_every_figure(played: tuple[Path, Ran]) -> None:
    folder, ran = played
    assert (ran.status, ran.err) == (0, "")
    (line,) = [line for line in ran.out.splitlines() if line.startswith("visits=")]
    figures = dict(part.split("=", 1) for part in line.split())
    assert figures["visits"] == "101"
    assert figures["visits_held"] == "21"
    assert {state: int(figures[f"claims_{state}"]) for state in CLAIMS} == CLAIMS
    assert sum(int(figures[name]) for name in figures if name.startswith("claims_")) == int(figures["claims"]) == 80
    assert {name: figures[f"money_{name.replace(' ', '_')}"] for name in MONEY} == {
        k: f"${v}" for k, v in MONEY.items()
    }
    assert figures["charged"] == f"${sum(map(Decimal, MONEY.values()))}" == "$13688.00"
    assert (figures["lost"], figures["duplicated"], figures["unexplained"]) == ("0", "0", "$0.00")
    assert "money_parked=$0.00" in line
    assert f"rm -r {folder}" in ran.out


def test_the_funnel_and_the_money_of_the_demo_use_the_same_words(played: tuple[Path, Ran]) -> None:
    told = played[1].out
    assert re.search(r"^  rejected +6 ", told, re.MULTILINE)
    assert re.search(r"^  rejected +\$1,030\.00$", told, re.MULTILINE)
    assert re.search(r"^  no answer yet +0 ", told, re.MULTILINE)
    assert "not yet answered" not in told


def test_visits_are_held_for_many_reasons_and_denied_for_many(played: tuple[Path, Ran]) -> None:
    home = played[0] / "clinic"
    held = gateway(*TODAY, "visits", "list", "--state", "held", "--json", home=home).facts["visits"]
    reasons = {found["rule"] for one in held for found in one["findings"] if found["severity"] == "hold"}
    assert len(held) == 21
    assert len(reasons) >= 10
    denials = gateway(*TODAY, "denials", "list", "--limit", "1000", "--json", home=home).facts["denials"]
    by_reason = Counter({one["carc"]: one["visit_key"] for one in denials}.keys())
    assert len({one["visit_key"] for one in denials}) >= 12
    assert {"4", "11", "16", "18", "22", "27", "29", "50", "97", "119", "151", "197", "226", "B7"} <= set(by_reason)
    assert all(one["fix"] and one["owner"] and one["route"] and one["decided_by"] for one in denials)


def test_every_837p_that_was_sent_is_accepted_by_pyx12_and_arrived_as_it_was_sealed(played: tuple[Path, Ran]) -> None:
    folder, _ = played
    ledger = open_ledger(f"sqlite:///{folder / 'clinic' / 'gateway.db'}")
    with ledger.reading() as tx:
        files = outbox.files(tx, "elm")
        bodies = {file.partner: outbox.bytes_of(tx, "elm", file.id) for file in files}
    ledger.close()
    assert len(bodies) == 2
    for partner, body in bodies.items():
        assert opinion(body) == ()
        arrived = [path.read_bytes() for path in (folder / "simulator" / partner).rglob("*.837")]
        assert arrived in ([body], [])


def money(text: str) -> Decimal:
    return Decimal(text or "0")


def independent_sums(raw: str) -> None:
    """Check an 835 with nothing but string splitting: line, claim and payment level."""
    claims: list[dict[str, Any]] = []
    paid = adjusted = Decimal(0)
    for segment in raw.split("~"):
        parts = segment.split("*")
        if parts[0] == "BPR":
            paid = money(parts[2])
        elif parts[0] == "CLP":
            claims.append({"charge": money(parts[3]), "paid": money(parts[4]), "cas": Decimal(0), "lines": []})
        elif parts[0] == "SVC":
            claims[-1]["lines"].append({"charge": money(parts[2]), "paid": money(parts[3]), "cas": Decimal(0)})
        elif parts[0] == "CAS":
            target = claims[-1]["lines"][-1] if claims[-1]["lines"] else claims[-1]
            target["cas"] += sum((money(amount) for amount in parts[3::3]), Decimal(0))
        elif parts[0] == "PLB":
            adjusted += sum((money(amount) for amount in parts[4::2]), Decimal(0))
    assert claims
    for claim in claims:
        assert all(line["charge"] - line["cas"] == line["paid"] for line in claim["lines"])
        assert claim["charge"] - claim["cas"] - sum(line["cas"] for line in claim["lines"]) == claim["paid"]
        assert sum(line["charge"] for line in claim["lines"]) == claim["charge"]
    assert sum(claim["paid"] for claim in claims) - adjusted == paid


def test_every_835_of_the_simulator_balances_under_an_independent_check(played: tuple[Path, Ran]) -> None:
    remittances = sorted((played[0] / "simulator").rglob("*.835"))
    assert len(remittances) == 5
    for path in remittances:
        for transaction in path.read_text(encoding="ascii").split("~ST*")[1:]:
            independent_sums(transaction)


def test_no_patient_is_in_the_log_the_story_or_a_file_name(played: tuple[Path, Ran]) -> None:
    folder, ran = played
    visits = (ROOT / "samples" / "visits" / "clinic.json").read_text(encoding="utf-8")
    secrets = set(re.findall(r'"(?:member_id|birth_date)": "([^"]+)"', visits))
    patients = re.findall(r'"patient": \{\s*"last_name": "([^"]+)",\s*"first_name": "([^"]+)"', visits)
    assert len(secrets) > 60
    assert len(patients) > 90
    names = {name for pair in patients for name in pair} - {"Stone", "Reed"}
    log = gateway(*TODAY, "tail", home=folder / "clinic").out
    assert log.count("\n") > 400
    seen = log + ran.out + " ".join(path.name for path in folder.rglob("*"))
    assert [secret for secret in secrets if secret in seen] == []
    assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", seen)] == []


def test_the_claims_only_file_goes_through_to_payment(tmp_path: Path) -> None:
    sample = ROOT / "samples" / "visits" / "claims-only.csv"
    refused = gateway("demo", "--folder", tmp_path / "d", "--visits", sample)
    assert (refused.status, (tmp_path / "d").exists()) == (2, False)
    assert "--yes-invented" in refused.err
    ran = gateway("demo", "--folder", tmp_path / "d", "--visits", sample, "--yes-invented", "--json")
    assert (ran.status, ran.err) == (0, "")
    reconciled = ran.facts["reconciled"]
    assert reconciled["claims"] == {"paid": 20}
    assert reconciled["buckets"] == {
        "paid": "2065.92",
        "contractual": "645.60",
        "patient": "516.48",
        "not yet answered": "0.00",
    }


def test_a_folder_that_is_no_demo_is_never_wiped(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("keep me")
    ran = gateway("demo", "--folder", tmp_path)
    assert ran.status == 2
    assert "nothing was touched" in ran.err
    assert (tmp_path / "letters.txt").read_text() == "keep me"


def test_a_demo_that_was_only_looked_at_is_wiped_and_one_that_was_worked_in_only_when_told_so(tmp_path: Path) -> None:
    folder, home = tmp_path / "d", tmp_path / "d" / "clinic"
    sample = ROOT / "samples" / "visits" / "claims-only.csv"
    again = ("demo", "--folder", folder, "--visits", sample, "--yes-invented", "--json")
    assert gateway(*again).status == 0
    for looks in (("claims", "list"), ("reconcile",), ("tail",)):
        assert gateway(*looks, home=home).status == 0
    assert gateway(*again).status == 0
    by = ("--by", "Ana Reyes", "--reason", "trying it")
    assert gateway("partners", "pause", "northgate", *by, home=home).status == 0
    refused = gateway(*again)
    assert (refused.status, "somebody has worked" in refused.out, home.is_dir()) == (2, True, True)
    assert gateway(*again, "--wipe").status == 0


@pytest.fixture(scope="module")
def undisturbed(played: tuple[Path, Ran]) -> dict[str, Any]:
    return facts(played[0] / "clinic")


def killed_after(folder: Path, lines: int) -> bool:
    """Start the demo and kill -9 it as soon as it has printed so many lines. Tells whether it was still running."""
    process = subprocess.Popen(
        [*COMMAND, "demo", "--folder", str(folder)], stdout=subprocess.PIPE, text=True, env=environment()
    )
    assert process.stdout is not None
    for _ in range(lines):
        process.stdout.readline()
    process.kill()
    process.stdout.close()
    return process.wait() == -9


@pytest.mark.parametrize("lines", [3, 4, 5, 7, 8, 10, 11, 12, 13, 14, 16, 18])
def test_killed_anywhere_the_steps_by_hand_end_the_same(
    tmp_path: Path, lines: int, undisturbed: dict[str, Any]
) -> None:
    folder = tmp_path / "demo"
    assert killed_after(folder, lines)
    home = folder / "clinic"
    port = tomllib.loads((home / "partners" / "northgate.toml").read_text())["mailbox"]["port"]
    sample = ROOT / "samples" / "visits" / "clinic.json"
    with simulator(home, folder / "simulator", port):
        assert gateway(*TODAY, "init", home=home).status == 0
        for step in (("visits", "import", sample), ("scrub", "run"), ("batch", "seal"), ("deliver",)):
            ran = gateway(*TODAY, *step, home=home)
            assert ran.status in {0, 1}, ran.err
        for _ in range(60):
            gateway(*TODAY, "collect", home=home)
            gateway(*TODAY, "post", home=home)
            if facts(home) == undisturbed:
                break
    assert facts(home) == undisturbed
