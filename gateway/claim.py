"""A professional claim as it goes on the wire. A claim never changes: a correction is a new version."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import takewhile

from gateway.money import ZERO, exact
from gateway.people import BillingProvider, Coverage, Employer, Facility, Person, Provider, Relationship
from gateway.visit import Accident

LINES_MAX = 50
"""Service lines in one claim (005010X222A1 loop 2400)."""
DIAGNOSES_MAX = 12
POINTERS_MAX = 4
MODIFIERS_MAX = 4
MEDICARE = frozenset({"MA", "MB"})
"""Filing codes (SBR09) of Medicare itself; its Advantage plans are others'."""


class Frequency(StrEnum):
    """CLM05-3."""

    ORIGINAL = "1"
    REPLACEMENT = "7"
    VOID = "8"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """One billed service: loop 2400 of 005010X222A1.

    control   our id of the line, unique in the claim (REF*6R); the 835 gives it back
    charge    dollars and cents, zero or more (SV102)
    units     how many were done (SV104, unit UN)
    description  what was done, of a code that says nothing of it (SV101-7)
    pointers  1-based places in the claim's diagnoses, primary first (SV107)
    """

    control: str
    procedure: str
    modifiers: tuple[str, ...] = ()
    charge: Decimal
    units: int
    pointers: tuple[int, ...]
    day: date
    description: str = ""

    def __post_init__(self) -> None:
        """Refuse what the wire cannot carry; what a payer would refuse is the scrubber's to say."""
        if exact(self.charge) < 0:
            raise ValueError(f"charge {self.charge} of {self.procedure}: want 0.00 or more")
        if len(self.modifiers) > MODIFIERS_MAX or len(self.pointers) > POINTERS_MAX:
            raise ValueError(f"{self.procedure}: at most four modifiers and four diagnosis pointers fit")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPayer:
    """One that covers the patient too: loop 2320 of 005010X222A1, with its subscriber (2330A) and itself (2330B).

    name         as people call it
    sequence     its turn: S, T and so on (SBR01)
    filing_code  SBR09; ZZ where nobody has said what kind of payer it is
    coverage     None in claims of before it was kept, of which only the name is known
    """

    name: str
    sequence: str = ""
    filing_code: str = ""
    coverage: Coverage | None = None

    @property
    def lacks(self) -> tuple[str, ...]:
        """Fields of the coverage without which the guide lets no loop 2320 stand; none: all are there."""
        coverage = self.coverage
        if coverage is None:
            return ("coverage",)
        is_self, given = coverage.relationship is Relationship.SELF, coverage.subscriber
        known_by = coverage.member_id or (coverage.claim_number if isinstance(given, Employer) else "")
        lacking = {
            "payer_id": not coverage.payer_id,
            "member_id": not known_by,
            "subscriber": not is_self and given is None,
            "relationship": is_self and given is not None,
            "medicare_second_reason": self.filing_code in MEDICARE and not coverage.medicare_second_reason,
        }
        return tuple(field for field, is_lacking in lacking.items() if is_lacking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Loops 2000B to 2400 of 005010X222A1.

    patient_control_number  ours, at most 17 characters, opaque, never reused (CLM01); each version has its own
    payer_claim_number      the payer's, of the claim this one replaces or voids (REF*F8)
    other_payers            those that cover the patient too, in their order; they are billed by hand
    """

    patient_control_number: str
    frequency: Frequency = Frequency.ORIGINAL
    payer_claim_number: str = ""
    billing: BillingProvider
    patient: Person
    coverage: Coverage
    payer_sequence: str = "P"
    filing_code: str
    place_of_service: str
    rendering: Provider
    referring: Provider | None = None
    supervising: Provider | None = None
    facility: Facility | None = None
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    authorization: str = ""
    accident: Accident | None = None
    onset: date | None = None
    initial_treatment: date | None = None
    other_payers: tuple[OtherPayer, ...] = ()

    @property
    def named_payers(self) -> tuple[OtherPayer, ...]:
        """The other payers that it names on the wire: up to the first of which a fact is missing.

        One behind that is not named either: a third payer without a second is a claim that payers turn away.
        """
        return tuple(takewhile(lambda one: not one.lacks, self.other_payers))

    @property
    def charge(self) -> Decimal:
        """The total charge (CLM02): the sum of its lines, so it cannot disagree with them."""
        return sum((line.charge for line in self.lines), ZERO)

    @property
    def day(self) -> date:
        """The first date of service."""
        return min(line.day for line in self.lines)
