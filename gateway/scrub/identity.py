"""Rules about who is who, and when."""

from collections.abc import Iterator

from gateway.codes.npi import is_npi
from gateway.codes.postal import is_zip_plus_4
from gateway.finding import Owner, Severity
from gateway.scrub.rule import Case, Fault, Faults, rule


@rule(
    id="NPI_INVALID",
    severity=Severity.HOLD,
    owner=Owner.PRACTICE_MANAGER,
    cites="45 CFR 162.406: ten digits, the last a check digit",
    fix="Copy the NPI from the national registry.",
)
def npi_invalid(case: Case) -> Faults:
    """An NPI whose check digit is wrong."""
    for where, npi in _npis(case):
        if npi and not is_npi(npi):
            yield Fault(where, "the check digit of this NPI is wrong")


@rule(
    id="ZIP_WITHOUT_FOUR",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="005010X222A1, N403 of loops 2010AA and 2310C: the whole nine digits of the ZIP code",
    fix="Look the address up at the post office's site and enter ZIP+4.",
)
def zip_without_four(case: Case) -> Faults:
    """The place of service, or the billing provider, has a ZIP code of five digits only."""
    billing = case.visit.billing or case.practice.billing
    for where, who in (("facility.address.zip_code", case.visit.facility), ("billing.address.zip_code", billing)):
        if who and not is_zip_plus_4(who.address.zip_code):
            yield Fault(where, "this ZIP code lacks its last four digits")


@rule(
    id="DATE_IN_FUTURE",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="005010X222A1 loop 2400 DTP*472 and loop 2010BA DMG02: dates that have happened",
    fix="Correct the date.",
)
def date_in_future(case: Case) -> Faults:
    """A visit that has not happened yet, or before the patient was born."""
    if not case.reached(case.visit.day):
        yield Fault("date", "the visit is dated in the future")
    if case.visit.patient.birth_date > case.visit.day:
        yield Fault("patient.birth_date", "the patient was born after the visit")


@rule(
    id="VISIT_REPEATED",
    severity=Severity.WARN,
    owner=Owner.BILLER,
    cites="CARC 18: payers deny a second claim for the same patient, date, provider and procedure",
    fix="If it is one visit exported twice, mark one as not billed; if both took place, say so in the notes.",
)
def visit_repeated(case: Case) -> Faults:
    """Another visit of the same patient, day and clinician with the same procedure."""
    billed = {line.procedure for line in case.draft.billed}
    for other in case.history:
        same = other.day == case.visit.day and other.rendering.npi == case.visit.rendering.npi
        both = sorted(billed & {service.code for service in other.services})
        if same and both:
            yield Fault("visit_id", f"visit {other.key} of the same day bills {both[0]} as well")


def _npis(case: Case) -> Iterator[tuple[str, str]]:
    yield "rendering.npi", case.visit.rendering.npi
    for where, who in (
        ("referring.npi", case.visit.referring),
        ("supervising.npi", case.visit.supervising),
        ("facility.npi", case.visit.facility),
        ("billing.npi", case.visit.billing),
    ):
        if who:
            yield where, who.npi


RULES = (npi_invalid, zip_without_four, date_in_future, visit_repeated)
