"""What a check came to for each envelope of a file, in the order of the file: what an answer is written from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.acknowledgment import Verdict
from gateway.edi.follow.loop import at
from gateway.edi.wire.finding import WireFinding, WireSeverity
from gateway.edi.wire.segment import Delimiters

_TAKEN: Final = "000"
_CONTENT: Final = "024"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSet:
    """A transaction set: its ST, the id first, and what is wrong in it.

    starts     the place of ST in the file, from 1
    findings   in the order of the file, its choice of guide among them
    has_guide  whether a guide is known for it
    is_read    whether it was read to its end
    """

    st: tuple[str, ...] = field(repr=False)
    starts: int
    findings: tuple[WireFinding, ...]
    has_guide: bool = True
    is_read: bool = True

    @property
    def code(self) -> str:
        """What it is, such as 837 (ST01)."""
        return at(self.st, 1)

    @property
    def control(self) -> str:
        """Its control number (ST02)."""
        return at(self.st, 2)

    @property
    def guide(self) -> str:
        """The guide that it names (ST03); empty where that has none (835)."""
        return at(self.st, 3)

    @property
    def verdict(self) -> Verdict:
        """Accepted, accepted with errors, or rejected."""
        return _verdict(self.findings, is_read=self.is_read)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedGroup:
    """A functional group: its GS, the id first.

    findings  what is wrong with it as a whole; what is wrong with how its sets name their guide is theirs
    included  how many sets it says it has (GE01); empty where it does not end
    received  how many it has
    accepted  how many of them are not rejected by themselves
    sets      in order: all that anything is wrong with, and of the others the first 10,000 of a file
    is_read   whether it was read to its end
    """

    gs: tuple[str, ...] = field(repr=False)
    findings: tuple[WireFinding, ...]
    included: str
    received: int
    accepted: int
    sets: tuple[JudgedSet, ...]
    is_read: bool = True

    @property
    def function(self) -> str:
        """What kind it is of, such as HC (GS01)."""
        return at(self.gs, 1)

    @property
    def control(self) -> str:
        """Its control number (GS06)."""
        return at(self.gs, 6)

    @property
    def version(self) -> str:
        """The guide that it names (GS08)."""
        return at(self.gs, 8)

    @property
    def verdict(self) -> Verdict:
        """Accepted, accepted with errors, partial where only some of its sets are rejected, or rejected."""
        found = _verdict(self.findings, is_read=self.is_read)
        if found is Verdict.REJECTED or not self.accepted:
            return Verdict.REJECTED
        if self.accepted < self.received:
            return Verdict.PARTIAL
        has_errors = any(one.verdict is Verdict.ACCEPTED_WITH_ERRORS for one in self.sets)
        return Verdict.ACCEPTED_WITH_ERRORS if has_errors else found


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedInterchange:
    """An interchange: the sixteen elements of its ISA, without the id.

    findings  what is wrong with it as a whole
    has_ta1   whether it carries answers to interchanges (TA1)
    is_read   whether it was read to its end, with all its groups
    """

    isa: tuple[str, ...] = field(repr=False)
    marks: Delimiters
    findings: tuple[WireFinding, ...]
    groups: tuple[JudgedGroup, ...]
    has_ta1: bool = False
    is_read: bool = True

    @property
    def control(self) -> str:
        """Its control number (ISA13)."""
        return self.isa[12].strip()

    @property
    def wants_ta1(self) -> bool:
        """Whether it asks for a TA1 (ISA14)."""
        return self.isa[13] == "1"

    @property
    def verdict(self) -> Verdict:
        """Accepted, accepted with errors (also one that was not read to its end), or rejected."""
        found = _verdict(self.findings, is_read=True)
        return found if self.is_read or found is Verdict.REJECTED else Verdict.ACCEPTED_WITH_ERRORS

    @property
    def note(self) -> str:
        """What the TA1 says of it (TA105)."""
        worst = sorted(self.findings, key=lambda one: one.severity is not WireSeverity.ERROR)
        return worst[0].code if worst else _TAKEN if self.is_read else _CONTENT


def _verdict(findings: Sequence[WireFinding], *, is_read: bool) -> Verdict:
    if not is_read or any(one.severity is WireSeverity.ERROR for one in findings):
        return Verdict.REJECTED
    return Verdict.ACCEPTED_WITH_ERRORS if findings else Verdict.ACCEPTED
