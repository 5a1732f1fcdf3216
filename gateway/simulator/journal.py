"""What was answered, on disk before anybody can see it: one record for each file, numbered in order of arrival.

A record is written under a temporary name, synced, and renamed; a crash leaves it whole or absent. What has a record is
never decided again, so the answers to a file stay the same bytes whatever happens to the process or the outbox.
"""

import os
from pathlib import Path

from gateway.errors import ConfigError
from gateway.simulator.memory import History
from gateway.simulator.records import Record, from_json, to_json

_SUFFIX = ".json"


class Journal:
    """The records of a folder. Raises ConfigError if one cannot be read: then nothing after it could be trusted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.records: list[Record] = [_read(path) for path in sorted(folder.glob(f"*{_SUFFIX}"))]
        self._by_hash = {(record.partner, record.sha256): record for record in self.records}
        self.history = History(record.answers.memory for record in self.records)

    def find(self, partner: str, sha256: str) -> Record | None:
        """Give the record of these bytes from that partner, if they were answered before."""
        return self._by_hash.get((partner, sha256))

    def append(self, record: Record) -> None:
        """Make the record durable, then remember it. Raises OSError if the disk refuses; nothing is remembered then."""
        path = self._folder / f"{len(self.records) + 1:08}{_SUFFIX}"
        write_durably(path, to_json(record).encode("ascii"), by_way_of=self._folder)
        self.records.append(record)
        self._by_hash[(record.partner, record.sha256)] = record
        self.history.add(record.answers.memory)


def write_durably(path: Path, body: bytes, *, by_way_of: Path) -> None:
    """Write a whole file or none: temporary name in `by_way_of` (same file system), sync, rename, sync the folder."""
    temporary = by_way_of / f"{path.name}.part"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(body)
        opened.flush()
        os.fsync(opened.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names of a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> Record:
    try:
        return from_json(path.read_text(encoding="ascii"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"simulator journal, {path.name}: cannot be read ({type(error).__name__}); the simulator was not started, "
            f"because later answers rest on it; restore the file, or begin with an empty state folder"
        ) from error
