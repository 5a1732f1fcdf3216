"""The bytes of a file of visits as text: looked at while they pass, and never held whole."""

import codecs
import hashlib
import io
from typing import BinaryIO, Final, TextIO

from gateway.errors import IntakeError

BYTES_MAX: Final = 256 * 1024 * 1024
_CHUNK: Final = 1 << 16


class Passing(io.RawIOBase):
    """A file that is hashed and checked to be text while it is read.

    Reading raises IntakeError at a byte that is not UTF-8 or is zero, and where the file is too large.
    """

    def __init__(self, name: str, file: BinaryIO) -> None:
        super().__init__()
        self._name, self._file = name, file
        self._digest, self._size = hashlib.sha256(), 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    @property
    def sha256(self) -> str:
        """Of what has passed so far."""
        return self._digest.hexdigest()

    def readable(self) -> bool:
        """Say yes, as a file that is read has to."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Pass the next bytes on."""
        read = self._file.read(len(buffer))
        self._look_at(read)
        buffer[: len(read)] = read
        return len(read)

    def _look_at(self, read: bytes) -> None:
        waiting = len(self._decoder.getstate()[0])
        try:
            self._decoder.decode(read, final=not read)
        except UnicodeDecodeError as refused:
            place = self._size - waiting + refused.start + 1
            raise IntakeError(
                f"{self._name}: byte {place} is not UTF-8; nothing was taken in; save the file as UTF-8"
            ) from None
        if b"\0" in read:
            raise IntakeError(
                f"{self._name}: holds zero bytes, so it is no text; nothing was taken in; export JSON or CSV"
            )
        self._size += len(read)
        self._digest.update(read)
        if self._size > BYTES_MAX:
            raise IntakeError(
                f"{self._name}: larger than {BYTES_MAX // 2**20} MB; nothing was taken in; split the file"
            )


def as_text(passing: Passing) -> TextIO:
    """Give the text of a file, with its line ends as they are, and without the mark that some programs begin it with."""
    return io.TextIOWrapper(io.BufferedReader(passing, _CHUNK), encoding="utf-8-sig", newline="")
