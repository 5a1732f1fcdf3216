"""samples/scrub: every rule has a visit that it finds wrong and one that it passes, and says nothing of the patient."""

import re
from typing import Any

import pytest

from gateway.finding import Finding, Severity
from gateway.people import Employer, Person
from gateway.scrub import RULES, Rule, rule_by_id, scrub
from gateway.visit import Discipline, Visit
from tests.scrub.cases import MISSING, SAMPLES, SETTINGS, case_of, found, holds, sample

FACTS = ("note", "plan_of_care", "order", "progress", "authorization", "accident", "referring", "outcomes")
BY_ID = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def secrets(visit: Visit) -> set[str]:
    """What a finding must never say."""
    people = [visit.patient, *(one.subscriber for one in visit.coverages if isinstance(one.subscriber, Person))]
    employers = {one.subscriber.name for one in visit.coverages if isinstance(one.subscriber, Employer)}
    named = {part for one in people for part in (one.last_name, one.first_name, one.birth_date.isoformat())}
    return named | employers | {one.member_id for one in visit.coverages if one.member_id}


def says(finding: Finding, secret: str) -> bool:
    text = f"{finding.where} {finding.what} {finding.fix} {finding.cites}"
    return re.search(rf"\b{re.escape(secret)}\b", text, re.IGNORECASE) is not None


@BY_ID
def test_the_bad_sample_is_found_with_the_rules_own_severity(rule: Rule) -> None:
    findings = found(case_of(sample(rule.id, "bad")), rule.id)
    assert [finding.severity for finding in findings] == [rule.severity]
    (finding,) = findings
    assert finding.where
    assert finding.what
    assert finding.fix
    assert finding.cites


@BY_ID
def test_the_bad_sample_shows_this_rule_and_no_other(rule: Rule) -> None:
    assert {finding.rule for finding in scrub(case_of(sample(rule.id, "bad")))} == {rule.id}


@BY_ID
def test_the_good_sample_passes_every_rule(rule: Rule) -> None:
    assert scrub(case_of(sample(rule.id, "good"))) == ()


@BY_ID
def test_a_finding_says_nothing_of_the_patient(rule: Rule) -> None:
    case = case_of(sample(rule.id, "bad"))
    assert [
        (finding.rule, secret) for finding in scrub(case) for secret in secrets(case.visit) if says(finding, secret)
    ] == []


def test_every_folder_of_samples_is_of_a_rule() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == {rule.id for rule in RULES}


def test_the_good_samples_cover_each_discipline_and_each_configured_payer() -> None:
    visits = [case_of(sample(rule.id, "good")).visit for rule in RULES]
    assert {visit.discipline for visit in visits} == set(Discipline)
    assert {visit.coverage.payer_id for visit in visits} >= set(SETTINGS.payers)


def test_rule_ids_are_unique_and_spelled_alike() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Z]+(_[A-Z0-9]+)*", rule_id) for rule_id in ids)
    assert all(rule_by_id(rule.id) is rule for rule in RULES)
    assert rule_by_id("NO_SUCH_RULE") is None


@pytest.mark.parametrize("payer_id", ["MCRB1", "MDCD1", "HLTH1", "BLUE7"])
def test_a_claims_only_visit_is_not_checked_and_not_held(payer_id: str) -> None:
    """Codes, units, charges, people and coverage: what the practice's system does not supply holds nothing."""
    changes: dict[str, Any] = dict.fromkeys(FACTS, MISSING)
    changes |= {
        "coverages.1.payer_id": payer_id,
        "services": [
            {"code": "97110", "units": 2, "charge": "124.00"},
            {"code": "97112", "units": 1, "charge": "66.00"},
        ],
    }
    findings = scrub(case_of(sample("POC_MISSING", "good"), changes))
    assert {finding.severity for finding in findings} == {Severity.NOT_CHECKED}
    assert {"NOTE_MISSING", "MINUTES_MISSING"} <= {finding.rule for finding in findings}


def test_facts_known_to_be_absent_are_held_where_the_payer_wants_them() -> None:
    absent = dict.fromkeys(("note", "plan_of_care", "referring"))
    assert holds(case_of(sample("POC_MISSING", "good"), absent)) == [
        "NOTE_MISSING",
        "POC_MISSING",
        "REFERRING_MISSING",
    ]
