"""The same patient's other visits of the day: what is counted or paid by the day is looked at together with them."""

from gateway.billing import Draft, draft
from gateway.codes.procedure import procedure
from gateway.scrub.rule import Case
from gateway.visit import Visit


def same_day(case: Case) -> tuple[Visit, ...]:
    """Give the other visits of the day, without those that only repeat this one."""
    return tuple(one for one in case.history if one.day == case.visit.day and not is_repeat(case, one))


def by_same_clinician(case: Case) -> tuple[Visit, ...]:
    """Give those of them that the same clinician renders: edits of a day look at one clinician's work for one patient."""
    return tuple(one for one in same_day(case) if one.rendering.npi == case.visit.rendering.npi)


def is_repeat(case: Case, other: Visit) -> bool:
    """Tell whether a visit bills the same of the same patient, day and clinician, and nobody has said that there were two."""
    visit = case.visit
    return (
        other.day == visit.day
        and other.rendering.npi == visit.rendering.npi
        and not is_distinct(visit, other)
        and _billed(case.draft) == _billed(draft(other, case.payer))
    )


def is_distinct(visit: Visit, other: Visit) -> bool:
    """Tell whether a person has said of two visits that they are two."""
    return other.key in visit.distinct_from or visit.key in other.distinct_from


def _billed(drafted: Draft) -> dict[str, int | None]:
    """Give the units of each code, however they are cut into lines, without what is never paid by itself."""
    units: dict[str, int | None] = {}
    for line in drafted.billed:
        known, before = procedure(line.procedure), units.get(line.procedure, 0)
        if known is None or known.medicare_payable:
            units[line.procedure] = None if before is None or line.units is None else before + line.units
    return units
