"""Follow a file through its envelopes: interchanges, functional groups, transaction sets, with every count and number."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Final, Protocol

from gateway.edi.figures import is_whole
from gateway.edi.guide import ALIASES, guide_of, transaction_of
from gateway.edi.guide_places import Guide
from gateway.edi.loop import Loop
from gateway.edi.overlay import Overlay
from gateway.edi.segment import Delimiters
from gateway.edi.stream import Header, Stream
from gateway.edi.walk import ENVELOPE, Follower, Walk
from gateway.edi.wire_finding import WireFinding, WireLevel, WireSeverity

_FUNCTIONS: Final = {"837": "HC", "835": "HP", "277": "HN", "999": "FA"}
"""GS01 for each ST01."""
_ISA13_LENGTH: Final = 9
_DELIMITERS_MAX: Final = 16
"""Sets of delimiters in one file. For each the guides are compiled anew: no sender changes his at every interchange."""
_SET_ENDS: Final = frozenset({"SE"}) | ENVELOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a file holds."""

    interchanges: int = 0
    groups: int = 0
    sets: int = 0
    segments: int = 0


class EnoughError(Exception):
    """Nobody wants to hear of more findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a transaction set stands in, as written: the sixteen elements of ISA, GS and ST with their ids first.

    version  the guide that it is read by, which has replaced what an older edition names
    starts   the place of ST in the file, from 1
    """

    marks: Delimiters
    starts: int
    isa: tuple[str, ...]
    gs: tuple[str, ...]
    st: tuple[str, ...]
    version: str

    @property
    def interchange(self) -> str:
        """The interchange's control number (ISA13)."""
        return self.isa[12].strip()

    @property
    def sender(self) -> str:
        """Who sent the interchange (ISA06)."""
        return self.isa[5].strip()

    @property
    def receiver(self) -> str:
        """Whom it was sent to (ISA08)."""
        return self.isa[7].strip()

    @property
    def is_test(self) -> bool:
        """Whether it is marked as a test (ISA15)."""
        return self.isa[14] == "T"

    @property
    def date(self) -> str:
        """When the functional group was made (GS04), CCYYMMDD."""
        return _element(self.gs, 4)

    @property
    def group(self) -> str:
        """The functional group's control number (GS06)."""
        return _element(self.gs, 6)

    @property
    def control(self) -> str:
        """The transaction set's control number (ST02)."""
        return _element(self.st, 2)

    def located(self, finding: WireFinding) -> WireFinding:
        """Say where in the file a finding about the set is."""
        return replace(
            finding,
            interchange=self.interchange,
            group=self.group,
            set_control=self.control,
            file_ordinal=self.starts + finding.ordinal - 1,
        )


class SetFollower(Follower, Protocol):
    """Follows one transaction set to its end."""

    def end(self) -> Loop:
        """Give the last piece of the set."""
        ...


