"""A person corrects a visit, accepts a proposed change, sends a withdrawn one after all, or decides that it is not billed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from gateway.billing.draft import draft
from gateway.errors import UsageError
from gateway.finding import RowFault
from gateway.intake import Taken, amend, visit_of
from gateway.ledger import Transaction, claims, events, visits
from gateway.ledger.visits import StoredVisit
from gateway.lifecycle import IN_FLIGHT, ClaimState, VisitState
from gateway.money import ZERO
from gateway.payer import Payer, Program
from gateway.service.claims.answered import earlier_of
from gateway.service.decisions import require_authority, visit_decided
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
            _refuse_a_second_claim(tx, office, visit, visit.payer)
            said = visit_decided(visit, VisitState.NEW, _AS_IT_IS[visit.state].format(key=key), office, reason)
            visits.move(tx, practice, visit, VisitState.NEW, event=said, at=at)
            replace_unsent(tx, office, visit, reason=reason)
        else:
            settings = _with_the_payers_name(office, visit, settings)
            taken = amend(visit.document, settings)
            if not isinstance(taken, Taken):
                return Fixed(visit=key, faults=taken)
            if taken.sha256 == visit.sha256:
                raise UsageError(f"visit {key}: the fields already have these values; nothing was changed")
            _refuse_a_second_claim(tx, office, visit, taken.visit.coverage.payer_id)
            _next_version(tx, office, visit, taken, settings, reason)
    return Fixed(visit=key, scrubbed=_scrubbed(office, key, reason))


def do_not_bill(office: Office, key: str, *, reason: str) -> None:
    """Decide that a visit is not billed.

    Raises UsageError if a claim of it has already left, NotAllowed if its charges are above the limit of whoever decides.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        visit = _known(tx, practice, key)
        if visit.state not in {VisitState.NEW, VisitState.HELD, VisitState.PROPOSED, VisitState.WITHDRAWN}:
            raise UsageError(f"visit {key} is {visit.state}; only a visit without a claim can be left unbilled")
        if visit.state is not VisitState.WITHDRAWN and has_left(tx, practice, visit) is not None:
            raise UsageError(f"a claim of visit {key} has already left; decline the change (--decline), or fix it")
        held = earlier_of(tx, office, [visit.visit_id])[visit.visit_id].held
        if held:
            raise UsageError(
                f"payer {held[-1].payer} has answered claim {held[-1].pcn} of visit {key}, and holds it: it was billed; what "
                f"was paid is taken back by a void (gateway claims void {held[-1].pcn} --by NAME --reason TEXT)"
            )
        require_authority(office, _charges(office, visit), f"visit {key}")
        replace_unsent(tx, office, visit, reason=reason)
        said = visit_decided(visit, VisitState.NOT_BILLED, f"visit {key} is not billed", office, reason)
        visits.move(tx, practice, visit, VisitState.NOT_BILLED, event=said, at=at)


def _charges(office: Office, visit: StoredVisit) -> Decimal:
    """Give the dollars that a visit would be billed for, as far as its charges are known."""
    lines = draft(visit_of(visit.document), office.settings.payer(visit.payer)).billed
    return sum((one.charge or ZERO for one in lines), ZERO)


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
    void = next((one for one in versions if one.is_void and one.state is ClaimState.READY), None)
    if void is not None:
        raise UsageError(
            f"void claim {void.pcn} of visit {key} waits for the next batch: withdraw it first (gateway claims withdraw "
            f"{void.pcn} --by NAME --reason TEXT), or let it go and wait for its answer; nothing was changed"
        )
    on_its_way = [one for one in versions if one.state in IN_FLIGHT]
    if on_its_way:
        raise UsageError(
            f"claim {on_its_way[-1].pcn} of visit {key} is {on_its_way[-1].state}; wait for its answer, a correction now "
            "would be a duplicate; nothing was changed"
        )
    return visit


def _refuse_a_second_claim(tx: Transaction, office: Office, visit: StoredVisit, payer_id: str) -> None:
    """Raise UsageError if that payer holds a claim of the visit which cannot be replaced, or another one has paid it.

    What a payer answered is its own: for another payer the next claim is an original.
    """
    earlier, payer = earlier_of(tx, office, [visit.visit_id])[visit.visit_id], office.settings.payer(payer_id)
    why = earlier.why_not_before(payer_id)
    if why:
        raise UsageError(f"{why}{_or_decline(visit)}; nothing was changed")
    if not earlier.adjudicated_by(payer_id):
        return
    if not payer.takes_replacements:
        raise UsageError(
            f"the claim of visit {visit.key} was adjudicated and {payer.name} takes no replacement claims; "
            f"{_instead(payer)} (gateway denials show {visit.key}){_or_decline(visit)}; nothing was changed"
        )
    if not earlier.number_of(payer_id):
        raise UsageError(
            f"the claim of visit {visit.key} has no claim number of the payer yet, which a replacement must name; if it was "
            f"answered under another id of the payer: gateway money alias {payer_id} ID --by NAME --reason TEXT"
            f"{_or_decline(visit)}; nothing was changed"
        )


def _or_decline(visit: StoredVisit) -> str:
    """Say what ends a proposed change that cannot be billed now: it would stand on the worklist for good."""
    if visit.state is not VisitState.PROPOSED:
        return ""
    return f"; to let what was claimed stand: gateway visits fix {visit.key} --decline --by NAME --reason TEXT"


def _instead(payer: Payer) -> str:
    if payer.program is Program.MEDICARE:
        return "ask for a reopening instead, and bill a line that it did not process (MA130) as a visit of its own"
    return "ask it how it takes corrections"


def _with_the_payers_name(
    office: Office, visit: StoredVisit, settings: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """Let the new payer's name go with its id where only the id is set: the old one's would stand on the claim (2010BB)."""
    given, coverage = dict(settings), visit_of(visit.document).coverage
    payer_id = given.get(_PAYER_ID, coverage.payer_id).strip('"')
    if payer_id == coverage.payer_id or _PAYER_NAME in given or not coverage.payer_name:
        return settings
    payer = office.settings.payer(payer_id)
    if payer.assumed:
        raise UsageError(f"payer {payer_id} is not configured: set {_PAYER_NAME} too; nothing was changed")
    return (*settings, (_PAYER_NAME, payer.name))


_PAYER_ID: Final = "coverages.1.payer_id"
_PAYER_NAME: Final = "coverages.1.payer_name"


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
