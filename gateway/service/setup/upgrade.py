"""Upgrade a ledger that may be full: room on the disk is asked first, and a backup is made or declined by a person."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.errors import ConfigError
from gateway.event import Event
from gateway.ledger import events, instance, migrate, practices
from gateway.ledger.health import holds_anything, last_line, size_of
from gateway.service.office import Office
from gateway.service.recovery.backup import copied, folder_of, newest

Told = Callable[[str], None]
_KEPT: Final = 14
_PAGES_TOLD: Final = 50_000
_MEGABYTE: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A person's decision that no backup is made before an upgrade."""

    by: str
    reason: str


def free_bytes(folder: Path) -> int:
    """Give what is free on a folder's disk."""
    return shutil.disk_usage(folder).free


def upgrade(
    office: Office, *, declined: Declined | None, told: Told, free: Callable[[Path], int] = free_bytes
) -> Event | None:
    """Bring a ledger to the newest revision; gives the line for the log, None where nothing was there to be upgraded.

    Whoever calls this works alone. Stopped anywhere it is called again, and takes a backup that it made for one, as long
    as nothing was written since. Raises ConfigError, with nothing changed, if there is no room or no backup can be made.
    """
    before = migrate.current(office.ledger)
    if before == migrate.newest():
        return None
    if before is None or not _holds_anything(office):
        migrate.upgrade(office.ledger)
        return None
    kept = _kept_already(office) if declined is None else ""
    _require_room(office, free, copies=declined is None and not kept)
    if declined is not None:
        said = "no backup was made before, by a person's decision"
        _log_decision(office, declined)
    else:
        kept = kept or _backed_up(office, told)
        said = f"backup {kept} is of the moment before"
    migrate.upgrade(office.ledger, told)
    return Event(
        kind="ledger.upgraded",
        about="ledger",
        said=f"upgraded from revision {before} to {migrate.newest()}; {said}",
        artefact="person" if declined else kept,
        actor=declined.by if declined else office.actor,
        reason=declined.reason if declined else "",
    )


def _holds_anything(office: Office) -> bool:
    with office.ledger.reading() as tx:
        return holds_anything(tx)


def _backed_up(office: Office, told: Told) -> str:
    def progress(pages: int) -> None:
        if pages % _PAGES_TOLD == 0:
            told(f"backup: {pages} pages copied")

    folder = folder_of(office.settings.home)
    told(f"backup into {folder}")
    made = copied(office, folder, keep=_KEPT, progress=progress)
    told(f"backup {made.path.name}: {made.manifest.said}")
    return made.path.name


def _kept_already(office: Office) -> str:
    """Name the backup that an upgrade which was stopped has made: of this ledger, and nothing was written since."""
    manifest = newest(folder_of(office.settings.home), office.practice.key)
    if manifest is None or manifest.shape.rows.get("instance") is None:
        return ""
    with office.ledger.reading() as tx:
        known = instance.read(tx)
        same = (known.instance, known.epoch, last_line(tx))
    return manifest.file if same == (manifest.instance, manifest.epoch, manifest.shape.events) else ""


def _log_decision(office: Office, declined: Declined) -> None:
    """Keep it before anything is changed. A practice that the ledger does not know yet has it in the line afterwards."""
    event = Event(
        kind="ledger.backup_declined",
        about="ledger",
        said="the ledger is upgraded without a backup, by a person's decision",
        artefact="person",
        actor=declined.by,
        reason=declined.reason,
    )
    with office.ledger.writing() as tx:
        if practices.is_registered(tx, office.practice.key):
            events.write(tx, office.practice.key, event, at=office.clock.now())


def _require_room(office: Office, free: Callable[[Path], int], *, copies: bool) -> None:
    with office.ledger.reading() as tx:
        size = size_of(tx)
    wanted: dict[int, tuple[Path, int]] = {}
    for folder, times in _needs(office, copies=copies):
        disk = folder.stat().st_dev
        wanted[disk] = (folder, wanted.get(disk, (folder, 0))[1] + times * size)
    for folder, needed in wanted.values():
        seen = free(folder)
        if seen < needed:
            raise ConfigError(
                f"{folder}: {seen // _MEGABYTE} MB are free, and upgrading a ledger of {_up(size)} MB wants "
                f"{_up(needed)} MB here{', the backup included' if copies else ''}; nothing was changed; free some space"
            )


def _needs(office: Office, *, copies: bool) -> Iterator[tuple[Path, int]]:
    """Give folders, and how many times the ledger's size an upgrade may take there for a while.

    An SQLite ledger may be written anew whole, and once more into its journal; a backup is the copy, and the scratch
    place in which it is tried out. What PostgreSQL's own disk holds cannot be asked from here.
    """
    if office.ledger.engine.dialect.name == "sqlite":
        yield Path(office.ledger.engine.url.database or "").parent, 3 if copies else 2
    if copies:
        yield office.settings.home, 1


def _up(size: int) -> int:
    return -(-size // _MEGABYTE)
