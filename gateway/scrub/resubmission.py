"""Rules of a claim that follows one the payer has adjudicated: no second original ever goes out."""

from gateway.finding import Owner, Severity
from gateway.scrub.rule import Case, Fault, Faults, rule


# This holds whether or not the payer's file names a source: neither a replacement nor a second original may be made.
@rule(
    id="REPLACEMENT_NOT_TAKEN",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="Medicare: CMS Claims Processing Manual ch. 34 sec. 10: clerical errors are reopened, not replaced; "
    "others: the payer's file: takes_replacements = false",
    fix="Ask the payer for a reopening, or for what it takes instead; then set the visit back to what was claimed.",
)
def replacement_not_taken(case: Case) -> Faults:
    """A changed visit whose claim was adjudicated by a payer that takes no replacement claims."""
    if case.adjudicated and not case.payer.takes_replacements:
        yield Fault("2300/CLM05-3", "the payer has adjudicated a claim of this visit and takes no replacement of it")


@rule(
    id="REPLACEMENT_WITHOUT_ORIGINAL",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="005010X222A1 loop 2300 REF*F8",
    fix="Post the remittance that holds the payer's claim number (CLP07), or ask the payer for it; then scrub again.",
)
def replacement_without_original(case: Case) -> Faults:
    """A replacement that cannot name the claim it replaces."""
    if case.adjudicated and case.payer.takes_replacements and not case.payer_claim_number.strip():
        yield Fault("2300/REF*F8", "a replacement must name the payer's number of the claim it replaces; none is known")


@rule(
    id="PAID_BY_ANOTHER_PAYER",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="42 CFR 401.305: what was paid and is not owed is given back; 005010X222A1 loop 2320: what another payer paid first",
    fix="Have that payer take its money back (gateway claims void, or a refund), post its reversal, then scrub again.",
)
def paid_by_another_payer(case: Case) -> Faults:
    """A claim to a payer while another one's payment of the same visit stands: it would be paid twice."""
    if case.paid_by_another:
        yield Fault(
            "2010BB/NM109", f"payer {case.paid_by_another} has paid a claim of this visit, and its money stands"
        )


RULES = (replacement_not_taken, replacement_without_original, paid_by_another_payer)
