"""Rules about Medicare's yearly threshold for therapy, and the modifier KX that stands for care above it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from gateway.billing.draft import DraftLine, draft
from gateway.codes.callings import ASSISTANTS, calling_of
from gateway.codes.procedure import TherapyClass, procedure
from gateway.codes.therapy_threshold import latest, threshold
from gateway.episode import TherapyYear, therapy_year
from gateway.finding import Owner, Severity
from gateway.money import ZERO
from gateway.payer import Payer, Program
from gateway.scrub.rule import Case, Fault, Faults, rule
from gateway.visit import Discipline, Visit

_THERAPY: Final = frozenset({Discipline.PT, Discipline.OT, Discipline.SLP})
_LAW: Final = "Social Security Act sec. 1833(g); CMS Claims Processing Manual ch. 5 sec. 10.3: allowed amounts of the calendar year"


@rule(
    id="MOD_KX_REQUIRED",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites=_LAW,
    fix="If the care is necessary, let the clinician state so (kx.stated_by, kx.stated_on) and add KX to each therapy line; if "
    "it is not, give the patient a notice before it and bill with GA. The gateway never adds KX.",
)
def mod_kx_required(case: Case) -> Faults:
    """Therapy for Medicare above the year's threshold, or crossing it, without KX; or KX that nobody has stated."""
    lines = tuple(_therapy_lines(case))
    without = [line for line in lines if not {"KX", "GA", "GY", "GZ"} & set(line.modifiers)]
    if any("KX" in line.modifiers for line in lines) and (missing := _unstated(case)):
        # KX is the attestation itself: of a statement that is there its form is only worth a look.
        yield Fault("kx", f"KX is billed, and {missing}", Severity.HOLD if case.visit.kx is None else Severity.WARN)
    year, amount = _year(case), threshold(case.visit.day)
    if not without or year is None:
        return
    where, is_published = f"services.{without[0].place}.modifiers", amount is not None
    limit = amount if amount is not None else latest()
    if year.before > limit:
        certain = is_published and not year.is_estimated
        what = f"this year comes to ${year.before} before this visit, above ${limit}{_doubt(year, is_published)}"
        yield Fault(where, what, Severity.HOLD if certain else Severity.WARN)
    elif year.before and year.before + _own(case)[0] > limit:
        what = f"this visit takes the year from ${year.before} past ${limit}{_doubt(year, is_published)}"
        yield Fault(where, what, Severity.WARN)


@rule(
    id="MOD_KX_PREMATURE",
    severity=Severity.WARN,
    owner=Owner.BILLER,
    cites=_LAW,
    fix="Take KX off unless the year's amount of all providers, which Medicare's portal tells, is above the threshold.",
)
def mod_kx_premature(case: Case) -> Faults:
    """KX while all that is known of the year, with this visit, stays below the threshold."""
    year, amount = _year(case), threshold(case.visit.day)
    # What this practice gave is a lower bound: only the portal tells the sum of all.
    if year is None or not year.is_told or amount is None or year.is_estimated:
        return
    own, _ = _own(case)
    for line in _therapy_lines(case):
        if "KX" in line.modifiers and year.before + own <= amount:
            what = f"KX, and the year comes to ${year.before + own} of ${amount} with this visit"
            yield Fault(f"services.{line.place}.modifiers", what)
            return


def _unstated(case: Case) -> str:
    """Say what is missing of the statement that KX stands for; empty where nothing is, or nothing is known."""
    said, day = case.visit.kx, case.visit.day
    if said is None:
        return "there is no statement that the care is necessary"
    if said and said.stated_on.year != day.year:
        return f"the statement is of {said.stated_on.year}; each year's care is stated anew"
    if said and calling_of(said.stated_by) in ASSISTANTS:
        return "the statement is an assistant's; it is the therapist's to make"
    return ""


def _therapy_lines(case: Case) -> Iterator[DraftLine]:
    if case.payer.program is not Program.MEDICARE or case.visit.discipline not in _THERAPY:
        return
    for line in case.draft.billed:
        known = procedure(line.procedure)
        if known is not None and known.therapy is not TherapyClass.NO:
            yield line


def _year(case: Case) -> TherapyYear | None:
    """Give what is known of the year; None where nothing is."""
    if case.visit.therapy_used is None and not case.history:
        return None
    amounts = {one.key: _allowed(one, case) for one in case.history}
    return therapy_year(case.visit, case.history, amounts)


def _own(case: Case) -> tuple[Decimal, bool]:
    return _by_rates(case.visit, case.payer)


def _allowed(visit: Visit, case: Case) -> tuple[Decimal, bool]:
    """Give what is allowed for an earlier visit, and whether that is an estimate: answered, else by the payer's rates."""
    if visit.key in case.allowed:
        return case.allowed[visit.key], False
    return _by_rates(visit, case.payer)


def _by_rates(visit: Visit, payer: Payer) -> tuple[Decimal, bool]:
    """Add up the lines by the payer's rates; by the charge where it has none, which is an estimate.

    Where the rates say what a unit is reduced to, all but one are (CMS Claims Processing Manual ch. 5 sec. 10.7).
    """
    total, estimated, spared = ZERO, False, ZERO
    for line in draft(visit, payer).billed:
        known = procedure(line.procedure)
        if known is None or known.therapy is TherapyClass.NO or line.units is None:
            continue
        rate = payer.allowed_for(line.procedure, visit.day)
        if rate is None:
            total, estimated = total + (line.charge or ZERO), True
        elif line.units:
            total += rate.reduced * line.units
            # The unit with the highest practice expense is paid in full: it is the one that would lose most.
            spared = max(spared, rate.whole - rate.reduced)
    return total + spared, estimated


def _doubt(year: TherapyYear, is_published: bool) -> str:  # noqa: FBT001 said in words beside it
    if year.is_estimated:
        return " (an estimate: some of it is charges, for neither an answer nor [[rates]] say what is allowed)"
    return "" if is_published else " (the last amount that is published; this year's is not)"


RULES = (mod_kx_required, mod_kx_premature)
