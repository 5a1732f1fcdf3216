"""Follow a file through its envelopes: interchanges, functional groups, transaction sets, with every count and number."""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from gateway.edi.checking.envelope_elements import envelope_element_faults
from gateway.edi.checking.envelope_faults import (
    ge_faults,
    group_fault,
    gs_faults,
    iea_faults,
    interchange_fault,
    isa_faults,
    se_faults,
    set_fault,
    ta1_faults,
)
from gateway.edi.checking.envelope_record import Record
from gateway.edi.checking.guide_choice import Chosen, chosen
from gateway.edi.follow.loop import UNIT_SEGMENTS_MAX, Loop, TooLongError, at
from gateway.edi.follow.origin import NOWHERE, Origin
from gateway.edi.follow.walk import ENVELOPE, Follower, Walk
from gateway.edi.guide.compiled import ALIASES
from gateway.edi.guide.overlay import Overlay
from gateway.edi.guide.places import Guide
from gateway.edi.wire.counts import Counts
from gateway.edi.wire.finding import WireFinding, WireLevel
from gateway.edi.wire.stream import Header, Stream

if TYPE_CHECKING:
    from gateway.edi.wire.segment import Delimiters

_DELIMITERS_MAX: Final = 16
"""Sets of delimiters in one file. For each the guides are compiled anew: no sender changes his at every interchange."""
ENVELOPES_MAX: Final = 20_000
"""Interchanges and functional groups of one file, for each is kept what it came to."""
_SET_ENDS: Final = frozenset({"SE"}) | ENVELOPE
_HEADER: Final = 5
"""Segments within which an 835 says by what it was paid (TRN)."""


_TOO_LONG: Final = WireFinding(
    snip=1,
    level=WireLevel.SET,
    code="5",
    said=f"more than {UNIT_SEGMENTS_MAX:,} segments stand in one loop; nothing behind them was read",
    fix="ask for the file in smaller claims",
)


class EnoughError(Exception):
    """Nobody wants to hear of more findings."""


class SetFollower(Follower, Protocol):
    """Follows one transaction set to its end."""

    def end(self, *, is_cut: bool = False) -> Loop:
        """Give the last piece of the set. `is_cut` says that the file ended before it did."""
        ...


