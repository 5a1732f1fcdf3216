"""Raw segments from a file, whatever its shape: as much as can be read, with what is wrong and where.

It reads on wherever it can, for somebody wants to know all that is wrong. Text is Latin-1, in which every byte has a
meaning: a stray accent in a name does not cost the whole file.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO, Final

from gateway.edi.wire.segment import ISA_LENGTH, ISA_WIDTHS, Delimiters

_CHUNK: Final = 1 << 16
_BLANK: Final = " \t\r\n"
_BREAKS: Final = "\t\r\n"
_SEGMENT_MAX: Final = 64 * 1024
_BYTE_ORDER_MARK: Final = "\xef\xbb\xbf"
_HEADER_MAX: Final = 512
_ISA: Final = re.compile(
    r"""ISA(?P<mark>[^A-Za-z0-9 ])
    ..  (?P=mark) .{10} (?P=mark) ..  (?P=mark) .{10}
    (?P=mark) ..  (?P=mark) .{15} (?P=mark) ..  (?P=mark) .{15}
    (?P=mark) [0-9]{6} (?P=mark) [0-9]{4} (?P=mark) .  (?P=mark) [0-9]{5}
    (?P=mark) [0-9]{9} (?P=mark) [0-9] (?P=mark) [A-Z] (?P=mark) ..""",
    re.DOTALL | re.VERBOSE,
)
"""An ISA to the letter. It begins an interchange wherever it stands: in front of it something was cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """An ISA as it stands. `elements` are its sixteen, unsplit; `fault` says in words what is wrong with its shape."""

    marks: Delimiters
    elements: tuple[str, ...]
    fault: str = ""


