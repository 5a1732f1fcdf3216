"""What a payer says of a claim: its lines and money, how that stands in a remittance, and what is said of it later."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from gateway.money import ZERO
from gateway.remittance import REVERSAL, Adjustment, GroupCode

DENIED: Final = "4"
"""CLP02 of a claim of which every line was denied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredLine:
    """What became of a service line (loop 2110). `allowed` is AMT*B6; `until` the last day of service.

    billed  what was billed where it is answered under another procedure (SVC06); empty where it is not
    """

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
    billed: tuple[str, ...] = ()

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer as it stands in a remittance, where that is not as every day.

    pays_as     the id under which the payer pays; empty is its own
    sent_on_to  the id of the payer to whom it was crossed over (NM1*TT)
    trace       TRN02 of a payment of its own; empty goes with the others
    is_off      CLP04 is a cent more than what the lines say
    parts       in how many parts it is recovered, as carried forward (FB) and then kept back (WO); 0 is as every day
    is_kept     whether it becomes what stands of the claim
    number      the payer's claim number that is told in place of the one it goes by in the payer's books
    has_lines   whether its lines are told; else the claim is adjusted as a whole
    """

    claim: AnsweredClaim
    pays_as: str = ""
    sent_on_to: str = ""
    trace: str = ""
    is_off: bool = False
    parts: int = 0
    is_kept: bool = True
    number: str = ""
    has_lines: bool = True


class Spoken(NamedTuple):
    """In which round a payer says what; 1 is the answer to the file itself."""

    round: int
    told: Told


class Back(NamedTuple):
    """Whom an answer goes to: ISA05 to ISA08 and ISA15 as the answer has them, GS02, GS03, and the four delimiters."""

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    usage: str
    group_sender: str
    group_receiver: str
    marks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What a payer has still to say.

    partner     through which it came
    due         the partner's round in which it is said
    of          the payer's number of the claim that it began with
    payer_name  as the claim had it
    at          date and time that it carries: of the claim's file, and a day later for each round
    """

    partner: str
    due: int
    of: str
    payer_name: str
    at: datetime
    back: Back
    told: Told


class Recovery(NamedTuple):
    """What a payer keeps back from later payments (PLB, WO), at most `part` of each; `reference` is its claim's number."""

    payer: str
    npi: str
    reference: str
    part: Decimal
    left: Decimal
