"""Rules about who covers the patient beside the first payer: nothing of it holds a claim, and nothing of it goes unsaid."""

from collections.abc import Iterator
from typing import Final

from gateway.billing import OtherCoverage, other_coverages
from gateway.finding import Owner, Severity
from gateway.scrub.rule import Case, Fault, Faults, rule

_CITES: Final = (
    "005010X222A1, loops 2320, 2330A and 2330B: the other payers of a patient stand on the claim to the first"
)

_TURNS: Final = {"S": "second", "T": "third"}


@rule(
    id="OTHER_COVERAGE",
    severity=Severity.WARN,
    owner=Owner.BILLER,
    cites=_CITES,
    fix="Bill it by hand once the first payer has answered; gateway claims list left:by_hand gives the figures.",
)
def other_coverage(case: Case) -> Faults:
    """Another payer covers the patient too. It is named on the claim, and is not billed by the gateway yet."""
    for one, is_named in _others(case):
        if is_named:
            yield Fault(f"coverages.{one.place}", f"{_said(one)}; the claim names it")


@rule(
    id="OTHER_COVERAGE_INCOMPLETE",
    severity=Severity.WARN,
    owner=Owner.FRONT_DESK,
    cites=_CITES,
    fix="Ask the patient, and set what is missing: gateway visits fix VISIT --set-from FILE --by NAME --reason TEXT. "
    "It is billed by hand in any case once the first payer has answered.",
)
def other_coverage_incomplete(case: Case) -> Faults:
    """Another payer covers the patient too, and what the guide wants said of it is not given: the claim does not name it."""
    for one, is_named in _others(case):
        if is_named:
            continue
        lacks = one.payer.lacks
        why = f"{', '.join(lacks)} missing or contradicted" if lacks else "the payer before it is not named"
        where = f"coverages.{one.place}.{lacks[0]}" if lacks else f"coverages.{one.place}"
        yield Fault(where, f"{_said(one)}; the claim goes out without naming it: {why}")


@rule(
    id="COVERAGE_REPEATED",
    severity=Severity.WARN,
    owner=Owner.FRONT_DESK,
    cites="005010X222A1, SBR01 of 2000B and 2320: each payer of a claim has a turn of its own",
    fix="Take it out; if it is another policy, correct its payer, member id, group or subscriber.",
)
def coverage_repeated(case: Case) -> Faults:
    """A coverage that the visit gives twice: the same payer, member, group and subscriber."""
    for one in other_coverages(case.visit, case.other_policies):
        if one.repeats:
            said = f"it is the same as coverages.{one.repeats}, and counts once: nobody else is asked for what that one leaves"
            yield Fault(f"coverages.{one.place}", said)


def _others(case: Case) -> Iterator[tuple[OtherCoverage, bool]]:
    """Give the other coverages that are no repetition, and whether the claim names their payers."""
    is_named = True
    for one in other_coverages(case.visit, case.other_policies):
        if not one.repeats:
            is_named = is_named and not one.payer.lacks
            yield one, is_named


def _said(one: OtherCoverage) -> str:
    return (
        f"{one.payer.name} covers the patient too, as {_TURNS[one.payer.sequence]} payer, and we do not bill it yet: "
        "what the payers before it leave is not the patient's"
    )


RULES = (other_coverage, other_coverage_incomplete, coverage_repeated)
