"""How many units each service of a visit comes to: as typed, else from its minutes; blocks of one code are added up.

A code's blocks under the same modifiers are one line: the first bears the units of all, and what one of them was typed as is
the units of all. Where several of them were typed, each stands as it was typed. For a payer that wants to know an assistant's
part, what an assistant gave is a line of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from gateway import units
from gateway.codes.procedure import Procedure, TimeClass, procedure
from gateway.payer import Payer
from gateway.visit import Service, TreatedBy, Visit


class LineUnits(NamedTuple):
    """What one service comes to.

    units    None when neither given nor to be counted; 0 when its minutes come to none
    counted  the units that the minutes of its code come to, None when that cannot be said
    bears    places of the services whose units it bears with its own; empty for most
    borne_by place of the service that bears its units; 0 for one that is a line of its own
    """

    units: int | None
    counted: int | None
    bears: tuple[int, ...] = ()
    borne_by: int = 0


def timed_units(visit: Visit, payer: Payer) -> units.Units | None:
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


def line_units(visit: Visit, timed: units.Units | None, *, tells_assistants: bool) -> tuple[LineUnits, ...]:
    """Give what each service comes to, in their order.

    tells_assistants  whether the payer wants to know what an assistant gave
    """
    lines: dict[int, LineUnits] = {}
    blocks = _blocks(visit.services, tells_assistants=tells_assistants)
    often = Counter(visit.services[places[0] - 1].code for places in blocks)
    counted = _counted(visit, timed, blocks)
    quarters = _whole_quarters(visit.services, blocks, counted)
    for places in blocks:
        first = visit.services[places[0] - 1]
        known, its_count = procedure(first.code), counted.get(first.code)
        if _stand_apart(visit.services, places, timed):
            for place in places:
                lines[place] = LineUnits(visit.services[place - 1].units, its_count)
            continue
        typed = _typed_of(visit.services, places)
        own = typed[0] if typed else _units(known, its_count, alone=often[first.code] == 1)
        if own is None and not typed:
            own = quarters.get(places)
        lines[places[0]] = LineUnits(own, its_count, bears=places[1:])
        lines |= {place: LineUnits(0, its_count, borne_by=places[0]) for place in places[1:]}
    return tuple(lines[place] for place in range(1, len(visit.services) + 1))


def _stand_apart(services: Sequence[Service], places: Sequence[int], timed: units.Units | None) -> bool:
    """Tell whether blocks of a code are lines of their own: several were typed, or one as less than all minutes come to."""
    typed, least = _typed_of(services, places), timed.by_code.get(services[places[0] - 1].code, 0) if timed else 0
    return len(typed) > 1 or (len(typed) == 1 < len(places) and typed[0] < least)


def _typed_of(services: Sequence[Service], places: Sequence[int]) -> list[int]:
    return [one for place in places if (one := services[place - 1].units) is not None]


def whole(blocks: Sequence[Service]) -> Service:
    """Give blocks that are one line as one service, with their minutes added up."""
    if len(blocks) == 1:
        return blocks[0]
    alone = [one.assistant_minutes for one in blocks if one.assistant_minutes is not None]
    return replace(
        blocks[0],
        minutes=sum(one.minutes_given or 0 for one in blocks),
        assistant_minutes=sum(alone) if alone else None,
        starts=None,
        ends=None,
    )


def _whole_quarters(
    services: Sequence[Service], blocks: Sequence[tuple[int, ...]], counted: Mapping[str, int | None]
) -> dict[tuple[int, ...], int]:
    """Give the units of lines of one code where they leave no choice: each is a whole quarter hour of one line.

    Elsewhere only a person can say which line of the code gets which unit.
    """
    of_code: dict[str, dict[tuple[int, ...], int]] = defaultdict(dict)
    for places in blocks:
        known, minutes = procedure(services[places[0] - 1].code), [services[one - 1].minutes_given for one in places]
        if known is not None and known.is_timed and None not in minutes:
            of_code[known.code][places] = sum(one or 0 for one in minutes) // units.QUARTER_HOUR
    return {
        places: number
        for code, each in of_code.items()
        if sum(each.values()) == counted.get(code)
        for places, number in each.items()
    }


def _blocks(services: Sequence[Service], *, tells_assistants: bool) -> list[tuple[int, ...]]:
    """Give the places of the services that are one line, from 1, in the order of the first of each."""
    together: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, one in enumerate(services, start=1):
        known = procedure(one.code)
        # Whatever has no minutes to add up stays a line of its own.
        adds = known is not None and known.is_timed and one.minutes_given is not None
        # Where one block tells of an assistant's minutes and the other does not, they cannot be added up either.
        by = (one.treated_by is TreatedBy.ASSISTANT, one.assistant_minutes is None) if tells_assistants else ()
        key = (one.code, one.modifiers, by) if adds else (place,)
        together[key].append(place)
    return [tuple(places) for places in together.values()]


def _counted(visit: Visit, timed: units.Units | None, blocks: Sequence[tuple[int, ...]]) -> Mapping[str, int | None]:
    """Give what the minutes of each code come to, ties settled by what was typed; codes that cannot be told are left out."""
    counted: dict[str, int | None] = {}
    if timed is not None:
        typed = _typed(visit.services, blocks, timed)
        counted |= dict(timed.by_code) | units.settled(timed, typed)
        counted |= {code: None for code in timed.tied if code in typed}
    for service in visit.services:
        known, minutes = procedure(service.code), service.minutes_given
        if known is not None and known.span_minutes and minutes is not None:
            counted[service.code] = units.units_of_spans(
                minutes, known.span_minutes, known.least_minutes, once=known.is_once
            )
    return counted


def _typed(services: Sequence[Service], blocks: Sequence[tuple[int, ...]], timed: units.Units) -> dict[str, int]:
    """Give the units of each timed code of which every line has some."""
    given: dict[str, int | None] = {}
    for places in blocks:
        code = services[places[0] - 1].code
        typed, known, before = _typed_of(services, places), procedure(code), given.get(code, 0)
        is_whole = len(typed) == len(places) or (typed and not _stand_apart(services, places, timed))
        if known is not None and known.is_timed:
            given[code] = before + sum(typed) if is_whole and before is not None else None
    return {code: units for code, units in given.items() if units is not None}


def _units(known: Procedure | None, counted: int | None, *, alone: bool) -> int | None:
    if known is not None and known.time_class is TimeClass.UNTIMED:
        return 1
    counts = known is not None and (known.is_timed or known.span_minutes)
    return counted if counts and alone else None
