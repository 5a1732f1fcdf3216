"""What a payer answered is its own: for another payer, and for one that never adjudicated, the next claim is an original."""

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

import pytest

from gateway.claim import Claim, Frequency
from gateway.errors import UsageError
from gateway.ledger import claims, denials
from gateway.ledger import remittances as money
from gateway.ledger.claims import StoredClaim
from gateway.lifecycle import ClaimState, VisitState
from gateway.payer import Program
from gateway.service.claims.resubmit import resubmit_claim
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.visits.correct import Fixed, decline, fix_visit
from gateway.service.visits.import_visits import take_in
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import taken, the_claim, visit, visits_file

TO_PAYER2 = (("coverages.1.payer_id", "PAYER2"), ("coverages.1.member_id", "B77"))


def refused(claim: StoredClaim, carc: str = "109", remark: str = "", group: str = "CO") -> tuple[str, ...]:
    """Both lines refused whole."""
    lines = []
    for number, (code, charge, units) in enumerate((("97110", "120", 2), ("97140", "60.5", 1)), start=1):
        lines += [f"SVC*HC:{code}*{charge}*0**{units}", "DTM*472*20261102", f"CAS*{group}*{carc}*{charge}"]
        lines += [f"REF*6R*{claim.pcn}{number:02}"]
        lines += [f"LQ*HE*{one}" for one in remark.split()]
    return (f"CLP*{claim.pcn}*4*180.5*0**CI*ICN{claim.pcn[-4:]}*11*1", "NM1*QC*1*QUILL*MARA****MI*M1", *lines)


def answered(office: Office, payment: str, *bodies: tuple[str, ...], from_partner: str = "north") -> None:
    number, status = bodies[0][0].split("*")[1:3]
    with office.ledger.reading() as tx:
        claim = claims.by_pcn(tx, office.practice.key, number)
    assert claim is not None
    raw = clinic.answer_835(payment, *bodies, trace=number + status, payer=claim.payer)
    clinic.arrived(office, raw, name=number, from_partner=from_partner)
    (done,) = post(office)
    assert not done.why


@pytest.fixture
def sent(office: Office) -> Office:
    medicare = clinic.payer("MEDICARE", program=Program.MEDICARE, takes_replacements=False)
    known = MappingProxyType({**office.settings.payers, "MEDICARE": medicare})
    office = replace(office, settings=replace(office.settings, payers=known))
    taken(office, visit(), visit("V-M", "MEDICARE"), visit("V-3", "PAYER3"))
    scrub_visits(office)
    clinic.delivered(office)
    return office


def body(office: Office, key: str = "V-1") -> Claim:
    with office.ledger.reading() as tx:
        return claims.body_of(tx, office.practice.key, the_claim(office, key).id)


def is_held(fixed: Fixed) -> bool:
    assert fixed.scrubbed is not None, fixed.faults
    return fixed.scrubbed.state is VisitState.HELD


@pytest.mark.parametrize("key", ["V-1", "V-M", "V-3"])
def test_a_fix_to_another_payer_makes_an_original_for_that_payer(sent: Office, key: str) -> None:
    old = the_claim(sent, key)
    answered(sent, "0", refused(old))
    fix_visit(sent, key, TO_PAYER2, reason="the plan changed in October")
    new, written = the_claim(sent, key), body(sent, key)
    assert (new.payer, new.partner, new.state, new.frequency) == ("PAYER2", "south", ClaimState.READY, "1")
    assert (written.payer_claim_number, written.coverage.payer_name) == ("", "Payer PAYER2")
    with sent.ledger.reading() as tx:
        was = claims.by_id(tx, sent.practice.key, old.id)
        assert (was.state, was.payer, was.payer_claim_number) == (ClaimState.REPLACED, old.payer, f"ICN{old.pcn[-4:]}")
        assert {one.state for one in denials.listed(tx, sent.practice.key, state="", pcn=old.pcn)} == {"closed"}
        stands = [one.whole for one in money.balances(tx, sent.practice.key, old.id).values()]
    assert stands == [{"denied": 12000}, {"denied": 6050}]
    assert seal_batches(sent).claims == 1
    assert reconcile(sent).holds


