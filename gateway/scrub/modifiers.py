"""Rules about modifiers."""

from gateway.claim import MODIFIERS_MAX
from gateway.codes.modifiers import (
    ASSISTANT_MODIFIERS,
    assistant_conflict,
    discipline_modifier,
    discipline_modifiers,
)
from gateway.codes.procedure import TherapyClass, procedure
from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, rule
from gateway.visit import Discipline, TreatedBy

_ASSISTANTS = frozenset(ASSISTANT_MODIFIERS.values())


@rule(
    id="MOD_DISCIPLINE_WRONG",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CMS Claims Processing Manual ch. 5 sec. 20.1: GP, GO and GN name the plan of care the service belongs to",
    fix="Use GP for physical, GO for occupational, GN for speech therapy, or leave it out and let the gateway add it.",
)
def mod_discipline_wrong(case: Case) -> Faults:
    """A line with the modifier of another discipline than the visit's, or with two of them."""
    own = discipline_modifier(case.visit.discipline)
    for line in case.draft.billed:
        named = discipline_modifiers(line.modifiers)
        if own and named and named != (own,):
            yield Fault(
                f"services.{line.place}.modifiers",
                f"{line.procedure} of a {case.visit.discipline} visit carries {' and '.join(named)}; want {own}",
            )


@rule(
    id="MOD_DISCIPLINE_MISSING",
    severity=Severity.WARN,
    owner=Owner.BILLER,
    cites="the payer's file, wants_discipline_modifier; CMS Claims Processing Manual ch. 5 sec. 20.1",
    fix="If the service belongs to a therapy plan, add its GP, GO or GN; if this payer wants it of chiropractors, say so in its "
    "file: discipline_modifier_from.",
)
def mod_discipline_missing(case: Case) -> Faults:
    """A chiropractor's therapy code without a discipline's modifier, for a payer that wants one on every therapy line."""
    if not case.payer.wants_discipline_modifier or case.visit.discipline is not Discipline.DC:
        return
    for line in case.draft.billed:
        known = procedure(line.procedure)
        if known and known.therapy is TherapyClass.ALWAYS and not discipline_modifiers(line.modifiers):
            yield Fault(f"services.{line.place}.modifiers", f"{line.procedure} carries no GP, GO or GN")


@rule(
    id="MOD_ASSISTANT_REQUIRED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="Social Security Act sec. 1834(v); CMS Claims Processing Manual ch. 5 sec. 20.1: CQ and CO",
    fix="Add CQ (physical therapy) or CO (occupational therapy) to each line that an assistant gave.",
)
def mod_assistant_required(case: Case) -> Faults:
    """A line that an assistant gave, without the assistant's modifier, for a payer that wants it."""
    own = ASSISTANT_MODIFIERS.get(case.visit.discipline)
    if not case.payer.wants_assistant_modifier or own is None:
        return
    severity = Severity.HOLD if case.payer.program is Program.MEDICARE else case.payer_says("wants_assistant_modifier")
    for line in case.draft.billed:
        if line.service.treated_by is TreatedBy.ASSISTANT and own not in line.modifiers:
            yield Fault(
                f"services.{line.place}.modifiers",
                f"{line.procedure} was given by an assistant; {own} is missing",
                severity,
            )


@rule(
    id="MOD_COMBO_INVALID",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CMS Claims Processing Manual ch. 5 sec. 20.1: CQ goes with GP, CO with GO",
    fix="Put the assistant's modifier beside the modifier of its own discipline, or take it off.",
)
def mod_combo_invalid(case: Case) -> Faults:
    """An assistant's modifier without its discipline's."""
    for line in case.draft.billed:
        conflict = assistant_conflict(line.modifiers)
        if conflict:
            yield Fault(
                f"services.{line.place}.modifiers", f"{line.procedure} carries {conflict[0]} without {conflict[1]}"
            )


@rule(
    id="MOD_TOO_MANY",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="005010X222A1, loop 2400, SV101-3 to SV101-6: four modifiers fit",
    fix="Take off the modifier that the payer does not need; none is dropped silently.",
    needs="lines whose modifiers fit on a claim",
)
def mod_too_many(case: Case) -> Faults:
    """More modifiers than fit on a line, once the discipline's is added."""
    for line in case.draft.billed:
        if len(line.modifiers) > MODIFIERS_MAX:
            yield Fault(f"services.{line.place}.modifiers", f"{line.procedure} needs {len(line.modifiers)} modifiers")


RULES = (mod_discipline_wrong, mod_discipline_missing, mod_assistant_required, mod_combo_invalid, mod_too_many)
