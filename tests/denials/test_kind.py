from decimal import Decimal

import pytest

from gateway.denials.kind import AdjustmentKind, kind
from gateway.remittance import GroupCode

CO, PR, OA = GroupCode.CONTRACTUAL, GroupCode.PATIENT, GroupCode.OTHER
NOTHING, SOME = Decimal("0.00"), Decimal("41.20")


@pytest.mark.parametrize(
    ("group", "code", "paid"),
    [
        (CO, "45", SOME),
        (CO, "45", NOTHING),
        (PR, "1", NOTHING),
        (CO, "253", SOME),
        (OA, "23", NOTHING),
        (CO, "234", NOTHING),
    ],
)
def test_what_contract_law_and_plan_provide_is_no_denial(group: GroupCode, code: str, paid: Decimal) -> None:
    assert kind(group=group, code=code, rarcs=(), paid=paid) is AdjustmentKind.EXPECTED


@pytest.mark.parametrize("paid", [NOTHING, SOME])
@pytest.mark.parametrize("code", ["50", "97", "119", "151", "197"])
def test_a_refusal_is_a_denial_even_beside_a_payment(code: str, paid: Decimal) -> None:
    assert kind(group=CO, code=code, rarcs=(), paid=paid) is AdjustmentKind.DENIAL


def test_a_pending_line_is_informational() -> None:
    assert kind(group=OA, code="133", rarcs=(), paid=NOTHING) is AdjustmentKind.INFORMATIONAL


def test_an_unknown_reason_is_a_denial_until_somebody_reads_it() -> None:
    assert kind(group=CO, code="999", rarcs=(), paid=SOME) is AdjustmentKind.DENIAL


def test_what_was_never_adjudicated_is_a_denial() -> None:
    assert kind(group=CO, code="45", rarcs=("MA130",), paid=NOTHING) is AdjustmentKind.DENIAL


def test_a_contractual_code_with_a_reason_to_refuse_is_a_denial_in_disguise() -> None:
    assert kind(group=CO, code="45", rarcs=("N115",), paid=NOTHING) is AdjustmentKind.DENIAL
    assert kind(group=CO, code="45", rarcs=("N115",), paid=SOME) is AdjustmentKind.EXPECTED
    assert kind(group=CO, code="45", rarcs=("N381", "MA01"), paid=NOTHING) is AdjustmentKind.EXPECTED
