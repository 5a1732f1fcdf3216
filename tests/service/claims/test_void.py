"""A claim that the payer has adjudicated is taken back: by a void where it takes one, and by its reversal only."""

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

import pytest

from gateway.claim import Claim, Frequency
from gateway.errors import UsageError
from gateway.event import EventSeverity
from gateway.ledger import claims, events, outbox, visits
from gateway.ledger.claims import StoredClaim
from gateway.lifecycle import ClaimState, VisitState
from gateway.payer import Program
from gateway.service.claims.close import close_claim
from gateway.service.claims.resubmit import resubmit_claim
from gateway.service.claims.void import void_claim
from gateway.service.claims.withdraw import withdraw_claim
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.views.claims import claim_shown
from gateway.service.visits.correct import do_not_bill, fix_visit
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import taken, the_claim, visit

REASON = "another patient was billed"


def answered(office: Office, raw: bytes) -> None:
    clinic.arrived(office, raw, name=f"answer-{len(raw)}")
    (done,) = post(office)
    assert not done.why


@pytest.fixture
def paid(office: Office) -> Office:
    medicare = clinic.payer("MEDICARE", program=Program.MEDICARE, takes_replacements=False)
    known = MappingProxyType({**office.settings.payers, "MEDICARE": medicare})
    office = replace(office, actor="Ana Reyes", settings=replace(office.settings, payers=known))
    taken(office, visit(), visit("V-M", "MEDICARE"), visit("V-3", "PAYER3"))
    scrub_visits(office)
    clinic.delivered(office)
    for number, key in enumerate(("V-1", "V-M", "V-3")):
        answered(office, clinic.answer_835("140.5", clinic.paid_in_full(the_claim(office, key)), trace=f"T{number}"))
    return office


def reversal(claim: StoredClaim, trace: str = "R1") -> bytes:
    return clinic.answer_835("-140.5", clinic.paid_in_full(claim, reverses=True), trace=trace)


def body(office: Office, claim: StoredClaim) -> Claim:
    with office.ledger.reading() as tx:
        return claims.body_of(tx, office.practice.key, claim.id)


def state(office: Office, claim: StoredClaim) -> ClaimState:
    with office.ledger.reading() as tx:
        return claims.by_id(tx, office.practice.key, claim.id).state


def test_a_void_goes_out_under_the_payers_number_and_ends_with_its_reversal(paid: Office) -> None:
    claim = the_claim(paid)
    _, pcn = void_claim(paid, "V-1", reason=REASON)
    void = the_claim(paid)
    assert (void.pcn, void.version, void.state, void.frequency) == (pcn, 2, ClaimState.READY, "8")
    written = body(paid, void)
    assert written.payer_claim_number == claim.payer_claim_number == f"ICN{claim.pcn[-4:]}"
    assert [one.control for one in written.lines] == [f"{pcn}01", f"{pcn}02"]
    assert (written.charge, written.coverage) == (body(paid, claim).charge, body(paid, claim).coverage)
    assert state(paid, claim) is ClaimState.PAID
    before = reconcile(paid)
    clinic.delivered(paid)
    with paid.ledger.reading() as tx:
        file = outbox.files(tx, paid.practice.key)[-1]
        text = outbox.bytes_of(tx, paid.practice.key, file.id).decode()
    assert f"REF*F8*{claim.payer_claim_number}~" in text
    assert f"CLM*{pcn}*180.5***11:B:8*" in text
    answered(paid, clinic.answer_277ca(file.reference, (pcn, "A2:20:PR", "")))
    assert (state(paid, claim), state(paid, void)) == (ClaimState.PAID, ClaimState.ACCEPTED)
    # What was paid stands where it was, and a void charges nothing.
    outcome = reconcile(paid)
    assert (outcome.holds, outcome.charged, outcome.buckets) == (True, before.charged, before.buckets)
    assert not outcome.on_earlier_versions
    answered(paid, reversal(claim))
    assert (state(paid, claim), state(paid, void)) == (ClaimState.VOIDED, ClaimState.VOIDED)
    outcome = reconcile(paid)
    assert outcome.holds
    assert not outcome.on_earlier_versions


def test_a_void_ends_though_the_payer_answered_as_a_whole_and_takes_back_by_lines(office: Office) -> None:
    """Which cents of 140.50 are on which line is our share of what the payer said of the claim; its reversal says its own."""
    taken(office, visit())
    scrub_visits(office)
    clinic.delivered(office)
    claim = the_claim(office)
    lines = clinic.paid_in_full(claim)
    as_a_whole = (lines[0], "CAS*CO*45*20", "CAS*PR*3*20", lines[1])
    answered(office, clinic.answer_835("140.5", as_a_whole))
    assert state(office, claim) is ClaimState.PAID
    void_claim(office, "V-1", reason=REASON)
    clinic.delivered(office)
    void = the_claim(office)
    answered(office, reversal(claim))
    assert (state(office, claim), state(office, void)) == (ClaimState.VOIDED, ClaimState.VOIDED)
    outcome = reconcile(office)
    assert (outcome.holds, outcome.desk, outcome.parked) == (True, (), Decimal(0))


