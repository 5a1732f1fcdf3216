"""What to fetch of a partner's folder, told from its listing and from what was seen there before. Nothing is fetched here."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from gateway.ledger.arrivals import Listed, Look
from gateway.transport.mailbox import Entry, Stat, safe_name

TAIL: Final = 64
"""How many of a file's last bytes tell whether it has its end."""

_IEA: Final = re.compile(rb"IEA[^0-9A-Za-z]\d+[^0-9A-Za-z]\d{9}[^0-9A-Za-z]\s*$")
_END_OF_ARMOR: Final = b"-----END PGP MESSAGE-----"
"""Of an encrypted file as text; one in bytes shows no end, and is taken once it is old."""
_END_OF_ARCHIVE: Final = b"PK\x05\x06"
_END_OF_ARCHIVE_SIZE: Final = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A listing, sorted by what is to be done.

    fresh  to be fetched, those whose reading has failed before at the end
    known  fetched before, with the hash of their bytes: they only have to be put away
    left   names that somebody has to look after, each with the reason
    later  names that the next round looks at again, each with the reason
    """

    fresh: tuple[Entry, ...]
    known: tuple[tuple[Entry, str], ...]
    left: tuple[tuple[str, str], ...]
    later: tuple[tuple[str, str], ...]


def listed(entry: Entry) -> Listed | None:
    """Give what the ledger remembers of a listed name; None where the server leaves out size or time."""
    modified = seconds(entry.modified)
    return None if entry.size is None or modified is None else Listed(entry.name, entry.size, modified)


def seconds(moment: datetime | None) -> int | None:
    """Give a moment in seconds since 1970, UTC."""
    return None if moment is None else int(moment.astimezone(UTC).timestamp())


def plain_files(entries: Iterable[Entry]) -> tuple[dict[str, Entry], tuple[tuple[str, str], ...]]:
    """Give the files with a usable name, each once, and what is said of the others.

    Folders, links, pipes and devices are no files for us. A hostile name is described, and never repeated to a
    terminal or a log.
    """
    files: dict[str, Entry] = {}
    refused: dict[str, str] = {}
    for entry in entries:
        if not entry.regular:
            continue
        if safe_name(entry.name):
            files.setdefault(entry.name, entry)
        else:
            refused[described(entry.name)] = (
                "it is not a plain file name; it was left there; ask the partner to rename it"
            )
    return files, tuple(refused.items())


def described(name: str) -> str:
    """Describe a hostile name so that it can be told from another one."""
    mark = sha256(name.encode("utf-8", errors="surrogatepass")).hexdigest()[:8]
    return f"a name of {len(name)} characters ({mark})"


def pick(
    entries: Iterable[Entry],
    *,
    temporary: str,
    size_max: int,
    read_before: Mapping[Listed, str],
    looks: Mapping[str, Look],
    young: datetime,
) -> Picked:
    """Sort a listing.

    temporary  the suffix of files that the partner is still writing
    young      since when a hidden file may be one that its server is still receiving (ProFTPD's HiddenStores)
    """
    arriving: list[Entry] = []
    settled: list[Entry] = []
    for entry in entries:
        is_arriving = _is_hidden(entry) and entry.modified is not None and entry.modified > young
        (arriving if is_arriving else settled).append(entry)
    files, left = plain_files(settled)
    fresh: list[Entry] = []
    known: list[tuple[Entry, str]] = []
    too_long: list[tuple[str, str]] = []
    later = [(entry.name, "it is hidden, and may still be being received") for entry in arriving]
    for name, entry in sorted(files.items()):
        same = listed(entry)
        if name.endswith(temporary):
            later.append((name, "it is still being written"))
        elif same is not None and same in read_before:
            known.append((entry, read_before[same]))
        elif entry.size is not None and entry.size > size_max:
            too_long.append((name, f"it is longer than {size_max} bytes; it was left there; look at it by hand"))
        else:
            fresh.append(entry)
    fresh.sort(key=lambda entry: looks[entry.name].failures if entry.name in looks else 0)
    return Picked(fresh=tuple(fresh), known=tuple(known), left=(*left, *too_long), later=tuple(later))


def _is_hidden(entry: Entry) -> bool:
    return entry.regular and entry.name.startswith(".") and safe_name(entry.name[1:])


def looked_at(entry: Entry, before: Look | None, *, now: datetime, failed: int = 0) -> Look:
    """Give what to keep of a file that was not taken: since when it has looked like this, and how often it failed."""
    modified = seconds(entry.modified)
    same = before is not None and (before.size, before.modified) == (entry.size, modified)
    return Look(
        name=entry.name,
        size=entry.size,
        modified=modified,
        first_at=before.first_at if before is not None and same else now,
        failures=(before.failures if before is not None and same else 0) + failed,
    )


def unfinished(
    entry: Entry, after: Stat | None, *, size: int, tail: bytes, look: Look | None, now: datetime, settled: timedelta
) -> str:
    """Say why a file that was read may not be whole; empty when it can be taken.

    size, tail  what was read: how many bytes, and the last of them
    after       what the mailbox said about the name once it was read
    look        how it was seen in an earlier round

    A file with its end is whole. Another one is taken as it is once it is old, by the partner's clock or by our own:
    nobody will finish it.
    """
    if after is None:
        return "it was gone once it was read; the next round will look again"
    if after.size not in (None, size) or seconds(after.modified) not in (
        None,
        seconds(entry.modified) or seconds(after.modified),
    ):
        return "it changed while it was read; the next round will look again"
    if _has_end(tail):
        return ""
    old = entry.modified is not None and entry.size in (None, size) and now - entry.modified.astimezone(UTC) >= settled
    seen = look is not None and looked_at(entry, look, now=now).first_at <= now - settled
    return "" if old or seen else "it may still be growing; the next round will look again"


def _has_end(tail: bytes) -> bool:
    zipped = len(tail) >= _END_OF_ARCHIVE_SIZE and tail[-_END_OF_ARCHIVE_SIZE:].startswith(_END_OF_ARCHIVE)
    return zipped or _IEA.search(tail) is not None or tail.rstrip().endswith(_END_OF_ARMOR)
