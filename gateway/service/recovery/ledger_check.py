"""The long look at the ledger: settings in effect, every page, key and stored file, its identity, and the laws."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.clock import Clock
from gateway.ledger import Ledger, append_only, migrate, open_ledger
from gateway.ledger.filesystem import require_local
from gateway.ledger.health import altered_files, damage, settings_of, shape_of
from gateway.service.identity.instance import require_its_tables, why_held
from gateway.service.money.reconcile import reconcile
from gateway.service.office import JOB, Office, quietly
from gateway.service.recovery.stored_money import Compared, altered_claims, altered_payments
from gateway.settings import Settings

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One thing that was looked at. `is_damage` if what is wrong with it means that the ledger cannot be relied upon."""

    what: str
    said: str
    wrong: tuple[str, ...] = ()
    is_damage: bool = True


def check_ledger(settings: Settings, clock: Clock, tell: Callable[[int], None] = quietly) -> tuple[Looked, ...]:
    """Look at everything. `tell` is told how many claims, and then remittances, were compared. Raises ConfigError if the ledger cannot even be opened: it says why, and what to do."""
    ledger = open_ledger(settings.database_url)
    try:
        require_its_tables(ledger, settings.home)
        return tuple(_looks(ledger, settings, clock, tell))
    finally:
        ledger.close()


def _looks(ledger: Ledger, settings: Settings, clock: Clock, tell: Callable[[int], None]) -> Iterator[Looked]:
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
        gone = tuple(f"the trigger {name} is not there" for name in append_only.missing(tx))
        yield Looked(what="append-only", said="money, claims and the log are kept by the database itself", wrong=gone)
    held = why_held(ledger, settings.home, settings.practice.key)
    said = "HELD; next: gateway reconcile" if held else "the one that this home folder works with"
    yield Looked(what="instance", said=said, wrong=(held,) if held else (), is_damage=False)
    at = Clock(read=clock.read, zone=ZoneInfo(settings.practice.zone), pinned=clock.pinned)
    office = Office(ledger=ledger, settings=settings, clock=at, actor=JOB)
    yield from _money(office, tell)
    laws = reconcile(office).laws
    broken = tuple(f"{law.law}: {one}" for law in laws for one in law.broken)
    yield Looked(what="laws", said=f"{len(laws)} laws", wrong=broken[:_SHOWN], is_damage=False)


def _money(office: Office, tell: Callable[[int], None]) -> Iterator[Looked]:
    done = Compared()
    with office.ledger.reading() as tx:
        wrong = _first(altered_claims(office, tx, done, tell))
        yield Looked(what="charges", said=f"{done.claims} claim versions with their bodies and lines", wrong=wrong)
        wrong = _first(altered_payments(office, tx, done, tell))
    said = f"{done.remittances} remittances with the stored 835s"
    if done.unread:
        said += f"; {done.unread} of them not, for their files cannot be read now"
    yield Looked(what="payments", said=said, wrong=wrong)


def _first(faults: Iterator[str]) -> tuple[str, ...]:
    """Give the first faults, and how many more there are: a ledger may hold very many."""
    some = tuple(islice(faults, _SHOWN))
    more = sum(1 for _ in faults)
    return (*some, f"and {more} more") if more else some