def test_the_new_payers_own_denial_is_then_replaced_under_its_own_number(sent: Office) -> None:
    answered(sent, "0", refused(the_claim(sent)))
    fix_visit(sent, "V-1", TO_PAYER2, reason="the plan changed")
    clinic.delivered(sent)
    second = the_claim(sent)
    answered(sent, "0", refused(second, "50"), from_partner="south")
    fix_visit(sent, "V-1", (("services.2.units", "2"),), reason="recounted")
    assert (body(sent).frequency, body(sent).payer_claim_number) == (Frequency.REPLACEMENT, f"ICN{second.pcn[-4:]}")
    # Back to the first one: it holds a claim of its own still.
    fix_visit(sent, "V-1", (("coverages.1.payer_id", "PAYER1"),), reason="it was the first one after all")
    assert (body(sent).frequency, body(sent).payer_claim_number[:3]) == (Frequency.REPLACEMENT, "ICN")
    assert body(sent).payer_claim_number != f"ICN{second.pcn[-4:]}"


def test_a_name_that_stands_on_the_visit_does_not_go_to_another_payer(sent: Office) -> None:
    named = visit("V-8", coverages=[{"payer_id": "PAYER1", "payer_name": "First Plan", "member_id": "M8"}])
    taken(sent, named)
    scrub_visits(sent)
    with pytest.raises(UsageError, match=r"payer NOBODY is not configured: set coverages\.1\.payer_name too"):
        fix_visit(sent, "V-8", (("coverages.1.payer_id", "NOBODY"),), reason="r")
    fix_visit(sent, "V-8", TO_PAYER2, reason="r")
    assert body(sent, "V-8").coverage.payer_name == "Payer PAYER2"
    fix_visit(sent, "V-8", (("coverages.1.payer_id", '"X1"'), ("coverages.1.payer_name", "Plan X")), reason="r")
    assert body(sent, "V-8").coverage.payer_name == "Plan X"


def test_while_the_old_payers_money_stands_no_other_one_is_asked(sent: Office) -> None:
    old = the_claim(sent)
    answered(sent, "140.5", clinic.paid_in_full(old))
    with pytest.raises(UsageError, match=r"PAYER1 has paid \$140\.50 of visit V-1: .*void.*refund"):
        fix_visit(sent, "V-1", TO_PAYER2, reason="the plan changed")
    take_in(sent, "b.json", visits_file(visit("V-1", "PAYER2")))
    with pytest.raises(UsageError, match="has to be taken back"):
        fix_visit(sent, "V-1", (), reason="they say so")
    answered(sent, "-140.5", clinic.paid_in_full(old, reverses=True))
    fix_visit(sent, "V-1", (), reason="they say so")
    assert (body(sent).frequency, body(sent).payer_claim_number) == (Frequency.ORIGINAL, "")
    assert reconcile(sent).holds


def test_money_that_comes_while_the_visit_is_held_for_another_payer_holds_it(sent: Office) -> None:
    old = the_claim(sent)
    clinic.arrived(sent, clinic.answer_277ca("1000000001", (old.pcn, "A7:33:IL", "")))
    post(sent)
    assert is_held(fix_visit(sent, "V-1", (*TO_PAYER2, ("note.signed_by", "null")), reason="r"))
    answered(sent, "140.5", clinic.paid_in_full(old))
    found = {one.rule for each in scrub_visits(sent) if each.visit == "V-1" for one in each.holds}
    assert "PAID_BY_ANOTHER_PAYER" in found


def test_money_that_comes_while_another_payers_claim_is_ready_keeps_that_back(sent: Office) -> None:
    old = the_claim(sent)
    clinic.arrived(sent, clinic.answer_277ca("1000000001", (old.pcn, "A7:33:IL", "")))
    post(sent)
    fix_visit(sent, "V-1", TO_PAYER2, reason="r")
    answered(sent, "140.5", clinic.paid_in_full(old))
    sealed = seal_batches(sent)
    assert (sealed.claims, [one.visit for one in sealed.unwritable]) == (0, ["V-1"])


@pytest.mark.parametrize("key", ["V-1", "V-M", "V-3"])
@pytest.mark.parametrize(("carc", "remarks"), [("16", "MA130 M51"), ("16", "M51 MA130"), ("4", "MA130"), ("31", "")])
def test_what_was_never_adjudicated_is_sent_as_a_new_claim(sent: Office, key: str, carc: str, remarks: str) -> None:
    old = the_claim(sent, key)
    answered(sent, "0", refused(old, carc, remarks))
    with sent.ledger.reading() as tx:
        advised = {one.route for one in denials.listed(tx, sent.practice.key, pcn=old.pcn)}
    assert advised == {"new_claim"}
    fix_visit(sent, key, (("coverages.1.member_id", "9AA9AA9AA99"),), reason="card copied again")
    assert (body(sent, key).frequency, body(sent, key).payer_claim_number) == (Frequency.ORIGINAL, "")
    clinic.delivered(sent)
    assert the_claim(sent, key).state is ClaimState.SENT
    answered(sent, "140.5", clinic.paid_in_full(the_claim(sent, key)))
    assert the_claim(sent, key).state is ClaimState.PAID
    assert reconcile(sent).holds


