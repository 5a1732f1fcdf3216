"""Rules that read the daily note: is it there, who signed it, what it says of why."""

import re
from typing import Final

from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, not_checked, rule
from gateway.visit import NOT_SUPPLIED


@rule(
    id="NOTE_MISSING",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual (Pub. 100-02) ch. 15 sec. 220.3.E: a treatment note for each treatment day",
    fix="Write and sign the daily note; a late one is dated on the day it is written and says that it is late.",
)
def note_missing(case: Case) -> Faults:
    """A visit without a daily note."""
    if case.visit.note is None:
        yield Fault("note", "the practice's system says there is no note for this visit")
    elif case.visit.note is NOT_SUPPLIED:
        yield not_checked("note", "notes")


@rule(
    id="SIGNATURE_MISSING",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.3.E; Program Integrity Manual (Pub. 100-08) ch. 3 sec. 3.3.2.4",
    fix="Have the clinician who treated sign the note with name, credential and date; "
    "an older note is never signed late: its author attests it.",
)
def signature_missing(case: Case) -> Faults:
    """A note that nobody signed, or that was signed before the visit."""
    note = case.visit.note
    if not note:
        return
    if note.signed_by is NOT_SUPPLIED and note.signed_at is NOT_SUPPLIED:
        yield not_checked("note.signed_by", "signatures of notes")
    elif note.signed_by is not NOT_SUPPLIED and not note.signed_by:
        yield Fault("note.signed_by", "the note has no name of signature")
    elif note.signed_at is None:
        yield Fault("note.signed_at", "the note has no date of signature")
    elif note.signed_at is not NOT_SUPPLIED and case.day_of(note.signed_at) < case.visit.day:
        yield Fault("note.signed_at", "the note was signed before the day of the visit")


@rule(
    id="SOAP_SECTION_MISSING",
    severity=Severity.WARN,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.3: what was done, the response to it, and what follows",
    fix="Add what is missing in a dated addendum, if it was observed: change in function (S), a measure (O), why a "
    "therapist's skill was needed (A), the next step towards a goal (P).",
)
def soap_section_missing(case: Case) -> Faults:
    """A note with an empty section."""
    if case.visit.note:
        for section in ("subjective", "objective", "assessment", "plan"):
            written = getattr(case.visit.note, section)
            if written is not NOT_SUPPLIED and not written:
                yield Fault(f"note.{section}", f"the section {section} is empty")


_SOFT_TISSUE: Final = frozenset({"97124", "97140"})

_STRUCTURE: Final = (
    r"(?:muscles?|muscular|musculature|myofascial|fascia[el]?|soft[ -]tissues?|tissues?|spasms?|guarding|tone|hypertonicity|"
    r"trapezius|trapezii|traps?|(?:levator )?scapulae?|scalenes?|suboccipitals?|scm|sternocleidomastoids?|masseters?|"
    r"paraspinals?|erectors?|multifidi|multifidus|quadratus|ql|latissimus|lats?|rhomboids?|deltoids?|biceps|triceps|"
    r"pectorals?|pectoralis|pecs?|infraspinatus|supraspinatus|subscapularis|teres|rotator cuff|iliopsoas|psoas|piriformis|"
    r"glut(?:es?|eals?|eus)|hamstrings?|quads?|quadriceps|rectus|sartorius|tfl|adductors?|abductors?|flexors?|extensors?|"
    r"rotators?|gastroc(?:nemius)?|soleus|calf|calves|tibialis|pelvic floor|puborectalis|levator ani|diaphragm|jaw|"
    r"larynx|laryngeal|vocal folds?|tongue|sphincters?)"
)
"""What relaxes as a finding or by technique, where a patient relaxes as a guest of a spa does."""

