"""Money of the desk placed on claims: balanced, by name and reason, or not at all."""

from dataclasses import replace
from decimal import Decimal

import pytest

from gateway.desk import ItemKind, ItemState
from gateway.errors import UsageError
from gateway.ledger import answers
from gateway.lifecycle import ClaimState
from gateway.service.desk.decide import close_item, give_back
from gateway.service.desk.place import place
from gateway.service.desk.typed import read_line, read_places
from gateway.service.desk.unpost import unpost
from gateway.service.office import Office
from gateway.service.views.desk import item_shown
from tests.service.clinic import answer_835, denied, paid_in_full, the_claim
from tests.service.desk.played import buckets, items, kinds_said, posted, stranger, the_item

PAID = {"not yet answered": "180.50", "paid": "140.50", "contractual": "20.00", "patient": "20.00"}


def test_a_strangers_answer_is_proposed_and_placed_and_the_claim_is_answered(sent: Office) -> None:
    posted(sent, answer_835("140.5", stranger(sent)))
    item = the_item(sent)
    assert (item.kind, item.left_cents, item.reference, item.claim) == (ItemKind.STRANGER, 14050, "OLD1", "")
    shown = item_shown(sent, item.id)
    assert shown.answer is not None
    # Two visits of one patient with the same codes: nobody can tell them apart, and both say so.
    assert {one.pcn for one in shown.candidates} == {the_claim(sent).pcn, the_claim(sent, "V-2").pcn}
    assert all("one of 2 alike" in one.why for one in shown.candidates)
    assert place(sent, item.id, "V-1", reason="", dry_run=True).state is ClaimState.PAID
    assert the_item(sent).state is ItemState.OPEN
    placed = place(replace(sent, actor="Ana Reyes"), item.id, "V-1", reason="told by telephone")
    assert (placed.claim, placed.amount, placed.state) == (the_claim(sent).pcn, Decimal("140.50"), ClaimState.PAID)
    assert buckets(sent) == PAID
    assert (items(sent), the_claim(sent).payer_claim_number[:3]) == ((), "ICN")
    with sent.ledger.reading() as tx:
        (kept,) = answers.of_versions(tx, sent.practice.key, [the_claim(sent).id])[the_claim(sent).id]
    assert kept.found_by == "by hand"
    assert {"money.placed", "claim.paid"} <= set(kinds_said(sent, the_claim(sent).pcn))
    with pytest.raises(UsageError, match="is placed already"):
        place(sent, item.id, "V-1", reason="again")


def test_a_second_payment_under_foreign_numbers_is_not_placed_and_the_refusal_says_how_it_is_paid_back(
    sent: Office,
) -> None:
    posted(sent, answer_835("140.5", paid_in_full(the_claim(sent))))
    posted(sent, answer_835("140.5", stranger(sent), trace="T2"))
    item = the_item(sent)
    with pytest.raises(UsageError, match=f"paid it twice, pay it back: gateway money return {item.id} --by NAME"):
        place(sent, item.id, "V-1", reason="the EOB names it")
    assert give_back(sent, item.id, reason="check 4711").state is ItemState.RETURNED
    assert buckets(sent) == PAID


def test_later_answers_under_the_same_two_numbers_follow_to_where_a_person_placed_the_first(sent: Office) -> None:
    posted(sent, answer_835("140.5", stranger(sent, member="ANOTHER")))
    place(sent, the_item(sent).id, "V-1", reason="told by telephone")
    back = tuple(
        text.replace("*1*180.5*140.5*20*", "*22*-180.5*-140.5**")
        .replace("97110*120*100**2", "97110*-120*-100**-2")
        .replace("97140*60.5*40.5**1", "97140*-60.5*-40.5**-1")
        .replace("CAS*CO*45*20", "CAS*CO*45*-20")
        .replace("CAS*PR*3*20", "CAS*PR*3*-20")
        for text in stranger(sent, member="ANOTHER")
    )
    posted(sent, answer_835("0", back, trace="T2", plb="PLB*1234567893*20261231*FB:T2*-140.5"))
    assert the_claim(sent).state is ClaimState.REVERSED
    assert [(one.kind, one.left_cents) for one in items(sent)] == [(ItemKind.PROVIDER, 14050)]
    assert buckets(sent) == {"not yet answered": "361.00"}


