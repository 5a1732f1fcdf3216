"""What was read, as values: an interchange, its functional groups and their transaction sets."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import NoReturn, TypeAlias

from gateway.edi.segment import Segment
from gateway.errors import InboundWireError
from gateway.partner import Usage

Numbered: TypeAlias = tuple[int, Segment]
"""A segment with its place, counted from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionSet:
    """ST to SE.

    code      ST01, such as 835
    control   ST02
    guide     ST03, such as 005010X214; empty where the guide has none (835)
    starts    the place of ST in the file, counted from 1
    segments  from ST to SE, each with its place counted from ST = 1
    """

    code: str
    control: str
    guide: str
    starts: int
    segments: tuple[Numbered, ...] = field(repr=False)

    def refuse(self, ordinal: int, said: str) -> NoReturn:
        """Raise InboundWireError about the segment at `ordinal`, counted from ST = 1."""
        raise InboundWireError(ordinal=self.starts + ordinal - 1, said=f"{self.code} {self.control}: {said}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """GS to GE.

    function  GS01, such as HP
    sender    GS02
    receiver  GS03
    control   GS06
    version   GS08: the guide, such as 005010X221A1
    """

    function: str
    sender: str
    receiver: str
    control: int
    version: str
    sets: tuple[TransactionSet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interchange:
    """ISA to IEA. Ids without their padding.

    control     ISA13
    date, time  ISA09 (YYMMDD) and ISA10 (HHMM) as written
    version     ISA12
    starts      the place of ISA in the file, counted from 1
    ta1         its TA1 segments, each with its place in the file
    """

    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    control: int
    usage: Usage
    date: str
    time: str
    version: str
    starts: int
    ta1: tuple[Numbered, ...]
    groups: tuple[Group, ...]

    @property
    def fingerprint(self) -> str:
        """A hash of what is in it, wherever it stands and whatever stands between its segments.

        It tells a repetition from another interchange of the same number.
        """
        hashed = sha256(repr((self.sender_id, self.receiver_id, self.usage, self.date, self.time)).encode())
        for _, segment in self.ta1:
            hashed.update(repr(segment).encode())
        for group in self.groups:
            hashed.update(repr((group.function, group.sender, group.receiver, group.control, group.version)).encode())
            for one in group.sets:
                for _, segment in one.segments:
                    hashed.update(repr(segment).encode())
        return hashed.hexdigest()
