"""Each law about answers, broken on purpose: it names what is wrong, and no other history breaks it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from sqlalchemy import text

from gateway.claim import OtherPayer
from gateway.ledger.record import claim_to_bytes, has_other_payers
from gateway.remit.posting import Cover
from gateway.service.money import laid_on_lines
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from tests import people
from tests.service import clinic
from tests.service.money.answer_case import Played

SAID = "what payers said they paid is what stands on the claims"
SETTLED = "every settled claim has an answer that stands"
PATIENT = "no patient is asked while another payer is open"
DOUBT = "every sum in doubt is on the desk, with an owner, a reason and an age"
DENIALS = "no denial is open where nothing is to be done"

_LINE: Final = {"code": "97110", "modifiers": ["GP"], "units": 2, "charge": "120.00"}


def answer(
    paid: str, *cas: list[str], status: str = "1", claim: str = "A", sign: str = "", icn: str = "ICN-1"
) -> dict[str, Any]:
    """Give the answer to the one line of the claim."""
    line = {
        "line": 1,
        **_LINE,
        "charge": f"{sign}120.00",
        "paid": f"{sign}{paid}",
        "cas": [[group, carc, f"{sign}{amount}"] for group, carc, amount in cas],
        "rarcs": [],
    }
    said = {"claim": claim, "status": status, "charge": f"{sign}120.00", "paid": f"{sign}{paid}", "patient": ""}
    return {**said, "icn": icn, "cas": [], "lines": [line]}


PAID: Final = answer("80.00", ["CO", "45", "40.00"])
DENIED: Final = answer("0.00", ["CO", "197", "120.00"])
TAKEN_BACK: Final = answer("80.00", ["CO", "45", "40.00"], status="22", sign="-")
LEFT_TO_ANOTHER: Final = answer("80.00", ["CO", "45", "20.00"], ["PR", "2", "20.00"])
SECOND: Final = answer("15.00", ["CO", "23", "100.00"], ["PR", "3", "5.00"], status="2", icn="SECOND-1")
STRANGER: Final = {**answer("80.00", ["CO", "45", "40.00"], claim="X", icn="ICN-9"), "pcn": "STRANGER1"}


def played(office: Office, *answers: dict[str, Any], second_coverage: bool = False, payment: str = "") -> Office:
    """Have a claim answered, by each answer in a file of its own."""
    sets = [
        {
            "payer": "OWNCOMMERCIAL",
            "payment": payment or one["paid"],
            "credit_or_debit": "C",
            "trace": f"T{number}",
            "claims": [one],
            "plb": [],
        }
        for number, one in enumerate(answers)
    ]
    ours = {"program": "commercial", "lines": [_LINE], "second_coverage": second_coverage}
    case = {"orders": "all", "claims": {"A": ours}, "files": [{"sets": [one]} for one in sets]}
    one = Played(office, case)
    one.begin()
    one.play(tuple(range(len(answers))))
    return one.office


def broken(office: Office) -> dict[str, tuple[str, ...]]:
    return {one.law: one.broken for one in reconcile(office).laws if one.broken}


def done(office: Office, *statements: str) -> None:
    """Change rows where nothing of the product would."""
    with office.ledger.writing() as tx:
        for one in statements:
            assert tx.execute(text(one)).rowcount > 0, one


def pcn(office: Office) -> str:
    with office.ledger.reading() as tx:
        return str(tx.execute(text("SELECT pcn FROM claim_versions")).scalar_one())


HISTORIES: Final[dict[str, Callable[[Office], Office]]] = {
    "paid": lambda office: played(office, PAID),
    "denied": lambda office: played(office, DENIED),
    "denied, then paid": lambda office: played(office, DENIED, PAID),
    "paid and taken back": lambda office: played(office, PAID, TAKEN_BACK),
    "paid twice": lambda office: played(office, PAID, {**PAID, "icn": "ICN-2"}),
    "taken back before it was paid": lambda office: played(office, TAKEN_BACK),
    "of a claim that is not ours": lambda office: played(office, STRANGER),
    "left to a second payer": lambda office: played(office, LEFT_TO_ANOTHER, second_coverage=True),
    "paid by a second payer": lambda office: played(office, LEFT_TO_ANOTHER, SECOND, second_coverage=True),
    "left to the patient": lambda office: played(office, LEFT_TO_ANOTHER),
    "not in balance": lambda office: played(office, PAID, payment="81.00"),
}


@pytest.mark.parametrize("history", HISTORIES)
def test_every_law_holds_whatever_was_answered(office: Office, history: str) -> None:
    assert broken(HISTORIES[history](office)) == {}


def test_what_stands_otherwise_than_a_payer_said_is_found(office: Office) -> None:
    at_work = played(office, PAID)
    more = (
        "INSERT INTO postings (practice, payment_id, line_id, bucket, cents, group_code, carc, rarcs) SELECT practice, "
        "payment_id, line_id, '{}', {}, group_code, carc, rarcs FROM postings WHERE bucket = 'paid' AND cents = 8000"
    )
    # The line is divided to the cent all the same: the payer did not say so.
    done(at_work, more.format("paid", 1000), more.format("contractual", -1000))
    assert broken(at_work)[SAID] == (f"claim {pcn(at_work)}: off by -$10.00",)


def test_money_said_to_wait_that_is_posted_and_is_not_on_the_desk_is_found(office: Office) -> None:
    at_work = played(office, PAID)
    done(at_work, "UPDATE answers SET waits_cents = 500")
    found = broken(at_work)
    assert found[SAID] == (f"claim {pcn(at_work)}: off by -$5.00",)
    assert found[DOUBT] == (f"what waits of an answer to claim {pcn(at_work)}: off by $5.00",)


def test_an_answer_of_before_answers_were_kept_is_told_by_its_payment(office: Office) -> None:
    at_work = played(office, PAID)
    older = "INSERT INTO answers (id, practice, remittance_id, claim_version_id, ordinal, fate, waits_cents, found_by)"
    older += " SELECT 77, practice, remittance_id, claim_version_id, 0, 'stands', 0, '' FROM answers"
    payment = "INSERT INTO payments (id, practice, remittance_id, claim_version_id, status, reversal, charge_cents,"
    payment += (
        " paid_cents, payer_claim_number) SELECT 77, practice, remittance_id, claim_version_id, status, reversal,"
    )
    payment += " 0, 300, '' FROM payments"
    done(at_work, older)
    assert SAID not in broken(at_work)
    done(at_work, payment)
    # It says three dollars more, and no line has them.
    assert broken(at_work)[SAID] == (f"claim {pcn(at_work)}: off by $3.00",)


def test_a_claim_that_is_settled_by_no_answer_is_found(office: Office) -> None:
    at_work = played(office, DENIED)
    done(at_work, "UPDATE answers SET fate = 'overtaken'")
    assert broken(at_work) == {SETTLED: (pcn(at_work),)}


@pytest.mark.parametrize("column", ["owner", "why"])
def test_money_in_doubt_without_an_owner_or_a_reason_is_found(office: Office, column: str) -> None:
    at_work = played(office, STRANGER)
    done(at_work, f"UPDATE desk_items SET {column} = ' '")
    (number,) = (one.id for one in _items(at_work))
    assert broken(at_work) == {DOUBT: (f"item {number} lacks one of them",)}
    done(at_work, "UPDATE desk_items SET state = 'closed'")
    assert broken(at_work) == {}


def _items(office: Office) -> Any:
    with office.ledger.reading() as tx:
        return tx.execute(text("SELECT id FROM desk_items")).all()


def test_a_remittance_that_is_set_aside_and_on_nobodys_desk_is_found(office: Office) -> None:
    at_work = played(office, PAID, payment="81.00")
    done(at_work, "UPDATE desk_items SET state = 'closed'")
    (found,) = broken(at_work)[DOUBT]
    assert found.endswith("is set aside and not on the desk")


@pytest.mark.parametrize("state", ["closed", "replaced", "voided"])
def test_a_denial_that_is_open_on_a_claim_that_ended_is_found(office: Office, state: str) -> None:
    at_work = played(office, DENIED)
    done(at_work, f"UPDATE claim_versions SET state = '{state}'")
    assert broken(at_work)[DENIALS] == (pcn(at_work),)


def test_a_denial_that_is_open_though_the_line_was_paid_since_is_found(office: Office) -> None:
    at_work = played(office, DENIED, PAID)
    done(at_work, "UPDATE denials SET state = 'open'")
    assert broken(at_work) == {DENIALS: (pcn(at_work),)}


def test_a_patient_who_is_asked_before_a_second_payer_is_found(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_on_lines, "Cover", lambda _others, *, medicaid: Cover(medicaid=medicaid))
    at_work = played(office, LEFT_TO_ANOTHER, second_coverage=True)
    assert broken(at_work) == {PATIENT: (f"claim {pcn(at_work)}: $20.00 of the patient",)}


def test_what_a_second_payer_leaves_to_the_patient_is_the_patients(office: Office) -> None:
    at_work = played(office, LEFT_TO_ANOTHER, SECOND, second_coverage=True)
    assert str(reconcile(at_work).buckets["patient"]) == "5.00"
    done(at_work, "UPDATE answers SET fate = 'waits' WHERE id = (SELECT max(id) FROM answers)")
    assert broken(at_work)[PATIENT] == (f"claim {pcn(at_work)}: $5.00 of the patient",)


def test_whether_a_claim_names_other_payers_is_told_without_reading_it() -> None:
    alone = people.claim("PCN1")
    covered = replace(alone, other_payers=(OtherPayer(name="SECOND PLAN"),))
    assert (has_other_payers(claim_to_bytes(alone)), has_other_payers(claim_to_bytes(covered))) == (False, True)
    named = replace(alone, patient=replace(alone.patient, last_name='"other_payers":[1'))
    assert not has_other_payers(claim_to_bytes(named))
    assert not has_other_payers(b'{"lines":[]}')


LAWS: Final = (
    "every visit and claim is somewhere",
    "every answered line is divided to the cent",
    "no claim version is in two files",
    "the bytes of sealed files never changed",
    "posted and parked money is what was paid",
    SAID,
    SETTLED,
    PATIENT,
    "what was set off came to nothing together",
    DOUBT,
    "every denied dollar is on somebody's list",
    DENIALS,
    "every partner that something waits for is configured",
    "every state was entered on evidence",
)

_CARRIED_TWICE: Final = (
    "INSERT INTO interchange_claims (practice, interchange_id, claim_version_id, withdrawn) "
    "SELECT practice, interchange_id, claim_version_id, withdrawn FROM interchange_claims"
)
_THREE_MORE: Final = (
    "INSERT INTO postings (practice, payment_id, line_id, bucket, cents, group_code, carc, rarcs) "
    "SELECT practice, payment_id, line_id, bucket, 3, group_code, carc, rarcs FROM postings WHERE bucket = 'paid'"
)


@pytest.mark.parametrize(
    ("history", "statement", "law", "found"),
    [
        ("paid", "DELETE FROM interchange_claims", LAWS[0], "{pcn}"),
        ("sent", "UPDATE claim_versions SET state = 'paid'", LAWS[0], "{pcn}"),
        ("paid", _THREE_MORE, LAWS[1], "claim {pcn} line {pcn}01: off by -$0.03"),
        ("paid", _THREE_MORE, LAWS[4], "remittance 1: off by -$0.03"),
        ("paid", "UPDATE interchanges SET sha256 = 'x'", LAWS[3], "file elm_north_000000001.837"),
        ("paid", "UPDATE interchanges SET wire_sha256 = 'x'", LAWS[3], "file elm_north_000000001.837"),
        ("paid", "UPDATE remittances SET payment_cents = 8007", LAWS[4], "remittance 1: off by $0.07"),
        ("stranger", "UPDATE desk_items SET held_cents = held_cents + 5", LAWS[4], "remittance 1: off by $0.05"),
        (
            "stranger",
            "UPDATE desk_items SET state = 'set off', left_cents = 0",
            LAWS[8],
            "payer OWNCOMMERCIAL: off by $80.00",
        ),
        ("denied", "DELETE FROM denials", LAWS[10], "{pcn}"),
        (
            "sent",
            "UPDATE claim_versions SET state = 'ready', partner = 'gone'",
            LAWS[12],
            "partner gone has no file in partners/",
        ),
        ("paid", "UPDATE claim_versions SET state = 'partial'", LAWS[13], "{pcn}"),
    ],
)
def test_each_law_finds_what_breaks_it_and_says_where(
    office: Office, history: str, statement: str, law: str, found: str
) -> None:
    answers = {"paid": [PAID], "denied": [DENIED], "stranger": [STRANGER], "sent": []}[history]
    at_work = played(office, *answers)
    assert broken(at_work) == {}
    done(at_work, statement)
    assert found.format(pcn=pcn(at_work)) in broken(at_work)[law]


def test_a_visit_that_says_it_became_a_claim_and_did_not_is_found(office: Office) -> None:
    clinic.taken(office, clinic.visit())
    assert broken(office) == {}
    done(office, "UPDATE visit_versions SET state = 'claimed'")
    assert (broken(office), reconcile(office).lost) == ({LAWS[0]: ("V-1",)}, 1)


def test_what_is_lost_doubled_and_unexplained_is_counted(office: Office) -> None:
    at_work = played(office, PAID)
    with office.ledger.writing() as tx:
        tx.execute(text("DROP INDEX uq_interchange_claims_carried_once"))  # it forbids just that
    done(at_work, _CARRIED_TWICE, "UPDATE remittances SET payment_cents = 7993", _THREE_MORE)
    assert broken(at_work)[LAWS[2]] == (pcn(at_work),)
    outcome = reconcile(at_work)
    assert (outcome.lost, outcome.duplicated, str(outcome.unexplained)) == (0, 1, "0.13")
    done(at_work, "DELETE FROM interchange_claims")
    outcome = reconcile(at_work)
    assert (outcome.lost, outcome.duplicated, outcome.holds) == (1, 0, False)


def test_the_laws_are_told_by_name_and_in_order(office: Office) -> None:
    assert tuple(one.law for one in reconcile(played(office, PAID)).laws) == LAWS
