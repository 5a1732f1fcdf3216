"""Keeps, while a file is read, what is found of each envelope in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.acknowledgment import Verdict
from gateway.edi.checking.envelope_verdicts import JudgedGroup, JudgedInterchange, JudgedSet
from gateway.edi.wire.finding import WireFinding, WireLevel
from gateway.edi.wire.segment import Delimiters

SETS_MAX: Final = 10_000
"""Faultless sets of a file that are kept one by one; behind them they are only counted."""


@dataclass(slots=True)
class _Set:
    st: tuple[str, ...]
    starts: int
    has_guide: bool = True
    findings: list[WireFinding] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    gs: tuple[str, ...]
    findings: list[WireFinding] = field(default_factory=list)
    received: int = 0
    accepted: int = 0
    sets: list[JudgedSet] = field(default_factory=list)


@dataclass(slots=True)
class _Interchange:
    isa: tuple[str, ...]
    marks: Delimiters
    findings: list[WireFinding] = field(default_factory=list)
    groups: list[JudgedGroup] = field(default_factory=list)
    has_ta1: bool = False


class Record:
    """Is told of each envelope that opens and closes, and of each finding in between.

    What a file as a whole is blamed for, outside of its interchanges, is nobody's here; neither is a set outside of a
    group, for which its interchange is rejected.
    """

    def __init__(self) -> None:
        self._done: list[JudgedInterchange] = []
        self._interchange: _Interchange | None = None
        self._group: _Group | None = None
        self._set: _Set | None = None
        self._room = SETS_MAX

    def note(self, finding: WireFinding) -> None:
        """Keep a finding with what is open of the kind that it is about; with a set also how it names its guide."""
        if finding.level is WireLevel.INTERCHANGE:
            about: _Set | _Group | _Interchange | None = self._interchange
        else:
            about = self._set or self._group
        if about is not None:
            about.findings.append(finding)

    def opens_interchange(self, isa: Sequence[str], marks: Delimiters) -> None:
        """ISA."""
        self._interchange = _Interchange(tuple(isa), marks)

    def has_ta1(self) -> None:
        """TA1."""
        if self._interchange is not None:
            self._interchange.has_ta1 = True

    def opens_group(self, gs: Sequence[str]) -> None:
        """GS."""
        self._group = _Group(tuple(gs))

    def opens_set(self, st: Sequence[str], starts: int) -> None:
        """ST, and its place in the file."""
        self._set = _Set(tuple(st), starts)

    def has_no_guide(self) -> None:
        """No guide is known for the set."""
        if self._set is not None:
            self._set.has_guide = False

    def closes_set(self, *, is_read: bool = True) -> None:
        """SE, or what showed that there is none."""
        held, group, self._set = self._set, self._group, None
        if held is None or group is None:
            return
        findings = tuple(held.findings)
        one = JudgedSet(st=held.st, starts=held.starts, findings=findings, has_guide=held.has_guide, is_read=is_read)
        group.received += 1
        group.accepted += one.verdict is not Verdict.REJECTED
        if one.findings or not one.is_read or self._room:
            group.sets.append(one)
            self._room -= not one.findings and self._room > 0

    def closes_group(self, included: str = "", *, is_read: bool = True) -> None:
        """GE with its GE01, or what showed that there is none."""
        held, self._group = self._group, None
        if held is None or self._interchange is None:
            return
        self._interchange.groups.append(
            JudgedGroup(
                gs=held.gs,
                findings=tuple(held.findings),
                included=included,
                received=held.received,
                accepted=held.accepted,
                sets=tuple(held.sets),
                is_read=is_read,
            )
        )

    def closes_interchange(self, *, is_read: bool = True) -> None:
        """IEA, or what showed that there is none."""
        held, self._interchange = self._interchange, None
        if held is None:
            return
        self._done.append(
            JudgedInterchange(
                isa=held.isa,
                marks=held.marks,
                findings=tuple(held.findings),
                groups=tuple(held.groups),
                has_ta1=held.has_ta1,
                is_read=is_read,
            )
        )

    def interchanges(self) -> tuple[JudgedInterchange, ...]:
        """Give all of them. What is still open was not read to its end."""
        self.closes_set(is_read=False)
        self.closes_group(is_read=False)
        self.closes_interchange(is_read=False)
        return tuple(self._done)
