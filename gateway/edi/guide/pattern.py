"""One regular expression for all that a guide says of one segment's elements.

It is never laxer than `element_faults`, which explains; where a rare shape is hard to say, it is stricter, and the
explanation then finds nothing. So a segment that matches needs no second look.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, groupby
from typing import Final

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

_PRINTABLE: Final = "".join(map(chr, range(0x20, 0x7F)))
"""The basic and extended character sets of X12.5 (appendix B.1.1.2): every printable character of ASCII."""

_DAY: Final = (
    r"(?:1[89]|2\d)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31)"
)
_TIME: Final = r"(?:[01]\d|2[0-3])[0-5]\d"
_PERIODS: Final = {
    "D8": _DAY,
    "RD8": rf"{_DAY}-{_DAY}",
    "DT": rf"{_DAY}{_TIME}",
    "TM": _TIME,
}
"""Data element 1251, by the format that 1250 names beside it. The 29th of February is left to the explanation."""

FORMAT, PERIOD = "1250", "1251"

_NOTHING: Final = "(?!)"
"""Matches never: left to the explanation."""
_HOURS_AND_MINUTES: Final = 4


class Patterns:
    """Builds the patterns for one set of delimiters."""

    def __init__(self, marks: Delimiters) -> None:
        self._element = re.escape(marks.element)
        self._component = re.escape(marks.component)
        self._repetition = re.escape(marks.repetition) if marks.repetition else ""
        data = [one for one in _PRINTABLE if one not in marks.all]
        self._data = _class(data)
        self._last = _class([one for one in data if one != " "])
        self._not_element = f"[^{self._element}]"

    def of(self, use: SegmentUse) -> str:
        """Give the pattern that a whole segment has to match, from its id to before its terminator."""
        rules = [applied(rule, use.elements) for rule in use.rules if not is_settled(rule, use.elements)]
        noted = frozenset(number for _, numbers in rules for number in numbers)
        sequence = self._sequence(use.elements, self._element, noted)
        return f"{re.escape(use.id)}{sequence}(?<!{self._element}){''.join(_kept(*rule) for rule in rules)}"

    def _sequence(self, elements: tuple[Element, ...], mark: str, noted: frozenset[int] = frozenset()) -> str:
        """Give the pattern of elements, each with the mark before it; those at the end may be left out.

        What a pattern lets be left out last it may not end with: `of` looks back for a mark at the end. Elements whose
        presence is `noted` set a group of their own, for the syntax notes to ask for.
        """
        tails, needed = [""], False
        for place in range(len(elements) - 1, -1, -1):
            element, following = elements[place], elements[place + 1] if place + 1 < len(elements) else None
            if _is_format_of(element, following):
                note = "".join(_note(one, noted) for one in (element, following))
                here, needed = self._pair(element, following, f"{note}{tails[1]}", mark, needed=needed)
            else:
                here, needed = self._one(element, tails[0], mark, _note(element, noted), needed=needed)
            tails.insert(0, here)
        return tails[0]

    def _one(self, element: Element, tail: str, mark: str, note: str, *, needed: bool) -> tuple[str, bool]:
        """Give one element's pattern with what follows, and whether any of it has to be there."""
        if element.usage == "R":
            return f"{mark}{self._repeated(element)}{note}{tail}", True
        if element.usage == "N" and not tail:
            return "", False  # marks that nothing follows are left to the explanation
        body = f"{mark}{tail}" if element.usage == "N" else f"{mark}{_maybe(f'{self._repeated(element)}{note}')}{tail}"
        return (body, True) if needed else (_maybe(body), False)

    def _pair(self, named: Element, period: Element | None, tail: str, mark: str, *, needed: bool) -> tuple[str, bool]:
        """As `_one`, for a format and the period in it. One without the other is left to the explanation."""
        assert isinstance(named, SimpleElement)
        assert isinstance(period, SimpleElement)
        both = f"{mark}(?:{'|'.join(self._pairs(named, period, mark))}){tail}"
        # Where both are optional and absent, what follows them is rare enough to be left to the explanation as well.
        return (both, True) if needed or "R" in (named.usage, period.usage) else (_maybe(both), False)

    def _repeated(self, element: Element) -> str:
        once = self._composite(element) if isinstance(element, CompositeElement) else self._simple(element)
        if element.repeat == 1 or not self._repetition:
            return once
        most = element.repeat - 1 if element.repeat else ""
        return f"{once}(?:{self._repetition}(?:{once})){{0,{most}}}"

    def _composite(self, element: CompositeElement) -> str:
        if element.rules:
            return _NOTHING
        head, *others = element.components
        rest = f"{self._sequence(tuple(others), self._component)}(?<!{self._component})"
        if head.usage == "R":
            return f"{self._simple(head)}{rest}"
        # Marks alone are no composite.
        something = f"(?!{self._component}*(?:{self._element}|$))"
        return f"{something}{_maybe(self._simple(head))}{rest}" if head.usage != "N" else f"{something}{rest}"

    def _pairs(self, named: SimpleElement, period: SimpleElement, mark: str) -> Iterator[str]:
        generic = self._typed(period.type)
        for code in sorted(named.codes):
            yield f"{re.escape(code)}{mark}{_PERIODS.get(code, generic)}"
        if not named.codes:
            yield f"{self._simple(named)}{mark}{generic}"

    def _simple(self, element: SimpleElement) -> str:
        if element.codes and not element.listed:
            return _any_of(element.codes)
        if element.pattern:
            # Both have to hold: what the guide says of the shape, and the type.
            return f"(?={element.pattern}(?:[{self._element}{self._component}]|$)){self._typed(element.type)}"
        return self._typed(element.type)

    def _typed(self, kind: ElementType) -> str:
        least, most = kind.shortest, kind.longest
        if kind.kind == "DT":
            return _DAY
        if kind.kind == "TM":
            return rf"{_TIME}(?:[0-5]\d(?:\d{{1,2}})?)?" if most > _HOURS_AND_MINUTES else _TIME
        if kind.kind.startswith("N"):
            return rf"-?\d{{{least},{most}}}"
        if kind.kind == "R":
            return _number(kind)
        if kind.kind == "B":
            return rf"[^{self._element}]{{{least},{most}}}"
        return f"{self._data}{_times(least - 1, most - 1)}{self._last}" if most > 1 else self._last


