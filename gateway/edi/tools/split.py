"""One file into several, by interchange or by transaction set: each whole by itself, with its own envelope and its own numbers.

A splitting is an iterator of parts and texts: a Part begins a file, the texts behind it are its segments. A part's figures
are right once the next one has begun. Only a file of which `not_whole` says nothing may be split. By claims: `split_claims.py`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, TypeAlias

from gateway.edi.checking.damage import NOT_WHOLE
from gateway.edi.checking.envelopes import EnvelopeCheck
from gateway.edi.follow.loop import Parts
from gateway.edi.read.whole_file import Loose, Piece, Standing
from gateway.edi.wire.finding import WireFinding
from gateway.edi.wire.segment import Delimiters

_CONTROL_MAX: Final = 999_999_999

_UNITS: Final = frozenset({"CLM", "CLP"})


@dataclass(slots=True, kw_only=True)
class Part:
    """A file that a splitting makes.

    number    from 1
    interchange, group   its control numbers (ISA13; GS06, empty where it keeps those that stand in it)
    sets, claims, segments   how much it holds; claim payments are counted as claims
    """

    number: int
    interchange: str
    group: str = ""
    sets: int = 0
    claims: int = 0
    segments: int = 0


Splitting: TypeAlias = Iterator[Part | str]


def not_whole(source: BinaryIO) -> WireFinding | None:
    """Give the first fault for which a file must not be split; None if there is none."""
    faults: list[WireFinding] = []

    def tell(finding: WireFinding) -> None:
        if not faults and (finding.level, finding.code) in NOT_WHOLE:
            faults.append(finding)

    for _ in EnvelopeCheck(source, tell, judges_elements=False).run():
        raise AssertionError("nobody follows, so nothing is handed on")
    return faults[0] if faults else None


def by_interchange(contents: Iterable[Loose | Piece]) -> Splitting:
    """Split into interchanges. One whose control number was used before gets the next that is free."""
    numbers, writer = Numbers(), PartWriter()
    for standing, marks in standings(contents):
        parts = standing.parts
        if parts[0] == "ISA":
            yield from writer.begin(parts, numbers, marks)
        elif parts[0] == "IEA":
            yield writer.text([*parts[:2], writer.part.interchange])
        else:
            yield writer.text(parts)


def by_set(contents: Iterable[Loose | Piece]) -> Splitting:
    """Split into transaction sets, each in a group and an interchange of its own; TA1 segments together, without a group."""
    numbers, groups, writer = Numbers(), Numbers(), PartWriter()
    isa: Parts = []
    gs: Parts = []
    is_open = False
    for standing, marks in standings(contents):
        parts = standing.parts
        if parts[0] in {"GS", "IEA"} and is_open:
            yield from writer.end(groups=0)
            is_open = False
        if parts[0] == "ISA":
            isa = parts
        elif parts[0] == "GS":
            gs = parts
        elif parts[0] == "ST":
            yield from writer.begin(isa, numbers, marks)
            yield from writer.begin_group(gs, groups)
            yield writer.text(parts)
        elif parts[0] == "SE":
            yield writer.text(parts)
            yield from writer.end(groups=1)
        elif parts[0] not in {"GE", "IEA"}:
            if parts[0] == "TA1" and not is_open and standing.loop is None:
                yield from writer.begin(isa, numbers, marks)
                is_open = True
            yield writer.text(parts)


class PartWriter:
    """Writes the segments of one part after the other, and counts them.

    part  the one that is written
    """

    def __init__(self) -> None:
        self.part = Part(number=0, interchange="")
        self.marks = Delimiters()

    def begin(self, isa: Parts, numbers: "Numbers", marks: Delimiters) -> Splitting:
        """Begin a part with its ISA."""
        self.marks = marks
        self.part = Part(number=self.part.number + 1, interchange=f"{numbers.distinct(isa[13]):09}")
        yield self.part
        yield self.text([*isa[:13], self.part.interchange, *isa[14:]])

    def begin_group(self, gs: Parts, numbers: "Numbers") -> Iterator[str]:
        """Begin the one group of a part. Its number is written as it stood, if it was not used before."""
        number = numbers.distinct(gs[6])
        self.part.group = gs[6] if number == int(gs[6]) else str(number)
        yield self.text([*gs[:6], self.part.group, *gs[7:]])

    def text(self, parts: Parts) -> str:
        """Write a segment."""
        self.part.segments += 1
        self.part.sets += parts[0] == "ST"
        self.part.claims += parts[0] in _UNITS
        return self.marks.element.join(parts) + self.marks.segment

    def end(self, *, groups: int) -> Iterator[str]:
        """End the part with the trailers of its group, where it has one, and its interchange."""
        if groups:
            yield self.text(["GE", str(self.part.sets), self.part.group])
        yield self.text(["IEA", str(groups), self.part.interchange])


class Numbers:
    """Control numbers, each given once."""

    def __init__(self) -> None:
        self._given: set[int] = set()
        self._highest = 0

    def distinct(self, wanted: str) -> int:
        """Give the number that is wanted, or the next behind all that were given; from 1 again behind the last there is."""
        number = int(wanted)
        if number in self._given:
            number = self._highest % _CONTROL_MAX + 1
            while number in self._given:
                number = number % _CONTROL_MAX + 1
        self._given.add(number)
        self._highest = max(self._highest, number)
        return number


def standings(contents: Iterable[Loose | Piece]) -> Iterator[tuple[Standing, Delimiters]]:
    """Give every segment with its delimiters."""
    for one in contents:
        if isinstance(one, Loose):
            yield one.standing, one.marks
        else:
            for standing in one.standings():
                yield standing, one.marks
