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
    """Tell whether a visit bills the same codes for the same patient, day and clinician, and nobody has said that there were two."""
    visit = case.visit
    if other.day != visit.day or other.rendering.npi != visit.rendering.npi or is_distinct(visit, other):
        return False
    mine = _billed(case.draft)
    return bool(mine) and mine == _billed(draft(other, case.payer))


def is_distinct(visit: Visit, other: Visit) -> bool:
    """Tell whether a person has said of two visits that they are two."""
    return other.key in visit.distinct_from or visit.key in other.distinct_from


def _billed(drafted: Draft) -> frozenset[str]:
    """Give the codes that are billed, without those that are never paid by themselves, unless there is nothing else."""
    codes = frozenset(line.procedure for line in drafted.billed)
    paid = (code for code in codes if (known := procedure(code)) is None or known.medicare_payable)
    return frozenset(paid) or codes
