"""What stands of payers' answers to claim versions: each amount with its reason, those that were taken back left out."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, case, func, select

from gateway.ledger.parameters import some_at_once
from gateway.ledger.tables import claim_versions, claims, payments, postings, service_lines
from gateway.ledger.unindexed import Unindexed
from gateway.remittance import INTEREST


class StandingAmount(NamedTuple):
    """Cents of one line in one bucket, for one reason. `group_code` and `carc` are empty of what was paid."""

    procedure: str
    bucket: str
    group_code: str
    carc: str
    rarcs: tuple[str, ...]
    cents: int


def allowed_of_visits(tx: Connection, practice: str, visit_ids: Collection[int]) -> dict[int, int]:
    """Give the cents that payers have allowed for some visits, as it stands; a visit that was not answered is left out.

    That is what they paid and what they left to the patient (group PR), whoever bears that in the end; interest is none of it
    and has a posting of its own that takes it off what was paid.
    """
    found: dict[int, int] = {}
    p = postings.c
    is_allowed = (p.bucket == "paid") | (p.carc == INTEREST) | ((p.group_code == "PR") & (p.bucket != "denied"))
    total = func.sum(case((is_allowed, p.cents), else_=0))
    query = (
        select(claims.c.visit_id, total.label("cents"))
        .join(claim_versions, claim_versions.c.claim_id == claims.c.id)
        .join(payments, payments.c.claim_version_id == claim_versions.c.id)
        .join(postings, postings.c.payment_id == payments.c.id)
        .group_by(claims.c.visit_id)
    )
    for some in some_at_once(visit_ids):
        mine = claims.c.practice == practice, claims.c.visit_id.in_(some)
        found |= {row.visit_id: int(row.cents) for row in tx.execute(query.where(*mine))}
    return found


def of_versions(
    tx: Connection, practice: str, claim_version_ids: Collection[int]
) -> dict[int, tuple[StandingAmount, ...]]:
    """Give what stands of the answers to some claim versions; one of which nothing stands is left out."""
    found: dict[int, list[StandingAmount]] = {}
    p = postings.c
    key = (p.line_id, service_lines.c.procedure, p.bucket, p.group_code, p.carc, p.rarcs)
    total = func.sum(p.cents)
    query = (
        select(payments.c.claim_version_id, *key, total.label("cents"))
        .join(payments, payments.c.id == p.payment_id)
        .join(service_lines, service_lines.c.id == p.line_id)
        .group_by(payments.c.claim_version_id, *key)
        .having(total != 0)
        .order_by(payments.c.claim_version_id, func.min(p.id))
    )
    for some in some_at_once(claim_version_ids):
        mine = Unindexed(payments.c.practice) == practice, payments.c.claim_version_id.in_(some)
        for row in tx.execute(query.where(*mine)):
            one = StandingAmount(
                row.procedure, row.bucket, row.group_code, row.carc, tuple(row.rarcs.split()), int(row.cents)
            )
            found.setdefault(row.claim_version_id, []).append(one)
    return {version_id: tuple(amounts) for version_id, amounts in found.items()}
