"""What comes back: collected once, matched to what was sent, posted to the cent or not at all."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from gateway.clock import Clock
from gateway.errors import NotReached, UsageError
from gateway.event import EventSeverity
from gateway.ledger import denials, events, inbound
from gateway.ledger import remittances as money
from gateway.ledger.claims import StoredClaim
from gateway.ledger.inbound import InboundState, Reason
from gateway.ledger.remittances import RemittanceState
from gateway.lifecycle import ClaimState
from gateway.partner import TradingPartner
from gateway.service.claims.close import close_claim
from gateway.service.inbound.collect import collect
from gateway.service.inbound.inbox import reprocess
from gateway.service.inbound.outcome import Posted
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.deliver import deliver
from gateway.service.visits.correct import fix_visit
from gateway.service.visits.scrub import scrub_visits
from tests.contract.memory_mailbox import MemoryMailbox
from tests.people import CHICAGO, NOW
from tests.service import clinic
from tests.service.clinic import (
    answer_277ca,
    answer_835,
    answer_999,
    arrived,
    denied,
    paid_in_full,
    ta1,
    taken,
    the_claim,
    visit,
)
from tests.together import run_together

REFERENCE = "1000000001"


def denied_whole(claim: StoredClaim) -> tuple[str, ...]:
    return (
        f"CLP*{claim.pcn}*4*180.5*0**CI*ICN{claim.pcn[-4:]}*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*120*0**2",
        "DTM*472*20261102",
        "CAS*CO*197*120",
        f"REF*6R*{claim.pcn}01",
        "SVC*HC:97140*60.5*0**1",
        "DTM*472*20261102",
        "CAS*CO*197*60.5",
        f"REF*6R*{claim.pcn}02",
    )


@pytest.fixture
def sent(office: Office) -> Office:
    taken(office, visit(), visit("V-2"))
    scrub_visits(office)
    clinic.delivered(office)
    return office


def posted(office: Office, raw: bytes, *, from_partner: str = "north") -> Posted:
    arrived(office, raw, name=f"answer-{len(raw)}", from_partner=from_partner)
    (done,) = post(office)
    return done


def buckets(office: Office) -> dict[str, str]:
    return {name: str(amount) for name, amount in reconcile(office).buckets.items() if amount}


def woken(office: Office) -> list[str]:
    with office.ledger.reading() as tx:
        return [one.event.kind for one in events.read(tx, office.practice.key, severities=(EventSeverity.WAKE,))]


# --- collection ---------------------------------------------------------------------------------------------------


@dataclass
class Box:
    """A partner's outgoing folder that outlives connections."""

    files: dict[str, bytes] = field(default_factory=dict)
    cut_before: set[str] = field(default_factory=set)
    irregular: set[str] = field(default_factory=set)

    def open(self, partner: TradingPartner) -> MemoryMailbox:
        files = self.files if partner.name == "north" else {"out/.keep": b""}
        return MemoryMailbox(files=files, cut_before=set(self.cut_before), irregular=set(self.irregular))


def names_of(office: Office) -> list[str]:
    with office.ledger.reading() as tx:
        return [file.name for file in inbound.files(tx, office.practice.key)]


def test_a_file_is_stored_first_and_archived_there_afterwards(office: Office) -> None:
    box = Box(files={"out/a.999": b"x", "out/b.part": b"y"})
    collect(office, box.open)
    assert names_of(office) == ["a.999"]
    assert set(box.files) == {"archive/a.999", "out/b.part"}


def test_a_file_whose_archiving_failed_is_not_stored_twice(office: Office) -> None:
    box = Box(files={"out/a.999": b"x"}, cut_before={"rename_no_clobber"})
    first = collect(office, box.open, partner="north")[0]
    assert (first.files, isinstance(first.problem, NotReached)) == (("a.999",), True)
    box.cut_before = set()
    again = collect(office, box.open, partner="north")[0]
    assert (again.files, names_of(office), set(box.files)) == ((), ["a.999"], {"archive/a.999"})