class EnvelopeCheck:
    """One pass over a file. Findings go to `tell`, which may end the pass by raising EnoughError.

    following  makes the follower of a transaction set, or None for one that is passed over
    judges_elements  whether what is in a segment is looked at too; a reader leaves that until somebody asks
    """

    def __init__(
        self,
        source: BinaryIO,
        tell: Callable[[WireFinding], None],
        overlays: tuple[Overlay, ...] = (),
        following: Callable[[Guide, Origin], SetFollower | None] | None = None,
        *,
        judges_elements: bool = True,
    ) -> None:
        self._stream = Stream(source)
        self._overlays = overlays
        self._following = following
        self._judges_elements = judges_elements
        self._tell = tell
        self._isa: tuple[str, ...] = ()
        self._marks = Delimiters()
        self._every_marks: set[Delimiters] = set()
        self._interchanges: dict[str, int] = {}
        self._interchange = ""
        self._groups = 0
        self._gs: list[str] = []  # of the group that is open; empty where none is
        self._sets = 0
        self._controls: set[str] = set()
        self._control = ""
        self._place = 0
        self.counts = Counts()

    def run(self) -> Iterator[Loop]:
        """Read the file to its end. Gives what the followers hand on."""
        while (header := self._stream.header()) is not None:
            self._every_marks.add(header.marks)
            if len(self._every_marks) > _DELIMITERS_MAX:
                self._say(
                    WireLevel.INTERCHANGE,
                    "024",
                    f"more than {_DELIMITERS_MAX} sets of delimiters; the rest was not read",
                )
                return
            self._begin(header)
            yield from self._follow()
        if not self.counts.interchanges:
            self._say(WireLevel.INTERCHANGE, "024", "this is not X12: there is no ISA", fix="look at what was sent")
        elif self._stream.junk:
            said = f"{self._stream.junk} characters stand outside of every interchange"
            self._say(WireLevel.INTERCHANGE, "024", said, fix="have them left out")

    def _follow(self) -> Iterator[Loop]:
        """Follow an interchange to its IEA, or to what shows that it has none."""
        text: str | None = None
        while True:
            if text is None:
                text = next(self._stream.texts, None)
                self._count(segments=1 if text is not None else 0)
            if text is None:
                self._close_group()
                self._no_iea()
                return
            parts = text.split(self._marks.element)
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
                self._iea(parts)
                return
            elif parts[0] == "ISA":
                self._close_group()
                self._say(WireLevel.INTERCHANGE, "023", "another ISA stands before the IEA", segment="ISA")
                self._stream.put_back(self._marks.element.join(parts))
                self._count(segments=-1)
                return
            elif parts[0] != "TA1" or self._gs:
                self._stray(parts)

    def _begin(self, header: Header) -> None:
        isa = self._isa = header.elements
        self._marks, self._interchange, self._groups, self._gs = header.marks, isa[12].strip(), 0, []
        self._count(interchanges=1, segments=1)
        if header.fault:
            self._say(WireLevel.INTERCHANGE, "024", f"the ISA {header.fault}", segment="ISA")
        wrong = (
            (isa[11] != "00501", "017", 12, "is not 00501"),
            (not is_whole(isa[12]) or len(isa[12]) != _ISA13_LENGTH, "018", 13, "is not nine digits"),
            (isa[13] not in {"0", "1"}, "019", 14, "is neither 0 nor 1"),
            (isa[14] not in {"P", "T"}, "020", 15, "is neither P nor T"),
        )
        for is_wrong, code, element, said in wrong:
            if is_wrong:
                self._say(WireLevel.INTERCHANGE, code, f"ISA{element} {said}", segment="ISA", element=element)
        if self._interchange in self._interchanges:
            said = f"ISA13 is that of the interchange at segment {self._interchanges[self._interchange]} too"
            self._say(WireLevel.INTERCHANGE, "025", said, segment="ISA", element=13)
        self._interchanges.setdefault(self._interchange, self._place)

    def _iea(self, parts: list[str]) -> None:
        count, number = _element(parts, 1), _element(parts, 2)
        if not is_whole(count) or int(count) != self._groups:
            said = f"IEA01 does not count the functional groups: there are {self._groups}"
            self._say(WireLevel.INTERCHANGE, "021", said, segment="IEA", element=1, value=count)
        if number != self._interchange:
            self._say(WireLevel.INTERCHANGE, "001", "IEA02 is not ISA13", segment="IEA", element=2, value=number)

    def _no_iea(self) -> None:
        if self._stream.too_long:
            said, fix = (
                "a segment has no end within 65,536 characters",
                "ask for the file again: it is damaged, or not X12",
            )
        elif self._stream.cut:
            said = f"the file ends after {self._stream.cut} characters of a segment without its terminator"
            fix = "ask for the whole file: it was cut"
        else:
            said, fix = "the interchange ends without its IEA", "ask for the whole file: it may have been cut"
        self._say(WireLevel.INTERCHANGE, "023", said, fix=fix)

    def _open_group(self, gs: list[str]) -> None:
        self._gs, self._sets, self._controls = gs, 0, set()
        self._groups += 1
        self._count(groups=1)
        if not is_whole(_element(gs, 6)):
            self._say(WireLevel.GROUP, "6", "GS06 is not a number of at most nine digits", segment="GS", element=6)

    def _ge(self, parts: list[str]) -> None:
        if not self._gs:
            self._stray(parts)
            return
        count, number = _element(parts, 1), _element(parts, 2)
        if not is_whole(count) or int(count) != self._sets:
            said = f"GE01 does not count the transaction sets: there are {self._sets}"
            self._say(WireLevel.GROUP, "5", said, segment="GE", element=1, value=count)
        if number != _element(self._gs, 6):
            self._say(WireLevel.GROUP, "4", "GE02 is not GS06", segment="GE", element=2, value=number)
        if not self._sets:
            self._say(WireLevel.GROUP, "5", "the functional group holds no transaction set", segment="GE")
        self._gs = []

    def _close_group(self) -> None:
        """A group that is still open when something else begins has no GE."""
        if self._gs:
            self._say(WireLevel.GROUP, "3", "the functional group ends without its GE", fix="ask for the whole file")
            self._gs = []

    def _transaction_set(self, st: list[str]) -> Generator[Loop, None, str | None]:
        """Follow a set. Returns the segment that ended it, where that is not its own SE."""
        if not self._gs:
            self._stray(st)
        self._sets += 1
        self._count(sets=1)
        self._control = _element(st, 2)
        starts = self._place
        if self._control in self._controls:
            said = "another transaction set of the group has the same ST02"
            self._say_set("23", said, segment="ST", element=2)
        self._controls.add(self._control)
        guide = self._guide(st)
        follower = self._follower(guide, st) if guide is not None else None
        if guide is None:
            last, length = self._skipped()
        else:
            walk = self._walk(guide, st, starts, follower)
            yield from walk.follow(self._stream.texts)
            last, length = walk.last, walk.ordinal
        self._count(segments=length - 1)
        ended = last is not None and last.split(self._marks.element)[0] == "SE"
        if ended and last is not None:
            self._se(last.split(self._marks.element), length)
        if follower is not None:
            yield follower.end()
        self._control = ""
        return None if ended else last

    def _follower(self, guide: Guide, st: list[str]) -> SetFollower | None:
        if self._following is None:
            return None
        origin = Origin(
            marks=self._marks,
            starts=self._place,
            isa=self._isa,
            gs=tuple(self._gs),
            st=tuple(st),
            version=_known(self._version(st)),
        )
        return self._following(guide, origin)

    def _walk(self, guide: Guide, st: list[str], starts: int, follower: SetFollower | None) -> Walk:
        def tell(finding: WireFinding) -> None:
            self._tell(self._placed(finding, starts + finding.ordinal - 1))

        walk = Walk(guide, tell, follower, judges_elements=self._judges_elements)
        named = _element(st, 3)
        # Of an older edition's name enough was said when its guide was chosen.
        walk.begin([*st[:3], ALIASES[named], *st[4:]] if named in ALIASES else st)
        return walk

    def _skipped(self) -> tuple[str | None, int]:
        """Pass over a set that no guide is known for, to count it."""
        length = 1
        for text in self._stream.texts:
            length += 1
            if text[:3].split(self._marks.element)[0] in _SET_ENDS:
                return text, length
        return None, length

    def _version(self, st: list[str]) -> str:
        """Give the version that a set names: ST03, or GS08 where it names none (835)."""
        return _element(st, 3) or _element(self._gs, 8)

    def _guide(self, st: list[str]) -> Guide | None:
        """Choose the guide by the version that the set names, and say what is wrong with the choice."""
        transaction, named, version = _element(st, 1), _element(st, 3), self._version(st)
        if named and self._gs and named != _element(self._gs, 8):
            self._say_set("I6", "ST03 is not GS08", segment="ST", element=3)
        if self._gs and _FUNCTIONS.get(transaction, _element(self._gs, 1)) != _element(self._gs, 1):
            said = f"GS01 is not {_FUNCTIONS[transaction]}, the functional group of {transaction}"
            self._say(WireLevel.GROUP, "1", said, segment="GS", element=1)
        known = _known(version)
        guide = guide_of(known, self._marks, self._overlays) if transaction_of(known) == transaction else None
        if guide is None:
            self._say(
                WireLevel.GROUP,
                "2",
                "no guide is known for this version of this transaction set; only its envelope was checked",
                fix="GS08 and ST03 name the guide, such as 005010X222A1",
                segment="GS",
                element=8,
                value=version,
            )
        elif known != version:
            said = f"GS08 names an older edition; it is read as {known}, which has replaced it"
            self._say(WireLevel.GROUP, "2", said, segment="GS", element=8, severity=WireSeverity.WARNING)
        return guide

    def _se(self, parts: list[str], length: int) -> None:
        count = _element(parts, 1)
        if not is_whole(count) or int(count) != length:
            said = f"SE01 does not count the segments from ST to SE: there are {length}"
            self._say_set("4", said, segment="SE", element=1, ordinal=length, value=count)
        if _element(parts, 2) != self._control:
            self._say_set("3", "SE02 is not ST02", segment="SE", element=2, ordinal=length)

    def _stray(self, parts: list[str]) -> None:
        outside = "a transaction set" if self._gs else "a functional group"
        # In a file with a delimiter gone astray an unknown id may be somebody's short name.
        named = parts[0] if parts[0] in _SET_ENDS else ""
        level, code = (WireLevel.GROUP, "") if self._gs else (WireLevel.INTERCHANGE, "024")
        self._say(level, code, f"{named or 'a segment'} stands outside of {outside}", segment=named, value=parts[0])

    def _say_set(self, code: str, said: str, *, segment: str, element: int, ordinal: int = 1, value: str = "") -> None:
        at = self._place
        finding = WireFinding(
            snip=1,
            level=WireLevel.SET,
            code=code,
            said=said,
            segment=segment,
            element=element,
            ordinal=ordinal,
            value=value,
        )
        self._tell(self._placed(finding, at))

    def _say(
        self,
        level: WireLevel,
        code: str,
        said: str,
        *,
        fix: str = "",
        segment: str = "",
        element: int = 0,
        value: str = "",
        severity: WireSeverity = WireSeverity.ERROR,
    ) -> None:
        finding = WireFinding(
            snip=1,
            level=level,
            code=code,
            said=said,
            fix=fix,
            severity=severity,
            segment=segment,
            element=element,
            value=value,
        )
        self._tell(self._placed(finding, self._place))

    def _placed(self, finding: WireFinding, file_ordinal: int) -> WireFinding:
        return replace(
            finding,
            file_ordinal=file_ordinal,
            interchange=self._interchange,
            group=_element(self._gs, 6),
            set_control=self._control,
        )

    def _count(self, *, interchanges: int = 0, groups: int = 0, sets: int = 0, segments: int = 0) -> None:
        self._place += segments
        self.counts = Counts(
            interchanges=self.counts.interchanges + interchanges,
            groups=self.counts.groups + groups,
            sets=self.counts.sets + sets,
            segments=self._place,
        )


def _element(parts: Sequence[str], position: int) -> str:
    return parts[position] if position < len(parts) else ""


def _known(version: str) -> str:
    """Give the version whose guide a version is read by."""
    return ALIASES.get(version, version)