def _number(kind: ElementType) -> str:
    """Give the pattern of a decimal number. Neither sign nor point is counted."""
    least, most = kind.shortest, kind.longest
    if kind.number == MONEY:
        if (least, most) != (1, DOLLARS_DIGITS + CENTS_DIGITS):
            return _NOTHING  # a companion guide has narrowed it
        cents = rf"\.\d{{1,{CENTS_DIGITS}}}"
        return rf"-?(?:\d{{1,{DOLLARS_DIGITS}}}(?:{cents}|)|{cents})"
    whole = rf"\d{{{least},{most}}}"
    broken = rf"(?=[\d.]{{{least + 1},{most + 1}}}(?![\d.]))\d*\.\d+"
    return rf"-?(?:{broken}|{whole})"


def _maybe(pattern: str) -> str:
    """Give a pattern that matches this or nothing: an empty branch is a fifth faster than a question mark."""
    return f"(?:{pattern}|)"


def _times(least: int, most: int) -> str:
    if least == most:
        return "" if most == 1 else f"{{{most}}}"
    return f"{{{least},{most}}}"


def _note(element: Element | None, noted: frozenset[int]) -> str:
    return f"(?P<e{element.position}>)" if element is not None and element.position in noted else ""


def _kept(kind: str, numbers: tuple[int, ...]) -> str:
    """Give a pattern of no length that fails where a syntax note is broken, by the groups that were set."""

    def if_present(position: int, then: str, otherwise: str = "") -> str:
        return f"(?(e{position}){then}|{otherwise})"

    first, others = numbers[0], numbers[1:]
    if kind == "P":
        return if_present(
            first,
            "".join(if_present(other, "", _NOTHING) for other in others),
            "".join(if_present(other, _NOTHING) for other in others),
        )
    if kind == "C":
        return if_present(first, "".join(if_present(other, "", _NOTHING) for other in others))
    if kind == "E":
        pairs = combinations(numbers, 2)
        return "".join(if_present(one, if_present(other, _NOTHING)) for one, other in pairs)
    some = _NOTHING
    for position in reversed(numbers if kind == "R" else others):
        some = if_present(position, "", some)
    return some if kind == "R" else if_present(first, some)


def parsed(rule: str) -> tuple[str, tuple[int, ...]]:
    """Give a syntax note's kind and element positions: P0304 is ("P", (3, 4))."""
    return rule[0], tuple(int(rule[place : place + 2]) for place in range(1, len(rule), 2))


def applied(rule: str, elements: tuple[Element, ...]) -> tuple[str, tuple[int, ...]]:
    """Give a syntax note's kind and those of its positions that the guide has."""
    kind, numbers = parsed(rule)
    return kind, tuple(number for number in numbers if number <= len(elements))


def is_settled(rule: str, elements: tuple[Element, ...]) -> bool:
    """Whether the usage of its elements alone keeps a syntax note."""
    kind, numbers = applied(rule, elements)
    if len(numbers) == 1:
        return True
    usages = [elements[number - 1].usage for number in numbers]
    first, others = usages[0], usages[1:]
    return {
        "P": set(usages) in ({"R"}, {"N"}),
        "R": "R" in usages,
        "C": first == "N" or set(others) == {"R"},
        "L": first == "N" or "R" in others,
        "E": sum(usage != "N" for usage in usages) <= 1,
    }[kind]


def _is_format_of(element: Element, following: Element | None) -> bool:
    return (
        isinstance(element, SimpleElement)
        and isinstance(following, SimpleElement)
        and (element.type.number, following.type.number) == (FORMAT, PERIOD)
        and "N" not in (element.usage, following.usage)
    )


def _class(characters: Iterable[str]) -> str:
    return f"[{''.join(re.escape(one) for one in characters)}]"


def _any_of(codes: Iterable[str]) -> str:
    """Give a pattern that decides by one character at a time, whatever the number of codes."""
    words = sorted(codes)
    ends = "" in words
    branches = []
    for letter, some in groupby((word for word in words if word), key=lambda word: word[0]):
        branches.append(re.escape(letter) + _any_of([word[1:] for word in some]))
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 and not ends else f"(?:{'|'.join(branches)})"
    return f"{body}?" if ends else body
