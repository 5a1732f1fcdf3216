"""remits enter, as a biller types it."""

from pathlib import Path

import pytest

from gateway.settings import load
from tests.cli.test_commands import SAMPLE
from tests.e2e.command import gateway

BY = ("--by", "Ana Reyes", "--reason", "EOB by mail")
PAPER = ("remits", "enter", "--trace", "4711", "--paid-on", "2026-11-12")


@pytest.fixture
def sent(tmp_path: Path) -> tuple[Path, str, tuple[str, ...], str]:
    """A home with a claim that was uploaded by hand: its number, what is typed of it as if all was paid, and its charge."""
    home = tmp_path / "home"
    assert gateway("init", home=home).status == 0
    gateway("visits", "import", SAMPLE, home=home)
    gateway("scrub", "run", home=home)
    gateway("batch", "seal", home=home)
    name = gateway("deliveries", "list", "--json", home=home).facts["files"][0]["name"]
    gateway("deliveries", "export", name, "--to", str(tmp_path / "copy"), *BY, home=home)
    gateway("deliveries", "uploaded", name, "--evidence", "receipt", *BY, home=home)
    pcn = gateway("deliveries", "show", name, "--json", home=home).facts["claims"][0]["pcn"]
    facts = gateway("claims", "show", pcn, "--json", home=home).facts
    lines, payer = facts["lines"], facts["claim"]["payer"]
    charges = [one["line"]["charge_cents"] for one in lines]
    typed = " ".join(f"{place}={one / 100:.2f}" for place, one in enumerate(charges, start=1))
    return home, pcn, ("--payer", payer, f"{pcn} {typed}"), f"{sum(charges) / 100:.2f}"


def test_a_paper_eob_is_tried_posted_and_refused_the_second_time(sent: tuple[Path, str, tuple[str, ...], str]) -> None:
    home, pcn, typed, charge = sent
    command = (*PAPER, "--amount", charge, *typed[:2], "--claim", typed[2], *BY)
    would = gateway(*command, "--dry-run", home=home)
    assert (would.status, f"claim {pcn}: ${charge} paid" in would.out.replace(",", "")) == (0, True)
    assert "it would be paid" in would.out
    assert gateway("inbox", "list", home=home).out == "nothing came in yet\n"
    facts = gateway(*command, "--json", home=home).facts["entered"]
    assert (facts["posted"], facts["claims"][0]["state"], facts["file"]["state"]) == (charge, "paid", "posted")
    again = gateway(*command, home=home)
    assert (again.status, "posted before, as remittance 1" in again.err) == (2, True)
    shown = gateway("inbox", "show", "1", home=home).out
    assert all(word in shown for word in ("by-hand/eob-4711.835", "a paper EOB typed in by Ana Reyes"))
    assert gateway("claims", "list", "state:paid", "--json", home=home).facts["claims"][0]["pcn"] == pcn
    assert load(home).practice.billing.npi not in shown


def test_claims_may_stand_in_a_file_and_what_is_wrong_is_said(
    sent: tuple[Path, str, tuple[str, ...], str], tmp_path: Path
) -> None:
    home, pcn, typed, charge = sent
    path = tmp_path / "eob.txt"
    path.write_text(f"# check 4711\n\n{typed[2]}\n")
    paper = (*PAPER, *typed[:2])
    assert gateway(*paper, "--amount", "1.00", "--claims", str(path), *BY, home=home).status == 2
    assert "--amount" in gateway(*paper, "--amount", "1.001", "--claims", str(path), *BY, home=home).err
    ran = gateway(*paper, "--amount", charge, "--claims", str(path), *BY, home=home)
    assert (ran.status, "inbound file 1, by-hand/eob-4711.835: posted" in ran.out, pcn in ran.out) == (0, True, True)
    path.write_bytes(b"\xff\xfe")
    assert gateway(*paper, "--amount", "1.00", "--claims", str(path), *BY, home=home).status == 3