_TECHNIQUE: Final = re.compile(
    # hold-relax, contract-relax, post-isometric relaxation
    r"\b(?:holds?|contract(?:ion)?|isometric|reciprocal|antagonist|agonist|pir|pnf|progressive)[\s/,-]{1,3}(?:and[\s-])?"
    r"relax(?:ation|ing|es|ed)?\b"
    # muscle relaxation, relaxation of the upper trapezius, to relax the hamstrings; not: relaxation massage of a muscle
    rf"|\b{_STRUCTURE}'?(?: to)?[\s-]+(?:(?:fully|now|can|more|is|are)\s)?relax(?:ation|ing|es|ed)?\b"
    r"|\brelax(?:ation|ing|es|ed)?\s+(?:(?!massage|and\b|for\b|with\b|while\b|during\b|after\b|by\b)[\w']+[\s-]+){0,5}?"
    rf"{_STRUCTURE}\b"
    # a cue, or what the patient has to learn
    r"|\b(?:cue[sd]?|cue?ing|instruct\w*|taught|teach\w*|unable|inability|difficulty)\s+(?:\w+\s+){0,3}?relax(?:ing|ation)?\b"
    # said to be something else
    r"|\b(?:not|no|never|rather than|instead of|without)\s+(?:\w+\s+){0,3}?"
    r"(?:relax(?:ation|ing)?|stress relief|wellness|spa|general fitness)\b",
    re.IGNORECASE,
)
_WELLNESS: Final = re.compile(
    r"\b(relax(?:ation|ing)?|stress relief|relieve stress|wellness|tune-?up|spa|preventi(?:ve|on) care|general fitness)\b",
    re.IGNORECASE,
)
_UNIT: Final = (
    r"deg(?:rees?)?\b|°|%|percent\b|cm\b|mm\b|ml\b|ft\b|feet\b|foot\b|yards?\b|m\b|met(?:er|re)s?\b|miles?\b|blocks?\b|"
    r"inch(?:es)?\b|\"|″|fingers?\b|lbs?\b|pounds?\b|kgs?\b|sec|s\b|min|reps?\b|repetitions?\b|stairs?\b|steps?\b|"
    r"out of\b|of 10\b|\+(?![\d/])"
)
_MEASURED: Final = (
    r"odi|ndi|lefs|(?:quick ?)?dash|psfs|tug|bbs|berg|6mwt|5x?sts|fga|dgi|foto|nprs|nrs|vas|slr|hit-?6|koos|hoos|womac|spadi|"
    r"fabq|faam|cait|mmt|[ap]?rom|pain(?: (?:level|rating|score|scale|intensity))?|flexion|extension|(?:side ?)?bend(?:ing)?|"
    r"rotation|abduction|adduction|inversion|eversion|pronation|supination|dorsiflexion|plantarflexion|elevation|opening|"
    r"strength|grip|pinch|girth|circumference|tenderness|spasm|ashworth|tone|grade|score|rated|rates|balance|reach"
)
_MEASURE: Final = re.compile(
    rf"\d\s?(?:{_UNIT})|\d\s?/\s?(?:3|4|5|6|10|50|56|80|100)\b(?!/)|\bgrade [iv]+\b"
    # not the 5 of L5
    rf"|\b(?:{_MEASURED})\b[^.;\n\d]{{0,30}}(?<![A-Z])\d",
    re.IGNORECASE,
)
"""A measure has a unit, or is what a measure's name is followed by: flexion 45, ODI 34, TUG 14, pain 4."""

_TREATMENT: Final = (
    r"(?:massage|manual (?:therapy|work|techniques?)|soft[ -]tissue (?:mobili[sz]ation|work)|stm|mfr|session|treatment)"
)
_LENGTH: Final = re.compile(
    rf"\d+\s?-?\s?(?:min(?:ute)?s?)\b[^.\d]{{0,30}}\b{_TREATMENT}|\b{_TREATMENT}\b[^.\d]{{0,30}}?\d+\s?-?\s?min(?:ute)?s?\b",
    re.IGNORECASE,
)
"""How long the massage took: that measures the treatment, not the patient."""


@rule(
    id="WELLNESS_INTENT",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="CMS Benefit Policy Manual ch. 15 sec. 220.2: what serves general good and welfare is not therapy",
    fix="If an impairment was treated, add in an addendum which, its baseline measure and the effect on function; "
    "if not, do not bill it: the patient pays.",
)
def wellness_intent(case: Case) -> Faults:
    """Massage or manual work whose note speaks of relaxation or wellness and holds no measure."""
    note = case.visit.note
    worked = [service.code for service in case.visit.services if service.code in _SOFT_TISSUE]
    if not note or not worked:
        return
    text = note.text
    if not _WELLNESS.search(text):
        return
    if note.objective is NOT_SUPPLIED or note.assessment is NOT_SUPPLIED:
        return
    if _WELLNESS.search(_TECHNIQUE.sub(" ", text)) and not _MEASURE.search(
        _LENGTH.sub(" ", f"{note.objective or ''} {note.assessment or ''}")
    ):
        medicare = case.payer.program is Program.MEDICARE
        yield Fault(
            "note.assessment",
            f"{worked[0]} is documented as relaxation or wellness, without a measure in Objective or Assessment",
            Severity.HOLD if medicare else case.payer_says("excludes_wellness"),
        )


RULES = (note_missing, signature_missing, soap_section_missing, wellness_intent)
