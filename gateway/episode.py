"""What is counted over time from the visits that are known: days since a report, what an authorization has left, a year's sum.

Three keys: the episode (patient, payer, discipline), the authorization (its number with that payer), and the beneficiary's
year. Each is counted anew from the visits as they stand, so that one which comes late, or is corrected, counts where it
belongs. What other practices gave is known only where the practice says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from gateway.money import ZERO
from gateway.same_patient import card_number
from gateway.visit import Authorization, Discipline, Visit

_SHARED: Final = frozenset({Discipline.PT, Discipline.SLP})


def treatment_days(visit: Visit, earlier: Iterable[Visit], since: date) -> int:
    """Count the days of treatment behind a day, the visit's own among them.

    earlier  the patient's other visits, of any day
    """
    days = {visit.day, *(one.day for one in earlier if _is_of_the_episode(visit, one))}
    return sum(1 for day in days if since < day <= visit.day)


def visits_under(approved: Authorization, visit: Visit, earlier: Iterable[Visit]) -> tuple[Visit, ...]:
    """Give the visits before this one under an authorization, within its days: a number may be extended to new ones.

    Of one day the ids say which came before.
    """
    return tuple(
        one
        for one in earlier
        if one.authorization
        and card_number(one.authorization.number) == card_number(approved.number)
        and approved.starts <= one.day <= approved.ends
        and one.coverage.payer_id == visit.coverage.payer_id
        and (one.day, one.key) < (visit.day, visit.key)
    )


def _is_of_the_episode(visit: Visit, other: Visit) -> bool:
    return other.discipline is visit.discipline and other.coverage.payer_id == visit.coverage.payer_id


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyYear:
    """What is known to be allowed this year before a visit, for its discipline's threshold.

    before        dollars
    is_told       whether the portal's amount of all providers is in it
    is_estimated  something of it is a charge, for neither an answer nor the payer's rates say what is allowed
    """

    before: Decimal
    is_told: bool
    is_estimated: bool


def therapy_year(visit: Visit, earlier: Iterable[Visit], allowed: Mapping[str, tuple[Decimal, bool]]) -> TherapyYear:
    """Add up the year before a visit: what the portal told, and this practice's own visits after that.

    allowed  of each own visit by key: dollars, and whether they are an estimate
    """
    told, counts_from = visit.therapy_used, date(visit.day.year, 1, 1)
    before, is_told = ZERO, False
    if told is not None and told.as_of.year == visit.day.year and told.as_of <= visit.day:
        before = told.ot if visit.discipline is Discipline.OT else told.pt_slp
        counts_from, is_told = told.as_of, True
    is_estimated = False
    for one in earlier:
        own = _same_threshold(visit, one) and one.day.year == visit.day.year
        # What was given on the day of the portal's answer may not be in it: it is counted, and the day before is not.
        if own and counts_from <= one.day <= visit.day and one.key in allowed:
            amount, estimated = allowed[one.key]
            before += amount
            is_estimated |= estimated
    return TherapyYear(before=before, is_told=is_told, is_estimated=is_estimated)


def _same_threshold(visit: Visit, other: Visit) -> bool:
    if visit.discipline in _SHARED:
        return other.discipline in _SHARED
    return other.discipline is visit.discipline
