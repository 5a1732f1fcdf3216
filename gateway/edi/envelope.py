"""ISA to IEA: what was read, with every count and control number checked; and what we write, with them computed.

Nothing is handed on before the whole file has been read and agrees with its own trailers: a file that was cut between
two segments is found here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.edi.figures import is_whole
from gateway.edi.reader import ISA_WIDTHS, segments
from gateway.edi.received import Group, Interchange, Numbered, TransactionSet
from gateway.edi.segment import STANDARD, Delimiters, Segment, encode, fault_in
from gateway.errors import InboundWireError, OutboundWireError
from gateway.partner import Envelope, Usage

__all__ = (
    "Group",
    "Interchange",
    "Numbered",
    "OutboundGroup",
    "OutboundSet",
    "TransactionSet",
    "interchange",
    "interchanges",
)

VERSION: Final = "00501"
"""ISA12."""

CONTROL_MAX: Final = 999_999_999
"""ISA13 and GS06."""

_ENVELOPE: Final = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"})

# They are quoted in messages, so nothing but a code may be in them.
_SET_CODE: Final = re.compile(r"[0-9]{3}").fullmatch
_SET_CONTROL: Final = re.compile(r"[0-9A-Za-z]{1,9}").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundSet:
    """A transaction set to be written.

    code      ST01
    control   ST02, 4 to 9 digits, unique in the group
    guide     ST03; empty for an 835, whose guide has none
    segments  what stands between ST and SE
    """

    code: str
    control: str
    guide: str = ""
    segments: Iterable[Segment]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundGroup:
    """A functional group to be written: GS01 (HC, HP, HN, FA), GS06 and GS08."""

    function: str
    control: int
    version: str
    sets: tuple[OutboundSet, ...]


def interchanges(raw: bytes) -> tuple[Interchange, ...]:
    """Read every interchange of a file.

    Raises InboundWireError if the bytes are not X12, if a count or control number disagrees with its trailer, if a
    trailer is missing, or if anything stands outside the envelope. Its ordinal is the place in the file.
    """
    rest = _Rest(segments(raw))
    return tuple(_interchange(ordinal, isa, rest) for ordinal, isa in rest)


class _Rest(Iterator[Numbered]):
    """The segments not yet read, shared by the three levels of the envelope. `next_ordinal` is where a cut shows."""

    def __init__(self, source: Iterator[Numbered]) -> None:
        self._source = source
        self.next_ordinal = 1

    def __next__(self) -> Numbered:
        ordinal, segment = next(self._source)
        self.next_ordinal = ordinal + 1
        return ordinal, segment


def _interchange(starts: int, isa: Segment, rest: _Rest) -> Interchange:
    control = _number(starts, isa, 13)
    if isa.at(15) not in tuple(Usage):
        raise InboundWireError(ordinal=starts, said="ISA15 is neither T nor P")
    groups: list[Group] = []
    ta1: list[Numbered] = []
    for ordinal, segment in rest:
        if segment.id == "GS":
            groups.append(_group(ordinal, segment, rest))
        elif segment.id == "TA1":
            ta1.append((ordinal, segment))
        elif segment.id == "IEA":
            _agree(ordinal, segment, count=len(groups), of="functional groups")
            _same(ordinal, _number(ordinal, segment, 2), control, "IEA02 and ISA13")
            break
        else:
            raise InboundWireError(ordinal=ordinal, said=f"{_named(segment)} stands outside a functional group")
    else:
        raise InboundWireError(ordinal=rest.next_ordinal, said="the file ends without IEA")
    return Interchange(
        sender_qualifier=isa.at(5).strip(),
        sender_id=isa.at(6).strip(),
        receiver_qualifier=isa.at(7).strip(),
        receiver_id=isa.at(8).strip(),
        control=control,
        usage=Usage(isa.at(15)),
        date=isa.at(9),
        time=isa.at(10),
        version=isa.at(12),
        starts=starts,
        ta1=tuple(ta1),
        groups=tuple(groups),
    )


def _group(starts: int, gs: Segment, rest: _Rest) -> Group:
    control = _number(starts, gs, 6)
    sets: list[TransactionSet] = []
    for ordinal, segment in rest:
        if segment.id == "ST":
            sets.append(_set(ordinal, segment, rest))
        elif segment.id == "GE":
            _agree(ordinal, segment, count=len(sets), of="transaction sets")
            _same(ordinal, _number(ordinal, segment, 2), control, "GE02 and GS06")
            break
        else:
            raise InboundWireError(ordinal=ordinal, said=f"{_named(segment)} stands outside a transaction set")
    else:
        raise InboundWireError(ordinal=rest.next_ordinal, said="the file ends without GE")
    if not sets:
        raise InboundWireError(ordinal=starts, said="the functional group holds no transaction set")
    controls = [one.control for one in sets]
    if len(set(controls)) != len(controls):
        raise InboundWireError(ordinal=starts, said="two transaction sets of a group have the same control number")
    return Group(
        function=gs.at(1),
        sender=gs.at(2).strip(),
        receiver=gs.at(3).strip(),
        control=control,
        version=gs.at(8).strip(),
        sets=tuple(sets),
    )


def _set(starts: int, st: Segment, rest: _Rest) -> TransactionSet:
    if not _SET_CODE(st.at(1)) or not _SET_CONTROL(st.at(2)):
        raise InboundWireError(ordinal=starts, said="ST names no transaction set or no control number")
    inside: list[Numbered] = [(1, st)]
    for ordinal, segment in rest:
        if segment.id in _ENVELOPE and segment.id != "SE":
            raise InboundWireError(ordinal=ordinal, said=f"{segment.id} stands before the transaction set has its SE")
        inside.append((len(inside) + 1, segment))
        if segment.id == "SE":
            _agree(ordinal, segment, count=len(inside), of="segments")
            _same(ordinal, segment.at(2), st.at(2), "SE02 and ST02")
            return TransactionSet(
                code=st.at(1), control=st.at(2), guide=st.at(3).strip(), starts=starts, segments=tuple(inside)
            )
    raise InboundWireError(ordinal=rest.next_ordinal, said="the file ends without SE")


def _named(segment: Segment) -> str:
    # In a file with a delimiter gone astray, an unknown id may be somebody's short name.
    return segment.id if segment.id in _ENVELOPE else "a segment"


def _number(ordinal: int, segment: Segment, position: int) -> int:
    text = segment.at(position).strip()
    if not is_whole(text):
        raise InboundWireError(
            ordinal=ordinal, said=f"{segment.id}{position:02} is not a number of at most nine digits"
        )
    return int(text)


def _agree(ordinal: int, trailer: Segment, *, count: int, of: str) -> None:
    told = _number(ordinal, trailer, 1)
    if told != count:
        raise InboundWireError(ordinal=ordinal, said=f"{trailer.id}01 counts {told} {of}, but {count} were read")


def _same(ordinal: int, trailer: int | str, header: int | str, names: str) -> None:
    if trailer != header:
        raise InboundWireError(ordinal=ordinal, said=f"{names} differ: the trailer belongs to something else")


def interchange(
    envelope: Envelope,
    *,
    control: int,
    at: datetime,
    groups: Iterable[OutboundGroup] = (),
    ta1: Iterable[Segment] = (),
    marks: Delimiters = STANDARD,
) -> bytes:
    """Write one interchange, without line breaks. `at` is wall-clock time in the zone the partner expects.

    IEA01, GE01 and SE01 are counted here. Raises OutboundWireError, naming the element but not the value, if an id
    does not fit its fixed width, a number is out of range, or a value holds what X12 cannot carry.
    """
    pieces = [_isa(envelope, _in_range(control, "ISA13"), at, marks)]
    pieces.extend(encode(segment, marks) for segment in ta1)
    count = 0
    for count, group in enumerate(groups, start=1):  # noqa: B007 -- the count is used after the loop
        pieces.extend(encode(segment, marks) for segment in _group_segments(envelope, group, at))
    pieces.append(encode(Segment("IEA", (str(count), f"{control:09}")), marks))
    return "".join(pieces).encode("ascii")


def _isa(envelope: Envelope, control: int, at: datetime, marks: Delimiters) -> str:
    values = (
        *("00", "", "00", ""),
        *(envelope.sender_qualifier, envelope.sender_id, envelope.receiver_qualifier, envelope.receiver_id),
        *(at.strftime("%y%m%d"), at.strftime("%H%M")),
        marks.repetition or "U",
        *(VERSION, f"{control:09}", "1" if envelope.wants_ta1 else "0", envelope.usage.value, marks.component),
    )
    for position, (value, width) in enumerate(zip(values, ISA_WIDTHS, strict=True), start=1):
        fault = fault_in(value, marks) if position not in (11, 16) else ""
        if not fault and len(value) > width:
            fault = f"is longer than {width} characters"
        if fault:
            raise OutboundWireError(
                f"segment ISA, element {position:02}: {fault}; nothing was written; correct the partner's envelope"
            )
    padded = (value.ljust(width) for value, width in zip(values, ISA_WIDTHS, strict=True))
    return marks.element.join(("ISA", *padded)) + marks.segment


def _group_segments(envelope: Envelope, group: OutboundGroup, at: datetime) -> Iterator[Segment]:
    control = str(_in_range(group.control, "GS06"))
    stamp = (at.strftime("%Y%m%d"), at.strftime("%H%M"))
    names = (envelope.group_sender, envelope.group_receiver)
    yield Segment("GS", (group.function, *names, *stamp, control, "X", group.version))
    for one in group.sets:
        yield Segment("ST", (one.code, one.control, one.guide))
        count = 2
        for segment in one.segments:
            count += 1
            yield segment
        yield Segment("SE", (str(count), one.control))
    yield Segment("GE", (str(len(group.sets)), control))


def _in_range(number: int, name: str) -> int:
    if not 1 <= number <= CONTROL_MAX:
        raise OutboundWireError(f"{name} must be 1 to {CONTROL_MAX:,}; nothing was written; check the control numbers")
    return number
