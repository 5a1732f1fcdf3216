"""What the log says of money that came, whole: every word, on which claim, from which file, who has to look, what to type next."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import pytest

from gateway.event import Event
from gateway.ledger.claims import StoredClaim
from gateway.ledger.inbound import Reason
from gateway.lifecycle import ClaimState
from gateway.payer import Program
from gateway.service.claims.close import close_claim
from gateway.service.inbound.inbox import reprocess
from gateway.service.office import Office
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import answer_835, denied, paid_in_full, the_claim
from tests.service.desk.played import buckets, items, posted, stranger
from tests.service.money.answer_case import Played
from tests.service.money.log import LOOK, NOW, Log, of_claim, of_money


def with_one(office: Office) -> Office:
    """One claim that has left, of a patient with one coverage."""
    clinic.taken(office, clinic.visit())
    scrub_visits(office)
    clinic.delivered(office)
    return office


def with_second_coverage(office: Office) -> Office:
    """One claim that has left, of a patient with a second coverage."""
    coverages = [{"payer_id": "PAYER1", "member_id": "M1"}, {"payer_id": "PAYER2", "member_id": "X1"}]
    clinic.taken(office, clinic.visit("V-1", coverages=coverages))
    scrub_visits(office)
    clinic.delivered(office)
    return office


def changed(texts: tuple[str, ...], *changes: tuple[str, str]) -> tuple[str, ...]:
    """An answer with some of its words changed; each is there."""
    for old, new in changes:
        assert any(old in text for text in texts), old
        texts = tuple(text.replace(old, new) for text in texts)
    return texts


def test_a_claim_paid_and_a_remittance_posted(sent: Office) -> None:
    log, pcn = Log(sent), the_claim(sent).pcn
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent))))
    _, paid, remittance, _ = log.new(whole=True)
    assert paid == of_claim(sent, "claim.paid", "$140.50 paid of $180.50", file=1, before="sent", after="paid")
    assert paid.about == pcn
    assert remittance == Event(
        kind="remittance.posted",
        about="T1",
        partner="north",
        said="remittance 1, trace T1: $140.50 = $140.50 posted + $0.00 parked",
        after="posted",
        artefact="inbound 1",
        actor="test",
    )


def test_a_line_denied_names_the_reason_once_and_the_denials(sent: Office) -> None:
    log, claim = Log(sent), the_claim(sent)
    both = changed(
        denied(claim, "50"), ("180.5*100", "180.5*0"), ("97110*120*100", "97110*120*0"), ("CO*45*20", "PI*16*120")
    )
    posted(sent, answer_835("0", both))
    said = "$0.00 paid of $180.50; denied by PI 16, CO 50"
    look = {"severity": LOOK, "next_command": f"gateway denials show {claim.pcn}"}
    assert log.new() == [of_claim(sent, "claim.denied", said, file=1, before="sent", after="denied", **look)]
    posted(sent, answer_835("0", both, trace="T2"))
    repeated = "the same denial came again, in remittance T2; it does not count"
    assert log.new() == [of_claim(sent, "answer.repeated", repeated, file=2)]


def test_lines_that_are_not_answered_yet_are_counted(sent: Office) -> None:
    log = Log(sent)
    some = changed(paid_in_full(the_claim(sent))[:6], ("180.5*140.5*20", "120*100*0"))
    posted(sent, answer_835("100", some))
    said = "$100.00 paid of $180.50; 1 of its lines are not answered yet"
    assert log.new() == [of_claim(sent, "claim.partial", said, file=1, before="sent", after="partial", severity=LOOK)]


def test_a_takeback_is_work_at_once(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    log = Log(sent)
    plb = "PLB*1234567893*20261231*FB:T2*-140.5"
    posted(sent, answer_835("0", paid_in_full(claim, reverses=True), trace="T2", plb=plb))
    said = "$0.00 paid of $180.50; taken back by the payer, and no other answer stands"
    why = "$140.50 of remittance 2 is parked, item 1: provider adjustment; provider adjustment FB: carried forward"
    assert log.new() == [
        of_claim(sent, "claim.reversed", said, file=2, before="paid", after="reversed", severity=LOOK),
        of_money("money.parked", "T2", why, file=2, item=1),
    ]


def test_money_of_nobody_paid_twice_booked_and_recovered(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    log, plb = Log(sent), "PLB*1234567893*20261231*L6:X*-5*WO:Y*10"
    posted(sent, answer_835("276", paid_in_full(claim), stranger(sent, "V-2", member="ZZ"), trace="T2", plb=plb))
    *said, remittance, _ = log.new(whole=True)[1:]
    is_parked = "of remittance 2 is parked, item"
    nobodys = "claim not ours; no claim that was sent to this partner is meant with certainty"
    twice = f"overpayment; claim {claim.pcn}: it was answered before, and that answer was not reversed"
    assert said == [
        of_money("money.parked", "T2", f"$140.50 {is_parked} 1: {nobodys}", file=2, item=1),
        of_money("money.parked", "T2", f"$140.50 {is_parked} 2: {twice}", file=2, item=2, claim=claim.pcn),
        of_money("money.booked", "T2", "$5.00 of remittance 2 are booked: provider adjustment L6: interest", file=2),
        of_money(
            "money.parked",
            "T2",
            f"-$10.00 {is_parked} 4: provider adjustment; provider adjustment WO: recovered",
            file=2,
            item=4,
        ),
    ]
    assert remittance.said == "remittance 2, trace T2: $276.00 = $0.00 posted + $276.00 parked"


def test_what_waited_and_what_it_waited_for(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    posted(sent, answer_835("140.5", paid_in_full(claim), trace="T2"))
    log, plb = Log(sent), "PLB*1234567893*20261231*FB:T3*-140.5"
    posted(sent, answer_835("0", paid_in_full(claim, reverses=True), trace="T3", plb=plb))
    moved, stands, *_ = log.new()
    said = "$140.50 of item 1, remittance 2, wait no more: what it waited for has come"
    assert moved == of_money("money.placed", "T3", said, file=3, claim=claim.pcn)
    assert stands == of_claim(sent, "claim.paid", "$140.50 paid of $180.50", file=3, before="paid", after="paid")


def test_what_is_strange_of_an_answer_is_told_when_it_stands(sent: Office) -> None:
    """A second answer with fewer units waits: what it says is looked at once the first was taken back."""
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    log = Log(sent)
    posted(
        sent, answer_835("140.5", changed(paid_in_full(claim), ("97110*120*100**2", "97110*120*100**1")), trace="T2")
    )
    assert [one.kind for one in log.new()] == ["money.parked"]
    plb = "PLB*1234567893*20261231*FB:T3*-140.5"
    posted(sent, answer_835("0", paid_in_full(claim, reverses=True), trace="T3", plb=plb))
    said = "of 2 units of 97110, 1 are answered; it is posted as the payer says"
    assert of_claim(sent, "answer.differs", said, file=3, severity=LOOK) in log.new()


def test_of_what_waits_a_part_is_posted_and_waits_again(sent: Office) -> None:
    """The first line of a second answer waits; the second one's waits too, once the first answer to that line has come."""
    claim = the_claim(sent)
    first = changed(paid_in_full(claim)[:6], ("180.5*140.5*20", "120*100*0"))
    posted(sent, answer_835("100", first))
    posted(sent, answer_835("140.5", paid_in_full(claim), trace="T2"))
    (item,) = items(sent)
    assert (item.kind, item.left_cents) == ("overpayment", 10000)
    log = Log(sent)
    # An older answer to the second line, read last: it stands, and what stood there waits for its reversal.
    texts = paid_in_full(claim)
    second = changed((*texts[:2], *texts[6:]), ("180.5*140.5*20", "60.5*40.5*20"))
    posted(sent, answer_835("40.5", second, trace="T0"))
    said = (
        f"$40.50 more of item {item.id}, remittance 2, wait: it was answered before, and that answer was not reversed"
    )
    moved, *_ = log.new()
    assert moved == of_money("money.placed", "T0", said, file=3, claim=claim.pcn)
    (item,) = items(sent)
    assert (item.left_cents, item.held_cents) == (14050, 14050)


