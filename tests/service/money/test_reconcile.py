"""Reconcile tells each question before it asks it, for a full ledger takes a while; and what it finds, to the cent."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from gateway.delivery import Delivery
from gateway.desk import ItemKind
from gateway.ledger import doubts, laws
from gateway.ledger.tables import claim_versions
from gateway.lifecycle import ClaimState
from gateway.service.claims.close import close_claim
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import Unanswered, kept_back, reconcile
from gateway.service.office import Office
from gateway.service.visits.scrub import scrub_visits
from tests.people import NOW, TODAY
from tests.service.clinic import answer_835, arrived, delivered, denied, paid_in_full, taken, the_claim, visit
from tests.service.desk.played import posted, stranger

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
        ("claims_without_a_file", STEPS[0]),
        ("claims_half_answered", STEPS[0]),
        ("lines_not_divided", STEPS[1]),
        ("claims_in_two_files", STEPS[2]),
        ("remittances_not_divided", STEPS[4]),
        ("payments_not_divided", STEPS[4]),
        ("desk_not_as_parked", STEPS[4]),
        ("claims_not_as_answered", STEPS[5]),
        ("claims_settled_by_nothing", STEPS[6]),
        ("patients_asked_too_early", STEPS[7]),
        ("set_off_alone", STEPS[8]),
        ("items_of_nobody", STEPS[8]),
        ("set_aside_unseen", STEPS[8]),
        ("answers_waiting_unseen", STEPS[8]),
        ("denied_without_a_denial", STEPS[9]),
        ("denials_of_nothing", STEPS[9]),
        ("partners_waited_for", STEPS[9]),
        ("claims_without_evidence", STEPS[10]),
        ("charges", STEPS[11]),
        ("given_up", STEPS[11]),
        ("set_aside_total", STEPS[11]),
        ("paid_on_earlier_versions", STEPS[11]),
        ("overdue_files", STEPS[11]),
    ],
)
def test_a_step_is_told_before_its_question_is_asked_of_the_practice(
    office: Office, monkeypatch: pytest.MonkeyPatch, question: str, step: str
) -> None:
    told: list[str] = []
    ask = getattr(laws, question)

    def asked(*place: object) -> object:
        assert (told[-1], place[1]) == (step, office.practice.key)
        told.append("asked")
        return ask(*place)

    monkeypatch.setattr(laws, question, asked)
    reconcile(office, told.append)
    assert "asked" in told


def test_claims_that_a_lost_ledger_may_have_sent_are_listed(sealed: Office) -> None:
    assert kept_back(sealed) == ()
    claim = the_claim(sealed)
    with sealed.ledger.writing() as tx:
        doubts.add(
            tx,
            sealed.practice.key,
            partner="north",
            pcn=claim.pcn,
            like="",
            was_seen=True,
            why="it may have left before",
            at=NOW,
        )
    (doubt,) = kept_back(sealed)
    assert (doubt.partner, doubt.pcn, doubt.why) == ("north", claim.pcn, "it may have left before")
    with sealed.ledger.writing() as tx:
        doubts.free(tx, sealed.practice.key, claim.pcn, by="Ana Reyes")
    assert kept_back(sealed) == ()


def test_the_figures_are_told_to_the_cent(sent: Office) -> None:
    """Of two claims of 180.50 one is paid and one is denied in part; money is parked, booked, and on its way back."""
    plb = "PLB*1234567893*20261231*L6:X*-5*CS:Y*10"
    raw = answer_835("376", paid_in_full(the_claim(sent)), denied(the_claim(sent, "V-2")), stranger(sent), plb=plb)
    posted(sent, raw)
    figures = reconcile(sent)
    assert {name: str(amount) for name, amount in figures.buckets.items()} == {
        "not yet answered": "0.00",
        "paid": "240.50",
        "contractual": "40.00",
        "patient": "20.00",
        "denied": "60.50",
    }
    assert (str(figures.charged), str(figures.parked), figures.accounts) == (
        "361.00",
        "140.50",
        {"adjustment": Decimal(-10), "interest": Decimal(5)},
    )
    assert figures.claims == {ClaimState.PAID: 1, ClaimState.PARTIAL: 1}
    assert {state: str(amount) for state, amount in figures.claims_charged.items()} == {
        ClaimState.PAID: "180.50",
        ClaimState.PARTIAL: "180.50",
    }
    assert [(one.kind, one.items, str(one.amount), one.oldest_days) for one in figures.desk] == [
        (ItemKind.STRANGER, 1, "140.50", 0),
        (ItemKind.PROVIDER, 1, "-10.00", 0),
    ]
    assert (figures.denied.lines, str(figures.denied.amount), figures.denied.due_soon) == (1, "60.50", 0)
    assert (str(figures.on_earlier_versions), str(figures.unexplained), figures.overdue) == ("0.00", "0.00", ())
    assert figures.files == {Delivery.SENT: 1}
    close_claim(sent, "V-2", reason="too small")
    closed = reconcile(sent)
    assert (str(closed.buckets["written off"]), str(closed.buckets["denied"])) == ("60.50", "0.00")
    assert sum(closed.buckets.values()) == closed.charged
    later = replace(
        sent, clock=replace(sent.clock, read=lambda: NOW + timedelta(days=9), pinned=TODAY + timedelta(days=9))
    )
    assert {one.oldest_days for one in reconcile(later).desk} == {9}


def test_what_is_paid_on_a_version_that_was_replaced_should_come_back(sent: Office) -> None:
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent))))
    with sent.ledger.writing() as tx:
        tx.execute(update(claim_versions).where(claim_versions.c.pcn == the_claim(sent).pcn).values(state="replaced"))
    figures = reconcile(sent)
    assert str(figures.on_earlier_versions) == "140.50"
    assert ClaimState.REPLACED not in figures.claims_charged
    assert figures.claims[ClaimState.REPLACED] == 1


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