@pytest.mark.parametrize("is_billed_again", [False, True])
def test_what_replaced_a_claim_is_voided_and_then_the_payer_holds_neither(paid: Office, is_billed_again: bool) -> None:  # noqa: FBT001
    """The first version was reversed when it was replaced: its number is none that a payer still knows."""
    first = the_claim(paid)
    fix_visit(paid, "V-1", (("diagnoses", '["M62.81", "M54.50"]'),), reason="the other one too")
    clinic.delivered(paid)
    second = the_claim(paid)
    answered(paid, reversal(first))
    answered(paid, clinic.answer_835("140.5", clinic.paid_in_full(second), trace="N2"))
    assert (state(paid, first), state(paid, second)) == (ClaimState.REPLACED, ClaimState.PAID)
    void_claim(paid, "V-1", reason=REASON)
    clinic.delivered(paid)
    answered(paid, reversal(second, "R2"))
    assert state(paid, second) is ClaimState.VOIDED
    with pytest.raises(UsageError, match="taken back already: the payer holds nothing"):
        void_claim(paid, first.pcn, reason=REASON)
    if is_billed_again:
        fix_visit(paid, "V-1", (), reason="it was hers after all")
        assert (the_claim(paid).frequency, body(paid, the_claim(paid)).payer_claim_number) == ("1", "")
    else:
        do_not_bill(paid, "V-1", reason="never hers")
        with paid.ledger.reading() as tx:
            visit_now = visits.find(tx, paid.practice.key, "V-1")
        assert visit_now is not None
        assert visit_now.state is VisitState.NOT_BILLED
    assert reconcile(paid).holds


def test_the_timelines_say_who_took_it_back_and_why(paid: Office) -> None:
    claim = the_claim(paid)
    _, pcn = void_claim(paid, claim.pcn, reason=REASON)
    clinic.delivered(paid)
    answered(paid, reversal(claim))
    with paid.ledger.reading() as tx:
        for one in (claim.pcn, pcn):
            said = [each.event for each in events.read(tx, paid.practice.key, claim=one, limit=100)]
            assert [(each.actor, each.reason) for each in said if each.reason == REASON] == [("Ana Reyes", REASON)]
            assert (said[-1].after, said[-1].artefact.split()[0]) == (ClaimState.VOIDED, "inbound")


def test_after_it_a_fix_makes_an_original_for_the_same_payer_or_another(paid: Office) -> None:
    claim = the_claim(paid)
    void_claim(paid, "V-1", reason=REASON)
    clinic.delivered(paid)
    answered(paid, reversal(claim))
    with paid.ledger.reading() as tx:
        said = events.read(tx, paid.practice.key, about="V-1", limit=100)[-1].event
        assert [one.key for one in visits.current(tx, paid.practice.key, states=(VisitState.WITHDRAWN,))] == ["V-1"]
    assert (said.severity, "gateway visits fix V-1" in said.next_command) == (EventSeverity.CAN_WAIT, True)
    fix_visit(paid, "V-1", (), reason="it was right, under the right number")
    assert (the_claim(paid).version, the_claim(paid).frequency) == (3, Frequency.ORIGINAL)
    fix_visit(paid, "V-1", (("services.2.units", "2"),), reason="recounted")
    again = the_claim(paid)
    assert (again.version, again.frequency, body(paid, again).payer_claim_number) == (4, Frequency.ORIGINAL, "")
    fix_visit(paid, "V-1", (("coverages.1.payer_id", "PAYER2"),), reason="the plan changed")
    assert (the_claim(paid).payer, the_claim(paid).frequency) == ("PAYER2", "1")
    assert seal_batches(paid).claims == 1
    assert state(paid, claim) is ClaimState.VOIDED
    assert reconcile(paid).holds


def test_a_correction_that_comes_with_the_reversal_is_no_void(paid: Office) -> None:
    """The payer took it back and paid it anew: what it says last stands, and the void waits on."""
    claim = the_claim(paid)
    void_claim(paid, "V-1", reason=REASON)
    clinic.delivered(paid)
    bodies = (clinic.paid_in_full(claim, reverses=True), clinic.paid_in_full(claim))
    answered(paid, clinic.answer_835("0", *bodies, trace="R2"))
    assert (state(paid, claim), the_claim(paid).state) == (ClaimState.PAID, ClaimState.SENT)
    assert reconcile(paid).holds


