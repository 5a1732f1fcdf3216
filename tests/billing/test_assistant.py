"""CQ and CO: the examples of CMS and of its readers, what stays open, and the laws of the sharing."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.billing import Draft, draft
from gateway.billing.assistant import Open, Shares, timed, untimed
from gateway.claim import LINES_MAX
from gateway.payer import UnitRule
from gateway.units import count
from gateway.visit import Discipline, Service, TreatedBy, Visit
from tests.billing.test_draft import CMS, claim_of, visit
from tests.people import THERAPIST

MEDICARE = replace(CMS, wants_assistant_modifier=True)
PT, PTA = TreatedBy.THERAPIST, TreatedBy.ASSISTANT
Line = tuple[str, int | None, tuple[str, ...]]


def lines(drafted: Draft) -> list[Line]:
    return [(line.procedure, line.units, line.modifiers) for line in drafted.billed]


def billed(*services: Service, discipline: Discipline = Discipline.PT) -> list[Line]:
    return lines(draft(visit(*services, discipline=discipline), MEDICARE))


def both(code: str, therapist: int, assistant: int) -> Service:
    return Service(code=code, minutes=therapist + assistant, treated_by=PT, assistant_minutes=assistant)


GP, CQ = ("GP",), ("GP", "CQ")
EXAMPLES = {
    "a": ((Service(code="97110", minutes=30, treated_by=PTA),), [("97110", 2, CQ)]),
    "b": ((both("97110", 28, 2),), [("97110", 2, GP)]),
    "c": (
        (both("97110", 13, 23), Service(code="97140", minutes=30, treated_by=PT)),
        [("97110", 1, GP), ("97110", 1, CQ), ("97140", 2, GP)],
    ),
    "d": ((both("97110", 5, 10),), [("97110", 1, CQ)]),
    "e": ((both("97110", 8, 7),), [("97110", 1, GP)]),
    "f": ((both("97110", 7, 8),), [("97110", 1, CQ)]),
    "g": ((both("97110", 12, 14),), [("97110", 1, GP), ("97110", 1, CQ)]),
    "h": ((both("97150", 36, 4),), [("97150", 1, GP)]),
    "i": ((both("97150", 35, 5),), [("97150", 1, CQ)]),
    "j": ((both("97530", 30, 0),), [("97530", 2, GP)]),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples(name: str) -> None:
    services, wanted = EXAMPLES[name]
    assert billed(*services) == wanted


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_cut_into_the_practices_own_services_come_to_the_same(name: str) -> None:
    """What each of them gave alone as a service of its own: the minutes of a code are one sum."""
    services, wanted = EXAMPLES[name]
    cut = []
    for one in services:
        alone = one.assistant_minutes or 0
        if one.code == "97150" or not alone:
            cut.append(one)
        else:
            assert one.minutes_given is not None
            cut.append(Service(code=one.code, minutes=one.minutes_given - alone, treated_by=PT))
            cut.append(Service(code=one.code, minutes=alone, treated_by=PTA))
    assert billed(*cut) == wanted


def test_the_arithmetic_is_shown() -> None:
    said = draft(visit(*EXAMPLES["c"][0]), MEDICARE).assisted.because
    assert said[0] == (
        "97110: 2 units; therapist 13 min, 0 units whole; assistant alone 23 min, 1 unit whole; "
        "the therapist gave 13 min of the unit that is left: without"
    )
    (one,) = draft(visit(*EXAMPLES["i"][0]), MEDICARE).assisted.because
    assert one == "97150: untimed; the assistant alone gave 5 of 40 min, more than 10 percent: with"


def test_an_occupational_therapy_assistant_gets_co_and_speech_has_none() -> None:
    service = Service(code="97530", minutes=30, treated_by=PTA)
    assert billed(service, discipline=Discipline.OT) == [("97530", 2, ("GO", "CO"))]
    assert billed(Service(code="92507", treated_by=PTA), discipline=Discipline.SLP) == [("92507", 1, ("GN",))]


def test_a_payer_that_does_not_want_it_gets_none() -> None:
    assert lines(draft(visit(*EXAMPLES["c"][0]), CMS)) == [("97110", 2, GP), ("97140", 2, GP)]


def test_it_stands_behind_the_disciplines_and_brings_it_along() -> None:
    service = Service(code="97110", minutes=30, treated_by=PTA, modifiers=("KX", "59"))
    assert billed(service) == [("97110", 2, ("59", "GP", "CQ", "KX"))]
    other = replace(MEDICARE, wants_discipline_modifier=False)
    assert lines(draft(visit(service), other)) == [("97110", 2, ("59", "GP", "CQ", "KX"))]
    wrong = replace(service, modifiers=("GO",))
    assert billed(wrong) == [("97110", 2, ("GO",))]  # a rule says whose plan is wrong


def test_an_assistant_who_renders_gave_what_nobody_else_is_said_to_have_given() -> None:
    mine = replace(THERAPIST, credential="P.T.A.", taxonomy="225200000X")
    services = (Service(code="97110", minutes=30), Service(code="97140", minutes=15, treated_by=PT))
    wanted = replace(visit(*services), rendering=mine)
    assert lines(draft(wanted, MEDICARE)) == [("97110", 2, CQ), ("97140", 1, GP)]


def test_nothing_is_added_where_nobody_says_who_gave_it() -> None:
    assert billed(Service(code="97110", minutes=30)) == [("97110", 2, GP)]
    assert billed(Service(code="97110", minutes=30, treated_by=None)) == [("97110", 2, GP)]


def test_an_evaluation_and_what_is_no_therapy_never_carry_it() -> None:
    assert billed(Service(code="97164", treated_by=PTA)) == [("97164", 1, GP)]
    assert billed(Service(code="98943", treated_by=PTA)) == [("98943", 1, ())]
    assert billed(Service(code="20560", treated_by=PTA)) == [("20560", 1, CQ)]


def test_what_the_practice_marked_itself_stands() -> None:
    drafted = draft(visit(replace(both("97110", 15, 15), modifiers=CQ, units=2)), MEDICARE)
    assert lines(drafted) == [("97110", 2, CQ)]
    assert list(drafted.assisted.excess) == [1]
    own_lines = (
        Service(code="97110", minutes=15, units=1, treated_by=PT),
        Service(code="97110", minutes=15, units=1, treated_by=PTA, modifiers=CQ),
    )
    drafted = draft(visit(*own_lines), MEDICARE)
    assert lines(drafted) == [("97110", 1, GP), ("97110", 1, CQ)]
    assert not drafted.assisted.excess
    assert not drafted.assisted.open


def test_lines_that_the_practice_cut_get_it_where_it_belongs() -> None:
    own_lines = (
        Service(code="97110", minutes=15, units=1, treated_by=PT),
        Service(code="97110", minutes=15, units=1, treated_by=PTA),
    )
    assert billed(*own_lines) == [("97110", 1, GP), ("97110", 1, CQ)]


def test_lines_cut_otherwise_than_the_minutes_stay_open() -> None:
    """23 and 13 minutes are one unit with and one without; both units stand on the assistant's line."""
    own_lines = (
        Service(code="97110", minutes=23, units=2, treated_by=PTA),
        Service(code="97110", minutes=13, units=None, treated_by=PT),
    )
    assert draft(visit(*own_lines), MEDICARE).lines[1].units is None
    cut = (own_lines[0], replace(own_lines[1], units=1), Service(code="97110", minutes=2, units=1, treated_by=PT))
    assert list(draft(visit(*cut), MEDICARE).assisted.open) == [1]


