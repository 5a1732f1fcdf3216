"""Rules about who gave the care, and whether they may: give it, evaluate, sign, certify, be named as the one who treated."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Final

from gateway.codes.callings import ASSISTANTS, CLINICIANS, THERAPISTS, Calling, calling_of
from gateway.codes.procedure import is_evaluation, is_timed
from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.people import Enrolment, Licence, StaffMember
from gateway.scrub.rule import Case, Fault, Faults, rule
from gateway.scrub.who import (
    THERAPY,
    calling,
    is_cosigned_by_clinician,
    is_named,
    signer,
    staff_named,
    staff_of,
    treaters,
)
from gateway.units import count
from gateway.visit import Discipline, PlanOfCare, TreatedBy

_MEDICARE: Final = frozenset({Program.MEDICARE, Program.MEDICARE_ADVANTAGE})
_NEVER_RENDERS: Final = ASSISTANTS | {Calling.ATHLETIC_TRAINER, Calling.AIDE, Calling.STUDENT}
_NEVER_COUNTS: Final = {
    TreatedBy.AIDE: "an aide",
    TreatedBy.MASSAGE_THERAPIST: "a massage therapist",
    TreatedBy.ATHLETIC_TRAINER: "an athletic trainer",
}
_GAVE: Final = {
    Calling.AIDE: TreatedBy.AIDE,
    Calling.MASSAGE_THERAPIST: TreatedBy.MASSAGE_THERAPIST,
    Calling.ATHLETIC_TRAINER: TreatedBy.ATHLETIC_TRAINER,
}
_CERTIFIES: Final = frozenset({Calling.PHYSICIAN, Calling.PRACTITIONER})
_OWN: Final = {
    Discipline.PT: Calling.PHYSICAL_THERAPIST,
    Discipline.OT: Calling.OCCUPATIONAL_THERAPIST,
    Discipline.SLP: Calling.SPEECH_THERAPIST,
    Discipline.DC: Calling.CHIROPRACTOR,
}
_SPINE: Final = frozenset({"98940", "98941", "98942"})
_FOOT: Final = (
    "B351",
    "E1042",
    "E1142",
    "E1162",
    "G575",
    "G576",
    "L60",
    "L84",
    "L97",
    "M201",
    "M202",
    "M203",
    "M204",
    "M205",
)
_FOOT_TOO: Final = (
    "M206",
    "M214",
    "M2157",
    "M216",
    "M2547",
    "M2557",
    "M2567",
    "M722",
    "M766",
    "M767",
    "M773",
    "M775",
    "M7967",
)
_FOOT_INJURED: Final = ("S86", "S90", "S91", "S92", "S93", "S96", "S97", "S98", "S99", "Z894", "Z895")
_LOW_VISION: Final = ("H53", "H54")


@rule(
    id="PROVIDER_NOT_ELIGIBLE",
    severity=Severity.HOLD,
    owner=Owner.PRACTICE_MANAGER,
    cites="CMS Benefit Policy Manual ch. 15 sec. 230.5: massage therapists' services are not therapy, whoever supervises",
    fix="Do not bill this payer; where the law allows, the patient pays. Never bill it under another clinician's NPI.",
)
def provider_not_eligible(case: Case) -> Faults:
    """What a massage therapist gave, for a payer that does not pay massage therapists."""
    medicare = case.payer.program is Program.MEDICARE
    if not medicare and case.payer.pays_massage_therapists:
        return
    severity = Severity.HOLD if medicare else case.payer_says("pays_massage_therapists")
    is_massage = calling(case, case.visit.rendering) is Calling.MASSAGE_THERAPIST
    if case.visit.discipline is Discipline.LMT or is_massage:
        yield Fault("rendering.credential", "this payer does not pay massage therapists", severity)
        return
    for line in case.draft.billed:
        if any(one.treated_by is TreatedBy.MASSAGE_THERAPIST for one in line.blocks(case.visit)):
            what = f"a massage therapist gave {line.procedure}; this payer does not pay massage therapists"
            yield Fault(f"services.{line.place}.treated_by", what, severity)
            return


@rule(
    id="RENDERING_IS_ASSISTANT",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="42 CFR 410.59 and 410.60; CMS Benefit Policy Manual ch. 15 sec. 230: assistants have no benefit of their own, "
    "the therapist who supervises bills",
    fix="Name the therapist who supervised as rendering provider, if it was so; the assistant's part is told by treated_by.",
)
def rendering_is_assistant(case: Case) -> Faults:
    """An assistant, aide, student or athletic trainer as rendering provider, for Medicare or an Advantage plan."""
    what = calling(case, case.visit.rendering)
    if case.payer.program in _MEDICARE and what in _NEVER_RENDERS:
        yield Fault("rendering.credential", f"the rendering provider is {_a(what)}, who cannot bill Medicare")


@rule(
    id="EVALUATION_BY_ASSISTANT",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 230.1 and 230.2: assistants may not provide evaluative services; "
    "UnitedHealthcare says the same of evaluation codes",
    fix="Correct who evaluated, if the record shows a therapist; if an assistant did, the evaluation is not billed.",
)
def evaluation_by_assistant(case: Case) -> Faults:
    """An evaluation or re-evaluation that an assistant gave."""
    by_credential = calling(case, case.visit.rendering) in ASSISTANTS
    for line in case.draft.billed:
        by = line.service.treated_by
        if not is_evaluation(line.procedure):
            continue
        is_told = isinstance(by, TreatedBy)
        if by is TreatedBy.ASSISTANT or line.service.assistant_minutes or (by_credential and not is_told):
            yield Fault(
                f"services.{line.place}.treated_by", f"{line.procedure} is an evaluation, and an assistant gave it"
            )


@rule(
    id="MINUTES_NOT_BILLABLE",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CMS Benefit Policy Manual ch. 15 sec. 230.5: services of aides, massage therapists and athletic trainers are not "
    "therapy, whoever supervises",
    fix="Take the service off this claim: its minutes count for no unit. Never call them a therapist's minutes.",
)
def minutes_not_billable(case: Case) -> Faults:
    """A service that an aide, a massage therapist or an athletic trainer gave, billed to Medicare."""
    if case.payer.program not in _MEDICARE:
        return
    severity = Severity.HOLD if case.payer.program is Program.MEDICARE else Severity.WARN
    too_many = _too_many(case)
    for place, service in enumerate(case.visit.services, start=1):
        by = service.treated_by
        if not isinstance(by, TreatedBy) or by not in _NEVER_COUNTS:
            continue
        is_billed = any(place in {line.place, *line.bears} and not line.borne_by for line in case.draft.billed)
        if by is TreatedBy.MASSAGE_THERAPIST and case.payer.program is Program.MEDICARE and is_billed:
            continue  # PROVIDER_NOT_ELIGIBLE says it
        if is_billed if too_many is None or not is_timed(service.code) else service.code in too_many:
            what = f"{_NEVER_COUNTS[by]} gave {service.code}; such minutes are not billed to Medicare"
            yield Fault(f"services.{place}.treated_by", what, severity)


def _too_many(case: Case) -> frozenset[str] | None:
    """Give the timed codes that are billed more units than the minutes that count come to; None if that cannot be said.

    Minutes that do not count may bear a unit of their own code, or lift the total so that another code gets one: then all.
    """
    timed = case.draft.timed
    if timed is None:
        return None
    minutes: dict[str, int] = {}
    for one in case.visit.services:
        if is_timed(one.code) and one.treated_by not in _NEVER_COUNTS:
            minutes[one.code] = minutes.get(one.code, 0) + (one.minutes_given or 0)
    honest, billed = count(timed.rule, minutes), Counter[str]()
    for line in case.draft.billed:
        if is_timed(line.procedure):
            billed[line.procedure] += line.units or 0
    if billed.total() > honest.total:
        return frozenset(one.code for one in case.visit.services)
    most = {code: honest.by_code.get(code, 0) + (honest.open_units if code in honest.tied else 0) for code in billed}
    return frozenset(code for code, number in billed.items() if number > most[code])


@rule(
    id="STUDENT_UNSUPERVISED",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.3.E: the qualified professional who furnished or supervised the services "
    "signs; sec. 230.B: a student's service counts only while the clinician directs it",
    fix="Have the clinician who was in the room and directed the student co-sign the note; without one it is not billed.",
)
def student_unsupervised(case: Case) -> Faults:
    """A student's service, or a student's note, without the signature of a clinician, for Medicare."""
    note, written_by = case.visit.note, signer(case)
    if case.payer.program is not Program.MEDICARE or not note or written_by is None or is_cosigned_by_clinician(case):
        return
    is_student = written_by.calling is Calling.STUDENT
    if TreatedBy.STUDENT not in treaters(case) and not is_student:
        return
    may_be_teacher = is_named(case, written_by.name, case.visit.rendering) or written_by.calling in {None, *CLINICIANS}
    if is_student:
        yield Fault("note.cosigned_by", "a student signed the note, and no clinician beside them")
    elif not may_be_teacher:
        yield Fault("note.cosigned_by", "a student treated, and no clinician co-signed the note", Severity.WARN)


@rule(
    id="SIGNER_NOT_ENTITLED",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.3.E; Program Integrity Manual (Pub. 100-08) ch. 3 sec. 3.3.2.4: the note "
    "is authenticated by its author, who gave or supervised the care",
    fix="Have the author sign by an attestation, dated on the day it is written; nobody signs for another.",
)
def signer_not_entitled(case: Case) -> Faults:
    """A note signed by somebody who is known to have neither treated nor the right to co-sign."""
    written_by = signer(case)
    if written_by is None or written_by.calling is None or is_cosigned_by_clinician(case):
        return
    # "Front desk" is nobody's name.
    if written_by.name and any(
        is_named(case, written_by.name, who) for who in (case.visit.rendering, case.visit.supervising)
    ):
        return
    why = _why_not_entitled(case, written_by.calling)
    if why is not None:
        yield Fault("note.signed_by", why[0], why[1])


@rule(
    id="CERTIFIER_NOT_ENTITLED",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.1.3 and sec. 30.5: a physician, NP, PA or CNS certifies; a chiropractor may not",
    fix="Have a physician, nurse practitioner, physician assistant or clinical nurse specialist certify the plan.",
)
def certifier_not_entitled(case: Case) -> Faults:
    """A plan of care certified by somebody who may not certify therapy."""
    plan = case.visit.plan_of_care
    if not case.payer.wants_plan_of_care or case.visit.discipline not in THERAPY or not isinstance(plan, PlanOfCare):
        return
    by = calling_of(plan.certified_by)
    if plan.certified_on is None or by is None or by in _CERTIFIES:
        return
    if by in {Calling.PODIATRIST, Calling.OPTOMETRIST}:
        area, codes = (
            ("the foot", (*_FOOT, *_FOOT_TOO, *_FOOT_INJURED))
            if by is Calling.PODIATRIST
            else ("low vision", _LOW_VISION)
        )
        if not _any_begins(case.visit.diagnoses, codes):
            what = f"{_a(by)} certified the plan, and no diagnosis is of {area}"
            yield Fault("plan_of_care.certified_by", what, Severity.WARN)
        return
    severity = Severity.HOLD if case.payer.program is Program.MEDICARE else case.payer_says("wants_plan_of_care")
    yield Fault("plan_of_care.certified_by", f"{_a(by)} certified the plan, and may not", severity)


@rule(
    id="LICENCE_NOT_VALID",
    severity=Severity.HOLD,
    owner=Owner.PRACTICE_MANAGER,
    cites="42 CFR 410.59(c) and 410.60(c): licensed by the state; CARC B7: not certified or eligible to be paid for this service on this date",
    fix="If the licence was in force, correct its dates in staff.toml; if it was not, do not bill the visit.",
)
def licence_not_valid(case: Case) -> Faults:
    """The one who treated had no licence in force on the day, by the practice's own list."""
    state, rendering = _state(case), staff_of(case, case.visit.rendering.npi)
    written_by = signer(case)
    wrote = staff_named(case, written_by.name) if written_by and written_by.calling in ASSISTANTS else None
    for where, member in (("rendering.npi", rendering), ("note.signed_by", wrote)):
        own = _licences(member)
        here = [one for one in own if one.state == state]
        if not own or any(_covers(one, case.visit.day) for one in here):
            continue
        if here:
            yield Fault(where, f"staff.toml lists no licence of {state} that was in force on {case.visit.day}")
        else:
            yield Fault(where, f"staff.toml lists licences, and none of {state}, where it was given", Severity.WARN)


