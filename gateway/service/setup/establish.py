"""Found a practice: a home folder with configuration, the ledger with its tables, the practice registered in it."""

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from gateway.clock import Clock
from gateway.errors import ConfigError
from gateway.ledger import events, migrate, open_ledger, practices
from gateway.ledger.lock import alone, at_work
from gateway.service.identity.instance import require_its_tables, settle_in
from gateway.service.office import JOB, Office, quietly
from gateway.service.setup.upgrade import Declined, Told, upgrade
from gateway.settings import CONFIG_SHIPPED, Settings, load

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """What was made. `written` names configuration files that were not there before."""

    home: Path
    written: tuple[str, ...]
    settings: Settings
    is_new: bool


def write_configuration(home: Path) -> tuple[str, ...]:
    """Write the sample configuration into a home folder; files that are there stay as they are."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
        (home / "keys").mkdir(mode=0o700, exist_ok=True)
        written = []
        for source in sorted(CONFIG_SHIPPED.rglob("*.toml")):
            target = home / source.relative_to(CONFIG_SHIPPED)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            if not target.exists():
                shutil.copyfile(source, target)
                written.append(str(target.relative_to(home)))
    except OSError as refused:
        raise ConfigError(
            f"{home}: cannot be written ({refused.strerror}); choose another folder with --home"
        ) from None
    return tuple(written)


def found(home: Path, clock: Clock, *, told: Told = quietly) -> Founded:
    """Make or complete a home folder. Calling it again changes nothing that is there, but upgrades an older ledger."""
    fresh = not (home / "gateway.toml").exists()
    written = write_configuration(home) if fresh else ()
    settings = load(home)
    is_new = register(settings, clock, told=told)
    return Founded(home=home, written=written, settings=settings, is_new=is_new)


def is_older(home: Path) -> bool:
    """Tell whether a home folder has a ledger of an older gateway, which founding it again would upgrade."""
    if not (home / "gateway.toml").exists():
        return False
    ledger = open_ledger(load(home).database_url)
    try:
        return migrate.current(ledger) not in {None, migrate.newest()}
    finally:
        ledger.close()


def register(settings: Settings, clock: Clock, *, declined: Declined | None = None, told: Told = quietly) -> bool:
    """Bring the ledger's tables up to date and register the practice; tells whether it is new there.

    declined  who wants no backup before an upgrade, and why
    told      hears that it waits for others, and of each step of an upgrade before it is taken

    Raises ConfigError if the home had a ledger and this one is empty, or there is no room; LedgerBusy.
    """
    ledger = open_ledger(settings.database_url)
    try:
        require_its_tables(ledger, settings.home)
        is_newest = migrate.current(ledger) == migrate.newest()
        with at_work(ledger, told) if is_newest else alone(ledger, told):
            if is_newest:
                migrate.require_newest(ledger)  # whoever was waited for may have been a newer gateway's upgrade
            office = Office(ledger=ledger, settings=settings, clock=clock, actor=JOB)
            upgraded = upgrade(office, declined=declined, told=told)
            with ledger.writing() as tx:
                secret = secrets.token_bytes(_SECRET_BYTES)
                is_new = practices.register(tx, settings.practice, secret=secret, at=clock.now())
                if upgraded is not None:
                    events.write(tx, settings.practice.key, upgraded, at=clock.now())
            settle_in(ledger, settings.home, settings.practice.key, is_new=is_new)
        return is_new
    finally:
        ledger.close()
