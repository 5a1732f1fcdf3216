"""Rules about days that have not come, and birth dates that cannot be."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from gateway.finding import Owner, Severity
from gateway.people import Person
from gateway.scrub.rule import Case, Fault, Faults, rule

_OLDEST_EVER: Final = 122
"""Years of the longest life that is known."""
_OLDEST: Final = 125
"""Years that nobody has lived."""


@rule(
    id="DATE_IN_FUTURE",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="005010X222A1 loop 2400 DTP*472 and loop 2010BA DMG02: dates that have happened; CMS Program "
    "Integrity Manual (Pub. 100-08) ch. 3 sec. 3.3.2.4: who signs dates it on the day",
    fix="Correct the date; what has not been signed, certified or reported yet is left out until it has.",
)
def date_in_future(case: Case) -> Faults:
    """A visit, signature, certification, report or statement that has not happened yet, or a visit before the birth."""
    if not case.reached(case.visit.day):
        yield Fault("date", "the visit is dated in the future")
    for where, born in _births(case):
        if born > case.visit.day:
            yield Fault(where, "the birth is dated after the visit")
    for where, day in _happened(case):
        if not case.reached(day):
            yield Fault(where, "this day has not come yet")


def _happened(case: Case) -> Iterator[tuple[str, date]]:
    visit = case.visit
    note, plan, progress = visit.note, visit.plan_of_care, visit.progress
    if note and note.signed_at:
        yield "note.signed_at", case.day_of(note.signed_at)
    if note and note.cosigned_at:
        yield "note.cosigned_at", case.day_of(note.cosigned_at)
    if plan and plan.certified_on:
        yield "plan_of_care.certified_on", plan.certified_on
    if progress:
        yield "progress.last_report", progress.last_report
    if visit.kx:
        yield "kx.stated_on", visit.kx.stated_on


@rule(
    id="BIRTH_DATE_INVALID",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="005010X222A1 loops 2010BA and 2010CA, DMG02: the date of birth; nobody is known to have lived for 123 years",
    fix="Correct the date of birth: a digit of the year may be wrong, or a placeholder was left standing.",
)
def birth_date_invalid(case: Case) -> Faults:
    """A birth date longer ago than anybody has lived."""
    for where, born in _births(case):
        age = case.visit.day.year - born.year - ((case.visit.day.month, case.visit.day.day) < (born.month, born.day))
        if age > _OLDEST_EVER:
            severity = None if age >= _OLDEST else Severity.WARN
            yield Fault(where, "this birth is longer ago than anybody has lived", severity)


def _births(case: Case) -> Iterator[tuple[str, date]]:
    yield "patient.birth_date", case.visit.patient.birth_date
    for place, coverage in enumerate(case.visit.coverages, start=1):
        if isinstance(coverage.subscriber, Person):
            yield f"coverages.{place}.subscriber.birth_date", coverage.subscriber.birth_date


RULES = (date_in_future, birth_date_invalid)
