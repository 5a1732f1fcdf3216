"""Zip archives of answers: opened only within limits, and each member is a file of its own afterwards.

What an archive says of itself is not believed: its directory is bounded before it is read, and bytes are counted while
they are unpacked. One thing wrong, and nothing of the archive is used.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateway.transport.listing import safe_name

_MARK: Final = b"PK\x03\x04"
_EMPTY: Final = b"PK\x05\x06"
_END: Final = struct.Struct("<4s4H2LH")
_LOCATOR: Final = b"PK\x06\x07"
_LOCATOR_SIZE: Final = 20
_COMMENT_MAX: Final = 1 << 16
_DIRECTORY_ENTRY_MAX: Final = 1024
_CHUNK: Final = 1 << 16
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class ArchiveRefused(Exception):
    """An archive is not one that is opened here. It says why, in words of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """What an archive may hold. `ratio_max` is unpacked to packed bytes, of each member and of the whole."""

    members_max: int = 1000
    bytes_max: int = 256 * 1024 * 1024
    ratio_max: int = 100


def is_archive(raw: bytes) -> bool:
    """Whether these bytes begin as a zip archive does, whatever the file is called."""
    return raw.startswith((_MARK, _EMPTY))


def is_member(name: str) -> bool:
    """Whether a stored file came out of an archive, or plain by hand: its name then is where from, a slash, and its own."""
    return "/" in name


def members(raw: bytes, limits: ArchiveLimits) -> Iterator[tuple[str, bytes]]:
    """Give each file of an archive with its name there. Raises ArchiveRefused, at any of them: then use none."""
    _bound_directory(raw, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            unpacked = 0
            # Not by is_dir(), which breaks off at a name that is empty.
            inside = [one for one in archive.infolist() if not one.filename.endswith("/")]
            if len({one.filename for one in inside}) != len(inside):
                raise ArchiveRefused("two of its members have the same name")
            for number, one in enumerate(inside, start=1):
                _fit(number, one)
                body = _unpacked(archive, number, one, limits, limits.bytes_max - unpacked)
                unpacked += len(body)
                if unpacked > limits.ratio_max * len(raw):
                    raise ArchiveRefused(f"it unpacks to more than {limits.ratio_max} times its size")
                yield one.filename, body
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        struct.error,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as bad:
        raise ArchiveRefused(f"it is damaged ({type(bad).__name__})") from bad


def _bound_directory(raw: bytes, limits: ArchiveLimits) -> None:
    """Refuse an archive whose directory is larger than that of the most members allowed, before it is read."""
    at = len(raw) - _END.size
    if at < 0 or raw[at : at + 4] != _EMPTY or raw[-2:] != b"\0\0":
        at = raw.rfind(_EMPTY, max(0, len(raw) - _END.size - _COMMENT_MAX))
    if at < 0 or at + _END.size > len(raw):
        raise ArchiveRefused("it has no end")
    _, _, _, _, count, size, _, _ = _END.unpack_from(raw, at)
    if raw[max(0, at - _LOCATOR_SIZE) : at].startswith(_LOCATOR):
        raise ArchiveRefused("it is of the kind for more than 4 GB")
    if count > limits.members_max or size > limits.members_max * _DIRECTORY_ENTRY_MAX:
        raise ArchiveRefused(f"it has more than {limits.members_max} members")


def _fit(number: int, one: zipfile.ZipInfo) -> None:
    """Raise ArchiveRefused unless a member is one that may be unpacked. Its name is not repeated: it may be hostile."""
    if not all(safe_name(part) for part in one.orig_filename.split("/")):
        raise ArchiveRefused(f"the name of its member {number} is not a plain file name")
    if one.flag_bits & _ENCRYPTED:
        raise ArchiveRefused(f"its member {number} is encrypted")
    kind = stat.S_IFMT(one.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise ArchiveRefused(f"its member {number} is no regular file")
    if one.compress_type not in _METHODS:
        raise ArchiveRefused(f"its member {number} is packed by a method that is not read here")


def _unpacked(archive: zipfile.ZipFile, number: int, one: zipfile.ZipInfo, limits: ArchiveLimits, room: int) -> bytes:
    body = bytearray()
    most = min(room, limits.ratio_max * max(one.compress_size, 1))
    with archive.open(one) as opened:
        while chunk := opened.read(_CHUNK):
            body += chunk
            if len(body) > most:
                raise ArchiveRefused(
                    f"its member {number} unpacks to more than {limits.ratio_max} times its size, or the whole to more "
                    f"than {limits.bytes_max} bytes"
                )
    if is_archive(bytes(body[:4])):
        raise ArchiveRefused(f"its member {number} is an archive itself")
    return bytes(body)
