"""Who covers a patient beside the first payer, and what a claim may say of them."""

from dataclasses import replace

import pytest

from gateway.billing import draft, finish, other_coverages
from gateway.claim import Claim
from gateway.people import Coverage, Employer, Relationship
from gateway.visit import Visit
from tests.people import ADDRESS, PATIENT
from tests.scrub.cases import SETTINGS, case_of, policies_of, sample

CASE = case_of(sample("OTHER_COVERAGE", "bad"))
FIRST, SECOND = CASE.visit.coverages
MEDICARE = replace(SECOND, payer_id="MCRB1", payer_name="", member_id="1EG4TE5MK73")
STRANGER = replace(SECOND, payer_id="SUPP1", payer_name="Supplement One", member_id="S00012")


def covered_by(*coverages: Coverage) -> Visit:
    return replace(CASE.visit, coverages=coverages)


def claim_of(visit: Visit) -> Claim:
    payer = SETTINGS.payer(visit.coverage.payer_id)
    return finish(
        visit,
        draft(visit, payer),
        payer=payer,
        other_policies=policies_of(visit),
        practice=SETTINGS.practice,
        patient_control_number="PCN0000000001",
    )


def lacking(other: Coverage) -> tuple[str, ...]:
    visit = covered_by(FIRST, other)
    (one,) = other_coverages(visit, policies_of(visit))
    return one.payer.lacks


def test_each_has_its_turn_and_what_its_payers_file_says() -> None:
    others = claim_of(covered_by(FIRST, SECOND, STRANGER)).other_payers
    assert [(one.name, one.sequence, one.filing_code) for one in others] == [
        ("Harbor Health Plan", "S", "CI"),
        ("Supplement One", "T", "ZZ"),
    ]


def test_a_payer_whose_id_alone_is_given_is_called_as_its_file_says() -> None:
    (other,) = claim_of(covered_by(FIRST, MEDICARE)).other_payers
    assert other.name == "Medicare Part B (invented)"
    assert other.coverage is not None
    assert other.coverage.payer_name == other.name


@pytest.mark.parametrize(
    ("other", "lacks"),
    [
        (SECOND, ()),
        (replace(SECOND, member_id=""), ("member_id",)),
        (replace(SECOND, payer_id="", member_id=""), ("payer_id", "member_id")),
        (replace(SECOND, relationship=Relationship.SPOUSE), ("subscriber",)),
        (replace(SECOND, relationship=Relationship.SPOUSE, subscriber=PATIENT), ()),
        (replace(SECOND, subscriber=PATIENT), ("relationship",)),
        (MEDICARE, ("medicare_second_reason",)),
        (replace(MEDICARE, medicare_second_reason="12"), ()),
        (
            replace(
                SECOND,
                member_id="",
                claim_number="WC-1",
                relationship=Relationship.EMPLOYEE,
                subscriber=Employer(name="Brick Works", address=ADDRESS),
            ),
            (),
        ),
        (replace(SECOND, member_id="", claim_number="WC-1"), ("member_id",)),
    ],
)
def test_what_the_guide_wants_said_of_it_is_known_to_be_missing(other: Coverage, lacks: tuple[str, ...]) -> None:
    assert lacking(other) == lacks


def test_what_is_given_twice_is_no_other_payer() -> None:
    again = replace(FIRST, payer_name="", member_id=FIRST.member_id.lower() + "-")
    visit = covered_by(FIRST, again, SECOND)
    assert [one.repeats for one in other_coverages(visit, policies_of(visit))] == [1, 0]
    assert [(one.name, one.sequence) for one in claim_of(visit).other_payers] == [("Harbor Health Plan", "S")]


def test_a_second_that_is_given_twice_has_one_turn() -> None:
    visit = covered_by(FIRST, SECOND, SECOND)
    assert [one.repeats for one in other_coverages(visit, policies_of(visit))] == [0, 2]
    assert [one.sequence for one in claim_of(visit).other_payers] == ["S"]


@pytest.mark.parametrize(
    "another",
    [
        replace(FIRST, member_id="BLM9999999"),
        replace(FIRST, relationship=Relationship.SPOUSE, subscriber=PATIENT),
        replace(FIRST, claim_number="A-1"),
    ],
)
def test_another_policy_with_the_same_payer_is_another_coverage(another: Coverage) -> None:
    visit = covered_by(FIRST, another)
    assert [one.repeats for one in other_coverages(visit, policies_of(visit))] == [0]


def test_two_groups_of_one_payer_are_two_coverages_and_one_that_names_none_is_either() -> None:
    in_a, in_b = replace(FIRST, group_number="A"), replace(FIRST, group_number="B")
    for second, repeats in ((in_b, 0), (in_a, 1), (FIRST, 1)):
        visit = covered_by(in_a, second)
        assert [one.repeats for one in other_coverages(visit, policies_of(visit))] == [repeats]


def test_nothing_is_known_to_be_the_same_where_nothing_is_said_of_it() -> None:
    unsaid = replace(SECOND, payer_id="", member_id="")
    visit = covered_by(FIRST, unsaid, unsaid)
    assert [one.repeats for one in other_coverages(visit, policies_of(visit))] == [0, 0]


def test_a_claim_names_no_third_payer_without_the_second() -> None:
    claim = claim_of(covered_by(FIRST, replace(SECOND, member_id=""), STRANGER))
    assert [one.name for one in claim.other_payers] == ["Harbor Health Plan", "Supplement One"]
    assert claim.named_payers == ()


@pytest.mark.parametrize("number", ["1EG4-TE5-MK73", "1EG4 TE5 MK73", "1eg4te5mk73"])
def test_a_medicare_number_is_written_without_the_hyphens_of_the_card(number: str) -> None:
    medicare = replace(MEDICARE, member_id=number)
    alone = claim_of(covered_by(medicare))
    assert alone.coverage.member_id == "1EG4TE5MK73"
    (other,) = claim_of(covered_by(FIRST, medicare)).other_payers
    assert other.coverage is not None
    assert other.coverage.member_id == "1EG4TE5MK73"


def test_any_other_number_keeps_its_hyphens() -> None:
    assert claim_of(covered_by(replace(FIRST, member_id="blm-4410-027"))).coverage.member_id == "blm-4410-027"


def test_a_medicare_number_with_and_without_hyphens_is_the_same_coverage() -> None:
    visit = covered_by(MEDICARE, replace(MEDICARE, member_id="1EG4-TE5-MK73"))
    assert [one.repeats for one in other_coverages(visit, policies_of(visit))] == [1]
