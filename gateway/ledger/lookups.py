"""Claims of ours by what an answer may say of them: numbers, line controls, days. Claims are given by their version's id."""

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, func, or_, select

from gateway.ledger.parameters import some_at_once
from gateway.ledger.record import Billed, billed_from_bytes
from gateway.ledger.tables import claim_versions, service_lines
from gateway.ledger.unindexed import Unindexed

_LAST: Final = "Z" * 17
"""Behind every patient control number, whatever the database's order of letters: they are of digits and capitals."""

_COUNTED_MAX: Final = 3_000
"""Of so many claims of a day it is counted how many lines they share with an answer."""


class Named(NamedTuple):
    """A claim version by its numbers."""

    id: int
    pcn: str


class Likely(NamedTuple):
    """A claim version that an answer may be about, with what it billed."""

    id: int
    pcn: str
    payer_claim_number: str
    billed: Billed


def by_pcns(tx: Connection, practice: str, pcns: Collection[str]) -> dict[str, Named]:
    """Give the claims of those patient control numbers that are this practice's."""
    c = claim_versions.c
    found: dict[str, Named] = {}
    for some in some_at_once(pcns):
        query = select(c.id, c.pcn).where(c.practice == practice, c.pcn.in_(some))
        found |= {row.pcn: Named(row.id, row.pcn) for row in tx.execute(query)}
    return found


def by_line_controls(tx: Connection, practice: str, controls: Collection[str]) -> dict[str, frozenset[Named]]:
    """Give, by line control, the claims that have such a line."""
    lines, c = service_lines.c, claim_versions.c
    found: dict[str, frozenset[Named]] = {}
    for some in some_at_once(controls):
        # Their ids first: SQLite would rather go through all lines of the practice than open one that it has found.
        named = select(lines.id).where(lines.practice == practice, lines.control.in_(some))
        query = (
            select(lines.control, c.id, c.pcn)
            .join(claim_versions, c.id == lines.claim_version_id)
            .where(lines.id.in_(named))
        )
        for row in tx.execute(query):
            found[row.control] = found.get(row.control, frozenset()) | {Named(row.id, row.pcn)}
    return found


def controls_of(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Give the line controls of some claims."""
    lines, found = service_lines.c, dict[int, frozenset[str]]()
    for some in some_at_once(version_ids):
        query = select(lines.claim_version_id, lines.control).where(
            Unindexed(lines.practice) == practice, lines.claim_version_id.in_(some)
        )
        for row in tx.execute(query):
            found[row.claim_version_id] = found.get(row.claim_version_id, frozenset()) | {row.control}
    return found


def by_payer_numbers(
    tx: Connection, practice: str, numbers: Collection[str], *, payers: Collection[str] | None = None
) -> dict[str, frozenset[Named]]:
    """Give, by the payer's own number, the claims that have it; of some payers if asked."""
    c = claim_versions.c
    found: dict[str, frozenset[Named]] = {}
    for some in some_at_once(set(numbers) - {""}):
        query = select(c.payer_claim_number, c.id, c.pcn).where(c.practice == practice, c.payer_claim_number.in_(some))
        if payers is not None:
            query = query.where(Unindexed(c.payer).in_(sorted(payers)))
        for row in tx.execute(query):
            number = row.payer_claim_number
            found[number] = found.get(number, frozenset()) | {Named(row.id, row.pcn)}
    return found


def newest_of_payer_numbers(tx: Connection, practice: str, numbers: Collection[str]) -> dict[str, str]:
    """Give the patient control numbers of the claims that have these numbers of a payer, the newest version's, where just one has."""
    c, found = claim_versions.c, dict[str, dict[int, str]]()
    for some in some_at_once(set(numbers) - {""}):
        query = (
            select(c.payer_claim_number, c.claim_id, c.pcn)
            .where(c.practice == practice, c.payer_claim_number.in_(some))
            .order_by(c.version)
        )
        for number, claim_id, pcn in tx.execute(query):
            found.setdefault(number, {})[claim_id] = pcn
    return {number: next(iter(pcns.values())) for number, pcns in found.items() if len(pcns) == 1}


def beginning_with(tx: Connection, practice: str, beginnings: Collection[str], *, limit: int) -> tuple[int, ...]:
    """Give claims whose patient control number begins so."""
    c = claim_versions.c
    found: dict[int, None] = {}
    for one in sorted(beginnings):
        begins_so = c.pcn.between(one, (one + _LAST)[: len(_LAST)])
        found |= dict.fromkeys(_ids(tx, select(c.id).where(c.practice == practice, begins_so), limit))
    return tuple(found)[:limit]


def of_days(
    tx: Connection,
    practice: str,
    days: Collection[date],
    *,
    charge_cents: int,
    lines: Collection[tuple[str, int]],
    limit: int,
) -> tuple[int, ...]:
    """Give claims of some days of service: those over a charge first, then those that have the most of some lines.

    lines  procedures with their charges in cents
    """
    c = claim_versions.c
    of_days = select(c.id).where(c.practice == practice, c.day.in_(sorted(days)))
    found = _ids(tx, of_days.where(c.charge_cents == charge_cents), limit)
    if len(found) < limit:
        some = of_days.limit(_COUNTED_MAX).subquery()
        by_lines = (
            select(some.c.id).order_by(_count_of(lines, some.c.id, practice).desc()) if lines else select(some.c.id)
        )
        found = tuple(dict.fromkeys((*found, *_ids(tx, by_lines, limit))))
    return found[:limit]


def _count_of(lines: Collection[tuple[str, int]], version_id: ColumnElement[int], practice: str) -> ScalarSelect[int]:
    """Count how many such lines a claim has."""
    its = service_lines.c
    such = or_(*((its.procedure == code) & (its.charge_cents == charge) for code, charge in sorted(set(lines))))
    counted = select(func.count()).where(Unindexed(its.practice) == practice, its.claim_version_id == version_id, such)
    return counted.scalar_subquery()


def _ids(tx: Connection, query: Select[tuple[int]], limit: int) -> tuple[int, ...]:
    return tuple(row.id for row in tx.execute(query.limit(limit)))


def likely(tx: Connection, practice: str, version_ids: Collection[int]) -> tuple[Likely, ...]:
    """Open claims: what each billed, for whom."""
    c = claim_versions.c
    found: list[Likely] = []
    for some in some_at_once(sorted(version_ids)):
        query = select(c.id, c.pcn, c.payer_claim_number, c.body).where(
            Unindexed(c.practice) == practice, c.id.in_(some)
        )
        found += (
            Likely(row.id, row.pcn, row.payer_claim_number, billed_from_bytes(row.body)) for row in tx.execute(query)
        )
    return tuple(found)
