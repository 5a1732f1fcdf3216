"""The outermost judgement: whether an interchange can be taken at all (TA1), and each of its sets by itself (999)."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple, TypeAlias

from gateway.edi.claim_reading import GUIDE
from gateway.edi.envelope import VERSION, interchanges
from gateway.edi.figures import is_whole
from gateway.edi.reader import ISA_LENGTH, segments
from gateway.edi.received import Group, Interchange, Numbered
from gateway.edi.second_opinion import Fault, opinion
from gateway.edi.segment import Delimiters, Segment
from gateway.errors import InboundWireError
from gateway.simulator.acknowledging import SetVerdict
from gateway.simulator.incoming import day

TAKEN: Final = "000"
DUPLICATE: Final = "025"
CONTENT: Final = "024"
_STRUCTURE: Final = "022"
_EARLY_END: Final = "023"

_LONG_AGO: Final = date(2000, 1, 1)
_CENTURY: Final = "20"
_TIME: Final = re.compile(r"([01][0-9]|2[0-3])[0-5][0-9]").fullmatch
_NOTE: Final = re.compile(r"[0-9]{3}").fullmatch
_TRAILER_ELEMENTS: Final = 2

Opinion: TypeAlias = Callable[[bytes], tuple[Fault, ...]]


class Opening(NamedTuple):
    """The first ISA of a file, its elements without padding, and the marks that the answers use too."""

    isa: Segment
    marks: Delimiters

    @property
    def at(self) -> date:
        """ISA09, the date of every answer; a day long ago if it is none."""
        return day(_CENTURY + self.isa.at(9)) or _LONG_AGO

    @property
    def time(self) -> str:
        """ISA10; midnight if it is no time."""
        return self.isa.at(10) if _TIME(self.isa.at(10)) else "0000"


def opening(raw: bytes) -> Opening | None:
    """Read the first ISA; None if there is none that can be read: then nobody knows whom to answer."""
    try:
        _, isa = next(segments(raw))
    except InboundWireError:
        return None
    bare = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:ISA_LENGTH].decode("latin-1")
    marks = Delimiters(
        element=bare[3], component=bare[104], repetition="" if bare[82] == "U" else bare[82], segment=bare[105]
    )
    return Opening(Segment("ISA", tuple(isa.at(position).strip() for position in range(1, 17))), marks)


def received(raw: bytes, start: Opening) -> tuple[str, tuple[Interchange, ...]]:
    """Give the note of the TA1 (TA105), and what was read; nothing was read unless the note is 000."""
    if note := _isa_note(start.isa):
        return note, ()
    try:
        return TAKEN, interchanges(raw)
    except InboundWireError:
        return _structure_note(raw, start.isa), ()


def _isa_note(isa: Segment) -> str:
    wrong = (
        ("003", isa.at(12) != VERSION),
        ("014", day(_CENTURY + isa.at(9)) is None),
        ("015", not _TIME(isa.at(10))),
        ("018", not is_whole(isa.at(13)) or not int(isa.at(13))),
        ("019", isa.at(14) not in ("0", "1")),
        ("020", isa.at(15) not in ("T", "P")),
    )
    return next((note for note, is_so in wrong if is_so), "")


def _structure_note(raw: bytes, isa: Segment) -> str:
    """Say what is wrong with an envelope that does not close as it opened."""
    groups = 0
    try:
        for _, segment in segments(raw):
            groups += segment.id == "GS"
            if segment.id == "IEA":
                if segment.at(2).strip().lstrip("0") != isa.at(13).lstrip("0"):
                    return "001"
                return "021" if segment.at(1) != str(groups) else _STRUCTURE
    except InboundWireError:
        # It stops in the middle, or a segment is none: told apart by how the bytes end.
        return _STRUCTURE if raw.rstrip().endswith(raw.strip()[ISA_LENGTH - 1 : ISA_LENGTH]) else _EARLY_END
    return _EARLY_END


def verdicts(raw: bytes, one: Interchange, judge: Opinion = opinion) -> tuple[str, tuple[tuple[SetVerdict, ...], ...]]:
    """Judge every transaction set of every 837P group by itself; a fault of one does not cost its neighbours.

    Gives the TA105 note and, for each group, its verdicts; none for a group that `group_note` refuses.
    """
    by_place = dict(segments(raw))
    note = TAKEN
    judged: list[tuple[SetVerdict, ...]] = []
    for group in one.groups:
        found: list[SetVerdict] = []
        for each in group.sets if not group_note(group) else ():
            faults = _foreign(each.segments) or judge(_alone(raw, one, group, each.starts, by_place))
            note = next((f.code for f in faults if f.place == "interchange" and _NOTE(f.code)), note)
            found.append(SetVerdict(each, tuple(faults)))
        judged.append(tuple(found))
    return note, tuple(judged)


def group_note(group: Group) -> str:
    """Give AK905 of a group that is not taken at all: not of professional claims only, or of another guide; else empty."""
    if group.function != "HC" or any(one.code != "837" for one in group.sets):
        return "1"
    return "" if group.version == GUIDE else "2"


def _foreign(numbered: Sequence[Numbered]) -> tuple[Fault, ...]:
    """Characters beyond ASCII, by place; what holds them is not looked at further."""
    return tuple(
        Fault(f"segment {ordinal} {segment.id}, element {position:02}", "6")
        for ordinal, segment in numbered
        for position in range(1, len(segment.elements) + 1)
        if not "".join(segment.parts(position)).isascii()
    )


def _alone(raw: bytes, one: Interchange, group: Group, starts: int, by_place: dict[int, Segment]) -> bytes:
    """Give the interchange with this one set in it; as it came, if it has no other."""
    first = opening(raw)
    if first is None or (one.starts == 1 and len(one.groups) == 1 and len(group.sets) == 1 and _is_single(by_place)):
        return raw
    gs = next(by_place[place] for place in range(starts, 0, -1) if by_place[place].id == "GS")
    closing = (Segment("GE", ("1", gs.at(6))), Segment("IEA", ("1", by_place[one.starts].at(13))))
    body = itertools.takewhile(lambda segment: segment.id != "GE", _from(by_place, starts))
    kept = _one_set(body)
    return "".join(_text(segment, first.marks) for segment in (by_place[one.starts], gs, *kept, *closing)).encode(
        "latin-1"
    )


def _is_single(by_place: dict[int, Segment]) -> bool:
    return sum(segment.id == "ISA" for segment in by_place.values()) == 1


def _from(by_place: dict[int, Segment], starts: int) -> Iterator[Segment]:
    return (by_place[place] for place in range(starts, len(by_place) + 1))


def _one_set(body: Iterable[Segment]) -> Iterator[Segment]:
    for segment in body:
        yield segment
        if segment.id == "SE":
            return


def _text(segment: Segment, marks: Delimiters) -> str:
    elements = (one if isinstance(one, str) else marks.component.join(one) for one in segment.elements)
    return marks.element.join((segment.id, *elements)) + marks.segment
