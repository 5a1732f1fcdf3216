"""What a rule is, and what it may look at.

A rule is a generator over a Case; it yields a Fault for each place it finds wrong, never repairs and never guesses. It
may hold a claim only on a published citation and on a fact that was supplied. A payer's own wish holds only when the
payer's file says where that wish is written; a table holds only for the dates it was published for, unless the practice
lets it hold longer, by name and reason.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from traceback import extract_tb
from typing import Final, NamedTuple

from gateway.billing.draft import Draft
from gateway.clock import local_day
from gateway.codes.procedure import procedure
from gateway.finding import Finding, Owner, Severity
from gateway.payer import Payer, Program
from gateway.people import Practice, StaffMember
from gateway.policy import Policy
from gateway.visit import Discipline, Visit

_THERAPY: Final = frozenset({Discipline.PT, Discipline.OT, Discipline.SLP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a rule may read.

    other_policies      of the payers of the visit's other coverages, one for each, in their order
    staff               the practice's own people, as far as it lists them
    policies            what payers, programs and states say of procedures
    history             the same patient's other visits with this practice under this payer, by date: those of the day, and
                        those before it back to the year's first day, or half a year where that is longer
    doubtful            visits of those days of which it is not known whether they are this patient's
    allowed             dollars that the payer has allowed for visits of the history, by key; those not answered are left out
    today               in the practice's zone; rules ask `reached` or `longer_ago`
    still_holds         names of tables that the practice lets hold past their dates
    adjudicated         whether the payer has adjudicated an earlier claim of this visit that it still holds
    payer_claim_number  the payer's number of that claim (CLP07 of the 835), empty when not known
    paid_by_another     another payer whose money stands on an earlier claim of this visit; empty if there is none
    codes               folder of the code lists that the practice imported, None where it has none
    turns_on            the days on which what rules have asked so far is answered otherwise
    """

    visit: Visit
    draft: Draft
    payer: Payer
    practice: Practice
    today: date
    other_policies: tuple[Payer, ...] = ()
    staff: tuple[StaffMember, ...] = ()
    policies: tuple[Policy, ...] = ()
    history: tuple[Visit, ...] = ()
    doubtful: tuple[Visit, ...] = ()
    allowed: Mapping[str, Decimal] = field(default_factory=dict)
    still_holds: frozenset[str] = frozenset()
    adjudicated: bool = False
    payer_claim_number: str = ""
    paid_by_another: str = ""
    codes: Path | None = None
    turns_on: set[date] = field(default_factory=set, compare=False, repr=False)

    def reached(self, day: date) -> bool:
        """Tell whether a day has come.

        Rules ask this way, or by `longer_ago`, and look at no clock: so it is known on which day they may find otherwise
        (`turns_on`), and a visit that waits is not looked at again on every day in between.
        """
        self.turns_on.add(day)
        return self.today >= day

    def longer_ago(self, since: date, days: int) -> bool:
        """Tell whether more than so many days have gone by since a day."""
        turns = since.toordinal() + days + 1
        return turns <= date.max.toordinal() and self.reached(date.fromordinal(turns))

    @property
    def wants_plan(self) -> bool:
        """Tell whether the payer wants a plan of care for this visit. The evaluation itself establishes it."""
        billed = [known for line in self.draft.lines if (known := procedure(line.procedure)) is not None]
        return (
            self.payer.wants_plan_of_care
            and self.visit.discipline in _THERAPY
            and not all(known.is_evaluation for known in billed)
        )

    @property
    def plan_severity(self) -> Severity:
        """HOLD where Medicare, or a source in the payer's file, says what is wanted of plan, certification and report."""
        return Severity.HOLD if self.payer.program is Program.MEDICARE else self.payer_says("wants_plan_of_care")

    def day_of(self, moment: datetime) -> date:
        """Give the day of a moment on the practice's wall clock."""
        return local_day(moment, self.practice.zone)

    def payer_says(self, setting: str) -> Severity:
        """HOLD when the payer's file names the source of that setting; a wish without a source may only warn."""
        return Severity.HOLD if setting in self.payer.sources else Severity.WARN

    def table_says(self, table: str, *, in_force: bool) -> Severity:
        """HOLD when the table was published for the date of service, or the practice lets it hold past that."""
        return Severity.HOLD if in_force or table in self.still_holds else Severity.WARN


