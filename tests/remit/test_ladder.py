from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gateway.remit.ladder import Candidate, Known, Signs, Step, choose, is_same_member, ranked, score
from gateway.remittance import ClaimPayment

PCN = "7K3MQ9ZX2WVBT"
OTHER = "AAAA11112222B"


@pytest.fixture
def known(make: Any) -> Known:
    return Known(
        pcn=PCN,
        payer_claim_number="",
        member_id="M100-200 300",
        patient="Quill, Mara",
        partner="north",
        lines=(
            make.line(f"{PCN}01", "97110", "120.00", "GP", units=2),
            make.line(f"{PCN}02", "97140", "60.50", "GP"),
            make.line(f"{PCN}03", "97530", "40.00", "GP"),
        ),
    )


@pytest.fixture
def payment(make: Any) -> ClaimPayment:
    """An answer that says all that can be said, under numbers that are not ours."""
    lines = (
        make.answer("97110", "120.00", "120.00", modifiers=("GP",), units="2"),
        make.answer("97140", "60.50", "60.50", modifiers=("GP",)),
        make.answer("97530", "40.00", "40.00", modifiers=("GP",)),
    )
    one: ClaimPayment = make.payment("220.50", "220.50", *lines)
    return one._replace(
        patient_control_number="STRANGER1", payer_claim_number="ICN1", member_id="m100200300", patient="QUILL, MARA"
    )


def with_controls(payment: ClaimPayment, *controls: str) -> ClaimPayment:
    lines = [line._replace(control=control) for line, control in zip(payment.lines, controls, strict=False)]
    return payment._replace(lines=(*lines, *payment.lines[len(controls) :]))


def test_its_own_number_decides_by_itself(payment: ClaimPayment) -> None:
    assert choose(payment, Signs(PCN, has_left=True)) == (PCN, Step.CONTROL)
    assert choose(payment, Signs(PCN, has_left=True, owners=(frozenset({PCN, OTHER}),))) == (PCN, Step.CONTROL)


def test_its_own_number_is_nothing_for_a_claim_that_has_not_left(payment: ClaimPayment, known: Known) -> None:
    assert choose(payment, Signs(PCN, has_left=False, of_lines=known, numbered=known)) is None


def test_a_number_and_lines_of_two_claims_are_not_certain(payment: ClaimPayment, known: Known) -> None:
    signs = Signs(OTHER, has_left=True, owners=(frozenset({PCN}),) * 3, of_lines=known)
    assert choose(payment, signs) is None
    assert choose(payment, signs._replace(owners=(frozenset({OTHER}), frozenset({PCN})))) is None


def test_line_controls_decide_where_charge_and_member_do_not_contradict(payment: ClaimPayment, known: Known) -> None:
    signs = Signs(of_lines=known)
    assert choose(payment, signs) == (PCN, Step.LINES)
    assert choose(payment._replace(member_id=""), signs) == (PCN, Step.LINES)
    assert choose(payment._replace(charge=Decimal("-220.50"), status="22"), signs) == (PCN, Step.LINES)
    assert choose(payment._replace(charge=Decimal("220.51")), signs) is None
    assert choose(payment._replace(member_id="M100200301"), signs) is None


def test_line_controls_decide_over_some_of_the_lines(payment: ClaimPayment, known: Known) -> None:
    some = with_controls(payment, f"{PCN}01", f"{PCN.lower()} 02")
    some = some._replace(lines=some.lines[:2])
    assert choose(some._replace(charge=Decimal("180.50")), Signs(of_lines=known)) == (PCN, Step.LINES)
    assert choose(some._replace(charge=Decimal("120.00")), Signs(of_lines=known)) is None


def test_the_payers_number_decides_where_everything_else_agrees(payment: ClaimPayment, known: Known) -> None:
    signs = Signs(numbered=known)
    assert choose(payment, signs) == (PCN, Step.NUMBER)
    assert choose(payment._replace(member_id=""), signs) == (PCN, Step.NUMBER)


@pytest.mark.parametrize(
    "change",
    [
        {"charge": Decimal("220.51")},
        {"member_id": "M100200301"},
        {"lines": ()},
        {"day": date(2026, 5, 5), "lines": ()},
    ],
)
def test_the_payers_number_alone_decides_nothing(payment: ClaimPayment, known: Known, change: dict[str, Any]) -> None:
    assert choose(payment._replace(**change), Signs(numbered=known)) is None


def test_the_payers_number_needs_each_line_as_it_was_billed(payment: ClaimPayment, known: Known) -> None:
    first, *others = payment.lines
    for changed in (
        first._replace(procedure="97112"),
        first._replace(charge=Decimal("119.00")),
        first._replace(day=date(2026, 5, 5)),
    ):
        assert choose(payment._replace(lines=(changed, *others)), Signs(numbered=known)) is None
    assert choose(payment._replace(lines=tuple(others)), Signs(numbered=known)) is None
    undated = tuple(line._replace(day=None) for line in payment.lines)
    assert choose(payment._replace(lines=undated), Signs(numbered=known)) is None


