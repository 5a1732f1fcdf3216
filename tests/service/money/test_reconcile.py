"""Reconcile tells each question before it asks it: whoever waits for a full ledger sees how far it is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gateway.ledger import laws
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import Unanswered, reconcile
from gateway.service.office import Office
from gateway.service.visits.scrub import scrub_visits
from tests.service.clinic import answer_835, arrived, delivered, paid_in_full, taken, the_claim, visit

STEPS = [
    "is every visit and claim somewhere",
    "is every answered line divided to the cent",
    "is any claim version in two files",
    "are the bytes of sealed files as they were",
    "is posted and parked money what was paid",
    "is what stands what payers said",
    "has every settled claim an answer that settles it",
    "is a patient asked before another payer",
    "is the desk as it says",
    "is every denied dollar on somebody's list",
    "was every state entered on evidence",
    "adding up the money",
]


def test_every_step_is_told_once_and_in_order(sealed: Office) -> None:
    told: list[str] = []
    outcome = reconcile(sealed, told.append)
    assert told == STEPS
    assert outcome == reconcile(sealed)


@pytest.mark.parametrize(
    ("question", "step"),
    [
        ("visits_without_a_claim", STEPS[0]),
        ("lines_not_divided", STEPS[1]),
        ("claims_in_two_files", STEPS[2]),
        ("remittances_not_divided", STEPS[4]),
        ("claims_not_as_answered", STEPS[5]),
        ("claims_settled_by_nothing", STEPS[6]),
        ("patients_asked_too_early", STEPS[7]),
        ("items_of_nobody", STEPS[8]),
        ("denied_without_a_denial", STEPS[9]),
        ("denials_of_nothing", STEPS[9]),
        ("claims_without_evidence", STEPS[10]),
        ("charges", STEPS[11]),
    ],
)
def test_a_step_is_told_before_its_question_is_asked(
    office: Office, monkeypatch: pytest.MonkeyPatch, question: str, step: str
) -> None:
    told: list[str] = []
    ask = getattr(laws, question)

    def asked(*place: object) -> object:
        assert told[-1] == step
        told.append("asked")
        return ask(*place)

    monkeypatch.setattr(laws, question, asked)
    reconcile(office, told.append)
    assert "asked" in told


def test_what_a_payer_does_not_answer_is_somebodys_after_45_days(office: Office) -> None:
    taken(office, visit(), visit("V-2", date="2026-11-10"))
    scrub_visits(office)
    on_their_way = reconcile(replace(office, clock=replace(office.clock, pinned=date(2027, 1, 20))))
    assert on_their_way.unanswered == Unanswered(claims=0, amount=Decimal(0)), (
        "a claim that did not leave is no payer's"
    )
    delivered(office)

    def late(today: date) -> Unanswered:
        return reconcile(replace(office, clock=replace(office.clock, pinned=today))).unanswered

    assert late(date(2026, 12, 17)) == Unanswered(claims=0, amount=Decimal(0))
    assert late(date(2026, 12, 18)) == Unanswered(claims=1, amount=Decimal("180.50"))
    assert late(date(2026, 12, 26)) == Unanswered(claims=2, amount=Decimal("361.00"))
    arrived(office, answer_835("140.5", paid_in_full(the_claim(office))))
    post(office)
    assert late(date(2026, 12, 26)) == Unanswered(claims=1, amount=Decimal("180.50"))
