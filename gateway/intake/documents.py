"""The visit as it is handed in: the JSON document, field by field, with what each means.

A field that is left out is *not supplied*; null says that there is none. Rules hold a claim only on what was supplied.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationInfo, field_validator
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import tuple_schema

from gateway.claim import DIAGNOSES_MAX, LINES_MAX, MODIFIERS_MAX, POINTERS_MAX
from gateway.codes.lists import Kind, Listed, listed
from gateway.intake.fields import (
    BirthDay,
    City,
    ClockTime,
    Code,
    Credential,
    Day,
    Description,
    Diagnosis,
    GivenName,
    Key,
    Label,
    MemberId,
    MiddleName,
    Minutes,
    Modifier,
    Moment,
    Money,
    Name,
    Npi,
    Number,
    PayerId,
    PayerName,
    Place,
    Prose,
    SecondLine,
    State,
    StateOrNone,
    Street,
    TaxId,
    Taxonomy,
    Text,
    Zip,
)
from gateway.people import Relationship, Sex, TaxIdKind
from gateway.visit import AccidentKind, Care, Discipline, NoticeKind, TreatedBy

_COVERAGES_MAX = 3
_PAYER_NAME_MAX = 60
"""NM103 of loop 2010BB, where the payer's id stands when its name is not known."""


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AddressDocument(_Document):
    """A postal address in the United States."""

    line1: Street
    line2: SecondLine = ""
    city: City
    state: State
    zip_code: Zip = Field(description="5 or 9 digits")


class PersonDocument(_Document):
    """The patient, or a subscriber who is not the patient."""

    last_name: Name
    first_name: GivenName
    middle_name: MiddleName = ""
    birth_date: BirthDay
    sex: Sex
    address: AddressDocument


class EmployerDocument(_Document):
    """The employer, who is the subscriber of a workers' compensation claim."""

    organization: Name
    address: AddressDocument


class CoverageDocument(_Document):
    """One payer's cover; the first is the primary."""

    payer_id: PayerId = Field(description="the id by which your clearinghouse routes to this payer")
    payer_name: PayerName = Field(default="", validate_default=True)
    member_id: MemberId
    group_number: Number = ""
    relationship: Relationship = Relationship.SELF
    subscriber: PersonDocument | EmployerDocument | None = Field(
        default=None, description="required unless the relationship is self"
    )
    claim_number: Number = Field(default="", description="workers' compensation and auto: the insurer's claim number")
    medicare_second_reason: Literal["", "12", "13", "14", "15", "16", "41", "42", "43", "47"] = Field(
        default="",
        description="Medicare behind another payer: why it is not first (SBR05), such as 12 for the working aged",
    )

    @field_validator("payer_name")
    @classmethod
    def _named_on_the_claim(cls, name: str, known: ValidationInfo) -> str:
        payer_id = known.data.get("payer_id")
        if not name and payer_id == "":
            raise PydanticCustomError("payer_unsaid", "is needed where there is no payer_id")
        if not name and len(payer_id or "") > _PAYER_NAME_MAX:
            raise PydanticCustomError("payer_unnamed", "is needed beside so long a payer_id")
        return name


class OtherCoverageDocument(CoverageDocument):
    """Another payer's cover. It is not billed here, so that what is missing of it holds nothing: it is said."""

    payer_id: PayerId | Literal[""] = Field(default="", description="needed to name the payer on the claim")
    member_id: MemberId | Literal[""] = Field(default="", description="needed to name the payer on the claim")


class _FirstAndOthers:
    """The first coverage is billed and must be whole; up to two more may lack what a practice does not know of them."""

    def __get_pydantic_core_schema__(self, _source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        each = [handler.generate_schema(CoverageDocument), handler.generate_schema(OtherCoverageDocument)]
        return tuple_schema(each, variadic_item_index=1, min_length=1, max_length=_COVERAGES_MAX)


class ProviderDocument(_Document):
    """A person who treats, refers or supervises."""

    npi: Npi
    last_name: Name
    first_name: GivenName
    credential: Credential = Field(default="", description="such as PT, PTA, OTR, COTA, CCC-SLP, DC, LMT")
    taxonomy: Taxonomy | Literal[""] = ""


class BillingDocument(_Document):
    """Who is paid, where that is not the practice of the configuration."""

    name: Name = Field(description="of the practice; of a person who bills the last name")
    first_name: GivenName | Literal[""] = Field(default="", description="of a therapist who bills as a person")
    npi: Npi
    tax_id: TaxId
    tax_id_kind: TaxIdKind = Field(
        default=TaxIdKind.EIN, description="ssn: the tax id is a person's social security number"
    )
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
    modifiers: Annotated[tuple[Modifier, ...], Field(max_length=MODIFIERS_MAX)] = ()
    minutes: Minutes | None = Field(default=None, description="one-to-one treatment minutes of this code")
    start: ClockTime | None = None
    stop: ClockTime | None = None
    assistant_minutes: Minutes | None = Field(default=None, description="of these, by an assistant alone")
    treated_by: TreatedBy | None = None
    units: Annotated[int, Field(ge=1, le=999)] | None = Field(default=None, description="computed when left out")
    charge: Money | None = Field(default=None, description="for all units; priced from the fee schedule when left out")
    pointers: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(max_length=POINTERS_MAX)] = ()
    regions: tuple[Label, ...] = ()
    goals: tuple[Label, ...] = Field(default=(), description="ids of the plan's goals that it served")
    description: Description = Field(default="", description="what was done, for an unlisted code (SV101-7)")


