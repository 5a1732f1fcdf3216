"""Back up the ledger, and put a backup back.

A backup is two files: the copy, and a manifest that says what stands in it. The manifest is written last, once the copy
was restored into a scratch place and looked at; a copy without one does not count. What is put back begins HELD:
it does not know what was sent since (gateway/service/recovery/recover.py).
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from gateway import __version__
from gateway.clock import Clock
from gateway.errors import ConfigError, UsageError
from gateway.event import Event
from gateway.ledger import Ledger, events, instance, migrate, open_ledger, practices
from gateway.ledger.copies import NotPermitted, Progress, copy_to, put_back, sync, tried_out
from gateway.ledger.health import Shape, altered_files, damage, shape_of
from gateway.ledger.leftovers import workplace
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.settings import Settings

_SCHEMA = 1
_CHUNK = 1 << 20
_HELD = "it was restored from a backup of {at:%Y-%m-%d %H:%M} UTC, and does not know what was sent since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds.

    verified  whether it was restored into a scratch place and found whole
    said      what that found, or why it was not done
    """

    file: str
    database: str
    size: int
    sha256: str
    practice: str
    instance: str
    epoch: int
    revision: str
    gateway: str
    created_at: datetime
    shape: Shape
    verified: bool
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """A backup that was made. `removed` names older ones that made room for it."""

    path: Path
    manifest: Manifest
    removed: tuple[str, ...]


def folder_of(home: Path) -> Path:
    """Give the folder where backups are kept unless another one is named."""
    return home / "backups"


def back_up(office: Office, folder: Path, *, keep: int, progress: Progress) -> BackedUp:
    """Make a backup (see `copied`), and write it into the log."""
    made = copied(office, folder, keep=keep, progress=progress)
    _log(office, made.manifest, made.path)
    return made


def copied(office: Office, folder: Path, *, keep: int, progress: Progress) -> BackedUp:
    """Copy the ledger, restore the copy into a scratch place, look at it, and only then give it its name.

    keep  how many backups of this practice stay in the folder, the newest ones; this one is among them

    The ledger may be of an older revision: then the laws, which read the newest tables, are not asked.
    Raises ConfigError if it cannot be written or what was copied is not whole: then nothing is kept.
    """
    created_at, ledger = office.clock.now(), office.ledger
    database = ledger.engine.dialect.name
    stem = f"gateway-{office.practice.key}-{created_at:%Y%m%dT%H%M%SZ}"
    path = folder / (stem + (".db" if database == "sqlite" else ".dump"))
    _make(folder)
    if path.exists():
        raise UsageError(f"{path} is there already: one was made this very second; nothing was changed")
    with _workplace(folder, office.practice.key) as place:
        written = place / path.name
        shape = copy_to(ledger, written, progress)
        revision = migrate.current(ledger) or ""
        verified, said = _verified(office, written, shape, revision)
        name, epoch = _identity(ledger, shape)
        manifest = Manifest(
            file=path.name,
            database=database,
            size=written.stat().st_size,
            sha256=_digest(written),
            practice=office.practice.key,
            instance=name,
            epoch=epoch,
            revision=revision,
            gateway=__version__,
            created_at=created_at,
            shape=shape,
            verified=verified,
            said=said,
        )
        written.replace(path)
        sync(path)
        _write_manifest(_manifest_of(path), manifest, place)
    # What could not be tried out must not push out what was.
    removed = _pruned(folder, office.practice.key, keep) if verified else ()
    return BackedUp(path=path, manifest=manifest, removed=removed)


def restore(settings: Settings, clock: Clock, path: Path, *, actor: str) -> Manifest:
    """Put a backup back where there is no ledger. What was restored begins HELD.

    Raises UsageError if a ledger is there, or the backup is another practice's or another kind of database's;
    ConfigError if the backup is not what its manifest says.
    """
    manifest = read_manifest(path)
    kind = "sqlite" if settings.database_url.startswith("sqlite") else "postgresql"
    if manifest.database != kind:
        raise UsageError(f"{path.name} is of {manifest.database}, and database.url names {kind}; nothing was changed")
    if manifest.practice != settings.practice.key:
        raise UsageError(
            f"{path.name} is of practice {manifest.practice}, and this home folder is {settings.practice.key}'s; nothing "
            "was changed"
        )
    if _digest(path) != manifest.sha256:
        raise ConfigError(f"{path} is not as its manifest says (sha256): it was altered or cut; use another backup")
    put_back(path, settings.database_url, _HELD.format(at=manifest.created_at))
    ledger = open_ledger(settings.database_url)
    try:
        with ledger.reading() as tx:
            said = "; ".join((*damage(tx), *_differs(shape_of(tx), manifest.shape)))
        if said:
            raise ConfigError(f"what was restored is not whole ({said}); it is held; use another backup")
        with ledger.writing() as tx:
            if not practices.is_registered(tx, settings.practice.key):
                raise ConfigError(f"the backup does not know practice {settings.practice.key}; it is held")
            event = Event(
                kind="ledger.restored",
                about=path.name,
                said=f"restored from {path.name} of {manifest.created_at:%Y-%m-%d %H:%M} UTC; it is held",
                artefact=f"sha256 {manifest.sha256[:12]}",
                actor=actor,
                next_command="gateway reconcile",
            )
            events.write(tx, settings.practice.key, event, at=clock.now())
    finally:
        ledger.close()
    return manifest


