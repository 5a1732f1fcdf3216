"""Take a file of visits in: new visits, new versions of known ones, and every row that could not be taken."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO, Final

from gateway.billing import OtherCoverage, other_coverages
from gateway.errors import LedgerBusy, LedgerConflict, LedgerRefusal
from gateway.event import Event, EventSeverity
from gateway.finding import RowFault
from gateway.intake import Taken, outlined, visits_in
from gateway.ledger import Transaction, claims, events, outbox, visits
from gateway.ledger.visits import NewVersion, StoredVisit
from gateway.lifecycle import ClaimState, VisitState
from gateway.service.office import Office, quietly

_PAGE: Final = 200
"""Visits that are stored together."""


class Taking(StrEnum):
    """What became of one visit of the file."""

    NEW = "new"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    """It has other content, and no claim of it had left: the new version is scrubbed."""
    WITHDRAWN = "withdrawn"
    """It has the content again that stands: the change proposed in between is withdrawn."""
    PROPOSED = "proposed"
    """It has other content, and its claim had left: a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredBeside:
    """A visit whose patient is covered by others than its first payer, who are not billed here yet.

    payers    their names, in the order in which they pay
    repeated  how many of its coverages are the same as an earlier one, and count for nothing
    """

    visit: str
    payers: tuple[str, ...]
    repeated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What became of a file.

    faults  the rows that were not taken
    beside  the visits that came in, new or changed, with more than one coverage
    """

    source: str
    counts: dict[Taking, int]
    faults: tuple[RowFault, ...]
    proposed: tuple[str, ...]
    beside: tuple[CoveredBeside, ...]


def take_in(
    office: Office,
    source: str,
    file: BinaryIO | bytes,
    *,
    dry_run: bool = False,
    tell: Callable[[int], None] = quietly,
) -> TakenIn:
    """Store a file's visits; the same file again changes nothing.

    The file is read to its end first: of one that is cut off, or no file of visits, nothing is taken in. Then they are
    stored by the page, each page in a transaction of its own; the same file again goes on where an import ended early.

    source  the file's name, for the log; its folder is left out
    file    it can be read twice
    tell    is told, after each page, how many visits there were
    Raises IntakeError if the file is unreadable as a whole.
    """
    source = source.encode("utf-8", "replace").decode()  # a file name may hold bytes that are no text
    file = BytesIO(file) if isinstance(file, bytes) else file
    outline = outlined(source, file)
    done = _Done()
    for page in _pages(visits_in(source, file, outline), done.faults):
        office.give_way()
        done.add(_dry(office, page) if dry_run else _stored(office, page, source, done.faults))
        done.beside += _beside(office, page, done.became)
        tell(sum(done.counts.values()))
    done.faults.sort(key=lambda fault: fault.row)
    if not dry_run:
        _keep_faults(office, source, outline.sha256, done.faults)
    return TakenIn(
        source=source,
        counts=dict(done.counts),
        faults=tuple(done.faults),
        proposed=tuple(done.proposed),
        beside=tuple(done.beside),
    )


@dataclass(slots=True)
class _Done:
    """What a file has come to so far. `became` is of the latest page."""

    counts: Counter[Taking] = field(default_factory=Counter)
    faults: list[RowFault] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)
    beside: list[CoveredBeside] = field(default_factory=list)
    became: Mapping[str, Taking] = field(default_factory=dict)

    def add(self, became: Mapping[str, Taking]) -> None:
        self.became = became
        self.counts.update(became.values())
        self.proposed += [key for key, one in became.items() if one is Taking.PROPOSED]


def _pages(found: Iterator[Taken | RowFault], faults: list[RowFault]) -> Iterator[list[Taken]]:
    """Put visits together by the page, and faults aside."""
    page: list[Taken] = []
    for one in found:
        if isinstance(one, RowFault):
            faults.append(one)
            continue
        page.append(one)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page


def _beside(office: Office, page: list[Taken], became: Mapping[str, Taking]) -> Iterator[CoveredBeside]:
    """Tell which visits of a page came in with more than one coverage."""
    for one in page:
        others = _others(office, one) if became.get(one.visit.key, Taking.UNCHANGED) is not Taking.UNCHANGED else ()
        if others:
            names = tuple(each.payer.name for each in others if not each.repeats)
            yield CoveredBeside(visit=one.visit.key, payers=names, repeated=len(others) - len(names))


def _others(office: Office, taken: Taken) -> tuple[OtherCoverage, ...]:
    policies = [office.settings.payer(one.payer_id) for one in taken.visit.coverages[1:]]
    return other_coverages(taken.visit, policies)


def _dry(office: Office, page: list[Taken]) -> dict[str, Taking]:
    with office.ledger.reading() as tx:
        known = visits.find_all(tx, office.practice.key, [one.visit.key for one in page])
        return {one.visit.key: _becoming(tx, office.practice.key, one, known.get(one.visit.key)) for one in page}


def _stored(office: Office, page: list[Taken], source: str, faults: list[RowFault]) -> dict[str, Taking]:
    """Store a page, or where that fails each visit by itself: one that the ledger refuses costs only itself."""
    try:
        return _store_page(office, page, source)
    except LedgerBusy:
        raise
    except (LedgerConflict, LedgerRefusal) as failed:
        if len(page) > 1:
            became: dict[str, Taking] = {}
            for one in page:
                became |= _stored(office, [one], source, faults)
            return became
        if isinstance(failed, LedgerConflict):
            return _store_page(office, page, source)  # by now what was written first can be seen
        (one,) = page
        what, fix = "holds a value that the ledger refuses", "tell those who look after the gateway which visit it is"
        faults.append(RowFault(row=one.row, visit_key=one.visit.key, field="visit", what=what, fix=fix))
        return {}


def _store_page(office: Office, page: list[Taken], source: str) -> dict[str, Taking]:
    practice, at = office.practice.key, office.clock.now()
    became: dict[str, Taking] = {}
    new: list[NewVersion] = []
    keys = [one.visit.key for one in page]
    with office.ledger.writing(beside=True) as tx:
        ours = visits.lock_known(tx, practice, keys)
        # One that somebody else has just taken in is added here, refused, and read again.
        found = visits.find_all(tx, practice, keys)
        known = {key: one for key, one in found.items() if one.visit_id in ours}
        for one in page:
            if one.visit.key in known:
                became[one.visit.key] = _store(tx, office, one, known[one.visit.key], source)
            else:
                became[one.visit.key] = Taking.NEW
                new.append(
                    new_version(
                        one, VisitState.NEW, source=source, actor=office.actor, reason="imported", imported=True
                    )
                )
        visits.add_first(tx, practice, new, at=at)
        others = {one.visit.key: _others(office, one) for one in page}
        told = (_taken(one, 1, Taking.NEW, office.actor, others[one.key]) for one in new)
        events.write_all(tx, practice, told, at=at)
    return became


def _keep_faults(office: Office, source: str, sha256: str, faults: list[RowFault]) -> None:
    if faults:
        practice, at = office.practice.key, office.clock.now()
        with office.ledger.writing() as tx:
            visits.keep_faults(tx, practice, source=source, sha256=sha256, faults=faults, at=at)
            events.write(tx, practice, _rows_refused(source, len({fault.row for fault in faults})), at=at)


def new_version(taken: Taken, state: VisitState, *, source: str, actor: str, reason: str, imported: bool) -> NewVersion:
    """Put together what the ledger keeps of a visit version."""
    return NewVersion(
        key=taken.visit.key,
        state=state,
        payer=taken.visit.coverage.payer_id,
        day=taken.visit.day,
        discipline=taken.visit.discipline,
        sha256=taken.sha256,
        document=taken.document,
        imported=imported,
        source=source,
        actor=actor,
        reason=reason,
    )


def has_left(tx: Transaction, practice: str, visit: StoredVisit) -> claims.StoredClaim | None:
    """Give the newest claim version of a visit that is in a sealed file; None if its claim has not left."""
    versions = claims.of_visit(tx, practice, visit.visit_id)
    gone = [one for one in versions if outbox.carrying(tx, practice, one.id) is not None]
    return gone[-1] if gone else None


def _becoming(tx: Transaction, practice: str, taken: Taken, known: StoredVisit | None) -> Taking:
    """Say what becomes of a visit of the file beside the version that is known, if one is."""
    if known is None:
        return Taking.NEW
    if known.sha256 == taken.sha256:
        return Taking.UNCHANGED
    # The practice's system exports what it holds, again and again: what a person corrected here is not undone by that.
    if visits.last_imported(tx, practice, known.visit_id) == taken.sha256:
        return Taking.UNCHANGED
    if known.state is VisitState.PROPOSED and standing(tx, practice, known).sha256 == taken.sha256:
        return Taking.WITHDRAWN
    # After a decision, or while a change is proposed, whatever comes is a proposal too: a person decides.
    decided = known.state in {VisitState.NOT_BILLED, VisitState.WITHDRAWN, VisitState.PROPOSED}
    return Taking.PROPOSED if decided or has_left(tx, practice, known) else Taking.REPLACED


def _store(tx: Transaction, office: Office, taken: Taken, known: StoredVisit, source: str) -> Taking:
    """Store a visit that is known already."""
    practice, at = office.practice.key, office.clock.now()
    became = _becoming(tx, practice, taken, known)
    if became is Taking.UNCHANGED:
        if known.sha256 == taken.sha256 and not known.imported:
            visits.mark_imported(tx, known)  # their system has caught up with a correction made here
        return became
    if became is Taking.WITHDRAWN:
        reinstate(tx, office, known, reason="imported", imported=True, said="the proposed change is withdrawn")
        return became
    _retire(tx, office, known, became)
    state = VisitState.PROPOSED if became is Taking.PROPOSED else VisitState.NEW
    new = new_version(taken, state, source=source, actor=office.actor, reason="imported", imported=True)
    stored = visits.add(tx, practice, new, at=at)
    events.write(tx, practice, _taken(new, stored.version, became, office.actor, _others(office, taken)), at=at)
    return became


def _retire(tx: Transaction, office: Office, known: StoredVisit, became: Taking) -> None:
    """Let the earlier version go; a claim of it that had not left is replaced with it."""
    practice, at = office.practice.key, office.clock.now()
    if became is Taking.PROPOSED and known.state is not VisitState.PROPOSED:
        return  # what was claimed, or decided, stands until a person says otherwise
    visits.move(tx, practice, known, VisitState.SUPERSEDED, event=None, at=at)
    # A claim that waits while a change is proposed is of what stands, and not of the change.
    if known.state is not VisitState.PROPOSED:
        replace_unsent(tx, office, known)


def standing(tx: Transaction, practice: str, proposed: StoredVisit) -> StoredVisit:
    """Give the version that stands while another one is proposed."""
    earlier = visits.versions(tx, practice, proposed.key)
    return next(one for one in reversed(earlier) if one.id != proposed.id and one.state is not VisitState.SUPERSEDED)


def reinstate(
    tx: Transaction, office: Office, proposed: StoredVisit, *, reason: str, imported: bool, said: str
) -> None:
    """Let a proposed change go. The version that stands becomes the newest again, for later corrections to build on."""
    practice, at = office.practice.key, office.clock.now()
    stood = standing(tx, practice, proposed)
    event = Event(
        kind="visit.decided",
        about=proposed.key,
        said=f"visit {proposed.key}: {said}",
        before=proposed.state,
        after=VisitState.SUPERSEDED,
        artefact=f"file {proposed.source}" if imported else "person",
        actor=office.actor,
        reason=reason,
    )
    visits.move(tx, practice, proposed, VisitState.SUPERSEDED, event=event, at=at)
    again = {name: getattr(stood, name) for name in NewVersion.__dataclass_fields__}
    again |= {"imported": imported, "actor": office.actor, "reason": reason}
    visits.add(tx, practice, NewVersion(**again), at=at)


def replace_unsent(tx: Transaction, office: Office, visit: StoredVisit, *, reason: str = "") -> None:
    """Replace the claim version of a visit that waits for its batch, if there is one; `reason` is a person's, if any.

    A void is not the visit's: what it takes back stands as it did, whatever becomes of the visit.
    """
    practice, at = office.practice.key, office.clock.now()
    for claim in claims.of_visit(tx, practice, visit.visit_id):
        if claim.state is ClaimState.READY and not claim.is_void:
            said = Event(
                kind="claim.replaced",
                about=claim.pcn,
                claim=claim.pcn,
                said=f"claim {claim.pcn} was not sent yet; visit {visit.key} has a new version",
                before=claim.state,
                after=ClaimState.REPLACED,
                artefact=f"visit {visit.key}",
                actor=office.actor,
                reason=reason,
            )
            claims.move(tx, practice, claim, ClaimState.REPLACED, event=said, at=at)


def _taken(
    visit: NewVersion, version: int, became: Taking, actor: str, others: tuple[OtherCoverage, ...] = ()
) -> Event:
    asks = became is Taking.PROPOSED
    return Event(
        kind="visit.taken",
        about=visit.key,
        said=f"visit {visit.key} taken in, version {version}{_covered(others)}"
        + ("; its claim has already left: a person decides whether it is corrected" if asks else ""),
        severity=EventSeverity.CAN_WAIT if asks else EventSeverity.ROUTINE,
        after=visit.state,
        artefact=f"file {visit.source}",
        actor=actor,
        next_command=f"gateway visits fix {visit.key} --by NAME --reason TEXT" if asks else "",
    )


def _covered(others: tuple[OtherCoverage, ...]) -> str:
    """Say who else covers the patient: payers by their ids, for a name that a practice typed may be anybody's."""
    covers = [one.payer.coverage for one in others if not one.repeats]
    ids = [(one.payer_id if one else "") or "a payer without an id" for one in covers]
    told = f"; covered by {', '.join(ids)} too, whom we do not bill yet" if ids else ""
    return told + ("; one of its coverages is given twice, and counts once" if len(covers) < len(others) else "")


def _rows_refused(source: str, rows: int) -> Event:
    return Event(
        kind="visits.refused",
        about=source,
        said=f"{rows} of the visits in {source} could not be taken in",
        severity=EventSeverity.CAN_WAIT,
        artefact=f"file {source}",
        next_command="gateway visits list --faults",
    )
