"""What is wrong with an X12 file, as values: each with its place, its code and what to do."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

FINDINGS_MAX: Final = 5_000
"""More are not kept: of a file as a whole, or of one claim or payment."""


class WireSeverity(StrEnum):
    """Whether a file with it can be accepted."""

    ERROR = "error"
    WARNING = "warning"


class WireLevel(StrEnum):
    """What it is about, and so which list its code is from."""

    INTERCHANGE = "interchange"
    """TA105."""
    GROUP = "group"
    """AK905."""
    SET = "transaction set"
    """IK502."""
    SEGMENT = "segment"
    """IK304."""
    ELEMENT = "element"
    """IK403."""


class Trigger(NamedTuple):
    """An element that makes another one necessary, or forbids it: its segment, and its place as in a finding."""

    segment: str
    ordinal: int
    loop: str
    element: int
    component: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFinding:
    """One thing wrong.

    snip         1 integrity, 2 the guide, 3 balancing, 4 situations, 5 code sets
    code         X12's error code, from the list that `level` names; empty if it has none for this
    interchange, group, set_control   control numbers, as they stand
    ordinal      the segment's place in its transaction set, ST being 1; in the file, outside of one
    file_ordinal the segment's place in the file, from 1; 0 of the file as a whole
    loop         the guide's name of the loop
    element, component   1-based; 0 where it is about more than that
    number       data element number
    said, fix    in plain words, without the value
    rule         the rule that found it (SNIP 3 to 5); empty of what the envelope and the guide themselves ask
    repetition   1-based, of an element that occurs several times; 0 if it occurs once
    trigger      the element on which it depends whether this one has to be, or may be, there
    unit         the claim (CLM01), payment or status (TRN02) that it is in, as its sender numbers it
    value        what stands there: it may be somebody's name, so neither `str` nor `repr` shows it; nor the unit
    """

    snip: int
    level: WireLevel
    code: str
    said: str
    fix: str = ""
    severity: WireSeverity = WireSeverity.ERROR
    interchange: str = ""
    group: str = ""
    set_control: str = ""
    ordinal: int = 0
    file_ordinal: int = 0
    loop: str = ""
    segment: str = ""
    element: int = 0
    component: int = 0
    number: str = ""
    rule: str = ""
    repetition: int = 0
    trigger: Trigger | None = None
    unit: str = field(default="", repr=False)
    value: str = field(default="", repr=False)

    def __str__(self) -> str:
        place = f"segment {self.file_ordinal}" if self.file_ordinal else "the file"
        if self.segment:
            place += f" {self.segment}{self.element:02}" if self.element else f" {self.segment}"
        if self.component:
            place += f"-{self.component}"
        if self.loop:
            place += f" (loop {self.loop})"
        return f"{place}: {self.said}"