def test_the_same_bytes_under_another_name_are_known(office: Office) -> None:
    box = Box(files={"out/a.999": b"x", "out/z.999": b"x"})
    (one,) = collect(office, box.open, partner="north")
    assert (one.files, one.known) == (("a.999",), 1)


def test_hostile_names_and_what_is_no_file_are_left_where_they_are(office: Office) -> None:
    box = Box(files={"out/-rf": b"x", "out/a b": b"x", "out/ok.835": b"y"}, irregular={"out/folder"})
    (one,) = collect(office, box.open, partner="north")
    assert one.files == ("ok.835",)
    assert len(one.left) == 2
    assert "out/-rf" in box.files


def test_a_name_taken_in_the_archive_gets_a_suffix_and_loses_nothing(office: Office) -> None:
    box = Box(files={"out/a.999": b"new", "archive/a.999": b"old"})
    (one,) = collect(office, box.open, partner="north")
    assert (one.files, one.left) == (("a.999",), ())
    assert box.files["archive/a.999"] == b"old"
    assert [body for name, body in box.files.items() if name.startswith("archive/a.999.")] == [b"new"]


# --- acknowledgments ----------------------------------------------------------------------------------------------


def test_ta1_999_and_277ca_move_the_claims_forward(sent: Office) -> None:
    posted(sent, ta1(1))
    assert the_claim(sent).state is ClaimState.SENT
    posted(sent, answer_999(1))
    assert the_claim(sent).state is ClaimState.RECEIVED
    claim, other = the_claim(sent), the_claim(sent, "V-2")
    done = posted(sent, answer_277ca(REFERENCE, (claim.pcn, "A2:20:PR", "ICN9"), (other.pcn, "A7:33:IL", "")))
    assert done.needs_a_person
    # Whose number that is, nobody knows: it is told, and no correction names it.
    assert (the_claim(sent).state, the_claim(sent).payer_claim_number) == (ClaimState.ACCEPTED, "")
    with sent.ledger.reading() as tx:
        told = events.read(tx, sent.practice.key, claim=claim.pcn, limit=100)[-1].event.said
    assert told.endswith("; number ICN9")
    assert the_claim(sent, "V-2").state is ClaimState.REJECTED
    assert reconcile(sent).holds


def test_a_rejected_interchange_or_group_rejects_every_claim_in_it(office: Office) -> None:
    for raw in (ta1(1, "R", "006"), answer_999(2, "R")):
        taken(office, visit(f"V-{len(raw)}"))
        scrub_visits(office)
        clinic.delivered(office)
        assert posted(office, raw).needs_a_person
        assert the_claim(office, f"V-{len(raw)}").state is ClaimState.REJECTED


def test_answers_in_any_order_end_the_same(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_277ca(REFERENCE, (claim.pcn, "A2:20:PR", "ICN9")))
    posted(sent, answer_999(1))
    posted(sent, ta1(1))
    assert the_claim(sent).state is ClaimState.ACCEPTED


def test_an_answer_about_nothing_we_sent_to_that_partner_moves_nothing(sent: Office) -> None:
    for raw in (ta1(77), answer_999(77), answer_277ca("9", ("STRANGER", "A7:33:IL", ""))):
        assert posted(sent, raw).needs_a_person
    forged = answer_277ca(REFERENCE, (the_claim(sent).pcn, "A7:33:IL", ""), control=11)
    assert posted(sent, forged, from_partner="south").needs_a_person
    assert the_claim(sent).state is ClaimState.SENT


def test_an_answer_to_a_file_that_has_not_left_proves_nothing(office: Office) -> None:
    """Numbers begin anew after a migration: the answer is to an older file of the same number."""
    taken(office, visit())
    scrub_visits(office)
    seal_batches(office)
    claim = the_claim(office)
    for raw in (ta1(1), ta1(1, "R", "006"), answer_999(1), answer_277ca(REFERENCE, (claim.pcn, "A7:33:IL", ""))):
        assert posted(office, raw).needs_a_person
    posted(office, answer_835("140.5", paid_in_full(claim)))
    assert the_claim(office).state is ClaimState.SEALED
    assert str(reconcile(office).parked) == "140.50"
    taken_name = MemoryMailbox(files={"in/elm_north_000000001.837": b"older"})
    deliver(office, lambda _: taken_name)
    posted(office, answer_999(1, "R"))
    assert the_claim(office).state is ClaimState.SEALED