@rule(
    id="ENROLLMENT_MISSING",
    severity=Severity.HOLD,
    owner=Owner.PRACTICE_MANAGER,
    cites="42 CFR 424.505 (Medicare) and 455.410 (Medicaid); CARC B7: not eligible to be paid on this date",
    fix="Enrol the clinician and add it to staff.toml; hold the claim until it is in force. Never bill under another's NPI.",
)
def enrollment_missing(case: Case) -> Faults:
    """The clinician was not enrolled with the payer on the day, by the practice's own list."""
    member = staff_of(case, case.visit.rendering.npi)
    if member is None or not member.enrolled:
        return
    with_payer = _of_payer(member.enrolled, case.payer.id)
    if any(_covers(one, case.visit.day) for one in with_payer):
        return
    if with_payer:
        yield Fault(
            "rendering.npi", f"staff.toml has the enrolment with {case.payer.id} on other days than {case.visit.day}"
        )
    elif any(_of_payer(one.enrolled, case.payer.id) for one in case.staff):
        # A payer that nobody is enrolled with may be one that enrols nobody, such as an auto insurer.
        yield Fault("rendering.npi", f"staff.toml has others enrolled with {case.payer.id}, and not this clinician")
    elif case.payer.program in {*_MEDICARE, Program.MEDICAID}:
        severity = Severity.HOLD if case.payer.program is Program.MEDICARE else Severity.WARN
        what = f"staff.toml lists enrolments of this clinician, and none with {case.payer.id}"
        yield Fault("rendering.npi", what, severity)


