"""What a 999 (005010X231A1) says of one transaction set: loop 2000, from AK2 to IK5.

Each fault is told: of an element as IK4, of a segment or loop as IK3, of the set as IK502. What is copied from the file
is copied only if the wire can carry it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from gateway.acknowledgment import Verdict
from gateway.edi.checking.envelope_verdicts import JudgedSet
from gateway.edi.checking.guide_choice import FUNCTIONS
from gateway.edi.wire.finding import Trigger, WireFinding, WireLevel, WireSeverity
from gateway.edi.wire.segment import Delimiters, Segment, fault_in, is_segment_id

FAULTS_MAX: Final = 100
"""Faults of one set that are told, errors before warnings; a set that has more is rejected all the same."""

CODES_MAX: Final = 5
"""IK502 to IK506, and AK905 to AK909."""

LETTERS: Final = {
    Verdict.ACCEPTED: "A",
    Verdict.ACCEPTED_WITH_ERRORS: "E",
    Verdict.PARTIAL: "P",
    Verdict.REJECTED: "R",
}
"""IK501 and AK901."""

_IN_ELEMENTS: Final = "8"
_SEGMENT_CODES: Final = frozenset({*"12345678", "I4", "I6", "I7", "I8", "I9"})
"""IK304."""
_OTHER_FORM: Final = "I12"
_ELEMENT_CODES: Final = frozenset({*map(str, range(1, 14)), "I6", "I9", "I10", "I11", _OTHER_FORM, "I13"})
"""IK403."""
_SET_CODES: Final = frozenset({*map(str, range(1, 14)), *map(str, range(15, 20)), *map(str, range(23, 28)), "I5", "I6"})
"""IK502."""
_SET_NOT_SUPPORTED, _BAD_CONTROL, _FAULTY, _FAULTY_BY_GUIDE = "1", "7", "5", "I5"
_OF_GUIDE: Final = {"1": "18", "2": "I6"}
"""IK502 for the AK905 of a set that names another group's function, or a guide that is not known."""

_UNIT_NAMES: Final = {"837": "CLM01", "835": "TRN02", "277": "TRN02"}
"""CTX01-1: by what the sender knows the claim, payment or status."""

_CODES: Final = frozenset(code for code, function in FUNCTIONS.items() if function != "FA")
_ST02: Final = ("ST", 2)
_CONTROL_WIDTHS: Final = (4, 9)
_ORDINAL_MAX: Final = 999_999
_POSITION_MAX: Final = 99
_BAD_VALUE_MAX: Final = 99
_UNIT_MAX: Final = 35
_GUIDE_MAX: Final = 35
_LOOP_MAX: Final = 4
_NO_ID: Final = "ZZZ"
"""IK301 of a segment whose id is none."""


class SetAnswer(NamedTuple):
    """Loop 2000, and how many faults of the set it leaves out."""

    segments: tuple[Segment, ...]
    untold: int


def set_answer(one: JudgedSet, function: str, marks: Delimiters) -> SetAnswer:
    """Answer a set of a functional group of that kind (GS01); `marks` are those of the answer."""
    faults = [each for each in one.findings if each.level in {WireLevel.SEGMENT, WireLevel.ELEMENT}]
    faults.sort(key=lambda each: each.severity is WireSeverity.WARNING)
    told = [each for each in faults if each.ordinal <= _ORDINAL_MAX][:FAULTS_MAX]
    told.sort(key=lambda each: each.ordinal)
    code = one.code if one.code in _CODES else next(code for code, kind in FUNCTIONS.items() if kind == function)
    segments = (
        Segment("AK2", (code, _control(one.control, marks), carried(one.guide, marks, _GUIDE_MAX))),
        *_errors(told, _UNIT_NAMES.get(code, ""), marks),
        Segment("IK5", (LETTERS[one.verdict], *_codes(one, faults))),
    )
    return SetAnswer(segments, len(faults) - len(told))


