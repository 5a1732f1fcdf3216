"""What the segments of a claim payment ask of each other (SNIP 4): loops 2100 and 2110 of an 835 (005010X221A1)."""

from typing import Final

from gateway.edi.follow.loop import Loop, Parts, at
from gateway.edi.rules.context.payment_unit import PaymentUnit
from gateway.edi.rules.context.unit import Unit, repeats_earlier_line
from gateway.edi.rules.rule import Fault, Spot, rule
from gateway.edi.wire.finding import WireSeverity

_FORWARDED: Final = frozenset({"19", "20", "21", "23"})
"""CLP02."""
_DENIED: Final = "4"
_AFTER_ANOTHER: Final = frozenset({"2", "3", "20", "21"})
"""CLP02 of claims that another payer had before."""
_BEGIN_OF: Final = {"233": "232", "151": "150"}
"""DTM01 of the end of a period: that of its begin."""
_EXPIRY: Final = "036"
"""DTM01 of the end of a coverage."""


@rule(
    id="FORWARDED_TO_NOBODY",
    on="2100 CLP",
    fault=Fault.SEGMENT_MISSING,
    lacks="NM1",
    cites="005010X221A1, loop 2100, NM1*TT: required where CLP02 says that the claim was forwarded",
    fix="Ask the payer to whom it forwarded the claim, before it is billed to another.",
)
def forwarded_to_nobody(_clp: Parts, loop: Loop, unit: PaymentUnit) -> bool:
    """A claim was forwarded (CLP02 of 19, 20, 21 or 23), but not said to whom (NM1*TT)."""
    return unit.status in _FORWARDED and not loop.first("NM1", "TT")


@rule(
    id="DENIED_YET_PAID",
    on="2100 CLP",
    element=2,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, CLP02: 4 is denied",
    fix="Trust the amounts; ask the payer.",
)
def denied_yet_paid(_clp: Parts, _loop: Loop, unit: PaymentUnit) -> bool:
    """A claim that is said to be denied (CLP02 of 4) was paid."""
    return unit.status == _DENIED and (unit.paid or 0) > 0


@rule(
    id="SECOND_WITHOUT_FIRST",
    on="2100 CLP",
    element=2,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, 1.10.2.13: what earlier payers did is told by the reason 23",
    fix="Compare with what the earlier payer paid.",
)
def second_without_first(_clp: Parts, loop: Loop, unit: PaymentUnit) -> bool:
    """A payer that comes after another (CLP02) takes nothing off for what that one did (reason 23)."""
    if unit.status not in _AFTER_ANOTHER:
        return False
    return not any("23" in parts[2::3] for one in (loop, *unit.lines) for parts in one.each("CAS"))


@rule(
    id="SERVICE_WITHOUT_DATE",
    on="2110 SVC",
    fault=Fault.SEGMENT_MISSING,
    lacks="DTM",
    cites="005010X221A1, loops 2110 and 2100, DTM: a service is dated by its line, or by its claim (DTM*232)",
    fix="Find the line by its number (REF*6R) and amount.",
)
def service_without_date(_svc: Parts, loop: Loop, unit: PaymentUnit) -> bool:
    """Neither the line nor its claim has a date of service."""
    return loop not in unit.dated and unit.piece not in unit.dated


@rule(
    id="CLAIM_WITHOUT_DATE",
    on="2100 CLP",
    fault=Fault.SEGMENT_MISSING,
    lacks="DTM",
    cites="005010X221A1, loop 2100, DTM*232: required where no line has dates",
    fix="Find the claim by its number (CLP01).",
)
def claim_without_date(_clp: Parts, loop: Loop, unit: PaymentUnit) -> bool:
    """A claim without lines has no date of service."""
    return not unit.lines and not loop.first("DTM", "232", "233")


@rule(
    id="SERVICE_DATED_TWICE",
    on=("2110 DTM*150", "2110 DTM*151"),
    fault=Fault.SEGMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, loop 2110, DTM: 472 for one day, 150 and 151 for a period",
    fix="Trust the single day; ask the payer.",
)
def service_dated_twice(dtm: Parts, loop: Loop, _unit: PaymentUnit) -> bool:
    """A line has both a day (DTM*472) and a period (DTM*150, DTM*151)."""
    return at(dtm, 1) != "472" and bool(loop.first("DTM", "472"))