def test_more_than_was_charged_is_shown_until_it_is_so_no_more(sent: Office) -> None:
    claim = the_claim(sent)
    more = changed(
        paid_in_full(claim), ("180.5*140.5", "180.5*200.5"), ("120*100", "120*160"), ("CO*45*20", "CO*45*-40")
    )
    log = Log(sent)
    posted(sent, answer_835("200.5", more))
    said = f"$20.00 of remittance 1 is too much, item 1: overpayment; claim {claim.pcn}: more was paid than was charged"
    above = "$160.00 are paid for 97110, which was charged $120.00; it is posted as the payer says"
    assert log.new() == [
        of_money("money.overpaid", "T1", said, file=1, claim=claim.pcn, item=1),
        of_claim(sent, "claim.paid", "$200.50 paid of $180.50", file=1, before="sent", after="paid"),
        of_claim(sent, "answer.differs", above, file=1, severity=LOOK),
    ]
    back = changed(
        paid_in_full(claim, reverses=True),
        ("-180.5*-140.5", "-180.5*-200.5"),
        ("-120*-100", "-120*-160"),
        ("45*-20", "45*40"),
    )
    log = Log(sent)
    posted(sent, answer_835("0", back, trace="T2", plb="PLB*1234567893*20261231*FB:T2*-200.5"))
    said = "$20.00 of item 1, remittance 1, wait no more: it is not too much any more"
    assert of_money("money.placed", "T2", said, file=2, claim=claim.pcn) in log.new()
    assert [one.kind for one in items(sent)] == ["provider adjustment"]


