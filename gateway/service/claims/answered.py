"""Which claim of ours an answer is about, and whether a payer has ever answered it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gateway.ledger import Transaction, claims, outbox, remittances
from gateway.ledger.claims import StoredClaim
from gateway.ledger.record import Billed


def sent_claim(tx: Transaction, practice: str, pcn: str, *, partner: str) -> StoredClaim | None:
    """Give the claim version of that patient control number if its file may have left for that partner, else None.

    An answer counts only for a claim that has left, and only from the partner that it left for.
    """
    claim = claims.by_pcn(tx, practice, pcn)
    carrier = outbox.carrying(tx, practice, claim.id) if claim else None
    if carrier is None or carrier.partner != partner or not carrier.may_have_left:
        return None
    return claim


def sent_claims(
    tx: Transaction, practice: str, pcns: Collection[str], *, partners: Collection[str]
) -> dict[str, tuple[StoredClaim, Billed]]:
    """Give, by patient control number, what `sent_claim` gives of each, with what it billed; the others are left out.

    partners  whose claims may be answered: the one that the answer came from, and those that are listed with it
    """
    known = claims.by_pcns(tx, practice, pcns)
    carriers = outbox.carriers_of(tx, practice, [claim.id for claim, _ in known.values()])
    left = {one for one, carrier in carriers.items() if carrier.partner in partners and carrier.may_have_left}
    return {pcn: found for pcn, found in known.items() if found[0].id in left}


@dataclass(frozen=True, slots=True)
class Earlier:
    """The versions of a visit's claim, oldest first, and what was ever adjudicated of them.

    What was adjudicated once is replaced from then on: a second original would be a duplicate, or be paid twice.

    number  the payer's own number of the newest that has one
    """

    versions: tuple[StoredClaim, ...] = ()
    adjudicated: bool = False
    number: str = ""


def adjudicated(tx: Transaction, practice: str, visit_id: int) -> tuple[bool, str]:
    """Tell whether the payer has ever adjudicated a version of this visit's claim, and the number it gave to the newest."""
    one = earlier_of(tx, practice, [visit_id])[visit_id]
    return one.adjudicated, one.number


def earlier_of(tx: Transaction, practice: str, visit_ids: Collection[int]) -> Mapping[int, Earlier]:
    """Give, for each of some visits, the versions of its claim."""
    found = claims.of_visits(tx, practice, visit_ids)
    answered = remittances.adjudicated_among(
        tx, practice, {one.id: one.pcn for versions in found.values() for one in versions}
    )
    return {visit_id: _earlier(found.get(visit_id, ()), answered) for visit_id in visit_ids}


def _earlier(versions: tuple[StoredClaim, ...], answered: frozenset[int]) -> Earlier:
    numbers = [one.payer_claim_number for one in versions if one.id in answered]
    return Earlier(versions, bool(numbers), next((one for one in reversed(numbers) if one), ""))
