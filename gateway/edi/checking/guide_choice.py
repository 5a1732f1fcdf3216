"""By which guide a transaction set is read, and what is wrong with how it names it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from gateway.edi.checking.envelope_faults import group_fault, set_fault
from gateway.edi.follow.loop import at
from gateway.edi.guide.compiled import ALIASES, guide_of, transaction_of
from gateway.edi.guide.overlay import Overlay
from gateway.edi.guide.places import Guide
from gateway.edi.wire.finding import WireFinding, WireSeverity
from gateway.edi.wire.segment import Delimiters

FUNCTIONS: Final = {
    "270": "HS",
    "271": "HB",
    "276": "HR",
    "277": "HN",
    "278": "HI",
    "820": "RA",
    "834": "BE",
    "835": "HP",
    "837": "HC",
    "997": "FA",
    "999": "FA",
}
"""GS01 for each ST01 of health care."""


class Chosen(NamedTuple):
    """A set's choice of guide. `version` is what ST03 names, or GS08 where it names none (835), as it is read here."""

    version: str
    guide: Guide | None
    findings: tuple[WireFinding, ...]


def chosen(st: Sequence[str], gs: Sequence[str], marks: Delimiters, overlays: tuple[Overlay, ...]) -> Chosen:
    """Choose the guide of a set; `gs` is empty where none is open."""
    transaction, named = at(st, 1), at(st, 3).strip() or at(gs, 8).strip()
    version = ALIASES.get(named, named)
    wanted = transaction_of(version)
    guide = guide_of(version, marks, overlays) if wanted == transaction else None
    if wanted and gs and wanted != transaction and FUNCTIONS.get(wanted) == at(gs, 1):
        return Chosen(version, None, (_another_set(wanted, version),))
    return Chosen(version, guide, (*_disagreements(st, gs), *_of_version(named, version, guide, has_group=bool(gs))))


def _another_set(wanted: str, version: str) -> WireFinding:
    """Where group and guide agree, it is ST01 that is wrong."""
    said = f"ST01 is not {wanted}, the transaction set of {version}; only its envelope was checked"
    return set_fault("18", said, segment="ST", at=1)


def _disagreements(st: Sequence[str], gs: Sequence[str]) -> Iterator[WireFinding]:
    transaction, named = at(st, 1), at(st, 3)
    if named and gs and named != at(gs, 8):
        yield set_fault("I6", "ST03 is not GS08", segment="ST", at=3)
    function = FUNCTIONS.get(transaction)
    if gs and function is not None and function != at(gs, 1):
        said = f"GS01 is not {function}, the functional group of {transaction}"
        yield group_fault("1", said, segment="GS", at=1)


def _of_version(named: str, version: str, guide: Guide | None, *, has_group: bool) -> Iterator[WireFinding]:
    segment, position = ("GS", 8) if has_group else ("ST", 3)
    if guide is None:
        yield group_fault(
            "2",
            "no guide is known for this version of this transaction set; only its envelope was checked",
            fix="GS08 and ST03 name the guide, such as 005010X222A1",
            segment=segment,
            at=position,
            value=named,
        )
    elif named != version:
        said = f"{segment}{position:02} names another edition; it is read as {version}"
        yield replace(group_fault("2", said, segment=segment, at=position), severity=WireSeverity.WARNING)
