"""The year's threshold: by allowed amounts it holds, by charges it warns, and KX is never added."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.finding import Severity
from gateway.payer import Payer, Program, Rates
from gateway.scrub import Case
from tests.scrub.cases import SETTINGS, case_of, found, sample, severities

HOLD, WARN = Severity.HOLD, Severity.WARN
RATES = Rates(
    starts=date(2026, 1, 1),
    source="the contractor's fee schedule of 2026",
    amounts={"97110": Decimal("28.00"), "97140": Decimal("26.00")},
)
MEDICARE = replace(SETTINGS.payer("MCRB1"), rates=(RATES,))
"""What the visit of the sample is allowed by these rates: 2 x 28.00 + 26.00 = 82.00."""


def visit(pt_slp: str | None, *modifiers: str, payer: Payer = MEDICARE, **changes: Any) -> Case:
    document = sample("POC_MISSING", "good")
    for service in document["visit"]["services"]:
        service["modifiers"] = ["GP", *modifiers]
    if pt_slp is not None:
        document["visit"]["therapy_used"] = {"pt_slp": pt_slp, "ot": "0.00", "as_of": "2026-11-01"}
    document["visit"] |= changes
    return case_of(document, payer=payer)


@pytest.mark.parametrize(
    ("used", "wanted"),
    [("2398.00", []), ("2398.01", [WARN]), ("2480.00", [WARN]), ("2480.01", [HOLD]), ("2900.00", [HOLD]), (None, [])],
)
def test_it_holds_above_the_amount_and_warns_where_the_visit_crosses_it(
    used: str | None, wanted: list[Severity]
) -> None:
    assert severities(visit(used), "MOD_KX_REQUIRED") == wanted


@pytest.mark.parametrize("modifier", ["KX", "GA", "GY", "GZ"])
def test_kx_or_a_notice_answers_it(modifier: str) -> None:
    stated = {"stated_by": "Ida Stone, PT", "stated_on": "2026-11-02"}
    assert severities(visit("2900.00", modifier, kx=stated), "MOD_KX_REQUIRED") == []


def test_kx_that_nobody_stated_is_held_and_one_not_supplied_is_not() -> None:
    assert severities(visit("2900.00", "KX", kx=None), "MOD_KX_REQUIRED") == [HOLD]
    assert severities(visit("2900.00", "KX"), "MOD_KX_REQUIRED") == []


def test_kx_below_the_amount_is_premature_only_where_the_portal_told() -> None:
    assert severities(visit("900.00", "KX"), "MOD_KX_PREMATURE") == [WARN]
    assert severities(visit("2398.01", "KX"), "MOD_KX_PREMATURE") == []
    assert severities(visit(None, "KX"), "MOD_KX_PREMATURE") == []


def with_earlier(case: Case, number: int, **changes: Any) -> Case:
    earlier = tuple(
        replace(case.visit, key=f"E-{n}", day=date(2026, 8, 1) + timedelta(days=n), **changes) for n in range(number)
    )
    return replace(case, history=earlier)


def test_own_visits_count_by_what_was_allowed_else_by_rates() -> None:
    case = with_earlier(visit(None), 29)
    assert severities(case, "MOD_KX_REQUIRED") == []  # 29 x 82.00 = 2,378.00, and 82.00 more do not pass 2,480.00
    assert severities(with_earlier(visit(None), 30), "MOD_KX_REQUIRED") == [WARN]
    answered = replace(case, allowed={f"E-{n}": Decimal("86.00") for n in range(29)})
    assert severities(answered, "MOD_KX_REQUIRED") == [HOLD]


def test_units_that_medicare_pays_at_less_count_so_and_the_one_that_would_lose_most_in_full() -> None:
    reduced = replace(RATES, reduced={"97110": Decimal("22.00"), "97140": Decimal("21.00")})
    payer = replace(MEDICARE, rates=(reduced,))
    # 2 x 22.00 + 21.00, and 6.00 more for the one 97110 that is paid in full: 71.00 instead of 82.00
    assert severities(with_earlier(visit(None, payer=payer), 33), "MOD_KX_REQUIRED") == []
    assert severities(with_earlier(visit(None, payer=payer), 34), "MOD_KX_REQUIRED") == [WARN]
    (one,) = found(with_earlier(visit(None, payer=payer), 34), "MOD_KX_REQUIRED")
    assert "from $2414.00 past $2480" in one.what


def test_charges_are_an_estimate_that_warns() -> None:
    case = with_earlier(visit(None, payer=SETTINGS.payer("MCRB1")), 20)
    (one,) = found(case, "MOD_KX_REQUIRED")
    assert one.severity is WARN
    assert "an estimate" in one.what


def test_a_year_without_a_published_amount_warns() -> None:
    late = visit("2900.00", date="2027-02-01", therapy_used={"pt_slp": "2900.00", "ot": "0.00", "as_of": "2027-01-31"})
    assert severities(late, "MOD_KX_REQUIRED") == [WARN]


def test_it_is_medicares_alone_and_not_of_occupational_therapy_together_with_others() -> None:
    assert (
        severities(visit("2900.00", payer=replace(MEDICARE, program=Program.MEDICARE_ADVANTAGE)), "MOD_KX_REQUIRED")
        == []
    )
    assert severities(visit("2900.00", discipline="OT"), "MOD_KX_REQUIRED") == []
