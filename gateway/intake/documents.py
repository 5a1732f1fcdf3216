"""The visit as it is handed in: the JSON document, field by field, with what each means.

A field that is left out is *not supplied*; null says that there is none. Rules hold a claim only on what was supplied.
"""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from gateway.money import exact
from gateway.people import Relationship, Sex
from gateway.visit import AccidentKind, Discipline, TreatedBy

Day = date  # a document also has a field called date
Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
GivenName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=35)]
Npi = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\d{10}$")]
Taxonomy = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Z]{9}X$")]
Code = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Z]{5}$")]
Modifier = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Z]{2}$")]
Diagnosis = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?$")
]
Money = Annotated[Decimal, Field(ge=0, max_digits=12), AfterValidator(exact)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AddressDocument(_Document):
    """A postal address in the United States."""

    line1: Name
    line2: Annotated[str, StringConstraints(strip_whitespace=True, max_length=55)] = ""
    city: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=30)]
    state: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Z]{2}$")]
    zip_code: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^\d{5}-?(\d{4})?$"), Field(description="5 or 9 digits")
    ]


class PersonDocument(_Document):
    """The patient, or a subscriber who is not the patient."""

    last_name: Name
    first_name: GivenName
    middle_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=25)] = ""
    birth_date: Day
    sex: Sex
    address: AddressDocument


class EmployerDocument(_Document):
    """The employer, who is the subscriber of a workers' compensation claim."""

    organization: Name
    address: AddressDocument


class CoverageDocument(_Document):
    """One payer's cover; the first is the primary."""

    payer_id: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Z]{2,80}$")] = (
        Field(description="the id by which your clearinghouse routes to this payer")
    )
    payer_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    member_id: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Za-z-]{2,80}$")]
    group_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=50)] = ""
    relationship: Relationship = Relationship.SELF
    subscriber: PersonDocument | EmployerDocument | None = Field(
        default=None, description="required unless the relationship is self"
    )
    claim_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=50)] = Field(
        default="", description="workers' compensation and auto: the insurer's claim number"
    )


class ProviderDocument(_Document):
    """A person who treats, refers or supervises."""

    npi: Npi
    last_name: Name
    first_name: GivenName
    credential: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = Field(
        default="", description="such as PT, PTA, OTR, COTA, CCC-SLP, DC, LMT"
    )
    taxonomy: Taxonomy | Literal[""] = ""


class BillingDocument(_Document):
    """Who is paid, where that is not the practice of the configuration."""

    name: Name
    npi: Npi
    tax_id: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\d{9}$")]
    taxonomy: Taxonomy
    address: AddressDocument


class FacilityDocument(_Document):
    """Where the service was given, when not at the billing address."""

    name: Name
    npi: Npi | Literal[""] = ""
    address: AddressDocument


class ServiceDocument(_Document):
    """One service of the visit."""

    code: Code
    modifiers: Annotated[tuple[Modifier, ...], Field(max_length=4)] = ()
    minutes: Minutes | None = Field(default=None, description="one-to-one treatment minutes of this code")
    start: time | None = None
    stop: time | None = None
    assistant_minutes: Minutes | None = Field(default=None, description="of these, by an assistant alone")
    treated_by: TreatedBy | None = None
    units: Annotated[int, Field(ge=1, le=999)] | None = Field(default=None, description="computed when left out")
    charge: Money | None = Field(default=None, description="for all units; priced from the fee schedule when left out")
    pointers: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(max_length=4)] = ()
    regions: tuple[Name, ...] = ()
    goals: tuple[Name, ...] = ()


class NoteDocument(_Document):
    """The daily note by SOAP section."""

    subjective: Text = ""
    objective: Text = ""
    assessment: Text = ""
    plan: Text = ""
    signed_by: Text = ""
    signed_at: datetime | None = None


class PlanOfCareDocument(_Document):
    """The plan of care and its certification."""

    established: Day
    first_treatment: Day | None = None
    certified_on: Day | None = None
    certified_until: Day | None = None
    sent_to_referrer_on: Day | None = None
    ends: Day | None = None
    goals: tuple[Text, ...] = ()


class OrderDocument(_Document):
    """An order or referral."""

    dated: Day
    signed: bool
    ordered_by_npi: Npi | Literal[""] = ""


class ProgressDocument(_Document):
    """The last progress report."""

    last_report: Day
    treatment_days_since: Annotated[int, Field(ge=0)] = Field(description="this visit included")


class AuthorizationDocument(_Document):
    """A prior authorization."""

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
    starts: Day
    ends: Day
    visits_approved: Annotated[int, Field(ge=0)] | None = None
    visits_used: Annotated[int, Field(ge=0)] | None = Field(default=None, description="before this visit")
    codes: tuple[Code, ...] = ()


class AccidentDocument(_Document):
    """The accident the condition comes from."""

    kind: AccidentKind
    happened_on: Day
    state: Annotated[str, StringConstraints(to_upper=True, pattern=r"^([A-Z]{2})?$")] = ""


class OutcomeDocument(_Document):
    """An outcome measure."""

    measure: Name
    value: Decimal
    measured_on: Day


class VisitDocument(_Document):
    """One patient, one date of service, one discipline."""

    visit_id: Key = Field(description="your system's id of the visit; letters, digits, dot, hyphen, underscore")
    date: Day
    discipline: Discipline
    place_of_service: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\d{2}$")] = "11"
    patient: PersonDocument
    coverages: Annotated[tuple[CoverageDocument, ...], Field(min_length=1, max_length=2)]
    rendering: ProviderDocument
    referring: ProviderDocument | None = None
    supervising: ProviderDocument | None = None
    billing: BillingDocument | None = None
    facility: FacilityDocument | None = None
    diagnoses: Annotated[tuple[Diagnosis, ...], Field(min_length=1, max_length=12)]
    services: Annotated[tuple[ServiceDocument, ...], Field(min_length=1, max_length=50)]
    note: NoteDocument | None = None
    plan_of_care: PlanOfCareDocument | None = None
    order: OrderDocument | None = None
    progress: ProgressDocument | None = None
    authorization: AuthorizationDocument | None = None
    accident: AccidentDocument | None = None
    onset: Day | None = None
    initial_treatment: Day | None = None
    outcomes: tuple[OutcomeDocument, ...] = ()


class VisitsDocument(_Document):
    """A file of visits."""

    schema_version: Literal[1] = 1
    visits: tuple[VisitDocument, ...]
