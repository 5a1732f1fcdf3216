"""What a 999 (005010X231A1) says of one functional group: AK1, its sets, AK9."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from gateway.acknowledgment import Verdict
from gateway.edi.answer.transaction_set import CODES_MAX, LETTERS, carried, set_answer
from gateway.edi.checking.envelope_verdicts import JudgedGroup, JudgedSet
from gateway.edi.checking.guide_choice import FUNCTIONS
from gateway.edi.wire.figures import is_whole
from gateway.edi.wire.finding import WireFinding, WireLevel, WireSeverity
from gateway.edi.wire.segment import Delimiters, Segment

_ACKNOWLEDGMENTS: Final = frozenset({"997", "999"})
_ANSWERED: Final = frozenset(FUNCTIONS.values()) - {"FA"}
"""AK101: what this guide answers."""
_GROUP_CODES: Final = frozenset(map(str, (*range(1, 7), *range(10, 20), *range(23, 27))))
"""AK905."""
_VERSION_MAX: Final = 12
_SETS_MAX: Final = 999_999


class GroupAnswer(NamedTuple):
    """A 999 without its ST and SE, and how many faults it leaves out."""

    segments: tuple[Segment, ...]
    untold: int


def wants_answer(group: JudgedGroup) -> bool:
    """Tell whether a group is to be answered: one of nothing but answers is not."""
    codes = {one.code for one in group.sets}
    return not codes <= _ACKNOWLEDGMENTS if codes else group.function != "FA"


def group_answer(group: JudgedGroup, marks: Delimiters) -> GroupAnswer | None:
    """Answer a group; `marks` are those of the answer. None if a 999 cannot name it.

    A group that is rejected names only the sets that are at fault themselves, so that none of it is called accepted.
    """
    named = _named(group, marks)
    if named is None:
        return None
    is_rejected = group.verdict is Verdict.REJECTED
    answers = [set_answer(one, named.at(1), marks) for one in group.sets if not is_rejected or _has_own_faults(one)]
    accepted = 0 if is_rejected else group.accepted
    included = int(group.included) if is_whole(group.included) else group.received
    counts = [str(min(count, _SETS_MAX)) for count in (included, group.received, accepted)]
    last = Segment("AK9", (LETTERS[group.verdict], *counts, *_codes(group)))
    told = (segment for answer in answers for segment in answer.segments)
    return GroupAnswer((named, *told, last), sum(answer.untold for answer in answers))


def _named(group: JudgedGroup, marks: Delimiters) -> Segment | None:
    """AK1. A group whose GS01 or GS08 names nothing goes by what its first set is."""
    first = group.sets[0] if group.sets else JudgedSet(st=(), starts=0, findings=())
    function = group.function if group.function in _ANSWERED else FUNCTIONS.get(first.code, "")
    version = carried(group.version, marks, _VERSION_MAX) or carried(first.guide, marks, _VERSION_MAX)
    if function not in _ANSWERED or not version or not is_whole(group.control):
        return None
    return Segment("AK1", (function, group.control, version))


def _has_own_faults(one: JudgedSet) -> bool:
    return any(each.severity is WireSeverity.ERROR and not _is_about_guide(each) for each in one.findings)


def _is_about_guide(finding: WireFinding) -> bool:
    return finding.level is WireLevel.GROUP


def _codes(group: JudgedGroup) -> tuple[str, ...]:
    found = dict.fromkeys((*(each.code for each in group.findings), *_common(group)))
    return tuple(code for code in found if code in _GROUP_CODES)[:CODES_MAX]


def _common(group: JudgedGroup) -> Iterator[str]:
    """What every one of its sets says of the group: that it names no guide that is known, or another's function."""
    told = [{each.code: None for each in one.findings if _is_about_guide(each)} for one in group.sets]
    if told and len(told) == group.received:
        yield from (code for code in told[0] if all(code in codes for codes in told))