def test_the_same_remittance_again_is_told_and_posts_nothing(sent: Office) -> None:
    raw = answer_835("140.5", paid_in_full(the_claim(sent)), control=7)
    posted(sent, raw)
    log = Log(sent)
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent)), control=8))
    repeated = next(one for one in log.new(whole=True) if one.kind == "remittance.repeated")
    said = (
        "remittance T1 over $140.50 was posted before, as remittance 1, with the same claims; nothing was posted twice"
    )
    assert repeated == Event(
        kind="remittance.repeated", about="T1", partner="north", said=said, artefact="inbound 2", actor="test"
    )


def off_by_a_dollar(claim: StoredClaim) -> bytes:
    return answer_835("141.5", paid_in_full(claim))


def taken_from_the_account(claim: StoredClaim) -> bytes:
    return answer_835("140.5", paid_in_full(claim)).replace(b"BPR*I*140.5*C*", b"BPR*I*140.5*D*")


def for_somebody_else(claim: StoredClaim) -> bytes:
    # A number of the practice's own would be known by the claim: this one is not.
    return answer_835("140.5", paid_in_full(claim), payee="1999999984")


@pytest.mark.parametrize(
    ("came", "amount", "why"),
    [
        (
            off_by_a_dollar,
            "$141.50",
            (
                "ST 0001, segment 2: payment: the claims' $140.50 less PLB $0.00 is $140.50, but BPR02 says $141.50; the transaction "
                "set is set aside whole and nothing of it is posted; ask the payer to correct and resend it"
            ),
        ),
        (
            taken_from_the_account,
            "$140.50",
            (
                "BPR03 is D: $140.50 are taken from the practice's account; ask the bank and the payer what was taken for which claims "
                "before anything of it is posted"
            ),
        ),
        (
            for_somebody_else,
            "$140.50",
            (
                "this remittance is for another payee; ask the partner whose it is. If the payee is you, add its NPI or tax id to "
                "payees in partners/north.toml, then: gateway inbox reprocess 1"
            ),
        ),
    ],
)
def test_what_cannot_be_posted_is_set_aside_whole_and_says_why(
    sent: Office, came: Callable[[StoredClaim], bytes], amount: str, why: str
) -> None:
    log = Log(sent)
    posted(sent, came(the_claim(sent)))
    (said,) = (one for one in log.new(whole=True) if one.kind == "remittance.set_aside")
    (item,) = items(sent)
    assert item.why == why
    assert said == Event(
        kind="remittance.set_aside",
        about="T1",
        partner="north",
        said=f"remittance T1 over {amount}: {item.why}",
        severity=NOW,
        after="set aside",
        artefact="inbound 1",
        next_command=f"gateway money show {item.id}",
    )
    assert (item.reference, item.owner, item.trace, item.held_cents) == ("T1", "practice manager", "T1", 0)
    assert the_claim(sent).state is ClaimState.SENT


