"""Keep back, when files are sealed, what a ledger that was lost may have sent already.

A claim is known again by its patient control number, or, when its visit came in again, by member, day and charge. Where a
partner shows no copies of our files, nothing new for the days before the restore goes out unasked.
"""

from zoneinfo import ZoneInfo

from gateway.batch import Batch
from gateway.claim import Claim
from gateway.edi.read.own_claims import read_own
from gateway.edi.write import professional
from gateway.ledger import Transaction, doubts
from gateway.ledger.claims import StoredClaim
from gateway.ledger.doubts import Doubt
from gateway.money import cents
from gateway.partner import TradingPartner
from gateway.service.office import Office

Pair = tuple[StoredClaim, Claim]
_FREE = "if it never arrived: gateway reconcile --free {} --by NAME --reason TEXT"


def undoubted(
    office: Office, partner: TradingPartner, ready: list[Pair]
) -> tuple[list[Pair], list[tuple[StoredClaim, str]]]:
    """Give the claims that may be sealed, and those that are kept back with the reason and what to do."""
    practice = office.practice.key
    with office.ledger.reading() as tx:
        known = doubts.every(tx, practice)
        if not known:
            return ready, []
        good: list[Pair] = []
        kept: list[tuple[StoredClaim, str]] = []
        strangers: list[tuple[StoredClaim, Doubt]] = []
        for stored, body in ready:
            doubt = _about(tx, office, partner, (stored, body), known)
            if doubt is None:
                good.append((stored, body))
            elif doubt.pcn:
                kept.append((stored, f"{doubt.why}; {_FREE.format(doubt.pcn)}"))
            else:
                strangers.append((stored, doubt))
    return good, kept + [_doubted(office, stored, doubt) for stored, doubt in strangers]


def _about(
    tx: Transaction, office: Office, partner: TradingPartner, pair: Pair, known: tuple[Doubt, ...]
) -> Doubt | None:
    stored, body = pair
    own = next((one for one in known if one.pcn == stored.pcn), None)
    if own is not None:
        return None if own.freed_by else own
    open_ones = [one for one in known if not one.freed_by]
    like = _likeness(tx, office, partner, body) if any(one.likeness for one in open_ones) else ""
    for one in open_ones:
        if like and one.likeness == like:
            return one
    for one in open_ones:
        if not one.pcn and one.partner == partner.name and stored.day <= one.at.astimezone(_zone(office)).date():
            return one
    return None


def _doubted(office: Office, stored: StoredClaim, doubt: Doubt) -> tuple[StoredClaim, str]:
    """Give a claim that is only feared a doubt of its own, so that a person can free it by its number."""
    why = f"its visit is from before the restore, and {doubt.why}"
    with office.ledger.writing() as tx:
        doubts.add(
            tx,
            office.practice.key,
            partner=stored.partner,
            pcn=stored.pcn,
            like="",
            was_seen=False,
            why=why,
            at=office.clock.now(),
        )
    return stored, f"{why}; {_FREE.format(stored.pcn)}"


def _likeness(tx: Transaction, office: Office, partner: TradingPartner, claim: Claim) -> str:
    """Write the claim and read it back, so that both sides of the comparison are what the wire says."""
    batch = Batch(
        practice=office.practice,
        partner=partner,
        claims=(claim,),
        interchange=1,
        group=1,
        reference="1",
        at=office.clock.now().astimezone(_zone(office)),
    )
    (own,) = read_own(professional.write(batch)).claims
    return doubts.likeness(tx, office.practice.key, member=own.member, day=own.day, cents=cents(own.charge))


def _zone(office: Office) -> ZoneInfo:
    return ZoneInfo(office.practice.zone)
