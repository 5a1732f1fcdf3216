"""The claim that a person means."""

from collections.abc import Sequence

from gateway.errors import UsageError
from gateway.ledger import Transaction, claims, visits
from gateway.ledger.claims import StoredClaim
from gateway.lifecycle import ClaimState
from gateway.service.claims.replacing import PAST
from gateway.service.office import Office


def newest(versions: Sequence[StoredClaim]) -> StoredClaim:
    """Give the newest of the versions of a claim that stands; the last one if none does.

    A void is none of them: it is about one, and meant only by its own number.
    """
    own = [one for one in reversed(versions) if not one.is_void]
    return next((one for one in own if one.state not in PAST), own[0])


def named(tx: Transaction, office: Office, name: str, *, waiting: bool = False) -> StoredClaim:
    """Give a claim version by its patient control number, or by the key of its visit the newest one that stands.

    waiting  of a visit rather what waits for the next batch, a void too
    Raises UsageError if there is none.
    """
    practice = office.practice.key
    visit = visits.find(tx, practice, name)
    versions = claims.of_visit(tx, practice, visit.visit_id) if visit else ()
    ready = next((one for one in reversed(versions) if one.state is ClaimState.READY), None) if waiting else None
    claim = ready or newest(versions) if versions else claims.by_pcn(tx, practice, name.upper())
    if claim is None:
        raise UsageError(f"there is no claim, and no visit with a claim, called {name}; see: gateway claims list")
    return claim
