"""What a waiver may let pass."""

import shutil
from pathlib import Path

import pytest

from gateway.errors import ConfigError
from gateway.scrub import RULES
from gateway.settings import CONFIG_SHIPPED, load

WAIVER = '[[waiver]]\nrule = "{}"\npayer = "HLTH1"\nby = "Ana Reyes"\nwhy = "by their letter"\nuntil = 2026-12-31\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(CONFIG_SHIPPED, tmp_path / "home")
    return tmp_path / "home"


def test_a_rule_that_is_only_the_payers_wish_is_waived(home: Path) -> None:
    (home / "waivers.toml").write_text(WAIVER.format("PROGRESS_REPORT_OVERDUE"))
    assert [one.rule for one in load(home).waivers] == ["PROGRESS_REPORT_OVERDUE"]


@pytest.mark.parametrize("rule", ["UNIT_TIE", "UNITS_MISSING", "CHARGE_MISSING", "NOTHING_TO_BILL", "MOD_TOO_MANY"])
def test_a_rule_without_whose_facts_there_is_no_claim_is_not_waived(home: Path, rule: str) -> None:
    (home / "waivers.toml").write_text(WAIVER.format("PROGRESS_REPORT_OVERDUE") + WAIVER.format(rule))
    with pytest.raises(ConfigError) as refused:
        load(home)
    said = str(refused.value)
    assert f"waivers.toml: waiver.1.rule: {rule} cannot be waived, for there is no claim to make without" in said
    assert "waiver.0" not in said
    assert all(one.id in said for one in RULES if one.needs)


def test_a_waiver_of_a_rule_that_is_none_says_which_may_be_meant(home: Path) -> None:
    (home / "waivers.toml").write_text(WAIVER.format("ACCIDENT_DATE_MISING"))
    with pytest.raises(
        ConfigError, match=r"ACCIDENT_DATE_MISING is no rule \(any more\); ACCIDENT_DATE_MISSING is one"
    ):
        load(home)
