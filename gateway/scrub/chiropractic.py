"""Rules about spinal manipulation: active care or maintenance, and how many regions."""

import re
from collections.abc import Sequence
from typing import Final

from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, rule
from gateway.visit import Care

_SPINE: Final = {"98940": (1, 2), "98941": (3, 4), "98942": (5, 5)}
"""Regions of the spine, from and to, that each code stands for (CPT); there are five."""
_NOTICED: Final = frozenset({"GA", "GX", "GY", "GZ"})
_MAINTENANCE: Final = re.compile(
    r"\b(?:maintenance|supportive|wellness(?:/supportive)?) "
    r"(?:care|therapy|treatment|tx|adj(?:ustments?|\b)|visits?|phase|program(?:me)?|manipulation)\b",
    re.IGNORECASE,
)


_OTHERWISE: Final = re.compile(
    r"\b(?:not?|never|nor|neither|without|beyond|before|until|will|would|may|can|plan(?:s|ned)? to|toward|transition\w*|"
    r"d/c|discharg\w*|home|declin\w*|refus\w*|discuss\w*|rather|instead|future|later|after|consider\w*|eventual\w*|goal)\b",
    re.IGNORECASE,
)

_REGION_OF: Final = (
    ("cervical", r"cervical|neck|c[0-7](?:[ /-]*c?[0-7])?|occip\w*|atlas|axis"),
    ("thoracic", r"thoracic|mid ?back|t(?:1[0-2]|[1-9])(?:[ /-]*t?(?:1[0-2]|[1-9]))?|dorsal"),
    ("lumbar", r"lumbar|low(?:er)? ?back|l[1-5](?:[ /-]*(?:l[1-5]|s1))?"),
    ("sacral", r"sacral|sacrum|s[1-5]|coccyx"),
    ("pelvic", r"pelvi[cs]|sacro-?iliac|si(?: ?joint)?|ilium|iliac"),
)
_ELSEWHERE: Final = re.compile(
    r"shoulder|elbow|wrist|hand|hip|knee|ankle|foot|rib|jaw|tmj|head|arm|leg|thumb|finger|toe"
)


@rule(
    id="MOD_AT_REQUIRED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CMS Benefit Policy Manual ch. 15 sec. 240.1.3: without AT, Medicare takes manipulation for maintenance",
    fix="Add AT if the note shows active, corrective treatment; if it was maintenance, the patient pays after notice.",
)
def mod_at_required(case: Case) -> Faults:
    """Spinal manipulation for Medicare without AT."""
    if case.payer.program is not Program.MEDICARE:
        return
    for line in case.draft.billed:
        if line.procedure in _SPINE and not {"AT", *_NOTICED} & set(line.modifiers):
            yield Fault(f"services.{line.place}.modifiers", f"{line.procedure} carries no AT")


@rule(
    id="MOD_AT_UNSUPPORTED",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 240.1.3.A: maintenance is not covered, and AT says that it is none",
    fix="If the care was active, correct the note by a dated addendum, or the fact; if it was maintenance, take AT off: the "
    "patient pays, after a notice (GA), or Medicare is told that none was given (GZ).",
)
def mod_at_unsupported(case: Case) -> Faults:
    """AT on care that is said to be maintenance, or beside GA or GZ, which say that a denial is expected."""
    if case.payer.program is not Program.MEDICARE:
        return
    said = case.visit.note.text if case.visit.note else ""
    for line in case.draft.billed:
        if line.procedure not in _SPINE or "AT" not in line.modifiers:
            continue
        where = f"services.{line.place}.modifiers"
        if denial := {"GA", "GZ"} & set(line.modifiers):
            yield Fault(where, f"AT and {min(denial)} on one line contradict each other")
        elif case.visit.care is Care.MAINTENANCE:
            yield Fault(where, "AT says active treatment, and the care is given as maintenance")
        elif case.visit.care is None and _speaks_of_maintenance(said):
            yield Fault(where, "AT says active treatment, and the note speaks of maintenance")


def _speaks_of_maintenance(said: str) -> bool:
    """Tell whether a sentence says that the care is maintenance: not that it is none, was declined, or will be one day."""
    return any(_MAINTENANCE.search(one) and not _OTHERWISE.search(one) for one in re.split(r"[.;\n]", said))


@rule(
    id="REGIONS_MISMATCH",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CPT: 98940 is one or two regions of the spine, 98941 three or four, 98942 five; CMS Benefit Policy Manual ch. 15 "
    "sec. 240.1.2: the subluxation of each is documented",
    fix="Bill the code of the regions that the note shows as treated; correct the regions only where the record shows others.",
)
def regions_mismatch(case: Case) -> Faults:
    """More regions billed than were treated; fewer, or fewer subluxations diagnosed than regions, are only worth a look."""
    for line in case.draft.billed:
        if line.procedure not in _SPINE:
            continue
        least, most = _SPINE[line.procedure]
        treated = _treated([one for block in line.blocks(case.visit) for one in block.regions])
        where = f"services.{line.place}.regions"
        if treated is None:
            pass
        elif treated and len(treated) < least:
            yield Fault(where, f"{line.procedure} is {least} regions at least; {len(treated)} are given")
        elif len(treated) > most:
            yield Fault(where, f"{line.procedure} is {most} regions at most; {len(treated)} are given", Severity.WARN)
        subluxations = {one[:5] for one in case.visit.diagnoses if one.startswith("M990")}
        if case.payer.program is Program.MEDICARE and 0 < len(subluxations) < least:
            what = f"{line.procedure} is {least} regions at least; {len(subluxations)} subluxations are diagnosed"
            yield Fault("diagnoses", what, Severity.WARN)


def _treated(regions: Sequence[str]) -> frozenset[str] | None:
    """Give the regions of the spine that are named; None where a word is not understood, for then they cannot be counted."""
    found: set[str] = set()
    for one in regions:
        words = one.casefold().replace("spine", "").replace("region", "").strip()
        named = {name for name, forms in _REGION_OF if re.search(rf"(?<![a-z0-9])(?:{forms})(?![a-z0-9])", words)}
        if not named and not _ELSEWHERE.search(words):
            return None
        found |= named
    return frozenset(found)


RULES = (mod_at_required, mod_at_unsupported, regions_mismatch)
