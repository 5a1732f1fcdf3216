"""Claims that were rejected for a cause outside the claim: sent again as they are, once, or not at all."""

from dataclasses import replace

import pytest

from gateway.claim import Claim
from gateway.errors import UsageError
from gateway.event import EventSeverity
from gateway.ledger import claims, events, outbox
from gateway.ledger.claims import StoredClaim
from gateway.lifecycle import ClaimState
from gateway.service.claims.close import close_claim
from gateway.service.claims.resubmit import Again, resubmit_claim, resubmit_file
from gateway.service.claims.withdraw import withdraw_claim
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.visits.correct import decline, fix_visit
from gateway.service.visits.import_visits import take_in
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import taken, the_claim, visit, visits_file

REASON = "the submitter is enrolled now"


@pytest.fixture
def sent(office: Office) -> Office:
    taken(office, visit(), visit("V-2"), visit("V-3"))
    scrub_visits(office)
    clinic.delivered(office)
    return replace(office, actor="Ana Reyes")


def answered(office: Office, raw: bytes) -> None:
    clinic.arrived(office, raw, name=f"answer-{len(raw)}")
    post(office)


def rejected(office: Office, *keys: str) -> None:
    said = tuple((the_claim(office, key).pcn, "A3:24:41", "") for key in keys)
    answered(office, clinic.answer_277ca("1000000001", *said))


def file_name(office: Office) -> str:
    with office.ledger.reading() as tx:
        return outbox.files(tx, office.practice.key)[0].name


def body(office: Office, claim: StoredClaim) -> Claim:
    with office.ledger.reading() as tx:
        return claims.body_of(tx, office.practice.key, claim.id)


def as_sent(office: Office, at: int) -> list[str]:
    """Give the segments of a sealed file, without what only tells when it was sealed."""
    with office.ledger.reading() as tx:
        file = outbox.files(tx, office.practice.key)[at]
        text = outbox.bytes_of(tx, office.practice.key, file.id).decode()
    return [one for one in text.replace("\n", "").split("~") if one]


def state(office: Office, claim: StoredClaim) -> ClaimState:
    with office.ledger.reading() as tx:
        return claims.by_id(tx, office.practice.key, claim.id).state


def test_a_refused_file_goes_again_with_the_same_content_under_new_numbers(sent: Office) -> None:
    old = {key: the_claim(sent, key) for key in ("V-1", "V-2", "V-3")}
    answered(sent, clinic.ta1(1, "R", "006"))
    done = resubmit_file(sent, file_name(sent), reason=REASON)
    assert ([one.rejected for one in done.made], done.refused) == ([one.pcn for one in old.values()], ())
    new = {key: the_claim(sent, key) for key in old}
    for key, was in old.items():
        now = new[key]
        assert (now.version, now.state, now.frequency) == (was.version + 1, ClaimState.READY, was.frequency)
        assert (now.visit_version_id, state(sent, was)) == (was.visit_version_id, ClaimState.REPLACED)
        assert now.pcn != was.pcn
    assert seal_batches(sent).claims == 3
    first, again = as_sent(sent, 0), as_sent(sent, 1)
    numbers = {was.pcn: new[key].pcn for key, was in old.items()}

    def renumbered(segment: str) -> str:
        for before, after in numbers.items():
            segment = segment.replace(before, after)
        return segment

    differ = [(one, two) for one, two in zip(map(renumbered, first), again, strict=True) if one != two]
    assert [one.split("*")[0] for one, _ in differ] == ["ISA", "GS", "BHT", "GE", "IEA"]
    assert not any(was.pcn in segment for was in old.values() for segment in again)
    assert reconcile(sent).holds


def test_everything_but_the_numbers_is_the_same_in_the_claim(sent: Office) -> None:
    old = the_claim(sent)
    rejected(sent, "V-1")
    resubmit_claim(sent, "V-1", reason=REASON)
    was, now = body(sent, old), body(sent, the_claim(sent))
    assert now.patient_control_number == the_claim(sent).pcn
    assert [one.control for one in now.lines] == [f"{now.patient_control_number}{n:02}" for n in (1, 2)]
    assert replace(now, patient_control_number="", lines=()) == replace(was, patient_control_number="", lines=())
    assert [replace(one, control="") for one in now.lines] == [replace(one, control="") for one in was.lines]


def test_both_timelines_say_who_and_why(sent: Office) -> None:
    old = the_claim(sent)
    rejected(sent, "V-1")
    resubmit_claim(sent, old.pcn.lower(), reason=REASON)
    new = the_claim(sent)
    with sent.ledger.reading() as tx:
        for pcn, other in ((old.pcn, new.pcn), (new.pcn, old.pcn)):
            last = events.read(tx, sent.practice.key, claim=pcn, limit=100)[-1].event
            assert (last.actor, last.reason) == ("Ana Reyes", REASON)
            assert other in last.said


