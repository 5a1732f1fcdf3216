"""What a payer wants, as data. Differences between payers live in config/payers/*.toml, never in an `if`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from gateway.visit import Discipline


class Program(StrEnum):
    """The kind of payer; it decides which published rules can bind."""

    MEDICARE = "medicare"
    """Original Medicare (Part B, Railroad)."""
    MEDICARE_ADVANTAGE = "medicare_advantage"
    MEDICAID = "medicaid"
    TRICARE = "tricare"
    VA = "va"
    """VA Community Care."""
    COMMERCIAL = "commercial"
    WORKERS_COMPENSATION = "workers_compensation"
    AUTO = "auto"


class UnitRule(StrEnum):
    """How minutes become units."""

    CMS = "cms"
    """Total time: CMS Claims Processing Manual ch. 5 sec. 20.2."""
    MIDPOINT = "midpoint"
    """Each code by itself, a unit past its midpoint (CPT time rule)."""


class CountedFrom(StrEnum):
    """Where a payer's limit begins."""

    SERVICE = "service"
    """The date of service; of several the first."""
    REMITTANCE = "remittance"
    """The date of the remittance that refused it."""
    LETTER = "letter"
    """The date of the payer's letter. No file tells it: the remittance's is taken, and a person reads the letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSchedule:
    """The practice's charge, in dollars for one unit, by procedure, for dates of service in [starts, ends]."""

    starts: date
    ends: date | None = None
    source: str
    charges: Mapping[str, Decimal]

    def holds_on(self, day: date) -> bool:
        """Tell whether this schedule prices the date of service `day`."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


class Allowed(NamedTuple):
    """What one unit is allowed, in dollars: in full, and beside others of the day."""

    whole: Decimal
    reduced: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What the payer allows, in dollars for one unit, by procedure, for dates of service in [starts, ends].

    reduced  for a unit that it pays at less because of others of the day (Medicare's multiple procedure payment reduction:
             all but the one unit whose reduction would be the largest); a procedure that is not there is never reduced
    """

    starts: date
    ends: date | None = None
    source: str
    amounts: Mapping[str, Decimal]
    reduced: Mapping[str, Decimal] = field(default_factory=dict)

    def holds_on(self, day: date) -> bool:
        """Tell whether these are the payer's for the date of service `day`."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """One payer's policy.

    filing_code          SBR09, such as MB, MC, CI, WC
    partner              the trading partner that takes this payer's claims
    filed_by_days        first claim due so many days after the date of service
    corrected_by_days    corrected claim due so many days after what `corrected_from` names
    appeal_by_days       appeal due so many days after what `appeal_from` names
    records_by_days      records due so many days after what `records_from` names; 45 is our judgement where none is set
    authorization_for_evaluation  whether an evaluation needs the authorization too, where other visits do
    discipline_modifier_from      disciplines beside PT, OT and SLP whose therapy lines have to say GP, GO or GN
    takes_replacements   whether frequency 7 and 8 are taken (Medicare Part B reopens instead)
    sources              where each setting is written, by its key; a setting without a source may warn, never hold
    assumed              True when nobody configured this payer and the defaults were taken
    """

    id: str
    name: str
    program: Program
    filing_code: str
    partner: str
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
    filed_by_days: int | None = None
    corrected_by_days: int = 90
    corrected_from: CountedFrom = CountedFrom.REMITTANCE
    appeal_by_days: int = 180
    appeal_from: CountedFrom = CountedFrom.REMITTANCE
    records_by_days: int = 45
    records_from: CountedFrom = CountedFrom.REMITTANCE
    takes_replacements: bool = True
    fee_schedules: tuple[FeeSchedule, ...] = ()
    rates: tuple[Rates, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    assumed: bool = False

    def charge_for(self, procedure: str, day: date) -> Decimal | None:
        """Give the practice's charge in dollars for one unit on that date of service, or None if no schedule says."""
        for schedule in self.fee_schedules:
            if schedule.holds_on(day) and procedure in schedule.charges:
                return schedule.charges[procedure]
        return None

    def allowed_for(self, procedure: str, day: date) -> Allowed | None:
        """Give what the payer allows for one unit on that date of service, or None if its file does not say."""
        for rates in self.rates:
            if rates.holds_on(day) and procedure in rates.amounts:
                whole = rates.amounts[procedure]
                return Allowed(whole, min(whole, rates.reduced.get(procedure, whole)))
        return None
