"""Claims as an 837P (005010X222A1): one function for each loop, segments in the order of the guide.

What the wire cannot carry is refused here; what a payer would refuse is the scrubber's to say. Human text is folded to
plain capitals first; ids and codes go out as given. Loops 2300 and below are in `claim_loops`.
"""

from collections.abc import Iterator
from itertools import count

from gateway.batch import Batch
from gateway.claim import Claim
from gateway.edi.read.claim import GUIDE
from gateway.edi.wire.segment import Segment
from gateway.edi.write.claim_loops import claim_itself, claim_providers, service_line
from gateway.edi.write.envelope import OutboundGroup, OutboundSet, interchange
from gateway.edi.write.other_payer_loops import other_payer
from gateway.edi.write.wording import NO_PERSON, RELATIONSHIPS, address, ccyymmdd, loop, names, npi, plain
from gateway.errors import OutboundWireError
from gateway.partner import Envelope
from gateway.people import BillingProvider, Employer, Person, Practice, Relationship, TaxIdKind


def write(batch: Batch) -> bytes:
    """Write the batch as one interchange with one group and one transaction set.

    Raises OutboundWireError, naming loop and element but never the value, if anything does not fit on the wire.
    """
    if not batch.claims:
        raise OutboundWireError("the batch holds no claim; nothing was written")
    claims = OutboundSet(code="837", control="0001", guide=GUIDE, segments=transaction(batch))
    group = OutboundGroup(function="HC", control=batch.group, version=GUIDE, sets=(claims,))
    return interchange(batch.partner.envelope, control=batch.interchange, at=batch.at, groups=(group,))


def transaction(batch: Batch) -> Iterator[Segment]:
    """What stands between ST and SE: one 2000A for each billing provider, one 2000B for each claim."""
    envelope = batch.partner.envelope
    yield from beginning(batch)
    yield from submitter(envelope, batch.practice)
    yield from receiver(envelope)
    levels = count(1)
    for billing, claims in _by_billing_provider(batch.claims).items():
        parent = next(levels)
        yield from billing_level(parent, billing)
        yield from billing_name(billing)
        for claim in claims:
            yield from subscriber_and_claim(claim, parent, levels)


def subscriber_and_claim(claim: Claim, parent: int, levels: Iterator[int]) -> Iterator[Segment]:
    """Loops 2000B to 2400 of one claim. The claim stands below the patient: in 2000C if that is not the subscriber."""
    here = next(levels)
    yield from subscriber_level(claim, here, parent)
    yield from subscriber_name(claim)
    yield from payer_name(claim)
    if _is_dependent(claim):
        yield from patient_level(claim, next(levels), here)
        yield from patient_name(claim)
    yield from claim_itself(claim)
    yield from claim_providers(claim)
    for other in claim.named_payers:
        yield from other_payer(other, claim.patient)
    for ordinal, line in enumerate(claim.lines, start=1):
        yield from service_line(ordinal, line)


@loop("header")
def beginning(batch: Batch) -> Iterator[Segment]:
    """BHT: original, chargeable claims, and our reference for the whole."""
    yield Segment("BHT", ("0019", "00", batch.reference, ccyymmdd(batch.at), batch.at.strftime("%H%M"), "CH"))


@loop("1000A")
def submitter(envelope: Envelope, practice: Practice) -> Iterator[Segment]:
    """Who sends, and whom to ask."""
    yield Segment("NM1", ("41", "2", plain(envelope.submitter_name), *NO_PERSON, "46", envelope.submitter_id))
    phone = "".join(filter(str.isdecimal, practice.contact_phone))
    yield Segment("PER", ("IC", plain(practice.contact_name), "TE", phone))


@loop("1000B")
def receiver(envelope: Envelope) -> Iterator[Segment]:
    """Who receives."""
    yield Segment("NM1", ("40", "2", plain(envelope.receiver_name), *NO_PERSON, "46", envelope.receiver_number))


@loop("2000A")
def billing_level(here: int, billing: BillingProvider) -> Iterator[Segment]:
    """The level of a billing provider and its specialty."""
    yield Segment("HL", (str(here), "", "20", "1"))
    if billing.taxonomy:
        yield Segment("PRV", ("BI", "PXC", billing.taxonomy))


