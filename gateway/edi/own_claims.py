"""What an 837P of our own says, read back: after a restore, a file at the partner may be all that is left of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from gateway.edi.envelope import interchanges
from gateway.edi.figures import amount
from gateway.edi.received import TransactionSet
from gateway.errors import InboundWireError

_CLAIMS = "837"


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
    """Read one sealed file. Raises InboundWireError if it is not one interchange with one group of one 837."""
    found = interchanges(raw)
    if len(found) != 1 or len(found[0].groups) != 1 or len(found[0].groups[0].sets) != 1:
        raise InboundWireError(ordinal=1, said="want one interchange with one group of one transaction set")
    (group,) = found[0].groups
    (one,) = group.sets
    if one.code != _CLAIMS:
        raise InboundWireError(ordinal=one.starts, said=f"want an {_CLAIMS}")
    return OwnFile(
        sender=found[0].sender_id,
        receiver=found[0].receiver_id,
        interchange=found[0].control,
        group=group.control,
        reference=next((segment.at(3) for _, segment in one.segments if segment.id == "BHT"), ""),
        claims=tuple(_claims(one)),
    )


def _claims(one: TransactionSet) -> Iterator[OwnClaim]:
    """Give each claim once its lines are read: the member stands before it, the days of service behind."""
    member, pcn, charge = "", "", Decimal(0)
    days: list[date] = []
    for ordinal, segment in one.segments:
        if segment.id in {"HL", "CLM", "SE"} and days:
            yield OwnClaim(pcn=pcn, member=member, day=min(days), charge=charge)
            days = []
        if segment.id == "NM1" and segment.at(1) == "IL" and not days:
            member = segment.at(9)
        elif segment.id == "CLM":
            pcn, charge = segment.at(1), amount(one, ordinal, segment, 2)
        elif segment.id == "DTP" and segment.at(1) == "472":
            try:
                days.append(datetime.strptime(segment.at(3)[:8], "%Y%m%d").date())  # noqa: DTZ007 a day has no zone
            except ValueError:
                one.refuse(ordinal, "DTP03 is not a day")
