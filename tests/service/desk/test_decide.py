"""What a person decides of money on the desk, and what goes by itself."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from gateway.desk import ItemKind, ItemState
from gateway.errors import UsageError
from gateway.ledger import remittances as money
from gateway.ledger.remittances import RemittanceState
from gateway.lifecycle import ClaimState
from gateway.payer import Program
from gateway.service.claims.close import close_claim
from gateway.service.desk.decide import close_item, give_back, same_payer
from gateway.service.desk.place import place
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.views.claims import claim_shown
from tests.service import clinic
from tests.service.clinic import answer_835, paid_in_full, the_claim
from tests.service.desk.played import buckets, items, kinds_said, posted, stranger, the_item


def test_a_refund_waits_apart_and_goes_once_the_payer_acknowledges_it(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    posted(sent, answer_835("140.5", paid_in_full(claim), trace="T2"))
    done = give_back(replace(sent, actor="Ana Reyes"), the_item(sent).id, reason="check 4711")
    assert (done.state, items(sent)) == (ItemState.RETURNED, ())
    assert str(reconcile(sent).paid_back) == "140.50"
    (refund,) = [one for one in items(sent, ItemState.RETURNED) if one.kind is ItemKind.REFUND]
    assert (refund.left_cents, refund.claim) == (-14050, claim.pcn)
    plb = f"PLB*1234567893*20261231*72:{claim.pcn}*-140.5"
    posted(sent, answer_835("0", paid_in_full(claim, reverses=True), trace="T3", plb=plb))
    assert (items(sent), [one.kind for one in items(sent, ItemState.SET_OFF)]) == (
        (),
        [ItemKind.REFUND, ItemKind.PROVIDER],
    )
    assert the_claim(sent).state is ClaimState.PAID
    assert buckets(sent)["paid"] == "140.50"
    assert "money.returned" in kinds_said(sent, claim.pcn)


def test_only_money_that_came_is_paid_back(sent: Office) -> None:
    posted(sent, answer_835("130.5", paid_in_full(the_claim(sent)), plb="PLB*1234567893*20261231*CS:X*10"))
    with pytest.raises(UsageError, match=r"is no money that came to the practice: provider adjustment, -\$10.00"):
        give_back(sent, the_item(sent).id, reason="x")
    with pytest.raises(UsageError, match="there is no item 99"):
        give_back(sent, 99, reason="x")
    assert close_item(sent, the_item(sent).id, reason="their letter").state is ItemState.CLOSED
    assert {name: str(amount) for name, amount in reconcile(sent).accounts.items()} == {"adjustment": "-10.00"}


def test_a_claim_that_money_waits_for_is_not_closed_and_says_what_waits(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    posted(sent, answer_835("140.5", paid_in_full(claim), trace="T2"))
    item = the_item(sent)
    with pytest.raises(UsageError, match=rf"item {item.id}: \$140.50, overpayment\); end that first"):
        close_claim(sent, "V-1", reason="done")
    assert [one.id for one in claim_shown(sent, "V-1").waits] == [item.id]
    close_item(sent, item.id, reason="the payer keeps it as a credit: letter")
    close_claim(sent, "V-1", reason="done")
    assert the_claim(sent).state is ClaimState.CLOSED
    assert str(reconcile(sent).not_ours) == "140.50"


def test_a_second_payment_that_the_payer_recovers_by_name_is_done_with(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    posted(sent, answer_835("140.5", paid_in_full(claim), trace="T2"))
    plb = f"PLB*1234567893*20261231*WO:{claim.pcn}*140.5"
    posted(sent, answer_835("0", paid_in_full(the_claim(sent, "V-2")), trace="T3", plb=plb))
    assert items(sent) == ()
    assert sorted(one.kind for one in items(sent, ItemState.SET_OFF)) == [ItemKind.OVERPAID, ItemKind.PROVIDER]
    assert buckets(sent)["paid"] == "281.00"


@pytest.mark.parametrize(("program", "due"), [(Program.MEDICARE, "2027-01-15"), (Program.COMMERCIAL, None)])
def test_an_overpayment_of_medicare_has_sixty_days(sent: Office, program: Program, due: str | None) -> None:
    payer = replace(sent.settings.payer("PAYER1"), program=program)
    settings = replace(sent.settings, payers=MappingProxyType({**sent.settings.payers, "PAYER1": payer}))
    office = replace(sent, settings=settings)
    posted(office, answer_835("140.5", paid_in_full(the_claim(sent))))
    posted(office, answer_835("140.5", paid_in_full(the_claim(sent)), trace="T2"))
    assert (str(the_item(office).due_on) if due else the_item(office).due_on) == due


def test_what_is_paid_above_the_charge_is_shown_until_it_is_taken_back(sent: Office) -> None:
    claim = the_claim(sent)
    more = tuple(
        text.replace("180.5*140.5", "180.5*200.5").replace("120*100", "120*160").replace("CO*45*20", "CO*45*-40")
        for text in paid_in_full(claim)
    )
    posted(sent, answer_835("200.5", more))
    item = the_item(sent)
    assert (item.kind, item.left_cents, item.held_cents) == (ItemKind.OVERPAID, 2000, 0)
    back = tuple(
        text.replace("-180.5*-140.5", "-180.5*-200.5").replace("-120*-100", "-120*-160").replace("45*-20", "45*40")
        for text in paid_in_full(claim, reverses=True)
    )
    posted(sent, answer_835("0", back, paid_in_full(claim), trace="T2", plb="PLB*1234567893*20261231*FB:T2*-60"))
    assert [one.kind for one in items(sent)] == [ItemKind.PROVIDER]
    assert buckets(sent)["paid"] == "140.50"


def test_a_remittance_that_is_set_aside_is_closed_once_another_one_came(sent: Office) -> None:
    posted(sent, answer_835("141.5", paid_in_full(the_claim(sent))))
    item = the_item(sent)
    assert (item.kind, item.owner, item.left_cents) == (ItemKind.SET_ASIDE, "practice manager", 14150)
    with pytest.raises(UsageError, match="its money is not on the desk"):
        place(sent, item.id, "V-1", reason="it must be")
    close_item(sent, item.id, reason="the payer sent a right one")
    assert reconcile(sent).remittances_set_aside == 0
    with sent.ledger.reading() as tx:
        stored = money.find(tx, sent.practice.key, 1)
    assert stored is not None
    assert stored.state is RemittanceState.CLOSED


def test_another_payers_answer_is_posted_with_a_look_and_its_number_learned_once_it_is_known(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim), payer="TPA9"))
    assert (the_claim(sent).state, the_claim(sent).payer_claim_number) == (ClaimState.PAID, "")
    assert "answer.differs" in kinds_said(sent, claim.pcn)
    assert same_payer(replace(sent, actor="Ana Reyes"), "PAYER1", "TPA9", reason="their letter")
    assert the_claim(sent).payer_claim_number.startswith("ICN")  # what was posted before is learned now
    assert not same_payer(sent, "PAYER1", "TPA9", reason="again")
    with pytest.raises(UsageError, match="no payer NOBODY is configured"):
        same_payer(sent, "NOBODY", "TPA9", reason="x")
    other = the_claim(sent, "V-2")
    posted(sent, answer_835("140.5", paid_in_full(other), payer="TPA9", trace="T2"))
    assert the_claim(sent, "V-2").payer_claim_number != ""
    assert "answer.differs" not in kinds_said(sent, other.pcn)


def test_a_partner_that_answers_for_another_one_is_listed_so(sent: Office) -> None:
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent))), from_partner="south")
    assert the_item(sent).kind is ItemKind.STRANGER
    south = replace(sent.settings.partner("south"), answers_for=("north",))
    settings = replace(sent.settings, partners=MappingProxyType({**sent.settings.partners, "south": south}))
    office = replace(sent, settings=settings)
    # What waited is taken up as well: it names our own number.
    posted(office, answer_835("140.5", paid_in_full(the_claim(sent, "V-2")), trace="T2"), from_partner="south")
    assert (the_claim(sent).state, the_claim(sent, "V-2").state) == (ClaimState.PAID, ClaimState.PAID)
    assert items(office) == ()
    assert buckets(office)["paid"] == "281.00"


def test_an_answer_that_came_before_its_claim_had_left_is_taken_up_once_it_has(sealed: Office) -> None:
    claim = the_claim(sealed)
    posted(sealed, answer_835("140.5", paid_in_full(claim)))
    assert (the_item(sealed).reference, the_claim(sealed).state) == (claim.pcn, ClaimState.SEALED)
    clinic.delivered(sealed)
    posted(sealed, answer_835("140.5", paid_in_full(the_claim(sealed, "V-2")), trace="T2"))
    assert (the_claim(sealed).state, items(sealed)) == (ClaimState.PAID, ())
    assert "money.placed" in kinds_said(sealed, claim.pcn)


def test_a_partner_that_does_not_count_its_interchanges_is_posted_all_the_same(sent: Office) -> None:
    first, second = the_claim(sent), the_claim(sent, "V-2")
    posted(sent, answer_835("140.5", paid_in_full(first), control=5))
    posted(sent, answer_835("140.5", paid_in_full(second), trace="T2", control=5))
    assert the_claim(sent, "V-2").state is ClaimState.SENT
    north = replace(sent.settings.partner("north"), counts_interchanges=False)
    settings = replace(sent.settings, partners=MappingProxyType({**sent.settings.partners, "north": north}))
    office = replace(sent, settings=settings)
    posted(office, answer_835("140.5", paid_in_full(second), trace="T3", control=5))
    assert the_claim(sent, "V-2").state is ClaimState.PAID


def test_a_strangers_payment_and_its_reversal_meet(sent: Office) -> None:
    came = stranger(sent)
    posted(
        sent,
        answer_835(
            "140.5",
            tuple(
                text.replace("180.5", "190.5").replace("CO*45*20", "CO*45*30").replace("97110*120", "97110*130")
                for text in came
            ),
        ),
    )
    back = (
        f"CLP*OLD1*22*-190.5*-140.5**CI*ICN{the_claim(sent).pcn[-4:]}*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "CAS*CO*45*-50",
    )
    posted(sent, answer_835("0", back, trace="T2", plb="PLB*1234567893*20261231*FB:T2*-140.5"))
    assert [one.kind for one in items(sent)] == [ItemKind.PROVIDER]
    assert [one.left_cents for one in items(sent, ItemState.SET_OFF)] == [0, 0]
    assert reconcile(sent).holds


def without_money(number: str = "OLD1") -> tuple[str, ...]:
    """A claim that is not ours, of which nothing was paid."""
    return (
        f"CLP*{number}*4*180.5*0*0*CI*ICN9*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*180.5*0**2",
        "DTM*472*20261102",
        "CAS*CO*197*180.5",
    )


def test_where_no_money_came_none_is_paid_back(sent: Office) -> None:
    posted(sent, answer_835("0", without_money()))
    item = the_item(sent)
    assert (item.kind, item.left_cents) == (ItemKind.STRANGER, 0)
    with pytest.raises(UsageError, match=r"is no money that came to the practice: claim not ours, \$0.00; nothing was"):
        give_back(sent, item.id, reason="x")
    assert close_item(sent, item.id, reason="a claim of the clinic next door").state is ItemState.CLOSED


def test_a_remittance_set_aside_is_not_paid_back(sent: Office) -> None:
    posted(sent, answer_835("141.5", paid_in_full(the_claim(sent))))
    with pytest.raises(
        UsageError, match=r"is no money that came to the practice: set aside, \$141.50; nothing was changed"
    ):
        give_back(sent, the_item(sent).id, reason="x")


def test_strangers_meet_only_with_all_alike(sent: Office) -> None:
    """The same number of ours, the payer's number, the amount, and the payer; else both stay on the desk."""
    texts = stranger(sent, "V-2", number="OLD1", member="ZZ")
    back = tuple(
        text.replace("*1*180.5*140.5*20*", "*22*-180.5*-140.5**")
        .replace("97110*120*100**2", "97110*-120*-100**-2")
        .replace("97140*60.5*40.5**1", "97140*-60.5*-40.5**-1")
        .replace("CAS*CO*45*20", "CAS*CO*45*-20")
        .replace("CAS*PR*3*20", "CAS*PR*3*-20")
        for text in texts
    )
    posted(sent, answer_835("140.5", texts))
    carried = "PLB*1234567893*20261231*CS:{}*-140.5"
    posted(sent, answer_835("0", back, trace="T2", payer="PAYER3", plb=carried.format("A")))
    number = next(word for word in texts[0].split("*") if word.startswith("ICN"))
    other_number = tuple(text.replace(number, "ANOTHER") for text in back)
    posted(sent, answer_835("0", other_number, trace="T3", plb=carried.format("B")))
    other_payment = tuple(text.replace(number, "A THIRD") for text in texts)
    posted(sent, answer_835("140.5", other_payment, trace="T4", payer="PAYER3"))
    strangers = [one for one in items(sent) if one.kind is ItemKind.STRANGER]
    assert [one.left_cents for one in strangers] == [14050, -14050, -14050, 14050]
    posted(sent, answer_835("0", back, trace="T5", plb=carried.format("C")))
    met = [one for one in items(sent, ItemState.SET_OFF) if one.kind is ItemKind.STRANGER]
    assert sorted((one.remittance_id, one.left_cents) for one in met) == [(1, 0), (5, 0)]
    assert [one.remittance_id for one in items(sent) if one.kind is ItemKind.STRANGER] == [2, 3, 4]


