"""Is everything there that the gateway needs? Each fault comes with how to mend it."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from gateway.clock import Clock
from gateway.codes.table import tables
from gateway.errors import GatewayError, LedgerBusy
from gateway.ledger import migrate, open_ledger
from gateway.ledger.filesystem import kind_of
from gateway.ledger.lock import at_work
from gateway.partner import MailboxKind, TradingPartner
from gateway.service.backup import folder_of, newest
from gateway.service.instance import why_held
from gateway.settings import Settings, load

_DISK_MIN = 1024**3
_BACKUP_AGE_MAX = timedelta(hours=25)


class Health(StrEnum):
    """How a check went."""

    GOOD = "ok"
    LOOK = "look"
    BAD = "BAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at. `fix` is empty when it is well."""

    what: str
    health: Health
    said: str
    fix: str = ""


def examine(home: Path, clock: Clock) -> tuple[Check, ...]:
    """Look at everything that can be looked at without calling a partner."""
    try:
        settings = load(home)
    except GatewayError as wrong:
        return (Check(what="configuration", health=Health.BAD, said=str(wrong), fix="correct it, then ask me again"),)
    said = f"practice {settings.practice.key}, {len(settings.partners)} partners, {len(settings.payers)} payers"
    return (
        Check(what="configuration", health=Health.GOOD, said=said),
        _home(home),
        _disk(home),
        _ledger(settings),
        *_instance(settings),
        _backup(settings, clock),
        *(one for name in sorted(settings.partners) for one in _partner(settings.partners[name])),
        *_tables(settings, clock),
    )


def _home(home: Path) -> Check:
    mode = stat.S_IMODE(home.stat().st_mode)
    if mode & 0o077:
        said = f"others may read it (mode {mode:04o}); it holds health records"
        return Check(what="home folder", health=Health.BAD, said=said, fix=f"chmod 0700 {home}")
    return Check(what="home folder", health=Health.GOOD, said=f"{home} is its owner's alone")


def _disk(home: Path) -> Check:
    free = shutil.disk_usage(home).free
    said = f"{free / _DISK_MIN:.1f} GiB free"
    if free < _DISK_MIN:
        return Check(what="disk", health=Health.LOOK, said=said, fix="free some space before the next batch")
    return Check(what="disk", health=Health.GOOD, said=said)


def _ledger(settings: Settings) -> Check:
    try:
        ledger = open_ledger(settings.database_url)
        try:
            migrate.require_newest(ledger)
            kind = ledger.engine.dialect.name
        finally:
            ledger.close()
    except GatewayError as wrong:
        return Check(what="ledger", health=Health.BAD, said=str(wrong), fix="gateway db upgrade, or gateway init")
    said = f"{kind}, revision {migrate.newest()}"
    if kind == "sqlite":
        said += f", SQLite {sqlite3.sqlite_version}"
    return Check(what="ledger", health=Health.GOOD, said=said)


def _instance(settings: Settings) -> Iterator[Check]:
    """Where the ledger lies, whether somebody works alone on it, and whether it may number and send."""
    try:
        ledger = open_ledger(settings.database_url)
    except GatewayError:
        return  # the ledger's own check says it
    try:
        if ledger.engine.dialect.name == "sqlite":
            kind = kind_of(Path(ledger.engine.url.database or "").parent) or "of a kind that the kernel does not name"
            yield Check(what="file system", health=Health.GOOD, said=f"{kind}, on this machine")
        try:
            with at_work(ledger):
                yield Check(what="lock", health=Health.GOOD, said="nobody works alone on the ledger")
        except LedgerBusy as busy:
            yield Check(what="lock", health=Health.LOOK, said=str(busy), fix="wait until it is done")
        held = why_held(ledger, settings.home, settings.practice.key)
        if held:
            yield Check(what="instance", health=Health.BAD, said=f"HELD: {held}", fix="gateway reconcile")
        else:
            yield Check(what="instance", health=Health.GOOD, said="the ledger is the one this home folder works with")
    except GatewayError as wrong:
        yield Check(what="instance", health=Health.BAD, said=str(wrong), fix="see the ledger's line")
    finally:
        ledger.close()


def _backup(settings: Settings, clock: Clock) -> Check:
    """The newest verified backup in the folder where they are kept unless told otherwise."""
    last = newest(folder_of(settings.home), settings.practice.key)
    if last is None:
        said = f"no verified one in {folder_of(settings.home)}"
        return Check(what="backup", health=Health.LOOK, said=said, fix="gateway backup, every day, from cron")
    age = clock.now() - last.created_at
    said = f"{last.file}, verified, {age.days} days and {age.seconds // 3600} hours old"
    if age > _BACKUP_AGE_MAX:
        return Check(what="backup", health=Health.LOOK, said=said, fix="gateway backup, every day, from cron")
    return Check(what="backup", health=Health.GOOD, said=said)


def _partner(partner: TradingPartner) -> Iterator[Check]:
    what, box = f"partner {partner.name}", partner.mailbox
    if box.kind is MailboxKind.FOLDER:
        there = Path(box.root).is_dir()
        health = Health.GOOD if there else Health.BAD
        yield Check(what=what, health=health, said=f"folder {box.root}", fix="" if there else f"mkdir -p {box.root}")
        return
    if not box.host_keys:
        yield Check(
            what=what,
            health=Health.BAD,
            said="no host key is pinned: it would be refused",
            fix=f"gateway partners trust {partner.name}",
        )
    kind, _, key = box.key.partition(":")
    if kind == "file" and not Path(key).is_file():
        fix = f"ssh-keygen -q -t ed25519 -N '' -f {key}, and give {key}.pub to the partner"
        yield Check(what=what, health=Health.BAD, said=f"the key {key} is not there", fix=fix)
    elif kind == "file" and Path(key).stat().st_mode & 0o077:
        yield Check(what=what, health=Health.BAD, said=f"others may read the key {key}", fix=f"chmod 0600 {key}")
    elif box.host_keys:
        fix = f"to try the connection: gateway partners check {partner.name}"
        yield Check(what=what, health=Health.GOOD, said=f"{box.user}@{box.host}:{box.port}, pinned; {fix}")


def _tables(settings: Settings, clock: Clock) -> Iterator[Check]:
    today = clock.today()
    for table in (*tables(), *tables("gateway.denials")):
        ended = table.ends is not None and table.ends < today
        said = f"{table.source.split(';')[0][:60]}, published {table.published}"
        if not ended:
            yield Check(what=f"table {table.name}", health=Health.GOOD, said=said)
            continue
        holds = (
            " and holds all the same, as the practice set" if table.name in settings.still_holds else ": it only warns"
        )
        yield Check(
            what=f"table {table.name}",
            health=Health.LOOK,
            said=f"{said}; it ended {table.ends}{holds}",
            fix="update the gateway when a newer table is shipped",
        )
