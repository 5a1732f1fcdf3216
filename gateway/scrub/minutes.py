"""Rules about minutes and units."""

from collections.abc import Iterator

from gateway.billing import draft
from gateway.codes.procedure import Procedure, TimeClass, is_timed, procedure, procedures
from gateway.finding import Owner, Severity
from gateway.payer import UnitRule
from gateway.scrub.rule import Case, Fault, Faults, not_checked, rule
from gateway.scrub.same_day import same_day
from gateway.units import count
from gateway.visit import NOT_SUPPLIED

_BY_AREA_OR_LIMB = frozenset({"95851", "95852", "97598"})
_REPEATED = frozenset({"59", "76", "77", "XE", "XP", "XS", "XU"})
_COUNTING = "CMS Claims Processing Manual (Pub. 100-04) ch. 5 sec. 20.2 (total time); CPT time rule (midpoint)"


@rule(
    id="MINUTES_MISSING",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.3.E: total timed minutes and total treatment time are documented",
    fix="Add the one-to-one minutes of the code to the note, if they were recorded; without minutes it cannot be billed.",
)
def minutes_missing(case: Case) -> Faults:
    """A timed code without minutes."""
    for place, service in enumerate(case.visit.services, start=1):
        if not is_timed(service.code) or service.minutes_given is not None:
            continue
        if service.minutes is NOT_SUPPLIED and service.starts is None:
            yield not_checked(f"services.{place}.minutes", f"minutes of {service.code}")
        else:
            yield Fault(f"services.{place}.minutes", f"{service.code} is a timed code and has no minutes")


@rule(
    id="UNITS_MISSING",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="005010X222A1, loop 2400, SV104",
    fix="Give the units of the service, or its minutes where the code is timed.",
    needs="the units of each line",
)
def units_missing(case: Case) -> Faults:
    """A line whose units are neither given nor can be counted."""
    tied = case.draft.timed.tied if case.draft.timed else ()
    for line in case.draft.lines:
        if line.units is None and line.procedure not in tied:
            yield Fault(f"services.{line.place}.units", f"how many units of {line.procedure} is not known")


@rule(
    id="UNIT_TIE",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Claims Processing Manual ch. 5 sec. 20.2: the clinician bills the service that took more time",
    fix="Let the clinician decide which of the codes gets the unit: gateway visits fix VISIT --give-unit CODE, once for each.",
    needs="the units of each line",
)
def unit_tie(case: Case) -> Faults:
    """Equal remainders of which only some can become a unit: nobody but the clinician can choose."""
    timed = case.draft.timed
    undecided = [line for line in case.draft.lines if line.units is None and timed and line.procedure in timed.tied]
    if timed and undecided:
        yield Fault(f"services.{undecided[0].place}.units", timed.because)


@rule(
    id="UNIT_MISMATCH",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites=_COUNTING,
    fix="Bill the units that the documented minutes come to; correct the minutes only where the record shows others.",
)
def unit_mismatch(case: Case) -> Faults:
    """More units billed than the documented minutes come to; fewer are only worth a look."""
    yield from _untimed_more_than_once(case)
    timed = case.draft.timed
    if timed is None:
        return
    severity = Severity.HOLD if timed.rule is UnitRule.CMS else case.payer_says("unit_rule")
    billed: dict[str, int] = {}
    first: dict[str, int] = {}
    for line in case.draft.lines:
        if is_timed(line.service.code) and line.units is not None:
            billed[line.procedure] = billed.get(line.procedure, 0) + line.units
            first.setdefault(line.procedure, line.place)
    over = False
    for code, number in billed.items():
        most = timed.by_code[code] + (timed.open_units if code in timed.tied else 0)
        if number > most:
            over = True
            yield Fault(f"services.{first[code]}.units", f"{number} of {code} billed; {timed.because}", severity)
        elif number < timed.by_code[code]:
            yield Fault(
                f"services.{first[code]}.units", f"only {number} of {code} billed; {timed.because}", Severity.WARN
            )
    total = sum(billed.values())
    if total > timed.total and not over:
        place = next(iter(first.values()))
        yield Fault(f"services.{place}.units", f"{total} timed units billed in all; {timed.because}", severity)
    elif first and not over and (told := _more_than_the_day_has(case, total)):
        yield Fault(f"services.{next(iter(first.values()))}.units", told, severity)


