"""Why a payer denies a line: one small function for each reason, asked in a fixed order; the first that holds decides.

Each looks only at the claim, the plan, the member, the enrolment and the history. Codes: CARC (CAS02) and RARC (LQ02);
the pairs are those that payers publish, such as CO 16 with N286.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple, TypeAlias

from gateway.codes.modifiers import discipline_modifiers, is_released
from gateway.remittance import GroupCode
from gateway.simulator.incoming import ReceivedClaim, ReceivedLine
from gateway.simulator.memory import History
from gateway.simulator.world import Authorization, Member, Plan, names

_REPEATED: Final = frozenset({"76", "77", "59", "XE"})
_REQUIRED: Final = (("referring", "N286"), ("rendering", "N290"), ("accident", "N305"), ("initial_treatment", "MA122"))


class Denial(NamedTuple):
    """Group, reason and remarks of a denied line."""

    group: GroupCode
    carc: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that decides about a claim.

    enrolled  since when the rendering and the billing provider are with the payer
    at        the day on which the claim came in
    """

    claim: ReceivedClaim
    plan: Plan
    member: Member
    enrolled: date
    history: History
    at: date
    is_open: bool = False


Reason: TypeAlias = Callable[[Case, ReceivedLine, date], Denial | None]


def denial(case: Case, line: ReceivedLine, served: date) -> Denial | None:
    """Give the first reason that holds against the line, None if it is payable. `served` is its first day."""
    return next((found for reason in _REASONS if (found := reason(case, line, served))), None)


def _co(carc: str, *remarks: str) -> Denial:
    return Denial(GroupCode.CONTRACTUAL, carc, tuple(remark for remark in remarks if remark))


def _not_covered_then(case: Case, _: ReceivedLine, served: date) -> Denial | None:
    """27: before the cover began or after it ended."""
    starts, ends = case.member.starts or date.min, case.member.ends or date.max
    return None if starts <= served <= ends else _co("27")


def _other_payer_first(case: Case, _: ReceivedLine, __: date) -> Denial | None:
    """22: another payer is primary, and the claim tells nothing of its payment."""
    other = case.member.primary_payer
    return _co("22", "MA04") if other and other != case.plan.payer and not case.claim.has_prior else None


def _late(case: Case, _: ReceivedLine, served: date) -> Denial | None:
    """29: a first claim past the filing limit. Corrections of a timely claim are not late."""
    limit = timedelta(days=case.plan.filing_days)
    return _co("29", "N211") if case.claim.frequency == "1" and case.at - served > limit else None


def _duplicate(case: Case, line: ReceivedLine, served: date) -> Denial | None:
    """18: the same member, day, procedure and rendering provider on an earlier claim that was adjudicated."""
    if case.claim.frequency != "1" or not _REPEATED.isdisjoint(line.modifiers):
        return None
    seen = case.history.was_answered(case.plan.payer, case.claim.member, case.claim.rendering, line.procedure, served)
    return _co("18") if seen else None


def _not_enrolled_then(case: Case, _: ReceivedLine, served: date) -> Denial | None:
    """B7: the provider's enrolment began after the date of service."""
    return _co("B7", "N570") if served < case.enrolled else None


def _lacking(case: Case, _: ReceivedLine, __: date) -> Denial | None:
    """16: something that the plan requires is not on the claim. Who takes no replacement wants a new claim (MA130)."""
    claim = case.claim
    present = {
        "referring": bool(claim.referring),
        "rendering": claim.names_rendering,
        "accident": claim.has_accident,
        "initial_treatment": claim.has_initial_treatment,
    }
    lacking = [remark for key, remark in _REQUIRED if key in case.plan.required and not present[key]]
    return _co("16", *lacking, "" if case.plan.takes_replacements else "MA130") if lacking else None


def _modifiers(case: Case, line: ReceivedLine, _: date) -> Denial | None:
    """4: the discipline's modifier is missing, or the modifiers contradict each other."""
    have = set(line.modifiers)
    for one in case.plan.modifier_conflict:
        if names(one.procedures, line.code) and have.issuperset(one.modifiers) and have.isdisjoint(one.without):
            return _co("4", one.remark)
    named = discipline_modifiers(line.modifiers)
    if names(case.plan.discipline_modifier, line.code) and len(named) != 1:
        return _co("4", "N519" if named else "N822")
    return None


