"""A ready claim that should not go is taken out of the next batch, and waits for a person; nothing is lost."""

from dataclasses import replace

import pytest

from gateway.errors import UsageError
from gateway.ledger import claims, denials, events, visits
from gateway.lifecycle import ClaimState, VisitState
from gateway.service.claims.close import close_claim
from gateway.service.claims.withdraw import withdraw_claim
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.visits.correct import decline, do_not_bill, fix_visit
from gateway.service.visits.import_visits import Taking, take_in
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import taken, the_claim, visit, visits_file

REASON = "the patient pays by herself"


@pytest.fixture
def ready(office: Office) -> Office:
    taken(office, visit(), visit("V-2"))
    scrub_visits(office)
    return replace(office, actor="Ana Reyes")


def state_of(office: Office, key: str = "V-1") -> VisitState:
    with office.ledger.reading() as tx:
        found = visits.find(tx, office.practice.key, key)
    assert found is not None
    return found.state


def test_a_withdrawn_claim_goes_with_no_batch_and_its_visit_is_listed(ready: Office) -> None:
    claim = withdraw_claim(ready, "V-1", reason=REASON)
    assert state_of(ready) is VisitState.WITHDRAWN
    assert scrub_visits(ready, again=True) == ()
    assert seal_batches(ready).claims == 1
    with ready.ledger.reading() as tx:
        listed = visits.current(tx, ready.practice.key, states=(VisitState.WITHDRAWN,))
        assert [one.key for one in listed] == ["V-1"]
        assert claims.by_id(tx, ready.practice.key, claim.id).state is ClaimState.REPLACED
        last = events.read(tx, ready.practice.key, claim=claim.pcn, limit=100)[-1].event
    assert (last.kind, last.actor, last.reason) == ("claim.withdrawn", "Ana Reyes", REASON)
    outcome = reconcile(ready)
    assert (outcome.holds, str(outcome.charged)) == (True, "180.50")


def test_it_is_sent_after_all_as_it_was_or_corrected(ready: Office) -> None:
    before = withdraw_claim(ready, "V-1", reason=REASON)
    fixed = fix_visit(ready, "V-1", (), reason="insurance after all")
    assert fixed.scrubbed is not None
    after = the_claim(ready)
    assert (after.state, after.version, after.charge_cents) == (ClaimState.READY, 2, before.charge_cents)
    assert after.pcn != before.pcn
    withdraw_claim(ready, after.pcn, reason=REASON)
    fix_visit(ready, "V-1", (("services.2.units", "2"),), reason="recounted")
    assert (the_claim(ready).version, state_of(ready)) == (3, VisitState.CLAIMED)
    assert seal_batches(ready).claims == 2
    assert reconcile(ready).holds


def test_it_is_ended_by_a_person(ready: Office) -> None:
    withdraw_claim(ready, "V-1", reason=REASON)
    do_not_bill(ready, "V-1", reason="she paid")
    assert state_of(ready) is VisitState.NOT_BILLED
    assert reconcile(ready).holds


def test_a_correction_after_a_rejection_is_withdrawn_and_ended_too(ready: Office) -> None:
    clinic.delivered(ready)
    clinic.arrived(ready, clinic.answer_277ca("1000000001", (the_claim(ready).pcn, "A7:33:IL", "")))
    post(ready)
    fix_visit(ready, "V-1", (("coverages.1.member_id", "M999"),), reason="card copied again")
    withdraw_claim(ready, "V-1", reason=REASON)
    do_not_bill(ready, "V-1", reason="she paid")
    assert state_of(ready) is VisitState.NOT_BILLED
    assert reconcile(ready).holds


@pytest.mark.parametrize("other_content", [False, True])
def test_what_their_system_exports_again_does_not_undo_it(ready: Office, *, other_content: bool) -> None:
    withdraw_claim(ready, "V-1", reason=REASON)
    raw = visits_file(visit(date="2026-11-03") if other_content else visit())
    counts = take_in(ready, "b.json", raw).counts
    assert counts == ({Taking.PROPOSED: 1} if other_content else {Taking.UNCHANGED: 1})
    if other_content:
        decline(ready, "V-1", reason="the old date was right")
    assert state_of(ready) is VisitState.WITHDRAWN
    assert scrub_visits(ready) == ()


