"""A paper EOB typed in: right to the cent or not at all, posted once, and read again like any 835."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.edi.read.inbound_file import read_answers
from gateway.errors import ConfigError, LedgerHeld, UsageError
from gateway.ledger import denials, events, inbound, instance
from gateway.ledger import remittances as money
from gateway.ledger.inbound import InboundState
from gateway.ledger.remittances import StoredRemittance
from gateway.lifecycle import ClaimState
from gateway.remittance import Adjustment, GroupCode, Remittance
from gateway.service.inbound import enter as entering
from gateway.service.inbound.enter import Entered, Paper, enter
from gateway.service.inbound.post import post
from gateway.service.inbound.typed_claim import read_claim
from gateway.service.inbound.wire_faults import faults_of
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.recovery.stored_money import Compared, altered_payments
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import answer_835, denied, paid_in_full, taken, the_claim, visit

FULL = "V-1 1=100.00 CO45=20.00 2=40.50 PR3=20.00"
WHY = "EOB by mail"


@pytest.fixture
def sent(office: Office) -> Office:
    """Two claims at the partner, each of 120.00 (97110) and 60.50 (97140)."""
    taken(office, visit(), visit("V-2"))
    scrub_visits(office)
    clinic.delivered(office)
    return replace(office, actor="Ana Reyes")


def paper(*claims: str, amount: str, **changes: Any) -> Paper:
    told = {"payer": "PAYER1", "trace": "4711", "paid_on": date(2026, 11, 12), **changes}
    return Paper(amount=Decimal(amount), claims=tuple(map(read_claim, claims)), **told)


def entered(
    office: Office, *claims: str, amount: str, dry_run: bool = False, partner: str = "", **changes: Any
) -> Entered:
    return enter(office, paper(*claims, amount=amount, **changes), reason=WHY, dry_run=dry_run, partner=partner)


def remits(office: Office) -> tuple[StoredRemittance, ...]:
    with office.ledger.reading() as tx:
        return money.listed(tx, office.practice.key)


def files(office: Office) -> tuple[inbound.InboundFile, ...]:
    with office.ledger.reading() as tx:
        return inbound.files(tx, office.practice.key)


def came(office: Office) -> Remittance:
    with office.ledger.reading() as tx:
        (one,) = read_answers(inbound.bytes_of(tx, office.practice.key, files(office)[-1].id))
    assert isinstance(one.what, Remittance)
    return one.what


def test_an_eob_of_two_claims_is_posted_as_a_remittance_of_its_own(sent: Office) -> None:
    done = entered(sent, FULL, "V-2 1=0.00 PR1=120 2=60.50", amount="201.00")
    first, second = the_claim(sent).pcn, the_claim(sent, "V-2").pcn
    assert [(one.claim, one.paid, one.patient_share, one.state) for one in done.claims] == [
        (first, Decimal("140.50"), Decimal("20.00"), "paid"),
        (second, Decimal("60.50"), Decimal("120.00"), "paid"),
    ]
    assert (done.partner, done.posted, done.parked, done.looks) == ("north", Decimal("201.00"), Decimal(0), False)
    assert {the_claim(sent).state, the_claim(sent, "V-2").state} == {ClaimState.PAID}
    (remit,) = remits(sent)
    assert (remit.state, remit.trace, remit.payment_cents, remit.method) == ("posted", "4711", 20100, "CHK")
    assert (remit.payer_id, remit.payer_name, remit.paid_on) == ("PAYER1", "PAYER PAYER1", date(2026, 11, 12))
    assert reconcile(sent).holds
    assert {name: str(amount) for name, amount in reconcile(sent).buckets.items() if amount} == {
        "paid": "201.00",
        "contractual": "20.00",
        "patient": "140.00",
    }


def test_its_file_says_what_it_is_who_typed_it_and_why_and_is_read_again_when_money_is_checked(sent: Office) -> None:
    entered(sent, FULL, amount="140.50")
    (file,) = files(sent)
    assert (file.name, file.partner, file.state) == ("by-hand/eob-4711.835", "north", InboundState.POSTED)
    with sent.ledger.reading() as tx:
        (said,) = [one.event for one in events.read(tx, sent.practice.key, kind="inbound.stored")]
        compared = Compared()
        assert list(altered_payments(sent, tx, compared, lambda _: None)) == []
    assert (compared.remittances, compared.unread) == (1, 0)
    assert (said.actor, said.reason, said.artefact) == ("Ana Reyes", WHY, "person")
    assert "a paper EOB typed in by Ana Reyes: trace 4711, $140.50 of payer PAYER1 for 1 claims" in said.said
    # What a paper does not tell is left out: the payer's address, its number of the claim.
    faults = faults_of(sent, file)
    assert {one.split()[2] for one in faults.first} == {"N3", "N4", "CLP06", "CLP07"}, faults


def test_what_was_typed_is_in_the_835_to_the_last_word(sent: Office) -> None:
    many = " ".join(f"CO{carc}=1.00" for carc in range(1, 9))
    entered(sent, f"V-1 ICN=2026-312 1=112.00 {many} 2=0.00 CO16=60.50 N290 ma130", amount="112.00", method="ACH")
    one = came(sent)
    (claim,) = one.claims
    assert (one.payment, one.method, one.trace, one.payee_id) == (Decimal("112.00"), "ACH", "4711", "1234567893")
    assert (claim.patient_control_number, claim.payer_claim_number, claim.status) == (
        the_claim(sent).pcn,
        "2026-312",
        "1",
    )
    assert (claim.member_id, claim.patient) == ("MV1", "QUILL, MARA")
    first, second = claim.lines
    assert (first.procedure, first.charge, first.paid, first.day) == (
        "97110",
        Decimal(120),
        Decimal(112),
        date(2026, 11, 2),
    )
    assert first.adjustments == tuple(
        Adjustment(GroupCode.CONTRACTUAL, str(carc), Decimal("1.00")) for carc in range(1, 9)
    )
    assert (second.remarks, second.control) == (("N290", "MA130"), f"{the_claim(sent).pcn}02")
    assert the_claim(sent).payer_claim_number == "2026-312"


def test_a_denial_on_paper_is_a_denial(sent: Office) -> None:
    done = entered(sent, "V-1 1=100.00 CO45=20.00 2=0.00 CO50=60.50 N115", amount="100.00")
    assert (the_claim(sent).state, done.claims[0].state) == (ClaimState.PARTIAL, "partial")
    with sent.ledger.reading() as tx:
        (one,) = denials.listed(tx, sent.practice.key, pcn=the_claim(sent).pcn)
    assert (one.carc, one.rarcs) == ("50", "N115")


def test_an_eob_of_denials_alone_pays_nothing_and_two_of_one_day_are_two(sent: Office) -> None:
    denial = "1=0.00 CO50=120.00 2=0.00 CO50=60.50"
    entered(sent, f"V-1 {denial}", amount="0.00", trace="NONE")
    entered(sent, f"V-2 {denial}", amount="0.00", trace="NONE")
    assert [(one.method, one.payment_cents, one.state) for one in remits(sent)] == [("NON", 0, "posted")] * 2
    with pytest.raises(UsageError, match=f"posted before, as remittance {remits(sent)[0].id}"):
        entered(sent, f"V-1 {denial}", amount="0.00", trace="NONE")


def test_a_take_back_and_its_correction_are_typed_as_the_paper_tells_them(sent: Office) -> None:
    entered(sent, FULL, amount="140.50")
    back = "V-1 1=-100.00 CO45=-20.00 2=-40.50 PR3=-20.00"
    done = entered(sent, back, "V-1 1=110.00 CO45=10.00 2=40.50 PR3=20.00", amount="10.00", trace="4712")
    assert [one.status for one in came(sent).claims] == ["22", "1"]
    assert (done.posted, done.parked, the_claim(sent).state) == (Decimal("10.00"), Decimal(0), ClaimState.PAID)
    assert str(reconcile(sent).buckets["paid"]) == "150.50"
    assert reconcile(sent).holds


WRONG = [
    ((FULL,), "140.51", "the claims come to .140.50, and the payment is .140.51"),
    ((FULL, FULL.replace("V-1", "V-2")), "140.50", "the claims come to .281.00"),
    (("V-1 1=100.00 CO45=19.99 2=40.50 PR3=20.00",), "140.50", "claim V-1: line 1, 97110, was charged .120.00"),
    (("V-1 1=100.00 CO45=20.00",), "100.00", "claim V-1: line 2, 97140 over .60.50, is not told of"),
    (("V-1 1=120 2=60.50 3=0.00",), "180.50", "has no line 3; it has 2"),
    (("V-1 1=120 1=0 2=60.50",), "180.50", "a line is told of twice"),
    (("V-9 1=120",), "120.00", "there is no claim that has left"),
    ((), "0.00", "no claim is told of"),
    ((FULL,), "-1.00", "a payment is 0.00 or more"),
]


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(("claims", "amount", "said"), WRONG)
def test_what_does_not_come_out_is_refused_and_nothing_is_kept(
    sent: Office, claims: tuple[str, ...], amount: str, said: str, *, dry_run: bool
) -> None:
    with pytest.raises(UsageError, match=said):
        entered(sent, *claims, amount=amount, dry_run=dry_run)
    assert (files(sent), remits(sent)) == ((), ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"trace": "47*11"}, "--trace"),
        ({"trace": ""}, "--trace"),
        ({"payer": "PAYER~1"}, "--payer"),
        ({"partner": "south"}, "went out through north, not south"),
    ],
)
def test_what_is_not_well_typed_is_refused(sent: Office, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        entered(sent, FULL, amount="140.50", **changes)
    assert files(sent) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("V-1", "no claim with what was paid"),
        ("1=80.00", "no claim with what was paid"),
        ("V-1 CO45=20 1=80", "only the claim and ICN="),
        ("V-1 ICN=1 ICN=2 1=80", "only the claim and ICN="),
        ("ICN=1 1=80", "only the claim and ICN="),
        ("V-1 1=80.001", "is not understood"),
        ("V-1 1=80.00 XX45=1", "is no reason"),
        ("V-1 1=80.00 hello", "is not understood"),
    ],
)
def test_a_claim_that_is_not_understood_says_how_it_is_written(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_claim(text)


def test_a_trial_says_what_would_be_and_keeps_nothing(sent: Office) -> None:
    would = entered(sent, FULL, amount="140.50", dry_run=True)
    assert (would.file, would.posted, would.claims[0].state) == (None, Decimal("140.50"), "paid")
    assert (files(sent), remits(sent), the_claim(sent).state) == ((), (), ClaimState.SENT)
    done = entered(sent, FULL, amount="140.50")
    assert replace(done, file=None) == would


@pytest.mark.parametrize("minutes", [0, 5])
def test_the_same_eob_typed_twice_is_refused_as_posted_before(sent: Office, minutes: int) -> None:
    entered(sent, FULL, amount="140.50")
    later = replace(sent, clock=replace(sent.clock, read=lambda: sent.clock.read() + timedelta(minutes=minutes)))
    for claims in ((FULL,), (FULL.replace("V-1", "V-2"),)):
        with pytest.raises(UsageError, match="posted before, as remittance 1: a payment of this payer with its trace"):
            entered(later, *claims, amount="140.50")
    assert (len(files(sent)), len(remits(sent))) == (1, 1)


def test_another_trace_day_or_amount_is_another_payment(sent: Office) -> None:
    entered(sent, FULL, amount="140.50")
    two = "V-2 1=100.00 CO45=20.00 2=40.50 PR3=20.00"
    with pytest.raises(UsageError, match="posted before"):
        entered(sent, two, amount="140.50")
    assert entered(sent, two, amount="140.50", trace="4712").posted == Decimal("140.50")
    assert reconcile(sent).holds


def test_an_835_that_was_posted_is_not_typed_in_again_and_one_that_comes_later_is_seen(sent: Office) -> None:
    first = answer_835("140.50", paid_in_full(the_claim(sent)), trace="4711")
    clinic.arrived(sent, first)
    post(sent)
    with pytest.raises(UsageError, match="posted before, as remittance 1"):
        entered(sent, FULL, amount="140.50")
    entered(sent, FULL.replace("V-1", "V-2"), amount="140.50", trace="4712")
    clinic.arrived(sent, answer_835("140.50", paid_in_full(the_claim(sent, "V-2")), trace="4712"), name="late")
    (late,) = post(sent)
    assert late.needs_a_person
    assert (remits(sent)[-1].state, remits(sent)[-1].why.partition(",")[0]) == (
        "set aside",
        "a payment of the same trace",
    )
    assert str(reconcile(sent).buckets["paid"]) == "281.00"
    assert reconcile(sent).holds


def test_an_835_that_was_set_aside_may_be_typed_in_instead(sent: Office) -> None:
    clinic.arrived(sent, answer_835("141.50", paid_in_full(the_claim(sent)), trace="4711"))
    post(sent)
    assert remits(sent)[0].state == "set aside"
    entered(sent, FULL, amount="140.50")
    assert the_claim(sent).state is ClaimState.PAID


def test_a_second_payment_of_a_claim_goes_to_the_desk_as_from_an_835(sent: Office) -> None:
    entered(sent, FULL, amount="140.50")
    again = "V-1 1=90.00 CO45=30.00 2=40.50 PR3=20.00"
    would = entered(sent, again, amount="130.50", trace="4712", dry_run=True)
    assert (would.posted, would.parked, would.looks) == (Decimal(0), Decimal("130.50"), True)
    assert any("$130.50 to the desk: " in one for one in would.at)
    done = entered(sent, again, amount="130.50", trace="4712")
    assert (done.posted, done.parked, done.looks) == (Decimal(0), Decimal("130.50"), True)
    assert reconcile(sent).holds


def test_a_claim_that_has_not_left_is_not_answered(office: Office) -> None:
    taken(office, visit())
    scrub_visits(office)
    with pytest.raises(UsageError, match="there is no claim that has left"):
        entered(office, FULL, amount="140.50")


def test_a_payer_that_may_not_pay_through_the_partner_and_an_unknown_partner_are_refused(sent: Office) -> None:
    north = clinic.partner("north", payers=("PAYER9",))
    office = replace(sent, settings=clinic.settings(north, clinic.partner("south"), home=sent.settings.home))
    with pytest.raises(UsageError, match="none of those that may pay through north"):
        entered(office, FULL, amount="140.50")
    with pytest.raises(ConfigError, match="no trading partner nobody"):
        entered(sent, FULL, amount="140.50", partner="nobody")
    assert files(sent) == ()


def test_a_death_between_keeping_and_posting_leaves_the_rest_to_the_next_post(
    sent: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(entering, "post_one", dying)
    with pytest.raises(KeyboardInterrupt):
        entered(sent, FULL, amount="140.50")
    assert files(sent)[0].state is InboundState.STORED
    with pytest.raises(UsageError, match="typed in before: inbound file 1"):
        entered(sent, FULL, amount="140.50")
    post(sent)
    assert the_claim(sent).state is ClaimState.PAID
    assert reconcile(sent).holds


def test_nothing_is_typed_into_a_ledger_that_is_held(sent: Office) -> None:
    with sent.ledger.writing() as tx:
        instance.hold(tx, "restored", place=instance.place_of(sent.ledger))
    with pytest.raises(LedgerHeld):
        entered(sent, FULL, amount="140.50")


def test_a_payer_of_whom_nothing_is_known_pays_under_its_id(sent: Office) -> None:
    done = entered(sent, FULL, amount="140.50", payer="87726")
    assert done.looks
    assert any("87726" in one for one in done.at), done.at
    (remit,) = remits(sent)
    assert (remit.payer_name, remit.originator) == ("87726", "0000087726")


def test_the_payers_own_originator_is_taken_from_its_other_remittances(sent: Office) -> None:
    clinic.arrived(sent, answer_835("100", denied(the_claim(sent)), trace="T9"))
    post(sent)
    entered(sent, FULL.replace("V-1", "V-2"), amount="140.50")
    assert {one.originator for one in remits(sent)} == {"1999999999"}


def test_the_835_that_comes_later_waits_for_a_person_also_where_its_originator_was_not_known(sent: Office) -> None:
    entered(sent, FULL, amount="140.50")
    clinic.arrived(sent, answer_835("140.5", paid_in_full(the_claim(sent)), trace="4711"), name="late")
    post(sent)
    assert reconcile(sent).remittances_set_aside == 1
    assert str(reconcile(sent).buckets["paid"]) == "140.50"
