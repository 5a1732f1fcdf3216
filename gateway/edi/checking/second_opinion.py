"""pyx12's own validator as a second opinion on what we write and read.

It is the only place that knows pyx12. Its logger quotes offending values, which are names and birth dates, so it is
silenced; what comes back here is place and code only.
"""

import io
import json
import logging
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from pyx12.errors import EngineError, X12Error
from pyx12.params import ParamsBase
from pyx12.x12n_document import x12n_document

from gateway.edi.wire.finding import WireFinding, WireLevel, WireSeverity

_OUTDATED_LISTS: Final = "remark_code,claim_status,claim_status_cat"
"""Its code lists that end in 2015: they would refuse codes that payers use."""

_GUIDE: Final = 2
"""The SNIP level up to which pyx12 looks."""

_BROKE_OFF: Final = (X12Error, LookupError, ValueError, TypeError, AttributeError, NameError, AssertionError)
"""What it was seen to raise on malformed files; whatever the reason, it did not accept them."""


class Fault(NamedTuple):
    """One thing that pyx12 holds against an interchange.

    place    such as `segment 12 CLM, element 05-1` counted from ST, or a level of the envelope
    code     its error code: IK304 or IK403 of a 999 for segments and elements, its own word otherwise
    set_control, ordinal  ST02, and the segment's place from ST; empty and 0 of the envelope
    """

    place: str
    code: str
    set_control: str = ""
    ordinal: int = 0

    def __str__(self) -> str:
        """Write place and code."""
        return f"{self.place}: code {self.code}"


def opinion(raw: bytes) -> tuple[Fault, ...]:
    """Give what pyx12 holds against this file (837P, 835, 277CA or 999); empty when it accepts it.

    It checks structure and syntax (SNIP 1 and 2); it checks no sums, no NPI and hardly any situational rule.
    """
    if not raw.isascii():
        return (Fault("file", "not plain ASCII"),)
    _silence()
    settings = ParamsBase()
    settings.set("exclude_external_codes", _OUTDATED_LISTS)
    report = io.StringIO()
    try:
        accepted = x12n_document(settings, io.StringIO(raw.decode("ascii"), newline=""), None, None, fd_json=report)
    except EngineError:
        return (Fault("file", "no map for its version"),)
    except _BROKE_OFF:
        return (Fault("file", "pyx12 broke off"),)
    found = tuple(_faults(json.loads(report.getvalue()))) if report.getvalue() else ()
    return found or (() if accepted else (Fault("file", "refused without a reason"),))


_IN_SETS: Final = frozenset({WireLevel.SEGMENT, WireLevel.ELEMENT})
_ENVELOPE: Final = ("", 0)
"""Where a fault of an envelope is: pyx12 does not say which."""


class Opinion(NamedTuple):
    """Where pyx12 differs from us (SNIP 1 and 2), segment by segment: codes are told in too many ways to be compared.

    only_theirs  what it holds against segments, or the envelope, in which we find nothing
    only_ours    our errors in segments against which it holds nothing
    """

    accepted: bool
    only_theirs: tuple[Fault, ...]
    only_ours: tuple[WireFinding, ...]


def compared(ours: Iterable[WireFinding], raw: bytes) -> Opinion:
    """Ask pyx12 about a file that was checked."""
    faults = opinion(raw)
    errors = [one for one in ours if one.snip <= _GUIDE and one.severity is WireSeverity.ERROR]
    told = set(map(_where, errors))
    theirs = {(one.set_control, one.ordinal) for one in faults}
    return Opinion(
        accepted=not faults,
        only_theirs=tuple(one for one in faults if (one.set_control, one.ordinal) not in told),
        only_ours=tuple(one for one in errors if _where(one) not in theirs),
    )


def _where(finding: WireFinding) -> tuple[str, int]:
    return (finding.set_control, finding.ordinal) if finding.level in _IN_SETS else _ENVELOPE


def _silence() -> None:
    logger = logging.getLogger("pyx12")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)


def _faults(report: dict[str, Any]) -> list[Fault]:
    found: list[Fault] = []
    for isa in report["interchanges"]:
        found.extend(Fault("interchange", error["err_cde"]) for error in isa["errors"])
        for group in isa["groups"]:
            found.extend(Fault("functional group", error["err_cde"]) for error in group["errors"])
            for one in group["transactions"]:
                found.extend(Fault("transaction set", error["err_cde"]) for error in one["errors"])
                for segment in one["segments"]:
                    found.extend(_faults_of_segment(segment, one["trn_set_control_num"]))
    return found


def _faults_of_segment(segment: dict[str, Any], control: str) -> list[Fault]:
    ordinal = segment["seg_count"]
    place = f"segment {ordinal} {segment['seg_id']}"
    found = [Fault(place, error["err_cde"], control, ordinal) for error in segment["errors"]]
    for element in segment["elements"]:
        component = f"-{element['subele_pos']}" if element["subele_pos"] else ""
        where = f"{place}, element {element['ele_pos'] or 0:02}{component}"
        found.extend(Fault(where, error["err_cde"], control, ordinal) for error in element["errors"])
    return found
