"""The long look at the ledger: settings in effect, every page, key and stored file, its identity, and the laws."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.clock import Clock
from gateway.ledger import Ledger, migrate, open_ledger
from gateway.ledger.filesystem import require_local
from gateway.ledger.health import altered_files, damage, settings_of, shape_of
from gateway.service.identity.instance import require_its_tables, why_held
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.settings import Settings

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One thing that was looked at. `is_damage` if what is wrong with it means that the ledger cannot be relied upon."""

    what: str
    said: str
    wrong: tuple[str, ...] = ()
    is_damage: bool = True


def check_ledger(settings: Settings, clock: Clock) -> tuple[Looked, ...]:
    """Look at everything. Raises ConfigError if the ledger cannot even be opened: it says why, and what to do."""
    ledger = open_ledger(settings.database_url)
    try:
        require_its_tables(ledger, settings.home)
        return tuple(_looks(ledger, settings, clock))
    finally:
        ledger.close()


def _looks(ledger: Ledger, settings: Settings, clock: Clock) -> Iterator[Looked]:
    if ledger.engine.dialect.name == "sqlite":
        kind = require_local(Path(ledger.engine.url.database or "").parent)
        yield Looked(what="file system", said=kind or "of an unknown kind; locks work")
    with ledger.reading() as tx:
        effective = settings_of(tx)
        yield Looked(what="settings", said=", ".join(f"{name}={value}" for name, value in effective.items()))
        if effective.get("data_checksums") == "off":
            said = "off: PostgreSQL does not notice a page that its disk altered (pg_checksums --enable, while stopped)"
            yield Looked(what="data checksums", said=said, wrong=("data_checksums is off",), is_damage=False)
        yield Looked(what="pages and keys", said="every one read", wrong=damage(tx))
    migrate.require_newest(ledger)
    with ledger.reading() as tx:
        shape = shape_of(tx)
        said = f"{migrate.newest()}, {sum(shape.rows.values())} rows, log line {shape.events}"
        yield Looked(what="revision", said=said)
        wrong = tuple(f"{name} is not what was stored" for name in altered_files(tx))
        files = shape.rows.get("interchanges", 0) + shape.rows.get("inbound_files", 0)
        yield Looked(what="stored files", said=f"sha256 of {files} files", wrong=wrong[:_SHOWN])
    held = why_held(ledger, settings.home, settings.practice.key)
    said = "HELD; next: gateway reconcile" if held else "the one that this home folder works with"
    yield Looked(what="instance", said=said, wrong=(held,) if held else (), is_damage=False)
    at = Clock(read=clock.read, zone=ZoneInfo(settings.practice.zone), pinned=clock.pinned)
    laws = reconcile(Office(ledger=ledger, settings=settings, clock=at, actor="gateway")).laws
    broken = tuple(f"{law.law}: {one}" for law in laws for one in law.broken)
    yield Looked(what="laws", said=f"{len(laws)} laws", wrong=broken[:_SHOWN], is_damage=False)