class EnvelopeCheck:
    """One pass over a file. Findings go to `tell`, which may end the pass by raising EnoughError.

    following  makes the follower of a transaction set, or None for one that is passed over, as one without a guide is
    ta1        is given each TA1: the interchange it is in, its place in the file, its texts with the id first
    judges_elements  whether what is in a segment is looked at too; a reader leaves that until somebody asks
    record     is told of each envelope that opens and closes
    """

    def __init__(
        self,
        source: BinaryIO,
        tell: Callable[[WireFinding], None],
        overlays: tuple[Overlay, ...] = (),
        following: Callable[[Guide | None, Origin], SetFollower | None] | None = None,
        record: Record | None = None,
        *,
        ta1: Callable[[Origin, int, list[str]], None] | None = None,
        judges_elements: bool = True,
    ) -> None:
        self._stream = Stream(source)
        self._overlays = overlays
        self._following = following
        self._ta1 = ta1
        self._judges_elements = judges_elements
        self._tell = tell
        self._record = Record() if record is None else record
        self._origin = NOWHERE
        self._every_marks: set[Delimiters] = set()
        self._first_places: dict[str, int] = {}
        self._groups = 0
        self._group_numbers: set[str] = set()
        self._cut = 0
        self._sets = 0
        self._controls: set[str] = set()
        self.counts = Counts()

    def run(self) -> Iterator[Loop]:
        """Read the file to its end. Gives what the followers hand on."""
        while (header := self._stream.header()) is not None:
            self._every_marks.add(header.marks)
            if too_many := self._too_many():
                self._say(interchange_fault("024", f"more than {too_many}; the rest was not read"))
                return
            self._begin(header)
            try:
                yield from self._follow()
            except TooLongError:
                self._say_set([_TOO_LONG])
                return
            self._record.closes_interchange()
        if not self.counts.interchanges:
            said = "this is not X12: there is no ISA"
            if self._stream.has_odd_isa:
                said = "its ISA cannot be read: its delimiters have to differ from each other, and from letters, digits and blanks"
            self._say(interchange_fault("024", said, fix="look at what was sent"))
        elif self._stream.junk:
            self._origin = NOWHERE
            said = f"{self._stream.junk} characters stand outside of every interchange"
            self._say(interchange_fault("024", said, fix="have them left out"))

    def _too_many(self) -> str:
        if len(self._every_marks) > _DELIMITERS_MAX:
            return f"{_DELIMITERS_MAX} sets of delimiters"
        if self.counts.interchanges + self.counts.groups >= ENVELOPES_MAX:
            return f"{ENVELOPES_MAX:,} interchanges and functional groups"
        return ""

    def _follow(self) -> Iterator[Loop]:
        """Follow an interchange to its IEA, or to what shows that it has none."""
        text: str | None = None
        while True:
            if text is None:
                text = next(self._stream.texts, None)
                self.counts = self.counts.plus(segments=1 if text is not None else 0)
            if text is None:
                self._close_group()
                self._no_iea()
                return
            parts = text.split(self._origin.marks.element)
            text = None
            if parts[0] == "ST":
                text = yield from self._transaction_set(parts)
            elif parts[0] == "GS":
                self._close_group()
                self._open_group(parts)
            elif parts[0] == "GE":
                self._ge(parts)
            elif parts[0] == "IEA":
                self._close_group()
                self._say_all(parts, iea_faults(parts, self._origin.interchange, self._groups))
                return
            elif parts[0] == "ISA":
                self._close_group()
                self._say(interchange_fault("023", "another ISA stands before the IEA", segment="ISA"))
                self._stream.put_back(self._origin.marks.element.join(parts))
                self.counts = self.counts.plus(segments=-1)
                return
            elif parts[0] == "TA1" and not self._origin.gs:
                self._take_ta1(parts)
            else:
                self._stray(parts)

    def _take_ta1(self, parts: list[str]) -> None:
        self._record.has_ta1()
        self._say_all(parts, ta1_faults(self._groups))
        if self._ta1 is not None:
            self._ta1(self._origin, self.counts.segments, parts)

    def _begin(self, header: Header) -> None:
        self.counts = self.counts.plus(interchanges=1, segments=1)
        self._origin = Origin(marks=header.marks, isa=header.elements, isa_at=self.counts.segments)
        self._groups, self._group_numbers, self._cut = 0, set(), self._stream.cut
        self._record.opens_interchange(header.elements, header.marks)
        self._say_all(["ISA", *header.elements], isa_faults(header))
        number = self._origin.interchange
        if number in self._first_places:
            said = f"ISA13 is that of the interchange at segment {self._first_places[number]} too"
            self._say(interchange_fault("025", said, segment="ISA", at=13))
        self._first_places.setdefault(number, self.counts.segments)

    def _no_iea(self) -> None:
        if self._stream.too_long:
            said, fix = (
                "a segment has no end within 65,536 characters",
                "ask for the file again: it is damaged, or not X12",
            )
        elif cut := self._stream.cut - self._cut:
            said = f"the interchange ends after {cut} characters of a segment without its terminator"
            fix = "ask for the whole file: it was cut"
        else:
            said, fix = "the interchange ends without its IEA", "ask for the whole file: it may have been cut"
        self._say(interchange_fault("023", said, fix=fix, segment="IEA"))

    def _open_group(self, gs: list[str]) -> None:
        self._origin = replace(self._origin, gs=tuple(gs), gs_at=self.counts.segments)
        self._sets, self._controls = 0, set()
        self._record.opens_group(gs)
        self.counts = self.counts.plus(groups=1)
        self._say_all(gs, gs_faults(gs, self._group_numbers))
        self._group_numbers.add(self._origin.group)
        self._groups += 1

    def _ge(self, parts: list[str]) -> None:
        if not self._origin.gs:
            self._stray(parts)
            return
        self._say_all(parts, ge_faults(parts, self._origin.group, self._sets))
        self._end_group(at(parts, 1))

    def _close_group(self) -> None:
        """A group that is still open when something else begins has no GE."""
        if self._origin.gs:
            self._say(
                group_fault("3", "the functional group ends without its GE", fix="ask for the whole file", segment="GE")
            )
            self._end_group()

    def _end_group(self, included: str = "") -> None:
        self._origin = replace(self._origin, gs=(), gs_at=0)
        self._record.closes_group(included)

    def _transaction_set(self, st: list[str]) -> Generator[Loop, None, str | None]:
        """Follow a set. Returns the segment that ended it, where that is not its own SE."""
        if not self._origin.gs:
            self._stray(st)
        choice = self._begin_set(st)
        follower = self._follower(choice.guide)
        if choice.guide is None:
            self._record.has_no_guide()
            last, length = self._skipped()
        else:
            walk = self._walk_through(choice.guide, st, follower)
            yield from walk.follow(self._texts(walk))
            last, length = walk.last, walk.ordinal
        self.counts = self.counts.plus(segments=length - 1)
        parts = last.split(self._origin.marks.element) if last is not None else [""]
        if parts[0] == "SE":
            self._say_set(se_faults(parts, self._origin.control, length))
        if follower is not None:
            yield follower.end(is_cut=last is None)
        self._record.closes_set()
        self._origin = replace(self._origin, st=())
        return None if parts[0] == "SE" else last

    def _begin_set(self, st: list[str]) -> Chosen:
        self._sets += 1
        self.counts = self.counts.plus(sets=1)
        choice = chosen(st, self._origin.gs, self._origin.marks, self._overlays)
        self._origin = replace(self._origin, st=tuple(st), starts=self.counts.segments, version=choice.version)
        self._record.opens_set(st, self._origin.starts)
        if self._origin.control in self._controls:
            said = "another transaction set of the group has the same ST02"
            self._say_set([set_fault("23", said, segment="ST", at=2)])
        self._controls.add(self._origin.control)
        self._say(*choice.findings)
        return choice

    def _follower(self, guide: Guide | None) -> SetFollower | None:
        return self._following(guide, self._origin) if self._following is not None else None

    def _walk_through(self, guide: Guide, st: list[str], follower: SetFollower | None) -> Walk:
        origin = self._origin

        def tell(finding: WireFinding) -> None:
            self._tell(replace(origin.located(finding), unit=walk.unit))

        walk = Walk(guide, tell, follower, judges_elements=self._judges_elements)
        named = at(st, 3)
        # Of an older edition's name enough was said when its guide was chosen.
        walk.begin([*st[:3], ALIASES[named], *st[4:]] if named in ALIASES else st)
        return walk

    def _texts(self, walk: Walk) -> Iterator[str]:
        """Give the segments of a set; those of an 835's header pass somebody who looks for its TRN."""
        texts = self._stream.texts
        return chain(self._looked_at(texts, walk), texts) if at(self._origin.st, 1) == "835" else texts

    def _looked_at(self, texts: Iterator[str], walk: Walk) -> Iterator[str]:
        for text in islice(texts, _HEADER):
            parts = text.split(self._origin.marks.element)
            if parts[0] == "TRN":
                walk.unit = at(parts, 2)
            yield text

    def _skipped(self) -> tuple[str | None, int]:
        """Pass over a set that no guide is known for, to count it."""
        length = 1
        for text in self._stream.texts:
            length += 1
            if text[:3].split(self._origin.marks.element)[0] in _SET_ENDS:
                return text, length
        return None, length

    def _stray(self, parts: list[str]) -> None:
        # In a file with a delimiter gone astray an unknown id may be somebody's short name.
        named = parts[0] if parts[0] in _SET_ENDS else ""
        outside = f"{named or 'a segment'} stands outside of"
        if self._origin.gs:
            self._say(group_fault("", f"{outside} a transaction set", segment=named, value=parts[0]))
        else:
            self._say(interchange_fault("024", f"{outside} a functional group", segment=named, value=parts[0]))

    def _say_set(self, findings: Iterable[WireFinding]) -> None:
        """Tell what is wrong with the set as a whole."""
        for finding in findings:
            self._tell(self._origin.located(finding))

    def _say_all(self, parts: list[str], faults: Iterable[WireFinding]) -> None:
        """Tell what is wrong with a segment of an envelope, and with its elements where those are judged."""
        told = tuple(faults)
        self._say(*told)
        if self._judges_elements:
            marks = self._origin.marks
            self._say(*envelope_element_faults(parts, marks, {one.element for one in told if one.element}))

    def _say(self, *findings: WireFinding) -> None:
        """Tell what is wrong with the segment of an envelope that was read last."""
        for finding in findings:
            group = self._origin.gs_at if finding.segment == "GS" else 0
            place = finding.file_ordinal or group or self.counts.segments
            self._tell(self._origin.located(replace(finding, file_ordinal=place)))
