"""What may be wrong with each segment of an envelope, as findings that do not yet say where they are."""

from collections.abc import Container, Iterator, Sequence
from typing import Final

from gateway.edi.follow.element_faults import is_day, is_time
from gateway.edi.follow.loop import at as element
from gateway.edi.wire.figures import is_whole
from gateway.edi.wire.finding import WireFinding, WireLevel
from gateway.edi.wire.stream import Header

_CONTROLS: Final = "00501"
_CONTROLS_LENGTH: Final = 5
_ISA13_LENGTH: Final = 9
_ISA10_LENGTH: Final = 4


def isa_faults(header: Header) -> Iterator[WireFinding]:
    """ISA: its shape, its version, its number, its date, and what it asks for."""
    isa = header.elements
    if header.fault:
        yield interchange_fault("024", f"the ISA {header.fault}", segment="ISA")
    is_version = isa[11].isdecimal() and len(isa[11]) == _CONTROLS_LENGTH
    wrong = (
        (not is_day(f"20{isa[8]}"), "014", 9, "is no date YYMMDD"),
        (len(isa[9]) != _ISA10_LENGTH or not is_time(isa[9]), "015", 10, "is no time HHMM"),
        (isa[11] != _CONTROLS, "003" if is_version else "017", 12, f"is not {_CONTROLS}"),
        (not is_whole(isa[12]) or len(isa[12]) != _ISA13_LENGTH, "018", 13, "is not nine digits"),
        (isa[13] not in {"0", "1"}, "019", 14, "is neither 0 nor 1"),
        (isa[14] not in {"P", "T"}, "020", 15, "is neither P nor T"),
    )
    for is_wrong, code, position, said in wrong:
        if is_wrong:
            yield interchange_fault(code, f"ISA{position:02} {said}", segment="ISA", at=position)


def iea_faults(iea: Sequence[str], number: str, groups: int) -> Iterator[WireFinding]:
    """IEA, against ISA13 and how many functional groups there are."""
    if not _counts(iea, groups):
        said = f"IEA01 does not count the functional groups: there are {groups}"
        yield interchange_fault("021", said, segment="IEA", at=1, value=element(iea, 1))
    if element(iea, 2) != number:
        yield interchange_fault("001", "IEA02 is not ISA13", segment="IEA", at=2, value=element(iea, 2))


def ta1_faults(groups: int) -> Iterator[WireFinding]:
    """TA1: it stands before the first functional group."""
    if groups:
        yield interchange_fault(
            "022", "a TA1 stands behind a functional group: it belongs before the first", segment="TA1"
        )


def gs_faults(gs: Sequence[str], others: Container[str]) -> Iterator[WireFinding]:
    """GS: whether its number is one, and none of the others' in its interchange."""
    if not is_whole(element(gs, 6)):
        yield group_fault("6", "GS06 is not a number of at most nine digits", segment="GS", at=6)
    if element(gs, 6) in others:
        yield group_fault("19", "another functional group of the interchange has the same GS06", segment="GS", at=6)


def ge_faults(ge: Sequence[str], number: str, sets: int) -> Iterator[WireFinding]:
    """GE, against GS06 and how many transaction sets there are."""
    if not _counts(ge, sets):
        said = f"GE01 does not count the transaction sets: there are {sets}"
        yield group_fault("5", said, segment="GE", at=1, value=element(ge, 1))
    if element(ge, 2) != number:
        yield group_fault("4", "GE02 is not GS06", segment="GE", at=2, value=element(ge, 2))
    if not sets:
        yield group_fault("5", "the functional group holds no transaction set", segment="GE")


def se_faults(se: Sequence[str], number: str, length: int) -> Iterator[WireFinding]:
    """SE, against ST02 and how many segments there are."""
    if not _counts(se, length):
        said = f"SE01 does not count the segments from ST to SE: there are {length}"
        yield set_fault("4", said, segment="SE", at=1, ordinal=length, value=element(se, 1))
    if element(se, 2) != number:
        yield set_fault("3", "SE02 is not ST02", segment="SE", at=2, ordinal=length)


def _counts(trailer: Sequence[str], there: int) -> bool:
    told = element(trailer, 1)
    return is_whole(told) and int(told) == there


def interchange_fault(
    code: str, said: str, *, fix: str = "", segment: str = "", at: int = 0, value: str = ""
) -> WireFinding:
    """Give a finding about an interchange; `code` is TA105, `at` the element."""
    return WireFinding(
        snip=1,
        level=WireLevel.INTERCHANGE,
        code=code,
        said=said,
        fix=fix,
        segment=segment,
        element=at,
        value=value,
    )


def group_fault(code: str, said: str, *, fix: str = "", segment: str = "", at: int = 0, value: str = "") -> WireFinding:
    """Give a finding about a functional group; `code` is AK905, `at` the element."""
    return WireFinding(
        snip=1, level=WireLevel.GROUP, code=code, said=said, fix=fix, segment=segment, element=at, value=value
    )


def set_fault(code: str, said: str, *, segment: str, at: int, ordinal: int = 1, value: str = "") -> WireFinding:
    """Give a finding about a transaction set; `code` is IK502, `at` the element."""
    return WireFinding(
        snip=1,
        level=WireLevel.SET,
        code=code,
        said=said,
        segment=segment,
        element=at,
        ordinal=ordinal,
        value=value,
    )
