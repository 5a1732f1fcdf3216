"""A person corrects a visit, accepts a proposed change, sends a withdrawn one after all, or decides that it is not billed."""

from dataclasses import dataclass
from typing import Final

from gateway.errors import UsageError
from gateway.finding import RowFault
from gateway.intake import Taken, amend
from gateway.ledger import Transaction, claims, events, visits
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import IN_FLIGHT, VisitState
from gateway.service.claims.answered import adjudicated
from gateway.service.decisions import visit_decided
from gateway.service.office import Office
from gateway.service.visits.import_visits import has_left, new_version, reinstate, replace_unsent
from gateway.service.visits.scrub import Scrubbed, scrub_visits

_AS_IT_IS: Final = {
    VisitState.PROPOSED: "the proposed version of visit {key} is accepted",
    VisitState.WITHDRAWN: "visit {key}, which was withdrawn, is billed after all",
}
"""The states that a person may end without a correction, and what is said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What a correction came to: the next version scrubbed, or why it was not taken."""

    visit: str
    faults: tuple[RowFault, ...] = ()
    scrubbed: Scrubbed | None = None


def fix_visit(office: Office, key: str, settings: tuple[tuple[str, str], ...], *, reason: str) -> Fixed:
    """Make the next version of a visit with fields set anew, and scrub it.

    settings  (path, value) pairs; none accepts a proposed version, or sends a withdrawn one after all, as it is
    reason    why, in the person's own words; it is kept with their name
    Raises UsageError if there is no such visit, nothing to do, or its claim is still on its way.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        visit = _correctable(tx, office, key, settings)
        if not settings:
            said = visit_decided(visit, VisitState.NEW, _AS_IT_IS[visit.state].format(key=key), office, reason)
            visits.move(tx, practice, visit, VisitState.NEW, event=said, at=at)
            replace_unsent(tx, office, visit, reason=reason)
        else:
            taken = amend(visit.document, settings)
            if not isinstance(taken, Taken):
                return Fixed(visit=key, faults=taken)
            if taken.sha256 == visit.sha256:
                raise UsageError(f"visit {key}: the fields already have these values; nothing was changed")
            _next_version(tx, office, visit, taken, settings, reason)
    return Fixed(visit=key, scrubbed=_scrubbed(office, key, reason))


def do_not_bill(office: Office, key: str, *, reason: str) -> None:
    """Decide that a visit is not billed. Raises UsageError if a claim of it has already left."""
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        visit = _known(tx, practice, key)
        if visit.state not in {VisitState.NEW, VisitState.HELD, VisitState.PROPOSED, VisitState.WITHDRAWN}:
            raise UsageError(f"visit {key} is {visit.state}; only a visit without a claim can be left unbilled")
        if visit.state is not VisitState.WITHDRAWN and has_left(tx, practice, visit) is not None:
            raise UsageError(f"a claim of visit {key} has already left; decline the change (--decline), or fix it")
        replace_unsent(tx, office, visit, reason=reason)
        said = visit_decided(visit, VisitState.NOT_BILLED, f"visit {key} is not billed", office, reason)
        visits.move(tx, practice, visit, VisitState.NOT_BILLED, event=said, at=at)


def _scrubbed(office: Office, key: str, reason: str) -> Scrubbed:
    """Scrub the version just made; if another worker was quicker, say what became of it."""
    with office.ledger.reading() as tx:
        visit = _known(tx, office.practice.key, key)
    try:
        done = scrub_visits(office, key=key, reason=reason) if visit.state in {VisitState.NEW, VisitState.HELD} else ()
    except UsageError:
        done = ()
    if done:
        return done[0]
    with office.ledger.reading() as tx:
        visit = _known(tx, office.practice.key, key)
        versions = claims.of_visit(tx, office.practice.key, visit.visit_id)
        return Scrubbed(
            visit=key,
            version=visit.version,
            before=VisitState.NEW,
            state=visit.state,
            findings=visits.findings_of(tx, office.practice.key, visit.id),
            pcn=versions[-1].pcn if versions and visit.state is VisitState.CLAIMED else "",
        )


def decline(office: Office, key: str, *, reason: str) -> None:
    """Decline a proposed change: what was claimed, or decided, stands. Raises UsageError if there is no proposal."""
    with office.ledger.writing() as tx:
        visit = _known(tx, office.practice.key, key)
        if visit.state is not VisitState.PROPOSED:
            raise UsageError(f"visit {key} is {visit.state}; there is no proposed change to decline")
        reinstate(tx, office, visit, reason=reason, imported=False, said="the proposed change is declined")


def _known(tx: Transaction, practice: str, key: str) -> StoredVisit:
    visit = visits.find(tx, practice, key)
    if visit is None:
        raise UsageError(f"there is no visit {key}; `gateway visits list` shows what there is")
    return visit


def _correctable(tx: Transaction, office: Office, key: str, settings: tuple[tuple[str, str], ...]) -> StoredVisit:
    visit = _known(tx, office.practice.key, key)
    if not settings and visit.state not in _AS_IT_IS:
        raise UsageError(f"visit {key} is {visit.state}: give at least one --set FIELD=VALUE")
    versions = claims.of_visit(tx, office.practice.key, visit.visit_id)
    latest = versions[-1] if versions else None
    if latest is not None and latest.state in IN_FLIGHT:
        raise UsageError(
            f"claim {latest.pcn} of visit {key} is {latest.state}; wait for its answer, a correction now would be a "
            "duplicate; nothing was changed"
        )
    answered, number = adjudicated(tx, office.practice.key, visit.visit_id)
    payer = office.settings.payer(visit.payer)
    if answered and not payer.takes_replacements:
        raise UsageError(
            f"the claim of visit {key} was adjudicated and {payer.name} takes no replacement claims; ask for a reopening "
            f"instead (gateway denials show {key}); nothing was changed"
        )
    if answered and not number:
        raise UsageError(
            f"the claim of visit {key} has no claim number of the payer yet, which a replacement must name; "
            "nothing was changed"
        )
    return visit


def _next_version(
    tx: Transaction,
    office: Office,
    visit: StoredVisit,
    taken: Taken,
    settings: tuple[tuple[str, str], ...],
    reason: str,
) -> None:
    practice, at = office.practice.key, office.clock.now()
    visits.move(tx, practice, visit, VisitState.SUPERSEDED, event=None, at=at)
    replace_unsent(tx, office, visit, reason=reason)
    version = new_version(taken, VisitState.NEW, source=visit.source, actor=office.actor, reason=reason, imported=False)
    stored = visits.add(tx, practice, version, at=at)
    fields = tuple(path for path, _ in settings)
    visits.record_fix(tx, practice, before=visit, after=stored, fields=fields, actor=office.actor, reason=reason, at=at)
    said = f"visit {visit.key} corrected to version {stored.version}: {', '.join(fields)}"
    events.write(tx, practice, visit_decided(visit, VisitState.NEW, said, office, reason), at=at)