def test_a_ta1_of_another_day_answers_another_file(sent: Office) -> None:
    old = ta1(1, "R", "006").replace(b"*261116*1200*R", b"*190101*1200*R")
    assert posted(sent, old).needs_a_person
    assert the_claim(sent).state is ClaimState.SENT


def test_a_group_that_is_refused_refuses_its_sets_too(sent: Office) -> None:
    raw = answer_999(1).replace(b"AK9*A*1*1*1", b"AK9*R*1*1*0")
    assert posted(sent, raw).needs_a_person
    assert the_claim(sent).state is ClaimState.REJECTED


def test_test_answers_are_no_money_for_a_production_partner(sent: Office) -> None:
    raw = answer_835("140.5", paid_in_full(the_claim(sent))).replace(b"*T*:~", b"*P*:~")
    assert posted(sent, raw).state is InboundState.SET_ASIDE
    assert buckets(sent) == {"not yet answered": "361.00"}


def test_a_file_that_we_cannot_post_is_set_aside_and_the_others_go_on(sent: Office) -> None:
    far = answer_835("100", denied(the_claim(sent))).replace(b"*20261112~TRN", b"*99991231~TRN")
    arrived(sent, far, name="far")
    arrived(sent, answer_999(1), name="good")
    assert [one.state for one in post(sent)][1] is InboundState.POSTED
    many = tuple(f"LQ*HE*N{n}" for n in range(100, 140))
    done = posted(sent, answer_835("100", (*denied(the_claim(sent, "V-2")), *many), trace="T" * 60))
    assert done.state is InboundState.POSTED
    assert reconcile(sent).holds


def test_an_answer_to_some_lines_only_leaves_the_claim_partial_until_the_rest_comes(sent: Office) -> None:
    claim = the_claim(sent)
    whole = paid_in_full(claim)
    first = (f"CLP*{claim.pcn}*1*120*100*0*CI*ICN*11*1", *whole[1:6])
    second = (f"CLP*{claim.pcn}*1*60.5*40.5*20*CI*ICN*11*1", whole[1], *whole[6:])
    assert posted(sent, answer_835("100", first)).needs_a_person
    assert the_claim(sent).state is ClaimState.PARTIAL
    posted(sent, answer_835("40.5", second, trace="T2"))
    assert the_claim(sent).state is ClaimState.PAID
    assert buckets(sent)["paid"] == "140.50"
    assert reconcile(sent).holds


def test_an_answer_to_one_line_leaves_the_other_lines_denial_open(sent: Office) -> None:
    claim = the_claim(sent)
    whole = denied(claim)
    denial = (f"CLP*{claim.pcn}*4*60.5*0*0*CI*ICN*11*1", whole[1], *whole[6:])
    payment = (f"CLP*{claim.pcn}*1*120*100*0*CI*ICN*11*1", *whole[1:6])
    posted(sent, answer_835("0", denial))
    posted(sent, answer_835("100", payment, trace="T2"))
    with sent.ledger.reading() as tx:
        assert [one.cents for one in denials.listed(tx, sent.practice.key)] == [6050]
    assert the_claim(sent).state is ClaimState.PARTIAL
    assert reconcile(sent).holds


