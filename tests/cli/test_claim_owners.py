"""`gateway claims list` says whose the next step is."""

import json
from pathlib import Path

from tests.e2e.command import gateway


def test_each_claim_says_whose_the_next_step_is(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    assert gateway("demo", "--folder", folder, home=tmp_path / "unused").status in {0, 1}
    home = folder / "clinic"
    ran = gateway("--today", "2026-11-16", "claims", "list", "--json", "--limit", "1000", home=home)
    claims = json.loads(ran.out)["claims"]
    denied = gateway("--today", "2026-11-16", "denials", "list", "--json", "--limit", "1000", home=home)
    owners: dict[str, set[str]] = {}
    for one in json.loads(denied.out)["denials"]:
        owners.setdefault(one["pcn"], set()).add(one["owner"])
    assert {one["state"] for one in claims} >= {"paid", "denied", "partial", "rejected"}
    for one in claims:
        wanted = {"paid": "nobody", "rejected": "biller"}.get(one["state"]) or ", ".join(sorted(owners[one["pcn"]]))
        assert one["owner"] == wanted, one["state"]
    assert " whose " in gateway("--today", "2026-11-16", "claims", "list", "state:denied", home=home).out