@pytest.mark.parametrize(
    "service",
    [
        Service(code="97110", minutes=30, treated_by=PTA, assistant_minutes=0),
        Service(code="97110", minutes=30, treated_by=PT, assistant_minutes=31),
        Service(code="97012", treated_by=PT, assistant_minutes=8),
        Service(code="96125", minutes=60, units=1, treated_by=PT, assistant_minutes=30),
        Service(code="97110", minutes=30, units=1, treated_by=PT, assistant_minutes=15),
    ],
    ids=["contradiction", "more than all", "of how many", "by the hour", "too few units"],
)
def test_what_does_not_follow_stays_open(service: Service) -> None:
    wanted = visit(service)
    drafted = draft(wanted, MEDICARE)
    assert list(drafted.assisted.open) == [1]
    assert len(drafted.lines) == 1
    marked = draft(visit(replace(service, modifiers=CQ)), MEDICARE)
    assert not marked.assisted.open


def test_a_tie_leaves_the_units_open_and_marks_what_an_assistant_gave_whole() -> None:
    services = (Service(code="97112", minutes=20, treated_by=PTA), Service(code="97110", minutes=20, treated_by=PT))
    assert billed(*services) == [("97112", None, CQ), ("97110", None, GP)]


def test_charges_follow_the_units_to_the_cent() -> None:
    services = EXAMPLES["c"][0]
    assert [line.charge for line in draft(visit(*services), MEDICARE).lines] == [
        Decimal("62.00"),
        Decimal("62.00"),
        Decimal("120.00"),
    ]
    odd = replace(both("97110", 15, 30), charge=Decimal("100.00"))
    drafted = draft(visit(odd), MEDICARE)
    assert [(line.units, line.charge) for line in drafted.lines] == [(1, Decimal("33.33")), (2, Decimal("66.67"))]