def test_one_of_two_partial_answers_is_taken_back_by_itself(sent: Office) -> None:
    claim = the_claim(sent)
    whole, back = paid_in_full(claim), paid_in_full(claim, reverses=True)
    first = (f"CLP*{claim.pcn}*1*120*100*0*CI*ICN*11*1", *whole[1:6])
    second = (f"CLP*{claim.pcn}*1*60.5*40.5*20*CI*ICN*11*1", whole[1], *whole[6:])
    posted(sent, answer_835("140.5", first, second))
    assert the_claim(sent).state is ClaimState.PAID
    reversal = (f"CLP*{claim.pcn}*22*-60.5*-40.5**CI*ICN*11*1", back[1], *back[6:])
    posted(sent, answer_835("-40.5", reversal, trace="T2"))
    assert (the_claim(sent).state, buckets(sent)["paid"]) == (ClaimState.PARTIAL, "100.00")
    posted(sent, answer_835("40.5", second, trace="T3"))
    assert (the_claim(sent).state, buckets(sent)["paid"]) == (ClaimState.PAID, "140.50")
    assert reconcile(sent).holds


def test_every_denied_dollar_is_on_somebodys_list_also_an_informational_one(sent: Office) -> None:
    posted(sent, answer_835("100", denied(the_claim(sent), "133", "N115")))
    with sent.ledger.reading() as tx:
        assert len(denials.listed(tx, sent.practice.key)) == 1
    assert reconcile(sent).holds


def test_a_closed_denial_is_written_off_and_an_answer_to_a_replaced_claim_opens_none(sent: Office) -> None:
    posted(sent, answer_835("100", denied(the_claim(sent))))
    close_claim(sent, "V-1", reason="not worth an appeal")
    assert (buckets(sent)["written off"], "denied" in buckets(sent)) == ("60.50", False)
    other = the_claim(sent, "V-2")
    posted(sent, answer_277ca(REFERENCE, (other.pcn, "A7:33:IL", "")))
    fix_visit(sent, "V-2", (("coverages.1.member_id", "M999"),), reason="card copied again")
    posted(sent, answer_835("100", denied(other), trace="T2"))
    with sent.ledger.reading() as tx:
        assert denials.listed(tx, sent.practice.key) == ()
    assert reconcile(sent).holds


