"""Rules about codes that do not go together, and about how much of one is credible (NCCI)."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product
from typing import NamedTuple

from gateway.billing.draft import DraftLine, draft
from gateway.codes.modifiers import is_released
from gateway.codes.mue import mue
from gateway.codes.procedure import procedure
from gateway.codes.ptp import Pair, pair
from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, rule
from gateway.scrub.same_day import by_same_clinician
from gateway.visit import Service, Visit

_GOVERNMENT = frozenset({Program.MEDICARE, Program.MEDICARE_ADVANTAGE, Program.MEDICAID, Program.TRICARE, Program.VA})
_VISITS = frozenset({"99202", "99203", "99204", "99205", "99211", "99212", "99213", "99214", "99215"})


@rule(
    id="NCCI_PAIR_BLOCKED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CMS National Correct Coding Initiative, practitioner PTP edits; NCCI Policy Manual ch. 1 and ch. 11",
    fix="Bill one of the two; if a time or a region was entered wrongly, have it corrected first.",
)
def ncci_pair_blocked(case: Case) -> Faults:
    """Two codes of one day of which the payer pays only the first, and nothing releases the second."""
    for met in _pairs_met(case):
        if met.is_visit or met.is_released:
            continue
        shared = _shared_by(met)
        if met.edit.is_releasable and not shared:
            continue
        because = f"they share {shared}" if met.edit.is_releasable else "no modifier releases it"
        yield _pair_fault(met, because)


@rule(
    id="MOD_59_REQUIRED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CMS National Correct Coding Initiative, practitioner PTP edits with indicator 1; NCCI Policy Manual ch. 1 sec. E",
    fix="Where the note shows separate minutes or another region, add 59 (or XE, XS, XP, XU) to the second code; "
    "otherwise bill one of the two.",
)
def mod_59_required(case: Case) -> Faults:
    """Two codes of one day of which the payer pays the second only as a distinct service, without the modifier that says so."""
    for met in _pairs_met(case):
        if met.edit.is_releasable and not (met.is_visit or met.is_released or _shared_by(met)):
            yield _pair_fault(met, "59 may release it")


@rule(
    id="MOD_25_REQUIRED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CMS NCCI Policy Manual ch. 1 sec. D: a visit on the day of a procedure is paid beside it only with 25",
    fix="Add 25 to the office visit if the note shows an examination beyond what the procedure itself needs; otherwise take "
    "the visit off. 59 never stands in for it.",
)
def mod_25_required(case: Case) -> Faults:
    """An office visit beside a procedure of the same day, without 25."""
    for met in _pairs_met(case):
        if met.is_visit and "25" not in met.second.modifiers:
            yield Fault(
                f"services.{met.place}.modifiers",
                f"{met.second.procedure} is not paid beside {met.first.procedure} without 25{met.elsewhere}",
                met.severity,
            )


@rule(
    id="MOD_59_UNSUPPORTED",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS NCCI Policy Manual ch. 1 sec. E and ch. 11: 59 and the X modifiers are for separate minutes or another region",
    fix="If the record shows separate times or another region, correct it by a dated addendum; otherwise bill one of the two.",
)
def mod_59_unsupported(case: Case) -> Faults:
    """59 or an X modifier on one of two services that share their region, or their minutes."""
    for met in _pairs_met(case):
        if met.is_visit or not met.is_released or {"XE", "XP"} & {*met.first.modifiers, *met.second.modifiers}:
            continue
        if shared := _shared_by(met):
            yield Fault(
                f"services.{met.place}.modifiers",
                f"{met.first.procedure} and {met.second.procedure} are released as distinct, and share {shared}{met.elsewhere}",
                met.severity,
            )


class _Line(NamedTuple):
    """A billed line with the visit that it is of: this one, or another of the patient's day by the same clinician."""

    line: DraftLine
    visit: Visit

    @property
    def procedure(self) -> str:
        return self.line.procedure

    @property
    def modifiers(self) -> tuple[str, ...]:
        return self.line.modifiers

    def blocks(self) -> list[Service]:
        return self.line.blocks(self.visit)


class _Met(NamedTuple):
    """Two lines that an edit names, the one that it pays first; at least one of them is of the visit that is judged."""

    edit: Pair
    first: _Line
    second: _Line
    own: Visit
    severity: Severity

    @property
    def place(self) -> int:
        """Place of the service in this visit that a person looks at: the second one's, where it is here."""
        return (self.second if self.second.visit is self.own else self.first).line.place

    @property
    def elsewhere(self) -> str:
        """Which other visit has the other line; empty where both are here."""
        other = next((one.visit for one in (self.first, self.second) if one.visit is not self.own), None)
        return f" (visit {other.key} of the same day)" if other else ""

    @property
    def is_visit(self) -> bool:
        """Whether one of them is an office visit, which 25 releases; it is the second then."""
        return self.edit.is_releasable and self.second.procedure in _VISITS

    @property
    def is_released(self) -> bool:
        """Since 2019-07 either column may carry the modifier (CMS change request 11168)."""
        return self.edit.is_releasable and (is_released(self.first.modifiers) or is_released(self.second.modifiers))


