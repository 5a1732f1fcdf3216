"""What a payer remembers of earlier files: its answers by claim, and what a provider still owes it.

A `FileMemory` is what one file adds; a `History` is all of them together. Both are values of the past only: the same
memories give the same history, whenever the simulator was started.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from gateway.money import ZERO
from gateway.simulator.answered import AnsweredClaim, Later, Recovery

_UNREAD: Final = "MA130"
"""The remark that says: never adjudicated, to be sent afresh."""


class Debt(NamedTuple):
    """What a payment run could not recover: carried forward under a reference (PLB, FB)."""

    amount: Decimal
    reference: str


class Sender(NamedTuple):
    """Who sent an interchange through which clearinghouse, and its ISA13."""

    partner: str
    qualifier: str
    id: str
    control: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the simulator did, for a person to read."""

    files: int = 0
    unreadable: int = 0
    interchanges_rejected: int = 0
    sets_rejected: int = 0
    claims_accepted: int = 0
    claims_rejected: int = 0
    claims_paid: int = 0
    claims_denied: int = 0
    claims_reversed: int = 0
    paid: Decimal = ZERO

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(
            files=self.files + other.files,
            unreadable=self.unreadable + other.unreadable,
            interchanges_rejected=self.interchanges_rejected + other.interchanges_rejected,
            sets_rejected=self.sets_rejected + other.sets_rejected,
            claims_accepted=self.claims_accepted + other.claims_accepted,
            claims_rejected=self.claims_rejected + other.claims_rejected,
            claims_paid=self.claims_paid + other.claims_paid,
            claims_denied=self.claims_denied + other.claims_denied,
            claims_reversed=self.claims_reversed + other.claims_reversed,
            paid=self.paid + other.paid,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMemory:
    """What one file adds to what is known.

    senders   its interchanges that were taken
    claims    the claims that were adjudicated
    ended     payer claim numbers that were replaced or voided
    debts     what each billing provider owes each payer afterwards, where the file changed it
    recovers  what is kept back for each claim afterwards, where the file changed it
    later     what is still to be said
    dropped   payer claim numbers of which nothing more is said
    steered   for each claim that a scenario steers, the place of the entry that does
    rounds    the partner whose round this is, and which
    written   interchanges that were written in answer
    """

    senders: tuple[Sender, ...] = ()
    claims: tuple[AnsweredClaim, ...] = ()
    ended: tuple[str, ...] = ()
    debts: tuple[tuple[str, str, Debt], ...] = ()
    recovers: tuple[Recovery, ...] = ()
    later: tuple[Later, ...] = ()
    dropped: tuple[str, ...] = ()
    steered: tuple[int, ...] = ()
    rounds: tuple[tuple[str, int], ...] = ()
    written: int = 0
    counts: Counts = field(default_factory=Counts)

    def plus(self, other: "FileMemory") -> "FileMemory":
        """Both together, this one first."""
        return FileMemory(
            senders=(*self.senders, *other.senders),
            claims=(*self.claims, *other.claims),
            ended=(*self.ended, *other.ended),
            debts=(*self.debts, *other.debts),
            recovers=(*self.recovers, *other.recovers),
            later=(*self.later, *other.later),
            dropped=(*self.dropped, *other.dropped),
            steered=(*self.steered, *other.steered),
            rounds=(*self.rounds, *other.rounds),
            written=self.written + other.written,
            counts=self.counts.plus(other.counts),
        )


class History:
    """All that is remembered. `add` is the only way to change it; copy it before you try something."""

    def __init__(self, memories: Iterable[FileMemory] = ()) -> None:
        self._senders: set[Sender] = set()
        self._claims: dict[str, AnsweredClaim] = {}
        self._by_member: dict[tuple[str, str], tuple[str, ...]] = {}
        self._ended: set[str] = set()
        self._debts: dict[tuple[str, str], Debt] = {}
        self._recovers: dict[tuple[str, str, str], Recovery] = {}
        self._later: tuple[Later, ...] = ()
        self._steered: Counter[int] = Counter()
        self._rounds: dict[str, int] = {}
        self.written = 0
        self.counts = Counts()
        for one in memories:
            self.add(one)

    def copy(self) -> "History":
        """Give a history of its own that knows the same."""
        twin = History()
        twin._senders = set(self._senders)
        twin._claims = dict(self._claims)
        twin._by_member = dict(self._by_member)
        twin._ended = set(self._ended)
        twin._debts = dict(self._debts)
        twin._recovers, twin._later = dict(self._recovers), self._later
        twin._steered, twin._rounds = Counter(self._steered), dict(self._rounds)
        twin.written, twin.counts = self.written, self.counts
        return twin

    def add(self, one: FileMemory) -> None:
        """Remember what a file adds."""
        self._senders.update(one.senders)
        for claim in one.claims:
            self._claims[claim.number] = claim
            key = (claim.payer, claim.member)
            known = self._by_member.get(key, ())
            # What is said of a claim again takes the place of what was said before.
            self._by_member[key] = known if claim.number in known else (*known, claim.number)
        self._ended.update(one.ended)
        self._debts.update({(payer, npi): debt for payer, npi, debt in one.debts})
        self._recovers.update({(each.payer, each.npi, each.reference): each for each in one.recovers})
        self._steered.update(one.steered)
        self._rounds.update(one.rounds)
        if one.later or one.dropped or one.rounds:
            waiting = (each for each in (*self._later, *one.later) if each.of not in one.dropped)
            self._later = tuple(each for each in waiting if each.due > self.round(each.partner))
        self.written += one.written
        self.counts = self.counts.plus(one.counts)

    def has_seen(self, sender: Sender) -> bool:
        """Tell whether an interchange of this number was taken before."""
        return sender in self._senders

    def claim(self, payer: str, number: str) -> AnsweredClaim | None:
        """Give the payer's claim that can still be replaced or voided."""
        found = self._claims.get(number)
        return None if found is None or found.payer != payer or number in self._ended else found

    def standing(self, payer: str, member: str) -> tuple[AnsweredClaim, ...]:
        """Give the member's claims that were neither replaced nor voided, oldest first."""
        numbers = self._by_member.get((payer, member), ())
        return tuple(self._claims[number] for number in numbers if number not in self._ended)

    def debt(self, payer: str, npi: str) -> Debt:
        """Give what the provider owes the payer from earlier payment runs."""
        return self._debts.get((payer, npi), Debt(ZERO, ""))

    def recovers(self, payer: str, npi: str) -> tuple[Recovery, ...]:
        """Give what the payer has still to keep back of the provider's payments, oldest first."""
        return tuple(one for one in self._recovers.values() if (one.payer, one.npi) == (payer, npi) and one.left)

    def later(self, partner: str) -> tuple[Later, ...]:
        """Give what is still to be said through a partner, in the order in which it was decided."""
        return tuple(one for one in self._later if one.partner == partner)

    def round(self, partner: str) -> int:
        """Give the last round that was said through a partner; 0 before the first."""
        return self._rounds.get(partner, 0)

    def steered(self, entry: int) -> int:
        """Give how many claims an entry of the scenario has steered."""
        return self._steered[entry]

    def deductible_taken(self, payer: str, member: str, year: int) -> Decimal:
        """Give how much deductible the member's standing claims of that year have met."""
        lines = (line for claim in self.standing(payer, member) for line in claim.lines if line.day.year == year)
        return sum((line.patient("1") for line in lines), ZERO)

    def paid_days(self, payer: str, member: str, authorization: str = "") -> frozenset[date]:
        """Give the member's days of service that were allowed, under that authorization if one is named."""
        days: set[date] = set()
        for claim in self.standing(payer, member):
            if not authorization or claim.authorization == authorization:
                days |= claim.paid_days
        return frozenset(days)

    def was_answered(self, payer: str, member: str, rendering: str, procedure: tuple[str, ...], served: date) -> bool:
        """Tell whether the procedure of that day stands on a claim of the same provider that was adjudicated."""
        return any(
            line.procedure[:2] == procedure[:2] and line.day == served and _UNREAD not in line.remarks
            for claim in self.standing(payer, member)
            if claim.rendering == rendering
            for line in claim.lines
        )
