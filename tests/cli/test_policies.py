"""gateway policies: which bind a procedure, what they want, where it is written."""

import json
from pathlib import Path

from tests.e2e.command import gateway


def test_a_person_asks_when_massage_is_covered(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert gateway("init", home=home).status == 0
    listed = gateway("policies", "list", home=home)
    assert listed.status == 0
    assert "florida-pip-massage" in listed.out
    assert "nobody (a pattern)" in listed.out
    told = gateway("policies", "explain", "97124", "--payer", "MCRB1", "--state", "FL", "--on", "2026-11-02", home=home)
    assert "not given by: massage therapist" in told.out
    assert "published, may hold a claim: CMS Benefit Policy Manual (Pub. 100-02) ch. 15 sec. 230.5" in told.out
    nothing = gateway("policies", "explain", "97150", "--payer", "MCRB1", home=home)
    pattern = gateway("policies", "explain", "97124", "--payer", "HLTH1", home=home)
    assert "pattern-adjunct-massage" in pattern.out
    assert "an authorization is wanted" in pattern.out
    assert "massage therapists are" not in pattern.out
    facts = gateway("policies", "explain", "97124", "--payer", "HLTH1", "--json", home=home).facts
    assert "an authorization is wanted" in facts["own_file"]
    assert "pattern-adjunct-massage" in {one["id"] for one in facts["patterns"]}
    assert "no policy of this payer" in nothing.out
    told = gateway("policies", "explain", "97124", "--payer", "MCRB1", "--json", home=home)
    assert [one["id"] for one in json.loads(told.out)["policies"]] == [
        "medicare-massage-therapists",
        "medicare-massage-purpose",
        "no-reason-to-treat",
    ]