def test_what_was_claimed_under_a_proposed_change_is_withdrawn(ready: Office) -> None:
    clinic.delivered(ready)
    clinic.arrived(ready, clinic.answer_277ca("1000000001", (the_claim(ready).pcn, "A7:33:IL", "")))
    post(ready)
    fix_visit(ready, "V-1", (("coverages.1.member_id", "M999"),), reason="card copied again")
    take_in(ready, "b.json", visits_file(visit(date="2026-11-03")))
    withdraw_claim(ready, "V-1", reason=REASON)
    assert state_of(ready) is VisitState.PROPOSED
    decline(ready, "V-1", reason="the old date was right")
    assert state_of(ready) is VisitState.WITHDRAWN


def test_a_claim_that_waits_for_no_batch_says_what_to_do_instead(ready: Office) -> None:
    seal_batches(ready)
    with pytest.raises(UsageError, match="gateway deliveries cancel FILE"):
        withdraw_claim(ready, "V-1", reason=REASON)
    clinic.delivered(ready)
    clinic.arrived(ready, clinic.answer_277ca("1000000001", (the_claim(ready).pcn, "A7:33:IL", "")))
    post(ready)
    with pytest.raises(UsageError, match="gateway claims close"):
        withdraw_claim(ready, "V-1", reason=REASON)
    with pytest.raises(UsageError, match="there is no claim"):
        withdraw_claim(ready, "V-9", reason=REASON)


@pytest.mark.parametrize("is_denied", [False, True])
def test_a_correction_that_is_withdrawn_lets_what_it_was_to_replace_stand_again(
    ready: Office, *, is_denied: bool
) -> None:
    clinic.delivered(ready)
    first = the_claim(ready)
    body, amount = (clinic.denied(first), "100") if is_denied else (clinic.paid_in_full(first), "140.5")
    clinic.arrived(ready, clinic.answer_835(amount, body, payer=first.payer))
    post(ready)
    with ready.ledger.reading() as tx:
        stood, was_open = claims.by_id(tx, ready.practice.key, first.id), denials.listed(tx, ready.practice.key)
    before = reconcile(ready)
    for units in ("2", "3"):
        fix_visit(ready, "V-1", (("services.2.units", units),), reason="recounted")
    withdraw_claim(ready, "V-1", reason="it was right")
    with ready.ledger.reading() as tx:
        assert claims.by_id(tx, ready.practice.key, first.id) == stood
        assert denials.listed(tx, ready.practice.key) == was_open
        known = visits.versions(tx, ready.practice.key, "V-1")
    assert len(was_open) == int(is_denied)
    assert [one.state for one in known] == [*[VisitState.SUPERSEDED] * 3, VisitState.CLAIMED]
    assert known[0].sha256 == known[-1].sha256
    after = reconcile(ready)
    assert (after.holds, after.charged, after.buckets) == (True, before.charged, before.buckets)
    assert seal_batches(ready).claims == 0
    with pytest.raises(UsageError, match="visit V-1 is claimed"):
        do_not_bill(ready, "V-1", reason="she paid")
    fix_visit(ready, "V-1", (("services.2.units", "2"),), reason="recounted after all")
    assert (the_claim(ready).frequency, seal_batches(ready).claims) == ("7", 1)
    assert reconcile(ready).holds


def test_a_closed_claim_whose_correction_is_withdrawn_is_closed_again(ready: Office) -> None:
    clinic.delivered(ready)
    first = the_claim(ready)
    clinic.arrived(ready, clinic.answer_835("100", clinic.denied(first), payer=first.payer))
    post(ready)
    close_claim(ready, "V-1", reason="too small")
    fix_visit(ready, "V-1", (("services.2.units", "2"),), reason="recounted")
    withdraw_claim(ready, "V-1", reason="it was right")
    with ready.ledger.reading() as tx:
        assert claims.by_id(tx, ready.practice.key, first.id).state is ClaimState.CLOSED
        assert denials.listed(tx, ready.practice.key) == ()
    assert reconcile(ready).holds
