"""Visits in, claims out: versions, holds, corrections, and what may no longer be changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.claim import Claim, Frequency
from gateway.errors import IntakeError, LedgerConflict, UsageError
from gateway.finding import Owner, Severity
from gateway.ledger import append_only, claims, events, visits
from gateway.ledger.claims import StoredClaim
from gateway.ledger.record import claim_to_bytes
from gateway.ledger.tables import claim_versions
from gateway.lifecycle import ClaimState, VisitState
from gateway.scrub import RULES, Case, scrub
from gateway.scrub.rule import Faults, rule
from gateway.service.claims.close import close_claim
from gateway.service.desk.decide import close_item
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import plan_batches, seal_batches
from gateway.service.views.claims import claim_shown
from gateway.service.visits.correct import decline, do_not_bill, fix_visit
from gateway.service.visits.explain import explain_visit
from gateway.service.visits.import_visits import Taking, take_in
from gateway.service.visits.scrub import scrub_visits
from gateway.settings.values import Waiver
from tests.edi.guide.test_overlay import DATED, overlay_file
from tests.service import clinic
from tests.service.clinic import taken, the_claim, visit, visits_file
from tests.together import run_together

UNSIGNED: dict[str, Any] = {
    "note": {"subjective": "a", "objective": "b", "assessment": "c", "plan": "d", "signed_by": None}
}
HELD = visit("V-2", **UNSIGNED)


def state_of(office: Office, key: str) -> VisitState:
    with office.ledger.reading() as tx:
        found = visits.find(tx, office.practice.key, key)
    assert found is not None
    return found.state


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    raw = visits_file(visit(), HELD)
    assert take_in(office, "a.json", raw).counts == {Taking.NEW: 2}
    scrub_visits(office)
    assert take_in(office, "b.json", raw).counts == {Taking.UNCHANGED: 2}
    assert len(reconcile(office).visits) == 2


def test_bad_rows_are_kept_and_the_good_ones_go_in(office: Office) -> None:
    outcome = take_in(office, "a.json", visits_file(visit(), visit("V-9", date="soon")))
    assert outcome.counts == {Taking.NEW: 1}
    assert [(fault.row, fault.field) for fault in outcome.faults] == [(2, "date")]
    with office.ledger.reading() as tx:
        assert [source for source, _ in visits.faults(tx, office.practice.key)] == ["a.json"]


def test_a_dry_run_stores_nothing(office: Office) -> None:
    assert take_in(office, "a.json", visits_file(visit()), dry_run=True).counts == {Taking.NEW: 1}
    taken(office, visit())
    (shown,) = scrub_visits(office, dry_run=True)
    assert shown.state is VisitState.CLAIMED
    assert state_of(office, "V-1") is VisitState.NEW


def test_an_unreadable_file_stores_nothing(office: Office) -> None:
    with pytest.raises(IntakeError):
        take_in(office, "a.json", visits_file(visit())[:-9])
    assert reconcile(office).visits == {}


def test_a_clean_visit_becomes_a_ready_claim_and_a_faulty_one_is_held(office: Office) -> None:
    taken(office, visit(), HELD)
    first, second = scrub_visits(office)
    assert (first.state, second.state) == (VisitState.CLAIMED, VisitState.HELD)
    assert [one.rule for one in second.holds] == ["SIGNATURE_MISSING"]
    claim = the_claim(office)
    assert (claim.state, claim.charge_cents, claim.pcn) == (ClaimState.READY, 18050, first.pcn)
    assert scrub_visits(office) == ()
    assert scrub_visits(office, again=True)[0].state is VisitState.HELD
    assert reconcile(office).holds


def test_a_correction_makes_the_next_version_with_who_and_why(office: Office) -> None:
    taken(office, HELD)
    scrub_visits(office)
    ida = replace(office, actor="Ida Stone")
    fixed = fix_visit(
        ida,
        "V-2",
        (("note.signed_by", "Ida Stone PT"), ("note.signed_at", "2026-11-02T18:00")),
        reason="signed late",
    )
    assert fixed.scrubbed is not None
    assert (fixed.scrubbed.state, fixed.scrubbed.version) == (VisitState.CLAIMED, 2)
    with office.ledger.reading() as tx:
        versions = visits.versions(tx, office.practice.key, "V-2")
    assert [one.state for one in versions] == [VisitState.SUPERSEDED, VisitState.CLAIMED]
    assert (versions[1].actor, versions[1].reason) == ("Ida Stone", "signed late")


def test_a_correction_that_is_no_visit_changes_nothing(office: Office) -> None:
    taken(office, HELD)
    scrub_visits(office)
    assert fix_visit(office, "V-2", (("date", "soon"),), reason="r").faults[0].field == "date"
    assert state_of(office, "V-2") is VisitState.HELD
    with pytest.raises(UsageError, match="already have these values"):
        fix_visit(office, "V-2", (("date", "2026-11-02"),), reason="r")
    with pytest.raises(UsageError, match="give at least one"):
        fix_visit(office, "V-2", (), reason="r")
    with pytest.raises(UsageError, match="no visit"):
        fix_visit(office, "V-404", (("date", "2026-11-02"),), reason="r")


def test_other_content_before_the_claim_left_replaces_it(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    before = the_claim(office)
    assert take_in(office, "b.json", visits_file(visit(date="2026-11-03"))).counts == {Taking.REPLACED: 1}
    scrub_visits(office)
    after = the_claim(office)
    assert (after.version, after.day, after.state) == (2, date(2026, 11, 3), ClaimState.READY)
    assert after.pcn != before.pcn
    with office.ledger.reading() as tx:
        assert claims.by_id(tx, office.practice.key, before.id).state is ClaimState.REPLACED
    assert seal_batches(office).claims == 1
    assert reconcile(office).holds


def test_other_content_after_the_claim_left_is_a_persons_decision(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    clinic.delivered(office)
    outcome = take_in(office, "b.json", visits_file(visit(date="2026-11-03")))
    assert (outcome.counts, outcome.proposed) == ({Taking.PROPOSED: 1}, ("V-1",))
    assert scrub_visits(office) == ()
    with pytest.raises(UsageError, match="wait for its answer"):
        fix_visit(office, "V-1", (), reason="r")
    rejected = clinic.answer_277ca("1000000001", (the_claim(office).pcn, "A7:33:IL", ""))
    clinic.arrived(office, rejected)
    post(office)
    assert the_claim(office).state is ClaimState.REJECTED
    fixed = fix_visit(office, "V-1", (), reason="the date was wrong")
    assert fixed.scrubbed is not None
    new = the_claim(office)
    assert (new.version, new.state, new.frequency, new.day) == (2, ClaimState.READY, "1", date(2026, 11, 3))
    assert reconcile(office).holds


def test_a_claim_that_spoils_its_file_only_when_judged_does_not_keep_the_others_back(office: Office) -> None:
    """A state that no map knows passes the writer and is refused by the judge of the whole file."""
    spoiling = visit("V-5", facility={"name": "Annex", "address": {**visit()["patient"]["address"], "state": "IL"}})
    taken(office, visit(), spoiling, visit("V-6"))
    scrub_visits(office)
    claim = the_claim(office, "V-5")
    with office.ledger.writing() as tx:
        body = claims.body_of(tx, office.practice.key, claim.id)
        assert body.facility is not None
        spoiled = replace(body, facility=replace(body.facility, address=replace(body.facility.address, state="ZZ")))
        append_only.drop(tx, "claim_versions")
        tx.execute(claim_versions.update().where(claim_versions.c.id == claim.id).values(body=claim_to_bytes(spoiled)))
    sealed = seal_batches(office)
    assert (sealed.claims, [one.visit for one in sealed.unwritable]) == (2, ["V-5"])
    assert the_claim(office, "V-5").state is ClaimState.READY
    assert reconcile(office).holds


@pytest.fixture
def narrowed(office: Office, tmp_path: Path) -> Callable[[str], Office]:
    """The office, whose partners have a companion guide that changes something of a claim."""

    def made(change: str) -> Office:
        guide = overlay_file(tmp_path, f'guide = "005010X222A1"\n[[change]]\nloop = "2300"\n{change}\n{DATED}')
        partners = {name: replace(one, companions=(guide,)) for name, one in office.settings.partners.items()}
        return replace(office, settings=replace(office.settings, partners=partners))

    taken(office, visit())
    scrub_visits(office)
    return made


def test_what_a_partners_companion_guide_wants_is_asked_of_every_claim(narrowed: Callable[[str], Office]) -> None:
    office = narrowed('segment = "K3"\nusage = "R"')
    sealed = seal_batches(office)
    ((why, visit_key),) = [(one.why, one.visit) for one in sealed.unwritable]
    assert (sealed.claims, visit_key) == (0, "V-1")
    assert "(loop 2300): File Information is missing" in why
    assert the_claim(office).state is ClaimState.READY
    assert seal_batches(narrowed('segment = "CLM"\nelement = 1\nlongest = 20')).claims == 1


def test_nothing_is_sealed_by_a_companion_guide_that_is_none(narrowed: Callable[[str], Office]) -> None:
    office = narrowed('segment = "XYZ"\nusage = "R"')
    sealed = seal_batches(office)
    assert (sealed.files, sealed.unwritable) == ((), ())
    assert "companion.toml, change 1: there is no such thing" in str(sealed.refused[0][1])
    assert the_claim(office).state is ClaimState.READY


def paid_claim(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    clinic.delivered(office)
    clinic.arrived(office, clinic.answer_835("140.5", clinic.paid_in_full(the_claim(office))))
    post(office)


def body_of(office: Office) -> Claim:
    with office.ledger.reading() as tx:
        return claims.body_of(tx, office.practice.key, the_claim(office).id)


def test_what_was_adjudicated_once_is_only_ever_replaced(office: Office) -> None:
    """However often it is corrected before it leaves again: a second original would be paid twice."""
    paid_claim(office)
    number = the_claim(office).payer_claim_number
    for units in ("2", "3"):
        fix_visit(office, "V-1", (("services.2.units", units),), reason="recounted")
        assert (body_of(office).frequency, body_of(office).payer_claim_number) == (Frequency.REPLACEMENT, number)
    clinic.delivered(office)
    clinic.arrived(office, clinic.ta1(2, "R", "006"))
    post(office)
    assert the_claim(office).state is ClaimState.REJECTED
    fix_visit(office, "V-1", (("services.2.units", "4"),), reason="recounted")
    assert (body_of(office).frequency, body_of(office).payer_claim_number) == (Frequency.REPLACEMENT, number)
    assert reconcile(office).holds


def test_other_content_after_a_correction_of_a_paid_claim_is_still_a_persons_decision(office: Office) -> None:
    paid_claim(office)
    fix_visit(office, "V-1", (("services.2.units", "2"),), reason="recounted")
    outcome = take_in(office, "b.json", visits_file(visit(date="2026-11-03")))
    assert outcome.counts == {Taking.PROPOSED: 1}


def test_the_same_export_again_does_not_undo_a_correction(office: Office) -> None:
    raw = visits_file(HELD)
    take_in(office, "a.json", raw)
    scrub_visits(office)
    signed = (("note.signed_by", "Ida Stone PT"), ("note.signed_at", "2026-11-02T18:00"))
    fix_visit(office, "V-2", signed, reason="signed late")
    assert take_in(office, "a.json", raw).counts == {Taking.UNCHANGED: 1}
    assert state_of(office, "V-2") is VisitState.CLAIMED


def test_a_proposed_change_is_withdrawn_by_the_old_content_and_declined_by_a_person(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    clinic.delivered(office)
    changed = visits_file(visit(date="2026-11-03"))
    take_in(office, "b.json", changed)
    assert take_in(office, "a.json", visits_file(visit())).counts == {Taking.WITHDRAWN: 1}
    assert state_of(office, "V-1") is VisitState.CLAIMED
    take_in(office, "b.json", changed)
    assert state_of(office, "V-1") is VisitState.PROPOSED
    with pytest.raises(UsageError, match="already left"):
        do_not_bill(office, "V-1", reason="r")
    decline(replace(office, actor="Ana"), "V-1", reason="the old date was right")
    assert state_of(office, "V-1") is VisitState.CLAIMED
    with office.ledger.reading() as tx:
        assert visits.versions(tx, office.practice.key, "V-1")[-1].day == date(2026, 11, 2)
    assert take_in(office, "b.json", changed).counts == {Taking.UNCHANGED: 1}
    assert reconcile(office).holds


def test_a_claim_is_closed_by_name_and_reason_and_its_charge_is_written_off(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    with pytest.raises(UsageError, match="only an answered or rejected claim"):
        close_claim(office, "V-1", reason="r")
    clinic.delivered(office)
    clinic.arrived(office, clinic.ta1(1, "R", "006"))
    post(office)
    close_claim(office, "V-1", reason="too small to send again")
    assert the_claim(office).state is ClaimState.CLOSED
    outcome = reconcile(office)
    assert (str(outcome.buckets["written off"]), outcome.holds) == ("180.50", True)


def test_a_decision_not_to_bill_is_not_undone_by_whatever_is_imported_next(office: Office) -> None:
    taken(office, HELD)
    scrub_visits(office)
    do_not_bill(office, "V-2", reason="a courtesy visit")
    for day in ("2026-11-03", "2026-11-04"):
        assert take_in(office, "b.json", visits_file({**HELD, "date": day})).counts == {Taking.PROPOSED: 1}
    assert scrub_visits(office) == ()


def rejected_then_fixed(office: Office, *settings: tuple[str, str]) -> StoredClaim:
    """Version 1 was rejected; the correction's claim is ready. Gives version 1's claim."""
    taken(office, visit())
    scrub_visits(office)
    clinic.delivered(office)
    first = the_claim(office)
    clinic.arrived(office, clinic.answer_277ca("1000000001", (first.pcn, "A7:33:IL", "")))
    post(office)
    fix_visit(office, "V-1", settings or (("coverages.1.member_id", "M999"),), reason="card copied again")
    return first


def test_a_ready_original_is_kept_back_when_the_earlier_one_is_adjudicated_after_all(office: Office) -> None:
    first = rejected_then_fixed(office)
    clinic.arrived(office, clinic.answer_835("140.5", clinic.paid_in_full(first)))
    post(office)
    sealed = seal_batches(office)
    assert (sealed.claims, [one.visit for one in sealed.unwritable]) == (0, ["V-1"])
    fix_visit(office, "V-1", (("services.2.units", "2"),), reason="recounted")
    assert body_of(office).frequency is Frequency.REPLACEMENT
    assert seal_batches(office).claims == 1
    assert reconcile(office).holds


def test_an_answer_that_fits_no_line_counts_as_adjudicated_and_can_be_ended_by_a_person(office: Office) -> None:
    taken(office, visit(), visit("V-7"))
    scrub_visits(office)
    clinic.delivered(office)
    for number, key in enumerate(("V-1", "V-7")):
        claim = the_claim(office, key)
        odd = tuple(text.replace("HC:97110*120*100", "HC:97530*120*100") for text in clinic.paid_in_full(claim))
        odd = tuple(text for text in odd if not text.startswith("REF*6R"))
        clinic.arrived(office, clinic.answer_835("140.5", odd, trace=f"T{number}"), name=key)
    post(office)
    assert the_claim(office).state is ClaimState.SENT
    for key in ("V-1", "V-7"):
        with pytest.raises(UsageError, match="money waits for claim"):
            close_claim(office, key, reason="too early")
        (item,) = claim_shown(office, key).waits
        close_item(office, item.id, reason="posted by hand in the practice's system")
    close_claim(office, "V-1", reason="posted by hand in the practice's system")
    assert the_claim(office).state is ClaimState.CLOSED
    assert reconcile(office).holds
    clinic.arrived(office, clinic.answer_277ca("1000000001", (the_claim(office, "V-7").pcn, "A7:33:IL", "")), name="r")
    post(office)
    # The payer's number stands in an answer that is not posted: nothing is learned from that.
    with pytest.raises(UsageError, match="no claim number of the payer yet"):
        fix_visit(office, "V-7", (("services.2.units", "2"),), reason="recounted")
    close_claim(office, "V-7", reason="posted by hand in the practice's system")
    assert reconcile(office).holds


def test_accepting_a_proposal_that_is_then_held_takes_back_the_claim_that_waited(office: Office) -> None:
    rejected_then_fixed(office)
    take_in(office, "b.json", visits_file(visit(**UNSIGNED)))
    fixed = fix_visit(office, "V-1", (), reason="they say so")
    assert fixed.scrubbed is not None
    assert fixed.scrubbed.state is VisitState.HELD
    assert seal_batches(office).claims == 0
    taken(office, visit("V-9"))
    assert {one.visit for one in scrub_visits(office, again=True)} == {"V-1", "V-9"}
    assert reconcile(office).holds


def test_a_closed_claims_held_visit_is_not_billed_by_a_later_scrub(office: Office) -> None:
    rejected_then_fixed(office, ("note.signed_by", "null"))
    assert state_of(office, "V-1") is VisitState.HELD
    close_claim(office, "V-1", reason="too small")
    assert state_of(office, "V-1") is VisitState.NOT_BILLED
    assert scrub_visits(office) == ()


def test_a_change_back_after_their_system_caught_up_is_a_change(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    fix_visit(office, "V-1", (("date", "2026-11-03"),), reason="wrong day")
    assert take_in(office, "b.json", visits_file(visit(date="2026-11-03"))).counts == {Taking.UNCHANGED: 1}
    assert take_in(office, "c.json", visits_file(visit())).counts == {Taking.REPLACED: 1}


def test_a_partner_that_was_taken_out_of_the_configuration_is_missed(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    without = {name: one for name, one in office.settings.partners.items() if name != "north"}
    gone = replace(office, settings=replace(office.settings, partners=without))
    assert not reconcile(gone).holds


def test_workers_that_do_the_same_at_once_lose_nothing_and_do_nothing_twice(office: Office) -> None:
    raw = visits_file(*(visit(f"V-{n}") for n in range(1, 9)))
    busy: list[Exception] = []

    def work() -> None:
        try:
            take_in(office, "a.json", raw)
            scrub_visits(office)
            seal_batches(office)
        except LedgerConflict as conflict:
            busy.append(conflict)

    run_together([work] * 3)
    work()
    outcome = reconcile(office)
    assert outcome.holds
    assert (outcome.claims, outcome.visits) == ({ClaimState.SEALED: 8}, {VisitState.CLAIMED: 8})


def test_an_adjudicated_claim_is_replaced_under_the_payers_number(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    clinic.delivered(office)
    claim = the_claim(office)
    clinic.arrived(office, clinic.answer_835("100", clinic.denied(claim, "11", "N657")))
    post(office)
    fix_visit(office, "V-1", (("services.2.units", "2"),), reason="recounted")
    new = the_claim(office)
    with office.ledger.reading() as tx:
        body = claims.body_of(tx, office.practice.key, new.id)
    assert (body.frequency, body.payer_claim_number) == (Frequency.REPLACEMENT, f"ICN{claim.pcn[-4:]}")
    assert reconcile(office).holds


def test_a_payer_that_takes_no_replacement_is_asked_how_it_takes_corrections(office: Office) -> None:
    taken(office, visit(payer_id="PAYER3"))
    scrub_visits(office)
    clinic.delivered(office)
    clinic.arrived(office, clinic.answer_835("100", clinic.denied(the_claim(office))))
    post(office)
    with pytest.raises(UsageError, match="ask it how it takes corrections"):
        fix_visit(office, "V-1", (("services.2.units", "2"),), reason="r")


def test_a_visit_can_be_left_unbilled_by_name_and_reason(office: Office) -> None:
    taken(office, HELD, visit())
    scrub_visits(office)
    do_not_bill(office, "V-2", reason="a courtesy visit")
    assert state_of(office, "V-2") is VisitState.NOT_BILLED
    with pytest.raises(UsageError, match="without a claim"):
        do_not_bill(office, "V-1", reason="r")


def test_a_waiver_lets_one_rule_pass_until_its_day(office: Office) -> None:
    waiver = Waiver(
        rule="SIGNATURE_MISSING", payer="PAYER1", partner="", by="Ana", why="letter", until=date(2026, 12, 1)
    )
    waived = replace(office, settings=replace(office.settings, waivers=(waiver,)))
    lapsed = replace(office, settings=replace(office.settings, waivers=(replace(waiver, until=date(2026, 11, 1)),)))
    taken(office, HELD)
    assert scrub_visits(lapsed)[0].state is VisitState.HELD
    (passed,) = scrub_visits(waived)
    assert passed.state is VisitState.CLAIMED
    assert [
        (one.severity, "waived by Ana" in one.what) for one in passed.findings if one.rule == "SIGNATURE_MISSING"
    ] == [(Severity.WARN, True)]


def test_an_unknown_payer_is_assumed_and_said_to_be(office: Office) -> None:
    taken(office, visit(payer_id="NOBODY1"))
    (done,) = scrub_visits(office)
    assert done.state is VisitState.CLAIMED
    assert "PAYER_ASSUMED" in {one.rule for one in done.findings}


def test_explaining_a_visit_shows_the_arithmetic_and_changes_nothing(office: Office) -> None:
    taken(office, visit(services=[{"code": "97110", "minutes": 23, "charge": "1"}]))
    said = explain_visit(office, "V-1")
    assert "97110 23 min = 2" in said.units
    assert state_of(office, "V-1") is VisitState.NEW


def test_what_would_only_be_met_by_a_change_is_told_from_what_holds_a_visit(office: Office) -> None:
    taken(office, visit(payer_id="PAYER3"), HELD)
    scrub_visits(office)
    clinic.delivered(office)
    claim = the_claim(office)
    clinic.arrived(office, clinic.answer_835("140.5", clinic.paid_in_full(claim)))
    post(office)
    paid = explain_visit(office, "V-1")
    assert [one.rule for one in paid.findings if one.severity is Severity.HOLD] == ["REPLACEMENT_NOT_TAKEN"]
    assert paid.stands == f"{claim.pcn} (paid)"
    held = explain_visit(office, "V-2")
    assert ({one.severity for one in held.findings} >= {Severity.HOLD}, held.stands) == (True, "")


def broken(case: Case) -> Faults:
    """A rule whose code breaks on one visit."""
    if case.visit.key == "V-1":
        raise KeyError(case.visit.patient.last_name)
    yield from ()


def test_a_visit_that_breaks_a_rule_is_set_apart_and_stops_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rule(id="BROKEN_RULE", severity=Severity.WARN, owner=Owner.BILLER, cites="c", fix="f")(broken)
    monkeypatch.setattr("gateway.service.visits.judging.scrub", lambda case: scrub(case, (*RULES, made)))
    taken(office, visit(), visit("V-2"))
    assert [(one.visit, one.state, one.broken) for one in scrub_visits(office)] == [
        ("V-1", VisitState.HELD, ("BROKEN_RULE",)),
        ("V-2", VisitState.CLAIMED, ()),
    ]
    with office.ledger.reading() as tx:
        (told,) = events.read(tx, office.practice.key, kind="visit.held")
        stored = visits.find(tx, office.practice.key, "V-1")
        assert stored is not None
        (finding,) = (one for one in visits.findings_of(tx, office.practice.key, stored.id) if one.severity == "hold")
    assert "held by BROKEN_RULE" in told.event.said
    assert (finding.rule, "KeyError at test_visits_to_claims.py" in finding.what) == ("BROKEN_RULE", True)
    assert "Quill" not in f"{told} {finding}"
    monkeypatch.undo()
    assert [(one.state, one.broken) for one in scrub_visits(office)] == [(VisitState.CLAIMED, ())]


def test_each_partner_gets_its_own_file_and_a_plan_takes_no_number(office: Office) -> None:
    taken(office, visit(), visit("V-3", "PAYER2"), visit("V-4"))
    scrub_visits(office)
    assert [(one.partner, one.claims) for one in plan_batches(office)] == [("north", 2), ("south", 1)]
    sealed = seal_batches(office)
    assert [(file.partner, file.interchange, file.name) for file in sealed.files] == [
        ("north", 1, "elm_north_000000001.837"),
        ("south", 1, "elm_south_000000001.837"),
    ]
    assert plan_batches(office) == ()
    assert seal_batches(office).files == ()


def test_a_claim_that_cannot_be_written_does_not_keep_the_others_back(office: Office) -> None:
    unwritable = clinic.payer("PAYER4", name="north")
    payers = {**office.settings.payers, "PAYER4": replace(unwritable, name="漢字")}
    office = replace(office, settings=replace(office.settings, payers=payers))
    taken(office, visit(), visit("V-5", "PAYER4"))
    scrub_visits(office)
    sealed = seal_batches(office)
    assert sealed.claims == 1
    (refused,) = sealed.unwritable
    assert refused.visit == "V-5"
    assert "漢字" not in refused.why
    assert the_claim(office, "V-5").state is ClaimState.READY
