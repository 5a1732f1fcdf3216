"""Each shape of claim is written as in samples/837p/NAME.edi, byte for byte."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from gateway.batch import Batch
from gateway.claim import Claim, Frequency, OtherPayer
from gateway.edi.checking.check import check
from gateway.edi.checking.conformance import judge
from gateway.edi.checking.second_opinion import opinion
from gateway.edi.read.whole_file import Contents
from gateway.edi.tools.split import standings
from gateway.edi.write.professional import write
from gateway.people import Address, Coverage, Employer, Facility, Person, Provider, Relationship, Sex, TaxIdKind
from gateway.visit import Accident, AccidentKind

SAMPLES = Path(__file__).parents[3] / "samples" / "837p"

HOME = Address(line1="7 Alder Court", city="Springfield", state="IL", zip_code="62704")
REFERRER = Provider(npi="1900000039", last_name="Okafor", first_name="Lien")
PARENT = Person(last_name="Quint", first_name="Mára", birth_date=date(1985, 7, 4), sex=Sex.FEMALE, address=HOME)
CHILD = Person(last_name="Quint", first_name="Bo", birth_date=date(2015, 3, 9), sex=Sex.UNKNOWN, address=HOME)


def medicare_self(claim: Claim) -> Claim:
    return replace(claim, referring=REFERRER, onset=date(2026, 10, 1))


def dependent(claim: Claim) -> Claim:
    coverage = replace(
        claim.coverage,
        payer_id="COMM1",
        payer_name="Invented Health Plan",
        group_number="G-100",
        relationship=Relationship.CHILD,
        subscriber=PARENT,
    )
    return replace(claim, patient=CHILD, coverage=coverage, filing_code="CI")


def referring_and_authorization(claim: Claim) -> Claim:
    return replace(claim, filing_code="HM", referring=REFERRER, authorization="AUTH-778", initial_treatment=claim.day)


def facility_and_supervisor(claim: Claim) -> Claim:
    facility = Facility(name="Riverbend Annex", npi="1900000047", address=replace(HOME, zip_code="627040002"))
    supervising = Provider(npi="1900000054", last_name="Ødegård", first_name="Æva")
    return replace(claim, facility=facility, supervising=supervising)


def workers_compensation(claim: Claim) -> Claim:
    coverage = replace(
        claim.coverage,
        payer_id="WORK1",
        payer_name="Invented Compensation Fund",
        member_id="",
        relationship=Relationship.EMPLOYEE,
        subscriber=Employer(name="Brick & Tile Works", address=HOME),
        claim_number="WC-2026-00417",
    )
    accident = Accident(kind=AccidentKind.EMPLOYMENT, happened_on=date(2026, 9, 30))
    return replace(claim, coverage=coverage, filing_code="WC", accident=accident)


def auto_accident(claim: Claim) -> Claim:
    coverage = replace(claim.coverage, payer_id="AUTO1", payer_name="Invented Mutual", claim_number="A-55012")
    accident = Accident(kind=AccidentKind.AUTO, happened_on=date(2026, 8, 15), state="IL")
    return replace(claim, coverage=coverage, filing_code="AM", accident=accident)


def replacement(claim: Claim) -> Claim:
    rendering = replace(claim.rendering, npi=claim.billing.npi)
    return replace(
        claim,
        frequency=Frequency.REPLACEMENT,
        payer_claim_number="ICN20261102001",
        filing_code="CI",
        rendering=rendering,
    )


def other_payers(claim: Claim) -> Claim:
    """The patient's own second policy, and a third by the mother's employer plan; the first is a dependent's."""
    own = Coverage(payer_id="BLUE7", payer_name="Bluestem Mutual", member_id="BLM1", relationship=Relationship.SELF)
    mothers = Coverage(
        payer_id="HARB1",
        payer_name="Harbor Health Plan",
        member_id="HHP20079920",
        group_number="G7741",
        relationship=Relationship.CHILD,
        subscriber=PARENT,
    )
    others = (
        OtherPayer(name="Bluestem Mutual", sequence="S", filing_code="BL", coverage=own),
        OtherPayer(name="Harbor Health Plan", sequence="T", filing_code="CI", coverage=mothers),
    )
    return replace(facility_and_supervisor(dependent(claim)), other_payers=others)


