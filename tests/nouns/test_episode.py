"""What is counted over time: in whatever order the visits came."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from gateway.episode import therapy_year, treatment_days, visits_under
from gateway.visit import Authorization, Discipline, TherapyUsed, Visit
from tests.scrub.cases import sample, visit_of

BASE = visit_of(sample("POC_MISSING", "good")["visit"])
DAY = BASE.day
APPROVED = Authorization(number="A1", starts=DAY - timedelta(days=60), ends=DAY)


def on(days_before: int, key: str = "E", **changes: object) -> Visit:
    return replace(BASE, key=f"{key}-{days_before}", day=DAY - timedelta(days=days_before), **changes)  # type: ignore[arg-type]


def test_a_day_counts_once_and_only_of_its_discipline_and_after_the_report() -> None:
    earlier = (on(1), on(1, "again"), on(2, discipline=Discipline.OT), on(3), on(20))
    assert treatment_days(BASE, earlier, DAY - timedelta(days=10)) == 3
    assert treatment_days(BASE, (), DAY - timedelta(days=10)) == 1
    assert treatment_days(BASE, earlier, DAY - timedelta(days=3)) == 2


def test_visits_are_counted_under_their_own_authorization() -> None:
    other = replace(APPROVED, number="B2")
    earlier = (on(1, authorization=APPROVED), on(2, authorization=other), on(3), on(4, authorization=APPROVED))
    assert [one.key for one in visits_under(APPROVED, BASE, earlier)] == ["E-1", "E-4"]
    assert visits_under(replace(APPROVED, number="C3"), BASE, earlier) == ()


def test_of_two_visits_of_a_day_one_comes_before_the_other() -> None:
    first, second = on(0, "A", authorization=APPROVED), on(0, "B", authorization=APPROVED)
    assert visits_under(APPROVED, first, (second,)) == ()
    assert visits_under(APPROVED, second, (first,)) == (first,)


def test_a_number_that_is_extended_begins_anew() -> None:
    extended = replace(APPROVED, starts=DAY - timedelta(days=3))
    earlier = (on(1, authorization=extended), on(9, authorization=APPROVED))
    assert [one.key for one in visits_under(extended, BASE, earlier)] == ["E-1"]


def told(pt_slp: str, ot: str = "0.00", days_before: int = 5) -> TherapyUsed:
    return TherapyUsed(pt_slp=Decimal(pt_slp), ot=Decimal(ot), as_of=DAY - timedelta(days=days_before))


def test_the_year_is_what_the_portal_told_and_the_own_visits_since() -> None:
    visit = replace(BASE, therapy_used=told("1000.00"))
    amounts = {f"E-{n}": (Decimal("80.00"), False) for n in (1, 3, 5, 9)}
    year = therapy_year(visit, (on(1), on(3), on(5), on(9)), amounts)
    assert (year.before, year.is_estimated) == (Decimal("1240.00"), False)


def test_without_the_portal_it_is_the_own_visits_of_the_year_and_of_the_same_threshold() -> None:
    earlier = (on(1), on(2, discipline=Discipline.SLP), on(3, discipline=Discipline.OT), on(400))
    amounts = {one.key: (Decimal("50.00"), one.day == DAY - timedelta(days=2)) for one in earlier}
    year = therapy_year(BASE, earlier, amounts)
    assert (year.before, year.is_estimated) == (Decimal("100.00"), True)
    assert therapy_year(replace(BASE, discipline=Discipline.OT), earlier, amounts).before == Decimal("50.00")


def test_what_the_portal_told_of_another_year_says_nothing_of_this_one() -> None:
    visit = replace(
        BASE, therapy_used=TherapyUsed(pt_slp=Decimal(9000), ot=Decimal(0), as_of=date(DAY.year - 1, 12, 31))
    )
    assert therapy_year(visit, (), {}).before == 0


@given(st.lists(st.integers(0, 40), max_size=8), st.randoms())
def test_the_order_in_which_visits_came_changes_nothing(days: list[int], chance: object) -> None:
    earlier = [on(number, f"K{place}", authorization=APPROVED) for place, number in enumerate(days)]
    amounts = {one.key: (Decimal("40.00"), False) for one in earlier}
    shuffled = sorted(earlier, key=lambda _: chance.random())  # type: ignore[attr-defined]
    since = DAY - timedelta(days=30)
    assert treatment_days(BASE, earlier, since) == treatment_days(BASE, shuffled, since)
    assert set(visits_under(APPROVED, BASE, earlier)) == set(visits_under(APPROVED, BASE, shuffled))
    assert therapy_year(BASE, earlier, amounts) == therapy_year(BASE, shuffled, amounts)
