"""Scrub visits: those with a holding finding go to the worklist, the others become claims."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.errors import LedgerBusy, LedgerConflict, LedgerRefusal, UsageError
from gateway.finding import Finding, holding
from gateway.ledger import visits
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import VisitState
from gateway.scrub import BUGS, OUR_FAULT
from gateway.service.office import Office
from gateway.service.visits.judged_by import Grounds
from gateway.service.visits.judging import Judged, broke, judged
from gateway.service.visits.settling import Settled, settle
from gateway.service.visits.waiting import waiting

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
    grounds = Grounds(office)
    for page in _asked_for(office, key) if key else waiting(office, grounds, payer=payer, again=again):
        office.give_way()
        each = tuple(judged(office, grounds, page))
        settled = tuple(map(Settled, each)) if dry_run else _settled(office, each, reason)
        done += map(_scrubbed, settled)
        progress(len(done))
    return tuple(done)


def _settled(office: Office, each: tuple[Judged, ...], reason: str) -> tuple[Settled, ...]:
    """Write a page, or where that fails each visit by itself. What somebody else has settled meanwhile is left out."""
    try:
        return settle(office, each, reason=reason)
    except LedgerBusy:
        raise
    except (LedgerConflict, LedgerRefusal, *BUGS) as failed:
        if len(each) > 1:
            return tuple(done for one in each for done in _settled(office, (one,), reason))
        if isinstance(failed, LedgerConflict):
            return ()
        if each[0].case is None:
            raise
        return settle(office, (broke(each[0].visit, _NOT_MADE, failed),), reason=reason)


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
