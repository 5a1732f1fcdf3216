"""What partners said, one after the other, of whether a claim version was taken into adjudication."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, false, select

from gateway.acknowledgment import CAME_BEFORE, Verdict
from gateway.ledger.parameters import some_at_once
from gateway.ledger.tables import acknowledgments, interchange_claims

_GOOD: Final = (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_ERRORS)


def accepted_after_all(tx: Connection, practice: str, version_ids: Collection[int]) -> dict[int, datetime]:
    """Give those of some claim versions that a 277CA accepted after they, or their file, had been rejected; with when."""
    accepted: dict[int, tuple[int, datetime]] = {}
    rejected: dict[int, int] = {}
    a, carried = acknowledgments.c, interchange_claims.c
    for some in some_at_once(version_ids):
        own = select(a.id, a.claim_version_id, a.verdict, a.at).where(
            a.practice == practice, a.claim_version_id.in_(some)
        )
        for row in tx.execute(own.order_by(a.id)):
            if row.verdict in _GOOD:
                accepted[row.claim_version_id] = (row.id, row.at)
            elif row.verdict == Verdict.REJECTED:
                rejected[row.claim_version_id] = row.id
        of_file = (
            select(a.id, carried.claim_version_id)
            .join(interchange_claims, carried.interchange_id == a.interchange_id)
            .where(
                a.practice == practice,
                a.verdict == Verdict.REJECTED,
                (a.kind != "TA1") | (a.codes != CAME_BEFORE),
                carried.claim_version_id.in_(some),
                carried.withdrawn == false(),
            )
        )
        for number, version_id in tx.execute(of_file):
            rejected[version_id] = max(number, rejected.get(version_id, 0))
    return {one: at for one, (number, at) in accepted.items() if 0 < rejected.get(one, 0) < number}