def test_a_payer_that_may_not_pay_through_a_partner_is_named(sent: Office) -> None:
    only = replace(sent.settings.partners["north"], payers=("PAYER9",))
    partners = MappingProxyType({**sent.settings.partners, "north": only})
    posted(
        replace(sent, settings=replace(sent.settings, partners=partners)),
        answer_835("140.5", paid_in_full(the_claim(sent))),
    )
    (item,) = items(sent)
    assert item.why == (
        "its payer is none of those that may pay through north; ask the partner. If it may, add its id to payers in "
        "partners/north.toml, then: gateway inbox reprocess 1"
    )


def test_the_same_payment_for_other_claims_is_a_persons_to_judge(sent: Office) -> None:
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent))))
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent, "V-2"))))
    (item,) = items(sent)
    assert item.why == (
        "a payment of the same trace, day and amount was posted before, as remittance 1, for other claims; ask the payer which "
        "counts. If both do: gateway inbox reprocess 2 --same-payment"
    )


def test_a_person_who_knows_that_both_count_has_the_second_payment_posted(sent: Office) -> None:
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent))))
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent, "V-2"))))
    (item,) = items(sent)
    # That another number counts says nothing of the payment.
    reprocess(sent, 2, reason="their letter", although=Reason.NUMBER_REUSED)
    assert ([one.id for one in items(sent)], the_claim(sent, "V-2").state) == ([item.id], ClaimState.SENT)
    reprocess(sent, 2, reason="their letter", although=Reason.PAYMENT_REUSED)
    assert (items(sent), the_claim(sent, "V-2").state) == ((), ClaimState.PAID)
    assert buckets(sent)["paid"] == "281.00"


def test_a_pricing_is_no_answer_and_money_beside_it_is_nobodys_yet(sent: Office) -> None:
    log, claim = Log(sent), the_claim(sent)
    priced = changed(paid_in_full(claim), ("*1*180.5*140.5*20*", "*25*180.5*140.5*20*"))
    posted(sent, answer_835("140.5", priced))
    why = f"claim {claim.pcn}: money came with CLP02 25, which says that none is owed"
    said = f"$140.50 of remittance 1 is parked, item 1: does not fit; {why}"
    assert log.new() == [
        of_claim(sent, "claim.priced", "$140.50 priced, which is no answer: it waits on", file=1),
        of_money("money.parked", "T1", said, file=1, claim=claim.pcn, item=1),
    ]
    (item,) = items(sent)
    assert (item.reference, item.cents, item.why) == (claim.pcn, 14050, why)
    assert (the_claim(sent).state, the_claim(sent).payer_claim_number) == (ClaimState.SENT, "")


@pytest.mark.parametrize(
    ("to", "said", "looks"),
    [
        (("NM1*TT*2*SUNRISE PLAN*****PI*SUN1",), "to SUNRISE PLAN", False),
        ((), "and the payer does not say to whom", True),
    ],
)
def test_a_claim_that_was_passed_on_waits_for_whom_it_was_passed_to(
    sent: Office, to: tuple[str, ...], said: str, *, looks: bool
) -> None:
    log, texts = Log(sent), paid_in_full(the_claim(sent))
    passed_on = (*changed(texts[:1], ("*1*180.5*140.5*20*", "*23*180.5*0*0*")), "CAS*OA*B11*180.5", texts[1], *to)
    posted(sent, answer_835("0", passed_on))
    (event,) = log.new()
    whole = f"not this payer's: passed on {said}; it waits for that one"
    assert event == of_claim(sent, "claim.forwarded", whole, file=1, **({"severity": LOOK} if looks else {}))


