"""Whether two visits are the same patient's: by birth date, name and either member id.

A card's number may change, a name may be misspelt, and twins are born on one day and insured under one number. So one of
these is never enough, and what is in doubt counts for nothing: a person is asked.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gateway.names import folded_name, may_be_same_first_name, name_key
from gateway.people import Person, Relationship
from gateway.visit import Visit


def card_number(member_id: str) -> str:
    """Give a card's number as it counts: hyphens and blanks are printed for the eye, and capitals say nothing."""
    return member_id.replace("-", "").replace(" ", "").upper()


class Known(NamedTuple):
    """Other visits sorted by whose they are. Those of somebody else are in neither."""

    same: tuple[Visit, ...]
    doubtful: tuple[Visit, ...]


def sort_by_patient(visit: Visit, others: Sequence[Visit]) -> Known:
    """Sort visits of one birth date and payer by whether they are this visit's patient's.

    A visit that names two numbers (the second coverage's, or a former one) ties those that name only one of them.
    """
    cards, same = set(_cards(visit)), set[int]()
    while found := {
        place
        for place, one in enumerate(others)
        if place not in same and not cards.isdisjoint(_cards(one)) and _is_same_name(visit, one)
    }:
        same |= found
        cards.update(card for place in found for card in _cards(others[place]))
    doubtful = [
        one
        for place, one in enumerate(others)
        if place not in same and one.patient.birth_date == visit.patient.birth_date and _may_be(visit, one, cards)
    ]
    return Known(tuple(one for place, one in enumerate(others) if place in same), tuple(doubtful))


def _cards(visit: Visit) -> Iterable[tuple[str, str]]:
    for coverage in visit.coverages:
        if coverage.member_id:
            yield coverage.payer_id, card_number(coverage.member_id)
    for former in visit.former_member_ids:
        yield visit.coverage.payer_id, card_number(former)


def _is_same_name(visit: Visit, other: Visit) -> bool:
    """Tell whether the first names are one person's. Dependents of one age share a number: theirs have to agree wholly."""
    one, two = visit.patient, other.patient
    if one.birth_date != two.birth_date:
        return False
    if _is_dependent(visit) or _is_dependent(other):
        return one.sex is two.sex and folded_name(one.first_name) == folded_name(two.first_name)
    return may_be_same_first_name(one.first_name, two.first_name)


def _may_be(visit: Visit, other: Visit, cards: set[tuple[str, str]]) -> bool:
    """Two names on one card of a subscriber's own, two that are alike on a dependent's, or one name on two cards."""
    one, two = visit.patient, other.patient
    if cards.isdisjoint(_cards(other)):
        return _key(one) == _key(two)
    if _is_dependent(visit) and _is_dependent(other):
        return one.sex is two.sex and may_be_same_first_name(one.first_name, two.first_name)
    return True


def _is_dependent(visit: Visit) -> bool:
    return visit.coverage.relationship is not Relationship.SELF


def _key(person: Person) -> str:
    return name_key(person.last_name, person.first_name)
