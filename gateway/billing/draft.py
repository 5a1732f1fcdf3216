"""The claim that a visit would make. What cannot be decided stays None: the scrubber says so, nobody guesses.

Units given by the practice stand; where they are left out they are counted from minutes (`line_units`). The
modifier of the discipline's plan of care (GP, GO, GN) is added where the payer wants it and the line carries none
(Medicare Claims Processing Manual ch. 5 sec. 20.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway import units
from gateway.billing.line_units import LineUnits, line_units, timed_units
from gateway.claim import POINTERS_MAX
from gateway.codes.modifiers import discipline_modifier, discipline_modifiers
from gateway.codes.procedure import Procedure, TherapyClass, procedure
from gateway.money import ZERO, exact
from gateway.payer import Payer
from gateway.visit import Discipline, Service, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One line as it would be billed.

    place    1-based place of its service in the visit
    units    None when neither given nor to be counted; 0 when the minutes come to none
    counted  the units that the minutes of its code come to, None when that cannot be said
    charge   dollars and cents for all units, None when neither given nor priced
    borne_by place of the line that bears its units, another block of the same code; 0 for a line of its own
    """

    place: int
    service: Service
    modifiers: tuple[str, ...]
    units: int | None
    counted: int | None
    charge: Decimal | None
    pointers: tuple[int, ...]
    borne_by: int = 0

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
    timed = timed_units(visit, payer)
    each = zip(visit.services, line_units(visit, timed), strict=True)
    lines = tuple(_line(place, service, visit, payer, its) for place, (service, its) in enumerate(each, start=1))
    return Draft(lines=lines, timed=timed)


def _line(place: int, service: Service, visit: Visit, payer: Payer, its: LineUnits) -> DraftLine:
    blocks = [service, *(visit.services[one - 1] for one in its.bears)]
    return DraftLine(
        place=place,
        service=service,
        modifiers=_modifiers(service, visit.discipline, payer, procedure(service.code)),
        units=its.units,
        counted=its.counted,
        charge=_charge(blocks, payer, visit.day, its.units),
        pointers=service.pointers or tuple(range(1, min(POINTERS_MAX, len(visit.diagnoses)) + 1)),
        borne_by=its.borne_by,
    )


def _modifiers(service: Service, discipline: Discipline, payer: Payer, known: Procedure | None) -> tuple[str, ...]:
    own = discipline_modifier(discipline) or (_OF_OTHERS if discipline in payer.discipline_modifier_from else None)
    # What a therapist gives is therapy, also where a physician's would be none ("sometimes therapy").
    is_therapy = known is not None and known.therapy is not TherapyClass.NO
    if not (payer.wants_discipline_modifier and is_therapy and own) or discipline_modifiers(service.modifiers):
        return service.modifiers
    # Pricing modifiers such as 59 and 25 stand first, payment ones such as CQ and KX behind the discipline's.
    first = tuple(one for one in service.modifiers if one in _FIRST)
    return (*first, own, *(one for one in service.modifiers if one not in _FIRST))


_OF_OTHERS = "GP"
"""What payers want of a chiropractor's therapy lines."""
_FIRST = frozenset({"59", "XE", "XS", "XP", "XU", "25"})


def _charge(blocks: Sequence[Service], payer: Payer, day: date, billed: int | None) -> Decimal | None:
    """Give what was charged for all blocks of a line, else what the fee schedule says."""
    given = [one.charge for one in blocks if one.charge is not None]
    if given:
        return exact(sum(given, ZERO)) if len(given) == len(blocks) else None
    rate = payer.charge_for(blocks[0].code, day)
    return None if rate is None or billed is None else exact(rate * billed)
