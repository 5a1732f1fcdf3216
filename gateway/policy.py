"""What a payer, a program or a state says of a procedure: when it is covered, by whom, beside what, how often."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.payer import Payer, Program


class Confidence(StrEnum):
    """How well a policy is known; only what is published may hold a claim."""

    PUBLISHED = "published"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy. What is left out fits all, or asks nothing.

    codes            procedures that it is about
    programs, payers, states  whom it binds; one that names neither a program nor a payer is a pattern, and binds nobody
    covered          False where it is not covered at all
    given_by         callings that may give it, as in codes.callings; empty is anybody
    not_given_by     callings that may not
    beside_another   only beside another procedure of the day that is not of this policy
    prescription, plan, authorization  what has to be there
    units_max        units of a day
    visits_max       visits with it in a calendar year
    supporting       beginnings of diagnoses, one of which should be among the visit's
    not_alone        beginnings of diagnoses that do not support it alone
    excludes         what is not covered, in our own words; a person reads it, no rule
    says             in our own words
    source           where it is written
    """

    id: str
    codes: tuple[str, ...]
    programs: tuple[Program, ...] = ()
    payers: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    starts: date | None = None
    ends: date | None = None
    covered: bool = True
    given_by: tuple[str, ...] = ()
    not_given_by: tuple[str, ...] = ()
    beside_another: bool = False
    prescription: bool = False
    plan: bool = False
    authorization: bool = False
    units_max: int | None = None
    visits_max: int | None = None
    supporting: tuple[str, ...] = ()
    not_alone: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    says: str
    source: str
    confidence: Confidence

    @property
    def is_pattern(self) -> bool:
        """Whether it binds nobody until a practice gives it a payer."""
        return not (self.programs or self.payers)

    @property
    def says_when_covered(self) -> bool:
        """Whether it says when the procedure is covered; others only name diagnoses."""
        asks = (self.given_by, self.not_given_by, self.units_max, self.visits_max, self.excludes)
        wants = (self.beside_another, self.prescription, self.plan, self.authorization)
        return not self.covered or any(asks) or any(wants)

    def binds(self, procedure: str, payer: Payer, state: str, day: date) -> bool:
        """Tell whether it is about that procedure, for that payer, in that state, on that day."""
        in_force = (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)
        named = payer.id in self.payers or payer.program in self.programs
        return procedure in self.codes and in_force and named and (not self.states or state in self.states)