class Fault(NamedTuple):
    """One place a rule found wrong. `severity` may be weaker than the rule's own, never stronger."""

    where: str
    what: str
    severity: Severity | None = None


Faults = Iterator[Fault]
Check = Callable[[Case], Faults]

_RANK = {Severity.NOT_CHECKED: 0, Severity.WARN: 1, Severity.HOLD: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check with everything that a person wants to know of it.

    says   its docstring: the fault it finds
    needs  what it finds missing and no claim can be made without; such a rule cannot be waived. Empty for the others
    """

    id: str
    severity: Severity
    owner: Owner
    cites: str
    fix: str
    says: str
    check: Check
    needs: str = ""

    def findings(self, case: Case) -> Iterator[Finding]:
        """Run the check on a case. What is found of a service is found once, on however many lines it is billed."""
        for fault in dict.fromkeys(self.check(case)):
            severity = fault.severity or self.severity
            assert _RANK[severity] <= _RANK[self.severity], f"{self.id} may not be stronger than {self.severity}"
            yield Finding(
                rule=self.id,
                severity=severity,
                owner=self.owner,
                where=fault.where,
                what=fault.what,
                fix=self.fix,
                cites=self.cites,
            )


def rule(
    *,
    id: str,  # noqa: A002 the field's name
    severity: Severity,
    owner: Owner,
    cites: str,
    fix: str,
    needs: str = "",
) -> Callable[[Check], Rule]:
    """Make a rule of a check. Nothing registers itself: a family lists its rules in RULES."""

    def made(check: Check) -> Rule:
        says = (check.__doc__ or "").strip()
        assert says, f"{id} has no docstring"
        assert cites, f"{id} cites nothing"
        assert fix, f"{id} has no fix"
        return Rule(id=id, severity=severity, owner=owner, cites=cites, fix=fix, says=says, check=check, needs=needs)

    return made


OUR_FAULT: Final = "the rule's own code"
"""Where a finding is that says of a rule that it broke: nothing is wrong with the visit that anybody knows of."""

BUGS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What pure code raises when it is wrong. What a door raises (a table that cannot be read) is no fault of a rule."""


def judged(one: Rule, case: Case) -> tuple[Finding, ...]:
    """Give what a rule finds; where its code breaks, a finding that holds the visit, for it was not judged.

    One visit that nobody foresaw must not keep every other from becoming a claim.
    """
    try:
        return tuple(one.findings(case))
    except BUGS as bug:
        anyway = "" if one.needs else "; to bill it before that, waive the rule by name in waivers.toml"
        return (broken(one.id, bug, f"Tell those who look after the gateway the rule and the place{anyway}."),)


def broken(rule: str, bug: BaseException, fix: str) -> Finding:
    """Say that code of ours broke on a visit: it is held. Nothing of the exception's own words is kept: they may quote it."""
    at = extract_tb(bug.__traceback__)[-1]
    broke = f"{type(bug).__name__} at {Path(at.filename).name}:{at.lineno} in {at.name}"
    return Finding(
        rule=rule,
        severity=Severity.HOLD,
        owner=Owner.PRACTICE_MANAGER,
        where=OUR_FAULT,
        what=f"the code of {rule} broke on this visit ({broke}), so the visit is not judged; the others are",
        fix=f"{fix} The visit is looked at again by each scrub until it is mended.",
        cites="a fault of the gateway, not of the visit",
    )


def not_checked(where: str, fact: str) -> Fault:
    """Say that the practice's system does not supply what the rule would look at."""
    return Fault(where, f"the practice's system does not supply {fact}", Severity.NOT_CHECKED)
