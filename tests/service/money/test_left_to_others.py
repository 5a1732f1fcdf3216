"""What answered claims leave to payers that we do not bill: listed with who they are and the remittance's figures."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from gateway.ledger.left_to_others import _OTHERS, _PAID, Adjusted, Advice, LeftToOthers
from gateway.lifecycle import ClaimState
from gateway.remit.posting import Bucket
from gateway.service.claims.close import close_claim
from gateway.service.office import Office
from gateway.service.views.claims import CLAIMS, ClaimListed
from gateway.service.views.lists import Request, rows, total
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import the_claim, visit

SECOND = {"payer_id": "SUPP1", "payer_name": "Supplement One", "member_id": "S00012"}
THIRD = {"payer_name": "Third Fund"}
ON_THE_12TH = date(2026, 11, 12)


def with_second(key: str, *others: dict[str, Any]) -> dict[str, Any]:
    one = visit(key)
    return {**one, "coverages": [*one["coverages"], *others]}


@pytest.fixture
def three(office: Office) -> Office:
    """V-1 has another payer, V-2 has none, V-3 has two; all are with the payer."""
    clinic.taken(
        office, with_second("V-1", SECOND), visit("V-2"), with_second("V-3", {**SECOND, "member_id": "S00013"}, THIRD)
    )
    scrub_visits(office)
    clinic.delivered(office)
    return office


def answered(
    office: Office, key: str, *changes: Callable[[str], str], trace: str = "T1", amount: str = "140.5"
) -> None:
    """97110: 100 paid, 20 contractual; 97140: 40.50 paid, 20 copay; each segment changed."""
    body = clinic.paid_in_full(the_claim(office, key))
    for change in changes:
        body = tuple(map(change, body))
    clinic.arrived(office, clinic.answer_835(amount, body, trace=trace), name=f"{key} {trace}")
    clinic.all_posted(office)


def listed(office: Office, filter: str) -> dict[str, LeftToOthers | None]:  # noqa: A002 as it is called there
    found = rows(office, CLAIMS, Request(filter=filter)).rows
    assert total(office, CLAIMS, Request(filter=filter)).count == len(found)
    assert all(isinstance(one, ClaimListed) for one in found)
    return {one.visit_key: one.left for one in found}


def test_what_an_answer_leaves_to_another_payer_is_listed_with_its_name_and_the_figures(three: Office) -> None:
    assert listed(three, "left:by_hand") == {}
    for place, key in enumerate(("V-1", "V-2", "V-3"), start=1):
        answered(three, key, trace=f"T{place}")
    figures: dict[str, Any] = {
        "cents": 2000,
        "paid_cents": 14050,
        "adjusted": (Adjusted("CO", "45", 2000), Adjusted("PR", "3", 2000)),
    }
    expected = {
        "V-1": LeftToOthers(payers=("Supplement One",), advices=(Advice("T1", ON_THE_12TH),), **figures),
        "V-3": LeftToOthers(payers=("Supplement One", "Third Fund"), advices=(Advice("T3", ON_THE_12TH),), **figures),
    }
    assert listed(three, "left:by_hand") == expected
    assert listed(three, "") == {**expected, "V-2": None}
    assert listed(three, "-left:by_hand") == {"V-2": None}
    assert listed(three, "left:sent_on") == {}


def test_what_the_payer_has_sent_on_is_not_billed_by_hand(three: Office) -> None:
    answered(three, "V-1", lambda text: text.replace("*1*180.5*", "*19*180.5*"))
    assert listed(three, "left:by_hand") == {}
    assert list(listed(three, "left:sent_on")) == ["V-1"]


def test_what_is_taken_back_is_left_to_nobody_and_its_correction_is(three: Office) -> None:
    answered(three, "V-1")
    taken_back = clinic.paid_in_full(the_claim(three), reverses=True)
    clinic.arrived(three, clinic.answer_835("0", taken_back, trace="T2", plb=_taken_from_the_next()), name="T2")
    clinic.all_posted(three)
    assert listed(three, "left:by_hand") == {}
    changes = (
        lambda text: text.replace("140.5*20", "130.5*30"),
        lambda text: text.replace("60.5*40.5", "60.5*30.5"),
        lambda text: text.replace("CAS*PR*3*20", "CAS*PR*3*30"),
    )
    answered(three, "V-1", *changes, trace="T3", amount="130.5")
    (left,) = listed(three, "left:by_hand").values()
    assert left == LeftToOthers(
        cents=3000,
        payers=("Supplement One",),
        paid_cents=13050,
        adjusted=(Adjusted("CO", "45", 2000), Adjusted("PR", "3", 3000)),
        advices=(Advice("T3", ON_THE_12TH),),
    )


def _taken_from_the_next() -> str:
    return "PLB*1234567893*20261231*FB:T2*-140.5"


def test_what_a_further_payer_paid_is_left_no_more(three: Office) -> None:
    answered(three, "V-1")
    second = (
        f"CLP*{the_claim(three).pcn}*2*180.5*20*0*CI*S1*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*120*0**2",
        "DTM*472*20261102",
        "CAS*OA*23*120",
        f"REF*6R*{the_claim(three).pcn}01",
        "SVC*HC:97140*60.5*20**1",
        "DTM*472*20261102",
        "CAS*OA*23*40.5",
        f"REF*6R*{the_claim(three).pcn}02",
    )
    clinic.arrived(three, clinic.answer_835("20", second, trace="T2", payer="SUPP1"), name="T2")
    clinic.all_posted(three)
    assert listed(three, "left:by_hand") == {}


def test_what_a_person_has_closed_is_billed_to_nobody(three: Office) -> None:
    answered(three, "V-1")
    assert list(listed(three, "left:by_hand")) == ["V-1"]
    close_claim(three, "V-1", reason="billed by hand, and paid into the practice's system")
    assert the_claim(three).state is ClaimState.CLOSED
    assert listed(three, "left:by_hand") == {}


def test_the_words_are_those_of_the_postings() -> None:
    assert (_PAID, _OTHERS) == (Bucket.PAID, Bucket.OTHER_PAYER)