def test_a_line_control_is_the_claims_number_and_the_place_of_the_line() -> None:
    finished = claim_of(visit(Service(code="97112", minutes=0), *EXAMPLES["c"][0]), MEDICARE)
    assert [(line.control[-2:], line.procedure, line.modifiers) for line in finished.lines] == [
        ("01", "97110", GP),
        ("02", "97110", CQ),
        ("03", "97140", GP),
    ]


def test_no_claim_gets_more_lines_than_it_has() -> None:
    many: Visit = visit(*(Service(code="97016") for _ in range(LINES_MAX - 1)), both("97110", 15, 15))
    drafted = draft(many, MEDICARE)
    assert len(drafted.lines) == LINES_MAX
    assert list(drafted.assisted.open) == [LINES_MAX]


@given(therapist=st.integers(0, 200), assistant=st.integers(0, 200), rule=st.sampled_from(UnitRule))
def test_shares_add_up_and_follow_who_gave_the_minutes(therapist: int, assistant: int, rule: UnitRule) -> None:
    units = count(rule, {"97110": therapist + assistant}).total
    shares = timed("97110", units, therapist=therapist, assistant=assistant)
    assert isinstance(shares, Shares), shares
    assert shares.without + shares.carrying == units
    assert shares.without >= therapist // 15
    assert shares.carrying >= assistant // 15
    if not assistant:
        assert not shares.carrying
    if not therapist:
        assert not shares.without


@given(therapist=st.integers(0, 60), assistant=st.integers(0, 60), units=st.integers(1, 9))
def test_units_that_the_minutes_do_not_come_to_are_never_shared_out_at_will(
    therapist: int, assistant: int, units: int
) -> None:
    shares = timed("97110", units, therapist=therapist, assistant=assistant)
    least = therapist // 15 + assistant // 15
    assert isinstance(shares, Open) or least <= units == shares.without + shares.carrying <= least + 2


@pytest.mark.parametrize(
    ("minutes", "assistant", "carrying"), [(40, 4, 0), (40, 5, 1), (9, 1, 1), (10, 1, 0), (30, 0, 0)]
)
def test_ten_percent_of_an_untimed_code(minutes: int, assistant: int, carrying: int) -> None:
    assert untimed("97150", 1, minutes=minutes, assistant=assistant).carrying == carrying
