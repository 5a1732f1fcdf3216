"""Visits as people and programs ask to see them. Nothing here changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from gateway.errors import UsageError
from gateway.finding import Finding, Owner, RowFault
from gateway.ledger import Transaction, claims, visits
from gateway.ledger.claims import StoredClaim
from gateway.ledger.lists import Page
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import VisitState
from gateway.listing import Asked, Field, Kind
from gateway.service.office import Office
from gateway.service.views.lists import Lister
from gateway.settings import Settings
from gateway.visit import Discipline


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitOnWorklist:
    """A visit as a worklist shows it, with what the latest scrub found."""

    id: int
    visit: StoredVisit
    findings: tuple[Finding, ...]


def _rules(_settings: Settings) -> tuple[str, ...]:
    from gateway.scrub import RULES  # noqa: PLC0415 only a filter by rule asks for them

    return tuple(one.id for one in RULES)


def _with_findings(tx: Transaction, practice: str, asked: Asked) -> Page[VisitOnWorklist]:
    page = visits.page_of(tx, practice, asked)
    found = visits.findings_of_all(tx, practice, [one.id for one in page.rows])
    shown = tuple(VisitOnWorklist(id=one.id, visit=one, findings=found.get(one.id, ())) for one in page.rows)
    return Page(shown, page.next_after)


VISITS: Final = Lister(
    plural="visits",
    fields=(
        Field(name="state", kind=Kind.CHOICE, says="where a visit stands", choices=tuple(VisitState)),
        Field(name="payer", kind=Kind.CODE, says="the payer's id"),
        Field(name="visit", kind=Kind.CODE, says="its key"),
        Field(name="rule", kind=Kind.CODE, says="a rule that found something at the latest scrub"),
        Field(name="owner", kind=Kind.CHOICE, says="who has to act on a finding", choices=tuple(Owner)),
        Field(name="discipline", kind=Kind.CHOICE, says="the discipline", choices=tuple(Discipline)),
        Field(name="day", kind=Kind.DAY, says="day of service"),
        Field(name="age", kind=Kind.AGE, says="days since the service"),
    ),
    source=visits.LIST,
    page_of=_with_findings,
    configured={"payer": attrgetter("payers"), "rule": _rules},
)


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
