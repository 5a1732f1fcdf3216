"""denials, as a person reads them: what to do, what to type, and that typing it does it."""

import shlex
from pathlib import Path

from gateway.cli.face.place import Place
from gateway.service.inbound.post import post
from tests.e2e.command import ROOT, gateway
from tests.service import clinic

BY = ("--by", "Ana Reyes", "--reason", "card copied again")


def refused(home: Path, *reasons: str) -> tuple[str, str]:
    """Have a claim refused whole; gives its visit's key and its number."""
    assert gateway("init", home=home).status == 0
    assert gateway("visits", "import", ROOT / "samples" / "visits" / "claims-only.csv", home=home).status == 0
    assert gateway("scrub", "run", home=home).status == 0
    claim = next(
        one for one in gateway("claims", "list", "--json", home=home).facts["claims"] if one["partner"] == "northgate"
    )
    charge = f"{claim['charge_cents'] // 100}.{claim['charge_cents'] % 100:02}".rstrip("0").rstrip(".")
    cas, *more = reasons
    body = (f"CLP*{claim['pcn']}*4*{charge}*0**CI*ICN77*11*1", f"{cas}*{charge}", "NM1*QC*1*QUILL*MARA****MI*M1", *more)
    with Place(home=home, pinned=None).office() as office:
        clinic.delivered(office)
        raw = clinic.answer_835("0", body, payee=office.practice.billing.npi, payer=claim["payer"])
        clinic.arrived(office, raw, from_partner="northgate")
        (done,) = post(office)
    assert not done.why
    return claim["visit_key"], claim["pcn"]


def typed(shown: str, name: str) -> list[str]:
    """The command that stands beside a word."""
    line = next(line for line in shown.splitlines() if line.strip().startswith(f"{name} "))
    return shlex.split(line.strip().removeprefix(name))


def test_a_denial_that_was_no_adjudication_says_what_to_type_and_that_makes_a_new_claim(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key, pcn = refused(home, "CAS*CO*16", "MOA***MA130")
    shown = gateway("denials", "show", key, home=home).out
    assert "send a new claim, frequency 1" in shown
    words = typed(shown, "next")
    assert words[:5] == ["gateway", "visits", "fix", key, "--set"]
    fixed = gateway("visits", "fix", key, "--set", "coverages.1.member_id=M777", *BY, home=home)
    assert fixed.status == 0, fixed.out + fixed.err
    claim = gateway("claims", "show", key, "--json", home=home).facts["claim"]
    assert (claim["state"], claim["frequency"], claim["version"]) == ("ready", "1", 2)
    settled = gateway("denials", "show", pcn, home=home).out
    assert "denial (closed)" in settled
    assert not any(line.strip().startswith("next ") for line in settled.splitlines())


def test_a_denial_that_goes_by_hand_says_so_and_how_it_ends(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key, pcn = refused(home, "CAS*CO*50")
    shown = gateway("denials", "show", key, home=home).out
    assert "send the appeal; its answer, once posted, settles it" in shown
    words = typed(shown, "to end it")
    assert words[:4] == ["gateway", "claims", "close", pcn]
    assert gateway(*words[1:4], *BY, home=home).status == 0
    assert gateway("claims", "show", key, "--json", home=home).facts["claim"]["state"] == "closed"
