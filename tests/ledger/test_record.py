"""Stored claims: written and read without pydantic, and still exactly as pydantic would have it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gateway.claim import Claim, OtherPayer, ServiceLine
from gateway.document import parsed, written
from gateway.ledger.record import (
    billed_from_bytes,
    claim_from_bytes,
    claim_to_bytes,
    payment_from_bytes,
    payment_to_bytes,
)
from gateway.people import Employer, Person
from gateway.remittance import ClaimPayment, LinePayment
from tests.people import claim

PYDANTIC = TypeAdapter(Claim)

amounts = st.decimals(0, 10**9, places=2) | st.sampled_from([Decimal(0), Decimal(7), Decimal("120.5")])
st.register_type_strategy(
    ServiceLine,
    st.builds(
        ServiceLine,
        charge=amounts,
        modifiers=st.just(()) | st.just(("GP",)),
        pointers=st.lists(st.integers(1, 12), max_size=4).map(tuple),
    ),
)
texts = st.text(st.characters(codec="utf-8"))
claims = st.from_type(Claim)


@given(claims)
def test_every_claim_is_written_and_read_as_pydantic_does(one: Claim) -> None:
    body = claim_to_bytes(one)
    assert body == PYDANTIC.dump_json(one)
    read = claim_from_bytes(body)
    assert read == one == PYDANTIC.validate_json(body)
    assert repr(read) == repr(one), "equal amounts may still differ in their digits"


def stored(one: Claim) -> dict[str, Any]:
    document: dict[str, Any] = parsed(claim_to_bytes(one))
    return document


def read(document: dict[str, Any]) -> Claim:
    return claim_from_bytes(written(document))


def test_a_claim_that_todays_check_would_refuse_is_read_as_it_was_stored() -> None:
    document = stored(claim())
    document["lines"][0].update(charge="-1.234", modifiers=["GP", "KX", "59", "CQ", "GA"])
    line = read(document).lines[0]
    assert (line.charge, len(line.modifiers)) == (Decimal("-1.234"), 5)
    with pytest.raises(ValueError, match="want an amount"):
        replace(line)


def test_a_field_that_claims_no_longer_have_is_passed_over() -> None:
    document = {**stored(claim()), "colour": "blue"}
    document["patient"]["colour"] = "blue"
    assert read(document) == claim()


def test_a_field_that_the_document_does_not_have_yet_takes_its_default() -> None:
    document = stored(claim())
    for name in ("frequency", "supervising", "initial_treatment"):
        del document[name]
    assert read(document) == claim()


def test_a_field_without_a_default_is_named_without_its_neighbours() -> None:
    document = stored(claim())
    del document["patient"]["birth_date"]
    with pytest.raises(ValueError, match=r"^a stored Person has no birth_date, which has no default$"):
        read(document)


def test_a_subscriber_is_a_person_or_an_employer_by_its_fields() -> None:
    one = claim()
    employer = Employer(name="Acme Works", address=one.patient.address)
    for subscriber in (employer, one.patient, None):
        insured = replace(one, coverage=replace(one.coverage, subscriber=subscriber))
        assert read(stored(insured)) == insured
    assert isinstance(one.patient, Person)
    assert one.lines[0].day == date(2026, 11, 2)


payments = st.builds(
    ClaimPayment,
    **dict.fromkeys(("charge", "paid", "patient_share"), amounts),
    day=st.none() | st.dates(),
    lines=st.lists(
        st.builds(
            LinePayment,
            **dict.fromkeys(("charge", "paid"), amounts),
            **dict.fromkeys(("units", "billed_units"), st.none() | amounts),
            day=st.none() | st.dates(),
            adjustments=st.just(()),
        ),
        max_size=3,
    ).map(tuple),
    adjustments=st.just(()),
)


@given(payments)
def test_every_answer_is_read_as_it_was_written(one: ClaimPayment) -> None:
    assert repr(payment_from_bytes(payment_to_bytes(one))) == repr(one)


def test_an_answer_of_before_it_said_what_was_billed_and_who_the_patient_is_can_be_read() -> None:
    none = Decimal("0.00")
    line = LinePayment("97110", ("GP",), none, none, None, None, "L1", (), (), 14)
    one = ClaimPayment("PCN1", "1", none, none, none, "CI", "ICN1", (), (), (line,), 12)
    document = parsed(payment_to_bytes(one))
    for name in ("member_id", "patient", "day"):
        del document[name]
    for name in ("billed_procedure", "billed_modifiers", "billed_units"):
        del document["lines"][0][name]
    assert payment_from_bytes(written(document)) == one


def test_claims_of_before_keep_the_names_of_their_other_payers_or_have_none() -> None:
    document = stored(claim())
    document["other_payers"] = ["Bluestem Mutual", "SUPP1"]
    assert read(document).other_payers == (OtherPayer(name="Bluestem Mutual"), OtherPayer(name="SUPP1"))
    assert read(document).named_payers == ()
    assert billed_from_bytes(written(document)).other_payers == ("Bluestem Mutual", "SUPP1")
    del document["other_payers"]
    assert (read(document).other_payers, billed_from_bytes(written(document)).other_payers) == ((), ())


def test_what_a_claim_billed_names_its_other_payers() -> None:
    one = claim()
    others = (OtherPayer(name="Bluestem Mutual", sequence="S", filing_code="BL", coverage=one.coverage),)
    one = replace(one, other_payers=others)
    assert billed_from_bytes(claim_to_bytes(one)).other_payers == ("Bluestem Mutual",)
    assert claim_from_bytes(claim_to_bytes(one)) == one
