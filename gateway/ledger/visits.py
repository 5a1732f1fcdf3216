"""Visits and their versions. A version is never overwritten."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from gateway.errors import LedgerConflict
from gateway.event import Event
from gateway.finding import Finding, Owner, RowFault, Severity
from gateway.ledger import events
from gateway.ledger.tables import findings, fixes, intake_faults, visit_versions, visits
from gateway.lifecycle import VISIT_MOVES, VisitState


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVisit:
    """One version of a visit. `document` is the JSON it was taken in as; `id` is the version's."""

    id: int
    visit_id: int
    key: str
    version: int
    state: VisitState
    payer: str
    day: date
    discipline: str
    sha256: str
    document: bytes
    imported: bool
    source: str
    actor: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """What makes a visit version: the document with what lists ask for, and who brought it why."""

    key: str
    state: VisitState
    payer: str
    day: date
    discipline: str
    sha256: str
    document: bytes
    imported: bool
    source: str
    actor: str
    reason: str


_STORED = select(visits.c.key, visit_versions).join(visits, visits.c.id == visit_versions.c.visit_id)
_CURRENT = _STORED.where(visits.c.version == visit_versions.c.version)


def add(tx: Connection, practice: str, new: NewVersion, *, at: datetime) -> StoredVisit:
    """Add the first or the next version of a visit; it becomes the current one. The earlier one is the caller's to move."""
    known = tx.execute(select(visits).where(visits.c.practice == practice, visits.c.key == new.key)).mappings().first()
    if known is None:
        visit_id = _inserted(tx.execute(insert(visits).values(practice=practice, key=new.key, version=1)))
        version = 1
    else:
        visit_id, version = known["id"], known["version"] + 1
        moved = tx.execute(
            update(visits).where(visits.c.id == visit_id, visits.c.version == version - 1).values(version=version)
        )
        if moved.rowcount != 1:
            raise LedgerConflict(f"visit {new.key} has another version by now; read it again before changing it")
    fields = {name: getattr(new, name) for name in NewVersion.__dataclass_fields__ if name != "key"}
    tx.execute(insert(visit_versions).values(practice=practice, visit_id=visit_id, version=version, at=at, **fields))
    stored = find(tx, practice, new.key)
    assert stored is not None, "just added"
    return stored


def find(tx: Connection, practice: str, key: str, *, version: int | None = None) -> StoredVisit | None:
    """Give the current version of a visit, or the one asked for."""
    query = _CURRENT if version is None else _STORED.where(visit_versions.c.version == version)
    row = tx.execute(query.where(visits.c.practice == practice, visits.c.key == key)).mappings().first()
    return None if row is None else _stored(row)


def by_version_id(tx: Connection, practice: str, version_id: int) -> StoredVisit:
    """Give the visit version of that id."""
    row = tx.execute(_STORED.where(visit_versions.c.practice == practice, visit_versions.c.id == version_id))
    return _stored(row.mappings().one())


def current(
    tx: Connection,
    practice: str,
    *,
    states: Iterable[VisitState] = (),
    payer: str = "",
    after: int = 0,
    limit: int = 100,
) -> tuple[StoredVisit, ...]:
    """List current versions in the order of their ids, from the one behind id `after`."""
    query = _CURRENT.where(visits.c.practice == practice, visit_versions.c.id > after)
    wanted = tuple(states)
    if wanted:
        query = query.where(visit_versions.c.state.in_(wanted))
    if payer:
        query = query.where(visit_versions.c.payer == payer)
    rows = tx.execute(query.order_by(visit_versions.c.id).limit(limit)).mappings()
    return tuple(_stored(row) for row in rows)


def on_days(tx: Connection, practice: str, *, since: date, until: date) -> tuple[StoredVisit, ...]:
    """Give the current visit versions of those days, in order: what rules about history look at."""
    query = _CURRENT.where(visits.c.practice == practice, visit_versions.c.day >= since, visit_versions.c.day <= until)
    rows = tx.execute(query.order_by(visit_versions.c.day, visit_versions.c.id)).mappings()
    return tuple(_stored(row) for row in rows)


def mark_imported(tx: Connection, visit: StoredVisit) -> None:
    """Keep that the practice's system brought the content of this version too."""
    tx.execute(update(visit_versions).where(visit_versions.c.id == visit.id).values(imported=True))


def last_imported(tx: Connection, practice: str, visit_id: int) -> str:
    """Give the hash of the content that the practice's system brought last, whatever was corrected since."""
    v = visit_versions.c
    query = select(v.sha256).where(v.practice == practice, v.visit_id == visit_id, v.imported)
    return tx.execute(query.order_by(v.version.desc()).limit(1)).scalar() or ""


