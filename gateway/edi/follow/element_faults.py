"""Which element of a segment is not as the guide has it, and why: the slow second look at what its pattern refused."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, NamedTuple

from gateway.edi.guide.pattern import PERIOD, applied, is_settled
from gateway.edi.guide.tree import (
    CENTS_DIGITS,
    DOLLARS_DIGITS,
    MONEY,
    CompositeElement,
    Element,
    ElementType,
    SegmentUse,
    SimpleElement,
)
from gateway.edi.wire.segment import Delimiters

_DAY_LENGTH: Final = 8
_TIME_LENGTHS: Final = frozenset({4, 6, 7, 8})
_EARLIEST_YEAR: Final = 1800
_PERIOD_PARTS: Final = {"D8": ("day",), "RD8": ("day", "day"), "TM": ("time",), "DT": ("moment",)}


class ElementFault(NamedTuple):
    """One thing wrong with one element.

    position   1-based; component is 0 for the element as a whole
    number     data element number, empty where there is none
    code       IK403 of a 999 (code list 621)
    said       in plain words, without the value
    value      what stands there: never to be shown or logged
    repetition   1-based, where the element occurs several times
    trigger      the element, or component beside it, that makes it necessary or forbids it; 0 where none does
    """

    position: int
    component: int
    number: str
    code: str
    said: str
    value: str
    repetition: int = 0
    trigger: int = 0


class Code:
    """IK403: what may be wrong with a data element (X12 code list 621; our own words)."""

    MISSING: Final = "1"
    CONDITION_MISSING: Final = "2"
    TOO_MANY_ELEMENTS: Final = "3"
    TOO_SHORT: Final = "4"
    TOO_LONG: Final = "5"
    CHARACTER: Final = "6"
    NOT_A_CODE: Final = "7"
    NOT_A_DATE: Final = "8"
    NOT_A_TIME: Final = "9"
    EXCLUDED: Final = "10"
    TOO_MANY_REPETITIONS: Final = "12"
    TOO_MANY_COMPONENTS: Final = "13"
    NOT_USED: Final = "I10"


def element_faults(use: SegmentUse, texts: list[str], marks: Delimiters) -> Iterator[ElementFault]:
    """Give what is wrong with a segment's elements. `texts` is the segment split at its element marks, its id first."""
    values = texts[1:]
    if values and not values[-1]:
        yield ElementFault(len(values), 0, "", Code.TOO_MANY_ELEMENTS, "ends with an element that is empty", "")
    if len(values) > len(use.elements):
        extra = next((place for place in range(len(use.elements), len(values)) if values[place]), None)
        if extra is not None:
            said = f"is one too many: {use.id} has {len(use.elements)} elements here"
            yield ElementFault(extra + 1, 0, "", Code.TOO_MANY_ELEMENTS, said, values[extra])
    before = ""
    for element in use.elements:
        value = values[element.position - 1] if element.position <= len(values) else ""
        yield from _one(element, value, before, marks)
        before = value
    yield from _rules(use.rules, use.elements, values, 0)


def _one(element: Element, value: str, before: str, marks: Delimiters) -> Iterator[ElementFault]:
    if not value.strip(marks.component):
        if element.usage == "R":
            said = f"{element.name} is missing"
            yield ElementFault(element.position, 0, element.number, Code.MISSING, said, "")
        return
    if element.usage == "N":
        said = f"{element.name} is not used here"
        yield ElementFault(element.position, 0, element.number, Code.NOT_USED, said, value)
        return
    several = value.split(marks.repetition) if marks.repetition else [value]
    if element.repeat and len(several) > element.repeat:
        said = f"{element.name} occurs {len(several)} times, at most {element.repeat} are used"
        yield ElementFault(element.position, 0, element.number, Code.TOO_MANY_REPETITIONS, said, value)
        several = several[: element.repeat]
    for number, one in enumerate(several, start=1):
        if isinstance(element, CompositeElement):
            found = _composite(element, one, marks)
        else:
            found = (fault._replace(position=element.position) for fault in _simple(element, one, before, marks))
        yield from found if len(several) == 1 else (fault._replace(repetition=number) for fault in found)


