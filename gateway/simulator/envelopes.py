"""What a clearinghouse of professional claims takes: whose date a file has, which groups, and the sets in them."""

import io
import re
import sys
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from gateway.edi.claim_reading import GUIDE
from gateway.edi.envelope_check import EnvelopeCheck
from gateway.edi.envelope_faults import group_fault, interchange_fault
from gateway.edi.guide_places import Guide, Step
from gateway.edi.judged import JudgedGroup, JudgedInterchange
from gateway.edi.loop import Loop, Parts, Placed
from gateway.edi.origin import Origin
from gateway.edi.received import TransactionSet
from gateway.edi.segment import decode
from gateway.edi.wire_finding import WireFinding
from gateway.simulator.incoming import day

_LONG_AGO: Final = date(2000, 1, 1)
_CENTURY: Final = "20"
_TIME: Final = re.compile(r"([01][0-9]|2[0-3])[0-5][0-9]").fullmatch


def sent_at(one: JudgedInterchange) -> datetime:
    """Give date and time of an interchange (ISA09, ISA10), which its answers carry; long ago, at midnight, if they are none."""
    written = one.isa[9] if _TIME(one.isa[9]) else "0000"
    return datetime.combine(day(_CENTURY + one.isa[8]) or _LONG_AGO, time.fromisoformat(written))


def duplicate(one: JudgedInterchange) -> JudgedInterchange:
    """Give an interchange as one whose number was taken before."""
    fault = interchange_fault("025", "an earlier file has this ISA13", segment="ISA", at=13)
    return replace(one, findings=(*one.findings, fault))


def refused(one: JudgedInterchange) -> JudgedInterchange:
    """Give an interchange as one whose content cannot be given back."""
    return replace(one, findings=(interchange_fault("024", "X12 cannot carry what is in it"), *one.findings))


def screened(one: JudgedInterchange) -> JudgedInterchange:
    """Refuse each group that is not of professional claims only, or of another guide than ours."""
    return replace(one, groups=tuple(replace(group, findings=_with_note(group)) for group in one.groups))


def _with_note(group: JudgedGroup) -> tuple[WireFinding, ...]:
    if group.function != "HC" or any(each.code != "837" for each in group.sets):
        return (group_fault("1", "only professional claims are taken", segment="GS", at=1), *group.findings)
    if group.version != GUIDE:
        return (group_fault("2", f"only {GUIDE} is taken", segment="GS", at=8), *group.findings)
    return group.findings


class _Whole:
    """Takes all segments of a set as they come."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.here: list[Placed] = [(1, list(origin.st), None)]
        self.limit = sys.maxsize

    def __call__(self, step: Step, parts: Parts, ordinal: int) -> None:
        self.here.append((ordinal, parts, step.to))

    def end(self) -> Loop:
        return Loop("", segments=self.here)


def sets_of(raw: bytes) -> dict[int, TransactionSet]:
    """Give every set of professional claims by the place of its ST in the file, whether or not it is sound."""
    found: list[_Whole] = []

    def following(_guide: Guide, origin: Origin) -> _Whole | None:
        if origin.version != GUIDE:
            return None
        found.append(_Whole(origin))
        return found[-1]

    for _ in EnvelopeCheck(io.BytesIO(raw), lambda _: None, following=following).run():
        pass
    return {one.origin.starts: _set(one) for one in found}


def _set(one: _Whole) -> TransactionSet:
    marks = one.origin.marks
    segments = ((ordinal, decode(marks.element.join(parts), marks)) for ordinal, parts, _ in one.here)
    return TransactionSet(
        code="837", control=one.origin.control, guide=GUIDE, starts=one.origin.starts, segments=tuple(segments)
    )
