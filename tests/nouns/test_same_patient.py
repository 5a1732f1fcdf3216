"""Who is the same patient: by birth date, name and either member id; what is in doubt counts for nothing."""

from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

import pytest

from gateway.people import Coverage, Person, Relationship, Sex
from gateway.same_patient import sort_by_patient
from gateway.visit import Visit
from tests.scrub.cases import case_of, sample

VISIT = case_of(sample("VISIT_REPEATED", "good")).visit
CARD = VISIT.coverage


def other(key: str = "O", **changes: Any) -> Visit:
    """Another visit; changes are of the patient (last_name, ...), of the card (member_id, relationship) or of the visit."""
    person = {name: value for name, value in changes.items() if name in Person.__dataclass_fields__}
    card = {name: value for name, value in changes.items() if name in Coverage.__dataclass_fields__}
    rest = {name: value for name, value in changes.items() if name not in person | card}
    made = replace(
        VISIT,
        key=key,
        patient=replace(VISIT.patient, **person),
        coverages=(replace(CARD, **card),),
    )
    return replace(made, **rest)


def sorted_keys(*others: Visit, visit: Visit = VISIT) -> tuple[list[str], list[str]]:
    known = sort_by_patient(visit, others)
    return [one.key for one in known.same], [one.key for one in known.doubtful]


Sorted: TypeAlias = tuple[list[str], list[str]]
SAME: Sorted = (["O"], [])
DOUBTFUL: Sorted = ([], ["O"])
OTHERS: Sorted = ([], [])


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, SAME),
        ({"member_id": "blm-441 0027"}, SAME),
        ({"last_name": "Quill-Marsh"}, SAME),
        ({"last_name": "Marsh"}, SAME),
        ({"first_name": "Mara Lee"}, SAME),
        ({"first_name": "Marra"}, SAME),
        ({"first_name": "M."}, SAME),
        ({"first_name": "Zoë"}, DOUBTFUL),
        ({"first_name": "Zoë", "relationship": Relationship.CHILD}, DOUBTFUL),
        ({"member_id": "BLM9930114"}, DOUBTFUL),
        ({"member_id": "BLM9930114", "first_name": "MARA LEE"}, DOUBTFUL),
        ({"member_id": "BLM9930114", "last_name": "Marsh"}, OTHERS),
        ({"member_id": "BLM9930114", "first_name": "Zoë"}, OTHERS),
        ({"birth_date": date(1979, 3, 10)}, OTHERS),
        ({"member_id": "BLM9930114", "former_member_ids": ("BLM4410027",)}, SAME),
    ],
)
def test_by_birth_date_name_and_either_number(changes: dict[str, Any], wanted: Sorted) -> None:
    assert sorted_keys(other(**changes)) == wanted


@pytest.mark.parametrize(
    ("one", "two", "wanted"),
    [
        (("Anna", Sex.FEMALE), ("Zoe", Sex.FEMALE), OTHERS),
        (("Luis", Sex.MALE), ("Luisa", Sex.FEMALE), OTHERS),
        (("Erik", Sex.MALE), ("Erin", Sex.FEMALE), OTHERS),
        (("Mary Ann", Sex.FEMALE), ("Mary Kate", Sex.FEMALE), DOUBTFUL),
        (("Jaden", Sex.MALE), ("Jayden", Sex.MALE), DOUBTFUL),
        (("Ann", Sex.FEMALE), ("Anna", Sex.FEMALE), DOUBTFUL),
        (("Zoë", Sex.FEMALE), ("ZOE", Sex.FEMALE), SAME),
    ],
)
def test_twins_under_one_number_are_two_patients(one: tuple[str, Sex], two: tuple[str, Sex], wanted: Sorted) -> None:
    """Of dependents of one birth date only the first name tells who is who: it has to agree wholly."""
    child = other("me", relationship=Relationship.CHILD, first_name=one[0], sex=one[1])
    twin = other(relationship=Relationship.CHILD, first_name=two[0], sex=two[1])
    assert sorted_keys(twin, visit=child) == wanted


def test_a_visit_that_names_both_numbers_ties_those_that_name_one() -> None:
    old, new = other("old"), other("new", member_id="BLM9930114", former_member_ids=("BLM4410027",))
    newest = other("newest", member_id="BLM9930114")
    assert sorted_keys(old, new, visit=newest) == (["old", "new"], [])
    assert sorted_keys(old, visit=newest) == ([], ["old"])


def test_the_second_coverages_number_is_one_of_the_patients_too() -> None:
    second = replace(CARD, payer_id="HLTH1", member_id="HHP1")
    mine = replace(VISIT, coverages=(CARD, second))
    changed = replace(VISIT, key="O", coverages=(replace(CARD, member_id="BLM9930114"), second))
    assert sorted_keys(changed, visit=mine) == SAME
    of_another_payer = replace(changed, coverages=(changed.coverage, replace(second, payer_id="WCMP1")))
    assert sorted_keys(of_another_payer, visit=mine) == DOUBTFUL


def test_no_number_at_all_is_no_number_in_common() -> None:
    none = replace(VISIT, coverages=(replace(CARD, member_id=""),))
    assert sorted_keys(replace(none, key="O", patient=replace(none.patient, last_name="Marsh")), visit=none) == OTHERS