def test_a_rejection_names_both_ways(sent: Office) -> None:
    rejected(sent, "V-1")
    pcn = the_claim(sent).pcn
    with sent.ledger.reading() as tx:
        said = events.read(tx, sent.practice.key, claim=pcn, limit=100)[-1].event.next_command
    assert "gateway visits fix V-1 --set " in said
    assert f"gateway claims resubmit {pcn} --by " in said


def test_a_refused_file_names_the_way_for_all_of_it(sent: Office) -> None:
    answered(sent, clinic.ta1(1, "R", "006"))
    with sent.ledger.reading() as tx:
        said = events.read(tx, sent.practice.key, claim=the_claim(sent).pcn, limit=100)[-1].event.next_command
    assert f"gateway claims resubmit --file {file_name(sent)} --by " in said


def test_of_a_file_those_that_can_be_are_sent_again_and_the_others_listed(sent: Office) -> None:
    rejected(sent, "V-1", "V-2")
    close_claim(sent, "V-2", reason="too small")
    done = resubmit_file(sent, file_name(sent), reason=REASON)
    assert [one.visit for one in done.made] == ["V-1"]
    assert [(one.visit, one.claim) for one in done.refused] == [
        (key, the_claim(sent, key).pcn) for key in ("V-2", "V-3")
    ]
    assert ["is closed" in done.refused[0].why, "wait for its answer" in done.refused[1].why] == [True, True]
    again = resubmit_file(sent, file_name(sent), reason=REASON)
    assert (again.made, "a later version stands for it" in again.refused[0].why) == ((), True)
    assert reconcile(sent).holds


def test_a_dry_run_says_the_same_and_changes_nothing(sent: Office) -> None:
    rejected(sent, "V-1")
    old = the_claim(sent)
    done = resubmit_file(sent, file_name(sent), reason=REASON, dry_run=True)
    assert done.made == (Again(visit="V-1", rejected=old.pcn, pcn=""),)
    assert [one.visit for one in done.refused] == ["V-2", "V-3"]
    assert the_claim(sent) == replace(old, state=ClaimState.REJECTED)


@pytest.mark.parametrize("key", ["V-1", "V-9"])
def test_what_has_not_left_or_is_not_known_is_refused(office: Office, key: str) -> None:
    taken(office, visit())
    scrub_visits(office)
    with pytest.raises(UsageError, match=r"goes with the next batch anyway|there is no claim"):
        resubmit_claim(office, key, reason=REASON)
    with pytest.raises(UsageError, match="there is no file"):
        resubmit_file(office, "none.837", reason=REASON)


def test_what_a_remittance_answered_is_corrected_and_not_sent_again(sent: Office) -> None:
    rejected(sent, "V-1")
    answered(sent, clinic.answer_835("140.5", clinic.paid_in_full(the_claim(sent))))
    with pytest.raises(UsageError, match=r"is paid, and was answered.*gateway visits fix V-1 --set"):
        resubmit_claim(sent, "V-1", reason=REASON)


def test_what_a_remittance_answered_that_fits_no_line_is_not_sent_again_either(sent: Office) -> None:
    rejected(sent, "V-1")
    odd = tuple(one.replace("HC:97110*120*100", "HC:97530*120*100") for one in clinic.paid_in_full(the_claim(sent)))
    answered(sent, clinic.answer_835("140.5", tuple(one for one in odd if not one.startswith("REF*6R"))))
    assert the_claim(sent).state is ClaimState.REJECTED
    with pytest.raises(UsageError, match="was answered by the payer: sending it again would double it"):
        resubmit_claim(sent, "V-1", reason=REASON)


def test_a_visit_that_has_changed_since_goes_its_own_way(sent: Office) -> None:
    rejected(sent, "V-1", "V-2")
    fix_visit(sent, "V-1", (("note.signed_by", "null"),), reason="r")
    with pytest.raises(UsageError, match=r"has changed since claim .* and is held"):
        resubmit_claim(sent, "V-1", reason=REASON)
    take_in(sent, "b.json", visits_file(visit("V-2", date="2026-11-03")))
    with pytest.raises(UsageError, match="and is proposed"):
        resubmit_claim(sent, "V-2", reason=REASON)
    decline(sent, "V-2", reason="the old date was right")
    resubmit_claim(sent, "V-2", reason=REASON)
    assert the_claim(sent, "V-2").state is ClaimState.READY
    assert reconcile(sent).holds


