"""An 835 as values: one Remittance for each transaction set.

What a file holds by the hundred thousand is a named tuple: a frozen dataclass takes three times as long to make.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from gateway.money import ZERO


class GroupCode(StrEnum):
    """CAS01: who carries the amount."""

    CONTRACTUAL = "CO"
    PATIENT = "PR"
    OTHER = "OA"
    PAYER_INITIATED = "PI"


REVERSAL = "22"
"""CLP02 of a reversal; its amounts are negated."""
PRICED = "25"
"""CLP02 of a pricing only: the payer says what it would pay, and owes nothing by it."""
EARLIER_PAYER = "23"
"""CARC of what an earlier payer paid or adjusted."""
INTEREST = "225"
"""CARC of interest and penalties that the payer adds to what it pays."""
FORWARDED = "23"
"""CLP02 where the claim is not this payer's and was passed on to another one."""
QMB = frozenset({"N781", "N782", "N783"})
"""RARCs that tell of a Qualified Medicare Beneficiary, who is never asked for a share."""
_CROSSED_OVER = frozenset({"19", "20", "21"})
"""CLP02 of an answer that the payer has sent on to the next payer by itself."""
LATER = frozenset({"2", "3", "20", "21"})
"""CLP02 of a payer that comes after another one."""


class Adjustment(NamedTuple):
    """One triple of a CAS segment. A positive amount reduces the payment."""

    group: GroupCode
    carc: str
    amount: Decimal
    quantity: Decimal | None = None


class Said(NamedTuple):
    """What stands beside an adjustment: of its line, or of the claim where the payer speaks of that as a whole.

    paid, charge  dollars
    adjustments   all of them, that one too
    remarks       RARCs
    earlier_payer whether another payer was billed before this one
    """

    paid: Decimal
    charge: Decimal
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...] = ()
    earlier_payer: bool = False


class LinePayment(NamedTuple):
    """Loop 2110: what became of one service line.

    procedure, modifiers, units  as they were adjudicated (SVC01, SVC05)
    control  our line id (REF*6R), empty when the payer does not give it back
    ordinal  the SVC segment's place counted from ST = 1
    billed_procedure, billed_modifiers, billed_units  as the payer says that they were billed, where it adjudicated
        something else (SVC06, SVC07); empty and None where it does not say
    """

    procedure: str
    modifiers: tuple[str, ...]
    charge: Decimal
    paid: Decimal
    units: Decimal | None
    day: date | None
    control: str
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    ordinal: int
    billed_procedure: str = ""
    billed_modifiers: tuple[str, ...] = ()
    billed_units: Decimal | None = None

    @property
    def adjusted(self) -> Decimal:
        """The sum of its adjustments."""
        return sum([a.amount for a in self.adjustments], ZERO)


class ClaimPayment(NamedTuple):
    """Loop 2100: what became of one claim.

    patient_control_number  ours, given back (CLP01)
    status                  CLP02
    patient_share           CLP05
    payer_claim_number      CLP07
    ordinal                 the CLP segment's place counted from ST = 1
    next_payer              who has the claim now (NM1*TT), where the payer sent it on and says to whom
    member_id               the insured's (NM1*IL), or else the patient's (NM1*QC); empty where neither is told
    patient                 LAST, FIRST (NM1*QC)
    day                     when the services began (DTM*232)
    """

    patient_control_number: str
    status: str
    charge: Decimal
    paid: Decimal
    patient_share: Decimal
    filing_code: str
    payer_claim_number: str
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    lines: tuple[LinePayment, ...]
    ordinal: int
    next_payer: str = ""
    member_id: str = ""
    patient: str = ""
    day: date | None = None

    @property
    def is_reversal(self) -> bool:
        """Tell whether this takes an earlier answer back."""
        return self.status == REVERSAL

    @property
    def is_answer(self) -> bool:
        """Tell whether the payer says what it owes: a pricing, or a claim passed on, says nothing of that."""
        return self.status not in (PRICED, FORWARDED)

    @property
    def is_crossed_over(self) -> bool:
        """Tell whether the payer has sent the claim on, with what it leaves, to the next payer."""
        return self.status in _CROSSED_OVER

    @property
    def is_later(self) -> bool:
        """Tell whether it comes from a second or third payer."""
        return self.status in LATER

    @property
    def adjusted(self) -> Decimal:
        """The sum of its own adjustments and those of its lines."""
        return sum([a.amount for a in self.adjustments], ZERO) + sum([n.adjusted for n in self.lines], ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAdjustment:
    """One pair of a PLB segment. A positive amount reduces the payment; `reference` is PLB03-2."""

    reason: str
    reference: str
    amount: Decimal
    ordinal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Remittance:
    """One ST of an 835 (005010X221A1).

    payment            BPR02, dollars
    is_debit           BPR03 is D: the money is taken from the practice
    method             BPR04: ACH, CHK, NON, ...
    trace, originator  TRN02 and TRN03: the key under which the money arrives at the bank
    payee_id           N1*PE N104
    """

    control: str
    payment: Decimal
    method: str
    paid_on: date
    trace: str
    originator: str
    payer_name: str
    payer_id: str
    payee_id: str
    claims: tuple[ClaimPayment, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...]
    is_debit: bool = False
