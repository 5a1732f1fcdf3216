"""The claim that a person means."""

from gateway.errors import UsageError
from gateway.ledger import Transaction, claims, visits
from gateway.ledger.claims import StoredClaim
from gateway.service.office import Office


def named(tx: Transaction, office: Office, name: str) -> StoredClaim:
    """Give a claim version by its patient control number, or the newest of a visit by the visit's key.

    Raises UsageError if there is none.
    """
    practice = office.practice.key
    visit = visits.find(tx, practice, name)
    versions = claims.of_visit(tx, practice, visit.visit_id) if visit else ()
    claim = versions[-1] if versions else claims.by_pcn(tx, practice, name.upper())
    if claim is None:
        raise UsageError(f"there is no claim, and no visit with a claim, called {name}; see: gateway claims list")
    return claim