def test_a_rejected_replacement_goes_again_as_the_replacement_that_it_was(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    clinic.delivered(office)
    answered(office, clinic.answer_835("140.5", clinic.paid_in_full(the_claim(office))))
    fix_visit(office, "V-1", (("services.2.units", "2"),), reason="recounted")
    clinic.delivered(office)
    old = the_claim(office)
    answered(office, clinic.ta1(2, "R", "006"))
    resubmit_claim(office, "V-1", reason=REASON)
    was, now = body(office, old), body(office, the_claim(office))
    assert (now.frequency, now.payer_claim_number) == (was.frequency, was.payer_claim_number)
    assert now.frequency == "7"
    assert seal_batches(office).claims == 1
    assert reconcile(office).holds


def test_an_original_whose_earlier_version_was_answered_since_is_no_original_any_more(sent: Office) -> None:
    first = the_claim(sent)
    rejected(sent, "V-1")
    resubmit_claim(sent, "V-1", reason=REASON)
    clinic.delivered(sent)
    answered(sent, clinic.ta1(2, "R", "006"))
    answered(sent, clinic.answer_835("140.5", clinic.paid_in_full(first)))
    with pytest.raises(UsageError, match=r"an earlier version of claim .* has been answered"):
        resubmit_claim(sent, "V-1", reason=REASON)


def test_it_goes_by_the_partner_that_the_payer_is_reached_by_now(sent: Office) -> None:
    rejected(sent, "V-1")
    moved = {**sent.settings.payers, "PAYER1": clinic.payer("PAYER1", "south")}
    elsewhere = replace(sent, settings=replace(sent.settings, payers=moved))
    resubmit_claim(elsewhere, "V-1", reason=REASON)
    assert the_claim(sent).partner == "south"


def test_a_rejected_claim_that_is_accepted_after_all_wakes_somebody_before_both_are_paid(sent: Office) -> None:
    first = the_claim(sent)
    rejected(sent, "V-1")
    resubmit_claim(sent, "V-1", reason=REASON)
    answered(sent, clinic.answer_277ca("1000000001", (first.pcn, "A2:20:PR", "")))
    with sent.ledger.reading() as tx:
        woken = [one.event for one in events.read(tx, sent.practice.key, severities=(EventSeverity.WAKE,))]
    assert [(one.kind, one.claim) for one in woken] == [("answer.disagrees", first.pcn)]
    # It waits until a person has looked, and said so.
    done = seal_batches(sent)
    assert (done.claims, "was accepted after all" in done.unwritable[0].why) == (0, True)
    withdraw_claim(sent, "V-1", reason="the payer holds nothing")
    fix_visit(sent, "V-1", (), reason="the payer holds nothing")
    assert seal_batches(sent).claims == 1


def test_a_rejected_claim_that_is_accepted_after_all_is_not_sent_again(sent: Office) -> None:
    first = the_claim(sent)
    rejected(sent, "V-1")
    answered(sent, clinic.answer_277ca("1000000001", (first.pcn, "A2:20:PR", ""), control=77))
    with pytest.raises(UsageError, match="was rejected, and accepted after all: sent again it could be paid twice"):
        resubmit_claim(sent, "V-1", reason=REASON)
    answered(sent, clinic.answer_277ca("1000000001", (first.pcn, "A3:24:41", ""), control=78))
    resubmit_claim(sent, "V-1", reason=REASON)
    assert seal_batches(sent).claims == 1


def test_a_file_that_a_277ca_refuses_at_the_receiver_goes_again_whole(sent: Office) -> None:
    """The submitter is not enrolled with the payer (A3:24:41): it speaks of no claim, and no claim is at fault."""
    refused = clinic.answer_277ca("1000000001").replace(b"STC*A1:19:PR*20261116*WQ", b"STC*A3:24:41*20261116*U")
    answered(sent, refused)
    assert {the_claim(sent, key).state for key in ("V-1", "V-2", "V-3")} == {ClaimState.REJECTED}
    done = resubmit_file(sent, file_name(sent), reason=REASON)
    assert (len(done.made), done.refused) == (3, ())
    clinic.delivered(sent)
    answered(
        sent, clinic.answer_277ca("1000000002", *((the_claim(sent, k).pcn, "A2:20:PR", "") for k in ("V-1", "V-2")))
    )
    assert [the_claim(sent, key).state for key in ("V-1", "V-3")] == [ClaimState.ACCEPTED, ClaimState.SENT]
    assert reconcile(sent).holds


def test_a_claim_that_waits_again_outlasts_proposed_changes(sent: Office) -> None:
    """Their system exports twice what it has changed since: what waits is of the version that stands."""
    rejected(sent, "V-1")
    resubmit_claim(sent, "V-1", reason=REASON)
    for day in ("2026-11-03", "2026-11-04"):
        take_in(sent, "b.json", visits_file(visit("V-1", date=day)))
    assert the_claim(sent).state is ClaimState.READY
    decline(sent, "V-1", reason="the old date was right")
    assert seal_batches(sent).claims == 1


def test_a_second_copy_that_is_refused_rejects_nothing(sent: Office) -> None:
    for raw in (clinic.ta1(1, "R", "025"), clinic.answer_999(1)):
        clinic.arrived(sent, raw)
        (done,) = post(sent)
        assert not done.why
    assert the_claim(sent).state is ClaimState.RECEIVED
    with pytest.raises(UsageError, match="wait for its answer"):
        resubmit_claim(sent, "V-1", reason=REASON)
    assert resubmit_file(sent, file_name(sent), reason=REASON).made == ()
    with sent.ledger.reading() as tx:
        woken = [one.event for one in events.read(tx, sent.practice.key, severities=(EventSeverity.WAKE,))]
    assert [(one.kind, one.about) for one in woken] == [("file.came_before", file_name(sent))]
    assert reconcile(sent).holds
