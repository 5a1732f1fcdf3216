"""Rules that read the payer's own file: what it covers, and what a line costs."""

from gateway.codes.procedure import procedure
from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, rule


@rule(
    id="CHARGE_MISSING",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="005010X222A1 loop 2400 SV102",
    fix="Give the charge, or add the code to the payer's fee schedule in payers/*.toml.",
    needs="the charge of each line",
)
def charge_missing(case: Case) -> Faults:
    """A line whose charge is neither given nor in the payer's fee schedule for the date, or is 0.00."""
    for line in case.draft.billed:
        if line.charge is not None and not line.charge:
            yield Fault(f"services.{line.place}.charge", f"{line.procedure} is charged 0.00")
        elif line.charge is None and line.units is not None:
            lacks = (place for place in (line.place, *line.bears) if case.visit.services[place - 1].charge is None)
            yield Fault(
                f"services.{next(lacks, line.place)}.charge", f"no charge for {line.procedure} on the date of service"
            )


@rule(
    id="DESCRIPTION_MISSING",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="005010X222A1 loop 2400 SV101-7: a code that says nothing of what was done is described",
    fix="Say in a few words what was done (services.N.description), as the note does.",
)
def description_missing(case: Case) -> Faults:
    """An unlisted code without a description."""
    for line in case.draft.billed:
        if line.procedure in _UNLISTED and not line.service.description:
            yield Fault(
                f"services.{line.place}.description", f"{line.procedure} is an unlisted code and is not described"
            )


_UNLISTED = frozenset({"97039", "97139", "97799"})


@rule(
    id="CODE_NOT_VALID_FOR_PAYER",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="the payer's published list of excluded services, as sourced in its file; Medicare: physician fee schedule status",
    fix="Use the code this payer takes for the same service, or do not bill it to this payer.",
)
def code_not_valid_for_payer(case: Case) -> Faults:
    """A code that the payer does not take."""
    for line in case.draft.billed:
        if line.procedure in case.payer.excluded_codes:
            severity = case.payer_says("excluded_codes")
            yield Fault(f"services.{line.place}.code", f"this payer does not take {line.procedure}", severity)


@rule(
    id="CODE_BUNDLED_FOR_PAYER",
    severity=Severity.WARN,
    owner=Owner.BILLER,
    cites="Medicare physician fee schedule: status of the code",
    fix="Take the line off, or use the code that Medicare pays for the same service.",
)
def code_bundled_for_payer(case: Case) -> Faults:
    """A code that Medicare never pays by itself."""
    if case.payer.program is not Program.MEDICARE:
        return
    for line in case.draft.billed:
        known = procedure(line.procedure)
        if known is not None and not known.medicare_payable and line.procedure not in case.payer.excluded_codes:
            yield Fault(f"services.{line.place}.code", f"Medicare does not pay {line.procedure} separately")


@rule(
    id="CODE_UNKNOWN",
    severity=Severity.WARN,
    owner=Owner.BILLER,
    cites="our list of therapy codes, which is not the whole of CPT and HCPCS",
    fix="Check the code; units and modifiers of codes we do not know are taken as given.",
)
def code_unknown(case: Case) -> Faults:
    """A code that our list of therapy codes does not hold, or not for that date."""
    for line in case.draft.billed:
        known = procedure(line.procedure)
        if known is None:
            yield Fault(f"services.{line.place}.code", f"{line.procedure} is not in our list of therapy codes")
        elif not known.exists_on(case.visit.day):
            yield Fault(f"services.{line.place}.code", f"{line.procedure} was not in force on the date of service")


@rule(
    id="CODE_OF_OTHER_DISCIPLINE",
    severity=Severity.WARN,
    owner=Owner.BILLER,
    cites="CARC 8: payers deny a procedure outside what the rendering provider's taxonomy may bill",
    fix="Check code and rendering provider; bill it under the clinician who truly gave it.",
)
def code_of_other_discipline(case: Case) -> Faults:
    """A code that belongs to another discipline than the visit's."""
    for line in case.draft.billed:
        known = procedure(line.procedure)
        if known is not None and known.disciplines and case.visit.discipline not in known.disciplines:
            yield Fault(
                f"services.{line.place}.code", f"{line.procedure} is not usually billed by {case.visit.discipline}"
            )


@rule(
    id="PAYER_ASSUMED",
    severity=Severity.WARN,
    owner=Owner.PRACTICE_MANAGER,
    cites="gateway.toml, [unknown_payer]",
    fix="Add payers/NAME.toml with this payer's rules and where each is written.",
)
def payer_assumed(case: Case) -> Faults:
    """A payer that nobody configured: defaults were taken."""
    if case.payer.assumed:
        rule_name = case.payer.unit_rule
        yield Fault(
            "coverages.1.payer_id",
            f"payer {case.payer.id} is not configured; taken as commercial, {rule_name} units, by {case.payer.partner}",
        )


RULES = (
    charge_missing,
    description_missing,
    code_not_valid_for_payer,
    code_bundled_for_payer,
    code_unknown,
    code_of_other_discipline,
    payer_assumed,
)
