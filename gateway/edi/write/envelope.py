"""ISA to IEA as we write it, with every count and control number computed here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.edi.wire.segment import ISA_WIDTHS, STANDARD, Delimiters, Segment, encode, fault_in
from gateway.errors import OutboundWireError
from gateway.partner import Envelope

VERSION: Final = "00501"
"""ISA12."""

CONTROL_MAX: Final = 999_999_999
"""ISA13 and GS06."""


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
