"""The shape of the configuration files, as pydantic models: what may be written where, and of which type."""

from datetime import date
from decimal import Decimal
from ipaddress import ip_network
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.codes.callings import Calling
from gateway.codes.npi import is_npi
from gateway.partner import MailboxKind, Publish, Usage
from gateway.payer import CountedFrom, Program, UnitRule
from gateway.people import TaxIdKind
from gateway.policy import Confidence
from gateway.timetable import read_times
from gateway.visit import Discipline

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Digits9 = Annotated[str, Field(pattern=r"^\d{9}$")]
Fingerprint = Annotated[str, Field(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")]


def _npi(text: str) -> str:
    if not is_npi(text):
        raise ValueError("not an NPI: want 10 digits with a valid check digit")
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("not a time zone; want one such as America/Chicago") from None
    return text


def _reference(text: str) -> str:
    kind, _, value = text.partition(":")
    if text and not (kind in {"env", "file", "cmd"} and value):
        raise ValueError("want env:NAME, file:/path or cmd:PROGRAM, never the secret itself")
    return text


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError("not an IP address or network; want one such as 192.0.2.10 or 192.0.2.0/24") from None
    return text


Reference = Annotated[str, AfterValidator(_reference)]
Network = Annotated[str, AfterValidator(_network)]
PgpFingerprint = Annotated[str, Field(pattern=r"^$|^[0-9A-Fa-f]{40}$"), AfterValidator(str.upper)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AddressDocument(_Strict):
    """A postal address."""

    line1: str
    line2: str = ""
    city: str
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    zip_code: Annotated[str, Field(pattern=r"^\d{5}(\d{4})?$")]


class BillingDocument(_Strict):
    """[practice.billing]: who is paid (loop 2010AA). With a first name it is a person, and `name` the last name."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    first_name: Annotated[str, Field(max_length=35)] = ""
    npi: Annotated[str, AfterValidator(_npi)]
    tax_id: Digits9
    tax_id_kind: TaxIdKind = TaxIdKind.EIN
    taxonomy: Annotated[str, Field(pattern=r"^[0-9A-Z]{9}X$")]
    address: AddressDocument

    @model_validator(mode="after")
    def _is_a_persons(self) -> Self:
        if self.tax_id_kind is TaxIdKind.SSN and not self.first_name:
            raise ValueError("a social security number is a person's: give first_name as well, or tax_id_kind = ein")
        return self


class PracticeDocument(_Strict):
    """[practice]: the clinic."""

    key: Slug
    name: str
    zone: Annotated[str, AfterValidator(_zone)]
    contact_name: Annotated[str, Field(min_length=1, max_length=60)]
    contact_phone: Annotated[str, Field(pattern=r"^\d{10}$")]
    billing: BillingDocument


class DatabaseDocument(_Strict):
    """[database]. Without a url the ledger is gateway.db in the home folder."""

    url: str = ""


class UnknownPayerDocument(_Strict):
    """[unknown_payer]: what is assumed of a payer that has no file of its own."""

    partner: Slug
    unit_rule: UnitRule = UnitRule.MIDPOINT


class StillHoldsDocument(_Strict):
    """[[still_holds]]: a named person lets a table hold claims past the dates it was published for."""

    table: Slug
    by: Annotated[str, Field(min_length=2)]
    why: Annotated[str, Field(min_length=5)]


def _times(text: str) -> str:
    read_times(text)
    return text


TimesOfDay = Annotated[str, AfterValidator(_times)]


class ClosedDayDocument(_Strict):
    """A day without cutoffs, and why."""

    day: date
    why: Annotated[str, Field(min_length=2)]


class PartnerScheduleDocument(_Strict):
    """[schedule] of a partner: cutoffs, and when its answers are fetched. Without `sends` nothing goes to it by itself."""

    zone: Annotated[str, AfterValidator(_zone)] | Literal[""] = ""
    sends: tuple[TimesOfDay, ...] = ()
    collects: tuple[TimesOfDay, ...] = ()
    delivers: tuple[TimesOfDay, ...] = ("every 10 min",)
    closed: tuple[ClosedDayDocument, ...] = ()
    banking_holidays: bool = False


class ScheduleDocument(_Strict):
    """[schedule] of gateway.toml: what the practice has done by itself, by its own clock."""

    drop_folder: str = ""
    take_in: tuple[TimesOfDay, ...] = ("every 1 min",)
    scrub: tuple[TimesOfDay, ...] = ("every 60 min",)
    post: tuple[TimesOfDay, ...] = ("every 30 min",)
    reconcile: tuple[TimesOfDay, ...] = ("06:00",)
    backup: tuple[TimesOfDay, ...] = ("01:00",)
    backups_kept: Annotated[int, Field(ge=1)] = 14


class GatewayDocument(BaseSettings):
    """gateway.toml. Every key can be overridden by the environment, as in GATEWAY_DATABASE__URL."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="GATEWAY_", env_nested_delimiter="__", env_ignore_empty=True
    )

    environment: Literal["test", "production"] = "test"
    database: DatabaseDocument = DatabaseDocument()
    practice: PracticeDocument
    unknown_payer: UnknownPayerDocument
    schedule: ScheduleDocument = ScheduleDocument()
    still_holds: tuple[StillHoldsDocument, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings


class EnvelopeDocument(_Strict):
    """[envelope] of a partner: ISA, GS, loops 1000A and 1000B."""

    sender_qualifier: Annotated[str, Field(pattern=r"^[0-9A-Z]{2}$")] = "ZZ"
    sender_id: Annotated[str, Field(min_length=2, max_length=15)]
    receiver_qualifier: Annotated[str, Field(pattern=r"^[0-9A-Z]{2}$")] = "ZZ"
    receiver_id: Annotated[str, Field(min_length=2, max_length=15)]
    group_sender: Annotated[str, Field(min_length=2, max_length=15)]
    group_receiver: Annotated[str, Field(min_length=2, max_length=15)]
    submitter_name: Annotated[str, Field(min_length=1, max_length=60)]
    submitter_id: Annotated[str, Field(min_length=2, max_length=80)]
    receiver_name: Annotated[str, Field(min_length=1, max_length=60)]
    receiver_number: Annotated[str, Field(min_length=2, max_length=80)]
    usage: Usage
    wants_ta1: bool = True


class MailboxDocument(_Strict):
    """[mailbox] of a partner."""

    kind: MailboxKind
    root: str = ""
    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    user: str = ""
    key: Reference = ""
    passphrase: Reference = ""
    password: Reference = ""
    host_keys: tuple[Fingerprint, ...] = ()
    allowed_addresses: tuple[Network, ...] = ()
    without_strict_kex: Annotated[str, Field(pattern=r"^$|^.{5}")] = ""
    outbound: str
    inbound: str
    archive: str = ""
    removes_read: bool = False
    zipped: bool = False
    temporary: Annotated[str, Field(pattern=r"^\.[A-Za-z0-9]{1,10}$")] = ".part"
    temporary_folder: str = ""
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0


class MarksDocument(_Strict):
    """[marks.test] and [marks.production] of a partner: what must, or must not, be seen in that environment."""

    receiver_id: str = ""
    file_mark: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]*$")] = ""
    user: str = ""


class PgpDocument(_Strict):
    """[pgp] of a partner."""

    recipient: PgpFingerprint = ""
    public_keys: str = ""
    key: Reference = ""
    passphrase: Reference = ""
    signs: bool = False
    armored: bool = False
    signed_by: PgpFingerprint = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Name what is missing for what is asked."""
        if not (self.recipient or self.key):
            raise ValueError("want recipient, to encrypt what we send, or key, to decrypt what comes, or both")
        if (self.recipient or self.signed_by) and not self.public_keys:
            raise ValueError("want public_keys, the file with the partner's public keys")
        if (self.signs or self.signed_by or self.passphrase) and not self.key:
            raise ValueError("want key, our private key by reference")
        if self.signs and not self.recipient:
            raise ValueError("want recipient: only what is encrypted is signed")
        return self


class PartnerDocument(_Strict):
    """partners/NAME.toml."""

    name: Slug
    envelope: EnvelopeDocument
    mailbox: MailboxDocument
    file_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._{}-]+$")] = "{practice}_{partner}_{interchange}.837"
    claims_max: Annotated[int, Field(ge=1, le=5000)] = 5000
    name_max: Annotated[int, Field(ge=12, le=128)] = 128
    size_max: Annotated[int, Field(ge=1000)] = 100 * 1024 * 1024
    publish: Publish = Publish.AUTO
    purges_temporary: bool = False
    takes_unfinished: bool = True
    deduplicates: bool = False
    reads_back: bool = False
    acknowledged_minutes: Annotated[int, Field(ge=1)] = 24 * 60
    marks: dict[Literal["test", "production"], MarksDocument] = {}
    pgp: PgpDocument | None = None
    payees: tuple[Annotated[str, Field(pattern=r"^(\d{9}|\d{10})$")], ...] = ()
    payers: tuple[Annotated[str, Field(min_length=2, max_length=80)], ...] = ()
    answers_for: tuple[Slug, ...] = ()
    counts_interchanges: bool = True
    # At least two letters or digits: a name that fits anything would hide what should be looked at.
    reports: tuple[Annotated[str, Field(pattern=r"^[._?*-]*([A-Za-z0-9][._?*-]*){2,128}$")], ...] = ()
    companions: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    schedule: PartnerScheduleDocument = PartnerScheduleDocument()


_Amounts = dict[Annotated[str, Field(pattern=r"^[0-9A-Z]{5}$")], Annotated[Decimal, Field(gt=0, decimal_places=2)]]
"""Dollars for one unit by procedure."""


class FeeScheduleDocument(_Strict):
    """[[fee_schedule]] of a payer: the practice's charge for one unit."""

    starts: date
    ends: date | None = None
    source: str
    charges: _Amounts


class RatesDocument(_Strict):
    """[[rates]] of a payer: what it allows for one unit; `reduced` for those of a day that it pays at less."""

    starts: date
    ends: date | None = None
    source: Annotated[str, Field(min_length=5)]
    amounts: _Amounts
    reduced: _Amounts = {}


class PayerDocument(_Strict):
    """payers/NAME.toml. `sources` says where each setting is written; a setting without one may warn, never hold."""

    id: Annotated[str, Field(pattern=r"^[0-9A-Z]{2,80}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    program: Program
    filing_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{2}$")]
    partner: Slug
    unit_rule: UnitRule
    wants_discipline_modifier: bool = False
    wants_assistant_modifier: bool = False
    wants_plan_of_care: bool = False
    discipline_modifier_from: tuple[Discipline, ...] = ()
    wants_authorization: bool = False
    authorization_for_evaluation: bool = True
    wants_referring_provider: bool = False
    pays_massage_therapists: bool = True
    applies_pair_edits: bool = False
    excludes_wellness: bool = False
    excluded_codes: tuple[str, ...] = ()
    filed_by_days: Annotated[int, Field(ge=1)] | None = None
    corrected_by_days: Annotated[int, Field(ge=1)] = 90
    corrected_from: CountedFrom = CountedFrom.REMITTANCE
    appeal_by_days: Annotated[int, Field(ge=1)] = 180
    appeal_from: CountedFrom = CountedFrom.REMITTANCE
    records_by_days: Annotated[int, Field(ge=1)] = 45
    records_from: CountedFrom = CountedFrom.REMITTANCE
    takes_replacements: bool = True
    sources: dict[str, str] = {}
    fee_schedule: tuple[FeeScheduleDocument, ...] = ()
    rates: tuple[RatesDocument, ...] = ()


class LicenceDocument(_Strict):
    """[[person.licence]] of staff.toml."""

    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    kind: str = ""
    starts: date | None = None
    ends: date | None = None


class EnrolmentDocument(_Strict):
    """[[person.enrolled]] of staff.toml: with which payer, by its id."""

    payer: Annotated[str, Field(pattern=r"^[0-9A-Z]{2,80}$")]
    starts: date | None = None
    ends: date | None = None


class StaffMemberDocument(_Strict):
    """[[person]] of staff.toml."""

    last_name: Annotated[str, Field(min_length=1, max_length=60)]
    first_name: Annotated[str, Field(min_length=1, max_length=35)]
    npi: Annotated[str, AfterValidator(_npi)] | Literal[""] = ""
    credential: Annotated[str, Field(max_length=20)] = ""
    taxonomy: Annotated[str, Field(pattern=r"^([0-9A-Z]{9}X)?$")] = ""
    licence: tuple[LicenceDocument, ...] = ()
    enrolled: tuple[EnrolmentDocument, ...] = ()


class StaffDocument(_Strict):
    """staff.toml: the practice's own people, their licences, and the payers that they are enrolled with."""

    person: tuple[StaffMemberDocument, ...] = ()


_Prefix = Annotated[str, Field(pattern=r"^[A-Z][0-9][0-9A-Z]{1,5}$")]


class PolicyDocument(_Strict):
    """[[policy]] of policies/NAME.toml: what a payer, a program or a state says of a procedure."""

    id: Slug
    codes: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9A-Z]{5}$")], ...], Field(min_length=1)]
    programs: tuple[Program, ...] = ()
    payers: tuple[Annotated[str, Field(pattern=r"^[0-9A-Z]{2,80}$")], ...] = ()
    states: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = ()
    starts: date | None = None
    ends: date | None = None
    covered: bool = True
    given_by: tuple[Calling, ...] = ()
    not_given_by: tuple[Calling, ...] = ()
    beside_another: bool = False
    prescription: bool = False
    plan: bool = False
    authorization: bool = False
    units_max: Annotated[int, Field(ge=1)] | None = None
    visits_max: Annotated[int, Field(ge=1)] | None = None
    supporting: tuple[_Prefix, ...] = ()
    not_alone: tuple[_Prefix, ...] = ()
    excludes: tuple[Annotated[str, Field(min_length=5)], ...] = ()
    says: Annotated[str, Field(min_length=10)]
    source: Annotated[str, Field(min_length=5)]
    confidence: Confidence


class PoliciesDocument(_Strict):
    """policies/NAME.toml."""

    policy: tuple[PolicyDocument, ...] = ()


class WaiverDocument(_Strict):
    """[[waiver]] of waivers.toml: a named person lets a rule pass for a payer or a partner until a day."""

    rule: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]+$")]
    payer: str = ""
    partner: str = ""
    by: Annotated[str, Field(min_length=2)]
    why: Annotated[str, Field(min_length=5)]
    until: date


class WaiversDocument(_Strict):
    """waivers.toml."""

    waiver: tuple[WaiverDocument, ...] = ()