def _composite(element: CompositeElement, value: str, marks: Delimiters) -> Iterator[ElementFault]:
    parts = value.split(marks.component)
    if len(parts) > len(element.components) and any(parts[len(element.components) :]):
        said = f"{element.name} has {len(parts)} components, at most {len(element.components)} are used"
        yield ElementFault(element.position, 0, element.number, Code.TOO_MANY_COMPONENTS, said, value)
    elif not parts[-1]:
        said = f"{element.name} ends with a component that is empty"
        yield ElementFault(element.position, 0, element.number, Code.TOO_MANY_COMPONENTS, said, value)
    before = ""
    for component in element.components:
        part = parts[component.position - 1] if component.position <= len(parts) else ""
        for fault in _component(component, part, before, marks):
            yield fault._replace(position=element.position, component=component.position)
        before = part
    for fault in _rules(element.rules, element.components, parts, element.position):
        yield fault


def _component(component: SimpleElement, part: str, before: str, marks: Delimiters) -> Iterator[ElementFault]:
    if part and component.usage == "N":
        yield _fault(component, Code.NOT_USED, f"{component.name} is not used here", part)
    elif part:
        yield from _simple(component, part, before, marks)
    elif component.usage == "R":
        yield _fault(component, Code.MISSING, f"{component.name} is missing", "")


def _simple(element: SimpleElement, value: str, before: str, marks: Delimiters) -> Iterator[ElementFault]:
    """Check one value that is there. `before` is the value before it, which names the format of a period."""
    name, kind = element.name, element.type
    if marks.component in value:
        yield _fault(element, Code.CHARACTER, f"{name} is no composite", value)
        return
    if wrong := next((one for one in value if not " " <= one <= "~"), ""):
        said = f"{name} holds a control character" if wrong < " " else f"{name} holds a character beyond plain ASCII"
        yield _fault(element, Code.CHARACTER, said, value)
        return
    if element.codes and not element.listed and value not in element.codes:
        yield _fault(element, Code.NOT_A_CODE, f"{name} is none of the guide's codes", value)
        return
    length = len(value.replace("-", "").replace(".", "")) if kind.kind[0] in "NR" else len(value)
    if length < kind.shortest:
        said = f"{name} has {length} characters, at least {kind.shortest} are wanted"
        yield _fault(element, Code.TOO_SHORT, said, value)
    elif length > kind.longest:
        yield _fault(element, Code.TOO_LONG, f"{name} has {length} characters, at most {kind.longest} fit", value)
    elif kind.kind in {"AN", "ID"} and not value.strip(" ") and kind.shortest < kind.longest:
        yield _fault(element, Code.CHARACTER, f"{name} holds nothing but spaces", value)
    elif kind.kind in {"AN", "ID"} and value.endswith(" ") and len(value.rstrip()) >= kind.shortest:
        yield _fault(element, Code.CHARACTER, f"{name} ends with a space", value)
    if kind.number == MONEY and length <= kind.longest and _is_number(value) and not _is_money(value):
        said = f"{name} has more than {DOLLARS_DIGITS} digits before its point, or {CENTS_DIGITS} behind it"
        yield _fault(element, Code.TOO_LONG, said, value)
    if element.pattern and not re.search(element.pattern, value):
        yield _fault(element, Code.NOT_A_CODE, f"{name} is not in its form", value)
    yield from _typed(element, kind, value, before)


def _typed(element: SimpleElement, kind: ElementType, value: str, before: str) -> Iterator[ElementFault]:
    name = element.name
    if kind.number == PERIOD and before in _PERIOD_PARTS:
        if not _is_period(value, before):
            code = Code.NOT_A_TIME if before == "TM" else Code.NOT_A_DATE
            yield _fault(element, code, f"{name} is none of format {before}", value)
    elif kind.kind == "DT" and not is_day(value if len(value) == _DAY_LENGTH else f"20{value}"):
        yield _fault(element, Code.NOT_A_DATE, f"{name} is no date", value)
    elif kind.kind == "TM" and not is_time(value):
        yield _fault(element, Code.NOT_A_TIME, f"{name} is no time of day", value)
    elif kind.kind[0] == "N" and not value.removeprefix("-").isdecimal():
        yield _fault(element, Code.CHARACTER, f"{name} is no whole number", value)
    elif kind.kind == "R" and not _is_number(value):
        yield _fault(element, Code.CHARACTER, f"{name} is no number", value)