def test_a_reversal_that_nobody_asked_for_is_no_void(paid: Office) -> None:
    claim = the_claim(paid)
    answered(paid, reversal(claim))
    assert state(paid, claim) is ClaimState.REVERSED
    with pytest.raises(UsageError, match="holds nothing of it to take back"):
        void_claim(paid, "V-1", reason=REASON)


@pytest.mark.parametrize(
    ("key", "says"),
    [("V-M", "voluntary refund .* or ask for a reopening"), ("V-3", "ask it how it takes a payment back")],
)
def test_where_none_is_taken_it_says_what_to_do(paid: Office, key: str, says: str) -> None:
    with pytest.raises(UsageError, match=rf"takes no voids \(frequency 8\): .*{says}"):
        void_claim(paid, key, reason=REASON)
    assert the_claim(paid, key).version == 1


def test_what_the_payer_holds_nothing_of_is_refused_with_what_to_do(paid: Office) -> None:
    taken(paid, visit("V-8"))
    scrub_visits(paid)
    with pytest.raises(UsageError, match="has not left: gateway claims withdraw"):
        void_claim(paid, "V-8", reason=REASON)
    clinic.delivered(paid)
    with pytest.raises(UsageError, match="wait for its answer"):
        void_claim(paid, "V-8", reason=REASON)
    answered(paid, clinic.answer_277ca("1000000002", (the_claim(paid, "V-8").pcn, "A7:33:IL", "")))
    with pytest.raises(UsageError, match="holds nothing of it"):
        void_claim(paid, "V-8", reason=REASON)
    with pytest.raises(UsageError, match="there is no claim"):
        void_claim(paid, "V-9", reason=REASON)


@pytest.mark.parametrize("is_rejection", ["277CA", "MA130"])
def test_what_was_never_adjudicated_is_not_taken_back(paid: Office, is_rejection: str) -> None:
    taken(paid, visit("V-8"))
    scrub_visits(paid)
    clinic.delivered(paid)
    claim = the_claim(paid, "V-8")
    if is_rejection == "277CA":
        answered(paid, clinic.answer_277ca("1000000002", (claim.pcn, "A7:33:IL", "NUMBER1")))
        close_claim(paid, "V-8", reason="too small")
    else:
        lines = clinic.denied(claim, "16", "MA130")
        refused = (line.replace("120*100**2", "120*0**2").replace("CO*45*20", "CO*16*120") for line in lines)
        body_ = tuple(line.replace("*1*180.5*100*0*", "*4*180.5*0**") for line in refused)
        answered(paid, clinic.answer_835("0", body_, trace="T8"))
        assert state(paid, claim) is ClaimState.DENIED
    with pytest.raises(UsageError, match="never adjudicated: the payer holds nothing"):
        void_claim(paid, "V-8", reason=REASON)


def test_it_is_asked_once_and_while_it_waits_nothing_else_is(paid: Office) -> None:
    claim, pcn = void_claim(paid, "V-1", reason=REASON)
    with pytest.raises(UsageError, match=f"void claim {pcn} of it is ready already"):
        void_claim(paid, claim.pcn, reason=REASON)
    with pytest.raises(UsageError, match="is itself a void"):
        void_claim(paid, pcn, reason=REASON)
    with pytest.raises(UsageError, match=f"withdraw it first .gateway claims withdraw {pcn}"):
        fix_visit(paid, "V-1", (("services.2.units", "2"),), reason="recounted")
    clinic.delivered(paid)
    with pytest.raises(UsageError, match="wait for its answer"):
        fix_visit(paid, "V-1", (("services.2.units", "2"),), reason="recounted")


def test_a_void_that_should_not_go_is_withdrawn_and_the_claim_stands(paid: Office) -> None:
    claim, pcn = void_claim(paid, "V-1", reason=REASON)
    withdraw_claim(paid, pcn, reason="it was the right patient")
    assert seal_batches(paid).claims == 0
    assert (state(paid, claim), claim_shown(paid, "V-1").claim.pcn) == (ClaimState.PAID, claim.pcn)
    with paid.ledger.reading() as tx:
        said = events.read(tx, paid.practice.key, about="V-1", limit=100)
    assert VisitState.WITHDRAWN not in {one.event.after for one in said}
    fix_visit(paid, "V-1", (("services.2.units", "2"),), reason="recounted")
    assert the_claim(paid).frequency == Frequency.REPLACEMENT
    assert reconcile(paid).holds


