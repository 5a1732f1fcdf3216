"""Rules about codes that do not go together, and about how much of one is credible (NCCI)."""

from collections import Counter
from itertools import combinations

from gateway.codes.modifiers import is_released
from gateway.codes.mue import mue
from gateway.codes.procedure import procedure
from gateway.codes.ptp import pair
from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, rule

_GOVERNMENT = frozenset({Program.MEDICARE, Program.MEDICAID})


@rule(
    id="NCCI_PAIR_BLOCKED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CMS National Correct Coding Initiative, practitioner PTP edits; NCCI Policy Manual ch. 1 and ch. 11",
    fix="Bill one of the two. Where the edit can be released and the note shows separate minutes or another region, "
    "add 59 (or XE, XS, XP, XU) to the second code.",
)
def ncci_pair_blocked(case: Case) -> Faults:
    """Two codes of one day of which the payer pays only the first."""
    if case.payer.program not in _GOVERNMENT and not case.payer.applies_pair_edits:
        return
    published = case.payer.program in _GOVERNMENT or case.payer_says("applies_pair_edits") is Severity.HOLD
    for one, other in combinations(case.draft.billed, 2):
        edit = pair(one.procedure, other.procedure, case.visit.day, case.codes)
        if edit is None:
            continue
        second = other if other.procedure == edit.column2 else one
        # Since 2019-07 either column may carry the modifier (CMS change request 11168).
        if edit.is_releasable and (is_released(one.modifiers) or is_released(other.modifiers)):
            continue
        severity = case.table_says("ptp", in_force=not edit.assumed) if published else Severity.WARN
        released = "59 may release it" if edit.is_releasable else "no modifier releases it"
        yield Fault(
            f"services.{second.place}.code",
            f"{edit.column2} is not paid beside {edit.column1} on one day; {released}",
            severity,
        )


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
    for code, number in billed.items():
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
    severity=Severity.WARN,
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
            )


RULES = (ncci_pair_blocked, mue_exceeded, addon_without_base)
