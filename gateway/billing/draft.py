"""The claim that a visit would make. What cannot be decided stays None: the scrubber says so, nobody guesses.

Units given by the practice stand; where they are left out they are counted from minutes (`line_units`). The
modifier of the discipline's plan of care (GP, GO, GN) is added where the payer wants it and the line carries none, and the
assistant's (CQ, CO) where it follows from who gave how many minutes, by a line of its own where only some units carry it
(Medicare Claims Processing Manual ch. 5 sec. 20.1).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from gateway import units
from gateway.billing.assistant import Assisted, Billed, Part, assisted
from gateway.billing.line_units import LineUnits, line_units, timed_units, whole
from gateway.claim import LINES_MAX, POINTERS_MAX
from gateway.codes.callings import ASSISTANTS, calling_of_person
from gateway.codes.modifiers import ASSISTANT_MODIFIERS, discipline_modifier, discipline_modifiers
from gateway.codes.procedure import Procedure, TherapyClass, procedure
from gateway.money import ZERO, exact
from gateway.payer import Payer
from gateway.visit import Discipline, Service, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One line as it would be billed.

    place    1-based place of its service in the visit; several lines may be of one service
    units    None when neither given nor to be counted; 0 when the minutes come to none
    counted  the units that the minutes of its code come to, None when that cannot be said
    charge   dollars and cents for all units, None when neither given nor priced
    bears    places of the other blocks of its code whose units it bears
    borne_by place of the line that bears its units, another block of the same code; 0 for a line of its own
    """

    place: int
    service: Service
    modifiers: tuple[str, ...]
    units: int | None
    counted: int | None
    charge: Decimal | None
    pointers: tuple[int, ...]
    bears: tuple[int, ...] = ()
    borne_by: int = 0

    def blocks(self, visit: Visit) -> list[Service]:
        """Give the services that are this line, the one at its place first."""
        return [visit.services[place - 1] for place in (self.place, *self.bears)]

    @property
    def procedure(self) -> str:
        """Its code."""
        return self.service.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the visit comes to under its payer's rules.

    timed     the arithmetic of the timed minutes
    assisted  what the assistant's minutes come to, for a payer that wants to know
    """

    lines: tuple[DraftLine, ...]
    timed: units.Units | None
    assisted: Assisted = field(default_factory=Assisted)

    @property
    def billed(self) -> tuple[DraftLine, ...]:
        """The lines that go on the claim: all but those whose minutes come to no unit."""
        return tuple(line for line in self.lines if line.units != 0)


def draft(visit: Visit, payer: Payer) -> Draft:
    """Work out units, modifiers, charges and pointers of each service."""
    timed = timed_units(visit, payer)
    each = line_units(visit, timed, tells_assistants=payer.wants_assistant_modifier)
    lines = tuple(_line(place, visit, payer, its) for place, its in enumerate(each, start=1))
    own = ASSISTANT_MODIFIERS.get(visit.discipline)
    if own is None or not payer.wants_assistant_modifier:
        return Draft(lines=lines, timed=timed)
    said = _assisted(lines, visit, own)
    split = [part for line in lines for part in _parts(line, said.parts.get(line.place, ()), visit, payer, own)]
    return Draft(lines=tuple(_with_dropped_charges(split)), timed=timed, assisted=said)


def _assisted(lines: Sequence[DraftLine], visit: Visit, own: str) -> Assisted:
    """Say what the assistant's minutes come to: of therapy, but of no evaluation, which no assistant may give."""
    given_by = calling_of_person(visit.rendering.credential, visit.rendering.taxonomy)
    wanted = [
        Billed(
            place=line.place,
            service=whole(line.blocks(visit)),
            units=line.units,
            carries=own in line.modifiers,
        )
        for line in lines
        if not line.borne_by
        and (known := procedure(line.procedure)) is not None
        and not known.is_evaluation
        and (known.therapy is TherapyClass.ALWAYS or discipline_modifier(visit.discipline) in line.modifiers)
    ]
    counted = {line.procedure: line.counted for line in lines if line.counted is not None}
    said = assisted(wanted, counted, by_assistant=given_by in ASSISTANTS)
    too_many = len(lines) + sum(len(parts) - 1 for parts in said.parts.values()) - LINES_MAX
    if too_many > 0:
        cut = dict.fromkeys(said.parts, "its units would stand on more lines than a claim has")
        return replace(said, parts={}, open={**cut, **said.open})
    return said