def test_the_payers_number_is_nothing_against_the_lines_of_another_claim(payment: ClaimPayment, known: Known) -> None:
    assert choose(payment, Signs(numbered=known, owners=(frozenset({OTHER}),))) is None
    assert choose(payment, Signs(numbered=known, owners=(frozenset({PCN}),))) == (PCN, Step.NUMBER)


def test_nothing_known_is_nothing_chosen(payment: ClaimPayment) -> None:
    assert choose(payment, Signs()) is None


@pytest.mark.parametrize(
    ("theirs", "ours", "same"),
    [("m1 00-2", "M1002", True), ("M1003", "M1002", False), ("", "M1", None), ("M1", "", None)],
)
def test_member_ids_are_compared_without_their_looks(
    payment: ClaimPayment, known: Known, theirs: str, ours: str, *, same: bool | None
) -> None:
    assert is_same_member(payment._replace(member_id=theirs), replace(known, member_id=ours)) is same


def seen(payment: ClaimPayment, known: Known, partner: str = "north") -> Candidate:
    found = score(payment, known, partner=partner)
    assert found is not None
    return found


def test_what_agrees_in_all_but_its_numbers_says_why(payment: ClaimPayment, known: Known) -> None:
    found = seen(payment, known)
    assert found.why == ("member id", "name", "day of service", "charge", "3 of 3 procedures")
    assert found.score == round(100 * 52 / 72)


def test_all_that_agrees_is_a_hundred(payment: ClaimPayment, known: Known) -> None:
    whole = with_controls(payment, *(f"{PCN}{at:02}" for at in (1, 2, 3)))._replace(patient_control_number=PCN)
    found = seen(whole, replace(known, payer_claim_number="ICN1"))
    assert found.score == 100
    assert found.why[:3] == ("control number", "line control", "payer's number")


@pytest.mark.parametrize(
    "garbled",
    [
        "7K3MQ9ZX2WVB",  # the last is lost
        "7K3MQ9Z",  # cut
        "MQ9ZX2WVBT",  # its beginning is lost
        "00007K3MQ9ZX2WVBT",
        "7K3MQ9ZX2WVBT-1",
        "7K3MQ9XZ2WVBT",  # two changed places
        "7K3MQ8ZX2WVBT",
        "7K3M09ZX2WV8T",
    ],
)
def test_a_garbled_number_speaks_for_its_claim(payment: ClaimPayment, known: Known, garbled: str) -> None:
    found = seen(payment._replace(patient_control_number=garbled), known)
    assert found.why[0] == "control number nearly"
    assert found.score > seen(payment, known).score


@pytest.mark.parametrize("other", ["7K3M", "2WVBT7K3MQ9ZX", OTHER, "8L4NR0AY3XWCU", ""])
def test_another_number_does_not(payment: ClaimPayment, known: Known, other: str) -> None:
    assert seen(payment._replace(patient_control_number=other), known) == seen(payment, known)


def test_line_controls_speak_for_their_claim_garbled_ones_too(payment: ClaimPayment, known: Known) -> None:
    exact = seen(with_controls(payment, f"{PCN}01", f"{PCN}02", f"{PCN}03"), known)
    near = seen(with_controls(payment, f"{PCN[:-3]}01", f"{PCN}02", f"{PCN[:-3]}03"), known)
    none = seen(with_controls(payment, "1", "2", "3"), known)
    assert "line control" in exact.why
    assert "line control nearly" in near.why
    assert not {"line control", "line control nearly"} & set(none.why)
    assert exact.score > near.score > none.score


@pytest.mark.parametrize(
    ("change", "ours", "hundred"),
    [
        ({}, {}, 52 / 72),
        ({"member_id": ""}, {}, 36 / 56),
        ({"patient": ""}, {}, 46 / 66),
        ({"patient": "QUILL, M"}, {}, 49 / 72),
        ({"patient": "STONE, MARA"}, {}, 46 / 72),
        ({"charge": Decimal("1.00")}, {}, 44 / 72),
        ({"patient_control_number": PCN}, {}, 72 / 72),
        ({"patient_control_number": f"{PCN}X"}, {}, 71 / 72),
        ({}, {"payer_claim_number": "ICN1"}, 64 / 84),
        ({}, {"payer_claim_number": "ICN2"}, 52 / 84),
        ({}, {"member_id": "M9"}, 28 / 72),
        ({}, {"partner": "south"}, 48 / 72),
        ({"lines": ()}, {}, 34 / 54),
        ({"lines": (), "day": date(2026, 5, 4)}, {}, 42 / 62),
        ({"lines": (), "day": date(2026, 5, 5)}, {}, 34 / 62),
    ],
)
def test_a_score_is_the_share_of_what_the_answer_says(
    payment: ClaimPayment, known: Known, change: dict[str, Any], ours: dict[str, Any], hundred: float
) -> None:
    assert seen(payment._replace(**change), replace(known, **ours)).score == round(100 * hundred)


