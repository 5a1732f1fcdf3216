"""Claims as people and programs ask to see them. Nothing here changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.claim import Claim
from gateway.errors import UsageError
from gateway.ledger import claims, denials, events, inbound, outbox, visits
from gateway.ledger import remittances as money
from gateway.ledger.claims import StoredClaim, StoredLine
from gateway.ledger.denials import StoredDenial
from gateway.ledger.events import Logged
from gateway.ledger.inbound import StoredAnswer
from gateway.ledger.remittances import StoredPayment
from gateway.lifecycle import ClaimState
from gateway.service.money.written_off import as_it_stands
from gateway.service.office import Office
from gateway.service.views.page import Page, page


def claims_listed(
    office: Office,
    *,
    states: Sequence[ClaimState] = (),
    partner: str = "",
    payer: str = "",
    after: int = 0,
    limit: int = 100,
) -> Page[StoredClaim]:
    """List the current version of each claim."""
    with office.ledger.reading() as tx:
        rows = claims.current(
            tx, office.practice.key, states=states, partner=partner, payer=payer, after=after, limit=limit
        )
    return page(rows, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """A service line and the cents in each bucket; none while no payer has answered."""

    line: StoredLine
    buckets: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimShown:
    """A claim's timeline: every state, what caused it, when; its lines, answers, payments and denials."""

    claim: StoredClaim
    body: Claim
    versions: tuple[StoredClaim, ...]
    lines: tuple[LineShown, ...]
    file: str
    timeline: tuple[Logged, ...]
    answers: tuple[StoredAnswer, ...]
    payments: tuple[StoredPayment, ...]
    denials: tuple[StoredDenial, ...]


def claim_shown(office: Office, name: str) -> ClaimShown:
    """Show a claim by its patient control number, or the newest of a visit by the visit's key. Raises UsageError."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        claim = claims.by_pcn(tx, practice, name.upper())
        if claim is None:
            visit = visits.find(tx, practice, name)
            found = claims.of_visit(tx, practice, visit.visit_id) if visit else ()
            if not found:
                raise UsageError(
                    f"there is no claim, and no visit with a claim, called {name}; see: gateway claims list"
                )
            claim = found[-1]
        balances = money.balances(tx, practice, claim.id)
        carrier = outbox.carrying(tx, practice, claim.id)
        return ClaimShown(
            claim=claim,
            body=claims.body_of(tx, practice, claim.id),
            versions=claims.of_visit(tx, practice, claim.visit_id),
            lines=tuple(
                LineShown(line=line, buckets=as_it_stands(claim.state, line.charge_cents, balances.get(line.id, {})))
                for line in claims.lines_of(tx, practice, claim.id)
            ),
            file=carrier.name if carrier else "",
            timeline=events.read(tx, practice, claim=claim.pcn, limit=1000),
            answers=inbound.answers_about(tx, practice, claim_version_id=claim.id),
            payments=money.payments_of(tx, practice, claim_version_id=claim.id),
            denials=denials.listed(tx, practice, state="", pcn=claim.pcn),
        )
