"""Claims out of an 837P (005010X222A1) transaction set, as the payer reads them.

The set has passed the implementation guide's grammar when it comes here, so what is missing was optional. Amounts,
units and dates are kept as text here: to judge them is for `screening`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from gateway.edi.figures import loops
from gateway.edi.received import Numbered, TransactionSet
from gateway.edi.segment import Segment
from gateway.money import ZERO, dollars

Run = Sequence[Numbered]

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
    """One transaction set: who submits (1000A), BHT03, and the claims."""

    reference: str
    submitter: Segment
    claims: tuple[ReceivedClaim, ...]


def submission(one: TransactionSet) -> Submission:
    """Read the claims of an 837P that conforms to its guide."""
    header, *levels = loops(one.segments, "HL")
    bht = _first(header, "BHT")
    submitter = next((seen for _, seen in header if seen.id == "NM1" and seen.at(1) == "41"), Segment("NM1"))
    return Submission(reference=bht.at(3), submitter=submitter, claims=tuple(_claims(levels)))


def _claims(levels: Iterable[Run]) -> Iterator[ReceivedClaim]:
    billing: Run = ()
    subscriber: Run = ()
    for run in levels:
        own, *claims = loops(run, "CLM")
        kind = run[0][1].at(3)
        if kind == "20":
            billing = own
        elif kind == "22":
            subscriber = own
        for claim in claims:
            yield _claim(billing, subscriber, own, claim)


def _claim(billing: Run, subscriber: Run, patient: Run, run: Run) -> ReceivedClaim:
    head, *lines = loops(run, "LX")
    own, *others = loops(head, "SBR")
    clm, sbr = own[0][1], _first(subscriber, "SBR")
    who = _name(patient, "QC") or _name(subscriber, "IL") or Segment("NM1")
    payer = _name(subscriber, "PR") or Segment("NM1")
    biller = _name(billing, "85") or Segment("NM1")
    rendering, referring = _name(own, "82"), _name(own, "DN")
    dates = {dtp.at(1) for dtp in _each(own, "DTP")}
    read = tuple(_line(line) for line in lines)
    return ReceivedClaim(
        control=clm.at(1),
        charge=_money(clm.at(2)),
        place_of_service=clm.part(5, 1),
        frequency=clm.part(5, 3),
        filing_code=sbr.at(9),
        sequence=sbr.at(1),
        payer=payer.at(9),
        payer_name=payer.at(3),
        billing_npi=biller.at(9),
        billing_name=biller.at(3),
        billing_tax_id=_reference(billing, "EI") or _reference(billing, "SY"),
        rendering=rendering.at(9) if rendering else biller.at(9),
        names_rendering=rendering is not None,
        referring=referring.at(9) if referring else None,
        member=(_name(subscriber, "IL") or Segment("NM1")).at(9),
        is_self=sbr.at(2) == "18",
        patient_last=who.at(3),
        patient_first=who.at(4),
        birth_date=_first(patient, "DMG").at(2),
        claim_number=_reference(patient, "Y4") or _reference(subscriber, "Y4"),
        diagnoses=tuple(_diagnoses(own)),
        authorization=_reference(own, "G1"),
        original=_reference(own, "F8"),
        has_accident="439" in dates,
        has_initial_treatment="454" in dates,
        has_prior=any(amt.at(1) == "D" for other in others for amt in _each(other, "AMT"))
        or any(_each(line, "SVD") for line in lines),
        lines=read,
    )


def _diagnoses(own: Run) -> Iterator[str]:
    for hi in _each(own, "HI"):
        for position in range(1, len(hi.elements) + 1):
            if hi.part(position, 1) in ("ABK", "ABF", "BK", "BF"):
                yield hi.part(position, 2)


def _line(run: Run) -> ReceivedLine:
    sv1 = _first(run, "SV1")
    served = next((dtp for dtp in _each(run, "DTP") if dtp.at(1) == "472"), Segment("DTP"))
    starts, _, ends = served.at(3).partition("-")
    return ReceivedLine(
        procedure=sv1.parts(1)[:6],
        charge=_money(sv1.at(2)),
        units=_number(sv1.at(4)),
        pointers=tuple(int(text) if text.isdecimal() else 0 for text in sv1.parts(7) if text),
        day=day(starts),
        until=day(ends or starts),
        control=_reference(run, "6R"),
        prior_paid=sum((_money(svd.at(2)) or ZERO for svd in _each(run, "SVD")), ZERO),
        authorization=_reference(run, "G1"),
    )


def day(text: str) -> date | None:
    """Read CCYYMMDD, None if that is no date."""
    if len(text) != 8 or not (text.isascii() and text.isdecimal()):  # noqa: PLR2004  CCYYMMDD
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _money(text: str) -> Decimal | None:
    try:
        amount = dollars(text)
    except ValueError:
        return None
    return amount if abs(amount) < _DOLLARS_MAX else None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**9 and "E" not in text.upper() else None


def _each(run: Run, name: str) -> list[Segment]:
    return [segment for _, segment in run if segment.id == name]


def _first(run: Run, name: str) -> Segment:
    return next((segment for _, segment in run if segment.id == name), Segment(name))


def _name(run: Run, role: str) -> Segment | None:
    return next((nm1 for nm1 in _each(run, "NM1") if nm1.at(1) == role), None)


def _reference(run: Run, qualifier: str) -> str:
    return next((ref.at(2) for ref in _each(run, "REF") if ref.at(1) == qualifier), "")
