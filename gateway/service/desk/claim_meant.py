"""The claim that a person names: by its patient control number, or by the key of its visit."""

from gateway.errors import UsageError
from gateway.ledger import Transaction, claims, visits
from gateway.remit.ladder import Step
from gateway.service.claims.replacing import PAST
from gateway.service.money.claims_answered import ClaimsAnswered, Ours, read_claims
from gateway.service.money.find_claims import Found
from gateway.service.office import Office


def claim_meant(
    tx: Transaction,
    office: Office,
    name: str,
    *,
    ordinal: int = 0,
    found_by: Step = Step.PERSON,
    partner: str = "",
) -> tuple[ClaimsAnswered, Ours]:
    """Find the claim among those that may have left: of a visit its newest version that stands. Raises UsageError.

    A void of ours is meant only by its own number.

    ordinal, found_by  of the answer that is laid over it
    partner            one more whose claims may be meant: it is perhaps configured no more
    """
    practice = office.practice.key
    pcn = name.strip().upper()
    visit = visits.find(tx, practice, name)
    versions = claims.of_visit(tx, practice, visit.visit_id) if visit is not None else ()
    own = [one for one in reversed(versions) if not one.is_void]
    names = [one.pcn for one in sorted(own, key=lambda one: one.state in PAST)] or [pcn]
    partners = set(office.settings.partners) | {partner} | {one.partner for one in versions}
    for each in names:
        answered = read_claims(tx, practice, {ordinal: Found(each, found_by)}, partners=partners)
        if answered.by_pcn:
            return answered, answered.by_pcn[each]
    raise UsageError(
        f"there is no claim that has left, and no visit with one, called {name}; see: gateway claims list; nothing was changed"
    )
