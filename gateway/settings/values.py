"""What was configured, as values. Nothing here reads or checks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from gateway.errors import ConfigError
from gateway.partner import TradingPartner, Usage
from gateway.payer import Payer
from gateway.people import Practice, StaffMember
from gateway.policy import Policy
from gateway.timetable import Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A person's decision that a rule may pass for one payer or partner, until a day."""

    rule: str
    payer: str
    partner: str
    by: str
    why: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that was configured.

    environment   whether this gateway sends test files or production files, to all its partners
    timetables    when work is done by itself, each job's and partner's own
    drop_folder   where files of visits are dropped; None where there is no such folder
    backups_kept  how many of the backups that are made by themselves stay
    """

    home: Path
    database_url: str
    environment: Usage = Usage.TEST
    practice: Practice
    partners: Mapping[str, TradingPartner]
    payers: Mapping[str, Payer]
    unknown_payer: Payer
    staff: tuple[StaffMember, ...] = ()
    policies: tuple[Policy, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    timetables: tuple[Timetable, ...] = ()
    drop_folder: Path | None = None
    backups_kept: int = 14
    still_holds: frozenset[str] = frozenset()

    def payer(self, payer_id: str) -> Payer:
        """Give the payer's policy, or the assumed one under its id when nobody configured it."""
        known = self.payers.get(payer_id)
        return known if known is not None else replace(self.unknown_payer, id=payer_id, name=payer_id)

    def answered_by(self, name: str) -> frozenset[str]:
        """Give the partners whose claims a partner of that name may answer: its own, and those that it lists."""
        known = self.partners.get(name)
        return frozenset((name, *(known.answers_for if known is not None else ())))

    def partner(self, name: str) -> TradingPartner:
        """Give the partner. Raises ConfigError if there is none of that name."""
        if name not in self.partners:
            known = ", ".join(sorted(self.partners)) or "none"
            raise ConfigError(f"no trading partner {name} is configured (known: {known}); add partners/{name}.toml")
        return self.partners[name]


def database_url(given: str, home: Path) -> str:
    """Give the ledger's address: as configured, else the file gateway.db in the home folder."""
    return given or f"sqlite:///{home / 'gateway.db'}"
