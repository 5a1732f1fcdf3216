"""What a payer says of a claim that is being taken back, or was: its money counts, and no second original goes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gateway.claim import Frequency
from gateway.errors import UsageError
from gateway.event import EventSeverity
from gateway.ledger import claims, events, visits
from gateway.ledger.claims import StoredClaim
from gateway.lifecycle import ClaimState, VisitState
from gateway.service.claims.close import close_claim
from gateway.service.claims.void import void_claim
from gateway.service.claims.withdraw import withdraw_claim
from gateway.service.desk.place import place
from gateway.service.inbound.enter import Paper, enter
from gateway.service.inbound.post import post
from gateway.service.inbound.typed_claim import read_claim
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.views.claims import claim_shown
from gateway.service.visits.correct import do_not_bill, fix_visit
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import taken, the_claim, visit


def answered(office: Office, raw: bytes) -> None:
    clinic.arrived(office, raw, name=f"answer-{len(raw)}")
    (done,) = post(office)
    assert not done.why


@pytest.fixture
def asked(office: Office) -> Office:
    """A paid claim whose void has left."""
    taken(office, visit())
    scrub_visits(office)
    clinic.delivered(office)
    answered(office, clinic.answer_835("140.5", clinic.paid_in_full(the_claim(office))))
    void_claim(office, "V-1", reason="wrong patient")
    clinic.delivered(office)
    return office


def versions(office: Office) -> tuple[StoredClaim, ...]:
    with office.ledger.reading() as tx:
        known = visits.find(tx, office.practice.key, "V-1")
        assert known is not None
        return claims.of_visit(tx, office.practice.key, known.visit_id)


def visit_state(office: Office) -> VisitState:
    with office.ledger.reading() as tx:
        known = visits.find(tx, office.practice.key, "V-1")
        assert known is not None
        return known.state


@pytest.mark.parametrize("in_one_file", [True, False])
def test_a_correction_after_the_reversal_lets_the_claim_stand_again(asked: Office, *, in_one_file: bool) -> None:
    claim = versions(asked)[0]
    back = clinic.set_835("-140.5", clinic.paid_in_full(claim, reverses=True), trace="R1", payer=claim.payer)
    again = clinic.set_835("140.5", clinic.paid_in_full(claim), trace="R2", st="0002", payer=claim.payer)
    for raw in [clinic.file_835(back, again)] if in_one_file else [clinic.file_835(back), clinic.file_835(again)]:
        answered(asked, raw)
    assert [one.state for one in versions(asked)] == [ClaimState.PAID, ClaimState.VOIDED]
    assert visit_state(asked) is VisitState.CLAIMED
    outcome = reconcile(asked)
    assert (outcome.holds, str(outcome.charged), str(outcome.buckets["paid"])) == (True, "180.50", "140.50")
    with asked.ledger.reading() as tx:
        woken = [one.event for one in events.read(tx, asked.practice.key, severities=(EventSeverity.WAKE,))]
    assert [(one.kind, one.claim) for one in woken] == [("claim.stands_again", claim.pcn)]
    with pytest.raises(UsageError, match="visit V-1 is claimed"):
        do_not_bill(asked, "V-1", reason="r")
    fix_visit(asked, "V-1", (("services.2.units", "2"),), reason="recounted")
    assert the_claim(asked).frequency == Frequency.REPLACEMENT


def test_what_comes_after_the_visit_was_billed_anew_keeps_the_new_original_back(asked: Office) -> None:
    claim = versions(asked)[0]
    back = clinic.paid_in_full(claim, reverses=True)
    answered(asked, clinic.answer_835("-140.5", back, trace="R1", payer=claim.payer))
    fix_visit(asked, "V-1", (), reason="it was right")
    assert the_claim(asked).frequency == Frequency.ORIGINAL
    answered(asked, clinic.answer_835("140.5", clinic.paid_in_full(claim), trace="R2", payer=claim.payer))
    clinic.delivered(asked)
    assert [one.state for one in versions(asked)] == [ClaimState.PAID, ClaimState.VOIDED, ClaimState.READY]
    assert visit_state(asked) is VisitState.CLAIMED
    assert reconcile(asked).holds


def refused(void: StoredClaim) -> tuple[str, ...]:
    """The payer denies a void, under a number of its own for it."""
    paid = clinic.paid_in_full(void)
    number = paid[0].replace("*1*180.5*140.5*20*", "*4*180.5*0**")
    kept = {"SVC*HC:97110*120*100**2": "SVC*HC:97110*120*0**2", "SVC*HC:97140*60.5*40.5**1": "SVC*HC:97140*60.5*0**1"}
    reasons = {"CAS*CO*45*20": "CAS*CO*29*120", "CAS*PR*3*20": "CAS*CO*29*60.5"}
    return (number, *({**kept, **reasons}.get(one, one) for one in paid[1:]))


def test_after_a_refused_void_the_replacement_names_what_the_payer_holds(asked: Office) -> None:
    claim, void = versions(asked)
    answered(asked, clinic.answer_835("0", refused(void), trace="R1", payer=claim.payer))
    claim, void = versions(asked)
    assert (claim.state, void.state) == (ClaimState.PAID, ClaimState.DENIED)
    assert void.payer_claim_number not in {"", claim.payer_claim_number}
    fix_visit(asked, "V-1", (("services.2.units", "2"),), reason="recounted")
    with asked.ledger.reading() as tx:
        body = claims.body_of(tx, asked.practice.key, the_claim(asked).id)
    assert (body.frequency, body.payer_claim_number) == (Frequency.REPLACEMENT, claim.payer_claim_number)
    assert reconcile(asked).holds


def test_what_a_second_void_takes_back_is_a_persons_to_decide_too(asked: Office) -> None:
    claim, void = versions(asked)
    close_claim(asked, void.pcn, reason="nobody answers")
    void_claim(asked, "V-1", reason="asked again")
    clinic.delivered(asked)
    back = clinic.paid_in_full(claim, reverses=True)
    answered(asked, clinic.answer_835("-140.5", back, trace="R1", payer=claim.payer))
    assert [one.state for one in versions(asked)] == [ClaimState.VOIDED, ClaimState.CLOSED, ClaimState.VOIDED]
    assert visit_state(asked) is VisitState.WITHDRAWN


def test_who_names_the_visit_means_the_claim_and_not_its_void(asked: Office) -> None:
    claim, void = versions(asked)
    told = read_claim("V-1 1=0.00 CO50=120.00 2=0.00 CO50=60.50")
    paper = Paper(payer="PAYER1", trace="9", paid_on=date(2026, 11, 14), amount=Decimal(0), claims=(told,))
    done = enter(replace(asked, actor="Ana Reyes"), paper, reason="by mail", dry_run=True)
    assert [one.claim for one in done.claims] == [claim.pcn]
    close_claim(asked, "V-1", reason="nothing more")
    assert [one.state for one in versions(asked)] == [ClaimState.CLOSED, ClaimState.SENT]
    assert claim_shown(asked, void.pcn.lower()).claim.pcn == void.pcn


def test_a_visit_whose_void_waits_is_withdrawn_by_its_key(asked: Office) -> None:
    close_claim(asked, versions(asked)[1].pcn, reason="nobody answers")
    _, pcn = void_claim(asked, "V-1", reason="asked again")
    assert withdraw_claim(asked, "V-1", reason="left as it is").pcn == pcn
    assert versions(asked)[0].state is ClaimState.PAID


def test_a_reversal_under_the_voids_own_number_is_placed_on_the_claim(asked: Office) -> None:
    claim, void = versions(asked)
    back = clinic.answer_835("-140.5", clinic.paid_in_full(void, reverses=True), trace="R1", payer=claim.payer)
    answered(asked, back)
    assert [one.state for one in versions(asked)] == [ClaimState.PAID, ClaimState.SENT]
    place(asked, 1, claim.pcn, reason="it is what the void asked for", on_lines={1: 1, 2: 2})
    assert [one.state for one in versions(asked)] == [ClaimState.VOIDED, ClaimState.VOIDED]
    assert visit_state(asked) is VisitState.WITHDRAWN
    assert reconcile(asked).holds