def _with_dropped_charges(lines: Sequence[DraftLine]) -> Iterator[DraftLine]:
    """Let what was charged for a line that comes to no unit stand on the line that has the units of its code."""
    dropped = [
        line
        for line in lines
        if line.units == 0 and not line.borne_by and line.service.charge and line.charge is not None
    ]
    for line in lines:
        of_code = [one for one in dropped if one.procedure == line.procedure and line.units]
        if not of_code or line.charge is None:
            yield line
            continue
        dropped = [one for one in dropped if one not in of_code]
        yield replace(line, charge=exact(sum((one.charge or ZERO for one in of_code), line.charge)))


def _parts(line: DraftLine, parts: Sequence[Part], visit: Visit, payer: Payer, own: str) -> Iterator[DraftLine]:
    """Give the lines that a service becomes; a charge for all of its units is shared out by them, to the cent."""
    if not parts:
        yield line
        return
    blocks, number, spent = line.blocks(visit), sum(part.units or 0 for part in parts), ZERO
    is_given = any(one.charge is not None for one in blocks)
    for at, part in enumerate(parts, start=1):
        charge = _charge(blocks, payer, visit.day, part.units)
        if is_given and charge is not None and len(parts) > 1:
            is_last = at == len(parts)
            charge = charge - spent if is_last else round(charge * (part.units or 0) / number, 2)
            spent += charge
        modifiers = _carrying(line.modifiers, visit.discipline, own) if part.carries else line.modifiers
        yield replace(line, units=part.units, charge=charge, modifiers=modifiers)


def _carrying(modifiers: tuple[str, ...], discipline: Discipline, own: str) -> tuple[str, ...]:
    """Put the assistant's modifier behind the discipline's, which it never stands without."""
    plan = discipline_modifier(discipline)
    if own in modifiers or plan is None or (discipline_modifiers(modifiers) and plan not in modifiers):
        return modifiers
    if plan not in modifiers:
        modifiers = _behind_pricing(modifiers, plan)
    at = modifiers.index(plan) + 1
    return (*modifiers[:at], own, *modifiers[at:])


def _line(place: int, visit: Visit, payer: Payer, its: LineUnits) -> DraftLine:
    service = visit.services[place - 1]
    blocks = [visit.services[one - 1] for one in (place, *its.bears)]
    return DraftLine(
        place=place,
        service=service,
        modifiers=_modifiers(service, visit.discipline, payer, procedure(service.code)),
        units=its.units,
        counted=its.counted,
        charge=_charge(blocks, payer, visit.day, its.units),
        pointers=_pointers(blocks, visit),
        bears=its.bears,
        borne_by=its.borne_by,
    )


def _pointers(blocks: Sequence[Service], visit: Visit) -> tuple[int, ...]:
    """Give all that the blocks of a line point to; the first four diagnoses where one of them says nothing."""
    if all(one.pointers for one in blocks):
        return tuple(dict.fromkeys(pointer for one in blocks for pointer in one.pointers))[:POINTERS_MAX]
    return tuple(range(1, min(POINTERS_MAX, len(visit.diagnoses)) + 1))


def _modifiers(service: Service, discipline: Discipline, payer: Payer, known: Procedure | None) -> tuple[str, ...]:
    own = discipline_modifier(discipline) or (_OF_OTHERS if discipline in payer.discipline_modifier_from else None)
    # What a therapist gives is therapy, also where a physician's would be none ("sometimes therapy").
    is_therapy = known is not None and known.therapy is not TherapyClass.NO
    if not (payer.wants_discipline_modifier and is_therapy and own) or discipline_modifiers(service.modifiers):
        return service.modifiers
    return _behind_pricing(service.modifiers, own)


def _behind_pricing(modifiers: tuple[str, ...], own: str) -> tuple[str, ...]:
    """Pricing modifiers such as 59 and 25 stand first, payment ones such as CQ and KX behind the discipline's."""
    first = tuple(one for one in modifiers if one in _FIRST)
    return (*first, own, *(one for one in modifiers if one not in _FIRST))


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
