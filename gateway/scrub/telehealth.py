"""Rules about services by video or telephone."""

from datetime import date
from typing import Final

from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, rule
from gateway.visit import Discipline

_PLACES: Final = frozenset({"02", "10"})
_UNTIL: Final = date(2027, 12, 31)
"""Consolidated Appropriations Act, 2026: physical, occupational and speech therapists may bill Medicare until this day."""
_THERAPY: Final = frozenset({Discipline.PT, Discipline.OT, Discipline.SLP})
_HANDS_ON: Final = frozenset(
    {
        "97012",
        "97016",
        "97018",
        "97022",
        "97024",
        "97032",
        "97033",
        "97034",
        "97035",
        "97036",
        "97113",
        "97124",
        "97140",
    }
    | {"97597", "97598", "95992", "20560", "20561", "98940", "98941", "98942", "98943", "G0283"}
)
"""Procedures that a hand or a device at the patient gives. No list of them is published that names all: they only warn."""


@rule(
    id="TELEHEALTH_NOT_COVERED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="Social Security Act sec. 1834(m) as changed by the Consolidated Appropriations Act, 2026: therapists until 2027-12-31",
    fix="Correct the place of service if the patient was in the room; otherwise do not bill Medicare for it.",
)
def telehealth_not_covered(case: Case) -> Faults:
    """A visit by telehealth whose clinician, day or code Medicare does not take by it."""
    if case.payer.program is not Program.MEDICARE or case.visit.place_of_service not in _PLACES:
        return
    if case.visit.discipline not in _THERAPY:
        yield Fault("place_of_service", f"Medicare takes no telehealth of {case.visit.discipline}")
    elif case.visit.day > _UNTIL:
        yield Fault("place_of_service", f"Medicare takes telehealth of therapists until {_UNTIL}")
    for line in case.draft.billed:
        if line.procedure in _HANDS_ON:
            what = f"{line.procedure} is given by hand or by a device at the patient"
            yield Fault(f"services.{line.place}.code", what, Severity.WARN)


RULES = (telehealth_not_covered,)
