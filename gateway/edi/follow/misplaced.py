"""What a segment that has no place where it stands was meant for: so that one fault is said once, where it is.

A code that is wrong, a loop whose first segment is lost and a segment that stands too late each look alike to a walk:
nothing leads on. Which it is, the guide tells, and what the open loops still lack. Nothing here is asked of a sound file.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

from gateway.edi.guide.places import Child, Choice, LoopPlace, Place, Step, code_at, moves_into, step_of

Open: TypeAlias = Sequence[int]
"""The integers of the open loops, innermost first."""

_BEGIN_UNITS: Final = frozenset({"CLM", "CLP"})
"""What begins a claim, or a claim payment."""
_NEAR: Final = 2
"""Loops within which a segment that stands too late is still recognised as what it is."""


class Meant(NamedTuple):
    """The step that a segment was meant to make.

    is_late  whether it stands behind its place
    lost     the first segment of its loop, where that is missing
    """

    step: Step
    is_late: bool = False
    lost: Place | None = None


def meant(place: Place, parts: list[str], loops: Open) -> Meant | None:
    """Tell what a segment behind a place was meant for; None if that is not plain."""
    steps = _told_apart(place, parts[0])
    inside = _inside(place, parts, loops)
    due = inside if inside is not None and _is_next(inside.step, loops) else None
    if steps and (found := due or _with_wrong_code(steps, loops)):
        return found
    late = _too_late(place, parts)
    # SBR behind the lines of a claim is the next subscriber's, whose HL is lost, and not another payer's of the claim.
    is_level = due is not None and due.lost is not None and due.lost.use.id == "HL"
    if late is not None and not (is_level and late.ends):
        return Meant(late, is_late=True)
    if steps:
        return Meant(steps[0]) if len(steps) == 1 else None
    return inside or _unit(place, parts)


def is_whole(step: Step, loops: Open) -> bool:
    """Tell whether nothing is missing in what a step ends."""
    return all(not need & ~found for (need, _), found in zip(step.ends, loops, strict=False))


def _told_apart(place: Place, segment_id: str) -> list[Step]:
    """Give a step to each place behind this one for a segment that is told by its code; nothing for one that is not."""
    entry = place.table.get(segment_id)
    found: dict[Place, Step] = {}
    for step in entry.steps.values() if type(entry) is Choice else ():
        found.setdefault(step.to, step)
    return list(found.values())


def _with_wrong_code(steps: Sequence[Step], loops: Open) -> Meant | None:
    """Of places that are told apart by a code which is none of theirs, give the one that is meant.

    It is what has to come and has not, or all that the loop at hand has of this segment.
    """
    for step in steps:
        if step.move.joins.required and step.present & ~loops[len(step.ends)]:
            return Meant(step)
    here = [step for step in steps if not step.ends and not step.begins]
    return Meant(here[0]) if len(here) == 1 else None


def _too_late(place: Place, parts: list[str]) -> Step | None:
    """Find a segment among what may stand before this place, in this loop and the one around it."""
    for move in place.guide.moves_from(place, backwards=True):
        if len(move.leaves) >= _NEAR:
            return None
        if _is_for(move.to, parts):
            return step_of(move)
    return None


def _inside(place: Place, parts: list[str], loops: Open) -> Meant | None:
    """Find a segment inside of a loop that has to come, may come once more, and whose first segment is missing."""
    for move in place.guide.moves_from(place):
        loop = move.enters[-1] if move.enters else None
        for child in loop.children[1:] if loop is not None else ():
            if not _shows(child):
                continue
            for inner in moves_into(child, move.leaves, move.joins, move.enters):
                if _is_for(inner.to, parts):
                    step = step_of(inner)
                    if (loops[len(step.ends)] + step.unit) & move.joins.guard:
                        return None
                    return Meant(_with_first(step, len(move.enters) - 1, move.to), lost=move.to)
    return None


def _unit(place: Place, parts: list[str]) -> Meant | None:
    """Find the loop of a claim or payment, however much of what it stands in is missing: nobody's claim is passed over."""
    if parts[0] not in _BEGIN_UNITS:
        return None
    for move in place.guide.moves_from(place):
        if move.enters and (down := _way_down(move.enters[-1], parts[0])):
            first = down[-1].children[0]
            assert isinstance(first, Place), "it begins with the segment that was looked for"
            return Meant(step_of(replace(move, to=first, enters=(*move.enters, *down))))
    return None


def _way_down(loop: LoopPlace, segment_id: str) -> tuple[LoopPlace, ...]:
    """Give the loops from one down to the first that begins with a segment, without the one; nothing if there is none."""
    for child in loop.children:
        if isinstance(child, LoopPlace):
            first = child.children[0]
            if isinstance(first, Place) and first.use.id == segment_id:
                return (child,)
            if below := _way_down(child, segment_id):
                return (child, *below)
    return ()


def _shows(child: Child) -> bool:
    """Whether a child is a sign that its loop is here, though the loop's first segment is missing.

    A loop that has to come is one, such as a claim payment (2100) without its LX; a segment only in a loop that has to
    come, and if nothing else is missing before it.
    """
    if isinstance(child, LoopPlace):
        return child.required
    return child.within.required and not child.before & ~child.within.children[0].present


def _is_next(step: Step, loops: Open) -> bool:
    """Whether nothing is missing before a step in its loop, nor in what it ends."""
    return is_whole(step, loops) and not step.before & ~loops[len(step.ends)]


def _with_first(step: Step, level: int, first: Place) -> Step:
    """Let a loop that begins without its first segment count it as there: its absence is said once."""
    begins = list(step.begins)
    begins[level] |= first.present
    return replace(step, begins=tuple(begins))


def _is_for(place: Place, parts: list[str]) -> bool:
    """Whether a segment has the id of a place, and a code of its own where several share the id."""
    if place.use.id != parts[0]:
        return False
    key = place.use.key
    return key is None or code_at(parts, *key, place.guide.marks.component) in place.use.codes_at(*key)
