"""claims and tail, as a person reads them."""

from pathlib import Path

import pytest

from gateway.cli.face.place import Place
from gateway.service.inbound.post import post
from tests.e2e.command import ROOT, gateway
from tests.service import clinic

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


def rejected(home: Path, *pcns: str) -> None:
    """Have everything sent, and some claims refused."""
    with Place(home=home, pinned=None).office() as office:
        clinic.delivered(office)
        answer = clinic.answer_277ca("1000000001", *((pcn, "A3:24:41", "") for pcn in pcns))
        clinic.arrived(office, answer, from_partner="northgate")
        post(office)


def test_rejected_claims_are_sent_again_by_name_or_by_file(home: Path) -> None:
    sent = gateway("claims", "list", "--json", home=home).facts["claims"]
    assert len(sent) > 2
    one, two, *others = (claim["pcn"] for claim in sent if claim["partner"] == "northgate")
    said = gateway("claims", "resubmit", one, *BY, home=home)
    assert (said.status, "goes with the next batch anyway" in said.err) == (2, True)
    rejected(home, one, two)
    shown = gateway("claims", "show", one, home=home).out
    assert "gateway claims resubmit CLAIM" in shown
    (file,) = {gateway("claims", "show", pcn, "--json", home=home).facts["file"] for pcn in (one, two)}
    dry = gateway("claims", "resubmit", "--file", file, "--dry-run", "--json", *BY, home=home)
    assert (dry.status, {each["rejected"] for each in dry.facts["resubmitted"]}) == (1, {one, two})
    assert {each["claim"] for each in dry.facts["refused"]} == set(others)
    again = gateway("claims", "resubmit", one, *BY, home=home)
    assert (again.status, f"rejected claim {one} stands in claim " in again.out) == (0, True)
    both = gateway("claims", "resubmit", "--file", file, *BY, home=home)
    assert (both.status, f"rejected claim {two} stands in claim " in both.out) == (1, True)
    assert f"1 claim sent again, {len(others) + 1} not" in both.out
    assert gateway("reconcile", home=home).status == 0


@pytest.mark.parametrize("words", [(), ("X", "--file", "Y"), ("X", "--partner", "northgate")])
def test_what_to_send_again_is_said_in_one_way(home: Path, words: tuple[str, ...]) -> None:
    assert gateway("claims", "resubmit", *words, *BY, home=home).status == 2


def test_a_ready_claim_is_withdrawn_and_sent_after_all(home: Path) -> None:
    first = gateway("claims", "list", "--limit", "1", "--json", home=home).facts["claims"][0]
    key = first["visit_key"]
    said = gateway("claims", "withdraw", key, *BY, home=home)
    assert (said.status, f"gateway visits fix {key} --by NAME --reason TEXT" in said.out) == (0, True)
    listed = gateway("visits", "list", "--state", "withdrawn", home=home).out
    assert key in listed
    assert "it was withdrawn before it was sent" in gateway("claims", "show", first["pcn"], home=home).out
    assert gateway("visits", "fix", key, *BY, home=home).status == 0
    assert gateway("claims", "show", key, "--json", home=home).facts["claim"]["state"] == "ready"


def test_a_claim_that_no_payer_has_answered_is_not_taken_back_by_a_void(home: Path) -> None:
    first = gateway("claims", "list", "--limit", "1", "--json", home=home).facts["claims"][0]
    said = gateway("claims", "void", first["pcn"], *BY, home=home)
    assert (said.status, "gateway claims withdraw" in said.err) == (2, True)


def test_a_paid_claim_is_taken_back_by_a_void_that_can_be_withdrawn(home: Path) -> None:
    sent = gateway("claims", "list", "--json", home=home).facts["claims"]
    claim = next(one for one in sent if one["partner"] == "northgate")
    charge = f"{int(claim['charge_cents']) / 100:.2f}"
    with Place(home=home, pinned=None).office() as office:
        clinic.delivered(office)
        body = (f"CLP*{claim['pcn']}*1*{charge}*{charge}**CI*ICN1*11*1", "NM1*QC*1*QUILL*MARA****MI*M1")
        npi = office.practice.billing.npi
        raw = clinic.answer_835(charge, body, payee=npi, payer=claim["payer"])
        clinic.arrived(office, raw, from_partner="northgate")
        (done,) = post(office)
    assert not done.why
    assert gateway("claims", "show", claim["pcn"], "--json", home=home).facts["claim"]["state"] == "paid"
    voided = gateway("claims", "void", claim["pcn"], *BY, home=home)
    assert (voided.status, f"takes back claim {claim['pcn']}" in voided.out) == (0, True)
    pcn = voided.out.split()[2]
    assert "it takes another version back" in gateway("claims", "show", pcn, home=home).out
    back = gateway("claims", "withdraw", pcn, *BY, home=home)
    assert (back.status, "the claim stands as before" in back.out) == (0, True)
    assert gateway("reconcile", home=home).status == 0