def read_manifest(path: Path) -> Manifest:
    """Read the manifest of a backup. Raises ConfigError if it is missing or not ours."""
    beside = _manifest_of(path)
    try:
        written: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8"))
        if written.pop("schema_version") != _SCHEMA:
            raise ConfigError(f"{beside} is of another version of the gateway; install a newer one")
        shape = written.pop("shape")
        return Manifest(
            **{**written, "created_at": datetime.fromisoformat(written["created_at"])},
            shape=Shape(
                rows={str(name): int(count) for name, count in shape["rows"].items()},
                events=int(shape["events"]),
                numbers=tuple((str(a), str(b), str(c), int(d), int(e)) for a, b, c, d, e in shape["numbers"]),
            ),
        )
    except FileNotFoundError:
        raise ConfigError(
            f"{beside} is missing: a backup is two files, made by `gateway backup`; a plain copy of a ledger that was in "
            "use may lack its newest rows, so it is not restored"
        ) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise ConfigError(f"{beside} cannot be read ({type(fault).__name__}); use another backup") from None


def newest(folder: Path, practice: str) -> Manifest | None:
    """Give the newest verified backup in a folder; None if there is none."""
    for path in reversed(_backups(folder, practice)):
        with suppress(ConfigError):
            manifest = read_manifest(path)
            if manifest.verified:
                return manifest
    return None


def _identity(ledger: Ledger, shape: Shape) -> tuple[str, int]:
    if "instance" not in shape.rows:
        return "", 0  # older than its table
    with ledger.reading() as tx:
        row = instance.read(tx)
    return row.instance, row.epoch


def _verified(office: Office, written: Path, shape: Shape, revision: str) -> tuple[bool, str]:
    """Restore the copy and look at it. Raises ConfigError if it is not whole."""
    try:
        with tried_out(written, office.ledger) as scratch:
            wrong = _found_wrong(replace(office, ledger=scratch), scratch, shape, revision)
    except NotPermitted as refused:
        return False, f"not verified: {refused}"
    if wrong:
        raise ConfigError(f"the copy is not whole ({'; '.join(wrong[:5])}); nothing was kept; run: gateway db check")
    return True, f"restored and found whole: {sum(shape.rows.values())} rows, log line {shape.events}"


def _found_wrong(office: Office, scratch: Ledger, shape: Shape, revision: str) -> list[str]:
    with scratch.reading() as tx:
        wrong = [*damage(tx), *_differs(shape_of(tx), shape), *altered_files(tx)]
    seen = migrate.current(scratch)
    if seen != revision:
        return [*wrong, f"revision {seen}, not {revision}"]
    if revision != migrate.newest():
        return wrong
    return wrong + [f"{law.law}: {one}" for law in reconcile(office).laws for one in law.broken]


def _differs(seen: Shape, wanted: Shape) -> tuple[str, ...]:
    rows = [
        f"{name}: {seen.rows.get(name, 0)} rows, not {count}"
        for name, count in wanted.rows.items()
        if seen.rows.get(name) != count
    ]
    return (*rows, *(["control numbers or log differ"] if replace(seen, rows={}) != replace(wanted, rows={}) else []))


@contextmanager
def _workplace(folder: Path, practice: str) -> Iterator[Path]:
    """Give a place for the copy until it counts. What a run that was killed has left there goes."""
    with ExitStack() as stack:
        try:
            place = stack.enter_context(workplace(folder, f".gateway-{practice}-"))
        except OSError as refused:
            raise ConfigError(f"{folder}: cannot be written ({refused.strerror}); choose another with --to") from None
        yield place


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refused:
        raise ConfigError(f"{folder}: cannot be made ({refused.strerror}); choose another with --to") from None


def _digest(path: Path) -> str:
    digest = sha256()
    try:
        with path.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
    except OSError as refused:
        raise ConfigError(f"{path}: cannot be read ({refused.strerror})") from None
    return digest.hexdigest()


def _manifest_of(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _write_manifest(path: Path, manifest: Manifest, place: Path) -> None:
    facts = {"schema_version": _SCHEMA, **asdict(manifest), "created_at": manifest.created_at.isoformat()}
    written = place / path.name
    try:
        written.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        written.chmod(0o600)
        sync(written)
        written.replace(path)
        sync(path)
    except OSError as refused:
        raise ConfigError(
            f"{path}: cannot be written ({refused.strerror}); the copy beside it does not count"
        ) from None


def _backups(folder: Path, practice: str) -> list[Path]:
    """List copies with a manifest, oldest first: their names begin with the moment."""
    ends = len(".json")
    found = sorted(folder.glob(f"gateway-{practice}-[0-9]*T[0-9]*Z.*.json"))
    return [copied for one in found if (copied := one.with_name(one.name[:-ends])).is_file()]


def _pruned(folder: Path, practice: str, keep: int) -> tuple[str, ...]:
    gone = _backups(folder, practice)[:-keep]
    for path in gone:
        _manifest_of(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    return tuple(path.name for path in gone)


def _log(office: Office, manifest: Manifest, path: Path) -> None:
    event = Event(
        kind="ledger.backed_up",
        about=path.name,
        said=f"backup {path.name}, {manifest.size} bytes, log line {manifest.shape.events}; {manifest.said}",
        artefact=f"sha256 {manifest.sha256[:12]}",
        actor=office.actor,
    )
    with office.ledger.writing() as tx:
        events.write(tx, office.practice.key, event, at=office.clock.now())
