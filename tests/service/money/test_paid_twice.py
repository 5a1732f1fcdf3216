"""Two versions of a claim are paid: the first payment is too much, until the payer takes it back or it is paid back."""

from dataclasses import replace

import pytest

from gateway.desk import ItemKind, ItemState
from gateway.ledger.claims import StoredClaim
from gateway.lifecycle import ClaimState
from gateway.service.desk.decide import give_back
from gateway.service.desk.unpost import unpost
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.visits.correct import fix_visit
from gateway.service.visits.scrub import scrub_visits
from tests.service import clinic
from tests.service.clinic import answer_835, denied, paid_in_full, taken, the_claim, visit
from tests.service.desk.played import buckets, items, posted


@pytest.fixture
def corrected(office: Office) -> tuple[Office, StoredClaim, StoredClaim]:
    """A claim that was paid 140.50, and its correction, which has left."""
    office = replace(office, actor="Ana Reyes")
    taken(office, visit())
    scrub_visits(office)
    clinic.delivered(office)
    first = the_claim(office)
    posted(office, answer_835("140.5", paid_in_full(first)))
    fix_visit(office, "V-1", (("diagnoses.1", "M25.561"),), reason="the other knee")
    clinic.delivered(office)
    second = the_claim(office)
    assert (second.version, second.frequency) == (2, "7")
    return office, first, second


def too_much(office: Office) -> list[tuple[str, str, int]]:
    return [(one.claim, one.reference, one.left_cents) for one in items(office) if one.kind is ItemKind.OVERPAID]


def test_it_is_on_the_desk_until_the_reversal_comes(corrected: tuple[Office, StoredClaim, StoredClaim]) -> None:
    office, first, second = corrected
    posted(office, answer_835("140.5", paid_in_full(second), trace="T2"))
    assert too_much(office) == [(first.pcn, second.pcn, 14050)]
    assert reconcile(office).holds
    posted(office, answer_835("-140.5", paid_in_full(first, reverses=True), trace="T3"))
    assert too_much(office) == []
    assert buckets(office)["paid"] == "140.50"
    assert reconcile(office).holds


def test_a_reversal_in_the_same_remittance_leaves_nothing(corrected: tuple[Office, StoredClaim, StoredClaim]) -> None:
    office, first, second = corrected
    posted(office, answer_835("0", paid_in_full(second), paid_in_full(first, reverses=True), trace="T2"))
    assert items(office, None) == ()


def test_a_reversal_before_leaves_nothing(corrected: tuple[Office, StoredClaim, StoredClaim]) -> None:
    office, first, second = corrected
    posted(office, answer_835("-140.5", paid_in_full(first, reverses=True), trace="T2"))
    posted(office, answer_835("140.5", paid_in_full(second), trace="T3"))
    assert too_much(office) == []


def test_a_later_version_that_is_paid_in_part_counts_too_and_one_that_is_denied_does_not(
    corrected: tuple[Office, StoredClaim, StoredClaim],
) -> None:
    office, first, second = corrected
    posted(office, answer_835("100", denied(second), trace="T2"))
    assert too_much(office) == [(first.pcn, second.pcn, 14050)]
    posted(office, answer_835("-100", _reversed(denied(second)), trace="T3"))
    assert too_much(office) == []
    posted(office, answer_835("0", _denied_whole(second), trace="T4"))
    assert too_much(office) == []


def test_what_was_paid_back_is_not_too_much_again(corrected: tuple[Office, StoredClaim, StoredClaim]) -> None:
    office, first, second = corrected
    posted(office, answer_835("140.5", paid_in_full(second), trace="T2"))
    (item,) = items(office)
    assert give_back(office, item.id, reason="check 4711").state is ItemState.RETURNED
    posted(office, answer_835("0", paid_in_full(second), paid_in_full(second, reverses=True), trace="T3"))
    assert too_much(office) == []
    plb = f"PLB*1234567893*20261231*72:{first.pcn}*-140.5"
    posted(office, answer_835("0", paid_in_full(first, reverses=True), trace="T4", plb=plb))
    assert items(office) == ()
    assert reconcile(office).holds


def test_what_the_payer_keeps_back_of_later_payments_meets_it(
    corrected: tuple[Office, StoredClaim, StoredClaim],
) -> None:
    office, first, second = corrected
    posted(office, answer_835("140.5", paid_in_full(second), trace="T2"))
    plb = f"PLB*1234567893*20261231*WO:{first.pcn}*140.5"
    posted(office, answer_835("-140.5", trace="T3", plb=plb))
    assert items(office) == ()
    assert len(items(office, ItemState.SET_OFF)) == 2


def test_an_unposted_payment_of_the_later_version_ends_it(corrected: tuple[Office, StoredClaim, StoredClaim]) -> None:
    office, _, second = corrected
    posted(office, answer_835("140.5", paid_in_full(second), trace="T2"))
    unpost(office, 2, claim=second.pcn, reason="another clinic's")
    assert too_much(office) == []
    assert the_claim(office).state is ClaimState.REVERSED


def _reversed(segments: tuple[str, ...]) -> tuple[str, ...]:
    """The same amounts with the other sign, as CLP02 = 22."""
    changed = []
    for one in segments:
        parts = one.split("*")
        if parts[0] == "CLP":
            parts[2:5], parts[5] = ["22", f"-{parts[3]}", f"-{parts[4]}"], ""
        elif parts[0] == "SVC":
            parts[2:6] = [f"-{parts[2]}", f"-{parts[3]}".replace("-0", "0"), "", f"-{parts[5]}"]
        elif parts[0] == "CAS":
            parts[3] = f"-{parts[3]}"
        if parts[0] != "LQ":
            changed.append("*".join(parts))
    return tuple(changed)


def _denied_whole(claim: StoredClaim) -> tuple[str, ...]:
    return (
        f"CLP*{claim.pcn}*4*180.5*0*0*CI*ICN{claim.pcn[-4:]}*11*1",
        "NM1*QC*1*QUILL*MARA****MI*M1",
        "SVC*HC:97110*120*0**2",
        "DTM*472*20261102",
        "CAS*CO*50*120",
        f"REF*6R*{claim.pcn}01",
        "SVC*HC:97140*60.5*0**1",
        "DTM*472*20261102",
        "CAS*CO*50*60.5",
        f"REF*6R*{claim.pcn}02",
    )