@loop("2010AA")
def billing_name(billing: BillingProvider) -> Iterator[Segment]:
    """Who is paid: a practice, or a therapist who bills as a person, by whichever number the tax office knows them."""
    first = plain(billing.first_name)
    names = ("1", plain(billing.name), first, *NO_PERSON[1:]) if first else ("2", plain(billing.name), *NO_PERSON)
    yield Segment("NM1", ("85", *names, *npi(billing.npi)))
    yield from address(billing.address)
    yield Segment("REF", ("SY" if billing.tax_id_kind is TaxIdKind.SSN else "EI", billing.tax_id))


@loop("2000B")
def subscriber_level(claim: Claim, here: int, parent: int) -> Iterator[Segment]:
    """The level of the subscriber; SBR02 says when the patient is the subscriber."""
    has_child, is_self = ("1", "") if _is_dependent(claim) else ("0", "18")
    yield Segment("HL", (str(here), str(parent), "22", has_child))
    unused = ("", "", "", "", "")
    yield Segment("SBR", (claim.payer_sequence, is_self, claim.coverage.group_number, *unused, claim.filing_code))


@loop("2010BA")
def subscriber_name(claim: Claim) -> Iterator[Segment]:
    """The subscriber. Address, birth date and claim number stand here only if the patient is the subscriber.

    An employer without a member id is known to the payer by the claim number (NM109 must not be empty for pyx12).
    """
    coverage = claim.coverage
    if isinstance(subscriber := _subscriber(claim), Employer):
        number = coverage.member_id or coverage.claim_number
        yield Segment("NM1", ("IL", "2", plain(subscriber.name), *NO_PERSON, "MI", number))
    else:
        yield Segment("NM1", ("IL", "1", *names(subscriber), "MI", coverage.member_id))
    if not _is_dependent(claim):
        yield from _patient_facts(claim)


@loop("2010BB")
def payer_name(claim: Claim) -> Iterator[Segment]:
    """Who pays."""
    coverage = claim.coverage
    yield Segment("NM1", ("PR", "2", plain(coverage.payer_name), *NO_PERSON, "PI", coverage.payer_id))


@loop("2000C")
def patient_level(claim: Claim, here: int, parent: int) -> Iterator[Segment]:
    """The level of a patient who is not the subscriber."""
    yield Segment("HL", (str(here), str(parent), "23", "0"))
    yield Segment("PAT", (RELATIONSHIPS[claim.coverage.relationship],))


@loop("2010CA")
def patient_name(claim: Claim) -> Iterator[Segment]:
    """The patient who is not the subscriber."""
    yield Segment("NM1", ("QC", "1", *names(claim.patient)))
    yield from _patient_facts(claim)


def _patient_facts(claim: Claim) -> Iterator[Segment]:
    yield from address(claim.patient.address)
    yield Segment("DMG", ("D8", ccyymmdd(claim.patient.birth_date), claim.patient.sex.value))
    if claim.coverage.claim_number:
        yield Segment("REF", ("Y4", claim.coverage.claim_number))


def _by_billing_provider(claims: tuple[Claim, ...]) -> dict[BillingProvider, list[Claim]]:
    grouped: dict[BillingProvider, list[Claim]] = {}
    for claim in claims:
        grouped.setdefault(claim.billing, []).append(claim)
    return grouped


def _is_dependent(claim: Claim) -> bool:
    return claim.coverage.relationship is not Relationship.SELF


def _subscriber(claim: Claim) -> Person | Employer:
    subscriber = claim.coverage.subscriber
    if not _is_dependent(claim):
        if isinstance(subscriber, Employer):
            raise OutboundWireError(
                "loop 2010BA: the subscriber is an employer, yet the patient's relationship is self; nothing was "
                "written; set the relationship to employee"
            )
        return claim.patient
    if subscriber is None:
        raise OutboundWireError(
            "loop 2010BA: the patient is not the subscriber, and no subscriber is given; nothing was written; "
            "enter the subscriber, or set the relationship to self"
        )
    return subscriber
