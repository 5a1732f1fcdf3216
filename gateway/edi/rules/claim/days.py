"""Dates of an 837P (005010X222A1): in their order, and none in the future (SNIP 4). Days are compared as CCYYMMDD."""

from datetime import date
from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.claim_unit import ClaimUnit
from gateway.edi.rules.context.unit import LATEST, Unit
from gateway.edi.rules.rule import Fault, Spot, rule
from gateway.edi.wire.figures import as_day
from gateway.edi.wire.finding import WireSeverity

_DAY: Final = 8
_YEARS_MAX: Final = 122
"""The longest life that is known."""
_PAST: Final = {
    "2300": ("439", "431", "454", "304", "453", "455", "484", "435", "096", "297"),
    "2330B": ("573",),
    "2400": ("454", "304", "455"),
    "2430": ("573",),
}
"""DTP01 of what must have happened, by loop."""
_BEGIN_AND_END: Final = "314"
"""DTP01 of a disability's both days."""
_DECIDED: Final = "573"
"""DTP01 of another payer's remittance, which may bear the day that its payment will arrive."""


def first_day(dtp: Parts) -> str:
    """Give the first day of a date or period (DTP03); empty if there is none."""
    return at(dtp, 3)[:_DAY]


def last_day(dtp: Parts) -> str:
    """Give the last day of a date or period (DTP03); empty if there is none."""
    return at(dtp, 3).rpartition("-")[2][:_DAY]


@rule(
    id="SERVICE_IN_FUTURE",
    on="2400 DTP*472",
    fault=Fault.DATE,
    element=3,
    cites="005010X222A1, loop 2400, DTP*472: when the service was performed",
    fix="Correct the date of service, or send the claim when it was done.",
)
def service_in_future(dtp: Parts, _loop: Loop, unit: Unit) -> list[Spot]:
    """A service is dated in the future."""
    if first_day(dtp) > unit.today:
        return [Spot(3)]
    # Rented equipment and supplies are billed when they are handed out, for the days that they are for.
    return [Spot(3, severity=WireSeverity.WARNING)] if last_day(dtp) > unit.today else []


@rule(
    id="EVENT_IN_FUTURE",
    on=tuple(f"{loop} DTP*{code}" for loop, codes in _PAST.items() for code in codes),
    fault=Fault.DATE,
    element=3,
    cites="005010X222A1, loops 2300, 2330B, 2400 and 2430, DTP: what happened before the claim was sent",
    fix="Correct the date.",
)
def event_in_future(dtp: Parts, _loop: Loop, unit: Unit) -> list[Spot]:
    """Something that happened before the claim was sent is dated in the future."""
    if first_day(dtp) <= unit.today:
        return []
    return [Spot(3, severity=WireSeverity.WARNING if at(dtp, 1) == _DECIDED else None)]


@rule(
    id="BIRTH_IN_FUTURE",
    on=("2010BA DMG", "2010CA DMG"),
    fault=Fault.DATE,
    element=2,
    cites="005010X222A1, loops 2010BA and 2010CA, DMG02",
    fix="Correct the date of birth.",
)
def birth_in_future(dmg: Parts, _loop: Loop, unit: Unit) -> bool:
    """A date of birth is in the future."""
    return at(dmg, 2) > unit.today


@rule(
    id="BORN_TOO_LONG_AGO",
    on=("2010BA DMG", "2010CA DMG"),
    fault=Fault.DATE,
    element=2,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loops 2010BA and 2010CA, DMG02; nobody is known to have lived for 123 years",
    fix="Correct the date of birth: a digit of the year may be wrong.",
)
def born_too_long_ago(dmg: Parts, _loop: Loop, unit: Unit) -> bool:
    """A date of birth is longer ago than anybody has lived."""
    born = as_day(at(dmg, 2))
    return born is not None and unit.day != date.max and unit.day.year - born.year > _YEARS_MAX


@rule(
    id="CREATED_IN_FUTURE",
    on="HEADER BHT",
    fault=Fault.DATE,
    element=4,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, BHT04: when the transaction set was made",
    fix="Set the clock of the system that wrote the file.",
)
def created_in_future(bht: Parts, _loop: Loop, unit: Unit) -> bool:
    """The transaction set says that it was made in the future."""
    return at(bht, 4) > unit.today


