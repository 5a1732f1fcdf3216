from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.errors import ConfigError
from gateway.simulator.documents import load_world
from gateway.simulator.world import Authorization, BundledPair
from tests.simulator.conftest import SAMPLES

PLANS = '[[plan]]\npayer = "P1"\n'
MEMBERS = '[[member]]\nid = "SECRET99"\npayer = "P1"\n'
PROVIDERS = '[[provider]]\nnpi = "1900000013"\nenrolled = { P1 = 2020-01-01 }\n'

Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(plans: str = PLANS, members: str = MEMBERS, providers: str = PROVIDERS) -> Path:
        for name, text in (("plans", plans), ("members", members), ("providers", providers)):
            (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_the_samples_are_a_world() -> None:
    world = load_world(SAMPLES)
    assert set(world.plans) == {"MCRB1", "MDCD1", "HLTH1", "BLUE7", "WCMP1"}
    assert {one.partner for one in world.plans.values()} == {"northgate", "southport"}
    assert {payer for payer, _ in world.members} == set(world.plans)
    assert world.plans["MCRB1"].allowed["97110"] == Decimal("29.20")
    assert not world.is_open
    assert load_world(SAMPLES, open_mode=True).plan("ELSE", "Else Mutual") is not None


def test_what_is_written_is_what_is_meant(written: Written) -> None:
    plans = (
        PLANS
        + 'deductible = "10.50"\nunits_per_day = { "97110" = 4 }\nvisits_per_year = 7\n'
        + '[[plan.bundled]]\ncolumn1 = "A"\ncolumn2 = "B"\nreleasable = false\n'
    )
    members = MEMBERS + 'deductible_left = 7\nends = 2026-12-31\n[[member.authorization]]\nnumber = "N1"\nvisits = 3\n'
    world = load_world(written(plans, members))
    plan, member = world.plans["P1"], world.members[("P1", "SECRET99")]
    assert plan.deductible == Decimal("10.50")
    assert plan.units_per_day == {"97110": 4}
    assert plan.visits_per_year == 7
    assert plan.bundled == (BundledPair(column1="A", column2="B", releasable=False),)
    assert member.deductible_left == Decimal(7)
    assert member.ends == date(2026, 12, 31)
    assert member.authorization == (Authorization(number="N1", visits=3),)
    assert world.enrolled("1900000013", "P1") == date(2020, 1, 1)
    assert world.enrolled("1900000021", "P1") is None


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"plans": PLANS + "colour = 1\n"}, "plans.toml: plan 1, colour: is no key here"),
        ({"plans": PLANS + "deductible = 10.5\n"}, "plan 1, deductible: want an amount in quotes"),
        ({"plans": PLANS + 'deductible = "1e3"\n'}, "plan 1, deductible: want an amount"),
        ({"plans": PLANS + 'copay = "-1"\n'}, "plan 1, copay: want 0.00 or more"),
        ({"plans": PLANS + 'allowed = { "97110" = "-1" }\n'}, "plan 1, 97110: want 0.00 or more"),
        ({"plans": PLANS + 'allowed_percent = "101"\n'}, "plan 1, allowed_percent: want 0 to 100"),
        ({"plans": PLANS + 'required = ["referer"]\n'}, "plan 1, required: want some of referring"),
        ({"plans": PLANS + 'not_covered = "97010"\n'}, "plan 1, not_covered: want a list"),
        ({"plans": PLANS + "filing_days = true\n"}, "plan 1, filing_days: want a whole number"),
        ({"plans": PLANS + "filing_days = -1\n"}, "plan 1, filing_days: want a whole number"),
        ({"plans": PLANS + 'kind = "other"\n'}, "plan 1, kind: want one of medicare"),
        ({"plans": PLANS + 'tax_id = "12"\n'}, "plan 1, tax_id: want nine digits"),
        ({"plans": PLANS + '[[plan.bundled]]\ncolumn1 = "A"\n'}, "plan 1, bundled 1, column2: is missing"),
        ({"plans": PLANS + 'name = "A*B"\n'}, "plan 1, name: holds a delimiter"),
        ({"plans": PLANS + PLANS}, "plan 2: stands twice"),
        ({"plans": "[[plan]]\n"}, "a plan needs `payer`"),
        ({"plans": PLANS + '[default]\npayer = "X"\n'}, "default: a plan needs `payer`, and only the default has none"),
        ({"plans": "[[plan\n"}, "plans.toml: is not TOML"),
        ({"members": MEMBERS.replace("P1", "P2")}, "members.toml: member 1, payer: no plan"),
        ({"members": MEMBERS + 'birth_date = "1950-01-01"\n'}, "member 1, birth_date: want a day"),
        ({"members": MEMBERS + "birth_date = 1950-01-01T00:00:00\n"}, "member 1, birth_date: want a day"),
        ({"members": MEMBERS + MEMBERS}, "member 2: stands twice"),
        (
            {"members": MEMBERS + 2 * '[[member.authorization]]\nnumber = "A"\n'},
            "two authorizations have the same number",
        ),
        ({"members": "member = 1\n"}, "members.toml: member: want a list"),
        ({"members": "member = [1]\n"}, "members.toml: member 1: want a table"),
        ({"providers": PROVIDERS.replace("013", "014")}, "provider 1, npi: is no NPI"),
        ({"providers": PROVIDERS.replace("P1", "P2")}, "provider 1, enrolled, P2: no plan"),
    ],
)
def test_a_slip_is_refused_with_its_place(files: dict[str, str], said: str, written: Written) -> None:
    with pytest.raises(ConfigError) as refused:
        load_world(written(**files))
    assert said in str(refused.value)
    assert "SECRET99" not in str(refused.value)
    assert "1950" not in str(refused.value)


def test_a_missing_file_is_refused_unless_open(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"plans\.toml: not found"):
        load_world(tmp_path)
    assert load_world(tmp_path, open_mode=True).is_open
