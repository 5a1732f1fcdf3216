"""JSON visits one by one, from a text that is never held whole: a list of visits, or an object that holds one.

The values are read by Python's own JSON; here is only what stands between them.
"""

import json
from collections.abc import Iterator
from typing import Any, Final, TextIO

from gateway.intake.json_text import DECODER, nested_too_deep

_CHUNK: Final = 1 << 18
_SPACE: Final = " \t\n\r"
_BEHIND: Final = frozenset(_SPACE + ",:]}")
_VERSION: Final = 1


class NoVisits(ValueError):
    """It is JSON, and no file of visits."""


def visits(text: TextIO) -> Iterator[Any]:
    """Give each visit of a file, whatever JSON it is.

    Raises JSONDecodeError, with the line, where it is not JSON or cut off; NoVisits where it is something else;
    ValueError on a value that cannot be read.
    """
    window = _Window(text)
    if window.mark() == "[":
        yield from _elements(window)
    else:
        yield from _of_object(window)
    if window.mark():
        raise window.wrong("Extra data")


def _of_object(window: "_Window") -> Iterator[Any]:
    window.take("{")
    seen: set[str] = set()
    while window.mark() != "}":
        if seen:
            window.take(",")
        if window.mark() != '"':
            raise window.wrong("Expecting a name")
        name = window.value()
        window.take(":")
        if name in seen or name not in {"schema_version", "visits"}:
            raise NoVisits
        seen.add(name)
        if name == "visits" and window.mark() == "[":
            yield from _elements(window)
        elif window.value() != _VERSION or name == "visits":
            raise NoVisits
    window.take("}")
    if "visits" not in seen:
        raise NoVisits


def _elements(window: "_Window") -> Iterator[Any]:
    window.take("[")
    if window.mark() != "]":
        yield window.value()
        while window.mark() == ",":
            window.take(",")
            yield window.value()
    window.take("]")


class _Window:
    """The part of a text that is being read."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._held, self._at, self._lines, self._ended = "", 0, 0, False

    def mark(self) -> str:
        """Give the next character that is no space, without passing it; empty at the end."""
        while True:
            while self._at < len(self._held):
                if self._held[self._at] not in _SPACE:
                    return self._held[self._at]
                self._at += 1
            if self._ended:
                return ""
            self._read_on(_CHUNK)

    def take(self, wanted: str) -> None:
        """Pass that character. Raises JSONDecodeError if another one stands there."""
        if self.mark() != wanted:
            raise self.wrong(f"Expecting {wanted}")
        self._at += 1

    def value(self) -> Any:  # noqa: ANN401 any JSON
        """Read the next value. It is read again with more of the text for as long as more of it may belong to it."""
        self.mark()
        more = _CHUNK
        while True:
            try:
                found, end = DECODER.raw_decode(self._held, self._at)
            except json.JSONDecodeError as refused:
                if self._ended:
                    raise self.wrong(refused.msg, at=refused.pos) from None
            except RecursionError:
                raise nested_too_deep() from None
            else:
                # A number that is cut reads as a shorter one: what follows a value tells that it is whole.
                if self._ended or self._held[end : end + 1] in _BEHIND:
                    self._at = end
                    return found
            self._read_on(more)
            more *= 2

    def wrong(self, what: str, at: int | None = None) -> json.JSONDecodeError:
        """Say in which line of the whole text something is wrong, without the text."""
        place = self._at if at is None else at
        line = self._lines + self._held.count("\n", 0, place)
        return json.JSONDecodeError(what, "\n" * line, line)

    def _read_on(self, characters: int) -> None:
        """Let go of what has been read, and read more."""
        more = self._text.read(characters)
        self._ended = not more
        self._lines += self._held.count("\n", 0, self._at)
        self._held, self._at = self._held[self._at :] + more, 0
