"""What an 837P of our own says, read back: after a restore, a file at the partner may be all that is left of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway.edi.read.claim import ClaimReading, read
from gateway.errors import InboundWireError


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnClaim:
    """One claim: enough to know it again, under whatever patient control number."""

    pcn: str
    member: str
    day: date
    charge: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """One interchange of ours. `reference` is BHT03, which holds the cycle and the number."""

    sender: str
    receiver: str
    interchange: int
    group: int
    reference: str
    claims: tuple[OwnClaim, ...]


def read_own(raw: bytes) -> OwnFile:
    """Read one sealed file. Raises InboundWireError if it is not one interchange with one group of one 837P, whole."""
    reading = read(raw)
    found = tuple(reading)
    counts = reading.counts
    if not reading.is_whole:
        raise InboundWireError(ordinal=1, said="it is not whole, or no X12")
    if (counts.interchanges, counts.groups, counts.sets) != (1, 1, 1) or not found:
        raise InboundWireError(ordinal=1, said="want one interchange with one group of one 837P, with claims")
    first = found[0]
    return OwnFile(
        sender=first.origin.sender,
        receiver=first.origin.receiver,
        interchange=int(first.origin.interchange),
        group=int(first.origin.group),
        reference=first.reference,
        claims=tuple(map(_claim, found)),
    )


def _claim(one: ClaimReading) -> OwnClaim:
    charge, days = one.charge, tuple(_days(one))
    if charge is None:
        one.origin.refuse(one.ordinal, "CLM02 is not an amount in dollars and cents")
    if not days:
        one.origin.refuse(one.ordinal, "the claim has no day of service")
    member = one.subscriber.id if one.subscriber is not None else ""
    return OwnClaim(pcn=one.patient_control_number, member=member, day=min(days), charge=charge)


def _days(one: ClaimReading) -> Iterator[date]:
    for line in one.lines:
        day = line.served.first if line.served is not None else None
        if day is None:
            one.origin.refuse(line.ordinal, "the line has no day of service that can be read")
        yield day
