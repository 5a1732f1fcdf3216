"""Minutes to units: the worked examples of the CMS manual's rule, and what must hold of any minutes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.payer import UnitRule
from gateway.units import count, units_of_total

CASES = json.loads((Path(__file__).parent / "unit_cases.json").read_text())
MINUTES = st.dictionaries(
    st.sampled_from(["97110", "97112", "97116", "97140", "97530"]), st.integers(0, 180), min_size=1
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(f"{c}={m}" for c, m in case["minutes"].items()))
def test_the_worked_examples_come_out(case: dict[str, Any]) -> None:
    minutes = case["minutes"]
    cms = count(UnitRule.CMS, minutes)
    assert cms.total == case["cms"]
    assert sorted(cms.tied) == sorted(case["tied"])
    assert sum(cms.by_code.values()) + cms.open_units == cms.total
    if not cms.tied:
        assert dict(cms.by_code) == case["cms_units"]
    assert dict(count(UnitRule.MIDPOINT, minutes).by_code) == case["midpoint_units"]


@pytest.mark.parametrize(
    ("minutes", "units"),
    [(0, 0), (7, 0), (8, 1), (22, 1), (23, 2), (37, 2), (38, 3), (52, 3), (53, 4), (67, 4), (68, 5), (127, 8)],
)
def test_the_bands_of_total_minutes(minutes: int, units: int) -> None:
    assert units_of_total(minutes) == units


@given(MINUTES)
def test_the_cms_total_depends_on_total_minutes_only(minutes: dict[str, int]) -> None:
    result = count(UnitRule.CMS, minutes)
    assert result.total == units_of_total(sum(minutes.values()))
    assert sum(result.by_code.values()) + result.open_units == result.total


@given(MINUTES)
def test_a_code_with_a_whole_quarter_hour_gets_a_unit(minutes: dict[str, int]) -> None:
    result = count(UnitRule.CMS, minutes)
    assert all(result.by_code[code] >= given // 15 for code, given in minutes.items())
    assert all(result.by_code[code] <= given // 15 + 1 for code, given in minutes.items())


@given(MINUTES, st.randoms())
def test_the_order_of_the_codes_changes_nothing(minutes: dict[str, int], order: object) -> None:
    shuffled = list(minutes)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = count(UnitRule.CMS, minutes), count(UnitRule.CMS, {code: minutes[code] for code in shuffled})
    assert dict(one.by_code) == dict(other.by_code)
    assert set(one.tied) == set(other.tied)


@given(st.integers(0, 300))
def test_one_code_alone_comes_to_the_same_under_both_rules(minutes: int) -> None:
    assert count(UnitRule.CMS, {"97110": minutes}).total == count(UnitRule.MIDPOINT, {"97110": minutes}).total


def test_negative_minutes_are_refused() -> None:
    with pytest.raises(ValueError, match="97110"):
        count(UnitRule.CMS, {"97110": -1})
