from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.claim import ServiceLine
from gateway.codes.table import load
from gateway.denials.kind import is_denied
from gateway.money import ZERO, from_cents
from gateway.remit.balance import check
from gateway.remit.match import match
from gateway.remit.posting import Bucket, Cover, Posting, Unplaceable, bucket, post
from gateway.remittance import Adjustment, ClaimPayment, GroupCode, LinePayment, Said

CARCS = [row["code"] for row in load("carc").rows()] + ["999"]


def posted(payment: ClaimPayment, lines: list[ServiceLine]) -> tuple[Posting, ...]:
    postings = post(payment, match(payment, lines), is_denied)
    assert not isinstance(postings, Unplaceable), postings.why
    return postings


def by_line(postings: tuple[Posting, ...]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in postings:
        sums[one.line] += one.amount
    return sums


def by_bucket(postings: tuple[Posting, ...]) -> dict[Bucket, Decimal]:
    sums: dict[Bucket, Decimal] = defaultdict(lambda: ZERO)
    for one in postings:
        sums[one.bucket] += one.amount
    return dict(sums)


def test_a_paid_line_goes_to_payment_contract_and_patient(make: Any) -> None:
    answer = make.answer("97110", "60.00", "32.00", ("CO", "45", "20.00"), ("PR", "2", "8.00"), control="1")
    postings = posted(make.payment("60.00", "32.00", answer), [make.line("1", "97110", "60.00")])
    assert by_bucket(postings) == {
        Bucket.PAID: Decimal("32.00"),
        Bucket.CONTRACTUAL: Decimal("20.00"),
        Bucket.PATIENT: Decimal("8.00"),
    }


def test_a_denied_line_stays_open_with_its_reason_and_remarks(make: Any) -> None:
    answer = make.answer("97124", "45.00", "0.00", ("CO", "50", "45.00"), control="1", remarks=("N115",))
    payment = make.payment("45.00", "0.00", answer, remarks=("MA01",))
    (one,) = posted(payment, [make.line("1", "97124", "45.00")])
    assert one == Posting(
        line="1",
        bucket=Bucket.DENIED,
        amount=Decimal("45.00"),
        group=GroupCode.CONTRACTUAL,
        carc="50",
        remarks=("N115", "MA01"),
    )


@pytest.mark.parametrize(
    ("group", "carc", "expected"),
    [
        ("PR", "1", Bucket.PATIENT),
        ("PR", "96", Bucket.PATIENT),
        ("CO", "45", Bucket.CONTRACTUAL),
        ("CO", "59", Bucket.CONTRACTUAL),
        ("CO", "253", Bucket.CONTRACTUAL),
        ("PI", "45", Bucket.CONTRACTUAL),
        ("CO", "50", Bucket.DENIED),
        ("OA", "18", Bucket.DENIED),
        ("CO", "22", Bucket.DENIED),
        ("OA", "23", Bucket.OTHER_PAYER),
        ("CO", "23", Bucket.OTHER_PAYER),
        ("OA", "209", Bucket.OTHER_PAYER),
        ("OA", "133", Bucket.DENIED),
        ("OA", "187", Bucket.PATIENT),
        ("CO", "3", Bucket.CONTRACTUAL),
        ("CO", "999", Bucket.DENIED),
    ],
)
def test_group_then_reason_decide_who_carries_it(group: str, carc: str, expected: Bucket) -> None:
    adjustment = Adjustment(group=GroupCode(group), carc=carc, amount=Decimal("1.00"))
    beside = Adjustment(group=GroupCode.PATIENT, carc="1", amount=Decimal("1.00"))
    said = Said(ZERO, Decimal("2.00"), (adjustment, beside))
    assert bucket(adjustment, denied=is_denied(adjustment, said)) is expected


def test_adjustments_of_the_claim_are_shared_over_its_lines(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97140", "40.00")]
    payment = make.payment(
        "100.00",
        "73.50",
        make.answer("97110", "60.00", "50.00", ("CO", "45", "10.00"), control="1"),
        make.answer("97140", "40.00", "25.00", ("CO", "45", "15.00"), control="2"),
        cas=(("CO", "253", "1.50"),),
    )
    postings = posted(payment, lines)
    assert by_line(postings) == {"1": Decimal("60.00"), "2": Decimal("40.00")}
    assert [one.amount for one in postings if one.carc == "253"] == [Decimal("1.00"), Decimal("0.50")]
    paid = {
        of_claim: [one.amount for one in postings if one.bucket is Bucket.PAID and one.of_claim is of_claim]
        for of_claim in (False, True)
    }
    assert paid == {False: [Decimal("50.00"), Decimal("25.00")], True: [Decimal("-1.00"), Decimal("-0.50")]}
    assert {one.of_claim for one in postings if one.carc == "253"} == {True}


def test_a_claim_denied_without_lines_leaves_no_cent_paid(make: Any) -> None:
    lines = [make.line(str(n), "97110", "33.33") for n in (1, 2, 3)]
    postings = posted(make.payment("99.99", "0.00", cas=(("CO", "45", "50.00"), ("CO", "29", "49.99"))), lines)
    assert by_line(postings) == dict.fromkeys("123", Decimal("33.33"))
    assert by_bucket(postings) == {Bucket.CONTRACTUAL: Decimal("50.00"), Bucket.DENIED: Decimal("49.99")}


def test_an_answer_to_some_of_the_lines_leaves_the_others_alone(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97140", "40.00")]
    answer = make.answer("97140", "40.00", "40.00", control="2")
    assert by_line(posted(make.payment("40.00", "40.00", answer), lines)) == {"2": Decimal("40.00")}


def test_a_line_that_is_not_ours_is_not_placed(make: Any) -> None:
    payment = make.payment("60.00", "60.00", make.answer("99999", "60.00", "60.00", ordinal=31))
    result = post(payment, match(payment, [make.line("1", "97110", "60.00")]), is_denied)
    assert isinstance(result, Unplaceable)
    assert result.ordinal == 31
    assert "99999" in result.why


@pytest.mark.parametrize(
    ("charge", "line_charge", "said"),
    [("60.00", "50.00", "line 97110 was charged"), ("70.00", "60.00", "CLP03 says $70.00")],
)
def test_charges_that_are_not_ours_are_not_placed(charge: str, line_charge: str, said: str, make: Any) -> None:
    lines = [make.line("1", "97110", "60.00")]
    payment = make.payment(charge, charge, make.answer("97110", line_charge, line_charge, control="1"))
    result = post(payment, match(payment, lines), is_denied)
    assert isinstance(result, Unplaceable)
    assert said in result.why
    # A person is shown the segment: of the line, or of the claim where the lines are right.
    assert result.ordinal == (20 if line_charge != "60.00" else 12)


def test_what_does_not_add_up_is_not_placed(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00")]
    claim = make.payment("60.00", "50.00")
    line = make.payment(
        "60.00", "50.00", make.answer("97110", "60.00", "50.00", control="1"), cas=(("CO", "45", "10.00"),)
    )
    for payment in (claim, line):
        assert isinstance(post(payment, match(payment, lines), is_denied), Unplaceable)


def test_a_reversal_with_amounts_the_wrong_way_round_is_not_placed(make: Any) -> None:
    payment = make.payment("60.00", "60.00", make.answer("97110", "60.00", "60.00", control="1"), status="22")
    result = post(payment, match(payment, [make.line("1", "97110", "60.00")]), is_denied)
    assert isinstance(result, Unplaceable)


@pytest.mark.parametrize(
    ("cover", "status", "carc", "remarks", "share"),
    [
        (Cover(), "1", "2", (), Bucket.PATIENT),
        (Cover(), "1", "2", ("N781",), Bucket.CONTRACTUAL),
        (Cover(), "2", "2", (), Bucket.PATIENT),
        (Cover(), "19", "2", (), Bucket.OTHER_PAYER),
        (Cover(other_payer=True), "1", "2", (), Bucket.OTHER_PAYER),
        (Cover(other_payer=True), "1", "2", ("N781",), Bucket.OTHER_PAYER),
        (Cover(other_payer=True), "2", "2", (), Bucket.PATIENT),
        (Cover(medicaid=True), "1", "2", (), Bucket.CONTRACTUAL),
        (Cover(medicaid=True), "1", "3", (), Bucket.PATIENT),
        (Cover(medicaid=True, other_payer=True), "1", "3", (), Bucket.OTHER_PAYER),
    ],
)
def test_whose_the_patients_share_is_and_it_is_taken_back_from_there(
    make: Any, cover: Cover, status: str, carc: str, remarks: tuple[str, ...], share: Bucket
) -> None:
    answer = make.answer("97110", "60.00", "40.00", ("PR", carc, "20.00"), control="1", remarks=remarks)
    payment, lines = make.payment("60.00", "40.00", answer, status=status), [make.line("1", "97110", "60.00")]
    came = post(payment, match(payment, lines), is_denied, cover)
    assert not isinstance(came, Unplaceable)
    assert by_bucket(came) == {Bucket.PAID: Decimal("40.00"), share: Decimal("20.00")}
    if status == "1":
        back = negated(payment)._replace(status="22")
        gone = post(back, match(back, lines), is_denied, cover)
        assert gone == tuple(replace(one, amount=-one.amount) for one in came)


def test_each_piece_is_judged_by_what_is_said_of_it(make: Any) -> None:
    """One unit is paid and one taken whole by CO 45, which is no contract: it is denied, though the line is paid in part."""
    answers = [
        make.answer("97110", "60.00", "50.00", ("CO", "45", "10.00"), control="1"),
        make.answer("97110", "60.00", "0.00", ("CO", "45", "60.00"), control="1", remarks=("N362",)),
    ]
    postings = posted(make.payment("120.00", "50.00", *answers), [make.line("1", "97110", "120.00", units=2)])
    assert by_bucket(postings) == {
        Bucket.PAID: Decimal("50.00"),
        Bucket.CONTRACTUAL: Decimal("10.00"),
        Bucket.DENIED: Decimal("60.00"),
    }
    assert [one.remarks for one in postings if one.bucket is Bucket.DENIED] == [("N362",)]


def test_a_joined_answer_is_posted_to_each_of_its_lines(make: Any) -> None:
    lines = [make.line("1", "97110", "60.00"), make.line("2", "97110", "30.00")]
    joint = make.answer("97110", "90.00", "0.00", ("CO", "50", "90.00"), units="2", remarks=("N115",))
    postings = posted(make.payment("90.00", "0.00", joint), lines)
    assert by_line(postings) == {"1": Decimal("60.00"), "2": Decimal("30.00")}
    assert by_bucket(postings) == {Bucket.DENIED: Decimal("90.00")}
    assert {(one.carc, one.remarks, one.of_claim) for one in postings} == {("50", ("N115",), False)}


def test_pieces_and_joined_lines_are_taken_back_to_the_cent(make: Any) -> None:
    lines = [make.line("1", "97110", "33.33"), make.line("2", "97110", "33.33"), make.line("3", "97140", "0.02")]
    payment = make.payment(
        "66.68",
        "10.01",
        make.answer("97110", "66.66", "10.01", ("CO", "45", "50.00"), ("PR", "2", "6.65"), units="2"),
        make.answer("97140", "0.01", "0.00", ("CO", "45", "0.01"), control="3"),
        make.answer("97140", "0.01", "0.00", ("PR", "1", "0.01"), control="3"),
    )
    before, after = posted(payment, lines), posted(negated(payment), lines)
    assert by_line(before) == {line.control: line.charge for line in lines}
    assert after == tuple(replace(one, amount=-one.amount) for one in before)


def test_a_claim_of_nothing_has_nothing_to_post(make: Any) -> None:
    assert posted(make.payment("0.00", "0.00"), [make.line("1", "98940", "0.00")]) == ()


amounts = st.integers(-50_00, 200_00).map(from_cents)
triples = st.lists(st.tuples(st.sampled_from(["CO", "PR", "OA", "PI"]), st.sampled_from(CARCS), amounts), max_size=4)


def _joined(answers: list[LinePayment]) -> list[LinePayment]:
    """One answer to all of them."""
    first = answers[0]
    return [
        first._replace(
            charge=sum((one.charge for one in answers), ZERO),
            paid=sum((one.paid for one in answers), ZERO),
            adjustments=tuple(each for one in answers for each in one.adjustments),
        )
    ]


def _split(one: LinePayment) -> tuple[LinePayment, LinePayment]:
    """Two answers to one line: a cent, and the rest with all that is adjusted."""
    cent = min(one.charge, Decimal("0.01"))
    return (
        one._replace(charge=cent, paid=cent, adjustments=()),
        one._replace(charge=one.charge - cent, paid=one.paid - cent),
    )


@st.composite
def answered_claims(draw: st.DrawFn, make: Any) -> tuple[ClaimPayment, list[ServiceLine]]:
    """A claim and an answer that adds up: with lines or without, adjusted at either level, signs as they come."""
    charges = draw(st.lists(st.integers(0, 300_00).map(from_cents), min_size=1, max_size=6))
    lines = [make.line(str(at), "97110", str(charge)) for at, charge in enumerate(charges)]
    of_claim = [(g, c, str(a)) for g, c, a in draw(triples)]
    answers = []
    for line in lines if draw(st.booleans()) else []:
        cas = [(g, c, str(a)) for g, c, a in draw(triples)]
        paid = line.charge - sum((Decimal(a) for _, _, a in cas), ZERO)
        answers.append(make.answer("97110", str(line.charge), str(paid), *cas, control=line.control))
    shape = draw(st.sampled_from(("as billed", "joined", "split"))) if answers else ""
    if shape == "joined":
        answers = _joined(answers)
    elif shape == "split":
        answers = [piece for one in answers for piece in _split(one)]
    charge = sum(charges, ZERO)
    left = sum((answer.paid for answer in answers), ZERO) if answers else charge
    paid = left - sum((Decimal(a) for _, _, a in of_claim), ZERO)
    return make.payment(str(charge), str(paid), *answers, cas=tuple(of_claim)), lines


def negated(payment: ClaimPayment) -> ClaimPayment:
    def upside_down(all_of: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
        return tuple(one._replace(amount=-one.amount) for one in all_of)

    return payment._replace(
        status="22",
        charge=-payment.charge,
        paid=-payment.paid,
        adjustments=upside_down(payment.adjustments),
        lines=tuple(
            n._replace(charge=-n.charge, paid=-n.paid, adjustments=upside_down(n.adjustments)) for n in payment.lines
        ),
    )


@given(st.data())
def test_no_cent_is_lost_or_made(make: Any, data: st.DataObject) -> None:
    payment, lines = data.draw(answered_claims(make))
    check(make.remittance(str(payment.paid), payment))
    postings = posted(payment, lines)
    sums = by_line(postings)
    assert all(sums[line.control] == line.charge for line in lines)
    assert by_bucket(postings).get(Bucket.PAID, ZERO) == payment.paid
    for group in GroupCode:
        stated = [one for n in payment.lines for one in n.adjustments if one.group is group]
        stated += [one for one in payment.adjustments if one.group is group]
        assert sum((p.amount for p in postings if p.group is group), ZERO) == sum((a.amount for a in stated), ZERO)


@given(st.data())
def test_an_answer_and_its_reversal_leave_nothing(make: Any, data: st.DataObject) -> None:
    payment, lines = data.draw(answered_claims(make))
    before, after = posted(payment, lines), posted(negated(payment), lines)
    assert after == tuple(replace(one, amount=-one.amount) for one in before)