class Stream:
    """A file being read: `header` gives an ISA, `texts` then its segments without terminators, until `header` is called again.

    junk      characters that stand outside of everything, before an ISA or behind an IEA
    cut       characters of segments without a terminator: of the last one, and of one that another ISA breaks into
    too_long  whether reading stopped at a segment without end
    has_odd_isa  whether anything looked like an ISA whose delimiters cannot be any
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._window = ""
        self._ended = False
        self._segment = ""
        self._marks: Delimiters | None = None
        self._batch: Iterator[str] = iter(())
        self.texts: Iterator[str] = iter(())
        self.junk = 0
        self.cut = 0
        self.too_long = False
        self.has_odd_isa = False
        self._read()
        self._window = self._window.removeprefix(_BYTE_ORDER_MARK)

    def header(self) -> Header | None:
        """Find and take the next ISA; None if there is none any more. What stands before it is junk."""
        alike = self._alike()
        if alike is not None:
            return alike
        self._give_back()
        while (found := self._at_isa()) and (header := self._header_here()) is None:
            self._drop(1)
        return header if found else None

    def _alike(self) -> Header | None:
        """Take an ISA that is next and has the delimiters of the one before: what was split stays so."""
        text = next(self._batch, None)
        if text is None:
            return None
        if text.startswith("ISA") and self._marks is not None:
            values = text[4:].split(self._marks.element)
            if tuple(map(len, values)) == ISA_WIDTHS and _marks(text[3], values, self._segment) == self._marks:
                return Header(marks=self._marks, elements=tuple(values))
        self._batch = chain((text,), self._batch)
        return None

    def put_back(self, text: str) -> None:
        """Let a segment be the next to be read."""
        self._window = f"{text}{self._segment}" + "".join(f"{one}{self._segment}" for one in self._batch) + self._window
        self.texts = self._batch = iter(())

    def _give_back(self) -> None:
        """Put what was split and not used in front of what was not split: another ISA has its own delimiters."""
        rest = list(self._batch)
        self._window = "".join(f"{text}{self._segment}" for text in rest) + self._window
        self.texts = self._batch = iter(())

    def _at_isa(self) -> bool:
        """Bring the window to the next thing that begins as an ISA does."""
        while True:
            self._window = self._window.lstrip(_BLANK)
            at = self._window.find("ISA")
            if at >= 0:
                self._drop(at)
                break
            if self._ended:
                self._drop(len(self._window))
                return False
            self._drop(max(0, len(self._window) - 2))
            self._read()
        while len(self._window) < _HEADER_MAX and not self._ended:
            self._read()
        return True

    def _drop(self, count: int) -> None:
        self.junk += count
        self._window = self._window[count:]

    def _header_here(self) -> Header | None:
        """Take an ISA by its sixteen marks, however long its elements are; None if this is none."""
        isa = self._window[:_HEADER_MAX]
        parts = isa.split(isa[3:4] or "*", len(ISA_WIDTHS))
        if len(parts) <= len(ISA_WIDTHS) or len(parts[-1]) <= 1:
            return None
        component, segment = parts[-1][0], parts[-1][1]
        values = (*parts[1:-1], component)
        marks = _marks(isa[3], values, segment)
        if marks is None:
            self.has_odd_isa = True
            return None
        length = len(isa) - len(parts[-1]) + 2
        shaped = tuple(map(len, values)) == ISA_WIDTHS
        fault = "" if shaped else _misshapen(length)
        self._window = self._window[length:]
        self._segment, self._marks = segment, marks
        self.texts = chain.from_iterable(self._batches())
        return Header(marks=marks, elements=values, fault=fault)

    def _batches(self) -> Iterator[Iterator[str]]:
        while True:
            ends, is_isa = self._interchange_ends()
            window, rest = self._window[:ends], self._window[ends:]
            whole, unended = _split(window, self._segment)
            self._batch, self._window = iter(whole), unended + rest
            yield self._batch
            if is_isa or self._ended:
                self._window = rest
                self.cut += len(unended.strip(_BLANK))
                return
            if len(unended) > _SEGMENT_MAX:
                self.too_long, self._ended, self._window = True, True, ""
                return
            self._read()

    def _interchange_ends(self) -> tuple[int, bool]:
        """Tell how much of the window is surely of this interchange, and whether another ISA is what follows it.

        An ISA with the same delimiters, where a segment may begin, is left to whoever reads the segments.
        """
        window = self._window
        for found in _ISA.finditer(window):
            isa, at = found[0], found.start()
            marks = _marks(isa[3], isa[4:-1].split(isa[3]), isa[-1])
            if marks is not None and not (marks == self._marks and self._may_begin(at)):
                return at, True
        begun = -1 if self._ended else window.find("ISA", max(0, len(window) - ISA_LENGTH + 1))
        return begun if begun >= 0 else len(window), False

    def _may_begin(self, at: int) -> bool:
        """Whether a segment may begin there: behind a terminator, and blanks."""
        while at and self._window[at - 1] != self._segment and self._window[at - 1] in _BLANK:
            at -= 1
        return at == 0 or self._window[at - 1] == self._segment

    def _read(self) -> None:
        more = self._source.read(_CHUNK)
        self._ended = not more
        self._window += more.decode("latin-1")


def _split(window: str, segment: str) -> tuple[list[str], str]:
    """Give the segments of a window, without blanks around them, and what stands behind the last terminator."""
    if segment == "\n":
        *whole, unended = window.split(segment)
        return [text.strip(_BLANK) for text in whole], unended
    window = window.lstrip(_BLANK)
    if "\n" in window:
        # What most files have behind each segment. Far faster than stripping them one by one.
        window = window.replace(f"{segment}\r\n", segment).replace(f"{segment}\n", segment)
    *whole, unended = window.split(segment)
    if any(blank in window for blank in _BREAKS) or f"{segment} " in window:
        whole = [text.lstrip(_BLANK) for text in whole]
    return whole, unended


def _misshapen(length: int) -> str:
    if length == ISA_LENGTH:
        return "has elements that are longer or shorter than they have to be: each has a fixed width"
    return f"is {length} characters long, not {ISA_LENGTH}: its elements have fixed widths"


def _marks(element: str, values: Sequence[str], segment: str) -> Delimiters | None:
    """Give the delimiters of an ISA by its sixteen elements; None if they cannot be any."""
    plain = len(values[10]) == 1 and not values[10].isalnum() and values[10] != " "
    repetition = values[10] if plain else ""
    try:
        return Delimiters(element=element, component=values[15], repetition=repetition, segment=segment)
    except ValueError:
        return None
