"""Who takes part: the practice, its providers, the patient, the subscriber and their coverage."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Sex(StrEnum):
    """DMG03 of 005010X222A1."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


class Relationship(StrEnum):
    """The patient's relationship to the subscriber (SBR02 when self, PAT01 otherwise)."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    EMPLOYEE = "employee"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address in the United States: N3 and N4. `zip_code` is 5 or 9 digits without a hyphen."""

    line1: str
    line2: str = ""
    city: str
    state: str
    zip_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A person who treats, refers or supervises (NM1*82, NM1*DN, NM1*DQ).

    npi        10 digits, the last a check digit
    credential the letters behind the name, such as PT, OTR, CCC-SLP, DC, LMT, PTA
    taxonomy   NUCC code, 10 characters (PRV03); empty when not known
    """

    npi: str
    last_name: str
    first_name: str
    credential: str = ""
    taxonomy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A state's licence of a person, on the days in [starts, ends]. `kind` is as the state calls it, such as PT or LMT."""

    state: str
    kind: str = ""
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A person's enrolment with a payer, by its id, on the days in [starts, ends]."""

    payer: str
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """One of the practice's own people: staff.toml. Who has no NPI, such as an aide, is known by name."""

    last_name: str
    first_name: str
    npi: str = ""
    credential: str = ""
    taxonomy: str = ""
    licences: tuple[Licence, ...] = ()
    enrolled: tuple[Enrolment, ...] = ()


class TaxIdKind(StrEnum):
    """Whose number a tax id is: REF01 of loop 2010AA says EI or SY."""

    EIN = "ein"
    """The employer's identification number."""
    SSN = "ssn"
    """The social security number of a therapist who bills as a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingProvider:
    """Who is paid: loop 2010AA.

    name        of the practice; of a therapist who bills as a person the last name
    first_name  of that therapist, empty for a practice
    tax_id      9 digits
    """

    name: str
    npi: str
    tax_id: str
    taxonomy: str
    address: Address
    first_name: str = ""
    tax_id_kind: TaxIdKind = TaxIdKind.EIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """Where the service was given, when not at the billing provider's address (loop 2310C)."""

    name: str
    npi: str = ""
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """The clinic whose visits these are. Every row of the ledger names it by `key`."""

    key: str
    name: str
    zone: str
    billing: BillingProvider
    contact_name: str
    contact_phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A patient or a subscriber who is a person (loops 2010BA and 2010CA)."""

    last_name: str
    first_name: str
    middle_name: str = ""
    birth_date: date
    sex: Sex
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """A subscriber who is not a person: the employer of a workers' compensation claim."""

    name: str
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One payer's cover for the patient (loop 2000B or 2320).

    payer_id      the id that the clearinghouse routes by (2010BB NM109)
    subscriber    None when the patient is the subscriber
    claim_number  the property and casualty claim number (REF*Y4), workers' compensation and auto only
    medicare_second_reason  why Medicare does not pay first, such as 12 for the working aged (SBR05); empty otherwise
    """

    payer_id: str
    payer_name: str
    member_id: str
    group_number: str = ""
    relationship: Relationship
    subscriber: Person | Employer | None = None
    claim_number: str = ""
    medicare_second_reason: str = ""
