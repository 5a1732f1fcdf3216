"""What a fresh reader found in the desk: each stays mended."""

import pytest

from gateway.desk import ItemKind, ItemState
from gateway.edi.read.inbound_file import read_answers
from gateway.errors import LedgerConflict, UsageError
from gateway.ledger import inbound
from gateway.lifecycle import ClaimState
from gateway.remit.set_off import Entry, meet
from gateway.remittance import Remittance
from gateway.service.desk.decide import close_item, give_back
from gateway.service.desk.place import place
from gateway.service.desk.typed import read_line
from gateway.service.desk.unpost import unpost
from gateway.service.inbound.post import post
from gateway.service.money.post_remittance import Remitting
from gateway.service.office import Office
from tests.service.clinic import answer_835, arrived, paid_in_full, the_claim
from tests.service.desk.played import buckets, items, posted, the_item

LINES = {1: ("97110*120*100**2", "CAS*CO*45*20"), 2: ("97140*60.5*40.5**1", "CAS*PR*3*20")}


def some_lines(office: Office, *places: int, number: str = "A") -> tuple[str, ...]:
    """The claim paid as in full, but only some of its lines."""
    claim = the_claim(office)
    charge = sum({1: 120.0, 2: 60.5}[at] for at in places)
    paid = sum({1: 100.0, 2: 40.5}[at] for at in places)
    texts = [
        f"CLP*{claim.pcn}*1*{charge:g}*{paid:g}*{20 if 2 in places else 0}*CI*{number}*11*1",
        "NM1*QC*1*QUILL*MARA",
    ]
    for at in places:
        line, cas = LINES[at]
        texts += [f"SVC*HC:{line}", "DTM*472*20261102", cas, f"REF*6R*{claim.pcn}{at:02}"]
    return tuple(texts)


def duplicate(office: Office) -> tuple[str, ...]:
    """Line 1 refused as a duplicate (CO 18)."""
    claim = the_claim(office)
    return (
        f"CLP*{claim.pcn}*4*120*0**CI*C*11*1",
        "NM1*QC*1*QUILL*MARA",
        "SVC*HC:97110*120*0**2",
        "DTM*472*20261102",
        "CAS*CO*18*120",
        f"REF*6R*{claim.pcn}01",
    )


@pytest.fixture
def half_twice(sent: Office) -> Office:
    """Line 1 was paid twice, and with the second payment line 2."""
    posted(sent, answer_835("100", some_lines(sent, 1)))
    posted(sent, answer_835("140.5", some_lines(sent, 1, 2, number="B"), trace="T2"))
    assert (the_item(sent).kind, the_item(sent).left_cents) == (ItemKind.OVERPAID, 10000)
    return sent


@pytest.mark.parametrize("end", [give_back, close_item])
def test_what_a_person_ends_is_what_waited_and_not_the_rest_of_its_answer(half_twice: Office, end: object) -> None:
    item = the_item(half_twice)
    end(half_twice, item.id, reason="check 4711")  # type: ignore[operator]
    posted(half_twice, answer_835("0", duplicate(half_twice), trace="T3"))
    assert (the_claim(half_twice).state, buckets(half_twice)["paid"]) == (ClaimState.PAID, "140.50")
    (ended,) = [one for one in items(half_twice, None) if one.id == item.id]
    assert ended.held_cents == 10000


def test_a_payment_of_which_a_part_stands_is_not_placed_elsewhere(half_twice: Office) -> None:
    with pytest.raises(UsageError, match="a part of the answer of item"):
        place(half_twice, the_item(half_twice).id, "V-2", reason="x", says=[read_line("1=100.00 CO45=20.00")])
    assert the_item(half_twice).state is ItemState.OPEN


def test_what_contradicts_itself_is_not_taken_up_by_the_next_round(sent: Office) -> None:
    first, second = the_claim(sent), the_claim(sent, "V-2")
    mixed = (paid_in_full(second)[0].replace(second.pcn, first.pcn), *paid_in_full(second)[1:])
    posted(sent, answer_835("140.5", mixed))
    assert the_item(sent).kind is ItemKind.STRANGER
    post(sent)
    assert (the_item(sent).claim, the_claim(sent).state) == ("", ClaimState.SENT)


def overpaid(office: Office, more: int, *, reverses: bool = False) -> tuple[str, ...]:
    """The claim paid with so many dollars more than in full on its first line."""
    sign = "-" if reverses else ""
    texts = paid_in_full(the_claim(office), reverses=reverses)
    changes = {
        f"{sign}180.5*{sign}140.5": f"{sign}180.5*{sign}{140.5 + more:g}",
        f"{sign}120*{sign}100": f"{sign}120*{sign}{100 + more}",
        f"CO*45*{sign}20": f"CO*45*{(20 - more) * (-1 if reverses else 1)}",
    }
    for before, after in changes.items():
        texts = tuple(text.replace(before, after) for text in texts)
    return texts


