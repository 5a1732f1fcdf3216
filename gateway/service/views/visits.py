"""Visits as people and programs ask to see them. Nothing here changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.errors import UsageError
from gateway.finding import Finding, RowFault
from gateway.ledger import claims, visits
from gateway.ledger.claims import StoredClaim
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import VisitState
from gateway.service.office import Office
from gateway.service.views.page import Page, page


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitOnWorklist:
    """A visit as a worklist shows it, with what the latest scrub found."""

    id: int
    visit: StoredVisit
    findings: tuple[Finding, ...]


def visits_listed(
    office: Office, *, states: Sequence[VisitState] = (), payer: str = "", after: int = 0, limit: int = 100
) -> Page[VisitOnWorklist]:
    """List visits with their findings."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        rows = visits.current(tx, practice, states=states, payer=payer, after=after, limit=limit)
        shown = [
            VisitOnWorklist(id=one.id, visit=one, findings=visits.findings_of(tx, practice, one.id)) for one in rows
        ]
    return page(shown, limit)


def refused_rows(office: Office, *, after: int = 0, limit: int = 100) -> Sequence[tuple[str, RowFault]]:
    """List the rows of imported files that were not taken in, each with its file."""
    with office.ledger.reading() as tx:
        return visits.faults(tx, office.practice.key, after=after, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitShown:
    """A visit whole: its versions, what was found, and its claims."""

    versions: tuple[StoredVisit, ...]
    findings: tuple[Finding, ...]
    claims: tuple[StoredClaim, ...]

    @property
    def current(self) -> StoredVisit:
        """The version that stands."""
        return self.versions[-1]


def visit_shown(office: Office, key: str) -> VisitShown:
    """Show a visit. Raises UsageError if there is none of that key."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        versions = visits.versions(tx, practice, key)
        if not versions:
            raise UsageError(f"there is no visit {key}; `gateway visits list` shows what there is")
        return VisitShown(
            versions=versions,
            findings=visits.findings_of(tx, practice, versions[-1].id),
            claims=claims.of_visit(tx, practice, versions[-1].visit_id),
        )
