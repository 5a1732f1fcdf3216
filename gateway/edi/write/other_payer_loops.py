"""Loops 2320, 2330A and 2330B of an 837P (005010X222A1): who covers the patient beside the payer that is billed.

For the first payer, before any other has decided: no amounts, no adjustments and no dates of theirs stand here.
"""

from collections.abc import Iterator
from typing import Final

from gateway.claim import MEDICARE, OtherPayer
from gateway.edi.wire.segment import Segment
from gateway.edi.write.wording import NO_PERSON, RELATIONSHIPS, address, loop, names, plain
from gateway.errors import OutboundWireError
from gateway.people import Coverage, Employer, Person

_SELF: Final = "18"


def other_payer(other: OtherPayer, patient: Person) -> Iterator[Segment]:
    """Give one other payer with its subscriber. Raises OutboundWireError if a fact is missing that the guide requires."""
    coverage = other.coverage
    if coverage is None or other.lacks:
        raise OutboundWireError(
            f"loop 2320: {', '.join(other.lacks)} of another payer is missing; nothing was written; leave that payer out"
        )
    yield from other_subscriber_level(other, coverage)
    yield from other_subscriber_name(coverage, coverage.subscriber or patient)
    yield from other_payer_name(coverage)


@loop("2320")
def other_subscriber_level(other: OtherPayer, coverage: Coverage) -> Iterator[Segment]:
    """Its turn, what the patient is to its subscriber, and that benefits and information are released as for the claim (OI)."""
    related = RELATIONSHIPS.get(coverage.relationship, _SELF)
    why_second = coverage.medicare_second_reason if other.filing_code in MEDICARE else ""
    kind = ("", why_second, "", "", "", other.filing_code)
    yield Segment("SBR", (other.sequence, related, coverage.group_number, *kind))
    yield Segment("OI", ("", "", "Y", "", "", "Y"))


@loop("2330A")
def other_subscriber_name(coverage: Coverage, subscriber: Person | Employer) -> Iterator[Segment]:
    """Whose policy it is: the patient's own, or another's. An employer may be known by the claim's number alone."""
    if isinstance(subscriber, Employer):
        number = coverage.member_id or coverage.claim_number
        yield Segment("NM1", ("IL", "2", plain(subscriber.name), *NO_PERSON, "MI", number))
    else:
        yield Segment("NM1", ("IL", "1", *names(subscriber), "MI", coverage.member_id))
    yield from address(subscriber.address)


@loop("2330B")
def other_payer_name(coverage: Coverage) -> Iterator[Segment]:
    """Who pays."""
    yield Segment("NM1", ("PR", "2", plain(coverage.payer_name), *NO_PERSON, "PI", coverage.payer_id))
