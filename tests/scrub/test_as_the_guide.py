"""Whatever the check of a claim would find before it is sealed, scrub has found before: nobody learns it late."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.batch import Batch
from gateway.billing import finish
from gateway.edi.checking.check import Report, check
from gateway.edi.write import professional
from gateway.finding import holding
from gateway.scrub import RULES, Case, scrub
from tests.scrub.cases import SETTINGS, case_of, sample
from tests.scrub.clean_visits import CleanVisit, clean_visits
from tests.scrub.test_scenarios import clean_case

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
BASES = (
    "POC_MISSING",
    "MOD_AT_REQUIRED",
    "ACCIDENT_DATE_MISSING",
    "SUBSCRIBER_MISSING",
    "NCCI_PAIR_BLOCKED",
    "OTHER_COVERAGE",
)
BOX = {"line1": "P.O. Box 7", "city": "Springfield", "state": "IL", "zip_code": "627011111"}
OTHER = {"name": "Other", "npi": "1234567893", "tax_id": "123456789", "taxonomy": "225100000X", "address": BOX}
ANNEX = {"name": "Annex", "address": {"line1": "1 A", "city": "Springfield", "state": "IL", "zip_code": "627010000"}}
CHANGES: tuple[tuple[str, Any], ...] = (
    ("diagnoses", ["V43.52XA", "M54.50"]),
    ("diagnoses", ["M54.50", "V43.52XA"]),
    ("diagnoses", ["W19.XXXA"]),
    ("diagnoses", ["Z00.00"]),
    ("patient.birth_date", "1867-01-01"),
    ("patient.birth_date", "2027-01-01"),
    ("patient.sex", "U"),
    ("rendering.taxonomy", "000000000X"),
    ("onset", "2027-01-01"),
    ("initial_treatment", "2027-01-01"),
    ("initial_treatment", "1900-01-01"),
    ("services.1.charge", "0.00"),
    ("services.1.charge", "99999999.99"),
    ("services.1.units", 999),
    ("services.1.pointers", [2]),
    ("services.1.code", "99999"),
    ("services.1.modifiers", ["ZZ"]),
    ("services.1.modifiers", ["59", "59"]),
    ("services.1.description", "a few words"),
    ("services.1.code", "97799"),
    ("coverages.1.member_id", "1" * 80),
    ("coverages.1.claim_number", "X" * 50),
    ("coverages.1.relationship", "spouse"),
    ("coverages.1.payer_name", ""),
    ("patient.last_name", "O'Neil-Ñ"),
    ("patient.address.state", "AE"),
    ("supervising", {"npi": "1912345679", "last_name": "Stone", "first_name": "Ida"}),
    ("facility", ANNEX),
    ("billing", OTHER),
    ("place_of_service", "21"),
    ("place_of_service", "02"),
    ("accident", {"kind": "auto", "happened_on": "2026-11-01", "state": "IL"}),
    ("accident", {"kind": "other", "happened_on": "1901-01-01"}),
    ("authorization", {"number": "X" * 50, "starts": "2026-01-01", "ends": "2026-12-31"}),
    ("date", "2026-11-15"),
)


def checked(case: Case) -> Report:
    """What the check says of the claim that a visit makes."""
    claim = finish(
        case.visit,
        case.draft,
        payer=case.payer,
        other_policies=case.other_policies,
        practice=case.practice,
        patient_control_number="B000000000001",
    )
    batch = Batch(
        practice=case.practice,
        partner=SETTINGS.partner("northgate"),
        claims=(claim,),
        interchange=1,
        group=1,
        reference="1",
        at=AT,
    )
    return check(professional.write(batch))


def said(case: Case) -> list[str]:
    return [] if holding(scrub(case)) else [f"{one.segment}{one.element}: {one.said}" for one in checked(case).findings]


@pytest.mark.parametrize("base", BASES)
def test_a_visit_that_scrub_passes_makes_a_claim_that_the_check_passes(base: str) -> None:
    document = sample(base, "good")
    assert said(case_of(document)) == []
    late = {}
    for path, value in CHANGES:
        case = case_of(copy.deepcopy(document), {path: value})
        if found := said(case):
            late[f"{path}={value}"] = found
    assert late == {}


@pytest.mark.parametrize("which", ["good", "bad"])
def test_no_sample_that_passes_is_found_by_the_check(which: str) -> None:
    cases = {rule.id: case_of(sample(rule.id, which)) for rule in RULES}
    assert {name: found for name, case in cases.items() if (found := said(case))} == {}


@pytest.mark.parametrize("visit", clean_visits(11, 60), ids=lambda one: f"{one.family}-{one.visit['visit_id']}")
def test_no_clean_visit_is_found_by_the_check(visit: CleanVisit) -> None:
    case = clean_case(visit)
    assert holding(scrub(case)) == ()
    assert said(case) == []
