"""The simulator's world as values: what each plan pays, whom it covers, and which providers it has enrolled.

Everything here is read from plans.toml, members.toml and providers.toml (see `documents`); samples/simulator/ holds a
copy of each that explains every key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

ALL: Final = "*"
"""In a list of procedures: every procedure."""


def names(procedures: tuple[str, ...], procedure: str) -> bool:
    """Tell whether a list of procedures holds this one."""
    return procedure in procedures or ALL in procedures


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledPair:
    """Two procedures of one day of which only column 1 is paid (CO 97); `releasable` by 59, XE, XS, XP or XU."""

    column1: str
    column2: str
    releasable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """Diagnoses that do not go with a procedure (CO 11): every diagnosis the line points to begins with a prefix."""

    procedures: tuple[str, ...]
    diagnoses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNecessary:
    """When a procedure counts as not medically necessary (CO 50). All conditions that are given must hold.

    alone      nothing but these procedures stands on the claim that day
    diagnoses  every diagnosis the line points to begins with one of these prefixes
    """

    procedures: tuple[str, ...]
    alone: bool = False
    diagnoses: tuple[str, ...] = ()
    remark: str = "N115"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifierConflict:
    """Modifiers that may not stand on one line (CO 4), or that make no sense `without` another."""

    modifiers: tuple[str, ...]
    without: tuple[str, ...] = ()
    procedures: tuple[str, ...] = (ALL,)
    remark: str = "N519"


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Procedures that are not paid before somebody has read the record (CO 226)."""

    procedures: tuple[str, ...]
    remark: str = "M127"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One payer. Money in dollars and cents, shares in percent.

    payer                 NM109 of loop 2010BB
    partner               the clearinghouse (SFTP user) that reaches it; empty: any
    kind                  medicare, medicaid, commercial, workers_compensation, auto
    tax_id                9 digits; TRN03 is 1 and this
    allowed               allowed amount for one unit, by procedure
    allowed_percent       of the charge, where `allowed` names no amount
    copay                 of each day that is paid (PR 3)
    filing_days           a first claim is late after so many days (CO 29)
    discipline_modifier   procedures that need GP, GO or GN (CO 4, N822)
    authorization         procedures that need a prior authorization (CO 197, 198)
    required              what each claim has to hold (CO 16): referring, rendering, accident, initial_treatment
    claim_number          whether REF*Y4 is required (277CA A6, 629)
    units_per_day         most units of a day, by procedure (CO 151, N362)
    visits_per_year       most paid days of a calendar year (CO 119, N362)
    visits_released_by    modifier that lifts that limit, such as KX
    not_covered           procedures that the plan excludes (PR 96, N130)
    takes_replacements    whether frequency 7 and 8 are taken (277CA A7, 535)
    """

    payer: str = ""
    name: str = "Invented Payer"
    partner: str = ""
    kind: str = "commercial"
    tax_id: str = "999999999"
    street: str = "1 Payer Plaza"
    city: str = "Springfield"
    state: str = "IL"
    zip_code: str = "627010000"
    phone: str = "5555550100"
    allowed: Mapping[str, Decimal] = field(default_factory=dict)
    allowed_percent: Decimal = Decimal(80)
    deductible: Decimal = Decimal("0.00")
    copay: Decimal = Decimal("0.00")
    coinsurance_percent: Decimal = Decimal(0)
    filing_days: int = 365
    discipline_modifier: tuple[str, ...] = ()
    authorization: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    claim_number: bool = False
    units_per_day: Mapping[str, int] = field(default_factory=dict)
    visits_per_year: int | None = None
    visits_released_by: str = ""
    not_covered: tuple[str, ...] = ()
    takes_replacements: bool = True
    bundled: tuple[BundledPair, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
    not_necessary: tuple[NotNecessary, ...] = ()
    modifier_conflict: tuple[ModifierConflict, ...] = ()
    records: tuple[Records, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A prior authorization on file. `visits` counts days of service; None is without limit."""

    number: str
    procedures: tuple[str, ...] = (ALL,)
    visits: int | None = None
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person whom a plan covers.

    birth_date       None: not compared
    starts, ends     cover, both days included; outside of it CO 27
    primary_payer    another payer that pays first (CO 22)
    deductible_left  of the year, before the first claim that the simulator sees; None: the plan's whole deductible
    visits_used      of the year, before the first claim that the simulator sees
    records_wanted   procedures whose record is asked for (CO 226)
    """

    id: str
    payer: str
    birth_date: date | None = None
    starts: date | None = None
    ends: date | None = None
    primary_payer: str = ""
    deductible_left: Decimal | None = None
    visits_used: int = 0
    records_wanted: tuple[str, ...] = ()
    authorization: tuple[Authorization, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledProvider:
    """A billing or rendering provider, and since when each payer has it enrolled (CO B7 before that day)."""

    npi: str
    name: str = ""
    enrolled: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that the simulator knows before the first file.

    fallback  the plan of payers that are not known, in open mode; None: unknown payers, members and providers are
              rejected
    """

    plans: Mapping[str, Plan] = field(default_factory=dict)
    members: Mapping[tuple[str, str], Member] = field(default_factory=dict)
    providers: Mapping[str, EnrolledProvider] = field(default_factory=dict)
    fallback: Plan | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether unknown payers, members and providers are taken."""
        return self.fallback is not None

    def reached_by(self, partners: tuple[str, ...]) -> "World":
        """Give the same world for these clearinghouses: a plan of one that is not played is reached by any."""
        plans = {
            payer: plan if plan.partner in partners else replace(plan, partner="") for payer, plan in self.plans.items()
        }
        return replace(self, plans=plans)

    def plan(self, payer: str, name: str = "") -> Plan | None:
        """Give the payer's plan. In open mode every payer has one, under the name that the claim gives it."""
        known = self.plans.get(payer)
        if known is None and self.fallback is not None:
            return replace(self.fallback, payer=payer, name=name or self.fallback.name)
        return known

    def member(self, payer: str, number: str) -> Member | None:
        """Give the member of that payer. In open mode everybody is covered."""
        known = self.members.get((payer, number))
        return Member(id=number, payer=payer) if known is None and self.is_open else known

    def enrolled(self, npi: str, payer: str) -> date | None:
        """Give the day since when the provider is enrolled with the payer, None if it is not."""
        known = self.providers.get(npi)
        if known is None:
            return date.min if self.is_open else None
        return known.enrolled.get(payer, date.min if self.is_open else None)
