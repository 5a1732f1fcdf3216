"""What a mailbox says about its files, and which names are taken at all."""

import re
from datetime import datetime
from typing import Final, NamedTuple

from gateway.errors import UsageError

NAMES_MAX: Final = 50_000
"""A folder with more names than this is refused whole: to read only a part of it would hide files in silence."""

LISTING_SECONDS_MAX: Final = 120
"""A server that is still naming files after this long is given up until the next round."""

_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class Stat(NamedTuple):
    """What the mailbox says about one name.

    size      bytes; None where the server does not say
    modified  UTC, to the second; None where the server does not say
    """

    size: int | None
    modified: datetime | None


class Entry(NamedTuple):
    """One name of a folder, as the mailbox lists it. It may be hostile: ask `safe_name` before using it.

    name      without its folder
    size      bytes; None where the server does not say. A listing may lie: `read` counts for itself
    modified  UTC, to the second; None where the server does not say
    regular   False for a folder, a symbolic link, a pipe or a device
    """

    name: str
    size: int | None
    modified: datetime | None
    regular: bool


def safe_name(name: str) -> bool:
    """Whether a name that a server lists may be used: 1 to 128 letters, digits, dots, dashes; no leading dot or dash."""
    return _SAFE.fullmatch(name) is not None


def inside(name: str) -> tuple[str, ...]:
    """Give the parts of a name below the mailbox's root, such as ("inbound", "x.999").

    Raises UsageError for a name that would leave the root, or that no server could be relied upon to take.
    """
    parts = tuple(name.split("/"))
    if not all(_plain(part) for part in parts):
        raise UsageError(
            f"mailbox name {name!r}: it has to stay below the mailbox's root (no leading /, no empty part, no . or .., "
            f"printable ASCII without \\); nothing was touched; put an absolute folder into the mailbox's root instead"
        )
    return parts


def _plain(part: str) -> bool:
    return part not in ("", ".", "..") and part.isascii() and part.isprintable() and "\\" not in part
