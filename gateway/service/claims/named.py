"""The claim that a person means."""

from collections.abc import Sequence

from gateway.claim import Frequency
from gateway.errors import UsageError
from gateway.ledger import Transaction, claims, visits
from gateway.ledger.claims import StoredClaim
from gateway.lifecycle import ClaimState
from gateway.service.claims.replacing import PAST
from gateway.service.office import Office


def newest(versions: Sequence[StoredClaim]) -> StoredClaim:
    """Give the newest of the versions of a claim that stands; the last one if none does. A void that was given up does not."""
    standing = (
        one
        for one in reversed(versions)
        if one.state not in PAST and not (one.state is ClaimState.CLOSED and one.frequency == Frequency.VOID)
    )
    return next(standing, versions[-1])


def named(tx: Transaction, office: Office, name: str) -> StoredClaim:
    """Give a claim version by its patient control number, or by the key of its visit the newest one that stands.

    Raises UsageError if there is none.
    """
    practice = office.practice.key
    visit = visits.find(tx, practice, name)
    versions = claims.of_visit(tx, practice, visit.visit_id) if visit else ()
    claim = newest(versions) if versions else claims.by_pcn(tx, practice, name.upper())
    if claim is None:
        raise UsageError(f"there is no claim, and no visit with a claim, called {name}; see: gateway claims list")
    return claim
