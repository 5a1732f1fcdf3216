"""A segment as a value, and its text.

The writer trusts nobody: a delimiter inside a value would let a name become a segment, so `encode` is the one place
where text turns into wire, and it refuses rather than repairs.
"""

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple, NoReturn, TypeAlias

from gateway.errors import OutboundWireError

Element: TypeAlias = str | tuple[str, ...]
"""One element; a tuple is a composite, one text for each component."""


class Segment(NamedTuple):
    """One segment: its id (such as CLM) and its elements, without delimiters."""

    id: str
    elements: tuple[Element, ...] = ()

    def at(self, position: int) -> str:
        """Give the 1-based element: empty when absent, the first component of a composite."""
        element = self.elements[position - 1] if position <= len(self.elements) else ""
        return element if isinstance(element, str) else "".join(element[:1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimiters:
    """The four marks of an interchange. Raises ValueError unless they are distinct and no letter, digit or space.

    repetition  may be empty: interchanges before 5010, and some since, have none
    """

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"

    def __post_init__(self) -> None:
        """Refuse marks that data could be taken for."""
        marks = (self.element, self.component, self.segment, *([self.repetition] if self.repetition else []))
        if any(len(mark) != 1 or mark.isalnum() or mark == " " for mark in marks):
            raise ValueError("a delimiter is one character, and no letter, digit or space")
        if len(set(marks)) != len(marks):
            raise ValueError("two delimiters are the same character")

    @property
    def all(self) -> frozenset[str]:
        """Every mark that data must not hold."""
        return frozenset(mark for mark in (self.element, self.component, self.repetition, self.segment) if mark)


ISA_WIDTHS: Final = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
"""Characters of each element of an ISA (X12.5 appendix B.1.1.4.1)."""

ISA_LENGTH: Final = 106
"""Characters of an ISA with its terminator."""

STANDARD: Final = Delimiters()
"""What we write: `*`, `:`, `^`, `~`."""

_CHARACTERS: Final = f"{string.ascii_letters}{string.digits} !\"&'()*+,-./:;?=%~@[]_{{}}\\|<>#$^`"
"""The basic and extended character sets (X12.5 appendix B.1.1.2), ASCII only."""
_IN_THE_SET: Final = re.compile(f"[{re.escape(_CHARACTERS)}]*").fullmatch

_SEGMENT_ID: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}").fullmatch


def element_label(position: int, component: int) -> str:
    """Give the place of an element in its segment, such as 05, or of a component of it, such as 05-1."""
    return f"{position:02}-{component}" if component else f"{position:02}"


@lru_cache(maxsize=1024)
def is_segment_id(text: str) -> bool:
    """Tell whether this can be a segment's id: two or three capitals or digits, a capital first."""
    return _SEGMENT_ID(text) is not None


def fault_in(text: str, marks: Delimiters) -> str:
    """Say what keeps `text` off the wire, without quoting it; empty when nothing does."""
    if not marks.all.isdisjoint(text):
        return "holds a delimiter"
    if not text.isascii():
        return "holds a character that is not plain ASCII"
    if not _IN_THE_SET(text):
        return "holds a control character"
    return ""


@cache
def _fits(marks: Delimiters) -> Callable[[str], re.Match[str] | None]:
    """Give what tells whether a text is of the characters that may stand in a segment; its marks are to be counted."""
    kept = _CHARACTERS.translate(
        {ord(marks.segment): None, **({ord(marks.repetition): None} if marks.repetition else {})}
    )
    return re.compile(f"[{re.escape(kept)}]*").fullmatch


_FITS_STANDARD: Final = _fits(STANDARD)


def encode(segment: Segment, marks: Delimiters = STANDARD) -> str:
    """Write one segment with its terminator; empty elements and components at the end are left out.

    Raises OutboundWireError, naming segment and element but never the value, on a delimiter, a control character or
    anything outside the X12 basic and extended character sets.
    """
    if not is_segment_id(segment.id):
        raise OutboundWireError("a segment has no valid id; nothing was written; this is our fault, report it")
    element, component = marks.element, marks.component
    texts, inner = [segment.id], 0
    for one in segment.elements:
        if isinstance(one, str):
            texts.append(one)
        else:
            texts.append(component.join(one))
            inner += len(one) - 1 if one else 0
    whole = element.join(texts)
    fits = _FITS_STANDARD if marks is STANDARD else _fits(marks)
    if not fits(whole) or whole.count(element) != len(segment.elements) or whole.count(component) != inner:
        _refuse(segment, marks)
    if inner:
        whole = element.join([text.rstrip(component) for text in texts])
    return whole.rstrip(element) + marks.segment


def _refuse(segment: Segment, marks: Delimiters) -> NoReturn:
    for position, element in enumerate(segment.elements, start=1):
        for component in (element,) if isinstance(element, str) else element:
            if fault := fault_in(component, marks):
                raise OutboundWireError(
                    f"segment {segment.id}, element {position:02}: {fault}, which X12 cannot carry; "
                    "nothing was written; correct that field and try again"
                )
    raise AssertionError("what does not fit has an element that does not")


def decode(raw: str, marks: Delimiters = STANDARD) -> Segment:
    """Read one segment from its text without the terminator. A repetition is left as it stands in the element."""
    name, *rest = raw.split(marks.element)
    mark = marks.component
    return Segment(name, tuple(tuple(text.split(mark)) if mark in text else text for text in rest))
