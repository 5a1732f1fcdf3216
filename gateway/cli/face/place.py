"""Where a command works: the home folder, the pinned day, and how to open the office."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from gateway.cli.face.say import say
from gateway.cli.face.show import beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from gateway.accounts import Right
    from gateway.clock import Clock
    from gateway.ledger import Ledger
    from gateway.ledger.lock import AtWork, Told
    from gateway.service.accounts.known import Known
    from gateway.service.office import Office
    from gateway.settings import Settings

    Lock = Callable[[Ledger, Told], AbstractContextManager[AtWork | None]]


@dataclass(frozen=True, slots=True)
class Place:
    """The home folder and the day a command was told to work in."""

    home: Path
    pinned: date | None

    @classmethod
    def of(cls, home: Path | None, today: str | None) -> "Place":
        """Read the command line's words. Raises click.UsageError on a day that is none."""
        try:
            pinned = date.fromisoformat(today) if today else None
        except ValueError:
            raise click.UsageError("--today: want a date such as 2026-11-16") from None
        return cls(home=(home or _default_home()).absolute(), pinned=pinned)

    def settings(self) -> "Settings":
        """Read the configuration. Raises ConfigError."""
        from gateway.settings import load

        return load(self.home)

    def clock(self, zone: str) -> "Clock":
        """Give the clock of a practice in that zone."""
        from gateway.clock import Clock

        return Clock(read=lambda: datetime.now(tz=UTC), zone=ZoneInfo(zone), pinned=self.pinned)

    def admit(self, actor: str | None = None, right: "Right | None" = None) -> str:
        """Let those in who may do this, before a ledger that may not be ready is worked on; gives who acts.

        actor, right  as in `office`

        Raises NotAllowed if they may not, UsageError if nobody decides, ConfigError.
        """
        from gateway.ledger import accounts, open_ledger

        settings = self.settings()
        ledger = open_ledger(settings.database_url)
        try:
            kept = accounts.are_kept(ledger)
            return _actor(actor, _known(ledger, settings.practice.key, right or _right_needed()) if kept else None)
        finally:
            ledger.close()

    @contextmanager
    def office(
        self,
        actor: str | None = None,
        lock: "Lock | None" = None,
        right: "Right | None" = None,
        settings: "Settings | None" = None,
    ) -> Iterator["Office"]:
        """Open the office. Raises ConfigError if configuration or ledger are not ready, LedgerBusy, NotAllowed.

        actor  who decides, as typed in --by: empty where it was left out; None where no person decides, but the job works
        lock   `alone` for what changes the ledger as a whole; else beside other commands. Whoever has to wait is told
        right  what has to be allowed, where it is not what the command needs anyway (rights.py)
        settings  the configuration, where it was read before

        If the ledger is held, it says so; looking works, and whatever numbers or sends raises LedgerHeld.
        """
        from gateway.errors import ConfigError
        from gateway.ledger import open_ledger
        from gateway.ledger.lock import at_work
        from gateway.ledger.migrate import require_newest
        from gateway.ledger.practices import is_registered
        from gateway.service.identity.instance import opened, require_its_tables
        from gateway.service.office import Office

        settings = settings or self.settings()
        ledger = open_ledger(settings.database_url)
        try:
            with (lock or at_work)(ledger, beside) as held:
                # Only now: whoever was waited for may have been an upgrade.
                require_its_tables(ledger, self.home)
                require_newest(ledger)
                with ledger.reading() as tx:
                    if not is_registered(tx, settings.practice.key):
                        raise ConfigError(
                            f"the ledger does not know practice {settings.practice.key}; run: gateway --home {self.home} init"
                        )
                clock = self.clock(settings.practice.zone)
                with opened(ledger, self.home, settings.practice.key, held) as found:
                    _tell_standing(found.ledger)
                    who = _known(found.ledger, settings.practice.key, right or _right_needed())
                    yield Office(
                        ledger=found.ledger.known_as(who.account.name, who.way) if who else found.ledger,
                        settings=settings,
                        clock=clock,
                        actor=_actor(actor, who),
                        account=who.account if who else None,
                        give_way=found.give_way,
                    )
        finally:
            ledger.close()


def _right_needed() -> "Right | None":
    """Give the right that the command which is being run needs; None outside of one, or where it is open."""
    from gateway.cli.face.rights import right_of

    running = click.get_current_context(silent=True)
    return right_of(" ".join(running.command_path.split()[1:])) if running is not None and running.parent else None


def _known(ledger: "Ledger", practice: str, right: "Right | None") -> "Known | None":
    """Give whose account it is; None where the practice has none. Raises NotAllowed if it has not the right."""
    from gateway.ledger import accounts

    with ledger.reading() as tx:
        if not accounts.exist(tx, practice):
            return None
        from gateway.cli.face.credentials import offered
        from gateway.service.accounts.known import known, require

        who = known(tx, practice, offered())
    if right is not None:
        require(who.account, right)
    return who


def _actor(by: str | None, who: "Known | None") -> str:
    """Give who acts: the job, or who decides: what was typed, the account once there are accounts. Raises UsageError, NotAllowed."""
    from gateway.errors import NotAllowed, UsageError
    from gateway.service.office import JOB

    if by is None:
        return JOB
    if who is not None:
        if by.strip() not in {"", who.account.name}:
            raise NotAllowed(
                f"you are known as {who.account.name}, and --by says somebody else; leave --by out; nothing was changed"
            )
        return who.account.name
    if by.strip() in {"", JOB}:
        raise UsageError("this is a person's decision: say --by NAME, the name of a person; nothing was changed")
    return by


def _tell_standing(ledger: "Ledger") -> None:
    from gateway.ledger.instance import HELD

    why = ledger.engine.get_execution_options().get(HELD)
    if ledger.look_only:
        say(f"READ-ONLY: {ledger.look_only}; looking works, nothing is taken in, nothing is sent", err=True)
    if why:
        say(f"HELD: {why}; nothing is numbered or sent; next: gateway reconcile", err=True)


def _default_home() -> Path:
    """Give the folder of the environment variable GATEWAY_HOME, else ./gateway-data."""
    return Path(os.environ.get("GATEWAY_HOME") or "gateway-data")