def _pairs_met(case: Case) -> Iterator[_Met]:
    """Give the pairs of billed lines that an edit of the payer's names."""
    if case.payer.program not in _GOVERNMENT and not case.payer.applies_pair_edits:
        return
    published = case.payer.program in _GOVERNMENT or case.payer_says("applies_pair_edits") is Severity.HOLD
    own = [_Line(line, case.visit) for line in case.draft.billed]
    theirs = [_Line(line, one) for one in by_same_clinician(case) for line in draft(one, case.payer).billed]
    for one, other in (*combinations(own, 2), *product(own, theirs)):
        edit = pair(one.procedure, other.procedure, case.visit.day, case.codes)
        if edit is None:
            continue
        second, first = (other, one) if other.procedure == edit.column2 else (one, other)
        if first.procedure in _VISITS and edit.is_releasable:
            first, second = second, first
        severity = case.table_says("ptp", in_force=not edit.assumed) if published else Severity.WARN
        yield _Met(edit, first, second, case.visit, severity)


def _pair_fault(met: _Met, because: str) -> Fault:
    what = f"{met.edit.column2} is not paid beside {met.edit.column1} on one day{met.elsewhere}; {because}"
    return Fault(f"services.{met.place}.code", what, met.severity)


def _shared_by(met: _Met) -> str:
    """Say what the services behind two lines are known to share; empty where nothing is."""
    pairs = product(met.first.blocks(), met.second.blocks())
    return next((said for one, other in pairs if (said := _shared(one, other))), "")


def _shared(one: Service, other: Service) -> str:
    """Say what two services share that are to be distinct; empty where one thing is known to be separate, or nothing is known."""
    minutes = _overlap(one, other)
    regions = _words(one) & _words(other) if one.regions and other.regions else None
    if minutes is False or (regions is not None and not regions):
        return ""
    if minutes:
        return "their minutes"
    return f"the region {min(regions)}" if regions else ""


def _overlap(one: Service, other: Service) -> bool | None:
    """Tell whether their blocks overlap; None if a time of either is not known."""
    if one.starts is None or one.ends is None or other.starts is None or other.ends is None:
        return None
    return one.starts < other.ends and other.starts < one.ends


def _words(service: Service) -> frozenset[str]:
    return frozenset(one.strip().casefold() for one in service.regions)


@rule(
    id="MUE_EXCEEDED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CMS National Correct Coding Initiative, practitioner medically unlikely edits",
    fix="Compare the units with the minutes; if they are right, expect to send the time record on appeal.",
)
def mue_exceeded(case: Case) -> Faults:
    """More units of a code on one day than the payer expects of anybody."""
    if case.payer.program not in _GOVERNMENT:
        return
    billed = Counter[str]()
    first: dict[str, int] = {}
    for line in case.draft.billed:
        billed[line.procedure] += line.units or 0
        first.setdefault(line.procedure, line.place)
    for one in by_same_clinician(case):
        for line in draft(one, case.payer).billed:
            billed[line.procedure] += line.units or 0
    for code, number in billed.items():
        if code not in first:
            continue
        limit = mue(code, case.visit.day, case.codes)
        # A limit of 0 says that the code is never paid: that is another rule's to say.
        if limit is not None and number > limit.units > 0:
            yield Fault(
                f"services.{first[code]}.units",
                f"{number} of {code}; the limit for a day is {limit.units}",
                case.table_says("mue", in_force=not limit.assumed),
            )


@rule(
    id="ADDON_WITHOUT_BASE",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CPT add-on codes; CMS NCCI Policy Manual ch. 1 sec. R",
    fix="Bill the base code on the same claim, or take the add-on off.",
)
def addon_without_base(case: Case) -> Faults:
    """An add-on code without the code it adds to."""
    billed = {line.procedure for line in case.draft.billed}
    for line in case.draft.billed:
        known = procedure(line.procedure)
        if known is not None and known.bases and billed.isdisjoint(known.bases):
            yield Fault(
                f"services.{line.place}.code",
                f"{line.procedure} goes with {' or '.join(known.bases)}, which is not billed",
                Severity.HOLD if case.payer.program in _GOVERNMENT else Severity.WARN,
            )


RULES = (ncci_pair_blocked, mod_59_required, mod_25_required, mod_59_unsupported, mue_exceeded, addon_without_base)