def test_a_cent_paid_twice_is_an_overpayment(sent: Office) -> None:
    claim = the_claim(sent)
    a_cent = (
        f"CLP*{claim.pcn}*1*120*.01*0*CI*ICN1*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*120*.01**2",
        "DTM*472*20261102",
        "CAS*CO*45*119.99",
        f"REF*6R*{claim.pcn}01",
    )
    posted(sent, answer_835("0.01", a_cent))
    posted(sent, answer_835("0.01", a_cent, trace="T2"))
    assert (the_item(sent).kind, the_item(sent).left_cents) == (ItemKind.OVERPAID, 1)


def test_what_a_payer_adjusts_for_the_practice_is_kept_with_its_code_and_account(sent: Office) -> None:
    claim = the_claim(sent)
    plb = f"PLB*1234567893*20261231*WO:{claim.pcn}*10*L6:I-1*-2.5*AP*-4*IR:X*0"
    posted(sent, answer_835("137", paid_in_full(claim), plb=plb))
    kept = sorted(items(sent, None), key=lambda one: one.id)
    assert [(one.code, one.account, one.reference, one.claim, one.cents, str(one.state)) for one in kept] == [
        ("WO", "recovered", claim.pcn, claim.pcn, -1000, "open"),
        ("L6", "interest", "I-1", "", 250, "booked"),
        ("AP", "advance", "", "", 400, "open"),
    ]
    assert {(one.kind, one.payer, one.trace, one.owner, one.answer_id, one.due_on) for one in kept} == {
        (ItemKind.PROVIDER, "PAYER1", "T1", "biller", None, None)
    }
    assert [one.why for one in kept] == [
        "provider adjustment WO: recovered",
        "provider adjustment L6: interest",
        "provider adjustment AP: advance",
    ]
    assert all(one.held_cents == one.left_cents == one.cents and one.ordinal > 0 for one in kept)


