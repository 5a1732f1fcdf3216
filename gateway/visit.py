"""What the practice documented for one patient on one day, and wants billed.

Each fact that a documentation rule reads is in one of three states: given (a value), none (the practice's system says
there is none: None), or not supplied (NOT_SUPPLIED: that system does not export it). A rule holds a claim only on a
fact that was supplied; an export with nothing but codes, units and charges works as a claims-only gateway.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Final, Literal, TypeAlias, TypeVar

from gateway.people import BillingProvider, Coverage, Facility, Person, Provider

T = TypeVar("T")


class NotSupplied(Enum):
    """The type of NOT_SUPPLIED."""

    NOT_SUPPLIED = "not supplied"

    def __bool__(self) -> Literal[False]:
        """Read as absent in a plain truth test."""
        return False


NOT_SUPPLIED: Final = NotSupplied.NOT_SUPPLIED

Fact: TypeAlias = T | NotSupplied | None
"""A value, None (known to be absent) or NOT_SUPPLIED (not known)."""


class Discipline(StrEnum):
    """Under whose licence the visit was given."""

    PT = "PT"
    OT = "OT"
    SLP = "SLP"
    DC = "DC"
    LMT = "LMT"


class TreatedBy(StrEnum):
    """Who gave a service."""

    THERAPIST = "therapist"
    """The licensed clinician of the visit's discipline; a chiropractor is one too."""
    ASSISTANT = "assistant"
    STUDENT = "student"
    AIDE = "aide"
    MASSAGE_THERAPIST = "massage_therapist"
    ATHLETIC_TRAINER = "athletic_trainer"


class Care(StrEnum):
    """What the care is for: to improve, or to keep what was reached."""

    ACTIVE = "active"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service as documented.

    minutes            one-to-one treatment minutes of this code
    assistant_minutes  of these, given by an assistant alone
    units, charge      as the practice's system bills them; None lets the gateway compute them
    pointers           1-based places in the visit's diagnoses; empty means the first four
    description        what was done, for a code that says nothing of it (SV101-7)
    """

    code: str
    modifiers: tuple[str, ...] = ()
    minutes: Fact[int] = NOT_SUPPLIED
    starts: time | None = None
    ends: time | None = None
    assistant_minutes: int | None = None
    treated_by: Fact[TreatedBy] = NOT_SUPPLIED
    units: int | None = None
    charge: Decimal | None = None
    pointers: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    description: str = ""

    @property
    def minutes_given(self) -> int | None:
        """Minutes as given, else from start to stop, else None."""
        if isinstance(self.minutes, int):
            return self.minutes
        if self.starts is not None and self.ends is not None:
            start, end = (t.hour * 60 + t.minute for t in (self.starts, self.ends))
            return end - start if end > start else None
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """The daily note by SOAP section, who signed it, and the minutes that it sums up. Each is a fact of its own.

    signed_credential  the letters behind the signer's name
    cosigned_by        who signed beside them, as a student's teacher does
    timed_minutes      one-to-one minutes of all timed codes
    total_minutes      of the whole treatment, untimed services too
    """

    subjective: Fact[str] = NOT_SUPPLIED
    objective: Fact[str] = NOT_SUPPLIED
    assessment: Fact[str] = NOT_SUPPLIED
    plan: Fact[str] = NOT_SUPPLIED
    signed_by: Fact[str] = NOT_SUPPLIED
    signed_credential: str = ""
    signed_at: Fact[datetime] = NOT_SUPPLIED
    cosigned_by: str = ""
    cosigned_credential: str = ""
    cosigned_at: datetime | None = None
    timed_minutes: int | None = None
    total_minutes: int | None = None

    @property
    def text(self) -> str:
        """All that it says, section after section."""
        sections = (self.subjective, self.objective, self.assessment, self.plan)
        return " ".join(one for one in sections if isinstance(one, str))


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal of a plan: what is measured, from which baseline to which target, by when. A text alone is one too."""

    text: str = ""
    id: str = ""
    measure: str = ""
    baseline: str = ""
    target: str = ""
    by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOfCare:
    """The plan of care (CMS Benefit Policy Manual ch. 15 sec. 220.1.2 and 220.1.3).

    certified_on         None: nobody has certified it
    certified_by         the credential of who certified it, such as MD or NP
    delay_reason         why it was certified late; None or empty: no reason is on file
    sent_to_referrer_on  None: it was not sent
    """

    established: date
    first_treatment: date | None = None
    certified_on: Fact[date] = NOT_SUPPLIED
    certified_until: date | None = None
    certified_by: str = ""
    delay_reason: Fact[str] = NOT_SUPPLIED
    sent_to_referrer_on: Fact[date] = NOT_SUPPLIED
    ends: date | None = None
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A signed and dated order or referral for therapy."""

    dated: date
    signed: bool
    ordered_by_npi: str = ""
    discipline: Discipline | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The last progress report. `treatment_days_since` counts this visit; None where the practice does not count.

    written_by  the credential of who wrote it
    """

    last_report: date
    treatment_days_since: int | None = None
    written_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A payer's prior authorization. `visits_used` and `units_used` count earlier visits, not this one."""

    number: str
    starts: date
    ends: date
    visits_approved: int | None = None
    visits_used: int | None = None
    units_approved: int | None = None
    units_used: int | None = None
    codes: tuple[str, ...] = ()


