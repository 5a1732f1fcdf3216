"""What the log says of decisions about money: who, why, of which item, on which claim; and what the desk keeps of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from gateway.desk import ItemKind, ItemState
from gateway.event import Event
from gateway.ledger import visits
from gateway.ledger.tables import desk_items
from gateway.lifecycle import ClaimState
from gateway.service.desk.decide import close_item, give_back, same_payer
from gateway.service.desk.place import Placed, place
from gateway.service.desk.take_up import take_up
from gateway.service.desk.to_patient import bill_patient
from gateway.service.desk.unpost import Unposted, unpost
from gateway.service.office import Office
from tests.service import clinic
from tests.service.clinic import answer_835, denied, paid_in_full, the_claim
from tests.service.desk.played import items, posted, stranger, the_item
from tests.service.money.log import Log


@pytest.fixture
def ana(sent: Office) -> Office:
    """The office with two claims that have left, and Ana Reyes at the desk."""
    return replace(sent, actor="Ana Reyes")


def decided(kind: str, said: str, *, about: str = "T1", claim: str = "", before: str = "", **more: Any) -> Event:
    told = {"partner": "north", "artefact": "person", "actor": "Ana Reyes", "reason": "their letter", **more}
    return Event(kind=kind, about=about, claim=claim, before=before, said=said, **told)


def test_what_was_placed_is_told_with_the_item_and_the_claim(ana: Office) -> None:
    posted(ana, answer_835("140.5", stranger(ana)))
    item, pcn, log = the_item(ana), the_claim(ana).pcn, Log(ana)
    placed = place(ana, item.id, "V-1", reason="their letter")
    assert placed == Placed(item=item.id, claim=pcn, amount=placed.amount, state=ClaimState.PAID)
    assert str(placed.amount) == "140.50"
    answered, said = log.new()
    assert (answered.kind, answered.artefact, answered.after) == ("claim.paid", "inbound 1", "paid")
    told = f"$140.50 of item {item.id}, remittance 1, are placed on claim {pcn}"
    assert said == decided("money.placed", told, claim=pcn)
    (kept,) = items(ana, ItemState.PLACED)
    assert (kept.id, kept.claim, kept.held_cents, kept.left_cents) == (item.id, pcn, 0, 0)


def test_what_was_paid_back_is_told_and_an_item_of_its_own_waits_for_the_payer(ana: Office) -> None:
    claim = the_claim(ana)
    posted(ana, answer_835("140.5", paid_in_full(claim)))
    posted(ana, answer_835("140.5", paid_in_full(claim), trace="T2"))
    item, log = the_item(ana), Log(ana)
    give_back(ana, item.id, reason="their letter")
    said = f"$140.50 of item {item.id} were paid back to the payer"
    assert log.new() == [decided("money.returned", said, about="T2", claim=claim.pcn, before="open")]
    refund, paid_back = sorted(items(ana, ItemState.RETURNED), key=lambda one: one.cents)
    assert (refund.kind, refund.reference, refund.claim) == (ItemKind.REFUND, f"ICN{claim.pcn[-4:]}", claim.pcn)
    assert (refund.cents, refund.held_cents, refund.left_cents) == (-14050, 0, -14050)
    assert (refund.remittance_id, refund.payer, refund.owner) == (2, "PAYER1", "biller")
    assert refund.why == f"paid back for item {item.id}; the payer has not acknowledged it yet"
    assert (paid_back.id, paid_back.held_cents) == (item.id, 14050)


def test_what_was_paid_back_of_a_stranger_keeps_the_payers_number_of_it(ana: Office) -> None:
    posted(ana, answer_835("140.5", stranger(ana, number="OLD1")))
    number = f"ICN{the_claim(ana).pcn[-4:]}"
    give_back(ana, the_item(ana).id, reason="their letter")
    (refund,) = [one for one in items(ana, ItemState.RETURNED) if one.kind is ItemKind.REFUND]
    assert (refund.reference, refund.claim) == (number, "")


def test_what_is_owed_to_nobody_is_told_as_closed(ana: Office) -> None:
    posted(ana, answer_835("140.5", stranger(ana)))
    item, log = the_item(ana), Log(ana)
    assert close_item(ana, item.id, reason="their letter").state is ItemState.CLOSED
    said = f"item {item.id}, claim not ours of $140.50, needs nothing more"
    assert log.new() == [decided("money.closed", said, before="open")]


def test_under_which_ids_a_payer_pays_is_told_once(ana: Office) -> None:
    posted(ana, answer_835("140.5", paid_in_full(the_claim(ana)), payer="TPA7"))
    log = Log(ana)
    assert same_payer(ana, "PAYER1", "TPA7", reason="their letter")
    said = "payer PAYER1 pays under the id TPA7 too"
    assert log.new() == [decided("payer.named", said, about="PAYER1", partner="")]
    assert the_claim(ana).payer_claim_number == f"ICN{the_claim(ana).pcn[-4:]}"
    assert not same_payer(ana, "PAYER1", "TPA7", reason="again")
    assert log.new() == []


def test_what_was_taken_off_is_told_of_each_claim_and_waits(ana: Office) -> None:
    claim = the_claim(ana)
    posted(ana, answer_835("140.5", paid_in_full(claim)))
    log = Log(ana)
    assert unpost(ana, 1, reason="their letter") == (Unposted(claim=claim.pcn, cents=14050, state=ClaimState.REVERSED),)
    parked, stands, said = log.new()
    assert parked.kind == "money.parked"
    gone = "$0.00 paid of $180.50; taken off by a person, and no other answer stands"
    assert (stands.kind, stands.said) == ("claim.reversed", f"claim {claim.pcn}: {gone}")
    told = f"$140.50 of remittance 1 are taken off claim {claim.pcn}"
    assert said == decided("money.unposted", told, claim=claim.pcn)
    item = the_item(ana)
    assert (item.kind, item.claim, item.reference) == (ItemKind.MISFIT, claim.pcn, f"ICN{claim.pcn[-4:]}")
    assert (item.cents, item.held_cents, item.left_cents, item.remittance_id) == (14050, 14050, 14050, 1)
    assert (item.why, item.due_on) == (f"claim {claim.pcn}: a person took it off the claim", None)


def test_what_a_patient_is_asked_for_now_is_told(ana: Office) -> None:
    claim = the_claim(ana)
    texts = (
        f"CLP*{claim.pcn}*1*180.5*100*60.5*CI*ICN1*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*120*100**2",
        "DTM*472*20261102",
        "CAS*CO*45*20",
        f"REF*6R*{claim.pcn}01",
        "SVC*HC:97140*60.5*0**1",
        "DTM*472*20261102",
        "CAS*PR*96*60.5",
        f"REF*6R*{claim.pcn}02",
    )
    posted(ana, answer_835("100", texts))
    log = Log(ana)
    was, cents = bill_patient(ana, "V-1", reason="their letter")
    assert (was.pcn, was.state, cents) == (claim.pcn, ClaimState.PARTIAL, 6050)
    stands, said = log.new()
    assert (stands.kind, stands.said) == ("claim.paid", f"claim {claim.pcn}: $100.00 paid of $180.50")
    told = f"claim {claim.pcn}: $60.50 that the payer refused are the patient's now"
    assert said == decided("claim.patient_asked", told, about=claim.pcn, claim=claim.pcn)


def test_what_came_before_its_claim_had_left_is_told_by_what_it_was_known(sealed: Office) -> None:
    claim = the_claim(sealed)
    posted(sealed, answer_835("140.5", paid_in_full(claim)))
    (item,) = items(sealed)
    clinic.delivered(sealed)
    log = Log(sealed)
    take_up(sealed)
    *_, said = log.new()
    told = f"$140.50 of item {item.id}, remittance 1, are placed on claim {claim.pcn}: it has left now, and is known by its "
    assert said == Event(
        kind="money.placed",
        about="T1",
        claim=claim.pcn,
        partner="north",
        said=told + "control number",
        artefact="remittance 1",
        actor="test",
    )


def test_what_an_older_gateway_kept_without_its_answer_is_not_taken_up_by_itself(sealed: Office) -> None:
    """Which numbers it gave is not known any more, so a person looks; the answer is still in its file."""
    claim = the_claim(sealed)
    posted(sealed, answer_835("140.5", paid_in_full(claim)))
    with sealed.ledger.writing() as tx:
        tx.execute(update(desk_items).values(document=None))
    clinic.delivered(sealed)
    take_up(sealed)
    (item,) = items(sealed)
    assert (item.kind, item.claim, the_claim(sealed).state) == (ItemKind.STRANGER, "", ClaimState.SENT)
    place(sealed, item.id, "V-1", reason="their letter")
    assert the_claim(sealed).state is ClaimState.PAID


def test_what_meets_its_counterpart_says_how_much_and_what_is_open_still(ana: Office) -> None:
    claim, other = the_claim(ana), the_claim(ana, "V-2")
    plb = f"PLB*1234567893*20261231*FB:{claim.pcn}*-100"
    posted(ana, answer_835("240.5", paid_in_full(claim), plb=plb))
    (carried,) = items(ana)
    log = Log(ana)
    plb = f"PLB*1234567893*20261231*WO:{claim.pcn}*60"
    posted(ana, answer_835("80.5", paid_in_full(other), trace="T2", plb=plb))
    met = [one for one in log.new() if one.kind == "money.set_off"]
    told: dict[str, Any] = {"partner": "north", "actor": "Ana Reyes", "claim": claim.pcn}
    assert met == [
        Event(
            kind="money.set_off",
            about="T1",
            said=f"$60.00 of item {carried.id}, carried forward, met its counterpart; $40.00 are open still",
            artefact="remittance 1",
            **told,
        ),
        Event(
            kind="money.set_off",
            about="T2",
            said=f"$60.00 of item {carried.id + 1}, recovered, met its counterpart",
            artefact="remittance 2",
            **told,
        ),
    ]


DECISIONS: dict[str, Callable[[Office], object]] = {
    "V-2": lambda office: place(office, the_item(office).id, "V-2", reason="x"),
    "V-1": lambda office: unpost(office, 1, claim="V-1", reason="x"),
    "V-1 ": lambda office: bill_patient(office, "V-1", reason="x"),
}


@pytest.mark.parametrize("key", DECISIONS)
def test_who_decides_has_the_claims_visit_to_himself(ana: Office, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Nobody else answers or corrects the claim meanwhile: its visit is locked before anything is written."""
    refused = tuple(text.replace("CAS*CO*96", "CAS*PR*96") for text in denied(the_claim(ana), "96"))
    posted(ana, answer_835("240.5", refused, stranger(ana, "V-2", member="ZZ")))
    with ana.ledger.reading() as tx:
        meant = visits.find(tx, ana.practice.key, key.strip())
    assert meant is not None
    locked: list[frozenset[int]] = []
    lock = visits.lock
    monkeypatch.setattr(visits, "lock", lambda *which: locked.append(lock(*which)))
    DECISIONS[key](ana)
    assert locked[0] == {meant.visit_id}
