"""A file that is read and compared at the same time with what is written back of it."""

import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, Final, NoReturn

from gateway.edi.wire.segment import is_segment_id
from gateway.edi.wire.stream import Stream
from gateway.errors import ConversionRefused

_HEAD: Final = 1 << 18
_FIX: Final = "`gateway x12 check` says what is wrong with the file; have it mended"


class Twin:
    """A file for two readers: one who makes something of it, and one behind him who compares it with what was made.

    The second never needs more than the first has read, for what is compared was made of that.

    head  the beginning of the file, for a look at what it is
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.head = source.read(_HEAD)
        self._first = [self.head]
        self._waiting: deque[bytes] = deque()
        self._segments = self._read_again()
        self._stream: Stream | None = None
        self._ordinal = 0

    def read(self, size: int) -> bytes:
        """Give the next piece to the first reader."""
        piece = self._first.pop() if self._first else self._source.read(size)
        self._waiting.append(piece)
        return piece

    def compare(self, texts: Iterator[str]) -> None:
        """Compare segments with those that come next. Raises ConversionRefused at the first that differs."""
        for text in texts:
            self._ordinal += 1
            stands, mark = next(self._segments, ("", ""))
            if text != stands + mark:
                self._refuse(stands)

    def end(self) -> None:
        """Raise ConversionRefused unless everything was compared."""
        self._ordinal += 1
        stands, _ = next(self._segments, ("", ""))
        if stands:
            self._refuse(stands)
        if self._stream is not None and (self._stream.junk or self._stream.cut):
            raise ConversionRefused(where="the file", said="it holds more than whole interchanges", fix=_FIX)

    def _refuse(self, stands: str) -> NoReturn:
        found = re.split(r"[^A-Z0-9]", stands[:4])[0]
        # In a file with a delimiter gone astray this may be anything, such as a name.
        named = f" {found}" if is_segment_id(found) else ""
        said = "cannot be carried over as it stands" if stands else "the file ends before everything has its trailer"
        raise ConversionRefused(where=f"segment {self._ordinal}{named}", said=said, fix=_FIX)

    def _read_again(self) -> Iterator[tuple[str, str]]:
        """Give each segment with its terminator, those of the envelopes too."""
        self._stream = stream = Stream(_Again(self._waiting))  # type: ignore[arg-type]  # only read is used
        while (header := stream.header()) is not None:
            mark, segment = header.marks.element, header.marks.segment
            yield mark.join(("ISA", *header.elements)), segment
            for text in stream.texts:
                yield text, segment
                if text.startswith(f"IEA{mark}"):
                    break


class _Again:
    """What was read once."""

    def __init__(self, waiting: deque[bytes]) -> None:
        self._waiting = waiting

    def read(self, _size: int) -> bytes:
        """Give the next piece; nothing at the end of the file."""
        return self._waiting.popleft() if self._waiting else b""