class AccidentKind(StrEnum):
    """CLM11 of 005010X222A1: AA, EM and OA."""

    AUTO = "auto"
    EMPLOYMENT = "employment"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accident:
    """The accident the condition comes from. `state` is required for an auto accident (CLM11-4)."""

    kind: AccidentKind
    happened_on: date
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One outcome measure, such as ODI 34 on a date."""

    measure: str
    value: Decimal
    measured_on: date


class NoticeKind(StrEnum):
    """Whether the notice had to be given (CMS form R-131), or was given of what Medicare excludes anyway."""

    REQUIRED = "required"
    VOLUNTARY = "voluntary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Abn:
    """An Advance Beneficiary Notice: the patient has agreed to pay what Medicare does not."""

    signed_on: date
    kind: NoticeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class KxStatement:
    """The clinician's statement that care above the year's threshold is necessary, which KX stands for."""

    stated_by: str
    stated_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyUsed:
    """Dollars that Medicare has allowed for the patient's therapy this year, by all providers, as its portal says."""

    pt_slp: Decimal
    ot: Decimal
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One patient, one date of service, one discipline.

    key                the practice's own id of the visit; unique in the practice
    coverages          primary first
    former_member_ids  earlier numbers of the patient's card with the primary payer
    distinct_from      ids of other visits that are none of this one, though they look alike: a person has said so
    other_patients     ids of visits of other patients who look like this one: a person has said so, for all visits of both
    """

    key: str
    day: date
    discipline: Discipline
    place_of_service: str
    patient: Person
    coverages: tuple[Coverage, ...]
    rendering: Provider
    referring: Fact[Provider] = NOT_SUPPLIED
    supervising: Provider | None = None
    billing: BillingProvider | None = None
    facility: Facility | None = None
    diagnoses: tuple[str, ...]
    services: tuple[Service, ...]
    note: Fact[Note] = NOT_SUPPLIED
    plan_of_care: Fact[PlanOfCare] = NOT_SUPPLIED
    order: Fact[Order] = NOT_SUPPLIED
    progress: Fact[Progress] = NOT_SUPPLIED
    authorization: Fact[Authorization] = NOT_SUPPLIED
    accident: Fact[Accident] = NOT_SUPPLIED
    onset: date | None = None
    initial_treatment: date | None = None
    outcomes: tuple[Outcome, ...] = ()
    abn: Fact[Abn] = NOT_SUPPLIED
    kx: Fact[KxStatement] = NOT_SUPPLIED
    therapy_used: TherapyUsed | None = None
    care: Care | None = None
    former_member_ids: tuple[str, ...] = ()
    distinct_from: tuple[str, ...] = ()
    other_patients: tuple[str, ...] = ()

    @property
    def coverage(self) -> Coverage:
        """The primary coverage."""
        return self.coverages[0]
