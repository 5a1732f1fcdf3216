"""A practice in a home folder of its own: opened as the command line opens it, backed up, lost, restored."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from gateway.clock import Clock
from gateway.errors import NotReached
from gateway.ledger import open_ledger
from gateway.ledger.lock import at_work
from gateway.partner import TradingPartner
from gateway.service.identity.instance import opened
from gateway.service.office import Office
from gateway.service.setup.establish import register
from gateway.settings import Settings
from tests.contract.memory_mailbox import MemoryMailbox
from tests.people import CHICAGO, NOW
from tests.service import clinic


def at(hours: float = 0) -> Clock:
    return Clock(read=lambda: NOW + timedelta(hours=hours), zone=CHICAGO)


def settings_in(home: Path, url: str, *partners: TradingPartner) -> Settings:
    home.mkdir(mode=0o700, exist_ok=True)
    return replace(clinic.settings(*partners), home=home, database_url=url)


def begun(home: Path, url: str, *partners: TradingPartner) -> Settings:
    """A home whose ledger was made by `gateway init`."""
    settings = settings_in(home, url, *partners)
    register(settings, at())
    return settings


@contextmanager
def office_in(settings: Settings, *, hours: float = 0, actor: str = "test") -> Iterator[Office]:
    ledger = open_ledger(settings.database_url)
    try:
        with at_work(ledger) as lock, opened(ledger, settings.home, settings.practice.key, lock) as found:
            yield Office(ledger=found.ledger, settings=settings, clock=at(hours), actor=actor, give_way=found.give_way)
    finally:
        ledger.close()


def another_database(url: str, folder: Path) -> str:
    """An address where there is no ledger: another file, or a new database on the same server."""
    if url.startswith("sqlite"):
        folder.mkdir(exist_ok=True)
        return f"sqlite:///{folder / 'ledger.db'}"
    server = make_url(url).set(drivername="postgresql+psycopg")
    name = f"{server.database}_again"
    engine = create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


class Partners:
    """Partners whose folders outlive the connections to them. What arrives is noted, whatever they do with it later."""

    def __init__(self, *names: str, greedy: bool = False) -> None:
        self.files: dict[str, dict[str, bytes]] = {
            name: {"in/.keep": b"", "out/.keep": b"", "archive/.keep": b""} for name in names
        }
        self.greedy = greedy
        self.arrived: list[tuple[str, str, bytes]] = []

    def open(self, partner: TradingPartner) -> MemoryMailbox:
        return _Watched(self, partner.name)

    def open_but(self, unreachable: str) -> Callable[[TradingPartner], MemoryMailbox]:
        def open_one(partner: TradingPartner) -> MemoryMailbox:
            if partner.name == unreachable:
                raise NotReached(f"{unreachable} is down")
            return self.open(partner)

        return open_one

    def answer(self, partner: str, name: str, body: bytes) -> None:
        self.files[partner][f"out/{name}"] = body


class _Watched(MemoryMailbox):
    def __init__(self, partners: Partners, name: str) -> None:
        super().__init__(files=partners.files[name])
        self._partners, self._name = partners, name

    def rename_no_clobber(self, old: str, new: str) -> None:
        super().rename_no_clobber(old, new)
        if new.startswith("in/"):
            self._partners.arrived.append((self._name, new, self.files[new]))
            if self._partners.greedy:
                del self.files[new]
