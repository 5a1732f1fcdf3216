"""No fact is taken in for nothing: each is read by a rule, or goes on the claim.

What a clinic types, maps or exports costs it work. A field that nobody reads looks as if it counted.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass

from gateway import people, visit
from gateway.finding import holding
from gateway.same_patient import sort_by_patient
from gateway.scrub import RULES, Case, scrub
from tests.scrub.cases import case_of, sample
from tests.scrub.clean_visits import clean_visits
from tests.scrub.test_as_the_guide import checked
from tests.scrub.test_scenarios import SCENARIOS, clean_case
from tests.scrub.test_scenarios import case_of as of_scenario

WAIT_FOR_THE_NOTE = frozenset(
    {
        "Goal.baseline",
        "Goal.by",
        "Goal.measure",
        "Goal.target",
        "Outcome.measure",
        "Outcome.value",
    }
)
"""Facts that wait for the rules that read what a note says."""

BLUE = {"payer_id": "BLUE7", "member_id": "BLM1", "relationship": "self"}
MEDICARE = {
    "payer_id": "MCRB1",
    "payer_name": "Medicare",
    "member_id": "1XA2CD3EF45",
    "relationship": "self",
    "medicare_second_reason": "12",
}
EMPLOYER = {
    "payer_id": "WCMP1",
    "payer_name": "State Fund",
    "member_id": "C1",
    "claim_number": "C1",
    "relationship": "employee",
    "subscriber": {
        "organization": "Canal Mills",
        "address": {"line1": "1 A St", "city": "Springfield", "state": "IL", "zip_code": "62704"},
    },
}

READERS = (
    "gateway.scrub",
    "gateway.billing",
    "gateway.episode",
    "gateway.units",
    "gateway.edi.write",
    "gateway.claim",
    "gateway.same_patient",
)
OWN = (people.Practice, people.StaffMember, people.Licence, people.Enrolment)
NOUNS = ("gateway.visit", "gateway.people")


def facts() -> dict[str, type]:
    """Every field of a visit and of the people in it, such as Service.minutes. The practice's own file is no visit."""
    found: dict[str, type] = {}
    for module in (visit, people):
        for kind in vars(module).values():
            if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__ and kind not in OWN:
                found |= {f"{kind.__name__}.{field.name}": kind for field in fields(kind)}
    return found


@contextmanager
def reading(seen: set[str]) -> Iterator[None]:
    """Note each field that a rule or the billing reads; what merely copies or compares a noun as a whole does not count."""
    kinds = set(facts().values())
    names = {kind: {field.name for field in fields(kind)} for kind in kinds}

    def read(self: object, name: str) -> object:
        if name in names.get(type(self), ()):
            frame = sys._getframe(1)
            while frame.f_back and frame.f_globals["__name__"] in NOUNS:
                frame = frame.f_back
            if frame.f_globals["__name__"].startswith(READERS):
                seen.add(f"{type(self).__name__}.{name}")
        return object.__getattribute__(self, name)

    for kind in kinds:
        kind.__getattribute__ = read  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        for kind in kinds:
            del kind.__getattribute__


def judged_and_billed(case: Case) -> None:
    sort_by_patient(case.visit, case.history)
    if not holding(scrub(case)):
        checked(case)


def test_every_fact_of_a_visit_is_read() -> None:
    cases = [
        *(case_of(sample(rule.id, which)) for rule in RULES for which in ("bad", "good")),
        *(of_scenario(one) for one in SCENARIOS),
        *(clean_case(one) for one in clean_visits(11, 60)),
        case_of(sample("POC_MISSING", "good"), {"coverages": [BLUE, MEDICARE]}),
        case_of(sample("POC_MISSING", "good"), {"coverages": [BLUE, EMPLOYER]}),
    ]
    seen: set[str] = set()
    with reading(seen):
        for case in cases:
            judged_and_billed(case)
    assert sorted(facts().keys() - seen) == sorted(WAIT_FOR_THE_NOTE)
