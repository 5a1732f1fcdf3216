"""Claims as people and programs ask to see them. Nothing here changes anything."""

from collections import Counter
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from gateway.claim import Claim
from gateway.errors import UsageError
from gateway.ledger import Transaction, claims, denials, desk, events, inbound, outbox, visits
from gateway.ledger import remittances as money
from gateway.ledger.claims import StoredClaim, StoredLine
from gateway.ledger.denials import StoredDenial
from gateway.ledger.desk import DeskItem
from gateway.ledger.events import Logged
from gateway.ledger.inbound import StoredAnswer
from gateway.ledger.left_to_others import BY_HAND, SENT_ON, LeftToOthers, left_by
from gateway.ledger.lists import Page
from gateway.ledger.remittances import Balance, StoredPayment
from gateway.lifecycle import OWNERS, ClaimState
from gateway.listing import Asked, Field, Kind
from gateway.service.claims.named import newest
from gateway.service.money.written_off import as_it_stands
from gateway.service.office import Office
from gateway.service.views.lists import Lister


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimListed(StoredClaim):
    """A claim as a list shows it.

    left   what it leaves to a payer that is not billed here; None where it leaves nothing
    owner  whose the next step is: of what was denied, whose its open denials are
    """

    left: LeftToOthers | None
    owner: str


def _with_what_is_left(tx: Transaction, practice: str, asked: Asked) -> Page[ClaimListed]:
    page = claims.page_of(tx, practice, asked)
    ids = [one.id for one in page.rows]
    left, owners = left_by(tx, practice, ids), denials.owners(tx, practice, ids)
    fields = StoredClaim.__dataclass_fields__
    shown = (
        ClaimListed(
            **{name: getattr(one, name) for name in fields},
            left=left.get(one.id),
            owner=", ".join(owners.get(one.id, (OWNERS[one.state],))),
        )
        for one in page.rows
    )
    return Page(tuple(shown), page.next_after)


CLAIMS: Final = Lister(
    plural="claims",
    fields=(
        Field(name="state", kind=Kind.CHOICE, says="where a claim stands", choices=tuple(ClaimState)),
        Field(name="payer", kind=Kind.CODE, says="the payer's id"),
        Field(name="partner", kind=Kind.CODE, says="the trading partner that it goes by"),
        Field(name="claim", kind=Kind.CODE, says="its patient control number"),
        Field(name="visit", kind=Kind.CODE, says="the key of its visit"),
        Field(name="carc", kind=Kind.CODE, says="a reason that a line of it was denied for, open or closed"),
        Field(
            name="left",
            kind=Kind.CHOICE,
            says="what its payers leave to another payer: to be billed by hand, or sent on to it by themselves",
            choices=(BY_HAND, SENT_ON),
        ),
        Field(name="day", kind=Kind.DAY, says="day of service"),
        Field(name="age", kind=Kind.AGE, says="days since the service"),
        Field(name="charge", kind=Kind.MONEY, says="what was charged"),
    ),
    source=claims.LIST,
    page_of=_with_what_is_left,
    configured={"payer": attrgetter("payers"), "partner": attrgetter("partners")},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """A service line and the cents in each bucket, as the payer says them; none while no payer has answered."""

    line: StoredLine
    buckets: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimShown:
    """A claim's timeline: every state, what caused it, when; its lines, answers, payments and denials.

    of_claim  the cents in each bucket that the payer adjusted for the claim as a whole, beside its lines
    waits     what is open on the desk for it
    """

    claim: StoredClaim
    body: Claim
    versions: tuple[StoredClaim, ...]
    lines: tuple[LineShown, ...]
    of_claim: dict[str, int]
    file: str
    timeline: tuple[Logged, ...]
    answers: tuple[StoredAnswer, ...]
    payments: tuple[StoredPayment, ...]
    denials: tuple[StoredDenial, ...]
    waits: tuple[DeskItem, ...]


def _of_claim(balances: dict[int, Balance]) -> dict[str, int]:
    """Add up, by bucket, what the payer said for the claim as a whole."""
    sums: Counter[str] = Counter()
    for one in balances.values():
        sums.update(one.of_claim)
    return {bucket: its_cents for bucket, its_cents in sums.items() if its_cents}


def claim_shown(office: Office, name: str) -> ClaimShown:
    """Show a claim by its patient control number, or by the key of its visit the newest that stands. Raises UsageError."""
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
            claim = newest(found)
        balances = money.balances(tx, practice, claim.id)
        carrier = outbox.carrying(tx, practice, claim.id)
        # What was given up, and a claim's own adjustments in it, is shown whole.
        by_the_payer = claim.state is not ClaimState.CLOSED

        def own(line_id: int) -> dict[str, int]:
            balance = balances.get(line_id, Balance({}, {}))
            return balance.own if by_the_payer else balance.whole

        return ClaimShown(
            claim=claim,
            body=claims.body_of(tx, practice, claim.id),
            versions=claims.of_visit(tx, practice, claim.visit_id),
            lines=tuple(
                LineShown(line=line, buckets=as_it_stands(claim.state, line.charge_cents, own(line.id)))
                for line in claims.lines_of(tx, practice, claim.id)
            ),
            of_claim=_of_claim(balances) if by_the_payer else {},
            file=carrier.name if carrier else "",
            timeline=events.read(tx, practice, claim=claim.pcn, limit=1000),
            answers=inbound.answers_about(tx, practice, claim_version_id=claim.id),
            payments=money.payments_of(tx, practice, claim_version_id=claim.id),
            denials=denials.listed(tx, practice, state="", pcn=claim.pcn),
            waits=desk.of_claims(tx, practice, [claim.pcn]),
        )
