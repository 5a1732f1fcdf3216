"""claims and tail, as a person reads them."""

from pathlib import Path

import pytest

from tests.e2e.command import ROOT, gateway

SAMPLE = ROOT / "samples" / "visits" / "claims-only.csv"
BY = ("--by", "Ana Reyes", "--reason", "card copied again")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    assert gateway("init", home=place).status == 0
    assert gateway("visits", "import", SAMPLE, home=place).status == 0
    assert gateway("scrub", "run", home=place).status == 0
    return place


def test_a_replaced_claim_says_which_one_stands_for_it_and_who_decided_so(home: Path) -> None:
    first = gateway("claims", "list", "--limit", "1", "--json", home=home).facts["claims"][0]
    shown = gateway("claims", "show", first["pcn"], home=home).out
    assert (shown.count("not yet answered") > 0, "stands for it" in shown) == (True, False)
    key = first["visit_key"]
    assert gateway("visits", "fix", key, "--set", "coverages.1.member_id=M999", *BY, home=home).status == 0
    later = gateway("claims", "show", key, "--json", home=home).facts["claim"]["pcn"]
    shown = gateway("claims", "show", first["pcn"], home=home).out
    assert (shown.count("not yet answered"), f"claim {later} stands for it" in shown) == (0, True)
    assert "(Ana Reyes: card copied again)" in shown
    shown = gateway("claims", "show", later, home=home).out
    assert ("not yet answered" in shown, "(Ana Reyes: card copied again)" in shown) == (True, True)
    told = gateway("tail", "--kind", "visit.decided", home=home).out
    assert "(Ana Reyes: card copied again)" in told


def test_a_claim_whose_visit_changed_before_it_was_sent_and_has_no_other_yet_says_so(home: Path) -> None:
    first = gateway("claims", "list", "--limit", "1", "--json", home=home).facts["claims"][0]
    held = gateway("visits", "fix", first["visit_key"], "--set", "diagnoses.1=Z9999", *BY, home=home)
    assert held.status == 1, held.out + held.err
    shown = gateway("claims", "show", first["pcn"], home=home).out
    assert (shown.count("not yet answered"), "its visit was changed before it was sent" in shown) == (0, True)
