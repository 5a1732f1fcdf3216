"""Visits and their versions. A version is never overwritten."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, bindparam, func, insert, select, update

from gateway.errors import LedgerConflict
from gateway.event import Event
from gateway.finding import Finding, Owner, RowFault, Severity
from gateway.ledger import events
from gateway.ledger.lists import Elsewhere, Indexed, List, Page, Plain, page
from gateway.ledger.parameters import some_at_once
from gateway.ledger.patients import patient_keys
from gateway.ledger.practices import secret_of
from gateway.ledger.tables import findings, fixes, intake_faults, visit_versions, visits
from gateway.ledger.unindexed import Unindexed
from gateway.lifecycle import VISIT_MOVES, VisitState
from gateway.listing import Asked, asked_for


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


def _found(column: Column[str]) -> Elsewhere:
    return Elsewhere(
        ids=lambda practice, asked: select(findings.c.visit_version_id).where(
            findings.c.practice == practice, column.in_(asked.wanted)
        ),
        column=column,
        practice=findings.c.practice,
        link=findings.c.visit_version_id,
    )


_PAST: Final = frozenset({VisitState.SUPERSEDED})
LIST: Final = List(
    id=visit_versions.c.id,
    practice=visit_versions.c.practice,
    stored=_STORED,
    fields={
        "state": Indexed(column=visit_versions.c.state),
        "payer": Indexed(column=visit_versions.c.payer, split=True),
        "visit": Elsewhere(
            ids=lambda practice, asked: (
                select(visit_versions.c.id)
                .join(visits, visits.c.id == visit_versions.c.visit_id)
                .where(visits.c.practice == practice, visits.c.key.in_(asked.wanted))
            ),
            column=visits.c.key,
            practice=visits.c.practice,
        ),
        "rule": _found(findings.c.rule),
        "owner": _found(findings.c.owner),
        "discipline": Plain(column=visit_versions.c.discipline),
        "day": Indexed(column=visit_versions.c.day),
        "age": Indexed(column=visit_versions.c.day),
    },
    sorts={"day": visit_versions.c.day},
    split=visit_versions.c.state,
    split_values=tuple(state for state in VisitState if state not in _PAST),
    standing=(
        visits,
        (visits.c.id == visit_versions.c.visit_id) & (visits.c.version == visit_versions.c.version),
    ),
    all_of=_PAST,
)


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
    keys = patient_keys(secret_of(tx, practice), new.document)._asdict()
    tx.execute(
        insert(visit_versions).values(practice=practice, visit_id=visit_id, version=version, at=at, **fields, **keys)
    )
    stored = find(tx, practice, new.key)
    assert stored is not None, "just added"
    return stored


def lock(tx: Connection, practice: str, visit_ids: Collection[int], *, wait: bool = True) -> frozenset[int]:
    """Keep other writers from some visits, and from the claims and answers that are theirs, until the transaction ends.

    They are locked in order of id, so that two that want the same ones never wait for each other. Gives those that are ours.

    wait  whether to wait for visits that others have; else they are left out
    """
    ours: set[int] = set()
    for some in some_at_once(sorted(set(visit_ids))):
        mine = (Unindexed(visits.c.practice) == practice, visits.c.id.in_(some))
        ours.update(_locked(tx, *mine, wait=wait))
    return frozenset(ours)


def lock_known(tx: Connection, practice: str, keys: Collection[str]) -> frozenset[int]:
    """Lock the visits of those keys that are known, as `lock` does. Gives their ids.

    One that becomes known while this waits is not among them, and not ours.
    """
    ours: set[int] = set()
    for some in some_at_once(keys):
        ours.update(_locked(tx, visits.c.practice == practice, visits.c.key.in_(some), wait=True))
    return frozenset(ours)


def _locked(tx: Connection, *which: ColumnElement[bool], wait: bool) -> Iterable[int]:
    rows = select(visits.c.id).where(*which).order_by(visits.c.id)
    return tx.execute(rows.with_for_update(key_share=True, skip_locked=not wait)).scalars()


def add_first(tx: Connection, practice: str, new: Sequence[NewVersion], *, at: datetime) -> None:
    """Add visits that are not known yet, each with its first version, in order of key. No two have the same key.

    Raises LedgerConflict, at the end of the transaction at the latest, if one is known by now.
    """
    if not new:
        return
    # In order: who adds the same keys at the same time waits for one of ours, and holds none that we want.
    keys = sorted(one.key for one in new)
    tx.execute(insert(visits), [{"practice": practice, "key": key, "version": 1} for key in keys])
    drawn = select(visits.c.key, visits.c.id).where(
        visits.c.practice == practice, visits.c.key.in_([one.key for one in new])
    )
    ids, secret = dict(tx.execute(drawn).all()), secret_of(tx, practice)
    names = [name for name in NewVersion.__dataclass_fields__ if name != "key"]
    tx.execute(
        insert(visit_versions),
        [
            {"practice": practice, "visit_id": ids[one.key], "version": 1, "at": at}
            | {name: getattr(one, name) for name in names}
            | patient_keys(secret, one.document)._asdict()
            for one in new
        ],
    )


def find_all(tx: Connection, practice: str, keys: Collection[str]) -> dict[str, StoredVisit]:
    """Give the current versions of some visits, by key; one that is not known is left out."""
    query = _CURRENT.where(visits.c.practice == practice, visits.c.key.in_(keys))
    return {one.key: one for one in map(_stored, tx.execute(query).mappings())}


def find(tx: Connection, practice: str, key: str, *, version: int | None = None) -> StoredVisit | None:
    """Give the current version of a visit, or the one asked for."""
    query = _CURRENT if version is None else _STORED.where(visit_versions.c.version == version)
    row = tx.execute(query.where(visits.c.practice == practice, visits.c.key == key)).mappings().first()
    return None if row is None else _stored(row)


def page_of(tx: Connection, practice: str, asked: Asked) -> Page[StoredVisit]:
    """List visits, each as its current version; earlier ones where only superseded ones are asked for."""
    return page(tx, practice, LIST, asked, _stored)


def current(
    tx: Connection,
    practice: str,
    *,
    states: Collection[VisitState] = (),
    payer: str = "",
    after: int = 0,
    limit: int = 100,
) -> tuple[StoredVisit, ...]:
    """Give current versions by their ids, from the one behind id `after`: of some states or a payer if asked."""
    return page_of(tx, practice, asked_for(after=after, limit=limit, state=states, payer=payer)).rows


def current_of(tx: Connection, practice: str, version_ids: Collection[int]) -> tuple[StoredVisit, ...]:
    """Give those of some visit versions that are current, by their ids."""
    query = _CURRENT.where(Unindexed(visit_versions.c.practice) == practice, visit_versions.c.id.in_(version_ids))
    return tuple(_stored(row) for row in tx.execute(query.order_by(visit_versions.c.id)).mappings())


def states_of(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, VisitState]:
    """Give where some visit versions stand, without those that are not current any more."""
    v = visit_versions.c
    query = (
        select(v.id, v.state)
        .join(visits, (visits.c.id == v.visit_id) & (visits.c.version == v.version))
        .where(Unindexed(v.practice) == practice, v.id.in_(version_ids))
    )
    return {version_id: VisitState(state) for version_id, state in tx.execute(query)}


def documents_of(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, bytes]:
    """Give the documents of some visit versions, by version."""
    v = visit_versions.c
    query = select(v.id, v.document).where(Unindexed(v.practice) == practice, v.id.in_(version_ids))
    return dict(tx.execute(query).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldVisit:
    """A held visit version, without its document: what tells whether it has to be looked at again.

    judged_by      digest of what it was judged by; "" if an older gateway judged it
    look_again_on  the first day on which the rules may find otherwise
    """

    id: int
    visit_id: int
    key: str
    payer: str
    judged_by: str
    look_again_on: date | None


def held(tx: Connection, practice: str, *, payer: str = "", after: int = 0, limit: int = 200) -> tuple[HeldVisit, ...]:
    """Give the visits that are held, from the one behind version id `after`; of a payer if asked."""
    v = visit_versions.c
    query = (
        select(v.id, v.visit_id, visits.c.key, v.payer, v.judged_by, v.look_again_on)
        .join(visits, (visits.c.id == v.visit_id) & (visits.c.version == v.version))
        .where(
            v.practice == practice, v.state == VisitState.HELD, v.id > after, *((v.payer == payer,) if payer else ())
        )
    )
    return tuple(HeldVisit(**row) for row in tx.execute(query.order_by(v.id).limit(limit)).mappings())


_NOT_BILLED: Final = (VisitState.NOT_BILLED, VisitState.WITHDRAWN)
_HALF_A_YEAR: Final = timedelta(days=183)


class Other(NamedTuple):
    """Another visit that may be of the same patient, with the same payer, by the version that stands."""

    version_id: int
    visit_id: int


def others_of(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, tuple[Other, ...]]:
    """Give, for some visit versions, the other visits to be billed of the same card or the same name, by day.

    Those of the day, and those before it back to the year's first day, or half a year where that is longer: what a year's
    threshold, an authorization and the time since a report are counted from. All are of one payer and one birth date;
    whether they are one patient's is for `sort_by_patient` to tell.
    """
    v = visit_versions.c
    read = select(v.id, v.visit_id, v.patient, v.person, v.day)
    mine = tx.execute(read.where(Unindexed(v.practice) == practice, v.id.in_(version_ids), v.patient != "")).all()
    if not mine:
        return {}
    days = min(_since(one.day) for one in mine), max(one.day for one in mine)
    by_card = _alike(tx, practice, v.patient, {one.patient for one in mine}, days)
    by_name = _alike(tx, practice, v.person, {one.person for one in mine if one.person}, days)
    found: dict[int, tuple[Other, ...]] = {}
    for one in mine:
        beside = {*by_card.get(one.patient, ()), *by_name.get(one.person, ())}
        within = sorted((day, id_, visit_id) for day, id_, visit_id in beside if _since(one.day) <= day <= one.day)
        found[one.id] = tuple(Other(id_, visit_id) for _, id_, visit_id in within if visit_id != one.visit_id)
    return found


def _alike(
    tx: Connection, practice: str, column: Column[str], keys: Collection[str], days: tuple[date, date]
) -> dict[str, list[tuple[date, int, int]]]:
    """Give day, version and visit of those of some days that stand under each of some keys."""
    v = visit_versions.c
    # A statement for each: as one join, a database may begin with everybody's visits and look for these among them.
    beside = (
        select(column, v.day, v.id, v.visit_id)
        .join(visits, (visits.c.id == v.visit_id) & (visits.c.version == v.version))
        .where(
            v.practice == practice,
            column.in_(keys),
            v.day.between(*days),
            v.state.not_in(_NOT_BILLED),
        )
    )
    found: dict[str, list[tuple[date, int, int]]] = {}
    for key, day, id_, visit_id in tx.execute(beside) if keys else ():
        found.setdefault(key, []).append((day, id_, visit_id))
    return found


def _since(day: date) -> date:
    return min(date(day.year, 1, 1), day - _HALF_A_YEAR)


def keep_judged_by(tx: Connection, practice: str, judged: Iterable[tuple[StoredVisit, str, date | None]]) -> None:
    """Keep what held visits were judged by, and the day on which to look again."""
    v = visit_versions.c
    mine = (Unindexed(v.practice) == practice, v.id == bindparam("version_id"))
    rows = [{"version_id": visit.id, "judged_by": by, "look_again_on": day} for visit, by, day in judged]
    if rows:
        tx.execute(update(visit_versions).where(*mine), rows)


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
    move_all(tx, [visit], after)
    if event is not None:
        events.write(tx, practice, event, at=at)


def move_all(tx: Connection, some: Collection[StoredVisit], after: VisitState) -> None:
    """Move visit versions to one state. Raises LedgerConflict if one is no longer in the state it was read in."""
    for before in sorted({one.state for one in some}):
        if after not in VISIT_MOVES[before]:
            raise LedgerConflict(f"{before} to {after} is not a move of a visit; read it again before acting")
        which = [one for one in some if one.state is before]
        v = visit_versions.c
        moved = update(visit_versions).where(v.id.in_([one.id for one in which]), v.state == before)
        if tx.execute(moved.values(state=after)).rowcount != len(which):
            named = f"visit {which[0].key}" if len(which) == 1 else f"one of {len(which)} visits from {which[0].key} on"
            raise LedgerConflict(f"{named} is not {before} any more; read it again before acting")


def replace_findings(tx: Connection, practice: str, found: Mapping[int, Iterable[Finding]]) -> None:
    """Keep what the latest scrub of some visit versions found, by version."""
    tx.execute(findings.delete().where(findings.c.visit_version_id.in_(found)))
    rows = [
        {
            "practice": practice,
            "visit_version_id": version_id,
            "rule": one.rule,
            "severity": one.severity,
            "owner": one.owner,
            "place": one.where,
            "what": one.what,
            "fix": one.fix,
            "cites": one.cites,
        }
        for version_id, each in found.items()
        for one in each
    ]
    if rows:
        tx.execute(insert(findings), rows)


def findings_of(tx: Connection, practice: str, version_id: int) -> tuple[Finding, ...]:
    """Give what the latest scrub of a visit version found."""
    return findings_of_all(tx, practice, [version_id]).get(version_id, ())


def findings_of_all(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, tuple[Finding, ...]]:
    """Give what the latest scrubs of some visit versions found, by version."""
    ours = Unindexed(findings.c.practice) == practice
    query = select(findings).where(ours, findings.c.visit_version_id.in_(version_ids))
    found: dict[int, tuple[Finding, ...]] = {}
    for row in tx.execute(query.order_by(findings.c.id)).mappings():
        found[row["visit_version_id"]] = (*found.get(row["visit_version_id"], ()), _finding(row))
    return found


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


def _finding(row: RowMapping) -> Finding:
    return Finding(
        rule=row["rule"],
        severity=Severity(row["severity"]),
        owner=Owner(row["owner"]),
        where=row["place"],
        what=row["what"],
        fix=row["fix"],
        cites=row["cites"],
    )


def _stored(row: RowMapping) -> StoredVisit:
    fields = {name: row[name] for name in StoredVisit.__dataclass_fields__ if name != "state"}
    return StoredVisit(**fields, state=VisitState(row["state"]))


def _inserted(result: object) -> int:
    (key,) = result.inserted_primary_key  # type: ignore[attr-defined]
    assert isinstance(key, int)
    return key
