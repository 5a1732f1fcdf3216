"""The laws, checked on what the ledger holds, and the figures a practice wants to see.

a  every visit is in exactly one state, and every answered line's charge is exactly divided into its buckets
b  no claim version is in two files
c  the bytes of a sealed file have the hash they were sealed with
d  of every posted remittance, posted + parked = what was paid
g  every claim version's state is the one that its last move in the log led to, by an artefact
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from gateway.delivery import Delivery
from gateway.desk import ItemState
from gateway.ledger import Transaction, claims, desk, doubts, laws, outbox, visits
from gateway.ledger import remittances as money
from gateway.ledger.doubts import Doubt
from gateway.lifecycle import ClaimState, VisitState
from gateway.money import ZERO, from_cents, shown
from gateway.service.office import Office, quietly

_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """One law, and what breaks it; nothing when it holds."""

    law: str
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """How the practice stands.

    visits, claims, files  how many are in each state; claims are current versions
    charged                dollars charged on the current version of every claim
    buckets                dollars of that in each bucket, `not yet answered` among them; they add up to `charged`
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
    files: dict[Delivery, int]
    charged: Decimal
    buckets: dict[str, Decimal]
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
        broken = _broken(tx, office, tell)
        tell("adding up the money")
        charged, buckets = _buckets(tx, practice)
        set_aside_count, set_aside = laws.set_aside_total(tx, practice)
        kept = desk.held(tx, practice)
        off = sum(abs(amount) for amount in (*(c for *_, c in broken.lines), *(c for _, c in broken.paid)))
        return Reconciled(
            visits=visits.count_by_state(tx, practice),
            claims={state: number for state, (number, _) in claims.count_by_state(tx, practice).items()},
            files=_files(tx, practice),
            charged=charged,
            buckets=buckets,
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
            lost=len(broken.lost),
            duplicated=len(broken.twice),
            unexplained=from_cents(off),
            laws=broken.laws(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Broken:
    """What breaks each law: claims and visits, lines and remittances with the cents that they are off by, files."""

    lost: tuple[str, ...]
    lines: tuple[tuple[str, str, int], ...]
    twice: tuple[str, ...]
    changed: tuple[str, ...]
    paid: tuple[tuple[int, int], ...]
    unseen: tuple[str, ...]
    nobody: tuple[str, ...]
    unproved: tuple[str, ...]
    alone: tuple[tuple[str, int], ...]

    def laws(self) -> tuple[Law, ...]:
        """Say each law, with what breaks it."""
        return (
            Law(law="every visit and claim is somewhere", broken=self.lost),
            Law(
                law="every answered line is divided to the cent",
                broken=tuple(f"claim {pcn} line {line}: off by {shown(from_cents(c))}" for pcn, line, c in self.lines),
            ),
            Law(law="no claim version is in two files", broken=self.twice),
            Law(law="the bytes of sealed files never changed", broken=self.changed),
            Law(
                law="posted and parked money is what was paid",
                broken=tuple(f"remittance {one}: off by {shown(from_cents(c))}" for one, c in self.paid),
            ),
            Law(
                law="what was set off came to nothing together",
                broken=tuple(f"payer {payer}: off by {shown(from_cents(c))}" for payer, c in self.alone),
            ),
            Law(law="every denied dollar is on somebody's list", broken=self.unseen),
            Law(
                law="every partner that something waits for is configured",
                broken=tuple(f"partner {name} has no file in partners/" for name in self.nobody),
            ),
            Law(law="every state was entered on evidence", broken=self.unproved),
        )


def _broken(tx: Transaction, office: Office, tell: Callable[[str], None]) -> _Broken:
    practice = office.practice.key
    tell("is every visit and claim somewhere")
    lost = (
        *laws.visits_without_a_claim(tx, practice),
        *laws.claims_without_a_file(tx, practice),
        *laws.claims_half_answered(tx, practice),
    )
    tell("is every answered line divided to the cent")
    lines = laws.lines_not_divided(tx, practice)
    tell("is any claim version in two files")
    twice = laws.claims_in_two_files(tx, practice)
    tell("are the bytes of sealed files as they were")
    changed = tuple(_changed(tx, practice))
    tell("is posted and parked money what was paid")
    paid = (
        *laws.remittances_not_divided(tx, practice),
        *laws.payments_not_divided(tx, practice),
        *laws.desk_not_as_parked(tx, practice),
    )
    tell("is the desk as it says")
    alone = laws.set_off_alone(tx, practice)
    tell("is every denied dollar on somebody's list")
    unseen = laws.denied_without_a_denial(tx, practice)
    nobody = laws.partners_waited_for(tx, practice) - set(office.settings.partners)
    tell("was every state entered on evidence")
    unproved = laws.claims_without_evidence(tx, practice)
    return _Broken(
        lost=lost,
        lines=lines,
        twice=twice,
        changed=changed,
        paid=paid,
        unseen=unseen,
        nobody=tuple(sorted(nobody)),
        unproved=unproved,
        alone=alone,
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


def kept_back(office: Office) -> tuple[Doubt, ...]:
    """List the claims that are not sealed, because a ledger that was lost may have sent them."""
    with office.ledger.reading() as tx:
        return doubts.kept_back(tx, office.practice.key)


def _files(tx: Transaction, practice: str) -> dict[Delivery, int]:
    counts: dict[Delivery, int] = {}
    for file in _each(tx, practice):
        counts[file.state] = counts.get(file.state, 0) + 1
    return counts


def _changed(tx: Transaction, practice: str) -> Iterator[str]:
    for file in _each(tx, practice):
        body, leaves = outbox.bytes_of(tx, practice, file.id), outbox.wire_of(tx, practice, file.id)
        if sha256(body).hexdigest() != file.sha256 or sha256(leaves).hexdigest() != file.wire_sha256:
            yield f"file {file.name}"


def _each(tx: Transaction, practice: str) -> Iterator[outbox.SealedFile]:
    after = 0
    while page := outbox.files(tx, practice, after=after, limit=_PAGE):
        yield from page
        after = page[-1].id
