"""What every use case is handed: the ledger, the settings, the clock, and who is acting."""

from dataclasses import dataclass

from gateway.clock import Clock
from gateway.ledger import Ledger
from gateway.people import Practice
from gateway.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The practice at work.

    actor  who is acting: a person's name, or the name of the job
    """

    ledger: Ledger
    settings: Settings
    clock: Clock
    actor: str

    @property
    def practice(self) -> Practice:
        """The practice whose rows are read and written."""
        return self.settings.practice


def quietly(_: object) -> None:
    """Tell nobody how far long work has come."""