def test_what_does_not_fit_is_refused_and_nothing_moves_and_what_a_person_types_has_to_come_out(sent: Office) -> None:
    short = tuple(text.replace("180.5*140.5", "60.5*40.5") for text in stranger(sent) if "97110" not in text)
    short = tuple(text for text in short if not text.startswith("CAS*CO"))
    posted(sent, answer_835("40.5", tuple(text.replace("97140", "97530") for text in short)))
    item = the_item(sent)
    with pytest.raises(UsageError, match="97530 first, are not on our claim; nothing was changed; tell of each line"):
        place(sent, item.id, "V-1", reason="guessed")
    for says, why in (
        (
            "1=40.50 CO45=79.00",
            r"was charged \$120.00; you told of \$40.50 paid and \$79.00 adjusted, which is \$119.50",
        ),
        ("1=41.50 CO45=78.50", r"is \$40.50; what you told of comes to \$41.50"),
        ("3=40.50", "the claim has no line 3; it has 2"),
    ):
        with pytest.raises(UsageError, match=why):
            place(sent, item.id, "V-1", reason="guessed", says=[read_line(says)])
    assert the_item(sent).left_cents == 4050
    place(sent, item.id, "V-1", reason="their letter", says=[read_line("2=40.50 CO45=20.00")])
    assert buckets(sent) == {"not yet answered": "300.50", "paid": "40.50", "contractual": "20.00"}
    assert the_claim(sent).state is ClaimState.PARTIAL


def test_a_person_says_which_line_is_which(sent: Office) -> None:
    other = tuple(text.replace("97140", "97530").replace("97110", "97112") for text in stranger(sent))
    posted(sent, answer_835("140.5", other))
    with pytest.raises(UsageError, match="line 3=1: the answer has 2 lines, the claim 2"):
        place(sent, the_item(sent).id, "V-2", reason="it is", on_lines={3: 1})
    place(sent, the_item(sent).id, "V-2", reason="it is", on_lines=read_places(("1=1", "2=2")))
    assert buckets(sent) == PAID


