"""Take a file of visits in: new visits, new versions of known ones, and every row that could not be taken."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from gateway.event import Event, EventSeverity
from gateway.finding import RowFault
from gateway.intake import Taken, read_visits
from gateway.ledger import Transaction, claims, events, outbox, visits
from gateway.ledger.visits import NewVersion, StoredVisit
from gateway.lifecycle import ClaimState, VisitState
from gateway.service.office import Office


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
class TakenIn:
    """What became of a file. `faults` are the rows that were not taken."""

    source: str
    counts: dict[Taking, int]
    faults: tuple[RowFault, ...]
    proposed: tuple[str, ...]


def take_in(office: Office, source: str, raw: bytes, *, dry_run: bool = False) -> TakenIn:
    """Store a file's visits, all in one transaction; the same file again changes nothing.

    source  the file's name, for the log; its folder is left out
    Raises IntakeError if the file is unreadable as a whole.
    """
    source = source.encode("utf-8", "replace").decode()  # a file name may hold bytes that are no text
    intake = read_visits(source, raw)
    at = office.clock.now()
    practice = office.practice.key
    counts: Counter[Taking] = Counter()
    proposed = []
    if dry_run:
        with office.ledger.reading() as tx:
            for taken in intake.taken:
                counts[_becoming(tx, practice, taken, visits.find(tx, practice, taken.visit.key))] += 1
        return TakenIn(source=source, counts=dict(counts), faults=intake.faults, proposed=())
    with office.ledger.writing() as tx:
        for taken in intake.taken:
            became = _store(tx, office, taken, source)
            counts[became] += 1
            if became is Taking.PROPOSED:
                proposed.append(taken.visit.key)
        visits.keep_faults(tx, practice, source=source, sha256=intake.sha256, faults=intake.faults, at=at)
        if intake.faults:
            rows = len({fault.row for fault in intake.faults})
            events.write(tx, practice, _rows_refused(source, rows), at=at)
    return TakenIn(source=source, counts=dict(counts), faults=intake.faults, proposed=tuple(proposed))


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
    decided = known.state in {VisitState.NOT_BILLED, VisitState.PROPOSED}
    return Taking.PROPOSED if decided or has_left(tx, practice, known) else Taking.REPLACED


def _store(tx: Transaction, office: Office, taken: Taken, source: str) -> Taking:
    practice, at = office.practice.key, office.clock.now()
    known = visits.find(tx, practice, taken.visit.key)
    became = _becoming(tx, practice, taken, known)
    if became is Taking.UNCHANGED:
        if known is not None and known.sha256 == taken.sha256 and not known.imported:
            visits.mark_imported(tx, known)  # their system has caught up with a correction made here
        return became
    if known is not None and became is Taking.WITHDRAWN:
        reinstate(tx, office, known, reason="imported", imported=True, said="the proposed change is withdrawn")
        return became
    if known is not None:
        _retire(tx, office, known, became)
    state = VisitState.PROPOSED if became is Taking.PROPOSED else VisitState.NEW
    stored = visits.add(
        tx,
        practice,
        new_version(taken, state, source=source, actor=office.actor, reason="imported", imported=True),
        at=at,
    )
    events.write(tx, practice, _taken(stored, became, office.actor), at=at)
    return became


def _retire(tx: Transaction, office: Office, known: StoredVisit, became: Taking) -> None:
    """Let the earlier version go; a claim of it that had not left is replaced with it."""
    practice, at = office.practice.key, office.clock.now()
    if became is Taking.PROPOSED and known.state is not VisitState.PROPOSED:
        return  # what was claimed, or decided, stands until a person says otherwise
    visits.move(tx, practice, known, VisitState.SUPERSEDED, event=None, at=at)
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
    """Replace the claim version of a visit that waits for its batch, if there is one. `reason` is a person's, if any."""
    practice, at = office.practice.key, office.clock.now()
    for claim in claims.of_visit(tx, practice, visit.visit_id):
        if claim.state is ClaimState.READY:
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


def _taken(visit: StoredVisit, became: Taking, actor: str) -> Event:
    asks = became is Taking.PROPOSED
    return Event(
        kind="visit.taken",
        about=visit.key,
        said=f"visit {visit.key} taken in, version {visit.version}"
        + ("; its claim has already left: a person decides whether it is corrected" if asks else ""),
        severity=EventSeverity.CAN_WAIT if asks else EventSeverity.ROUTINE,
        after=visit.state,
        artefact=f"file {visit.source}",
        actor=actor,
        next_command=f"gateway visits fix {visit.key} --by NAME --reason TEXT" if asks else "",
    )


def _rows_refused(source: str, rows: int) -> Event:
    return Event(
        kind="visits.refused",
        about=source,
        said=f"{rows} of the visits in {source} could not be taken in",
        severity=EventSeverity.CAN_WAIT,
        artefact=f"file {source}",
        next_command="gateway visits list --faults",
    )
