"""samples/massage: when massage is covered and when not, and why; its README says what the gateway finds."""

import json
import re
import shutil
from pathlib import Path

from gateway.settings import SAMPLES_SHIPPED
from tests.e2e.command import gateway

MASSAGE = SAMPLES_SHIPPED / "massage"
ROW = re.compile(r"^\| (M-\d\d) \|.*\| (ready|warned|held)(?:: `([A-Z_]+)`)? \|", re.MULTILINE)


def told() -> dict[str, tuple[str, str]]:
    """What the README says becomes of each visit, and the rule that says why."""
    return {visit: (state, rule) for visit, state, rule in ROW.findall((MASSAGE / "README.md").read_text())}


def test_the_samples_come_to_what_their_page_says(tmp_path: Path) -> None:
    home, day = tmp_path / "home", ("--today", "2026-11-16")
    assert gateway("init", home=home).status == 0
    for payer in (MASSAGE / "payers").glob("*.toml"):
        shutil.copy(payer, home / "payers" / payer.name)
    assert gateway(*day, "visits", "import", str(MASSAGE / "visits.json"), home=home).status == 0
    judged = json.loads(gateway(*day, "scrub", "run", "--dry-run", "--json", home=home).out)["scrubbed"]
    found = {}
    for one in judged:
        for severity, state in (("hold", "held"), ("warn", "warned")):
            rules = sorted({each["rule"] for each in one["findings"] if each["severity"] == severity})
            if rules:
                found[one["visit"]] = (state, *rules)
                break
        else:
            found[one["visit"]] = ("ready", "")
    assert found == told()
