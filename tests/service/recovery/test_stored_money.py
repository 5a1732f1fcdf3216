"""Charges are compared with bodies and lines, payments with the 835 they came from: what was altered is named."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from gateway.ledger import append_only, claims
from gateway.ledger.record import claim_to_bytes
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office, quietly
from gateway.service.recovery.stored_money import Compared, altered_claims, altered_payments
from gateway.service.visits.scrub import scrub_visits
from tests.service.clinic import answer_835, arrived, delivered, paid_in_full, taken, the_claim, visit


@pytest.fixture
def paid(office: Office) -> Office:
    """Two claims; one was paid, money for another's claim is parked, and so is what the payer took back."""
    taken(office, visit(), visit("V-2"))
    scrub_visits(office)
    delivered(office)
    foreign = tuple(one.replace(the_claim(office).pcn, "NOTOURS") for one in paid_in_full(the_claim(office)))
    plb = "PLB*1234567893*20261231*WO:X1*10"
    arrived(office, answer_835("271", paid_in_full(the_claim(office)), foreign, plb=plb))
    post(office)
    return office


def found(office: Office) -> tuple[str, ...]:
    done = Compared()
    with office.ledger.reading() as tx:
        return (*altered_claims(office, tx, done, quietly), *altered_payments(office, tx, done, quietly))


def altered(office: Office, table: str, change: str) -> None:
    """Change rows as nobody may: without the trigger that keeps them."""
    with office.ledger.writing() as tx:
        append_only.drop(tx, table)
        tx.execute(text(f"UPDATE {table} SET {change}"))
        append_only.renew(tx)


def test_what_was_posted_and_parked_is_what_the_payer_sent(paid: Office) -> None:
    assert found(paid) == ()
    told: list[int] = []
    done = Compared()
    with paid.ledger.reading() as tx:
        list(altered_claims(paid, tx, done, told.append))
        list(altered_payments(paid, tx, done, told.append))
    assert (done.claims, done.remittances, done.unread, told) == (2, 1, 0, [1, 2, 1])


def test_a_charge_that_is_not_what_its_body_and_lines_say_is_named(paid: Office) -> None:
    pcn = the_claim(paid, "V-2").pcn
    altered(paid, "claim_versions", f"charge_cents = 1 WHERE pcn = '{pcn}'")
    assert found(paid) == (f"claim {pcn}: its charge is $0.01, its body says $180.50, its lines $180.50",)


def test_lines_that_only_come_to_the_same_total_are_named(paid: Office) -> None:
    pcn = the_claim(paid).pcn
    with paid.ledger.reading() as tx:
        first, second = claims.lines_of(tx, paid.practice.key, the_claim(paid).id)
    altered(paid, "service_lines", f"charge_cents = 18050 - charge_cents WHERE id IN ({first.id}, {second.id})")
    assert found(paid) == (f"claim {pcn}: its lines are not those of its body, though both come to $180.50",)


def test_a_body_that_was_exchanged_is_named_and_never_quoted(paid: Office) -> None:
    one = the_claim(paid)
    with paid.ledger.writing() as tx:
        body = claims.body_of(tx, paid.practice.key, one.id)
        append_only.drop(tx, "claim_versions")
        line = body.lines[0]
        assert line.charge == Decimal("120.00")
        spoilt = claim_to_bytes(body).replace(b"120.00", b"121.00")
        change = text("UPDATE claim_versions SET body = :body WHERE id = :id")
        tx.execute(change, {"body": spoilt, "id": one.id})
    assert found(paid) == (f"claim {one.pcn}: its charge is $180.50, its body says $181.50, its lines $180.50",)
    with paid.ledger.writing() as tx:
        tx.execute(change, {"body": b'{"patient": "QUILL"}', "id": one.id})
    assert found(paid) == (f"claim {one.pcn}: its stored body cannot be read",)


def test_a_payment_altered_together_with_its_posting_is_seen_by_the_answer_and_by_the_file(paid: Office) -> None:
    """20.00 moved from what stays parked to what the claim was paid: every sum of the remittance still agrees."""
    pcn = the_claim(paid).pcn
    altered(paid, "payments", "paid_cents = 16050")
    altered(paid, "postings", "cents = cents + 2000 WHERE bucket = 'paid' AND cents = 10000")
    altered(paid, "postings", "cents = cents - 2000 WHERE bucket = 'contractual'")
    altered(paid, "parked_money", "cents = cents - 2000 WHERE reason = 'claim not ours'")
    broken = {law.law for law in reconcile(paid).laws if law.broken}
    assert broken == {
        "posted and parked money is what was paid",
        "what payers said they paid is what stands on the claims",
    }
    where = "remittance 1 (inbound file 1): claim"
    assert found(paid) == (
        *sorted(
            (
                f"{where} {pcn}: the 835 says $140.50 paid, $160.50 stands in the ledger",
                f"{where} NOTOURS: the 835 says $140.50 paid, $120.50 stands in the ledger",
            )
        ),
    )


def test_what_the_payer_took_back_is_compared_too(paid: Office) -> None:
    altered(paid, "parked_money", "cents = -1 WHERE reason = 'provider adjustment'")
    assert found(paid) == (
        "remittance 1 (inbound file 1): provider adjustments: the 835 says -$10.00, -$0.01 stands in the ledger",
    )


def test_a_remittance_that_its_file_does_not_hold_is_named(paid: Office) -> None:
    with paid.ledger.writing() as tx:
        tx.execute(text("UPDATE remittances SET trace = 'T2'"))
    assert found(paid) == ("remittance 1 (inbound file 1): its file holds no such payment of $271.00",)


def test_a_file_that_cannot_be_read_now_is_counted_and_no_fault(paid: Office) -> None:
    with paid.ledger.writing() as tx:
        tx.execute(text("UPDATE inbound_files SET body = :body"), {"body": b"-----BEGIN PGP MESSAGE-----"})
    done = Compared()
    with paid.ledger.reading() as tx:
        assert list(altered_payments(paid, tx, done, quietly)) == []
    assert (done.remittances, done.unread) == (1, 1)
