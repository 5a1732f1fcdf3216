"""Follow one transaction set through its guide, segment by segment: SNIP 1 inside the set, and SNIP 2.

The loop in `Walk.follow` is the engine's inner one: what is as it should be passes it with a few additions and one
pattern. Everything else is looked into slowly, by the methods below it.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from gateway.edi.follow import misplaced as astray
from gateway.edi.follow.element_faults import Code, ElementFault, element_faults
from gateway.edi.follow.loop import Loop, Placed, TooLongError, at
from gateway.edi.guide.places import Choice, Guide, LoopPlace, Place, Step, code_at
from gateway.edi.wire.figures import is_whole
from gateway.edi.wire.finding import Trigger, WireFinding, WireLevel
from gateway.edi.wire.segment import element_label, is_segment_id

ENVELOPE: Final = frozenset({"ISA", "IEA", "GS", "GE", "ST", "TA1"})
"""What ends a transaction set that has no SE."""

UNKNOWN, UNEXPECTED, MISSING, LOOP_TOO_OFTEN, TOO_OFTEN, NOT_IN_SET, OUT_OF_ORDER = "1", "2", "3", "4", "5", "6", "7"
NOT_USED: Final = "I4"
"""IK304: what may be wrong with a segment (X12 code list 620; our own words)."""

Tell = Callable[[WireFinding], None]


class Follower(Protocol):
    """Is shown each segment that ends or begins a loop; the others are put into the list that it keeps for its loop.

    here   the segments of the loop that was begun or gone back to last
    limit  the last ordinal that may still come before a call; TooLongError is raised behind it
    """

    here: list[Placed]
    limit: int

    def __call__(self, step: Step, parts: list[str], ordinal: int, /) -> Loop | None:
        """Take a segment: the step that it makes, its texts with the id first, its ordinal. Gives what is handed on.

        What was told before the call is about what stands before the segment.
        """
        ...


_NUMBERED: Final = frozenset({"HL", "CLM", "LX", "TRN"})
"""Segments that begin loops and are counted, or begin a count, or number what they begin."""

_PARTIES: Final = frozenset({"NM1", "N1"})
_OF_PARTIES: Final = frozenset({"N2", "N3", "N4", "PER", "PRV", "DMG"})
"""Segments that name somebody, and what is said of him. Behind a name without a place nothing more is said of these."""


class _Numbering:
    """Numbers that count from 1. A wrong one is wrong once: those behind it may go on from it, or from what it should be."""

    def __init__(self) -> None:
        self.count = 0
        self._after = ""

    def takes(self, number: str) -> bool:
        """Tell whether a number is the next."""
        self.count += 1
        if number == str(self.count):
            return True
        goes_on = bool(number) and number == self._after
        if goes_on:
            self.count = int(number)
        self._after = str(int(number) + 1) if is_whole(number) else ""
        return goes_on


class Walk:
    """One transaction set on its way.

    ordinal  that of the segment last read; ST is 1
    judges_elements  whether what is in a segment is looked at too; a reader leaves that until somebody asks
    unit     the number of the claim (CLM01) or status (TRN02) that it is in; empty outside of one
    last     once it was followed: its SE, or what stands where that should be; None if the file ended before
    """

    def __init__(
        self, guide: Guide, tell: Tell, follower: Follower | None = None, *, judges_elements: bool = True
    ) -> None:
        self.guide = guide
        self.ordinal = 1
        self.unit = ""
        self.last: str | None = None
        self._tell = tell
        self._follower = follower
        self._judges_elements = judges_elements
        self._place = guide.start
        self._seen = guide.root.begun(guide.start)
        self._outer: list[int] = []
        self._levels = _Numbering()
        self._lines = _Numbering()
        self._last_stray = 0

    def begin(self, st: list[str]) -> None:
        """Take the ST, split at its element marks."""
        if self.guide.start.match(self.guide.marks.element.join(st)) is None:
            self._explain(self.guide.start, st, 1)

    # A call for each segment would cost more than all that is done here for most of them.
    def follow(self, texts: Iterator[str]) -> Iterator[Loop]:  # noqa: C901, PLR0912, PLR0915
        """Follow the set behind its ST up to its SE, or to what stands where that should be.

        `texts` gives the segments without their terminators. Gives what the follower hands on.
        """
        mark, component, end = self.guide.marks.element, self.guide.marks.component, self.guide.end
        seen, outer, place, ordinal = self._seen, self._outer, self._place, 1
        table, follower, judges = place.table, self._follower, self._judges_elements
        here: list[Placed] | deque[Placed] = deque(maxlen=0)  # nobody keeps them
        limit = sys.maxsize
        if follower is not None:
            here, limit = follower.here, follower.limit
        for ordinal, raw in enumerate(texts, start=2):
            parts = raw.split(mark)
            step = table.get(parts[0])
            if type(step) is Choice:
                code = parts[step.position] if step.position < len(parts) else ""
                step = step.steps.get(code.partition(component)[0] if step.component else code, step.otherwise)
            if step is None:
                self.ordinal, self._place = ordinal, place
                if parts[0] in ENVELOPE:
                    self._no_end()
                    self.last = raw
                    return
                step = self._placed(parts, seen, outer)
                if step is None:
                    here.append((ordinal, parts, None))
                    if ordinal > limit:
                        raise TooLongError
                    continue
            to = step.to
            if step.stays:
                sums = (seen | step.present) + step.unit
                if sums & step.watched == step.before:  # nearly all there is comes by here
                    seen = sums
                    here.append((ordinal, parts, to))
                    if ordinal > limit:
                        raise TooLongError
                    if judges and to.match(raw) is None:
                        self._explain(to, parts, ordinal)
                    if to is not place:
                        place, table = to, to.made or to.table
                    continue
            begins = step.begins
            if step.ends:
                for need, ended_loop in step.ends:
                    if need & ~seen:
                        self._missing(ended_loop, need & ~seen, ordinal)
                    seen = outer.pop()
            before = step.before
            seen = (seen | step.present) + step.unit
            is_wrong = seen & step.watched != before
            if is_wrong and (missing := before & ~seen):
                self._missing(step.move.joins.within, missing, ordinal)
                seen |= before  # it is said once
            if follower is not None and (begins or step.ends):
                if (ended := follower(step, parts, ordinal)) is not None:
                    yield ended
                here, limit = follower.here, follower.limit
            else:
                here.append((ordinal, parts, to))
            if ordinal > limit:
                raise TooLongError
            if is_wrong and seen & step.watched != before:
                self._too_often(step, ordinal)
                seen -= step.unit
            if begins:
                outer += (seen, *begins[:-1])
                seen = begins[-1]
                if parts[0] in _NUMBERED:
                    self._number(to, parts, ordinal)
            if judges and to.match(raw) is None:
                self._explain(to, parts, ordinal)
            if to is not place:
                if to is end:
                    self.ordinal, self._place, self.last = ordinal, to, raw
                    return
                place, table = to, to.made or to.table
        self.ordinal, self._place = ordinal, place
        self._no_end()

    def _placed(self, parts: list[str], seen: int, outer: list[int]) -> Step | None:
        """Say what is wrong with a segment that has no place here; give the step meant, if it is plain.

        `seen` and `outer` are the integers of the loop that is open, and of those around it.
        """
        segment_id = parts[0]
        if segment_id not in self.guide.ids:
            return self._unknown(parts)
        if segment_id in _OF_PARTIES and self._last_stray == self.ordinal - 1:
            self._last_stray = self.ordinal
            return None
        loops = (seen, *reversed(outer))
        meant = astray.meant(self._place, parts, loops)
        if meant is None:
            self._say(UNEXPECTED, segment_id, self._place.within, self._no_place(segment_id))
            self._last_stray = self.ordinal if segment_id in _PARTIES else 0
            return None
        if meant.is_late:
            said = "stands too late: it belongs further up in its loop"
            self._say(OUT_OF_ORDER, segment_id, meant.step.move.to.within, said)
            if segment_id in _OF_PARTIES and not astray.is_whole(meant.step, loops):
                return None
        if meant.lost is not None:
            self._missing(meant.lost.within, meant.lost.present, self.ordinal)
        return meant.step  # whose pattern says which code is wrong

    def _no_place(self, segment_id: str) -> str:
        entry = self._place.table.get(segment_id)
        if type(entry) is not Choice:
            return f"has no place behind {self._place.use.id}"
        element = element_label(entry.position, entry.component)
        return f"has no place behind {self._place.use.id} with this {segment_id}{element}"

    def _unknown(self, parts: list[str]) -> Step | None:
        segment_id = parts[0].upper()
        if parts[0] != segment_id and segment_id in self.guide.ids:
            self._say(
                UNKNOWN,
                segment_id,
                self._place.within,
                "is written in small letters",
                fix="write segment ids in capitals",
            )
            entry = self._place.table.get(segment_id)
            if isinstance(entry, Choice):
                code = code_at(parts, entry.position, entry.component, self.guide.marks.component)
                return entry.steps.get(code, entry.otherwise)
            return entry
        if parts == [""]:
            self._say(UNKNOWN, "", self._place.within, "is empty: nothing stands between two terminators")
        elif is_segment_id(parts[0]):
            self._say(NOT_IN_SET, parts[0], self._place.within, "is no segment of this transaction set")
        else:
            # In a file with a delimiter gone astray this may be anything, such as a name.
            self._say(
                UNKNOWN,
                "",
                self._place.within,
                "a segment's id is not two or three capitals and digits",
                value=parts[0],
            )
        return None

    def _missing(self, loop: LoopPlace, bits: int, ordinal: int) -> None:
        self.ordinal = ordinal
        for child in loop.children:
            if not child.present & bits:
                continue
            if isinstance(child, Place):
                self._say(MISSING, child.use.id, loop, f"{child.use.name} is missing", fix=f"add {child.use.id}")
            else:
                assert isinstance(child, LoopPlace)
                first = _first_of(child)
                self._say(MISSING, first.use.id, child, f"{child.tree.name} is missing", fix=f"add loop {child.id}")

    def _too_often(self, step: Step, ordinal: int) -> None:
        self.ordinal = ordinal
        child = step.move.joins
        most = f"at most {child.repeat} {'is' if child.repeat == 1 else 'are'} used"
        if isinstance(child, LoopPlace):
            said = f"{child.tree.name} begins once too often: {most}"
            self._say(LOOP_TOO_OFTEN, step.to.use.id, child, said)
        else:
            self._say(
                TOO_OFTEN, step.to.use.id, step.to.within, f"{step.to.use.name} stands here once too often: {most}"
            )

    def _explain(self, place: Place, parts: list[str], ordinal: int) -> None:
        self.ordinal = ordinal
        for found in segment_findings(place, parts, self.ordinal):
            self._tell(found)

    def _number(self, to: Place, parts: list[str], ordinal: int) -> None:
        """Check the numbers of HL and LX. A set that is not numbered (an 835's LX) has nothing to be checked."""
        self.ordinal = ordinal
        number = at(parts, 1)
        if parts[0] == "LX":
            if not self._lines.takes(number) and "CLM" in self.guide.ids:
                said = f"LX01 is not {self._lines.count}, the next line of its claim"
                self._say_element(to, 1, said, number)
        elif parts[0] == "CLM":
            self._lines, self.unit = _Numbering(), number
        elif parts[0] == "TRN":
            self.unit = at(parts, 2)
        else:
            self.unit, parent = "", at(parts, 2)
            if not self._levels.takes(number):
                said = f"HL01 is not {self._levels.count}, the next in the transaction set"
                self._say_element(to, 1, said, number)
            # They are counted from 1, so those before this one are known without being kept.
            if parent and not (is_whole(parent) and 1 <= int(parent) < self._levels.count):
                self._say_element(to, 2, "HL02 names no HL before this one", parent)

    def _no_end(self) -> None:
        self._tell(
            WireFinding(
                snip=1,
                level=WireLevel.SET,
                code="2",
                segment="SE",
                said="the transaction set ends without its SE",
                fix="ask for the whole file: it may have been cut",
                ordinal=self.ordinal,
            )
        )

    def _say(
        self, code: str, segment: str, loop: LoopPlace | None, said: str, *, fix: str = "", value: str = ""
    ) -> None:
        self._tell(
            WireFinding(
                snip=2,
                level=WireLevel.SEGMENT,
                code=code,
                said=said,
                fix=fix,
                ordinal=self.ordinal,
                loop=loop.id if loop is not None else "",
                segment=segment,
                value=value,
            )
        )

    def _say_element(self, place: Place, element: int, said: str, value: str) -> None:
        self._tell(
            WireFinding(
                snip=1,
                level=WireLevel.ELEMENT,
                code=Code.NOT_A_CODE,
                said=said,
                ordinal=self.ordinal,
                loop=place.within.id,
                segment=place.use.id,
                element=element,
                number=place.use.elements[element - 1].number,
                value=value,
            )
        )


def segment_findings(place: Place, parts: list[str], ordinal: int) -> Iterator[WireFinding]:
    """Say what is wrong with a segment that the pattern of its place does not match."""
    if place.use.usage == "N":
        yield WireFinding(
            snip=2,
            level=WireLevel.SEGMENT,
            code=NOT_USED,
            said=f"{place.use.name} is not used here",
            fix="leave it out",
            ordinal=ordinal,
            loop=place.within.id,
            segment=place.use.id,
        )
        return
    for fault in element_faults(place.use, parts, place.guide.marks):
        yield WireFinding(
            snip=1 if fault.code == Code.CHARACTER else 2,
            level=WireLevel.ELEMENT,
            code=fault.code,
            said=fault.said,
            ordinal=ordinal,
            loop=place.within.id,
            segment=place.use.id,
            element=fault.position,
            component=fault.component,
            number=fault.number,
            repetition=fault.repetition,
            trigger=_trigger(place, fault, ordinal),
            value=fault.value,
        )


def _trigger(place: Place, fault: ElementFault, ordinal: int) -> Trigger | None:
    if not fault.trigger:
        return None
    at = (fault.position, fault.trigger) if fault.component else (fault.trigger, 0)
    return Trigger(place.use.id, ordinal, place.within.id, *at)


def _first_of(loop: LoopPlace) -> Place:
    first = loop.children[0]
    return first if isinstance(first, Place) else _first_of(first)  # type: ignore[arg-type]
