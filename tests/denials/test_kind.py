from decimal import Decimal

import pytest

from gateway.denials.kind import AdjustmentKind, is_denied, kind
from gateway.remittance import Adjustment, GroupCode, Said

CO, PR, OA, PI = GroupCode.CONTRACTUAL, GroupCode.PATIENT, GroupCode.OTHER, GroupCode.PAYER_INITIATED
NOTHING, SOME, CHARGE = Decimal("0.00"), Decimal("41.20"), Decimal("100.00")
Cas = tuple[GroupCode, str, str]


def said(
    *adjustments: Cas, paid: Decimal = NOTHING, rarcs: tuple[str, ...] = (), earlier_payer: bool = False
) -> tuple[Adjustment, Said]:
    """The first adjustment, and what stands beside it on a line of 100 dollars."""
    every = tuple(Adjustment(group, code, Decimal(amount)) for group, code, amount in adjustments)
    return every[0], Said(paid, CHARGE, every, rarcs, earlier_payer)


def kind_of(group: GroupCode, code: str, paid: Decimal, *rarcs: str) -> AdjustmentKind:
    """Of an adjustment beside which the patient has a share, so that it does not take all."""
    return kind(*said((group, code, "40.00"), (PR, "1", "60.00"), paid=paid, rarcs=rarcs))


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
    assert kind_of(group, code, paid) is AdjustmentKind.EXPECTED


@pytest.mark.parametrize("paid", [NOTHING, SOME])
@pytest.mark.parametrize("code", ["50", "97", "119", "151", "197"])
def test_a_refusal_is_a_denial_even_beside_a_payment(code: str, paid: Decimal) -> None:
    assert kind_of(CO, code, paid) is AdjustmentKind.DENIAL


def test_a_pending_line_is_informational() -> None:
    assert kind_of(OA, "133", NOTHING) is AdjustmentKind.INFORMATIONAL


def test_an_unknown_reason_is_a_denial_until_somebody_reads_it() -> None:
    assert kind_of(CO, "999", SOME) is AdjustmentKind.DENIAL


def test_what_was_never_adjudicated_is_a_denial() -> None:
    assert kind_of(CO, "45", NOTHING, "MA130") is AdjustmentKind.DENIAL


def test_a_contractual_code_with_a_reason_to_refuse_is_a_denial_in_disguise() -> None:
    assert kind_of(CO, "45", NOTHING, "N115") is AdjustmentKind.DENIAL
    assert kind_of(CO, "45", SOME, "N115") is AdjustmentKind.EXPECTED
    assert kind_of(CO, "45", NOTHING, "N381", "MA01") is AdjustmentKind.EXPECTED


@pytest.mark.parametrize("code", ["24", "45", "131", "144", "104", "253", "59", "187", "P12"])
@pytest.mark.parametrize("group", [CO, PI])
def test_a_cut_that_takes_the_whole_charge_is_a_denial(group: GroupCode, code: str) -> None:
    assert kind(*said((group, code, "100.00"))) is AdjustmentKind.DENIAL
    assert kind(*said((group, code, "60.00"), (CO, "45", "40.00"))) is AdjustmentKind.DENIAL
    assert kind(*said((group, code, "58.80"), paid=SOME)) is AdjustmentKind.EXPECTED


def test_what_an_earlier_payer_paid_is_none_unless_there_was_no_earlier_payer() -> None:
    assert kind(*said((OA, "23", "100.00"))) is AdjustmentKind.DENIAL
    assert kind(*said((OA, "23", "100.00"), earlier_payer=True)) is AdjustmentKind.EXPECTED


def test_what_adds_to_a_payment_is_no_denial() -> None:
    assert kind(*said((CO, "225", "-5.00"), paid=Decimal("105.00"))) is AdjustmentKind.EXPECTED
    assert kind(*said((CO, "999", "-5.00"), paid=Decimal("105.00"))) is AdjustmentKind.EXPECTED


@pytest.mark.parametrize("code", ["22", "27", "31", "96", "204", "26", "33"])
def test_the_whole_charge_refused_to_the_patient_is_denied_until_a_person_decides(code: str) -> None:
    assert is_denied(*said((PR, code, "100.00")))
    assert is_denied(*said((PR, code, "60.00"), (PR, "96", "40.00")))


@pytest.mark.parametrize("code", ["22", "27", "31", "96", "204"])
def test_a_part_of_a_charge_that_is_left_to_the_patient_is_the_patients(code: str) -> None:
    assert not is_denied(*said((PR, code, "58.80"), paid=SOME))
    assert not is_denied(*said((PR, code, "60.00"), (CO, "45", "40.00")))


def test_a_deductible_that_takes_the_whole_charge_is_the_patients() -> None:
    assert not is_denied(*said((PR, "1", "100.00")))
