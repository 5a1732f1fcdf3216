"""Rules about modifiers."""

from gateway.billing import DraftLine
from gateway.claim import MODIFIERS_MAX
from gateway.codes.callings import ASSISTANTS, calling_of
from gateway.codes.modifiers import (
    ASSISTANT_MODIFIERS,
    assistant_conflict,
    discipline_modifier,
    discipline_modifiers,
)
from gateway.codes.procedure import TherapyClass, procedure
from gateway.finding import Owner, Severity
from gateway.names import signature
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
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="the payer's file, wants_discipline_modifier; CMS Claims Processing Manual ch. 5 sec. 20.1; Palmetto GBA Railroad Medicare: "
    "a chiropractor's therapy line with GY and without GP or GO cannot be processed",
    fix="If the service belongs to a therapy plan, add its GP, GO or GN; if this payer wants it of chiropractors, say so in its "
    "file: discipline_modifier_from.",
)
def mod_discipline_missing(case: Case) -> Faults:
    """A chiropractor's therapy code without a discipline's modifier: sent to Medicare for its denial, or where the payer wants one."""
    medicare = case.payer.program is Program.MEDICARE
    if case.visit.discipline is not Discipline.DC or not (medicare or case.payer.wants_discipline_modifier):
        return
    for line in case.draft.billed:
        known = procedure(line.procedure)
        if known is None or known.therapy is not TherapyClass.ALWAYS or discipline_modifiers(line.modifiers):
            continue
        # Without GY it is not covered at all, which is another rule's to say.
        if not medicare or "GY" in line.modifiers:
            what = f"{line.procedure} carries no GP, GO or GN"
            yield Fault(f"services.{line.place}.modifiers", what, Severity.HOLD if medicare else Severity.WARN)


@rule(
    id="MOD_ASSISTANT_REQUIRED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="Social Security Act sec. 1834(v); CMS Claims Processing Manual ch. 5 sec. 20.1: CQ and CO",
    fix="Say who gave each service (treated_by) and how many of its minutes the assistant gave alone (assistant_minutes): "
    "CQ or CO then follows. Or put it on the lines by hand.",
)
def mod_assistant_required(case: Case) -> Faults:
    """An assistant's service of which it does not follow, for a payer that wants it, where the assistant's modifier goes."""
    # Where it follows the draft has it; a line that carries more of it than the minutes ask for is only worth a look.
    own = ASSISTANT_MODIFIERS.get(case.visit.discipline)
    if not case.payer.wants_assistant_modifier or own is None:
        return
    severity = Severity.HOLD if case.payer.program is Program.MEDICARE else case.payer_says("wants_assistant_modifier")
    for place, why in case.draft.assisted.open.items():
        yield Fault(f"services.{place}.assistant_minutes", f"{why}; {own} is missing", severity)
    for place, why in case.draft.assisted.excess.items():
        yield Fault(f"services.{place}.modifiers", f"all of it carries {own}, and yet {why}", Severity.WARN)
    for line in case.draft.billed:
        if line.service.treated_by is TreatedBy.ASSISTANT and own not in line.modifiers and _outside(case, line):
            yield Fault(
                f"services.{line.place}.modifiers",
                f"{line.procedure} was given by an assistant; {own} is missing",
                severity,
            )
    # Where the practice has marked a line itself, somebody has decided line by line.
    if any(own in service.modifiers for service in case.visit.services):
        return
    untold = [line for line in case.draft.billed if own not in line.modifiers and not _is_told(case, line)]
    if not untold or not _is_signed_by_assistant_alone(case):
        return
    if len(untold) == len(case.draft.billed):
        said = f"an assistant alone signed the note, and nothing tells who gave which service; {own} is missing"
        yield Fault("note.signed_by", said, severity)
        return
    for line in untold:
        said = f"an assistant alone signed the note, and nothing tells who gave {line.procedure}; {own} is missing"
        yield Fault(f"services.{line.place}.treated_by", said, severity)


def _is_told(case: Case, line: DraftLine) -> bool:
    """Tell whether the visit says who gave a line, or no assistant may have given it, as an evaluation."""
    known = procedure(line.procedure)
    if known is None or known.therapy is TherapyClass.NO or known.is_evaluation:
        return True
    blocks = line.blocks(case.visit)
    return all(isinstance(one.treated_by, TreatedBy) or one.assistant_minutes is not None for one in blocks)


def _outside(case: Case, line: DraftLine) -> bool:
    """Tell whether the assistant's modifier is not added to such a line: the code may be therapy or not, nobody has said."""
    known = procedure(line.procedure)
    is_therapy = known is not None and (known.therapy is TherapyClass.ALWAYS or known.is_evaluation)
    return not is_therapy and discipline_modifier(case.visit.discipline) not in line.modifiers


def _is_signed_by_assistant_alone(case: Case) -> bool:
    """Who signs is who treated. Nothing is found beside a co-signature."""
    note = case.visit.note
    if not note or not isinstance(note.signed_by, str) or note.cosigned_by or note.cosigned_credential:
        return False
    return calling_of(signature(note.signed_by, note.signed_credential).letters) in ASSISTANTS


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
