"""The laws, checked on what the ledger holds, and the figures a practice wants to see.

a  every visit is in exactly one state, and every answered line's charge is exactly divided into its buckets; what payers
   said they paid is what stands, and nobody is asked for the same money twice
b  no claim version is in two files
c  the bytes of a sealed file have the hash they were sealed with
d  of every posted remittance, posted + parked = what was paid; every sum in doubt is on somebody's list
g  every claim version's state is the one that its last move in the log led to, by an artefact
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from gateway.delivery import Delivery
from gateway.desk import ItemKind, ItemState
from gateway.ledger import Transaction, claims, denials, desk, doubts, laws, visits
from gateway.ledger import remittances as money
from gateway.ledger.doubts import Doubt
from gateway.lifecycle import ClaimState, VisitState
from gateway.money import ZERO, from_cents
from gateway.service.money.check_laws import Law, check_laws, each_file
from gateway.service.office import Office, quietly

_SOON: Final = timedelta(days=7)
ANSWERED_WITHIN: Final = timedelta(days=45)
"""After so many days from the service somebody asks the payer: prompt-pay laws give it 30 to 45 (Medicaid: 42 CFR 447.45(d))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What is open on the desk of one kind: how many items, their dollars, and since how many days the oldest waits."""

    kind: ItemKind
    items: int
    amount: Decimal
    oldest_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """What is denied and open: how many lines, their dollars, and how many of them are due within a week or were."""

    lines: int
    amount: Decimal
    due_soon: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """What payers have for longer than they should without an answer: how many claims, and what is charged on them."""

    claims: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """How the practice stands.

    visits, claims, files  how many are in each state; claims are current versions
    claims_charged         dollars charged on the claims in each state; replaced ones are billed no more and count nowhere
    charged                dollars charged on the current version of every claim
    buckets                dollars of that in each bucket, `not yet answered` among them; they add up to `charged`
    desk                   what is open on the desk, by kind
    denied                 what is denied and open
    unanswered             what payers have had for more than 45 days, counted from the service, and not answered
    parked, set_aside      dollars on the desk of which nobody has decided; dollars of remittances set aside
    accounts               dollars on each account of provider adjustments (PLB), also what is open of them
    paid_back, not_ours    dollars that came, belong to no line, and were paid back or closed by a person
    on_earlier_versions    dollars paid on claim versions that a later one stands for; a reversal should follow
    overdue                files that the partner has not acknowledged in time, each with what to do
    lost                   claims and visits that are nowhere they should be
    duplicated             claim versions that are in more than one file
    unexplained            dollars that no bucket accounts for
    """

    visits: dict[VisitState, int]
    claims: dict[ClaimState, int]
    claims_charged: dict[ClaimState, Decimal]
    files: dict[Delivery, int]
    charged: Decimal
    buckets: dict[str, Decimal]
    desk: tuple[Waiting, ...]
    denied: Denied
    unanswered: Unanswered
    parked: Decimal
    accounts: dict[str, Decimal]
    paid_back: Decimal
    not_ours: Decimal
    set_aside: Decimal
    remittances_set_aside: int
    on_earlier_versions: Decimal
    overdue: tuple[str, ...]
    lost: int
    duplicated: int
    unexplained: Decimal
    laws: tuple[Law, ...]

    @property
    def holds(self) -> bool:
        """Whether every law holds."""
        return not any(law.broken for law in self.laws)


def reconcile(office: Office, tell: Callable[[str], None] = quietly) -> Reconciled:
    """Check every law on one snapshot of the ledger.

    tell  is told each question as it is begun: a full ledger takes a while
    """
    practice = office.practice.key
    with office.ledger.reading() as tx:
        checked = check_laws(tx, office, tell)
        tell("adding up the money")
        charged, buckets = _buckets(tx, practice)
        set_aside_count, set_aside = laws.set_aside_total(tx, practice)
        kept = desk.held(tx, practice)
        by_state = claims.count_by_state(tx, practice)
        return Reconciled(
            visits=visits.count_by_state(tx, practice),
            claims={state: number for state, (number, _) in by_state.items()},
            claims_charged={
                state: from_cents(cents) for state, (_, cents) in by_state.items() if state is not ClaimState.REPLACED
            },
            files=_files(tx, practice),
            charged=charged,
            buckets=buckets,
            desk=_desk(tx, office),
            denied=_denied(tx, office),
            unanswered=_unanswered(tx, office),
            parked=from_cents(kept.open),
            accounts={name: from_cents(amount) for name, amount in sorted(kept.accounts.items())},
            paid_back=from_cents(kept.ended.get(ItemState.RETURNED, 0)),
            not_ours=from_cents(kept.ended.get(ItemState.CLOSED, 0)),
            set_aside=from_cents(set_aside),
            remittances_set_aside=set_aside_count,
            on_earlier_versions=from_cents(laws.paid_on_earlier_versions(tx, practice)),
            overdue=tuple(
                f"file {name}: {partner} has sent no TA1 or 999 by {due:%Y-%m-%d %H:%M} UTC; gateway collect, then ask them"
                for partner, name, due in laws.overdue_files(tx, practice, office.clock.now())
            ),
            lost=checked.lost,
            duplicated=checked.duplicated,
            unexplained=from_cents(checked.unexplained_cents),
            laws=checked.laws,
        )


def _buckets(tx: Transaction, practice: str) -> tuple[Decimal, dict[str, Decimal]]:
    charged, answered = laws.charges(tx, practice)
    buckets = {name: from_cents(amount) for name, amount in money.totals_by_bucket(tx, practice).items()}
    unanswered, denied = laws.given_up(tx, practice)
    buckets["not yet answered"] = from_cents(charged - answered - unanswered)
    if unanswered or denied:
        buckets["written off"] = buckets.get("written off", ZERO) + from_cents(unanswered + denied)
        buckets["denied"] = buckets.get("denied", ZERO) - from_cents(denied)
    return from_cents(charged), buckets


def _desk(tx: Transaction, office: Office) -> tuple[Waiting, ...]:
    today, zone = office.clock.today(), office.clock.zone
    return tuple(
        Waiting(
            kind=one.kind,
            items=one.items,
            amount=from_cents(one.cents),
            oldest_days=max(0, (today - one.oldest.astimezone(zone).date()).days),
        )
        for one in desk.open_by_kind(tx, office.practice.key)
    )


def _denied(tx: Transaction, office: Office) -> Denied:
    one = denials.open_total(tx, office.practice.key, due_by=office.clock.today() + _SOON)
    return Denied(lines=one.lines, amount=from_cents(one.cents), due_soon=one.due)


def _unanswered(tx: Transaction, office: Office) -> Unanswered:
    number, charge = claims.unanswered(tx, office.practice.key, before=office.clock.today() - ANSWERED_WITHIN)
    return Unanswered(claims=number, amount=from_cents(charge))


def kept_back(office: Office) -> tuple[Doubt, ...]:
    """List the claims that are not sealed, because a ledger that was lost may have sent them."""
    with office.ledger.reading() as tx:
        return doubts.kept_back(tx, office.practice.key)


def _files(tx: Transaction, practice: str) -> dict[Delivery, int]:
    counts: dict[Delivery, int] = {}
    for file in each_file(tx, practice):
        counts[file.state] = counts.get(file.state, 0) + 1
    return counts