class NoteDocument(_Document):
    """The daily note by SOAP section."""

    subjective: Prose | None = None
    objective: Prose | None = None
    assessment: Prose | None = None
    plan: Prose | None = None
    signed_by: Text | None = None
    signed_credential: Credential | None = None
    signed_at: Moment | None = None
    cosigned_by: Text | None = None
    cosigned_credential: Credential | None = None
    cosigned_at: Moment | None = None
    timed_minutes: Minutes | None = Field(default=None, description="one-to-one minutes of all timed codes")
    total_minutes: Minutes | None = Field(default=None, description="of the whole treatment")


class GoalDocument(_Document):
    """A goal of the plan, by its measure."""

    id: Label | Literal[""] = ""
    text: Prose = ""
    measure: Label | Literal[""] = ""
    baseline: Label | Literal[""] = ""
    target: Label | Literal[""] = ""
    by: Day | None = None


class PlanOfCareDocument(_Document):
    """The plan of care and its certification."""

    established: Day
    first_treatment: Day | None = None
    certified_on: Day | None = None
    certified_until: Day | None = None
    certified_by: Credential | None = Field(
        default=None, description="credential of who certified it, such as MD or NP"
    )
    delay_reason: Prose | None = Field(default=None, description="why it was certified late")
    sent_to_referrer_on: Day | None = None
    ends: Day | None = None
    goals: tuple[GoalDocument | Prose, ...] = Field(default=(), description="each a text, or with its measure")


class OrderDocument(_Document):
    """An order or referral."""

    dated: Day
    signed: bool
    ordered_by_npi: Npi | Literal[""] | None = None
    discipline: Discipline | None = None


class ProgressDocument(_Document):
    """The last progress report."""

    last_report: Day
    treatment_days_since: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="this visit included; counted from the visits that are known where it is left out"
    )
    written_by: Credential | None = Field(default=None, description="credential of who wrote it")


class AuthorizationDocument(_Document):
    """A prior authorization."""

    number: Annotated[Number, Field(min_length=1)]
    starts: Day
    ends: Day
    visits_approved: Annotated[int, Field(ge=0)] | None = None
    visits_used: Annotated[int, Field(ge=0)] | None = Field(default=None, description="before this visit")
    units_approved: Annotated[int, Field(ge=0)] | None = None
    units_used: Annotated[int, Field(ge=0)] | None = Field(default=None, description="before this visit")
    codes: tuple[Code, ...] = ()


class AccidentDocument(_Document):
    """The accident the condition comes from."""

    kind: AccidentKind
    happened_on: Day
    state: StateOrNone = ""


class OutcomeDocument(_Document):
    """An outcome measure."""

    measure: Label
    value: Decimal
    measured_on: Day


class AbnDocument(_Document):
    """An Advance Beneficiary Notice that the patient has signed."""

    signed_on: Day
    kind: NoticeKind


class KxDocument(_Document):
    """The clinician's statement that care above the year's threshold is necessary."""

    stated_by: Text = Field(min_length=1, description="name or credential of the clinician")
    stated_on: Day


class TherapyUsedDocument(_Document):
    """What Medicare has allowed for the patient's therapy this year, by all providers, in dollars."""

    pt_slp: Money
    ot: Money
    as_of: Day


class VisitDocument(_Document):
    """One patient, one date of service, one discipline."""

    visit_id: Key = Field(description="your system's id of the visit; letters, digits, dot, hyphen, underscore")
    date: Day
    discipline: Discipline
    place_of_service: Place = "11"
    patient: PersonDocument
    coverages: Annotated[tuple[CoverageDocument, ...], _FirstAndOthers()] = Field(
        description="in the order in which they pay, the primary first"
    )
    rendering: ProviderDocument
    referring: ProviderDocument | None = None
    supervising: ProviderDocument | None = None
    billing: BillingDocument | None = None
    facility: FacilityDocument | None = None
    diagnoses: Annotated[tuple[Diagnosis, ...], Field(min_length=1, max_length=DIAGNOSES_MAX)]
    services: Annotated[tuple[ServiceDocument, ...], Field(min_length=1, max_length=LINES_MAX)]
    note: NoteDocument | None = None
    plan_of_care: PlanOfCareDocument | None = None
    order: OrderDocument | None = None
    progress: ProgressDocument | None = None
    authorization: AuthorizationDocument | None = None
    accident: AccidentDocument | None = None
    onset: Day | None = None
    initial_treatment: Day | None = None
    outcomes: tuple[OutcomeDocument, ...] = ()
    abn: AbnDocument | None = None
    kx: KxDocument | None = None
    therapy_used: TherapyUsedDocument | None = None
    care: Care | None = Field(default=None, description="to improve, or to keep what was reached")
    former_member_ids: tuple[MemberId, ...] = Field(
        default=(), description="earlier numbers of the patient's card with the primary payer"
    )
    distinct_from: tuple[Key, ...] = Field(
        default=(),
        description="ids of visits that look alike and are none of this one: a person has said so",
    )
    other_patients: tuple[Key, ...] = Field(
        default=(),
        description="ids of visits of other patients who look like this one; it counts for all visits of both: a person has said so",
    )

    @field_validator("place_of_service")
    @classmethod
    def _in_force(cls, code: str, known: ValidationInfo) -> str:
        day = known.data.get("date")
        if isinstance(day, date) and listed(Kind.PLACE, code, day) is not Listed.YES:
            raise PydanticCustomError("no_place", "is not a place of service")
        return code


class VisitsDocument(_Document):
    """A file of visits."""

    schema_version: Literal[1] = 1
    visits: tuple[VisitDocument, ...]
