"""What only a person knows of a visit: which of two codes gets the unit, and that two visits that look alike are two."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from gateway.errors import UsageError
from gateway.ledger import visits
from gateway.lifecycle import VisitState
from gateway.payer import UnitRule
from gateway.service.office import Office
from gateway.service.visits.correct import do_not_bill, fix_visit
from gateway.service.visits.scrub import scrub_visits
from gateway.service.visits.tie import given_units
from tests.service import clinic
from tests.service.clinic import taken, visit


@pytest.fixture
def counting(office: Office) -> Office:
    """An office whose payer counts as CMS does."""
    payer = replace(clinic.payer("PAYER1"), unit_rule=UnitRule.CMS)
    known = MappingProxyType({**office.settings.payers, "PAYER1": payer})
    return replace(office, actor="Ida Stone", settings=replace(office.settings, payers=known))


def tied(*minutes: int) -> list[dict[str, object]]:
    codes = ("97112", "97110", "97140")
    return [{"code": code, "minutes": m, "charge": "60.00"} for code, m in zip(codes, minutes, strict=False)]


def state(office: Office, key: str = "V-1") -> VisitState:
    with office.ledger.reading() as tx:
        found = visits.find(tx, office.practice.key, key)
    assert found is not None
    return found.state


def test_the_clinician_gives_the_unit(counting: Office) -> None:
    taken(counting, visit(services=tied(7, 7, 7)))
    scrub_visits(counting)
    assert state(counting) is VisitState.HELD
    assert given_units(counting, "V-1", ["97110"]) == (("services.2.units", "1"),)
    fix_visit(counting, "V-1", given_units(counting, "V-1", ["97110"]), reason="more of it was skilled work")
    assert state(counting) is VisitState.CLAIMED


def test_two_of_three_get_one_each(counting: Office) -> None:
    taken(counting, visit(services=tied(8, 8, 8)))
    assert given_units(counting, "V-1", ["97112", "97140"]) == (("services.1.units", "1"), ("services.3.units", "1"))
    with pytest.raises(UsageError, match="2 of 97112, 97110, 97140 get one more unit"):
        given_units(counting, "V-1", ["97112", "97110", "97140"])


@pytest.mark.parametrize("codes", [["97530"], ["97112", "97112"]])
def test_only_codes_that_tie_get_it_and_each_once(counting: Office, codes: list[str]) -> None:
    taken(counting, visit(services=tied(20, 20)))
    with pytest.raises(UsageError, match="name so many of them, each once; nothing was changed"):
        given_units(counting, "V-1", codes)


def test_where_nothing_ties_or_there_is_no_visit_it_is_refused(counting: Office) -> None:
    taken(counting, visit(services=tied(20, 10)))
    with pytest.raises(UsageError, match="V-1: no codes tie for a unit; nothing was changed"):
        given_units(counting, "V-1", ["97112"])
    with pytest.raises(UsageError, match="there is no visit V-9"):
        given_units(counting, "V-9", ["97112"])


def test_one_visit_under_two_ids_makes_one_claim(office: Office) -> None:
    same = visit()["coverages"]
    taken(office, visit(), visit("V-2", coverages=same))
    scrub_visits(office)
    assert (state(office), state(office, "V-2")) == (VisitState.HELD, VisitState.HELD)
    do_not_bill(replace(office, actor="Ana Reyes"), "V-2", reason="exported twice")
    scrub_visits(office)
    assert state(office) is VisitState.CLAIMED


def test_two_visits_that_look_alike_are_billed_once_a_person_says_so(office: Office) -> None:
    office = replace(office, actor="Ana Reyes")
    taken(office, visit(), visit("V-2", coverages=visit()["coverages"]))
    scrub_visits(office)
    fix_visit(office, "V-1", (("distinct_from", '["V-2"]'),), reason="morning and afternoon")
    scrub_visits(office)
    assert (state(office), state(office, "V-2")) == (VisitState.CLAIMED, VisitState.CLAIMED)


def test_a_number_with_hyphens_is_the_same_patients(office: Office) -> None:
    coverage = visit()["coverages"][0]
    taken(
        office,
        visit(coverages=[{**coverage, "member_id": "1EG4-TE5-MK73"}]),
        visit("V-2", coverages=[{**coverage, "member_id": "1EG4TE5MK73"}]),
    )
    scrub_visits(office)
    assert (state(office), state(office, "V-2")) == (VisitState.HELD, VisitState.HELD)


def test_a_code_on_several_lines_is_given_its_unit_by_the_lines(counting: Office) -> None:
    lines = [
        {"code": "97110", "minutes": 12, "charge": "60.00"},
        {"code": "97110", "minutes": 8, "modifiers": ["76"], "charge": "60.00"},
        {"code": "97140", "minutes": 20, "charge": "60.00"},
    ]
    taken(counting, visit(services=lines))
    with pytest.raises(
        UsageError, match=r"97110 stands on several lines; set the units of each: services.1.units, services.2"
    ):
        given_units(counting, "V-1", ["97110"])
    assert given_units(counting, "V-1", ["97140"]) == (("services.3.units", "2"),)