def test_a_rejected_void_is_sent_again_or_withdrawn(paid: Office) -> None:
    claim, pcn = void_claim(paid, "V-1", reason=REASON)
    clinic.delivered(paid)
    answered(paid, clinic.ta1(2, "R", "006"))
    resubmit_claim(paid, pcn, reason="the receiver is right now")
    again = the_claim(paid)
    assert (again.frequency, body(paid, again).payer_claim_number) == ("8", claim.payer_claim_number)
    clinic.delivered(paid)
    answered(paid, clinic.ta1(3, "R", "006"))
    withdraw_claim(paid, again.pcn, reason="left as it is")
    assert (state(paid, again), state(paid, claim)) == (ClaimState.REPLACED, ClaimState.PAID)
    assert reconcile(paid).holds


def test_a_void_that_nobody_answers_is_ended_by_a_person(paid: Office) -> None:
    claim, pcn = void_claim(paid, "V-1", reason=REASON)
    clinic.delivered(paid)
    close_claim(paid, pcn, reason="they confirmed it by telephone")
    assert (the_claim(paid).state, state(paid, claim)) == (ClaimState.CLOSED, ClaimState.PAID)
    assert not reconcile(paid).buckets.get("written off")
    assert claim_shown(paid, "V-1").claim.pcn == claim.pcn
    answered(paid, reversal(claim))
    # What they confirmed has come: nothing is to be corrected of a claim that was taken back.
    assert (state(paid, claim), the_claim(paid).state) == (ClaimState.VOIDED, ClaimState.VOIDED)
    assert reconcile(paid).holds


@pytest.mark.parametrize("is_rejected", [False, True])
def test_what_the_payer_takes_back_before_the_void_is_taken_is_taken_back(paid: Office, *, is_rejected: bool) -> None:
    claim, _ = void_claim(paid, "V-1", reason=REASON)
    if is_rejected:
        clinic.delivered(paid)
        answered(paid, clinic.ta1(2, "R", "006"))
    answered(paid, reversal(claim))
    assert (state(paid, claim), the_claim(paid).state) == (ClaimState.VOIDED, ClaimState.REPLACED)
    assert seal_batches(paid).claims == 0
    fix_visit(paid, "V-1", (), reason="it was right, under the right number")
    assert the_claim(paid).frequency == Frequency.ORIGINAL
    assert reconcile(paid).holds


def test_money_on_a_claim_that_another_payers_stands_for_is_taken_back_before_that_one_goes(paid: Office) -> None:
    taken(paid, visit("V-8"))
    scrub_visits(paid)
    clinic.delivered(paid)
    claim = the_claim(paid, "V-8")
    answered(paid, clinic.answer_277ca("1000000002", (claim.pcn, "A7:33:IL", "")))
    fix_visit(paid, "V-8", (("coverages.1.payer_id", "PAYER2"),), reason="the plan changed")
    other = the_claim(paid, "V-8")
    answered(paid, clinic.answer_835("140.5", clinic.paid_in_full(claim), trace="T8"))
    assert (state(paid, claim), seal_batches(paid).claims) == (ClaimState.REPLACED, 0)
    _, pcn = void_claim(paid, claim.pcn, reason="the plan had changed")
    clinic.delivered(paid)
    void = the_claim(paid, "V-8")
    assert (void.pcn, void.state, state(paid, other)) == (pcn, ClaimState.SENT, ClaimState.READY)
    answered(paid, reversal(claim))
    assert (state(paid, claim), state(paid, void)) == (ClaimState.VOIDED, ClaimState.VOIDED)
    assert seal_batches(paid).claims == 1
    assert state(paid, other) is ClaimState.SEALED
    assert reconcile(paid).holds


def test_a_replaced_claim_is_not_taken_back_where_its_replacement_is(paid: Office) -> None:
    claim = the_claim(paid)
    fix_visit(paid, "V-1", (("services.2.units", "2"),), reason="recounted")
    with pytest.raises(UsageError, match=f"is replaced: claim {the_claim(paid).pcn} stands for it"):
        void_claim(paid, claim.pcn, reason=REASON)


def test_a_closed_claim_is_taken_back_too(paid: Office) -> None:
    claim = close_claim(paid, "V-1", reason="done with")
    void_claim(paid, claim.pcn, reason=REASON)
    clinic.delivered(paid)
    answered(paid, reversal(claim))
    assert (state(paid, claim), the_claim(paid).state) == (ClaimState.VOIDED, ClaimState.VOIDED)
    assert reconcile(paid).holds


def test_a_void_that_waits_outlasts_proposed_changes(paid: Office) -> None:
    _, pcn = void_claim(paid, "V-1", reason=REASON)
    for day in ("2026-11-03", "2026-11-04"):
        clinic.taken(paid, visit("V-1", date=day))
    with paid.ledger.reading() as tx:
        assert claims.current(tx, paid.practice.key, states=(ClaimState.READY,), limit=9)[0].pcn == pcn
    assert seal_batches(paid).claims == 1