@rule(
    id="PERIOD_BACKWARDS",
    on="* DTP",
    fault=Fault.DATE,
    element=3,
    cites="005010X222A1, every DTP03 as RD8: first and last day",
    fix="Put the earlier day first.",
)
def period_backwards(dtp: Parts, _loop: Loop, _unit: Unit) -> bool:
    """A period ends before it begins."""
    return "-" in at(dtp, 3) and first_day(dtp) > last_day(dtp)


@rule(
    id="SERVICE_BEFORE_BIRTH",
    on="2400 DTP*472",
    fault=Fault.DATE,
    element=3,
    cites="005010X222A1, loop 2400, DTP*472, and DMG02 of the patient",
    fix="Correct the date of service or the patient's date of birth.",
)
def service_before_birth(dtp: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """A service is dated before the patient was born (DMG02)."""
    return "" < first_day(dtp) < claim.born


@rule(
    id="SERVICE_AFTER_DEATH",
    on="2400 DTP*472",
    fault=Fault.DATE,
    element=3,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loops 2000B and 2000C, PAT06: the patient's date of death",
    fix="Correct the date of service or of death.",
)
def service_after_death(dtp: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """A service is dated after the patient's death (PAT06)."""
    return last_day(dtp) > claim.died


@rule(
    id="EVENT_AFTER_SERVICE",
    on=("2300 DTP*439", "2300 DTP*431", "2300 DTP*454", "2300 DTP*435"),
    fault=Fault.DATE,
    element=3,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2300, DTP: what came before the services of the claim",
    fix="Correct the date, or the dates of service.",
)
def event_after_service(dtp: Parts, _loop: Loop, claim: ClaimUnit) -> bool:
    """Accident, onset, first treatment or admission is dated after the last service of the claim."""
    return first_day(dtp) > (claim.last_day or LATEST)


def _later(loop: Loop, dtp: Parts, qualifier: str) -> bool:
    """Tell whether the other date of a loop stands and is earlier."""
    other = loop.first("DTP", qualifier)
    return bool(other) and first_day(dtp) > first_day(other)


@rule(
    id="DISCHARGE_BEFORE_ADMISSION",
    on="2300 DTP*435",
    fault=Fault.DATE,
    element=3,
    cites="005010X222A1, loop 2300, DTP*435 and DTP*096",
    fix="Correct the days of admission and discharge.",
)
def discharge_before_admission(dtp: Parts, loop: Loop, _claim: ClaimUnit) -> bool:
    """The admission is dated after the discharge (DTP*096)."""
    return _later(loop, dtp, "096")


@rule(
    id="RETURN_BEFORE_LAST_WORKED",
    on="2300 DTP*297",
    fault=Fault.DATE,
    element=3,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2300, DTP*297 and DTP*296",
    fix="Correct the days of last work and of the return to it.",
)
def return_before_last_worked(dtp: Parts, loop: Loop, _claim: ClaimUnit) -> bool:
    """The last day of work is dated after the return to work (DTP*296)."""
    return _later(loop, dtp, "296")


@rule(
    id="CARE_GIVEN_UP_BEFORE_TAKEN_ON",
    on="2300 DTP*090",
    fault=Fault.DATE,
    element=3,
    severity=WireSeverity.WARNING,
    cites="005010X222A1, loop 2300, DTP*090 and DTP*091",
    fix="Correct the days on which care was taken on and given up.",
)
def care_given_up_before_taken_on(dtp: Parts, loop: Loop, _claim: ClaimUnit) -> bool:
    """Care is dated to be taken on after it was given up (DTP*091)."""
    return _later(loop, dtp, "091")


@rule(
    id="DISABILITY_FORMAT",
    on=("2300 DTP*314", "2300 DTP*360", "2300 DTP*361"),
    element=2,
    cites="005010X222A1, loop 2300, DTP of disability: 314 with RD8 for begin and end, 360 or 361 with D8 for one of them",
    fix="Name begin and end as a period (314, RD8); only the begin as 360, only the end as 361, each with D8.",
)
def disability_format(dtp: Parts, _loop: Loop, _unit: Unit) -> bool:
    """A disability's begin and end are no period (RD8), or one of them alone is none of a day (D8)."""
    is_period = at(dtp, 1) == _BEGIN_AND_END
    return at(dtp, 2) == ("D8" if is_period else "RD8")


RULES = (
    disability_format,
    service_in_future,
    event_in_future,
    birth_in_future,
    born_too_long_ago,
    created_in_future,
    period_backwards,
    service_before_birth,
    service_after_death,
    event_after_service,
    discharge_before_admission,
    return_before_last_worked,
    care_given_up_before_taken_on,
)
