"""Two files compared: which units are in one only, and of those in both, which elements differ.

The files are gone through one after the other: of the first only a digest of each unit is kept, of the second also the
units that the first does not have so, up to a limit; then the first once more, for those that differ.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final, NamedTuple, TypeAlias

from gateway.edi.read.whole_file import Loose, Piece, Standing
from gateway.edi.tools.diff_units import NOTHING, Unit, units
from gateway.edi.tools.element_names import named, use_of

UNITS_MAX: Final = 1_000
"""Units that are shown to differ; more are only counted."""
STANDS_IN: Final = "stands in"
"""The name of a difference that is not in a unit but in whom the levels around it name."""
_SEGMENTS_MAX: Final = 100_000
"""Segments that are kept of them."""
_MATCHED_MAX: Final = 4_000
"""Segments of a unit that are matched; those of a larger one are compared one by one, as they stand."""

_OF_DELIMITERS: Final = frozenset({11, 16})
"""Elements of ISA."""

Opened: TypeAlias = Callable[[], Iterable[Loose | Piece]]


class Difference(NamedTuple):
    """A segment that is in one file only, an element that is not the same in both, or STANDS_IN.

    label, name  of the element or component; empty for a segment as a whole
    first, second  places in the two files, 0 where it is not
    before, after  what stands there
    """

    loop: str
    segment: str
    label: str
    name: str
    first: int
    second: int
    before: str
    after: str

    # It may be somebody's name.
    def __repr__(self) -> str:
        return f"Difference({self.segment}{self.label}, {self.first}, {self.second})"


class UnitDifference(NamedTuple):
    """A unit that is in one file only, with no differences, or not the same in both. See Unit and Difference."""

    kind: str
    number: str
    occurrence: int
    first: int
    second: int
    differences: tuple[Difference, ...] = ()

    # As above.
    def __repr__(self) -> str:
        return f"UnitDifference({self.kind}, {self.first}, {self.second})"


class Comparison:
    """What differs between two files, each given by what opens its contents anew; it can be gone through once.

    ignoring  elements that may differ, by segment id, such as comparable.NUMBERS
    differing is how many units were found to differ, `more` how many of them were not given
    """

    def __init__(self, first: Opened, second: Opened, ignoring: Mapping[str, tuple[int, ...]] = NOTHING) -> None:
        self._first, self._second, self._ignoring = first, second, ignoring
        self._shown = 0
        self.differing = 0

    @property
    def more(self) -> int:
        """How many units differ that were not given."""
        return self.differing - self._shown

    def __iter__(self) -> Iterator[UnitDifference]:
        here = {one.digest(self._ignoring) for one in units(self._first())}
        there: dict[int, Unit | None] = {}
        kept = 0
        for one in units(self._second()):
            digest = one.digest(self._ignoring)
            if digest in here:
                here.remove(digest)
                continue
            kept += len(one.standings)
            there[one.key] = one if kept <= _SEGMENTS_MAX and len(there) < UNITS_MAX else None
        for one in units(self._first()) if here else ():
            if one.digest(self._ignoring) in here:
                is_in_both = one.key in there
                other = there.pop(one.key, None)
                if other is not None:
                    yield from self._give(_changed(one, other, self._ignoring))
                elif is_in_both:
                    self.differing += 1  # too many to keep
                else:
                    yield from self._give(_only(one)._replace(first=one.ordinal))
        for left in there.values():
            if left is None:
                self.differing += 1
            else:
                yield from self._give(_only(left)._replace(second=left.ordinal))

    def _give(self, found: UnitDifference) -> Iterator[UnitDifference]:
        self.differing += 1
        if self._shown < UNITS_MAX:
            self._shown += 1
            yield found


def _only(unit: Unit) -> UnitDifference:
    return UnitDifference(unit.kind, unit.number, unit.occurrence, 0, 0)


def _changed(first: Unit, second: Unit, ignoring: Mapping[str, tuple[int, ...]]) -> UnitDifference:
    differences = tuple(_differences(first, second, ignoring))
    return UnitDifference(first.kind, first.number, first.occurrence, first.ordinal, second.ordinal, differences)


def _differences(first: Unit, second: Unit, ignoring: Mapping[str, tuple[int, ...]]) -> Iterator[Difference]:
    if first.within != second.within:
        levels = "; ".join(first.within), "; ".join(second.within)
        yield Difference("", "", "", STANDS_IN, first.ordinal, second.ordinal, *levels)
    for one, other in _pairs(first, second, ignoring):
        if one is None or other is None:
            there = one or other
            assert there is not None, "a pair has one segment at least"
            unit = first if one is not None else second
            text = unit.marks.element.join(there.parts)
            places = (there.ordinal, 0, text, "") if one is not None else (0, there.ordinal, "", text)
            yield Difference(_loop(there), there.parts[0], "", "", *places)
        else:
            yield from _elements(one, first, other, second, ignoring.get(one.parts[0], ()))


def _elements(
    one: Standing, first: Unit, other: Standing, second: Unit, ignored: tuple[int, ...]
) -> Iterator[Difference]:
    before = {value.label: value for value in named(one.parts, use_of(one), first.marks)}
    after = {value.label: value for value in named(other.parts, use_of(other), second.marks)}
    for label in sorted(before.keys() | after.keys()):
        there = before.get(label) or after[label]
        was = before[label].value if label in before else ""
        is_now = after[label].value if label in after else ""
        if was != is_now and there.position not in ignored and not _is_delimiter(one, there.position, first, was):
            yield Difference(_loop(one), one.parts[0], label, there.name, one.ordinal, other.ordinal, was, is_now)


def _is_delimiter(standing: Standing, position: int, unit: Unit, value: str) -> bool:
    """Whether an element of ISA only says which delimiters the file has."""
    return standing.parts[0] == "ISA" and position in _OF_DELIMITERS and value in unit.marks.all


_Pair = tuple[Standing | None, Standing | None]


def _pairs(first: Unit, second: Unit, ignoring: Mapping[str, tuple[int, ...]]) -> Iterator[_Pair]:
    """Give the segments that are not the same, each with the one that stands for it in the other unit, if any does."""
    ones, others = first.standings, second.standings
    texts, other_texts = first.texts(ignoring), second.texts(ignoring)
    if max(len(ones), len(others)) > _MATCHED_MAX:
        for place, pair in enumerate(zip_longest(ones, others)):
            if None in pair or texts[place] != other_texts[place]:
                yield pair
        return
    for tag, begin, end, other_begin, other_end in SequenceMatcher(
        None, texts, other_texts, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            continue
        run, other_run = ones[begin:end], others[other_begin:other_end]
        heads = SequenceMatcher(None, [*map(_head, run)], [*map(_head, other_run)], autojunk=False)
        for same, start, stop, other_start, other_stop in heads.get_opcodes():
            if same == "equal":
                yield from zip(run[start:stop], other_run[other_start:other_stop], strict=True)
            else:
                yield from ((one, None) for one in run[start:stop])
                yield from ((None, one) for one in other_run[other_start:other_stop])


def _head(one: Standing) -> str:
    """Give what makes two segments each other's: their id, their place in the guide, and the code that tells it apart."""
    use, element = use_of(one), one.parts[1] if len(one.parts) > 1 else ""
    code = element[:3] if use is not None and use.key is not None else ""
    return f"{one.parts[0]} {_loop(one)} {code}"


def _loop(one: Standing) -> str:
    return one.place.within.id if one.place is not None else ""