def medicare_second(claim: Claim) -> Claim:
    """A group plan first, for the patient is working; then Medicare; and a fund that knows an employer's claim by its number."""
    medicare = replace(claim.coverage, payer_id="MCRB1", payer_name="Medicare B", medicare_second_reason="12")
    fund = workers_compensation(claim).coverage
    others = (
        OtherPayer(name="Medicare B", sequence="S", filing_code="MB", coverage=medicare),
        OtherPayer(name="Fund", sequence="T", filing_code="WC", coverage=fund),
    )
    plan = replace(claim.coverage, payer_id="COMM1", payer_name="Invented Health Plan", member_id="IHP5")
    return replace(claim, coverage=plan, filing_code="CI", other_payers=others)


def solo_therapist(claim: Claim) -> Claim:
    """A therapist who bills as a person, by a social security number, and treated."""
    billing = replace(
        claim.billing,
        name=claim.rendering.last_name,
        first_name=claim.rendering.first_name,
        npi=claim.rendering.npi,
        tax_id="900000002",
        tax_id_kind=TaxIdKind.SSN,
        taxonomy="225100000X",
    )
    return replace(claim, billing=billing)


SHAPES: tuple[Callable[[Claim], Claim], ...] = (
    medicare_self,
    dependent,
    referring_and_authorization,
    facility_and_supervisor,
    workers_compensation,
    auto_accident,
    replacement,
    other_payers,
    medicare_second,
    solo_therapist,
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_claim_is_written_as_in_the_sample_and_conforms(shape: Callable[[Claim], Claim], batch: Batch) -> None:
    raw = write(replace(batch, claims=(shape(batch.claims[0]),)))
    golden = SAMPLES / f"{shape.__name__}.edi"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_bytes(raw)
    assert raw == golden.read_bytes()
    assert check(raw).findings == ()
    assert opinion(raw) == ()
    judge(raw)


def test_each_billing_provider_has_one_level_and_each_claim_its_own(batch: Batch) -> None:
    first = batch.claims[0]
    other = replace(first.billing, name="Hilltop Therapy", npi="1234567893")
    claims = (first, replace(dependent(first), billing=other), dependent(first))
    raw = write(replace(batch, claims=claims))
    levels = [tuple(each.parts[1:]) for each, _ in standings(Contents(raw)) if each.parts[0] == "HL"]
    assert levels == [
        ("1", "", "20", "1"),
        ("2", "1", "22", "0"),
        ("3", "1", "22", "1"),
        ("4", "3", "23", "0"),
        ("5", "", "20", "1"),
        ("6", "5", "22", "1"),
        ("7", "6", "23", "0"),
    ]
    assert check(raw).accepted
    assert opinion(raw) == ()


def test_every_kind_of_other_payer_stands_on_a_claim_that_conforms(batch: Batch) -> None:
    """Each relationship, kind of subscriber, group and filing code, behind a first payer of each shape, in one file."""
    own = batch.claims[0].coverage
    employer = Employer(name="Brick & Tile Works", address=HOME)
    owners: list[tuple[Relationship, Person | Employer | None]] = [(Relationship.SELF, None)]
    owners += [(one, PARENT) for one in Relationship if one is not Relationship.SELF]
    owners += [(Relationship.EMPLOYEE, employer), (Relationship.OTHER, employer)]
    kinds = [
        ("MB", "12"),
        ("MA", "47"),
        ("MC", ""),
        ("CI", ""),
        ("CI", "12"),
        ("16", ""),
        ("ZZ", ""),
        ("WC", ""),
        ("AM", ""),
    ]
    claims = []
    for number, ((related, whose), (kind, why), group) in enumerate(product(owners, kinds, ("", "G-100"))):
        coverage = replace(
            own,
            payer_id="OTHER1",
            payer_name="Other Plan",
            group_number=group,
            relationship=related,
            subscriber=whose,
            medicare_second_reason=why,
        )
        others = (OtherPayer(name="Other Plan", sequence="S", filing_code=kind, coverage=coverage),)
        first = SHAPES[number % 7](batch.claims[0])
        claims.append(replace(first, patient_control_number=f"RB{number:014}", other_payers=others))
        assert claims[-1].named_payers == others
    raw = write(replace(batch, claims=tuple(claims)))
    assert check(raw).findings == ()
    assert opinion(raw) == ()
    judge(raw)
    assert raw.count(b"OI***Y***Y~") == len(claims)