def test_a_denial_of_medicares_is_reopened_and_not_sent_again(sent: Office) -> None:
    answered(sent, "0", refused(the_claim(sent, "V-M"), "50", "N115"))
    with pytest.raises(UsageError, match="ask for a reopening"):
        fix_visit(sent, "V-M", (("services.2.units", "2"),), reason="recounted")


@pytest.mark.parametrize("key", ["V-M", "V-3"])
def test_what_was_paid_in_part_is_no_new_claim_whatever_the_rest_says(sent: Office, key: str) -> None:
    """All lines of it would go again, and the paid one be paid twice."""
    answered(sent, "100", clinic.denied(the_claim(sent, key), "16", "MA130"))
    with pytest.raises(UsageError, match=r"takes no replacement claims; (ask for a reopening|ask it how it takes)"):
        fix_visit(sent, key, (("services.2.units", "2"),), reason="recounted")


@pytest.mark.parametrize("key", ["V-M", "V-3"])
def test_a_change_that_cannot_be_billed_any_more_is_declined_and_the_refusal_says_how(sent: Office, key: str) -> None:
    answered(sent, "140.5", clinic.paid_in_full(the_claim(sent, key)))
    payer = the_claim(sent, key).payer
    changed = visit(key, payer, services=[{"code": "97110", "units": 1, "charge": "60.00"}])
    assert take_in(sent, "again.json", visits_file(changed)).proposed == (key,)
    with pytest.raises(
        UsageError, match=rf"to let what was claimed stand: gateway visits fix {key} --decline --by NAME"
    ):
        fix_visit(sent, key, (), reason="as the list says")
    decline(sent, key, reason="as the refusal says")
    assert the_claim(sent, key).state is ClaimState.PAID
    assert reconcile(sent).holds


def test_what_was_paid_in_part_is_replaced_where_that_is_taken(sent: Office) -> None:
    answered(sent, "100", clinic.denied(the_claim(sent), "16", "MA130"))
    fix_visit(sent, "V-1", (("services.2.units", "2"),), reason="recounted")
    assert body(sent).frequency is Frequency.REPLACEMENT


def test_a_payer_that_takes_no_replacement_is_sent_a_new_claim_of_what_it_paid_nothing_of(sent: Office) -> None:
    """The advice for a correctable denial is bent to a new claim there: the command makes it."""
    answered(sent, "0", refused(the_claim(sent, "V-3"), "11"))
    fix_visit(sent, "V-3", (("services.2.units", "2"),), reason="recounted")
    assert body(sent, "V-3").frequency is Frequency.ORIGINAL
    assert body(sent, "V-3").charge == Decimal("180.50")


def test_a_rejection_that_is_paid_after_all_is_adjudicated(sent: Office) -> None:
    """The payer takes up what it called unprocessable: the original that waits would be paid twice."""
    old = the_claim(sent)
    answered(sent, "0", refused(old, "16", "MA130"))
    fix_visit(sent, "V-1", (("coverages.1.member_id", "9AA9AA9AA99"),), reason="card copied again")
    answered(sent, "140.5", clinic.paid_in_full(old))
    sealed = seal_batches(sent)
    assert (sealed.claims, [one.visit for one in sealed.unwritable]) == (0, ["V-1"])


def test_what_the_first_payer_pays_after_all_keeps_the_rejected_original_from_going_again(sent: Office) -> None:
    first = the_claim(sent)
    answered(sent, "0", refused(first))
    fix_visit(sent, "V-1", TO_PAYER2, reason="the plan changed")
    clinic.delivered(sent)
    clinic.arrived(sent, clinic.ta1(1, "R", "006"), from_partner="south")
    post(sent)
    assert the_claim(sent).state is ClaimState.REJECTED
    answered(sent, "140.5", clinic.paid_in_full(first))
    with pytest.raises(UsageError, match=rf"PAYER1 has paid \$140\.50 .*gateway claims void {first.pcn} .*refund"):
        resubmit_claim(sent, "V-1", reason="enrolled now")