@rule(
    id="CHIROPRACTOR_LINE_NOT_COVERED",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CMS Benefit Policy Manual ch. 15 sec. 30.5 and 240: of a chiropractor Medicare covers manual manipulation of the "
    "spine only",
    fix="Take the line off. Where the patient or a second payer wants the denial, add GY (and GP or GO to a therapy code).",
)
def chiropractor_line_not_covered(case: Case) -> Faults:
    """A chiropractor's line to Medicare beside spinal manipulation, without GY."""
    if case.payer.program is not Program.MEDICARE:
        return
    what = calling(case, case.visit.rendering)
    if what is not Calling.CHIROPRACTOR and not (what is None and case.visit.discipline is Discipline.DC):
        return
    for line in case.draft.billed:
        if line.procedure not in _SPINE and "GY" not in line.modifiers:
            yield Fault(f"services.{line.place}.code", f"Medicare does not cover {line.procedure} by a chiropractor")


def _why_not_entitled(case: Case, by: Calling) -> tuple[str, Severity] | None:
    """Say why somebody who is neither the rendering nor the supervising provider may not sign; None where it may be right.

    A student's signature has a rule of its own; a physician may have to sign.
    """
    why, severity = None, Severity.HOLD
    gave, own = set(treaters(case)), _OWN.get(case.visit.discipline)
    if by is Calling.OFFICE:
        why = "the note is signed by somebody of the office, who neither treated nor may co-sign"
    elif by in _GAVE and _GAVE[by] not in gave:
        why = f"the note is signed by {_a(by)}, who may not co-sign"
        # Other payers may pay what such people give under a clinician; no note is an aide's.
        severity = Severity.HOLD if case.payer.program in _MEDICARE or by is Calling.AIDE else Severity.WARN
    elif by in ASSISTANTS and any(is_evaluation(line.procedure) for line in case.draft.billed):
        why = "an evaluation is billed, and an assistant alone signed the note"
    elif by in ASSISTANTS and gave and gave.isdisjoint({None, TreatedBy.ASSISTANT}):
        why = "no assistant treated, and an assistant alone signed the note"
    elif by in {*THERAPISTS, Calling.CHIROPRACTOR} and own not in {None, by}:
        why = f"the note of a {case.visit.discipline} visit is signed by {_a(by)}, who did not treat"
    return None if why is None else (why, severity)