def _excluded(case: Case, line: ReceivedLine, _: date) -> Denial | None:
    """96: the plan excludes the procedure; the patient pays."""
    return Denial(GroupCode.PATIENT, "96", ("N130",)) if names(case.plan.not_covered, line.code) else None


def _diagnosis(case: Case, line: ReceivedLine, _: date) -> Denial | None:
    """11: none of the line's diagnoses goes with the procedure."""
    for one in case.plan.unsupported:
        if names(one.procedures, line.code) and _all_begin(case.claim.pointed(line), one.diagnoses):
            return _co("11")
    return None


def _not_necessary(case: Case, line: ReceivedLine, served: date) -> Denial | None:
    """50: what the plan does not find medically necessary."""
    codes = [other.code for other in case.claim.lines if other.day == served]
    for one in case.plan.not_necessary:
        lonely = not one.alone or all(names(one.procedures, code) for code in codes)
        supported = bool(one.diagnoses) and not _all_begin(case.claim.pointed(line), one.diagnoses)
        if names(one.procedures, line.code) and lonely and not supported:
            return _co("50", one.remark)
    return None


def _bundled(case: Case, line: ReceivedLine, served: date) -> Denial | None:
    """97: another line of that day includes this one."""
    codes = {other.code for other in case.claim.lines if other.day == served}
    for pair in case.plan.bundled:
        if (
            line.code == pair.column2
            and pair.column1 in codes
            and not (pair.releasable and is_released(line.modifiers))
        ):
            return _co("97", "M15" if pair.releasable else "N390")
    return None


def _too_many_units(case: Case, line: ReceivedLine, served: date) -> Denial | None:
    """151: more units of the procedure on that day than the plan pays; all of them are denied."""
    limit = case.plan.units_per_day.get(line.code)
    same = (other for other in case.claim.lines if other.code == line.code and other.day == served)
    billed = sum(other.units or 0 for other in same)
    return _co("151", "N362") if limit is not None and billed > limit else None


def _authorization(case: Case, line: ReceivedLine, served: date) -> Denial | None:
    """197: no prior authorization, or one that does not fit; 198: its visits are used up."""
    if not names(case.plan.authorization, line.code):
        return None
    number = line.authorization or case.claim.authorization
    if not number:
        return _co("197", "M62")
    on_file = next((one for one in case.member.authorization if one.number == number), None)
    if on_file is None:
        return None if case.is_open else _co("197", "N54")
    if not names(on_file.procedures, line.code) or not _holds(on_file, served):
        return _co("197", "N54")
    used = case.history.paid_days(case.plan.payer, case.claim.member, number) | _earlier_days(case, served)
    return _co("198", "N351") if on_file.visits is not None and len(used - {served}) >= on_file.visits else None


def _too_many_visits(case: Case, line: ReceivedLine, served: date) -> Denial | None:
    """119: the plan's visits of the calendar year are used up."""
    limit = case.plan.visits_per_year
    if limit is None or (case.plan.visits_released_by and case.plan.visits_released_by in line.modifiers):
        return None
    days = case.history.paid_days(case.plan.payer, case.claim.member) | _earlier_days(case, served)
    used = case.member.visits_used + len({one for one in days if one.year == served.year} - {served})
    return _co("119", "N362") if used >= limit else None


def _records(case: Case, line: ReceivedLine, _: date) -> Denial | None:
    """226: the payer wants to read the record first."""
    if names(case.member.records_wanted, line.code):
        return _co("226", "M127")
    return next((_co("226", one.remark) for one in case.plan.records if names(one.procedures, line.code)), None)


def _all_begin(diagnoses: Iterable[str], prefixes: tuple[str, ...]) -> bool:
    wanted = tuple(prefix.replace(".", "") for prefix in prefixes)
    codes = tuple(diagnoses)
    return bool(codes) and all(code.startswith(wanted) for code in codes)


def _holds(one: Authorization, served: date) -> bool:
    return (one.starts or date.min) <= served <= (one.ends or date.max)


def _earlier_days(case: Case, served: date) -> frozenset[date]:
    """The days of this claim before that one: they use up visits first."""
    return frozenset(one for one in case.claim.days if one < served)


_REASONS: Final[tuple[Reason, ...]] = (
    *(_not_covered_then, _other_payer_first, _late, _duplicate, _not_enrolled_then, _lacking, _modifiers, _excluded),
    *(_diagnosis, _not_necessary, _bundled, _too_many_units, _authorization, _too_many_visits, _records),
)
