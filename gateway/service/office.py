"""What every use case is handed: the ledger, the settings, the clock, and who is acting."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gateway.accounts import Account
from gateway.clock import Clock
from gateway.ledger import Ledger
from gateway.people import Practice
from gateway.settings import Settings

JOB: Final = "gateway"
"""Who acts where no person decides. No account and no person is called so."""


def nobody_waits() -> None:
    """Go on: nobody else can be waiting for this ledger, as in a rehearsal or a test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The practice at work.

    actor     who is acting: a person's name, or the name of the job
    account   under whose account; None where the practice has no accounts
    give_way  called by long work between two transactions, with nothing half done anywhere: lets those in who wait to
              work on the ledger alone. Raises LedgerChanged if it is not the same ledger afterwards, LedgerBusy if they
              do not come to an end: then this work is over
    """

    ledger: Ledger
    settings: Settings
    clock: Clock
    actor: str
    account: Account | None = None
    give_way: Callable[[], None] = nobody_waits

    @property
    def practice(self) -> Practice:
        """The practice whose rows are read and written."""
        return self.settings.practice


def quietly(_: object) -> None:
    """Tell nobody how far long work has come."""
