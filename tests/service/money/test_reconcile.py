"""Reconcile tells each question before it asks it: whoever waits for a full ledger sees how far it is."""

import pytest

from gateway.ledger import laws
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office

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