@pytest.mark.parametrize("to", ["SUNRISE PLAN", ""])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_claim_that_was_sent_on_names_who_has_it_now(office: Office, to: str, *, is_known: bool) -> None:
    log = Log(with_second_coverage(office) if is_known else with_one(office))
    texts = changed(paid_in_full(the_claim(office)), ("*1*180.5*140.5*20*", "*19*180.5*140.5*20*"))
    next_payer = (f"NM1*TT*2*{to}*****PI*SUN1",) if to else ()
    posted(office, answer_835("140.5", (*texts[:2], *next_payer, *texts[2:])))
    said = (
        f"sent on by the payer to {to or 'the next payer, whom it does not name'}; what it leaves waits for that one"
        + ("" if is_known else "; the visit names no second coverage")
    )
    looks = {} if is_known else {"severity": LOOK}
    assert log.new()[1:] == [of_claim(office, "claim.crossed_over", said, file=1, **looks)]


def test_what_is_left_to_another_payer_says_whom_to_bill(office: Office) -> None:
    log = Log(with_second_coverage(office))
    posted(office, answer_835("140.5", paid_in_full(the_claim(office))))
    said = "$20.00 are left to Payer PAYER2: bill it by hand"
    assert log.new()[1:] == [of_claim(office, "claim.other_payer", said, file=1, severity=LOOK)]


def test_a_later_payer_answers_what_the_first_one_left(office: Office) -> None:
    with_second_coverage(office)
    claim = the_claim(office)
    posted(office, answer_835("140.5", paid_in_full(claim)))
    log = Log(office)
    second = (
        f"CLP*{claim.pcn}*2*180.5*20*0*CI*SEC1*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*120*0**2",
        "DTM*472*20261102",
        "CAS*OA*23*120",
        f"REF*6R*{claim.pcn}01",
        "SVC*HC:97140*60.5*20**1",
        "DTM*472*20261102",
        "CAS*OA*23*40.5",
        f"REF*6R*{claim.pcn}02",
    )
    posted(office, answer_835("20", second, trace="T2", payer="PAYER2"))
    said = "PAYER ONE answers what the first payer left; see whether it is the patient's second payer"
    assert log.new() == [
        of_claim(office, "claim.paid", "$160.50 paid of $180.50", file=2, before="paid", after="paid"),
        of_claim(office, "answer.later", said, file=2, severity=LOOK),
    ]
    # The second payer's number of the claim is not the one that a replacement names to the first.
    assert the_claim(office).payer_claim_number == f"ICN{claim.pcn[-4:]}"


def test_a_payer_that_says_it_comes_second_to_nobody_is_looked_at(sent: Office) -> None:
    log = Log(sent)
    texts = changed(paid_in_full(the_claim(sent)), ("*1*180.5*140.5*20*", "*2*180.5*140.5*20*"))
    posted(sent, answer_835("140.5", texts))
    said = "PAYER ONE says that it comes second; ask who should have paid before"
    assert of_claim(sent, "answer.later", said, file=1, severity=LOOK) in log.new()


def test_another_payers_answer_says_how_to_keep_that_it_is_the_same_payer(sent: Office) -> None:
    log = Log(sent)
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent)), payer="TPA7"))
    said = (
        "billed to PAYER1, answered by TPA7; it is posted. If that is the same payer: gateway money alias PAYER1 TPA7 --by NAME "
        "--reason TEXT; else ask who owes it"
    )
    assert log.new()[1:] == [of_claim(sent, "answer.differs", said, file=1, severity=LOOK)]
    assert the_claim(sent).payer_claim_number == ""


def test_what_may_not_be_asked_of_a_patient_is_told(sent: Office) -> None:
    payer = replace(sent.settings.payer("PAYER1"), program=Program.MEDICAID)
    payers = MappingProxyType({**sent.settings.payers, "PAYER1": payer})
    log = Log(sent)
    texts = changed(paid_in_full(the_claim(sent)), ("CAS*PR*3*20", "CAS*PR*2*20"))
    posted(replace(sent, settings=replace(sent.settings, payers=payers)), answer_835("140.5", texts))
    said = "$20.00 of the patient's share may not be asked of the patient"
    assert log.new()[1:] == [of_claim(sent, "claim.not_the_patients", said, file=1, severity=LOOK)]


