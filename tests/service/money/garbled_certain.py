"""What software may do with an answer, by the facts alone, and what a person can still read in it.

Our control number, our line control numbers and a claim number that the same payer has told before name a claim; a name,
a member id, days and charges only speak for one.
"""

from typing import Literal

from tests.service.money.garbled_answer import Answer, AnsweredLine
from tests.service.money.truths import TruthLine

Certain = Literal["must", "may", "never"]


def certain(answer: Answer, controls: tuple[str, ...]) -> Certain:
    if not answer.truth.is_ours:
        return "never"
    grade = min(_of_claim(answer, controls), *[_of_line(answer, svc, controls) for svc in answer.svcs], 2)
    if not answer.has_lines:
        paid_several = answer.status == "1" and len(answer.truth.lines) > 1
        grade = min(_of_claim(answer, controls), 1 if paid_several else 2)
    if answer.status == "22" and not answer.knows_number:
        # It does not name by number what it takes back.
        grade = min(grade, 1)
    words: tuple[Certain, ...] = ("never", "may", "must")
    return words[grade]


def _of_claim(answer: Answer, controls: tuple[str, ...]) -> int:
    """Give how sure it is which claim is meant: 2 named, 1 named once case, blanks or an ending are put right, 0 not named."""
    said = {svc.control for svc in answer.svcs} if answer.has_lines else set()
    if answer.number == answer.pcn or answer.knows_number or said & set(controls):
        return 2
    folded = {*(control.lower() for control in controls), answer.pcn}
    return 1 if answer.folded or said & folded else 0


def _of_line(answer: Answer, svc: AnsweredLine, controls: tuple[str, ...]) -> int:
    """Give how sure it is which line of the claim is meant."""
    if len(svc.places) > 1:
        return 1
    if svc.control in controls:
        return 1 if svc.is_unsaid else 2
    own = answer.truth.lines[svc.places[0] - 1]
    rivals = [
        line for place, line in enumerate(answer.truth.lines, 1) if line.code == own.code and place != svc.places[0]
    ]
    if svc.is_piece:
        return 0 if rivals and answer.status != "22" else 1
    sure = _beside(answer, svc, own, [line for line in rivals if line.charge == own.charge])
    return min(sure, 1) if svc.is_unsaid else sure


def _beside(answer: Answer, svc: AnsweredLine, own: TruthLine, rivals: list[TruthLine]) -> int:
    """Give how sure it is that `own` is meant and none of the lines with the same code and charge."""
    unlike = all(set(line.modifiers) != set(own.modifiers) for line in rivals)
    twins = [
        other
        for other in answer.svcs
        if other.places != svc.places and other.charge == svc.charge and set(other.modifiers) == set(svc.modifiers)
        if answer.truth.lines[other.places[0] - 1].code == own.code
    ]
    if not twins and (not rivals or (set(svc.modifiers) == set(own.modifiers) and unlike)):
        return 2
    # Where both got the same, or what is taken back tells which one got it, nothing is guessed.
    return 1 if answer.status == "22" or all(other.outcome == svc.outcome for other in twins) else 0


def says(answer: Answer, controls: tuple[str, ...]) -> frozenset[str]:
    said = {svc.control.upper() for svc in answer.svcs} if answer.has_lines else set()
    known = {*controls, *(control[:13] for control in controls)}
    is_named = answer.knows_number or bool(said & known)
    facts = {"number", "member", "last", "first", "day", "lines"} - answer.lost | ({"number"} if is_named else set())
    if any(svc.billed for svc in answer.svcs) or any(svc.is_piece for svc in answer.svcs):
        facts.discard("lines")
    if answer.has_lines and any(
        svc.modifiers != answer.truth.lines[svc.places[0] - 1].modifiers for svc in answer.svcs
    ):
        facts.discard("lines")
    return frozenset(facts if answer.truth.is_ours else facts - {"number"})