def test_a_refund_that_the_payer_has_acknowledged_already_meets_it_at_once(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    posted(sent, answer_835("140.5", paid_in_full(claim), trace="T2"))
    plb = f"PLB*1234567893*20261231*72:{claim.pcn}*-140.5"
    posted(sent, answer_835("281", paid_in_full(the_claim(sent, "V-2")), trace="T3", plb=plb))
    twice, acknowledged = sorted(items(sent), key=lambda one: one.id)
    assert (twice.kind, acknowledged.account) == (ItemKind.OVERPAID, "refund acknowledged")
    give_back(sent, twice.id, reason="check 4711")
    assert items(sent) == ()
    assert [one.kind for one in items(sent, ItemState.SET_OFF)] == [ItemKind.PROVIDER, ItemKind.REFUND]


def test_a_payer_that_pays_under_another_id_names_its_claims_under_that_too(sent: Office) -> None:
    claim = the_claim(sent)
    adjusted = f"PLB*1234567893*20261231*CS:{claim.pcn}*10"
    other = paid_in_full(the_claim(sent, "V-2"))
    posted(sent, answer_835("130.5", other, plb=adjusted, payer="TPA7"))
    assert the_item(sent).claim == ""  # another payer's: of its claims our number says nothing
    same_payer(sent, "PAYER1", "TPA7", reason="their letter")
    posted(sent, answer_835("130.5", paid_in_full(claim), trace="T2", plb=adjusted, payer="TPA7"))
    assert [one.claim for one in sorted(items(sent), key=lambda one: one.id)] == ["", claim.pcn]


def test_what_was_posted_stays_as_it_was_though_the_payers_program_is_another_now(sent: Office) -> None:
    """Of Medicaid's patients no coinsurance is asked; this one was, by the rules of the day."""
    claim = the_claim(sent)
    coinsurance = tuple(text.replace("CAS*PR*3*20", "CAS*PR*2*20") for text in paid_in_full(claim))
    posted(sent, answer_835("140.5", coinsurance))
    before = buckets(sent)
    assert before["patient"] == "20.00"
    payer = replace(sent.settings.payer("PAYER1"), program=Program.MEDICAID)
    settings = replace(sent.settings, payers=MappingProxyType({**sent.settings.payers, "PAYER1": payer}))
    posted(replace(sent, settings=settings), answer_835("140.5", coinsurance, trace="T2"))
    assert (buckets(sent), the_item(sent).kind) == (before, ItemKind.OVERPAID)
