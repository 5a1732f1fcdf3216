"""Scrub visits: those with a holding finding go to the worklist, the others become claims."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gateway.errors import LedgerBusy, LedgerConflict, LedgerRefusal, UsageError
from gateway.finding import Finding, holding
from gateway.ledger import Transaction, visits
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import VisitState
from gateway.scrub import BUGS, OUR_FAULT
from gateway.service.office import Office
from gateway.service.visits.judged_by import Grounds
from gateway.service.visits.judging import Judged, broke, judged
from gateway.service.visits.settling import Settled, settle
from gateway.service.visits.waiting import PAGE, waiting

_WAITING = (VisitState.NEW, VisitState.HELD)
_NOT_MADE = "CLAIM_NOT_MADE"
"""Named as a rule is: our own code broke when the claim was made, or the ledger refused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """What became of one visit; `before` is where it stood. `pcn` is its new claim's number, empty when it is held."""

    visit: str
    version: int
    before: VisitState
    state: VisitState
    findings: tuple[Finding, ...]
    pcn: str = ""

    @property
    def holds(self) -> tuple[Finding, ...]:
        """What holds it."""
        return holding(self.findings)

    @property
    def broken(self) -> tuple[str, ...]:
        """The rules whose code broke on it: it was not judged by them."""
        return tuple(one.rule for one in self.findings if one.where == OUR_FAULT)


def scrub_visits(
    office: Office,
    *,
    payer: str = "",
    key: str = "",
    dry_run: bool = False,
    again: bool = False,
    reason: str = "",
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[Scrubbed, ...]:
    """Scrub every visit that is new, and those held ones for which something has changed; or the one of that key.

    again   look at every held visit, also where nothing that it was judged by has changed
    reason  why a person has it scrubbed, in their own words; it stands with what becomes of the visit's claims

    They are read, judged and written by the page, each page in a transaction of its own. Where one fails, it is done again
    visit by visit, and a visit that fails is held by itself. Raises UsageError if the one asked for does not exist or does
    not wait to be scrubbed.
    """
    done: list[Scrubbed] = []
    scrubbing = _Scrubbing(office, Grounds(office), reason, waits=bool(key))
    for page in _asked_for(office, key) if key else waiting(office, scrubbing.grounds, payer=payer, again=again):
        office.give_way()
        settled = tuple(map(Settled, scrubbing.judge(page))) if dry_run else scrubbing.page(page)
        done += map(_scrubbed, settled)
        progress(len(done))
    for page in scrubbing.left_to_others():
        office.give_way()
        done += map(_scrubbed, scrubbing.page(page))
        progress(len(done))
    return tuple(done)


@dataclass(slots=True)
class _Scrubbing:
    """One run.

    waits  whether it waits for a visit that another process has; else that one is left to the other
    left   versions that were left so
    """

    office: Office
    grounds: Grounds
    reason: str
    waits: bool
    left: dict[int, None] = field(default_factory=dict)

    def page(self, page: tuple[StoredVisit, ...]) -> tuple[Settled, ...]:
        """Judge and write a page, or where that fails each visit by itself. What others have settled meanwhile is left out."""
        try:
            return self._whole(page)
        except LedgerBusy:
            raise
        except (LedgerConflict, LedgerRefusal, *BUGS) as failed:
            if len(page) > 1:
                return tuple(done for one in page for done in self.page((one,)))
            return () if isinstance(failed, LedgerConflict) else self._whole(page, failed)

    def _whole(self, page: tuple[StoredVisit, ...], failed: BaseException | None = None) -> tuple[Settled, ...]:
        """Judge and write a page in one transaction. `failed` is what came of trying this one visit before."""
        if self.office.ledger.has_one_writer:
            each = self.judge(page, failed)  # before the transaction: all others wait for that
            with self.office.ledger.writing() as tx:
                return settle(tx, self.office, each, reason=self.reason)
        with self.office.ledger.writing(beside=True) as tx:
            each = self.judge(self._taken(tx, page), failed)
            return settle(tx, self.office, each, reason=self.reason)

    def judge(self, page: tuple[StoredVisit, ...], failed: BaseException | None = None) -> tuple[Judged, ...]:
        """Judge visits; one on which our own code broke when it was written is held for that."""
        if failed is not None:
            return tuple(broke(one, _NOT_MADE, failed) for one in page)
        return tuple(judged(self.office, self.grounds, page))

    def _taken(self, tx: Transaction, page: tuple[StoredVisit, ...]) -> tuple[StoredVisit, ...]:
        """Take those visits of a page that are still as they were read, and that no other process has."""
        practice = self.office.practice.key
        ours = visits.lock(tx, practice, [one.visit_id for one in page], wait=self.waits)
        self.left |= {one.id: None for one in page if one.visit_id not in ours}
        stand = visits.states_of(tx, practice, [one.id for one in page])
        return tuple(one for one in page if one.visit_id in ours and stand.get(one.id) is one.state)

    def left_to_others(self) -> Iterator[tuple[StoredVisit, ...]]:
        """Give, at the end, what was left to others and still waits: they may have ended before they came to it."""
        self.waits, left = True, list(self.left)
        for some in (left[first : first + PAGE] for first in range(0, len(left), PAGE)):
            with self.office.ledger.reading() as tx:
                found = visits.current_of(tx, self.office.practice.key, some)
            yield tuple(one for one in found if one.state in _WAITING)


def _asked_for(office: Office, key: str) -> Iterator[tuple[StoredVisit, ...]]:
    with office.ledger.reading() as tx:
        one = visits.find(tx, office.practice.key, key)
    if one is None or one.state not in _WAITING:
        raise UsageError(f"visit {key} is {one.state if one else 'not known'}; only new and held visits are scrubbed")
    yield (one,)


def _scrubbed(settled: Settled) -> Scrubbed:
    one, visit = settled.judged, settled.judged.visit
    state = VisitState.HELD if one.holds else VisitState.CLAIMED
    return Scrubbed(
        visit=visit.key, version=visit.version, before=visit.state, state=state, findings=one.found, pcn=settled.pcn
    )