@rule(
    id="END_WITHOUT_BEGIN",
    on=("2110 DTM*151", "2100 DTM*233"),
    fault=Fault.SEGMENT_MISSING,
    severity=WireSeverity.WARNING,
    lacks="DTM",
    cites="005010X221A1, loops 2100 and 2110, DTM: the end of a period (233, 151) has a begin (232, 150)",
    fix="Ask the payer for the dates.",
)
def end_without_begin(dtm: Parts, loop: Loop, _unit: PaymentUnit) -> bool:
    """A period has an end, but no begin."""
    begin = _BEGIN_OF.get(at(dtm, 1), "")
    return bool(begin) and not loop.first("DTM", begin)


@rule(
    id="END_BEFORE_BEGIN",
    on=("2110 DTM*151", "2100 DTM*233"),
    fault=Fault.DATE,
    element=2,
    cites="005010X221A1, loops 2100 and 2110, DTM",
    fix="Ask the payer for the dates.",
)
def end_before_begin(dtm: Parts, loop: Loop, _unit: PaymentUnit) -> bool:
    """A period ends before it begins."""
    begin = _BEGIN_OF.get(at(dtm, 1), "")
    return bool(begin) and "" < at(dtm, 2) < at(loop.first("DTM", begin), 2)


@rule(
    id="PAID_SERVICE_IN_FUTURE",
    on=("2110 DTM", "2100 DTM"),
    fault=Fault.DATE,
    element=2,
    cites="005010X221A1, loops 2100 and 2110, DTM: services that were adjudicated",
    fix="Ask the payer for the dates.",
)
def paid_service_in_future(dtm: Parts, _loop: Loop, unit: Unit) -> list[Spot]:
    """What was paid is dated in the future."""
    if at(dtm, 1) == _EXPIRY or at(dtm, 2) <= unit.today:
        return []
    # Rented equipment and supplies are paid for days to come.
    return [Spot(2, severity=WireSeverity.WARNING if at(dtm, 1) in _BEGIN_OF else None)]


@rule(
    id="INPATIENT_AND_OUTPATIENT",
    on="2100 MOA",
    fault=Fault.SEGMENT_NOT_USED,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, loop 2100, MIA and MOA: one of the two",
    fix="Ask the payer whether the claim was an inpatient's.",
)
def inpatient_and_outpatient(_moa: Parts, loop: Loop, _unit: PaymentUnit) -> bool:
    """A claim was adjudicated both as an inpatient's (MIA) and as an outpatient's (MOA)."""
    return bool(loop.first("MIA"))


@rule(
    id="SUBMITTED_PROCEDURE_IS_THE_SAME",
    on="2110 SVC",
    fault=Fault.ELEMENT_NOT_USED,
    element=6,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, loop 2110, SVC06: required where another procedure was adjudicated than submitted",
    fix="Pass over it.",
)
def submitted_procedure_is_the_same(svc: Parts, _loop: Loop, _unit: PaymentUnit) -> bool:
    """The procedure submitted (SVC06) is the one adjudicated (SVC01)."""
    return bool(at(svc, 6)) and at(svc, 6) == at(svc, 1)


@rule(
    id="PAID_LINE_NUMBER_REPEATED",
    on="2110 REF*6R",
    element=2,
    severity=WireSeverity.WARNING,
    cites="005010X221A1, loop 2110, REF*6R: the line's number of the claim, which is unique there",
    fix="Match the lines by procedure and amount: one of the claim's lines was split.",
)
def paid_line_number_repeated(ref: Parts, loop: Loop, unit: PaymentUnit) -> bool:
    """An earlier line of the claim payment has the same number (REF*6R)."""
    if loop.element("SVC", 6):  # one of the procedures that the submitted one was unbundled into
        return False
    return repeats_earlier_line(ref, loop, unit.lines, unit.numbers)


@rule(
    id="ADJUSTMENT_OF_NOTHING",
    on=("2100 CAS", "2110 CAS"),
    severity=WireSeverity.WARNING,
    cites="005010X221A1, loops 2100 and 2110, CAS: an adjustment takes an amount off",
    fix="Pass over it.",
)
def adjustment_of_nothing(cas: Parts, _loop: Loop, _unit: PaymentUnit) -> list[Spot]:
    """An adjustment takes nothing off."""
    return [Spot(position) for position in range(3, len(cas), 3) if cas[position] in {"0", "0.00"}]


RULES = (
    forwarded_to_nobody,
    denied_yet_paid,
    second_without_first,
    service_without_date,
    claim_without_date,
    service_dated_twice,
    end_without_begin,
    end_before_begin,
    paid_service_in_future,
    inpatient_and_outpatient,
    submitted_procedure_is_the_same,
    paid_line_number_repeated,
    adjustment_of_nothing,
)