def test_a_whole_batch_refused_before_it_left_wakes_somebody(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    seal_batches(office)
    refused = answer_277ca(REFERENCE).replace(b"STC*A1:19:PR*20261116*WQ", b"STC*A3:24:PR*20261116*U")
    assert posted(office, refused).needs_a_person
    assert the_claim(office).state is ClaimState.SEALED


def test_a_reversal_without_its_remarks_takes_back_what_they_decided(sent: Office) -> None:
    """CO 45 with a remark that gives a reason is a denial; the reversal leaves the remark out."""
    claim = the_claim(sent)
    head = f"CLP*{claim.pcn}*%s*%s180.5*0*0*CI*ICN*11*1"
    lines = (
        "SVC*HC:97110*%s120*0**%s2",
        "CAS*CO*45*%s120",
        f"REF*6R*{claim.pcn}01",
        "SVC*HC:97140*%s60.5*0**%s1",
        "CAS*CO*45*%s60.5",
        f"REF*6R*{claim.pcn}02",
    )
    name = "NM1*QC*1*QUILL*MARA****MI*M1"
    plain = tuple(text.replace("%s", "") for text in lines)
    original = (head % ("1", ""), name, *plain[:3], "LQ*HE*N115", *plain[3:], "LQ*HE*N115")
    posted(sent, answer_835("0", original))
    assert buckets(sent)["denied"] == "180.50"
    reversal = (head % ("22", "-"), name, *(text.replace("%s", "-") for text in lines))
    posted(sent, answer_835("0", reversal, trace="T2"))
    assert "denied" not in buckets(sent)
    assert reconcile(sent).holds


def test_money_for_a_claim_that_a_later_one_stands_for_wakes_somebody_and_is_counted(sent: Office) -> None:
    first = the_claim(sent)
    posted(sent, answer_277ca(REFERENCE, (first.pcn, "A7:33:IL", "")))
    fix_visit(sent, "V-1", (("coverages.1.member_id", "M999"),), reason="card copied again")
    assert posted(sent, answer_835("140.5", paid_in_full(first))).needs_a_person
    outcome = reconcile(sent)
    assert (str(outcome.on_earlier_versions), outcome.holds) == ("140.50", True)
    assert "answer.unexpected" in woken(sent)


def test_a_file_that_nobody_answers_in_time_is_overdue(sent: Office) -> None:
    assert reconcile(sent).overdue == ()
    later = Clock(read=lambda: NOW + timedelta(days=2), zone=CHICAGO)
    (overdue,) = reconcile(replace(sent, clock=later)).overdue
    assert "elm_north_000000001.837" in overdue
    posted(sent, ta1(1))
    assert reconcile(replace(sent, clock=later)).overdue == ()


def test_a_file_that_may_still_be_growing_is_left_until_it_is_old(office: Office) -> None:
    cut = answer_999(1)[:-20]
    box = Box(files={"out/a.999": cut})
    young = replace(office, clock=Clock(read=lambda: MemoryMailbox().modified + timedelta(minutes=1), zone=CHICAGO))
    (one,) = collect(young, box.open, partner="north")
    assert (one.files, box.files) == ((), {"out/a.999": cut})
    (one,) = collect(office, box.open, partner="north")
    assert one.files == ("a.999",)
    (done,) = post(office)
    assert done.state is InboundState.SET_ASIDE


def test_two_workers_that_post_at_once_post_once(sent: Office) -> None:
    arrived(sent, answer_835("140.5", paid_in_full(the_claim(sent))), name="x.835")

    def work() -> None:
        post(sent)

    run_together([work] * 3)
    assert buckets(sent)["paid"] == "140.50"
    assert reconcile(sent).holds


def test_a_rejection_of_a_paid_claim_wakes_somebody_and_changes_nothing(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    assert posted(sent, answer_277ca(REFERENCE, (claim.pcn, "A7:33:IL", ""))).needs_a_person
    assert the_claim(sent).state is ClaimState.PAID
    assert "answer.disagrees" in woken(sent)


# --- money --------------------------------------------------------------------------------------------------------


def test_a_paid_claim_is_divided_to_the_cent(sent: Office) -> None:
    done = posted(sent, answer_835("140.5", paid_in_full(the_claim(sent))))
    assert (done.state, done.kinds, done.needs_a_person) == (InboundState.POSTED, {"835": 1}, False)
    assert the_claim(sent).state is ClaimState.PAID
    assert buckets(sent) == {
        "paid": "140.50",
        "contractual": "20.00",
        "patient": "20.00",
        "not yet answered": "180.50",
    }
    assert reconcile(sent).holds


def test_a_denied_line_opens_a_denial_with_its_documentation_fix(sent: Office) -> None:
    assert posted(sent, answer_835("100", denied(the_claim(sent)))).needs_a_person
    assert the_claim(sent).state is ClaimState.PARTIAL
    with sent.ledger.reading() as tx:
        (one,) = denials.listed(tx, sent.practice.key)
    assert (one.carc, one.rarcs, one.procedure, one.cents) == ("50", "N115", "97140", 6050)
    assert one.route == "appeal"
    assert one.note_section
    assert one.due_on is not None
    assert reconcile(sent).holds


def test_the_same_remittance_again_posts_nothing(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    before = buckets(sent)
    assert not posted(sent, answer_835("140.5", paid_in_full(claim), control=99)).needs_a_person
    assert buckets(sent) == before
    with sent.ledger.reading() as tx:
        states = [one.state for one in money.listed(tx, sent.practice.key)]
        (said,) = events.read(tx, sent.practice.key, kind="remittance.repeated")
    assert states == [RemittanceState.POSTED]
    assert "was posted before, as remittance 1" in said.event.said
    assert reconcile(sent).holds


def test_another_payment_of_the_same_trace_day_and_amount_waits_for_a_person_who_says_that_both_count(
    sent: Office,
) -> None:
    first, second = the_claim(sent), the_claim(sent, "V-2")
    posted(sent, answer_835("140.5", paid_in_full(first)))
    other = posted(sent, answer_835("140.5", paid_in_full(second), control=99))
    assert other.needs_a_person
    assert the_claim(sent, "V-2").state is ClaimState.SENT
    again = reprocess(sent, other.id, reason="look again")
    assert again.needs_a_person
    assert not reprocess(sent, other.id, reason="both", although=Reason.PAYMENT_REUSED).needs_a_person
    assert the_claim(sent, "V-2").state is ClaimState.PAID
    assert (reconcile(sent).holds, reconcile(sent).remittances_set_aside) == (True, 0)
    # The same two once more are known, each by its claims.
    for claim, control in ((first, 100), (second, 101)):
        assert not posted(sent, answer_835("140.5", paid_in_full(claim), control=control)).needs_a_person


def test_a_payment_of_nothing_with_a_trace_that_came_before_is_posted_by_its_claims(sent: Office) -> None:
    for key, control in (("V-1", 1), ("V-2", 2)):
        posted(sent, answer_835("0", denied_whole(the_claim(sent, key)), control=control))
    assert [the_claim(sent, key).state for key in ("V-1", "V-2")] == [ClaimState.DENIED] * 2


def test_a_remittance_that_is_off_by_a_cent_is_set_aside_whole(sent: Office) -> None:
    done = posted(sent, answer_835("140.51", paid_in_full(the_claim(sent))))
    assert done.needs_a_person
    assert the_claim(sent).state is ClaimState.SENT
    assert buckets(sent) == {"not yet answered": "361.00"}
    outcome = reconcile(sent)
    assert (outcome.remittances_set_aside, str(outcome.set_aside)) == (1, "140.51")
    assert "remittance.set_aside" in woken(sent)


def test_money_for_a_claim_that_is_not_ours_is_parked(sent: Office) -> None:
    stranger = tuple(text.replace(the_claim(sent).pcn, "STRANGER") for text in paid_in_full(the_claim(sent)))
    assert posted(sent, answer_835("140.5", stranger)).needs_a_person
    outcome = reconcile(sent)
    assert str(outcome.parked) == "140.50"
    assert outcome.holds


def test_a_provider_adjustment_is_on_its_account_with_its_sign(sent: Office) -> None:
    raw = answer_835("130.5", paid_in_full(the_claim(sent)), plb="PLB*1234567893*20261231*WO:OLD1*10")
    posted(sent, raw)
    outcome = reconcile(sent)
    assert (str(outcome.parked), str(outcome.buckets["paid"])) == ("0.00", "140.50")
    assert {name: str(amount) for name, amount in outcome.accounts.items()} == {"recovered": "-10.00"}
    assert outcome.holds


def test_a_reversal_takes_back_exactly_and_its_correction_follows(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    both = answer_835("-40.5", denied(claim), paid_in_full(claim, reverses=True), trace="T2")
    posted(sent, both)
    assert the_claim(sent).state is ClaimState.PARTIAL
    assert buckets(sent)["paid"] == "100.00"
    assert buckets(sent)["denied"] == "60.50"
    assert reconcile(sent).holds


def test_a_second_answer_without_a_reversal_is_parked(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    assert posted(sent, answer_835("140.5", paid_in_full(claim), trace="T2")).needs_a_person
    assert str(reconcile(sent).parked) == "140.50"
    assert reconcile(sent).holds


def test_a_reversal_of_what_was_never_posted_is_parked(sent: Office) -> None:
    posted(sent, answer_835("-140.5", paid_in_full(the_claim(sent), reverses=True)))
    assert str(reconcile(sent).parked) == "-140.50"
    assert reconcile(sent).holds


OTHER_AMOUNTS = {
    "less of what was paid": (
        "-130.5",
        {"SVC*HC:97110*-120*-100**-2": "SVC*HC:97110*-120*-90**-2", "CAS*CO*45*-20": "CAS*CO*45*-30"},
    ),
    "another reason": ("-140.5", {"CAS*CO*45*-20": "CAS*CO*50*-20"}),
    "another group": ("-140.5", {"CAS*PR*3*-20": "CAS*CO*3*-20"}),
    "the same in all, but other lines": (
        "-140.5",
        {
            "SVC*HC:97110*-120*-100**-2": "SVC*HC:97110*-120*-90**-2",
            "CAS*CO*45*-20": "CAS*CO*45*-30",
            "SVC*HC:97140*-60.5*-40.5**-1": "SVC*HC:97140*-60.5*-50.5**-1",
            "CAS*PR*3*-20": "CAS*PR*3*-10",
        },
    ),
}


@pytest.mark.parametrize("how", OTHER_AMOUNTS)
def test_a_reversal_of_other_amounts_than_stand_is_parked_and_what_stands_stays(sent: Office, how: str) -> None:
    claim, (payment, others) = the_claim(sent), OTHER_AMOUNTS[how]
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    before = buckets(sent)
    back = tuple(others.get(text, text) for text in paid_in_full(claim, reverses=True))
    back = (back[0].replace("*-140.5*", f"*{payment}*"), *back[1:])
    assert posted(sent, answer_835(payment, back, trace="T2")).needs_a_person
    assert (str(reconcile(sent).parked), buckets(sent)) == (f"{Decimal(payment):.2f}", before)
    assert the_claim(sent).state is ClaimState.PAID
    with sent.ledger.reading() as tx:
        (parked,) = money.parked_of(tx, sent.practice.key, 2)
    assert (parked.reason, "it reverses other amounts than were posted" in parked.said) == ("does not fit", True)
    assert reconcile(sent).holds


def test_a_remittance_for_another_payee_is_set_aside(sent: Office) -> None:
    stranger = tuple(text.replace(the_claim(sent).pcn, "STRANGER") for text in paid_in_full(the_claim(sent)))
    posted(sent, answer_835("140.5", stranger, payee="1456789019"))
    assert reconcile(sent).remittances_set_aside == 1


def test_an_answer_from_the_wrong_partner_posts_no_money(sent: Office) -> None:
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent))), from_partner="south")
    assert the_claim(sent).state is ClaimState.SENT
    assert str(reconcile(sent).parked) == "140.50"


@pytest.mark.parametrize("raw", [b"", b"not x12", b"ISA*00*", b"\x00\xff"])
def test_what_is_not_x12_is_set_aside_and_the_rest_goes_on(sent: Office, raw: bytes) -> None:
    bad = arrived(sent, raw, name="bad")
    arrived(sent, answer_999(1), name="good")
    first, second = post(sent)
    assert (first.state, second.state) == (InboundState.SET_ASIDE, InboundState.POSTED)
    assert "set aside" in first.why
    assert reprocess(sent, bad, reason="again").state is InboundState.SET_ASIDE
    with pytest.raises(UsageError, match="was posted"):
        reprocess(sent, second.id, reason="again")


def test_nothing_of_a_patient_is_in_the_log(sent: Office) -> None:
    claim = the_claim(sent)
    for raw in (ta1(1), answer_999(1), answer_277ca(REFERENCE, (claim.pcn, "A2:20:PR", "")), b"QUILL*MARA"):
        posted(sent, raw)
    posted(sent, answer_835("100", denied(claim)))
    with sent.ledger.reading() as tx:
        log = repr(events.read(tx, sent.practice.key, limit=10_000)).upper()
    for secret in ("QUILL", "MARA", "1951", "MV1", "SPRINGFIELD"):
        assert secret not in log
    assert clinic.visit()["patient"]["last_name"] == "Quill"


def test_a_receipt_of_a_clearinghouse_stands_in_the_timeline_as_proof_of_handing_over(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_277ca(REFERENCE, (claim.pcn, "A1:19:AY", "")))
    assert the_claim(sent).state is ClaimState.SENT
    with sent.ledger.reading() as tx:
        said = [one.event for one in events.read(tx, sent.practice.key, claim=claim.pcn, limit=100)]
    assert (said[-1].kind, "which proves no timely filing" in said[-1].said) == ("claim.handed_over", True)
    assert reconcile(sent).holds
