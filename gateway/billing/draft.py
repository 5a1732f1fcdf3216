"""The claim that a visit would make. What cannot be decided stays None: the scrubber says so, nobody guesses.

Units given by the practice stand; where they are left out they are counted from minutes by the payer's rule. The
modifier of the discipline's plan of care (GP, GO, GN) is added where the payer wants it and the line carries none
(Medicare Claims Processing Manual ch. 5 sec. 20.1).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway import units
from gateway.claim import POINTERS_MAX
from gateway.codes.modifiers import discipline_modifier, discipline_modifiers
from gateway.codes.procedure import Procedure, TherapyClass, TimeClass, procedure
from gateway.money import exact
from gateway.payer import Payer
from gateway.visit import Discipline, Service, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One line as it would be billed.

    place    1-based place of its service in the visit
    units    None when neither given nor to be counted; 0 when the minutes come to none
    counted  the units that the minutes of its code come to, None when that cannot be said
    charge   dollars and cents for all units, None when neither given nor priced
    """

    place: int
    service: Service
    modifiers: tuple[str, ...]
    units: int | None
    counted: int | None
    charge: Decimal | None
    pointers: tuple[int, ...]

    @property
    def procedure(self) -> str:
        """Its code."""
        return self.service.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the visit comes to under its payer's rules. `timed` is the arithmetic of the timed minutes."""

    lines: tuple[DraftLine, ...]
    timed: units.Units | None

    @property
    def billed(self) -> tuple[DraftLine, ...]:
        """The lines that go on the claim: all but those whose minutes come to no unit."""
        return tuple(line for line in self.lines if line.units != 0)


def draft(visit: Visit, payer: Payer) -> Draft:
    """Work out units, modifiers, charges and pointers of each service."""
    timed = _timed(visit, payer)
    often = Counter(service.code for service in visit.services)
    return Draft(
        lines=tuple(
            _line(place, service, visit, payer, timed, alone=often[service.code] == 1)
            for place, service in enumerate(visit.services, start=1)
        ),
        timed=timed,
    )


def _timed(visit: Visit, payer: Payer) -> units.Units | None:
    """Count the timed codes together; None when one of them has no minutes, for then no total can be said."""
    minutes: dict[str, int] = {}
    for service in visit.services:
        known = procedure(service.code)
        if known is None or not known.is_timed:
            continue
        given = service.minutes_given
        if given is None:
            return None
        minutes[service.code] = minutes.get(service.code, 0) + given
    return units.count(payer.unit_rule, minutes) if minutes else None


def _line(
    place: int, service: Service, visit: Visit, payer: Payer, timed: units.Units | None, *, alone: bool
) -> DraftLine:
    known = procedure(service.code)
    counted = timed.by_code.get(service.code) if timed else None
    if timed and service.code in timed.tied:
        counted = None
    billed = service.units if service.units is not None else _units(known, counted, alone=alone)
    return DraftLine(
        place=place,
        service=service,
        modifiers=_modifiers(service, visit.discipline, payer, known),
        units=billed,
        counted=counted,
        charge=_charge(service, payer, visit.day, billed),
        pointers=service.pointers or tuple(range(1, min(POINTERS_MAX, len(visit.diagnoses)) + 1)),
    )


def _units(known: Procedure | None, counted: int | None, *, alone: bool) -> int | None:
    if known is not None and known.time_class is TimeClass.UNTIMED:
        return 1
    # A code split over several lines (therapist and assistant): only a person can say which line gets which unit.
    return counted if known is not None and known.is_timed and alone else None


def _modifiers(service: Service, discipline: Discipline, payer: Payer, known: Procedure | None) -> tuple[str, ...]:
    own = discipline_modifier(discipline)
    always = known is not None and known.therapy is TherapyClass.ALWAYS
    if not (payer.wants_discipline_modifier and always and own) or discipline_modifiers(service.modifiers):
        return service.modifiers
    # Pricing modifiers such as 59 and 25 stand first, payment ones such as CQ and KX behind the discipline's.
    first = tuple(one for one in service.modifiers if one in _FIRST)
    return (*first, own, *(one for one in service.modifiers if one not in _FIRST))


_FIRST = frozenset({"59", "XE", "XS", "XP", "XU", "25"})


def _charge(service: Service, payer: Payer, day: date, billed: int | None) -> Decimal | None:
    if service.charge is not None:
        return service.charge
    rate = payer.charge_for(service.code, day)
    return None if rate is None or billed is None else exact(rate * billed)
