"""Rules about who is who, and when."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from gateway.billing.member_id import as_on_claim
from gateway.codes.mbi import is_mbi
from gateway.codes.npi import is_npi
from gateway.codes.postal import is_zip_plus_4
from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, rule

_ONLY_NUMBER_SINCE: Final = date(2020, 1, 1)


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
    id="MEMBER_ID_INVALID",
    severity=Severity.HOLD,
    owner=Owner.FRONT_DESK,
    cites="CMS, Understanding the Medicare Beneficiary Identifier format: 11 characters, each place of its own kind, "
    "without S, L, O, I, B and Z; since 2020-01-01 the only number that Medicare takes",
    fix="Copy the number from the patient's red, white and blue card, or look it up in the MAC's portal.",
)
def member_id_invalid(case: Case) -> Faults:
    """A Medicare number of a shape that no card has. Its hyphens and blanks do not count: the claim leaves them out."""
    if case.visit.day < _ONLY_NUMBER_SINCE:
        return
    payers = (case.payer, *case.other_policies)
    for place, (coverage, payer) in enumerate(zip(case.visit.coverages, payers, strict=False), start=1):
        if payer.program is Program.MEDICARE and coverage.member_id and not is_mbi(as_on_claim(coverage, payer)):
            what = (
                "this is no Medicare number: wrong in length, or a letter and a digit are mixed up (0 and O, 1 and I)"
            )
            # A coverage that is not billed here holds nothing.
            yield Fault(f"coverages.{place}.member_id", what, None if place == 1 else Severity.WARN)


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


RULES = (npi_invalid, zip_without_four, member_id_invalid)
