"""Rules about the time of a visit as a whole: what the note sums up, and blocks that nobody can have given at once."""

from collections.abc import Iterator
from itertools import combinations

from gateway.codes.procedure import is_timed, procedure
from gateway.finding import Owner, Severity
from gateway.payer import UnitRule
from gateway.scrub.rule import Case, Fault, Faults, rule
from gateway.scrub.same_day import by_same_clinician
from gateway.units import units_of_total
from gateway.visit import NOT_SUPPLIED, Service, Visit

_GROUPS = frozenset({"97150", "92508"})
_RECORDED = (
    "CMS Benefit Policy Manual ch. 15 sec. 220.3.E: total timed-code minutes and total treatment time are recorded"
)


@rule(
    id="TIME_TOTAL_INCONSISTENT",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites=_RECORDED + "; what is billed agrees with the total timed minutes",
    fix="Compare the note's totals with the minutes of each service; correct what was copied wrongly, by a dated addendum "
    "where the note itself is wrong.",
)
def time_total_inconsistent(case: Case) -> Faults:
    """Minutes in all that are fewer than the timed ones, or timed minutes that do not bear the units that are billed."""
    note = case.visit.note
    given = [one.minutes_given for one in case.visit.services if _counts_minutes(one)]
    if not note or None in given:
        return
    timed = sum(one for one in given if one is not None)
    if note.total_minutes is not None and note.total_minutes < timed:
        what = f"{timed} minutes of timed codes in {note.total_minutes} minutes of treatment"
        yield Fault("note.total_minutes", what)
    if note.timed_minutes is not None and note.timed_minutes != timed:
        billed = sum(line.units or 0 for line in case.draft.billed if is_timed(line.service.code))
        too_many = billed > units_of_total(note.timed_minutes)
        severity = case.payer_says("unit_rule") if case.payer.unit_rule is not UnitRule.CMS else Severity.HOLD
        what = f"the note says {note.timed_minutes} timed minutes in all, its services come to {timed}"
        yield Fault("note.timed_minutes", what, severity if too_many else Severity.WARN)


@rule(
    id="BLOCKS_OVERLAP",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Claims Processing Manual ch. 5 sec. 20.2: a minute of one-to-one treatment counts once; CMS, 11 Part B Billing "
    "Scenarios for PTs and OTs: minutes of a group are nobody's one-to-one minutes",
    fix="Correct start and stop where they were entered wrongly; what was given at once is billed as one of the two.",
)
def blocks_overlap(case: Case) -> Faults:
    """Two one-to-one services of a visit whose clock blocks overlap, or one of them and a group."""
    placed = [
        (place, one)
        for place, one in enumerate(case.visit.services, start=1)
        if is_timed(one.code) or one.code in _GROUPS
    ]
    for (_, one), (place, other) in combinations(placed, 2):
        severity = _by_one_person(one, other)
        if severity is not None and _overlap(one, other):
            yield Fault(
                f"services.{place}.start",
                f"{other.code} from {other.starts:%H:%M} to {other.ends:%H:%M} overlaps {one.code} from {one.starts:%H:%M} to "
                f"{one.ends:%H:%M}",
                severity,
            )
    for place, one in placed:
        for visit, other in _elsewhere(case):
            severity = _by_one_person(one, other)
            if severity is not None and _overlap(one, other):
                what = f"{one.code} from {one.starts:%H:%M} overlaps {other.code} of visit {visit.key}, by the same clinician"
                yield Fault(f"services.{place}.start", what, severity)


def _by_one_person(one: Service, other: Service) -> Severity | None:
    """Say how much it counts that two services overlap; None where two people gave them.

    Therapist and assistant may work beside each other, each on a service of their own.
    """
    if one.treated_by != other.treated_by:
        return None
    may_be_two = one.treated_by is NOT_SUPPLIED and bool(one.assistant_minutes or other.assistant_minutes)
    return Severity.WARN if may_be_two else Severity.HOLD


def _elsewhere(case: Case) -> Iterator[tuple[Visit, Service]]:
    """Give the one-to-one and group services of the patient's other visits of the day by the same clinician."""
    for visit in by_same_clinician(case):
        yield from ((visit, one) for one in visit.services if is_timed(one.code) or one.code in _GROUPS)


def _overlap(one: Service, other: Service) -> bool:
    if one.starts is None or one.ends is None or other.starts is None or other.ends is None:
        return False
    return one.starts < other.ends and other.starts < one.ends


def _counts_minutes(service: Service) -> bool:
    """Tell whether a note counts its minutes among the timed ones, whatever its time base is."""
    known = procedure(service.code)
    return known is not None and (known.is_timed or known.span_minutes > 0)


RULES = (time_total_inconsistent, blocks_overlap)
