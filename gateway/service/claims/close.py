"""A person decides that nothing more is done about a claim."""

from decimal import Decimal

from gateway.errors import UsageError
from gateway.event import Event
from gateway.ledger import Transaction, claims, denials, desk, remittances, visits
from gateway.ledger.claims import StoredClaim
from gateway.lifecycle import IN_FLIGHT, MOVES, ClaimState, VisitState
from gateway.money import from_cents, shown
from gateway.service.claims.named import named
from gateway.service.decisions import require_authority, visit_decided
from gateway.service.office import Office

_CLOSABLE = (ClaimState.REJECTED, ClaimState.DENIED, ClaimState.PARTIAL, ClaimState.PAID, ClaimState.REVERSED)


def close_claim(office: Office, name: str, *, reason: str) -> StoredClaim:
    """Decide that nothing more is done about a claim, or a void that nobody answers; its open denials are closed with it.

    name  its patient control number, or the key of its visit
    Raises UsageError if there is none, or it is still on its way, or money waits for it on the desk.
    """
    practice, at = office.practice.key, office.clock.now()
    with office.ledger.writing() as tx:
        claim = named(tx, office, name)
        _require_no_money_waits(tx, practice, claim)
        on_its_way = ClaimState.CLOSED in MOVES[claim.state] and claim.state in IN_FLIGHT
        answered = remittances.adjudicated_among(tx, practice, {claim.id: claim.pcn})
        ended = on_its_way and (claim.is_void or claim.id in answered)
        if claim.state not in _CLOSABLE and not ended:
            raise UsageError(f"claim {claim.pcn} is {claim.state}; only an answered or rejected claim can be closed")
        require_authority(
            office, _given_up(tx, practice, claim, is_answered=bool(answered)), f"what is given up of claim {claim.pcn}"
        )
        said = Event(
            kind="claim.closed",
            about=claim.pcn,
            claim=claim.pcn,
            partner=claim.partner,
            said=f"claim {claim.pcn} is closed",
            before=claim.state,
            after=ClaimState.CLOSED,
            artefact="person",
            actor=office.actor,
            reason=reason,
        )
        claims.move(tx, practice, claim, ClaimState.CLOSED, event=said, at=at)
        denials.close_of_claim(tx, practice, claim.id)
        current = visits.find(tx, practice, claim.visit_key)
        if current is not None and current.state in {VisitState.NEW, VisitState.HELD, VisitState.PROPOSED}:
            # Otherwise the next scrub that finds nothing to hold would bill what was just given up.
            unbilled = visit_decided(
                current, VisitState.NOT_BILLED, f"visit {current.key} is not billed", office, reason
            )
            visits.move(tx, practice, current, VisitState.NOT_BILLED, event=unbilled, at=at)
    return claim


def _given_up(tx: Transaction, practice: str, claim: StoredClaim, *, is_answered: bool) -> Decimal:
    """Give the dollars that nobody is asked for any more: what is denied of an answered claim, else all of it."""
    is_whole = not is_answered or claim.state is ClaimState.REVERSED
    return from_cents(claim.charge_cents if is_whole else denials.open_cents(tx, practice, claim.id))


def _require_no_money_waits(tx: Transaction, practice: str, claim: StoredClaim) -> None:
    """Raise UsageError if money is on the desk for any version of the claim: what is closed would lose it."""
    pcns = [one.pcn for one in claims.of_visit(tx, practice, claim.visit_id)]
    waits = desk.of_claims(tx, practice, pcns)
    if waits:
        what = ", ".join(f"item {one.id}: {shown(from_cents(one.left_cents))}, {one.kind}" for one in waits)
        raise UsageError(
            f"money waits for claim {claim.pcn} ({what}); end that first: gateway money show {waits[0].id}; "
            "nothing was changed"
        )