def versions(tx: Connection, practice: str, key: str) -> tuple[StoredVisit, ...]:
    """Give every version of a visit, oldest first."""
    query = _STORED.where(visits.c.practice == practice, visits.c.key == key).order_by(visit_versions.c.version)
    return tuple(_stored(row) for row in tx.execute(query).mappings())


def count_by_state(tx: Connection, practice: str) -> dict[VisitState, int]:
    """Count the current versions in each state."""
    query = (
        select(visit_versions.c.state, func.count())
        .join(visits, (visits.c.id == visit_versions.c.visit_id) & (visits.c.version == visit_versions.c.version))
        .where(visits.c.practice == practice)
        .group_by(visit_versions.c.state)
    )
    return {VisitState(state): number for state, number in tx.execute(query)}


def move(
    tx: Connection, practice: str, visit: StoredVisit, after: VisitState, *, event: Event | None, at: datetime
) -> None:
    """Move a visit version. Raises LedgerConflict if it is no longer in the state it was read in."""
    if after not in VISIT_MOVES[visit.state]:
        raise LedgerConflict(f"{visit.state} to {after} is not a move of a visit; read it again before acting")
    moved = tx.execute(
        update(visit_versions)
        .where(visit_versions.c.id == visit.id, visit_versions.c.state == visit.state)
        .values(state=after)
    )
    if moved.rowcount != 1:
        raise LedgerConflict(f"visit {visit.key} is not {visit.state} any more; read it again before acting")
    if event is not None:
        events.write(tx, practice, event, at=at)


def replace_findings(tx: Connection, practice: str, visit: StoredVisit, found: Iterable[Finding]) -> None:
    """Keep what the latest scrub of this version found."""
    tx.execute(findings.delete().where(findings.c.visit_version_id == visit.id))
    rows = [
        {
            "practice": practice,
            "visit_version_id": visit.id,
            "rule": one.rule,
            "severity": one.severity,
            "owner": one.owner,
            "place": one.where,
            "what": one.what,
            "fix": one.fix,
            "cites": one.cites,
        }
        for one in found
    ]
    if rows:
        tx.execute(insert(findings), rows)


def findings_of(tx: Connection, practice: str, version_id: int) -> tuple[Finding, ...]:
    """Give what the latest scrub of a visit version found."""
    query = select(findings).where(findings.c.practice == practice, findings.c.visit_version_id == version_id)
    return tuple(
        Finding(
            rule=row["rule"],
            severity=Severity(row["severity"]),
            owner=Owner(row["owner"]),
            where=row["place"],
            what=row["what"],
            fix=row["fix"],
            cites=row["cites"],
        )
        for row in tx.execute(query.order_by(findings.c.id)).mappings()
    )


def record_fix(
    tx: Connection,
    practice: str,
    *,
    before: StoredVisit,
    after: StoredVisit,
    fields: Iterable[str],
    actor: str,
    reason: str,
    at: datetime,
) -> None:
    """Keep a person's correction: who, why, which fields; the values are in the two versions."""
    tx.execute(
        insert(fixes).values(
            practice=practice,
            visit_id=before.visit_id,
            from_version=before.version,
            to_version=after.version,
            fields=", ".join(fields),
            actor=actor,
            reason=reason,
            at=at,
        )
    )


def keep_faults(
    tx: Connection, practice: str, *, source: str, sha256: str, faults: Iterable[RowFault], at: datetime
) -> None:
    """Keep the faults of a file, once for the same bytes."""
    seen = select(intake_faults.c.id).where(intake_faults.c.practice == practice, intake_faults.c.sha256 == sha256)
    if tx.execute(seen.limit(1)).first() is not None:
        return
    rows = [
        {
            "practice": practice,
            "source": source,
            "sha256": sha256,
            "row": fault.row,
            "visit_key": fault.visit_key,
            "field": fault.field,
            "what": fault.what,
            "fix": fault.fix,
            "at": at,
        }
        for fault in faults
    ]
    if rows:
        tx.execute(insert(intake_faults), rows)


def faults(tx: Connection, practice: str, *, after: int = 0, limit: int = 100) -> tuple[tuple[str, RowFault], ...]:
    """List the rows that were not taken in, each with the file it came from."""
    query = select(intake_faults).where(intake_faults.c.practice == practice, intake_faults.c.id > after)
    return tuple(
        (
            row["source"],
            RowFault(row=row["row"], visit_key=row["visit_key"], field=row["field"], what=row["what"], fix=row["fix"]),
        )
        for row in tx.execute(query.order_by(intake_faults.c.id).limit(limit)).mappings()
    )


def _stored(row: RowMapping) -> StoredVisit:
    fields = {name: row[name] for name in StoredVisit.__dataclass_fields__ if name != "state"}
    return StoredVisit(**fields, state=VisitState(row["state"]))


def _inserted(result: object) -> int:
    (key,) = result.inserted_primary_key  # type: ignore[attr-defined]
    assert isinstance(key, int)
    return key
