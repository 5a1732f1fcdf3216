from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway.errors import OutOfBalance
from gateway.remit.balance import check, share_doubt
from gateway.remittance import Remittance

CENT = Decimal("0.01")


@pytest.fixture
def balanced(make: Any) -> Remittance:
    first = make.payment(
        "100.00",
        "55.00",
        make.answer("97110", "60.00", "40.00", ("CO", "45", "15.00"), ("PR", "2", "5.00")),
        make.answer("97140", "40.00", "20.00", ("CO", "45", "20.00")),
        cas=(("CO", "253", "5.00"),),
        share="5.00",
    )
    whole = make.payment("80.00", "0.00", cas=(("CO", "50", "80.00"),))
    taken_back = make.payment(
        "-30.00", "-10.00", make.answer("97530", "-30.00", "-10.00", ("CO", "45", "-20.00")), status="22"
    )
    remittance = make.remittance("38.50", first, whole, taken_back, withheld=("10.00", "-3.50"))
    assert isinstance(remittance, Remittance)
    return remittance


def test_what_adds_up_is_let_through(balanced: Remittance) -> None:
    check(balanced)
    assert [share_doubt(one) for one in balanced.claims] == [None] * len(balanced.claims)


def with_claim(remittance: Remittance, at: int, **changes: Any) -> Remittance:
    claims = list(remittance.claims)
    claims[at] = claims[at]._replace(**changes)
    return replace(remittance, claims=tuple(claims))


def tampered(remittance: Remittance, by: Decimal) -> list[Remittance]:
    """The same answer with one amount changed, for every amount that moves money."""
    found = [replace(remittance, payment=remittance.payment + by)]
    for at, withheld in enumerate(remittance.provider_adjustments):
        changed = list(remittance.provider_adjustments)
        changed[at] = replace(withheld, amount=withheld.amount + by)
        found.append(replace(remittance, provider_adjustments=tuple(changed)))
    for at, claim in enumerate(remittance.claims):
        found.append(with_claim(remittance, at, charge=claim.charge + by))
        found.append(with_claim(remittance, at, paid=claim.paid + by))
        for place, one in enumerate(claim.adjustments):
            cas = (*claim.adjustments[:place], one._replace(amount=one.amount + by), *claim.adjustments[place + 1 :])
            found.append(with_claim(remittance, at, adjustments=cas))
        for place, line in enumerate(claim.lines):
            changes = [line._replace(charge=line.charge + by), line._replace(paid=line.paid + by)]
            for spot, one in enumerate(line.adjustments):
                cas = (*line.adjustments[:spot], one._replace(amount=one.amount + by), *line.adjustments[spot + 1 :])
                changes.append(line._replace(adjustments=cas))
            for change in changes:
                lines = (*claim.lines[:place], change, *claim.lines[place + 1 :])
                found.append(with_claim(remittance, at, lines=lines))
    return found


@pytest.mark.parametrize("by", [CENT, -CENT, Decimal("100.00")])
def test_a_cent_changed_anywhere_is_noticed(balanced: Remittance, by: Decimal) -> None:
    changed = tampered(balanced, by)
    assert len(changed) == 21
    for remittance in changed:
        with pytest.raises(OutOfBalance, match="set aside whole and nothing of it is posted"):
            check(remittance)


def test_a_line_that_fails_is_named_with_both_amounts(make: Any) -> None:
    line = make.answer("97110", "60.00", "40.00", ("CO", "45", "19.99"), ordinal=17)
    remittance = make.remittance("40.00", make.payment("60.00", "40.00", line))
    with pytest.raises(OutOfBalance) as refused:
        check(remittance)
    said = str(refused.value)
    assert said.startswith("ST 0001, segment 17: line: SVC02 $60.00 less its adjustments $19.99 is $40.01")
    assert "SVC03 says $40.00" in said
    assert "C1" not in said


def test_a_claim_that_fails_is_named_with_both_amounts(make: Any) -> None:
    remittance = make.remittance("40.00", make.payment("60.00", "40.00", cas=(("CO", "45", "10.00"),)))
    with pytest.raises(OutOfBalance, match=r"segment 12: claim: CLP03 \$60.00 .* is \$50.00, but CLP04 says \$40.00"):
        check(remittance)


def test_a_payment_that_fails_is_named_with_both_amounts(make: Any) -> None:
    claim = make.payment("60.00", "60.00")
    with pytest.raises(
        OutOfBalance, match=r"segment 2: payment: .*\$60.00 less PLB \$5.00 is \$55.00, but BPR02 says \$60.00"
    ):
        check(make.remittance("60.00", claim, withheld=("5.00",)))


def test_another_share_of_the_patient_is_a_doubt_and_no_refusal(make: Any) -> None:
    claim = make.payment("60.00", "40.00", cas=(("PR", "1", "20.00"),), share="15.00")
    remittance = make.remittance("40.00", claim)
    check(remittance)
    (doubt,) = map(share_doubt, remittance.claims)
    assert doubt is not None
    assert (doubt.ordinal, doubt.stated, doubt.adjusted) == (12, Decimal("15.00"), Decimal("20.00"))


def test_the_share_of_a_reversal_is_not_looked_at(make: Any) -> None:
    claim = make.payment("-60.00", "-40.00", cas=(("PR", "1", "-20.00"),), status="22")
    assert share_doubt(claim) is None


def test_an_empty_answer_of_nothing_adds_up(make: Any) -> None:
    check(make.remittance("0.00"))
