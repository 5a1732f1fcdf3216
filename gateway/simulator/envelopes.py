"""What a clearinghouse of professional claims takes: whose date a file has, and which groups."""

import re
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from gateway.edi.checking.envelope_faults import group_fault, interchange_fault
from gateway.edi.checking.envelope_verdicts import JudgedGroup, JudgedInterchange
from gateway.edi.read.claim import GUIDE
from gateway.edi.wire.figures import as_day
from gateway.edi.wire.finding import WireFinding

_LONG_AGO: Final = date(2000, 1, 1)
_CENTURY: Final = "20"
_TIME: Final = re.compile(r"([01][0-9]|2[0-3])[0-5][0-9]").fullmatch


def sent_at(one: JudgedInterchange) -> datetime:
    """Give date and time of an interchange (ISA09, ISA10), which its answers carry; long ago, at midnight, if they are none."""
    written = one.isa[9] if _TIME(one.isa[9]) else "0000"
    return datetime.combine(as_day(_CENTURY + one.isa[8]) or _LONG_AGO, time.fromisoformat(written))


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