def _more_than_the_day_has(case: Case, billed: int) -> str:
    """Say that the timed units of a day's visits of one discipline are more than their minutes together; empty if not."""
    others = [one for one in same_day(case) if one.discipline is case.visit.discipline]
    if not others:
        return ""
    minutes: dict[str, int] = {}
    for service in (one for visit in (case.visit, *others) for one in visit.services if is_timed(one.code)):
        if service.minutes_given is None:
            return ""
        minutes[service.code] = minutes.get(service.code, 0) + service.minutes_given
    drafted = (line for one in others for line in draft(one, case.payer).billed if is_timed(line.service.code))
    together = count(case.payer.unit_rule, minutes)
    number = billed + sum(line.units or 0 for line in drafted)
    if number <= together.total:
        return ""
    named = " and ".join(one.key for one in others)
    return (
        f"{number} timed units billed with visit {named} of the same day; {together.because}; take the service that comes to "
        "none off one of the visits (visits fix --set services=...), or leave that visit unbilled (--do-not-bill)"
    )


def _untimed_more_than_once(case: Case) -> Faults:
    """An untimed code is one unit a day, however long it took; a modifier that says why there are more is worth a look."""
    units: dict[str, int] = {}
    first: dict[str, int] = {}
    told: set[str] = set()
    for line in case.draft.billed:
        known = procedure(line.procedure)
        if (
            known is not None
            and known.time_class is TimeClass.UNTIMED
            and line.units is not None
            and known.code not in _BY_AREA_OR_LIMB
            and not (known.is_evaluation and line.units == 1)  # of several, EVALUATION_REPEATED says it
        ):
            units[line.procedure] = units.get(line.procedure, 0) + line.units
            first.setdefault(line.procedure, line.place)
            if _REPEATED & set(line.modifiers):
                told.add(line.procedure)
    for code, number in units.items():
        if number > 1:
            what = f"{number} of {code} billed; it is not timed, and one unit a day"
            yield Fault(f"services.{first[code]}.units", what, Severity.WARN if code in told else None)


@rule(
    id="UNBILLED_MINUTES",
    severity=Severity.WARN,
    owner=Owner.BILLER,
    cites=_COUNTING,
    fix="Nothing, if the minutes are right: the service stays in the note and is not billed.",
)
def unbilled_minutes(case: Case) -> Faults:
    """A timed code whose minutes come to no unit: it is left off the claim."""
    if all(line.units == 0 for line in case.draft.lines):
        return
    for line in case.draft.lines:
        known, minutes = procedure(line.procedure), line.service.minutes_given
        where = f"services.{line.place}.minutes"
        if line.units == 0 and not line.borne_by:
            yield Fault(where, f"{line.procedure} comes to no unit and is not billed")
        elif known is not None and known.is_once and minutes is not None and line.units:
            beyond = minutes - known.span_minutes
            more = next((one for one in _further(known) if beyond >= one.least_minutes), None)
            if more is not None and all(each.code != more.code for each in case.visit.services):
                yield Fault(where, f"{beyond} minutes beyond the first {known.span_minutes} belong to {more.code}")


@rule(
    id="NOTHING_TO_BILL",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="005010X222A1, loop 2400: a claim has at least one service line",
    fix="Correct the minutes if the record shows others; otherwise mark the visit as not billed.",
    needs="a line that is billed",
)
def nothing_to_bill(case: Case) -> Faults:
    """A visit of which no service comes to a unit."""
    if all(line.units == 0 for line in case.draft.lines):
        yield Fault("services", "no service of this visit comes to a billable unit")


@rule(
    id="TIME_INCONSISTENT",
    severity=Severity.WARN,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.3.E: billed minutes agree with the record",
    fix="Make minutes and times of the note agree, in a dated addendum.",
)
def time_inconsistent(case: Case) -> Faults:
    """Start and stop that are turned round, or that do not come to the minutes given."""
    for place, service in enumerate(case.visit.services, start=1):
        if service.starts is None or service.ends is None:
            continue
        span = (service.ends.hour - service.starts.hour) * 60 + service.ends.minute - service.starts.minute
        if span <= 0:
            yield Fault(f"services.{place}.stop", f"{service.code} stops before it starts")
        elif isinstance(service.minutes, int) and service.minutes > span:
            yield Fault(
                f"services.{place}.minutes", f"{service.minutes} minutes of {service.code} in a block of {span}"
            )


def _further(base: Procedure) -> Iterator[Procedure]:
    """Give the codes that bill what goes beyond a code that is billed once."""
    return (one for one in procedures().values() if base.code in one.bases and one.span_minutes)


RULES = (minutes_missing, units_missing, unit_tie, unit_mismatch, unbilled_minutes, nothing_to_bill, time_inconsistent)
