"""Rules about what a diagnosis leaves open or contradicts: its side, its encounter, and codes that exclude each other."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Final

from gateway.codes.icd10cm_notes import Sides, excluded, in_force, sides
from gateway.finding import Owner, Severity
from gateway.scrub.rule import Case, Fault, Faults, rule

_WHOLE: Final = 7
_STEM: Final = 6
_ENCOUNTERS: Final = ("S", "T", "M80", "M84")
"""Codes whose seventh character says which encounter it is."""
_ACTIVE: Final = frozenset("ABC")
_ACUTE: Final = timedelta(weeks=3)
"""Our judgement of when the acute phase is over, so that it may only warn."""

_LEFT: Final = r"(?:left|\(l\)|lt\.?|l\.?)"
_RIGHT: Final = r"(?:right|\(r\)|rt\.?|r\.?)"
_LEFT_SAID: Final = re.compile(r"\bleft\b|\(l\)|\b(?-i:L|Lt|LT)\b(?!\d)", re.IGNORECASE)
_RIGHT_SAID: Final = re.compile(r"\bright\b|\(r\)|\b(?-i:R|Rt|RT)\b(?!\d)", re.IGNORECASE)
_BOTH_SAID: Final = re.compile(r"\b(?:bilateral(?:ly)?|both|(?-i:B|BL|B/L)|b/l|each side|either side)\b", re.IGNORECASE)
_PLURAL: Final = {"foot": "feet"}
_SHORT: Final = {
    "shoulder": ("shldr", "shld", "gh", "rtc"),
    "humerus": ("humeral",),
    "femur": ("femoral",),
    "ankle": ("achilles",),
    "leg": ("calf", "shin"),
}
_OPERATED: Final = re.compile(r"\b(?:s/p|status post)\b", re.IGNORECASE)


@rule(
    id="DX_LATERALITY",
    severity=Severity.HOLD,
    owner=Owner.CLINICIAN,
    cites="ICD-10-CM Official Guidelines sec. I.B.13: the side is coded where the record names it; RARC N769",
    fix="Choose the code of the side that the note names; where both were treated, one for each or the bilateral one.",
)
def dx_laterality(case: Case) -> Faults:
    """A diagnosis of an unspecified side, where the note, the services or another diagnosis name the side."""
    severity = case.table_says("icd10cm", in_force=in_force(case.visit.day))
    for place, code in enumerate(case.visit.diagnoses, start=1):
        open_side = sides(code)
        if open_side is None:
            continue
        where = f"diagnoses.{place}"
        beside = [one for one in case.visit.diagnoses if one[:_STEM] in {open_side.right, open_side.left}]
        if beside:
            yield Fault(where, f"{code} leaves the side open that {beside[0]} names", severity)
        elif (certain := _named(case, open_side)) is not None:
            what = f"{code} leaves the side open; the visit names it"
            yield Fault(where, what, severity if certain else Severity.WARN)


_NOT_NOW = re.compile(
    r"\b(?:den(?:y|ies|ied)|no|not|without|negative|history|hx|h/o|previous(?:ly)?|prior|past|old|former|resolved|s/p|status post|"
    r"years? ago|replacement|opposite|contralateral|other side|uninvolved|compared)\b",
    re.IGNORECASE,
)
"""A sentence with one of these may speak of another side than the one that is treated."""


def _named(case: Case, code: Sides) -> bool | None:
    """Tell whether a side of the code's part of the body is named: True for one side and no other, None for none.

    What only a sentence about an operation names is treated now as a rule, and is no more than worth a look.
    """
    sentences = re.split(r"(?<!\b[LlRr]t)(?<!\b[LR])[.;\n]+", ". ".join(_texts(case)))
    said = ". ".join(one for one in sentences if not _NOT_NOW.search(one))
    named = _one_side(said, code)
    if named is None:
        operated = ". ".join(
            one for one in sentences if _OPERATED.search(one) and not _NOT_NOW.search(_OPERATED.sub("", one))
        )
        return None if _one_side(operated, code) is None else False
    other = _RIGHT_SAID if named is _LEFT else _LEFT_SAID
    return other.search(said) is None and _BOTH_SAID.search(said) is None


def _one_side(said: str, code: Sides) -> str | None:
    """Give the side of the code's part of the body that a text names; None where it names none, or both."""
    site = "|".join(_words_for(one) for one in code.sites)
    named = [
        side
        for side in (_LEFT, _RIGHT)
        if re.search(
            rf"(?<![\w.-]){side}\s(?:[a-z]+\s){{0,2}}?(?:{site})\b|\b(?:{site})[,:]?\s\(?{side}(?![\w'-])",
            said,
            re.IGNORECASE,
        )
    ]
    return named[0] if len(named) == 1 else None


def _words_for(site: str) -> str:
    """Give what a note calls a part of the body, as alternatives of a pattern."""
    return "|".join((f"{site}s?", *([_PLURAL[site]] if site in _PLURAL else []), *_SHORT.get(site, ())))


def _texts(case: Case) -> Iterator[str]:
    if case.visit.note:
        yield case.visit.note.text
    for service in case.visit.services:
        yield from service.regions


@rule(
    id="DX_SEVENTH_CHARACTER",
    severity=Severity.WARN,
    owner=Owner.CLINICIAN,
    cites="ICD-10-CM Official Guidelines sec. I.C.19.a: A while the injury is treated actively, D while it heals",
    fix="If the injury is healing or recovering, code the encounter as D; what it left behind is coded as a sequela.",
)
def dx_seventh_character(case: Case) -> Faults:
    """An injury coded as in active treatment, weeks after it happened or after treatment began."""
    since = min(_beginnings(case), default=None)
    if since is None or case.visit.day - since < _ACUTE:
        return
    for place, code in enumerate(case.visit.diagnoses, start=1):
        if len(code) == _WHOLE and code.startswith(_ENCOUNTERS) and code[-1] in _ACTIVE:
            weeks = (case.visit.day - since).days // 7
            what = f"{code} says active treatment, {weeks} weeks after it began; therapy follows that as a rule (D)"
            yield Fault(f"diagnoses.{place}", what)


def _beginnings(case: Case) -> Iterator[date]:
    """Give the days that show how long it has been going on."""
    visit = case.visit
    for day in (visit.onset, visit.initial_treatment):
        if day is not None:
            yield day
    if visit.accident:
        yield visit.accident.happened_on
    if visit.plan_of_care:
        yield visit.plan_of_care.first_treatment or visit.plan_of_care.established


@rule(
    id="DX_EXCLUDES",
    severity=Severity.WARN,
    owner=Owner.CLINICIAN,
    cites="ICD-10-CM Official Guidelines sec. I.A.12.a: what an Excludes1 note names is not coded together, unless unrelated",
    fix="Keep the code that says more of what was treated, or both if the two conditions have nothing to do with each other.",
)
def dx_excludes(case: Case) -> Faults:
    """Two diagnoses of which the tabular list says that they are not coded together."""
    for (_, one), (place, other) in combinations(enumerate(case.visit.diagnoses, start=1), 2):
        if excluded(one, other):
            yield Fault(f"diagnoses.{place}", f"{other} and {one} exclude each other (Excludes1)")


RULES = (dx_laterality, dx_seventh_character, dx_excludes)
