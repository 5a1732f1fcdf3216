"""Claims out of an 837P (005010X222A1), as the payer takes them from what stands in the file.

Of a set that has passed the guide, what is missing was optional. A figure that cannot be read, or is larger than any that a
claim holds, is None: to judge it is for `screening`.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from gateway.edi.follow.loop import Loop, at
from gateway.edi.read.claim import GUIDE, ClaimReading
from gateway.edi.read.one_pass import Passage
from gateway.edi.read.service_line import LineReading
from gateway.edi.values.party import PartyReading, party
from gateway.money import ZERO

_CLAIM: Final = "2300"
_NOBODY: Final = PartyReading(["NM1"])
_REFERRING: Final = "DN"
_UNITS_MAX: Final = 10**9
_DOLLARS_MAX: Final = 10**7
"""No professional claim charges as much; with it, sums over a file could leave what X12 can write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLine:
    """Loop 2400.

    procedure   SV101 whole: qualifier, code, up to four modifiers
    charge      SV102 in dollars; None if it is no amount, or ten million and more
    units       SV104; None if it is no number
    pointers    SV107 as numbers, 0 for what is none
    day, until  DTP*472, both days included; None if it is no date
    prior_paid  what an earlier payer paid of the line (SVD02)
    """

    procedure: tuple[str, ...]
    charge: Decimal | None
    units: Decimal | None
    pointers: tuple[int, ...]
    day: date | None
    until: date | None
    control: str
    prior_paid: Decimal
    authorization: str

    @property
    def code(self) -> str:
        """The procedure's code."""
        return self.procedure[1] if len(self.procedure) > 1 else ""

    @property
    def modifiers(self) -> tuple[str, ...]:
        """Its modifiers, in their order."""
        return tuple(modifier for modifier in self.procedure[2:6] if modifier)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedClaim:
    """Loops 2000A to 2400 of one claim.

    billing     NPI, name and tax id of loop 2010AA
    rendering   NPI of loop 2310B, else the billing provider's
    referring   NPI of loop 2310A; None if there is no such loop, empty if it has none
    member      NM109 of loop 2010BA
    is_self     whether the patient is the subscriber (SBR02 = 18)
    original    REF*F8
    has_prior   whether an earlier payer's payment is told (AMT*D or SVD)
    """

    control: str
    charge: Decimal | None
    place_of_service: str
    frequency: str
    filing_code: str
    sequence: str
    payer: str
    payer_name: str
    billing_npi: str
    billing_name: str
    billing_tax_id: str
    rendering: str
    names_rendering: bool
    referring: str | None
    member: str
    is_self: bool
    patient_last: str = field(repr=False)
    patient_first: str = field(repr=False)
    birth_date: str = field(repr=False)
    claim_number: str
    diagnoses: tuple[str, ...]
    authorization: str
    original: str
    has_accident: bool
    has_initial_treatment: bool
    has_prior: bool
    lines: tuple[ReceivedLine, ...]

    @property
    def days(self) -> tuple[date, ...]:
        """The dates of service, in order, each once."""
        return tuple(sorted({line.day for line in self.lines if line.day}))

    def pointed(self, line: ReceivedLine) -> tuple[str, ...]:
        """The diagnoses that the line points to; all of the claim's if it points nowhere."""
        found = tuple(self.diagnoses[at - 1] for at in line.pointers if 1 <= at <= len(self.diagnoses))
        return found or self.diagnoses


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One transaction set: BHT03, who submits (1000A), and the claims."""

    reference: str
    submitter: PartyReading
    claims: tuple[ReceivedClaim, ...]


def submissions(raw: bytes) -> dict[int, Submission]:
    """Read every set of professional claims by the place of its ST in the file, whether or not it is sound."""
    passage = Passage(raw, {GUIDE: frozenset({_CLAIM})})
    headers: dict[int, Loop] = {}
    claims: dict[int, list[ReceivedClaim]] = {}
    for loop in passage.pieces():
        starts = passage.origin.starts
        if starts not in headers:
            headers[starts], claims[starts] = loop.one("HEADER") or loop, []
        elif loop.id == _CLAIM:
            claims[starts].append(_claim(ClaimReading(loop, passage.origin)))
    return {
        starts: Submission(
            reference=at(header.first("BHT"), 3),
            submitter=party(header.one("1000A")) or _NOBODY,
            claims=tuple(claims[starts]),
        )
        for starts, header in headers.items()
    }


def _claim(one: ClaimReading) -> ReceivedClaim:
    biller, payer = one.billing_provider or _NOBODY, one.payer or _NOBODY
    patient, rendering = one.patient or _NOBODY, one.rendering
    return ReceivedClaim(
        control=one.patient_control_number,
        charge=_money(one.charge),
        place_of_service=one.place_of_service,
        frequency=one.frequency,
        filing_code=one.filing_code,
        sequence=one.sequence,
        payer=payer.id,
        payer_name=payer.name,
        billing_npi=biller.id,
        billing_name=biller.name,
        billing_tax_id=biller.tax_id,
        rendering=(rendering or biller).id,
        names_rendering=rendering is not None,
        referring=next((who.id for who in one.referring if who.role == _REFERRING), None),
        member=(one.subscriber or _NOBODY).id,
        is_self=one.is_self,
        patient_last=patient.name,
        patient_first=patient.first_name,
        birth_date=at(patient.loop.first("DMG"), 2),
        claim_number=one.property_casualty_number,
        diagnoses=tuple(each.code for each in one.diagnoses),
        authorization=one.authorization,
        original=one.payer_claim_number,
        has_accident=one.accident is not None,
        has_initial_treatment=one.initial_treatment is not None,
        has_prior=any(other.loop.first("AMT", "D") for other in one.other_payers)
        or any(line.adjudications for line in one.lines),
        lines=tuple(map(_line, one.lines)),
    )


def _line(one: LineReading) -> ReceivedLine:
    units, served = one.units, one.served
    return ReceivedLine(
        procedure=one.procedure[:6],
        charge=_money(one.charge),
        units=units if units is not None and abs(units) < _UNITS_MAX else None,
        pointers=one.pointers,
        day=served.first if served is not None else None,
        until=served.last if served is not None else None,
        control=one.control,
        prior_paid=sum((_money(each.paid) or ZERO for each in one.adjudications), ZERO),
        authorization=one.authorization,
    )


def _money(amount: Decimal | None) -> Decimal | None:
    return amount if amount is not None and abs(amount) < _DOLLARS_MAX else None
