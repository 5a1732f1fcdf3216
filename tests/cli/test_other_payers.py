"""A second coverage as a person meets it: at import, at scrub, on the claim, and in the list of what to bill by hand."""

import json
from pathlib import Path

import pytest

from tests.cli.test_lists import gateway
from tests.service.clinic import answer_835, visit, visits_file

AUTHORIZED = {"number": "A1", "starts": "2026-09-01", "ends": "2026-12-31"}
SECOND = {"payer_id": "SUPP1", "payer_name": "Supplement One", "member_id": "S00012"}


def covered(key: str, *others: dict[str, str]) -> dict[str, object]:
    first = {"payer_id": "HLTH1", "member_id": f"M{key[-1]}00"}
    return visit(key, authorization=AUTHORIZED, coverages=[first, *(one or first for one in others)])


VISITS = visits_file(covered("V-1", SECOND), covered("V-2", {"payer_name": "Third Fund"}), covered("V-3", {}))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home, box = tmp_path / "home", tmp_path / "box"
    assert gateway(home, "init").status == 0
    for name in ("inbound", "outbound", "archive"):
        (box / name).mkdir(parents=True)
    profile = home / "partners" / "northgate.toml"
    profile.write_text(profile.read_text().replace('kind = "sftp"', f'kind = "folder"\nroot = "{box}"'))
    (tmp_path / "visits.json").write_bytes(VISITS)
    return home


def test_an_import_says_in_a_line_who_else_covers_the_patients(home: Path) -> None:
    file = home.parent / "visits.json"
    dry = gateway(home, "visits", "import", file, "--dry-run", "--json")
    assert json.loads(dry.out)["other_coverages"] == [
        {"visit": "V-1", "payers": ["Supplement One"], "repeated": 0},
        {"visit": "V-2", "payers": ["Third Fund"], "repeated": 0},
        {"visit": "V-3", "payers": [], "repeated": 1},
    ]
    ran = gateway(home, "visits", "import", file)
    assert ran.status == 0
    *_, cutoffs = ran.out.splitlines()
    assert cutoffs.startswith("what is clean goes with the next cutoff, where gateway serve runs: northgate ")
    assert ran.out.splitlines()[1:-1] == [
        (
            "2 visits with another coverage (Supplement One 1, Third Fund 1): we do not bill it yet, and what the first payer "
            "leaves is not the patient's; after scrub: gateway visits list rule:OTHER_COVERAGE,OTHER_COVERAGE_INCOMPLETE"
        ),
        "1 visit with a coverage that is given twice; it counts once",
    ]
    assert gateway(home, "visits", "import", file).out.splitlines() == [
        "visits taken in from visits.json: 3 unchanged",
    ]


def test_what_is_left_to_another_payer_is_listed_with_what_a_bill_by_hand_wants(home: Path) -> None:
    for command in (
        ("visits", "import", home.parent / "visits.json"),
        ("scrub", "run"),
        ("batch", "seal"),
        ("deliver", "--partner", "northgate"),
    ):
        assert gateway(home, *command).status == 0
    for rule, visits in (("OTHER_COVERAGE", "V-1"), ("OTHER_COVERAGE_INCOMPLETE", "V-2"), ("COVERAGE_REPEATED", "V-3")):
        found = gateway(home, "visits", "list", f"rule:{rule}", "-o", "json")
        assert [one["visit"]["key"] for one in json.loads(found.out)["visits"]] == [visits]
    shown = gateway(home, "claims", "show", "V-1").out
    assert "covered by Supplement One too: what this payer leaves is theirs before it is the patient's" in shown
    assert json.loads(gateway(home, "claims", "show", "V-3", "--json").out)["other_payers"] == []
    claims = {one["visit_key"]: one for one in json.loads(gateway(home, "claims", "list", "-o", "json").out)["claims"]}
    assert [one["left"] for one in claims.values()] == [None, None, None]
    answers = (
        (
            f"CLP*{claims[key]['pcn']}*1*180.5*140.5*20*CI*ICN{key[-1]}*11*1",
            "NM1*QC*1*QUILL*MARA****MI*M1",
            "SVC*HC:97110:GP*120*100**2",
            "CAS*CO*45*20",
            "SVC*HC:97140:GP*60.5*40.5**1",
            "CAS*PR*3*20",
        )
        for key in ("V-1", "V-3")
    )
    raw = answer_835("281", *answers, trace="880012345", payer="HLTH1")
    (home.parent / "box" / "outbound" / "pay.835").write_bytes(raw)
    assert gateway(home, "collect", "--partner", "northgate").status == 0
    gateway(home, "post")
    listed = gateway(home, "claims", "list", "left:by_hand", "-o", "csv").out.splitlines()
    assert len(listed) == 2
    assert "V-1" in listed[1]
    assert (
        "20.00 to Supplement One: paid $140.50, CO 45 $20.00, PR 3 $20.00; remittance 880012345 of 2026-11-12"
        in listed[1]
    )
    (one,) = json.loads(gateway(home, "claims", "list", "left:by_hand", "-o", "json").out)["claims"]
    assert (one["left"]["cents"], one["left"]["payers"]) == (2000, ["Supplement One"])
    assert gateway(home, "claims", "list", "left:somewhere").status == 2
