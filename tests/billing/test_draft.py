"""From a visit to its claim: units, modifiers, charges, pointers, and which claims go together."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from gateway.billing import Draft, draft, finish, plan
from gateway.claim import Claim, Frequency
from gateway.payer import FeeSchedule, Payer, Program, UnitRule
from gateway.people import Coverage, Relationship
from gateway.settings import CONFIG_SHIPPED, load
from gateway.visit import NOT_SUPPLIED, Authorization, Discipline, Service, TreatedBy, Visit
from tests.people import PATIENT, PRACTICE, THERAPIST, claim

DAY = date(2026, 11, 2)
PRICES = FeeSchedule(
    starts=date(2026, 1, 1),
    ends=date(2026, 12, 31),
    source="invented",
    charges={"97110": Decimal("62.00"), "97140": Decimal("60.00"), "97161": Decimal("165.00")},
)
CMS = Payer(
    id="PAYER1",
    name="Payer One",
    program=Program.MEDICARE,
    filing_code="MB",
    partner="northgate",
    unit_rule=UnitRule.CMS,
    wants_discipline_modifier=True,
    fee_schedules=(PRICES,),
)
MIDPOINT = replace(CMS, program=Program.COMMERCIAL, unit_rule=UnitRule.MIDPOINT, wants_discipline_modifier=False)


def visit(*services: Service, discipline: Discipline = Discipline.PT, diagnoses: tuple[str, ...] = ("M5450",)) -> Visit:
    return Visit(
        key="V-1",
        day=DAY,
        discipline=discipline,
        place_of_service="11",
        patient=PATIENT,
        coverages=(
            Coverage(payer_id="PAYER1", payer_name="Payer One", member_id="M1", relationship=Relationship.SELF),
        ),
        rendering=THERAPIST,
        diagnoses=diagnoses,
        services=services,
    )


def units(drafted: Draft) -> list[int | None]:
    return [line.units for line in drafted.lines]


def claim_of(wanted: Visit, payer: Payer = CMS) -> Claim:
    return finish(wanted, draft(wanted, payer), payer=payer, practice=PRACTICE, patient_control_number="PCN0000000001")


def test_total_time_pools_remainders_and_midpoint_does_not() -> None:
    services = (Service(code="97110", minutes=33), Service(code="97140", minutes=7))
    assert units(draft(visit(*services), CMS)) == [2, 1]
    assert units(draft(visit(*services), MIDPOINT)) == [2, 0]
    services = (Service(code="97110", minutes=10), Service(code="97140", minutes=8))
    assert units(draft(visit(*services), CMS)) == [1, 0]
    assert units(draft(visit(*services), MIDPOINT)) == [1, 1]


def test_minutes_come_from_start_and_stop_where_they_are_not_given() -> None:
    service = Service(code="97110", starts=time(15, 0), ends=time(15, 38))
    assert units(draft(visit(service), CMS)) == [3]


def test_units_that_were_given_stand() -> None:
    drafted = draft(visit(Service(code="97110", minutes=30, units=4)), CMS)
    assert units(drafted) == [4]
    assert drafted.lines[0].counted == 2
    assert drafted.lines[0].charge == Decimal("248.00")


def test_a_tie_is_left_open() -> None:
    drafted = draft(visit(Service(code="97112", minutes=20), Service(code="97110", minutes=20)), CMS)
    assert units(drafted) == [None, None]
    assert drafted.timed is not None
    assert drafted.timed.tied == ("97112", "97110")


def test_an_untimed_code_is_one_unit_whatever_its_minutes() -> None:
    drafted = draft(visit(Service(code="97161", minutes=45), Service(code="97110", minutes=15)), CMS)
    assert units(drafted) == [1, 1]


def test_no_total_is_said_while_a_timed_code_has_no_minutes() -> None:
    drafted = draft(visit(Service(code="97110", minutes=30), Service(code="97140")), CMS)
    assert drafted.timed is None
    assert units(drafted) == [None, None]


def test_the_units_of_a_code_on_two_lines_are_not_guessed() -> None:
    split = (Service(code="97110", minutes=18), Service(code="97110", minutes=12, modifiers=("CQ",)))
    drafted = draft(visit(*split), CMS)
    assert units(drafted) == [None, None]
    assert drafted.timed is not None
    assert drafted.timed.by_code["97110"] == 2
    decided = tuple(replace(one, units=1) for one in split)
    assert units(draft(visit(*decided), CMS)) == [1, 1]


@pytest.mark.parametrize("code", ["97039", "97799", "0012X"])
def test_units_of_unlisted_and_of_unknown_codes_are_not_computed(code: str) -> None:
    assert units(draft(visit(Service(code=code, minutes=60)), CMS)) == [None]


@pytest.mark.parametrize(
    ("code", "minutes", "wanted"),
    [
        ("97129", 7, 0),
        ("97129", 8, 1),
        ("97129", 60, 1),
        ("97130", 22, 1),
        ("97130", 23, 2),
        ("97545", 60, 0),
        ("97545", 61, 1),
        ("97546", 90, 1),
        ("97546", 91, 2),
        ("96125", 31, 1),
        ("96125", 91, 2),
        ("98980", 19, 0),
        ("98980", 20, 1),
        ("98981", 39, 1),
        ("98981", 40, 2),
        ("97550", 15, 0),
        ("97550", 16, 1),
    ],
)
def test_units_of_a_time_base_of_its_own_are_counted_from_its_minutes(code: str, minutes: int, wanted: int) -> None:
    assert units(draft(visit(Service(code=code, minutes=minutes)), CMS)) == [wanted]


def test_an_office_visit_and_a_device_are_one_unit() -> None:
    assert units(draft(visit(Service(code="99213"), Service(code="98977")), CMS)) == [1, 1]


def timed(code: str, minutes: int, given: int | None = None, **more: Any) -> Service:
    return Service(code=code, minutes=minutes, units=given, **more)


def test_blocks_of_one_code_by_one_person_add_up_to_one_line() -> None:
    drafted = draft(visit(timed("97110", 12), timed("97140", 20), timed("97110", 12)), CMS)
    assert [(one.units, one.borne_by) for one in drafted.lines] == [(2, 0), (1, 0), (0, 1)]
    assert [one.charge for one in drafted.billed] == [Decimal("124.00"), Decimal("60.00")]


def test_charges_of_blocks_are_added_and_one_that_lacks_its_charge_leaves_none() -> None:
    first, second = timed("97110", 12, charge=Decimal("40.00")), timed("97110", 12, charge=Decimal("22.50"))
    assert [one.charge for one in draft(visit(first, second), CMS).billed] == [Decimal("62.50")]
    assert draft(visit(first, timed("97110", 12)), CMS).lines[0].charge is None


def test_what_one_block_was_typed_as_is_the_units_of_all_and_several_stand_as_typed() -> None:
    assert units(draft(visit(timed("97110", 12, 2), timed("97110", 18)), CMS)) == [2, 0]
    assert units(draft(visit(timed("97110", 15, 1), timed("97110", 15, 1)), CMS)) == [1, 1]


def test_blocks_under_other_modifiers_or_of_other_people_stay_apart() -> None:
    split = visit(timed("97110", 18), timed("97110", 12, modifiers=("CQ",)))
    assert units(draft(split, CMS)) == [None, None]


@pytest.mark.parametrize(
    ("first", "second", "wanted"), [(15, 15, [1, 1]), (30, 15, [2, 1]), (18, 12, [None, None]), (23, 7, [None, None])]
)
def test_lines_of_one_code_have_their_own_whole_quarter_hours(
    first: int, second: int, wanted: list[int | None]
) -> None:
    """15 and 15 leave no choice; of 18 and 12 one line gets a unit that both made."""
    split = visit(timed("97110", first), timed("97110", second, modifiers=("59",)))
    assert units(draft(split, CMS)) == wanted


@pytest.mark.parametrize("payer", [CMS, replace(CMS, wants_assistant_modifier=True)])
@pytest.mark.parametrize("second", [TreatedBy.STUDENT, NOT_SUPPLIED, TreatedBy.THERAPIST])
def test_who_gave_a_block_makes_no_other_line_unless_it_was_an_assistant(payer: Payer, second: TreatedBy) -> None:
    blocks = visit(
        timed("97110", 12, treated_by=TreatedBy.THERAPIST, pointers=(1,)),
        timed("97110", 18, treated_by=second, pointers=(1, 2)),
        diagnoses=("M5450", "M6281"),
    )
    (line,) = draft(blocks, payer).billed
    assert (line.units, line.pointers) == (2, (1, 2))


def test_an_assistants_block_is_a_line_only_for_a_payer_that_wants_to_know() -> None:
    blocks = visit(
        timed("97110", 15, treated_by=TreatedBy.THERAPIST), timed("97110", 15, treated_by=TreatedBy.ASSISTANT)
    )
    assert [one.units for one in draft(blocks, CMS).billed] == [2]
    told = draft(blocks, replace(CMS, wants_assistant_modifier=True))
    assert [one.units for one in told.billed] == [1, 1]


@pytest.mark.parametrize(
    ("services", "wanted"),
    [
        ([("97112", 7, 1), ("97110", 7, None), ("97140", 7, None)], [1, 0, 0]),
        ([("97112", 7, 0), ("97110", 7, None), ("97140", 7, None)], [0, None, None]),
        ([("97110", 8, 1), ("97140", 8, None), ("97530", 8, None)], [1, None, None]),
        ([("97110", 8, 1), ("97140", 8, 1), ("97530", 8, None)], [1, 1, 0]),
        ([("97116", 11, None), ("97530", 11, 1)], [0, 1]),
        ([("97110", 37, 3), ("97140", 7, None), ("97035", 7, None)], [3, 0, 0]),
        ([("97110", 37, 2), ("97140", 7, 1), ("97035", 7, None)], [2, 1, 0]),
        ([("97110", 37, 2), ("97140", 7, None), ("97035", 7, None)], [2, None, None]),
        ([("97112", 20, None), ("97110", 20, 1)], [2, 1]),
    ],
)
def test_units_typed_on_tied_lines_settle_the_tie(
    services: list[tuple[str, int, int | None]], wanted: list[int]
) -> None:
    assert units(draft(visit(*(timed(*one) for one in services)), CMS)) == wanted


@pytest.mark.parametrize(
    ("discipline", "code", "modifier"),
    [
        (Discipline.PT, "97110", ("GP",)),
        (Discipline.OT, "97530", ("GO",)),
        (Discipline.SLP, "92507", ("GN",)),
        (Discipline.DC, "98940", ()),
        (Discipline.LMT, "97124", ()),
        (Discipline.PT, "20560", ("GP",)),  # sometimes therapy, and always a therapist's
    ],
)
def test_the_modifier_of_the_discipline_is_added(discipline: Discipline, code: str, modifier: tuple[str, ...]) -> None:
    wanted = visit(Service(code=code, minutes=15), discipline=discipline)
    assert draft(wanted, CMS).lines[0].modifiers == modifier
    assert draft(wanted, MIDPOINT).lines[0].modifiers == ()


@pytest.mark.parametrize(
    ("given", "billed"),
    [
        (("59",), ("59", "GP")),
        (("CQ",), ("GP", "CQ")),
        (("KX", "59", "CQ"), ("59", "GP", "KX", "CQ")),
        (("XS", "AT"), ("XS", "GP", "AT")),
        (("CQ", "GP"), ("CQ", "GP")),
        (("GO",), ("GO",)),
    ],
)
def test_modifiers_stand_in_order_and_a_given_discipline_is_not_doubled(
    given: tuple[str, ...], billed: tuple[str, ...]
) -> None:
    wanted = visit(Service(code="97110", minutes=15, modifiers=given))
    assert draft(wanted, CMS).lines[0].modifiers == billed


def test_charges_come_from_the_schedule_of_the_day_unless_given() -> None:
    priced = draft(visit(Service(code="97110", minutes=30), Service(code="97140", minutes=15)), CMS)
    assert [line.charge for line in priced.lines] == [Decimal("124.00"), Decimal("60.00")]
    given = visit(Service(code="97110", minutes=30, charge=Decimal("99.50")))
    assert draft(given, CMS).lines[0].charge == Decimal("99.50")
    assert draft(visit(Service(code="97530", minutes=30)), CMS).lines[0].charge is None
    earlier = replace(visit(Service(code="97110", minutes=30)), day=date(2025, 12, 31))
    assert draft(earlier, CMS).lines[0].charge is None


def test_pointers_default_to_the_first_four_diagnoses() -> None:
    codes = ("M5450", "M6281", "R2689", "M25511", "M25611")
    lines = draft(
        visit(Service(code="97110", minutes=15), Service(code="97140", minutes=15, pointers=(5, 2)), diagnoses=codes),
        CMS,
    ).lines
    assert [line.pointers for line in lines] == [(1, 2, 3, 4), (5, 2)]
    assert draft(visit(Service(code="97110", minutes=15)), CMS).lines[0].pointers == (1,)


def test_the_claim_leaves_out_what_comes_to_no_unit() -> None:
    finished = claim_of(visit(Service(code="97140", minutes=5), Service(code="97110", minutes=30)))
    assert [line.procedure for line in finished.lines] == ["97110"]
    assert finished.charge == Decimal("124.00")
    assert finished.day == DAY


def test_the_claim_keeps_its_line_numbers_and_its_parties() -> None:
    finished = claim_of(visit(Service(code="97140", minutes=5), Service(code="97110", minutes=30)))
    assert [line.control for line in finished.lines] == ["PCN000000000101"]
    assert finished.billing == PRACTICE.billing
    assert finished.frequency is Frequency.ORIGINAL
    assert finished.filing_code == "MB"
    assert finished.referring is None
    assert finished.authorization == ""


def test_the_claim_takes_what_the_visit_gives_in_place_of_the_practice() -> None:
    wanted = replace(
        visit(Service(code="97110", minutes=30)),
        billing=replace(PRACTICE.billing, name="Elm Street South"),
        referring=replace(THERAPIST, npi="1234567893"),
        authorization=Authorization(number="A1", starts=DAY, ends=DAY),
        accident=NOT_SUPPLIED,
    )
    finished = claim_of(wanted)
    assert finished.billing.name == "Elm Street South"
    assert finished.referring is not None
    assert finished.authorization == "A1"
    assert finished.accident is None


def test_an_open_draft_is_not_finished() -> None:
    with pytest.raises(AssertionError, match="knows its units"):
        claim_of(visit(Service(code="97129")))
    with pytest.raises(AssertionError, match="knows its charges"):
        claim_of(visit(Service(code="97530", minutes=30)))


@pytest.mark.parametrize(("number", "sizes"), [(0, []), (1, [1]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_batches_are_cut_at_what_the_partner_takes(number: int, sizes: list[int]) -> None:
    partner = replace(load(CONFIG_SHIPPED).partner("northgate"), claims_max=3)
    claims = [claim(f"PCN{place:010d}") for place in range(number)]
    batches = plan(partner, claims)
    assert [len(batch.claims) for batch in batches] == sizes
    assert [one for batch in batches for one in batch.claims] == claims
    assert all(batch.partner is partner for batch in batches)


def test_a_line_that_is_not_billed_needs_no_charge() -> None:
    finished = claim_of(visit(Service(code="97530", minutes=5), Service(code="97110", minutes=30)))
    assert [line.procedure for line in finished.lines] == ["97110"]


def test_the_payers_name_comes_from_its_file_where_the_visit_gives_only_its_id() -> None:
    wanted = visit(Service(code="97110", minutes=30))
    (coverage,) = wanted.coverages
    nameless = replace(wanted, coverages=(replace(coverage, payer_name=""),))
    assert claim_of(nameless).coverage.payer_name == "Payer One"
    named = replace(wanted, coverages=(replace(coverage, payer_name="Payer One of Illinois"),))
    assert claim_of(named).coverage.payer_name == "Payer One of Illinois"


def test_a_supervisor_who_treated_is_left_out() -> None:
    wanted = visit(Service(code="97110", minutes=30))
    other = replace(THERAPIST, npi="1912345687", last_name="Lund")
    assert claim_of(replace(wanted, supervising=other)).supervising == other
    assert claim_of(replace(wanted, supervising=THERAPIST)).supervising is None
    assert claim_of(wanted).supervising is None