def carried(text: str, marks: Delimiters, longest: int) -> str:
    """Give text as the wire can carry it: nothing if it cannot, cut if it is too long."""
    return "" if fault_in(text, marks) else text[:longest].rstrip(" ")


def _control(number: str, marks: Delimiters) -> str:
    """AK202. A number that is too short or too long is made to fit: the order of the answers tells the rest."""
    shortest, longest = _CONTROL_WIDTHS
    return carried(number.strip(), marks, longest).rjust(shortest, "0")


def _codes(one: JudgedSet, faults: Sequence[WireFinding]) -> tuple[str, ...]:
    found = [] if one.code in _CODES else [_SET_NOT_SUPPORTED]
    found += (each.code for each in one.findings if each.level is WireLevel.SET)
    found += (_OF_GUIDE.get(each.code, "") for each in one.findings if each.level is WireLevel.GROUP)
    if any((each.segment, each.element) == _ST02 for each in faults):
        found.append(_BAD_CONTROL)
    by_guide = [each.code.startswith("I") for each in faults]
    if not all(by_guide) or not one.is_read:
        found.append(_FAULTY)
    if any(by_guide):
        found.append(_FAULTY_BY_GUIDE)
    return tuple(code for code in dict.fromkeys(found) if code in _SET_CODES)[:CODES_MAX]


def _errors(told: Iterable[WireFinding], unit: str, marks: Delimiters) -> Iterator[Segment]:
    """Loops 2100 and 2110, in the order of the set: one for each fault of a segment, one for all in its elements."""
    for _, found in groupby(told, key=lambda each: each.ordinal):
        several = list(found)
        in_elements = [each for each in several if each.level is WireLevel.ELEMENT]
        for each in several:
            if each.level is WireLevel.SEGMENT:
                code = each.code if each.code in _SEGMENT_CODES else _IN_ELEMENTS
                yield from _segment(each, code, unit, marks)
        if in_elements:
            yield from _segment(in_elements[0], _IN_ELEMENTS, unit, marks)
        for each in in_elements:
            yield from _element(each, marks)


def _segment(fault: WireFinding, code: str, unit: str, marks: Delimiters) -> Iterator[Segment]:
    """IK3, and what it belongs to and depends on: CTX."""
    segment_id = fault.segment if is_segment_id(fault.segment) else _NO_ID
    yield Segment("IK3", (segment_id, str(fault.ordinal), _loop(fault.loop), code))
    number = carried(fault.unit, marks, _UNIT_MAX)
    if unit and number:
        yield Segment("CTX", ((unit, number),))
    if fault.level is WireLevel.SEGMENT:  # the guide takes the two in any order, pyx12 only in this one
        yield from _trigger(fault.trigger)


def _element(fault: WireFinding, marks: Delimiters) -> Iterator[Segment]:
    """IK4, and what it depends on: CTX. One beyond the ninety-ninth has no number there; its IK3 stands for it."""
    if not 0 < fault.element <= _POSITION_MAX or fault.component > _POSITION_MAX:
        return
    place = (str(fault.element), str(fault.component or ""), str(fault.repetition or ""))
    number = fault.number if fault.number.isdecimal() else ""
    code = fault.code if fault.code in _ELEMENT_CODES else _OTHER_FORM
    yield Segment("IK4", (place, number, code, carried(fault.value, marks, _BAD_VALUE_MAX)))
    yield from _trigger(fault.trigger)


def _trigger(trigger: Trigger | None) -> Iterator[Segment]:
    if trigger is not None and trigger.ordinal <= _ORDINAL_MAX:
        place = (str(trigger.element), str(trigger.component or "")) if trigger.element else ""
        seen = (trigger.segment, str(trigger.ordinal), _loop(trigger.loop), place)
        yield Segment("CTX", ("SITUATIONAL TRIGGER", *seen))


def _loop(name: str) -> str:
    """IK303 has four characters: 2010AA is told as 2010, and what is no loop of the guide's text not at all."""
    return name[:_LOOP_MAX] if name[:_LOOP_MAX].isdecimal() else ""