def test_a_number_of_the_payer_speaks_for_and_another_against(payment: ClaimPayment, known: Known) -> None:
    unknown = seen(payment, known)
    same, another = (seen(payment, replace(known, payer_claim_number=number)) for number in ("icn1", "ICN2"))
    assert "payer's number" in same.why
    assert "payer's number" not in another.why
    assert same.score > unknown.score > another.score


def test_the_same_services_of_another_patient_are_not_proposed(payment: ClaimPayment, known: Known) -> None:
    another = replace(known, member_id="M9", patient="Stone, Ida")
    assert score(payment, another, partner="north") is None
    assert score(payment._replace(member_id=""), another, partner="north") is None
    assert score(payment._replace(member_id="", patient=""), another, partner="north") is not None


def test_another_member_id_is_said_of_what_is_proposed_all_the_same(payment: ClaimPayment, known: Known) -> None:
    found = seen(payment, replace(known, member_id="M9"))
    assert found.why[:2] == ("another member id", "name")
    assert found.score < seen(payment._replace(member_id=""), known).score


@pytest.mark.parametrize(
    ("patient", "why"),
    [("QUILL, MARA", "name"), ("QUILL, M", "name nearly"), ("QUIL, MARA", "name nearly"), ("QUILL", "name nearly")],
)
def test_names_that_were_cut_are_nearly_the_name(payment: ClaimPayment, known: Known, patient: str, why: str) -> None:
    assert why in seen(payment._replace(patient=patient), known).why


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("O'Neil, Mary-Ann", "ONEIL, MARY ANN"), ("Quill Jr., Mara", "quilljr,mara"), ("QUILL,MARA 2", "QUILL, MARA")],
)
def test_a_name_is_its_letters(payment: ClaimPayment, known: Known, ours: str, theirs: str) -> None:
    found = score(payment._replace(patient=theirs), replace(known, patient=ours), partner="north")
    assert found is not None
    assert "name" in found.why


def test_what_was_done_counts_by_procedure_charge_and_day(payment: ClaimPayment, known: Known) -> None:
    first, second, third = payment.lines
    whole = seen(payment, known)
    dearer = seen(payment._replace(lines=(first, second, third._replace(charge=Decimal("41.00")))), known)
    other = seen(payment._replace(lines=(first, second, third._replace(procedure="97112"))), known)
    later = seen(payment._replace(lines=(first, second, third._replace(day=date(2026, 5, 5)))), known)
    assert "3 of 3 procedures" in dearer.why
    assert "2 of 3 procedures" in other.why
    assert whole.score > dearer.score > other.score
    assert whole.score > later.score
    billed = third._replace(procedure="97112", billed_procedure="97530")
    assert seen(payment._replace(lines=(first, second, billed)), known).score == whole.score


def test_a_charge_of_some_of_the_lines_speaks_half(payment: ClaimPayment, known: Known) -> None:
    some = payment._replace(lines=payment.lines[:2])
    of_some = seen(some._replace(charge=Decimal("180.50")), known)
    assert "charge of the lines it speaks of" in of_some.why
    assert seen(some, known).score > of_some.score > seen(some._replace(charge=Decimal("181.00")), known).score


def test_a_claim_that_left_for_another_partner_says_so(payment: ClaimPayment, known: Known) -> None:
    found = seen(payment, known, partner="south")
    assert found.why[-1] == "sent by north"
    assert found.score < seen(payment, known).score


def test_what_little_speaks_for_is_not_shown(payment: ClaimPayment, known: Known) -> None:
    bare = payment._replace(lines=(), member_id="", patient="")
    assert score(bare._replace(charge=Decimal("1.00")), known, partner="north") is None


def test_the_likeliest_comes_first_and_those_alike_say_so() -> None:
    found = [Candidate("C", 40, ("charge",)), Candidate("B", 70, ("name",)), Candidate("A", 40, ("charge",))]
    assert ranked(found, 5) == (
        Candidate("B", 70, ("name",)),
        Candidate("A", 40, ("charge", "one of 2 alike")),
        Candidate("C", 40, ("charge", "one of 2 alike")),
    )
    assert [one.pcn for one in ranked(found, 2)] == ["B", "A"]


def test_all_of_the_likeliest_are_given_over_the_limit_too() -> None:
    found = [Candidate(f"P{at}", 60, ("charge",)) for at in range(7)]
    assert [one.why for one in ranked([*found, Candidate("P", 50, ())], 3)] == [("charge", "one of 7 alike")] * 7