def _licences(member: StaffMember | None) -> list[Licence]:
    """Those that the person works by: one of another calling, such as a physical therapist's for massage, says nothing."""
    if member is None:
        return []
    own = calling_of(member.credential)
    return [one for one in member.licences if own is None or calling_of(one.kind) in {None, own}]


def _state(case: Case) -> str:
    """Where the service was given: the facility's state, the patient's at home, else the practice's."""
    if case.visit.facility is not None:
        return case.visit.facility.address.state
    if case.visit.place_of_service in {"10", "12"}:
        return case.visit.patient.address.state
    return (case.visit.billing or case.practice.billing).address.state


def _covers(one: Licence | Enrolment, day: date) -> bool:
    return (one.starts is None or one.starts <= day) and (one.ends is None or day <= one.ends)


def _of_payer(enrolled: Iterable[Enrolment], payer: str) -> list[Enrolment]:
    return [one for one in enrolled if one.payer.casefold() == payer.casefold()]


def _any_begins(diagnoses: Iterable[str], codes: tuple[str, ...]) -> bool:
    return any(code.replace(".", "").upper().startswith(codes) for code in diagnoses)


def _a(what: Calling | None) -> str:
    return f"{'an' if str(what)[0] in 'aeiou' else 'a'} {what}"


RULES = (
    provider_not_eligible,
    rendering_is_assistant,
    evaluation_by_assistant,
    minutes_not_billable,
    student_unsupervised,
    signer_not_entitled,
    certifier_not_entitled,
    licence_not_valid,
    enrollment_missing,
    chiropractor_line_not_covered,
)
