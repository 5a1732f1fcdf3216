"""Long work gives way between two transactions to whoever waits to work on the ledger alone.

It had read the ledger before, and its settings: what it finds afterwards may be a later revision of the tables, another
epoch, a ledger that is held, or partners under other names. Then it does not go on: what it knows is not so any more.
"""

from typing import NamedTuple

from gateway.errors import LedgerChanged
from gateway.ledger import Ledger, events, instance, migrate
from gateway.ledger.instance import Instance
from gateway.ledger.lock import AtWork

_RENAMED = "partner.renamed"


class GivingWay:
    """What `Office.give_way` is for a command at work beside others. Calling it costs next to nothing while nobody waits.

    is_over  whether somebody was let in and the ledger is not known to be the same since: this work is over
    """

    def __init__(self, ledger: Ledger, practice: str, lock: AtWork | None) -> None:
        self.is_over = False
        self._ledger = ledger
        self._practice = practice
        self._lock = lock

    def __call__(self) -> None:
        """Let those in who wait, and look at the ledger again. Raises LedgerChanged, LedgerBusy."""
        if self._lock is None or not self._lock.is_asked():
            return
        before = _seen(self._ledger, self._practice)
        self.is_over = True
        self._lock.step_aside()
        changed = _changed(self._ledger, self._practice, before)
        if changed:
            raise LedgerChanged(
                f"while this had stepped aside for another gateway process, {changed}; what was done before stays done"
            )
        self.is_over = False


class _Seen(NamedTuple):
    revision: str | None
    instance: Instance
    file: int
    events: int


def _seen(ledger: Ledger, practice: str) -> _Seen:
    with ledger.reading() as tx:
        return _Seen(
            migrate.revision_of(tx),
            instance.read(tx),
            instance.file_number(ledger),
            events.last_number(tx, practice),
        )


def _changed(ledger: Ledger, practice: str, before: _Seen) -> str:
    """Say what somebody has made of the ledger, and what to do; empty if it is as it was."""
    with ledger.reading() as tx:
        # The tables come first: those of another revision cannot be asked the rest.
        revision = migrate.revision_of(tx)
        if revision != before.revision:
            return f"the ledger was upgraded from revision {before.revision} to {revision}; run the same again"
        now = instance.read(tx)
        if now.held and now.held != before.instance.held:
            return f"the ledger was HELD: {now.held}; next: gateway reconcile"
        if now.epoch != before.instance.epoch:
            return f"the ledger was released as epoch {now.epoch}; run the same again"
        is_behind = events.last_number(tx, practice) < before.events
        if now != before.instance or instance.file_number(ledger) != before.file or is_behind:
            return "another ledger, or an older copy, took this one's place; next: gateway reconcile"
        if events.read(tx, practice, kind=_RENAMED, after=before.events, limit=1):
            return "a partner got another name; run the same again"
    return ""