def _fault(element: SimpleElement, code: str, said: str, value: str) -> ElementFault:
    return ElementFault(element.position, 0, element.number, code, said, value)


def _is_number(value: str) -> bool:
    whole, point, broken = value.removeprefix("-").partition(".")
    return (whole.isdecimal() or not whole) and (broken.isdecimal() if point else bool(whole))


def _is_money(value: str) -> bool:
    whole, _, broken = value.removeprefix("-").partition(".")
    return len(whole) <= DOLLARS_DIGITS and len(broken) <= CENTS_DIGITS


def is_day(value: str) -> bool:
    """Tell whether this is a date CCYYMMDD."""
    if len(value) != _DAY_LENGTH or not value.isdecimal() or int(value[:4]) < _EARLIEST_YEAR:
        return False
    try:
        date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return False
    return True


def is_time(value: str) -> bool:
    """Tell whether this is a time of day: HHMM, HHMMSS, HHMMSSD or HHMMSSDD (X12.6, type TM)."""
    if not value.isdecimal() or len(value) not in _TIME_LENGTHS:
        return False
    return value[:2] < "24" and value[2:4] < "60" and value[4:6] < "60"


def _is_moment(value: str) -> bool:
    return is_day(value[:8]) and _is_hour_and_minute(value[8:])


def _is_hour_and_minute(value: str) -> bool:
    return len(value) == min(_TIME_LENGTHS) and is_time(value)


_IS: Final[dict[str, Callable[[str], bool]]] = {
    "day": is_day,
    "time": _is_hour_and_minute,
    "moment": _is_moment,
}


def _is_period(value: str, named: str) -> bool:
    parts, wanted = value.split("-"), _PERIOD_PARTS[named]
    return len(parts) == len(wanted) and all(_IS[kind](part) for kind, part in zip(wanted, parts, strict=True))


def _rules(
    rules: tuple[str, ...], elements: tuple[Element, ...], values: list[str], inside: int
) -> Iterator[ElementFault]:
    """Check syntax notes. `inside` is the composite's position, 0 for a segment's own notes."""
    for rule in rules:
        if is_settled(rule, elements):
            continue
        kind, numbers = applied(rule, elements)
        there = {number for number in numbers if number <= len(values) and values[number - 1]}
        wrong = _broken(kind, numbers, there)
        if wrong:
            element = elements[wrong - 1]
            code = Code.EXCLUDED if kind == "E" else Code.CONDITION_MISSING
            said = f"{element.name} {_WHY[kind].format(names=_named(numbers))}"
            place = (inside, wrong) if inside else (wrong, 0)
            trigger = next((number for number in numbers if number in there and number != wrong), 0)
            yield ElementFault(*place, element.number, code, said, "", trigger=trigger)


_WHY: Final = {
    "P": "is missing: {names} come together",
    "R": "is missing: one of {names} is wanted",
    "C": "is missing: of {names} the first needs the others",
    "L": "is missing: of {names} the first needs one of the others",
    "E": "is one too many: only one of {names} may be there",
}


def _named(numbers: tuple[int, ...]) -> str:
    return "elements " + ", ".join(f"{number:02}" for number in numbers)


def _broken(kind: str, numbers: tuple[int, ...], there: set[int]) -> int:
    """Give the element that should be there, or should not; 0 if the note is kept."""
    absent = [number for number in numbers if number not in there]
    first, others = numbers[0], numbers[1:]
    if kind == "P":
        return absent[0] if there and absent else 0
    if kind == "R":
        return 0 if there else first
    if kind == "C":
        return next((number for number in others if first in there and number not in there), 0)
    if kind == "L":
        return others[0] if first in there and not there & set(others) else 0
    return sorted(there)[1] if len(there) > 1 else 0
