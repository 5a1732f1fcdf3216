"""What a payer remembers of earlier files: its answers by claim, and what a provider still owes it.

A `FileMemory` is what one file adds; a `History` is all of them together. Both are values of the past only: the same
memories give the same history, whenever the simulator was started.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from gateway.money import ZERO
from gateway.remittance import REVERSAL, Adjustment, GroupCode

DENIED: Final = "4"
"""CLP02 of a claim of which every line was denied."""

_UNREAD: Final = "MA130"
"""The remark that says: never adjudicated, to be sent afresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredLine:
    """What became of a service line (loop 2110). `allowed` is AMT*B6; `until` the last day of service."""

    procedure: tuple[str, ...]
    charge: Decimal
    paid: Decimal
    units: Decimal
    day: date
    until: date
    control: str
    allowed: Decimal
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...] = ()

    def patient(self, *carcs: str) -> Decimal:
        """The patient's share for these reasons, for all if none is named."""
        shares = (one for one in self.adjustments if one.group is GroupCode.PATIENT)
        return sum((one.amount for one in shares if not carcs or one.carc in carcs), ZERO)

    @property
    def is_denied(self) -> bool:
        """Tell whether the plan allowed nothing of what was charged."""
        return self.charge != ZERO and self.allowed == ZERO

    def taken_back(self) -> "AnsweredLine":
        """The same with its amounts negated, as a reversal has them."""
        return replace(
            self,
            charge=-self.charge,
            paid=-self.paid,
            allowed=-self.allowed,
            adjustments=tuple(one._replace(amount=-one.amount) for one in self.adjustments),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredClaim:
    """What became of a claim (loop 2100), with what later files need to know of it.

    number       the payer's claim number (CLP07, REF*1K)
    status       CLP02
    replaces     the payer's number of the claim whose place it took (REF*F8)
    """

    number: str
    control: str
    status: str
    payer: str
    member: str
    patient_last: str = field(repr=False)
    patient_first: str = field(repr=False)
    billing_npi: str
    billing_name: str
    billing_tax_id: str
    rendering: str
    filing_code: str
    place_of_service: str
    frequency: str
    authorization: str
    replaces: str = ""
    lines: tuple[AnsweredLine, ...]

    @property
    def charge(self) -> Decimal:
        """CLP03."""
        return sum((line.charge for line in self.lines), ZERO)

    @property
    def paid(self) -> Decimal:
        """CLP04."""
        return sum((line.paid for line in self.lines), ZERO)

    @property
    def paid_days(self) -> frozenset[date]:
        """The days of which a line was allowed."""
        return frozenset(line.day for line in self.lines if not line.is_denied)

    def taken_back(self) -> "AnsweredClaim":
        """Its reversal: CLP02 = 22, amounts negated (005010X221A1 sec. 1.10.2.8)."""
        return replace(self, status=REVERSAL, lines=tuple(line.taken_back() for line in self.lines))


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
    written   interchanges that were written in answer
    """

    senders: tuple[Sender, ...] = ()
    claims: tuple[AnsweredClaim, ...] = ()
    ended: tuple[str, ...] = ()
    debts: tuple[tuple[str, str, Debt], ...] = ()
    written: int = 0
    counts: Counts = field(default_factory=Counts)

    def plus(self, other: "FileMemory") -> "FileMemory":
        """Both together, this one first."""
        return FileMemory(
            senders=(*self.senders, *other.senders),
            claims=(*self.claims, *other.claims),
            ended=(*self.ended, *other.ended),
            debts=(*self.debts, *other.debts),
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
        twin.written, twin.counts = self.written, self.counts
        return twin

    def add(self, one: FileMemory) -> None:
        """Remember what a file adds."""
        self._senders.update(one.senders)
        for claim in one.claims:
            self._claims[claim.number] = claim
            key = (claim.payer, claim.member)
            self._by_member[key] = (*self._by_member.get(key, ()), claim.number)
        self._ended.update(one.ended)
        self._debts.update({(payer, npi): debt for payer, npi, debt in one.debts})
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