@pytest.mark.parametrize(
    "text", ["", "80.00", "1=80.5", "one=80.00", "1=80.00 45=20.00", "1=80.00 CO45", "1=80.00 XX45=1.00"]
)
def test_what_is_typed_and_cannot_be_understood_is_told(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not understood|is no reason"):
        read_line(text)


def test_what_is_typed_is_read_to_the_cent() -> None:
    line = read_line("2=80 CO45=20.00 PR1=-5.25")
    assert (line.place, str(line.paid)) == (2, "80")
    assert [(one.group, one.carc, str(one.amount)) for one in line.adjustments] == [
        ("CO", "45", "20.00"),
        ("PR", "1", "-5.25"),
    ]
    with pytest.raises(UsageError, match="write ANSWER=CLAIM"):
        read_places(("2-1",))


def test_what_the_payer_recovered_is_placed_as_the_reversal_of_what_it_paid(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    plb = f"PLB*1234567893*20261231*WO:{claim.pcn}*140.5"
    posted(sent, answer_835("0", paid_in_full(the_claim(sent, "V-2")), trace="T2", plb=plb))
    item = the_item(sent)
    assert (item.kind, item.left_cents, item.claim, item.account) == (
        "provider adjustment",
        -14050,
        claim.pcn,
        "recovered",
    )
    with pytest.raises(UsageError, match="no claim that has left, and no visit with one, called V-9"):
        place(sent, item.id, "V-9", reason="wrong")
    place(sent, item.id, "V-1", reason="their letter")
    assert the_claim(sent).state is ClaimState.REVERSED
    assert buckets(sent) == PAID


def test_an_overpayment_placed_elsewhere_leaves_its_claim_and_a_claim_with_money_waiting_is_not_closed(
    sent: Office,
) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    posted(sent, answer_835("140.5", paid_in_full(claim), trace="T2"))
    item = the_item(sent)
    assert (item.kind, item.claim, item.left_cents) == (ItemKind.OVERPAID, claim.pcn, 14050)
    other = [read_line("1=100.00 CO45=20.00"), read_line("2=40.50 PR3=20.00")]
    place(sent, item.id, "V-2", reason="meant for the other visit", says=other)
    assert the_claim(sent, "V-2").state is ClaimState.PAID
    assert buckets(sent) == {"paid": "281.00", "contractual": "40.00", "patient": "40.00"}
    # The payer takes the second payment back under the first claim's number: that one's is taken back.
    assert items(sent) == ()


def test_what_was_posted_is_taken_off_again_and_placed_anew(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("240.5", denied(the_claim(sent, "V-2")), paid_in_full(claim)))
    before = buckets(sent)
    (off,) = unpost(replace(sent, actor="Ana Reyes"), 1, claim="V-1", reason="meant for another clinic")
    assert (off.claim, off.cents, off.state) == (claim.pcn, 14050, ClaimState.REVERSED)
    assert buckets(sent) == {"not yet answered": "180.50", "paid": "100.00", "contractual": "20.00", "denied": "60.50"}
    item = the_item(sent)
    assert (item.kind, item.left_cents, item.claim) == (ItemKind.MISFIT, 14050, claim.pcn)
    with pytest.raises(UsageError, match="nothing of remittance 1 stands there"):
        unpost(sent, 1, claim="V-1", reason="again")
    place(sent, item.id, "V-1", reason="it was right")
    assert (buckets(sent), items(sent)) == (before, ())


def test_a_whole_remittance_is_taken_off_and_closed_and_its_denials_with_it(sent: Office) -> None:
    posted(sent, answer_835("240.5", denied(the_claim(sent, "V-2")), paid_in_full(the_claim(sent))))
    assert len(unpost(sent, 1, reason="another clinic's")) == 2
    assert buckets(sent) == {"not yet answered": "361.00"}
    for item in items(sent):
        close_item(sent, item.id, reason="another clinic's; sent to them")
    assert (buckets(sent), items(sent)) == ({"not yet answered": "361.00"}, ())
    with pytest.raises(UsageError, match="there is no remittance 9"):
        unpost(sent, 9, reason="x")
    with pytest.raises(UsageError, match="answers no claim called V-9"):
        unpost(sent, 1, claim="V-9", reason="x")


def test_what_was_recovered_of_some_lines_is_typed_as_their_reversal(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    plb = "PLB*1234567893*20261231*WO:THEIRS*100"
    posted(sent, answer_835("40.5", paid_in_full(the_claim(sent, "V-2")), trace="T2", plb=plb))
    item = the_item(sent)
    assert (item.claim, item.reference) == ("", "THEIRS")
    with pytest.raises(
        UsageError, match=r"that stands paid \$100.00; wait for the payer's reversal, or close the item"
    ):
        place(sent, item.id, "V-1", reason="their letter")
    placed = place(sent, item.id, "V-1", reason="their letter", says=[read_line("1=-100.00 CO45=-20.00")])
    assert (placed.amount, placed.state) == (Decimal("-100.00"), ClaimState.PARTIAL)
    assert (the_claim(sent).state, items(sent)) == (ClaimState.PARTIAL, ())
    with sent.ledger.reading() as tx:
        *_, kept = answers.of_versions(tx, sent.practice.key, [claim.id])[claim.id]
    assert kept.payment is not None
    assert (kept.payment.status, kept.payment.patient_control_number) == ("22", "THEIRS")
    assert (kept.ordinal, kept.payment.ordinal) == (item.ordinal, item.ordinal)
    (line,) = kept.payment.lines
    assert (line.control, line.charge, line.paid) == (f"{claim.pcn}01", Decimal("-120.00"), Decimal("-100.00"))


def test_only_a_whole_item_is_placed(sent: Office) -> None:
    plb = "PLB*1234567893*20261231*FB:X1*-100"
    posted(sent, answer_835("240.5", paid_in_full(the_claim(sent)), plb=plb))
    plb = "PLB*1234567893*20261231*WO:X1*60"
    posted(sent, answer_835("80.5", paid_in_full(the_claim(sent, "V-2")), trace="T2", plb=plb))
    item = the_item(sent)
    assert (item.cents, item.left_cents) == (10000, 4000)
    says = [read_line("1=40.00 CO45=80.00")]
    why = f"a part of item {item.id} is settled already; only a whole one is placed; close it with the proof"
    with pytest.raises(UsageError, match=f"^{why}$"):
        place(sent, item.id, "V-1", reason="x", says=says)


def test_answers_and_amounts_that_are_not_told_of_are_refused(sent: Office) -> None:
    """Each line that a person names is one of the answer and one of the claim; each of the claim is told of once."""
    other = tuple(text.replace("97140", "97530").replace("97110", "97112") for text in stranger(sent))
    posted(sent, answer_835("140.5", other))
    item = the_item(sent)
    for on_lines in ({0: 1}, {1: 0}, {1: 3}, {3: 1}):
        ((at, of_claim),) = on_lines.items()
        with pytest.raises(
            UsageError, match=f"line {at}={of_claim}: the answer has 2 lines, the claim 2; nothing was changed"
        ):
            place(sent, item.id, "V-2", reason="it is", on_lines=on_lines)
    twice = [read_line("1=70.00 CO45=50.00"), read_line("1=70.50 CO45=49.50")]
    with pytest.raises(UsageError, match="a line is told of twice; say all of a line at once"):
        place(sent, item.id, "V-2", reason="it is", says=twice)
    assert (the_item(sent).state, the_claim(sent, "V-2").state) == (ItemState.OPEN, ClaimState.SENT)
    # The lines change places: each goes where the person says, and is posted there if its charge is that line's.
    with pytest.raises(UsageError, match="cannot be placed on claim"):
        place(sent, item.id, "V-2", reason="it is", on_lines={1: 2, 2: 1})
    place(sent, item.id, "V-2", reason="it is", on_lines={1: 1, 2: 2})
    with sent.ledger.reading() as tx:
        claim = the_claim(sent, "V-2")
        (kept,) = answers.of_versions(tx, sent.practice.key, [claim.id])[claim.id]
    assert kept.payment is not None
    assert [one.control for one in kept.payment.lines] == [f"{claim.pcn}01", f"{claim.pcn}02"]