def test_another_excess_is_another_item_and_what_was_paid_back_is_counted_once(sent: Office) -> None:
    posted(sent, answer_835("200.5", overpaid(sent, 60)))
    assert the_item(sent).cents == 2000
    posted(sent, answer_835("30", overpaid(sent, 60, reverses=True), overpaid(sent, 90), trace="T2"))
    assert (the_item(sent).cents, the_item(sent).left_cents) == (5000, 5000)
    give_back(sent, the_item(sent).id, reason="check 1")
    posted(sent, answer_835("0", duplicate(sent), trace="T3"))
    # The duplicate's denial waits beside the payment; of what was paid back nothing is asked again.
    assert [one.kind for one in items(sent)] == [ItemKind.MISFIT]
    with pytest.raises(UsageError, match="were paid back already"):
        unpost(sent, 2, reason="again")
    back = answer_835(
        "0",
        overpaid(sent, 90, reverses=True),
        paid_in_full(the_claim(sent)),
        trace="T4",
        plb="PLB*1234567893*20261231*FB:T4*-90",
    )
    posted(sent, back)
    posted(sent, answer_835("60", paid_in_full(the_claim(sent), reverses=True), overpaid(sent, 60), trace="T5"))
    assert [one.cents for one in items(sent) if one.kind is ItemKind.OVERPAID] == [2000]


def test_another_payers_number_says_nothing(sent: Office) -> None:
    claim = the_claim(sent)
    denied = tuple(text.replace(f"*CI*ICN{claim.pcn[-4:]}*", "*CI*1001*") for text in paid_in_full(claim))
    posted(sent, answer_835("140.5", denied))
    other = tuple(text.replace(f"CLP*{claim.pcn}", "CLP*0") for text in denied if not text.startswith("REF*6R"))
    posted(sent, answer_835("140.5", other, payer="OTHERP", trace="T2"))
    assert the_item(sent).kind is ItemKind.STRANGER


def test_what_does_not_belong_together_is_not_set_off() -> None:
    nameless = [Entry(1, 100, "recovered", "", "", "T1"), Entry(2, -100, "recovered", "", "", "T2")]
    assert meet(nameless) == {}
    other_codes = [Entry(1, 100, "other 51", "", "X", "T1"), Entry(2, -100, "other BN", "", "X", "T2")]
    assert meet(other_codes) == {}
    by_trace = [Entry(1, 100, "recovered", "", "", "T1"), Entry(2, -60, "recovered", "", "T1", "T2")]
    assert meet(by_trace) == {1: 40, 2: 0}


def test_a_recovery_that_is_read_before_the_second_payment_meets_it_all_the_same(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    plb = f"PLB*1234567893*20261231*WO:{claim.pcn}*140.5"
    posted(sent, answer_835("0", paid_in_full(the_claim(sent, "V-2")), trace="T3", plb=plb))
    posted(sent, answer_835("140.5", paid_in_full(claim), trace="T2"))
    assert items(sent) == ()


def test_a_recovery_is_open_again_once_the_payment_that_it_met_is_taken_back_by_a_reversal(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    posted(sent, answer_835("140.5", paid_in_full(claim), trace="T2"))
    recovered = f"PLB*1234567893*20261231*WO:{claim.pcn}*140.5"
    posted(sent, answer_835("0", paid_in_full(the_claim(sent, "V-2")), trace="T3", plb=recovered))
    assert items(sent) == ()
    carried = f"PLB*1234567893*20261231*FB:{claim.pcn}*-140.5"
    posted(sent, answer_835("0", paid_in_full(claim, reverses=True), trace="T4", plb=carried))
    assert items(sent) == ()
    assert buckets(sent)["paid"] == "281.00"


def test_what_a_person_decides_between_reading_and_writing_is_seen(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    posted(sent, answer_835("140.5", paid_in_full(claim), trace="T2"))
    number = arrived(
        sent,
        answer_835("0", paid_in_full(claim, reverses=True), trace="T3", plb="PLB*1234567893*20261231*FB:T3*-140.5"),
        name="late",
    )
    with sent.ledger.reading() as tx:
        file = inbound.by_id(tx, sent.practice.key, number)
        raw = inbound.bytes_of(tx, sent.practice.key, number)
    (remittance,) = [one.what for one in read_answers(raw) if isinstance(one.what, Remittance)]
    remitting = Remitting(sent, file)
    prepared = remitting.prepare(remittance)
    give_back(sent, the_item(sent).id, reason="check 1")
    with pytest.raises(LedgerConflict, match="has changed meanwhile"), sent.ledger.writing() as tx:
        remitting.write(tx, prepared)
    post(sent)
    assert the_claim(sent).state is ClaimState.PAID
    assert buckets(sent)["paid"] == "140.50"


def test_what_a_reversal_has_taken_back_is_not_taken_off_once_more(sent: Office) -> None:
    claim = the_claim(sent)
    posted(sent, answer_835("140.5", paid_in_full(claim)))
    back = answer_835("0", paid_in_full(claim, reverses=True), trace="T2", plb="PLB*1234567893*20261231*FB:T2*-140.5")
    posted(sent, back)
    with pytest.raises(UsageError, match="nothing of remittance 1 stands there"):
        unpost(sent, 1, reason="x")
    unpost(sent, 2, reason="their mistake")
    assert the_claim(sent).state is ClaimState.PAID
    assert buckets(sent)["paid"] == "140.50"