def some_lines(texts: tuple[str, ...], *, first: bool, amounts: str) -> tuple[str, ...]:
    """An answer to the first or to the second line only."""
    lines = texts[2:6] if first else texts[6:]
    return changed((*texts[:2], *lines), ("180.5*140.5*20", amounts))


CORRECT_NOTHING = (
    "it was denied, and is paid without that answer having been taken back; the payment stands, correct nothing"
)


def test_a_line_that_was_denied_and_is_paid_later_is_told_once_before_anybody_corrects_it(sent: Office) -> None:
    """Its answer stands with its other line, and what was denied is nothing to act on any more."""
    claim = the_claim(sent)
    posted(sent, answer_835("100", denied(claim)))
    log = Log(sent)
    paid_now = some_lines(paid_in_full(claim), first=False, amounts="60.5*40.5*20")
    posted(sent, answer_835("40.5", paid_now, trace="T2"))
    assert log.new()[1:] == [of_claim(sent, "answer.changed", CORRECT_NOTHING, file=2, severity=LOOK)]
    posted(sent, answer_835("40.5", paid_now, trace="T3"))
    assert "answer.changed" not in [one.kind for one in log.new()]


def test_a_line_that_is_paid_beside_one_that_is_denied_again_is_told_of(sent: Office) -> None:
    claim = the_claim(sent)
    whole = changed(
        denied(claim), ("180.5*100", "180.5*0"), ("97110*120*100", "97110*120*0"), ("CO*45*20", "CO*50*120")
    )
    posted(sent, answer_835("0", whole))
    log = Log(sent)
    again = changed(denied(claim), ("180.5*100", "60.5*0"), ("CO*50*60.5", "CO*16*60.5"))
    posted(sent, answer_835("0", (*again[:2], *again[6:]), trace="T2"))
    assert "answer.changed" not in [one.kind for one in log.new()]  # denied all the same, for another reason
    paid_now = some_lines(paid_in_full(claim), first=True, amounts="120*100*0")
    posted(sent, answer_835("100", paid_now, trace="T3"))
    assert log.new()[1:] == [of_claim(sent, "answer.changed", CORRECT_NOTHING, file=3, severity=LOOK)]


def test_money_for_a_claim_that_a_person_closed_wakes_somebody(sent: Office) -> None:
    posted(sent, answer_835("100", denied(the_claim(sent))))
    close_claim(sent, "V-1", reason="too small")
    log = Log(sent)
    paid_now = some_lines(paid_in_full(the_claim(sent)), first=False, amounts="60.5*40.5*20")
    posted(sent, answer_835("40.5", paid_now, trace="T2"))
    said = "$140.50 paid of $180.50; the claim is closed"
    assert log.new()[0] == of_claim(sent, "answer.unexpected", said, file=2, severity=NOW)
    assert the_claim(sent).state is ClaimState.CLOSED


def test_a_claim_of_lines_that_cost_nothing_is_answered_by_nothing(office: Office) -> None:
    """Measures are reported so: nothing is posted, nothing waits, and the claim is settled."""
    line = {"code": "97110", "modifiers": ["GP"], "units": 1, "charge": "0.00"}
    said = {"claim": "A", "status": "1", "charge": "0.00", "paid": "0.00", "patient": "", "icn": "ICN-1", "cas": []}
    body = {**said, "lines": [{"line": 1, **line, "paid": "0.00", "cas": [], "rarcs": []}]}
    one_set = {"payer": "own", "payment": "0.00", "credit_or_debit": "C", "trace": "T1", "claims": [body], "plb": []}
    ours = {"program": "commercial", "lines": [line], "second_coverage": False}
    case = Played(office, {"orders": "all", "claims": {"A": ours}, "files": [{"sets": [one_set]}]})
    case.begin()
    log = Log(case.office)
    case.play((0,))
    (said_of_it,) = log.new()
    pcn = case.claims["A"].pcn
    assert (said_of_it.kind, said_of_it.said) == ("claim.paid", f"claim {pcn}: $0.00 paid of $0.00")
    assert said_of_it.severity == "routine"
    assert items(case.office, None) == ()
